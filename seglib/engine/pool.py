"""A pool of things that one thread at a time may hold."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class PoolClosedError(RuntimeError):
    """The pool was closed while or before somebody asked."""


class Pool(Generic[Item]):
    """Items checked out one at a time, last used first (its memory is warm).

    Parameters
    ----------
    items : iterable
        What the pool lends.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self._free = list(items)
        self._changed = threading.Condition()
        self._closed = False

    def acquire(self, *, timeout_s: float) -> Item | None:
        """Take an item, waiting at most ``timeout_s`` seconds; ``None`` if none became free.

        Raises
        ------
        PoolClosedError
            The pool is closed.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not self._free or self._closed:
                if self._closed:
                    raise PoolClosedError
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)
            return self._free.pop()

    def release(self, item: Item) -> None:
        """Give an item back; a closed pool lets it go."""
        with self._changed:
            if not self._closed:
                self._free.append(item)
                self._changed.notify()

    def close(self) -> None:
        """Let go of all free items and wake everybody who waits."""
        with self._changed:
            self._closed = True
            self._free.clear()
            self._changed.notify_all()
