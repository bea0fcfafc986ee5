"""The folder where compiled networks and downloaded models are kept; never a reason to fail."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def user_cache() -> Path | None:
    """Return the user's cache folder for this library (not created), ``None`` without a home."""
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else home / "AppData" / "Local") / "seglib" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "seglib"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else home / ".cache") / "seglib"


def cache_root(setting: str | None) -> Path | None:
    """Return the cache folder for a setting: a path, ``"off"``, or ``None`` for the default."""
    if setting is not None and setting.lower() in {"off", "none", "0"}:
        return None
    return Path(setting).expanduser() if setting else user_cache()


def writable(folder: Path | None) -> Path | None:
    """Return ``folder``, created, if a file can be written in it, else ``None``.

    Trying is the only honest test: permission bits say nothing about read-only mounts, quotas or
    a user with all rights.
    """
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None
