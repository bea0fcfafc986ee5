"""How engines are set up, from environment variables.

=====================  ==============================================  ===========
variable               meaning                                         default
=====================  ==============================================  ===========
SEGLIB_DEVICE          OpenVINO device: CPU, GPU, NPU, AUTO            CPU
SEGLIB_PRECISION       f32, bf16, f16, int8; empty: the card's choice  (empty)
SEGLIB_HINT            LATENCY (one speaker), THROUGHPUT (hosted)      LATENCY
SEGLIB_REQUESTS        inferences at once in one engine                the device's
SEGLIB_CONCURRENCY     inferences at once in the whole process         CPU count
SEGLIB_TIMEOUT_S       longest wait for a free engine, seconds         30
SEGLIB_MAX_ENGINES     compiled networks kept in memory                4
SEGLIB_CACHE           folder for compiled networks and downloads;     the user's
                       ``off`` keeps nothing                           cache folder
=====================  ==============================================  ===========
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from seglib.engine.base import PRECISIONS, Precision
from seglib.errors import UsageError

PerformanceHint = Literal["LATENCY", "THROUGHPUT"]
HINTS: tuple[PerformanceHint, ...] = get_args(PerformanceHint)


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """Settings shared by the engines of one process.

    Parameters
    ----------
    device : str
        OpenVINO device name.
    precision : {"f32", "bf16", "f16", "int8"}, optional
        Asked for; ``None`` leaves it to the model's card and the device. Models without an int8
        version are left to the device there too. What runs is in ``Engine.info.precision``.
    performance_hint : {"LATENCY", "THROUGHPUT"}
        LATENCY answers one caller soonest, THROUGHPUT answers many callers most often.
    requests : int, optional
        Inference requests of one engine; ``None`` asks the device for its best number.
    concurrency : int
        Inferences that may run at once in the process, all engines together.
    timeout_s : float
        Longest wait for a free request, in seconds.
    max_engines : int
        Compiled networks kept; the one used longest ago goes first.
    cache : str, optional
        Cache folder, ``"off"`` for none, ``None`` for the user's cache folder.
    """

    device: str = "CPU"
    precision: Precision | None = None
    performance_hint: PerformanceHint = "LATENCY"
    requests: int | None = None
    concurrency: int = 1
    timeout_s: float = 30.0
    max_engines: int = 4
    cache: str | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> EngineConfig:
        """Read the settings from ``env`` (the process's environment if not given).

        Raises
        ------
        UsageError
            A variable has a value that means nothing.
        """
        source = os.environ if env is None else env

        def text(name: str) -> str | None:
            return source.get(name, "").strip() or None

        precision = _choice("SEGLIB_PRECISION", text("SEGLIB_PRECISION"), PRECISIONS, lower=True)
        hint = _choice("SEGLIB_HINT", text("SEGLIB_HINT"), HINTS, lower=False)
        requests = _number("SEGLIB_REQUESTS", text("SEGLIB_REQUESTS"), least=1)
        concurrency = _number("SEGLIB_CONCURRENCY", text("SEGLIB_CONCURRENCY"), least=1)
        timeout = _number("SEGLIB_TIMEOUT_S", text("SEGLIB_TIMEOUT_S"), least=0)
        engines = _number("SEGLIB_MAX_ENGINES", text("SEGLIB_MAX_ENGINES"), least=1)
        return cls(
            device=(text("SEGLIB_DEVICE") or "CPU").upper(),
            precision=cast("Precision | None", precision),
            performance_hint=cast("PerformanceHint", hint or "LATENCY"),
            requests=None if requests is None else int(requests),
            concurrency=int(concurrency or os.cpu_count() or 1),
            timeout_s=30.0 if timeout is None else timeout,
            max_engines=int(engines or 4),
            cache=text("SEGLIB_CACHE"),
        )


def _choice(name: str, value: str | None, allowed: tuple[str, ...], *, lower: bool) -> str | None:
    if value is None:
        return None
    folded = value.lower() if lower else value.upper()
    if folded not in allowed:
        raise UsageError(f"expected {name} to be one of {', '.join(allowed)}, got {value!r}")
    return folded


def _number(name: str, value: str | None, *, least: int) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    # nan fails this comparison as well, so it needs no case of its own
    if not least <= number < 1e6:
        raise UsageError(f"expected {name} to be a number from {least}, got {value!r}")
    return number
