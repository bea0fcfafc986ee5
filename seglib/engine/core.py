"""The one OpenVINO core of the process: made on first use, shared by every engine."""

from __future__ import annotations

import threading
from typing import Any

_lock = threading.Lock()
_core: Any = None


def core() -> Any:
    """Return the process's ``openvino.Core``."""
    global _core
    with _lock:
        if _core is None:
            # imported here so that listing models or computing metrics never loads the runtime
            import openvino

            _core = openvino.Core()
        return _core


def runtime_version() -> str:
    """Return ``OpenVINO 2026.4.1``: name and version, without the build."""
    import openvino

    return f"OpenVINO {str(openvino.get_version()).split('-', maxsplit=1)[0]}"


def reason(error: Exception) -> str:
    """Return the last telling line of an OpenVINO error: its text is a stack of source files."""
    noise = ("Exception from", "Check '", "Error: Check")
    lines = [line.strip() for line in str(error).splitlines()]
    telling = [line for line in lines if line and not line.startswith(noise)]
    return (telling[-1] if telling else type(error).__name__).rstrip(".!")
