"""Where a network runs: one protocol, OpenVINO on this machine, and a fake for tests."""

from __future__ import annotations

from seglib.engine.base import (
    PRECISION_WORDS,
    PRECISIONS,
    Engine,
    EngineInfo,
    Inference,
    Precision,
)
from seglib.engine.cache import cache_root
from seglib.engine.config import EngineConfig, PerformanceHint
from seglib.engine.fake import FakeEngine
from seglib.engine.limits import ConcurrencyLimit, process_limit
from seglib.engine.local import LocalEngine, read_network
from seglib.engine.preprocessing import Preprocessing, Step
from seglib.engine.registry import EngineRegistry, SharedEngine, process_registry

__all__ = [
    "PRECISIONS",
    "PRECISION_WORDS",
    "ConcurrencyLimit",
    "Engine",
    "EngineConfig",
    "EngineInfo",
    "EngineRegistry",
    "FakeEngine",
    "Inference",
    "LocalEngine",
    "PerformanceHint",
    "Precision",
    "Preprocessing",
    "SharedEngine",
    "Step",
    "cache_root",
    "process_limit",
    "process_registry",
    "read_network",
]
