"""The limit on inferences that run at once in the whole process, all engines together.

Each engine has its own requests; several engines at full speed on the same cores only slow each
other down and add up their memory.
"""

from __future__ import annotations

import threading

from seglib.engine.config import EngineConfig


class ConcurrencyLimit:
    """A counted gate.

    Parameters
    ----------
    slots : int
        How many may be inside, at least 1.
    """

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._gate = threading.BoundedSemaphore(slots)

    def acquire(self, *, timeout_s: float) -> bool:
        """Enter within ``timeout_s`` seconds; False if the gate stayed full."""
        return self._gate.acquire(timeout=max(timeout_s, 0.0))

    def release(self) -> None:
        """Leave."""
        self._gate.release()


_lock = threading.Lock()
_limit: ConcurrencyLimit | None = None


def process_limit() -> ConcurrencyLimit:
    """Return the process's limit, made from ``SEGLIB_CONCURRENCY`` on first use."""
    global _limit
    with _lock:
        if _limit is None:
            _limit = ConcurrencyLimit(EngineConfig.from_env().concurrency)
        return _limit
