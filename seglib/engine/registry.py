"""Compiled engines shared by everybody, at most so many at a time.

A :class:`SharedEngine` is a light handle: it takes the compiled engine from the registry for each
call and compiles again if it was let go meanwhile. So holding a handle for hours pins no memory,
and an engine is closed only when its last running call is over.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from seglib.engine.base import Array, ContextManaged, Engine, EngineInfo, Inference, Shape
from seglib.engine.config import EngineConfig

Factory = Callable[[], Engine]


class _Entry:
    def __init__(self) -> None:
        self.opening = threading.Lock()
        self.engine: Engine | None = None
        self.users = 0
        self.evicted = False


class EngineRegistry:
    """Engines by key, least recently used out first.

    Parameters
    ----------
    capacity : int
        Engines kept at most; more exist only while their calls still run.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def lease(self, key: Hashable, factory: Factory) -> Iterator[Engine]:
        """Hold the engine of ``key``, made by ``factory`` if there is none.

        Parameters
        ----------
        key : hashable
            ``(model, device, precision)``.
        factory : callable
            Compiles the engine. It runs once however many threads ask at the same time, and
            threads that ask for other keys do not wait for it.
        """
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            entry.users += 1
            idle = self._evict(keep=key)
        _close(idle)
        try:
            with entry.opening:
                if entry.engine is None:
                    entry.engine = factory()
            yield entry.engine
        finally:
            with self._lock:
                entry.users -= 1
                if entry.users == 0 and entry.engine is None and self._entries.get(key) is entry:
                    del self._entries[key]  # the factory failed: the next caller starts afresh
                last = entry.users == 0 and entry.evicted
            if last:
                _close([entry])

    def share(self, key: Hashable, factory: Factory) -> SharedEngine:
        """Return a handle on the engine of ``key``, compiled now if it is not there."""
        return SharedEngine(self, key, factory)

    def keys(self) -> tuple[Hashable, ...]:
        """Return the keys kept, least recently used first."""
        with self._lock:
            return tuple(self._entries)

    def clear(self) -> None:
        """Let go of every engine, running ones after their last call."""
        with self._lock:
            idle = [entry for key in list(self._entries) for entry in self._drop(key)]
        _close(idle)

    def _evict(self, *, keep: Hashable) -> list[_Entry]:
        idle: list[_Entry] = []
        while len(self._entries) > self.capacity:
            oldest = next(key for key in self._entries if key != keep)
            idle += self._drop(oldest)
        return idle

    def _drop(self, key: Hashable) -> list[_Entry]:
        entry = self._entries.pop(key)
        entry.evicted = True
        return [entry] if entry.users == 0 else []


def _close(entries: list[_Entry]) -> None:
    # outside the registry's lock: giving a network's memory back takes time
    for entry in entries:
        if entry.engine is not None:
            entry.engine.close()
            entry.engine = None


class SharedEngine(ContextManaged):
    """A handle that looks like an engine and holds none; made by :meth:`EngineRegistry.share`."""

    def __init__(self, registry: EngineRegistry, key: Hashable, factory: Factory) -> None:
        self._registry = registry
        self._key = key
        self._factory = factory
        with registry.lease(key, factory) as engine:
            self._info = engine.info
            self._shapes = dict(engine.input_shapes)

    @property
    def info(self) -> EngineInfo:
        """Facts about device, precision and runtime."""
        return self._info

    @property
    def input_shapes(self) -> Mapping[str, Shape]:
        """Shape by input name; -1 where any size is taken."""
        return self._shapes

    def infer(self, inputs: Mapping[str, Array], *, timeout_s: float | None = None) -> Inference:
        """Run once; the time to compile again after an eviction counts as waiting."""
        start = time.perf_counter()
        with self._registry.lease(self._key, self._factory) as engine:
            waited_ms = (time.perf_counter() - start) * 1e3
            run = engine.infer(inputs, timeout_s=timeout_s)
        return replace(run, queue_ms=run.queue_ms + waited_ms)

    def close(self) -> None:
        """Nothing to give back: the registry owns the engine."""


_lock = threading.Lock()
_registry: EngineRegistry | None = None


def process_registry() -> EngineRegistry:
    """Return the process's registry, sized by ``SEGLIB_MAX_ENGINES`` on first use."""
    global _registry
    with _lock:
        if _registry is None:
            _registry = EngineRegistry(EngineConfig.from_env().max_engines)
        return _registry
