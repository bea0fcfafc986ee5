"""What an engine is: the one protocol every place that runs a network follows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from seglib.errors import EngineError

Array = NDArray[Any]
Precision = Literal["f32", "bf16", "f16", "int8"]
"""What a device is asked to calculate in; ``int8`` is a property of the network's file instead: its
weights and values are quantised, and the device does in floats only what is left."""

Shape = tuple[int, ...]

PRECISIONS: tuple[Precision, ...] = ("f32", "bf16", "f16", "int8")
PRECISION_WORDS = "f32, bf16, f16 or int8"
"""For error messages."""


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Facts that belong beside every number an engine produced.

    Parameters
    ----------
    device : str
        Device asked for, ``CPU``.
    device_name : str
        What that device is, ``Intel(R) Core(TM) i7``.
    precision : str
        Precision the network really runs in, read back after compiling: ``f32``, ``bf16``, ``f16``,
        ``int8``.
    runtime : str
        Runtime and version, ``OpenVINO 2026.4.1``.
    requests : int
        Inferences the engine runs at the same time.
    performance_hint : str
        ``LATENCY`` or ``THROUGHPUT``.
    """

    device: str
    device_name: str
    precision: str
    runtime: str
    requests: int
    performance_hint: str


@dataclass(frozen=True, slots=True)
class Inference:
    """What one run of a network gave.

    Parameters
    ----------
    outputs : mapping of str to array
        Read-only arrays that belong to the caller, in the network's order, by output name
        (``output_0`` and so on where the network gives no names).
    queue_ms : float
        Time spent waiting for the engine to be free.
    infer_ms : float
        Time of the run itself, handing over inputs and outputs included.
    """

    outputs: Mapping[str, Array]
    queue_ms: float
    infer_ms: float

    def output(self, which: str | int = 0) -> Array:
        """Return one output by its name, or by its position where there is no such name.

        Parameters
        ----------
        which : str or int
            ``"logits"`` or ``0``. A name that the network does not have means output 0 if the
            network has only one output: converters lose names, never the order.
        """
        if isinstance(which, int):
            return list(self.outputs.values())[which]
        if which not in self.outputs and len(self.outputs) == 1:
            return next(iter(self.outputs.values()))
        if which not in self.outputs:
            names = ", ".join(self.outputs)
            raise EngineError(f"expected a network with an output {which}, it has {names}")
        return self.outputs[which]


@runtime_checkable
class Engine(Protocol):
    """A compiled network; safe to use from many threads at once."""

    @property
    def info(self) -> EngineInfo:
        """Facts about device, precision and runtime."""
        ...

    @property
    def input_shapes(self) -> Mapping[str, Shape]:
        """Shape by input name; -1 where any size is taken."""
        ...

    def infer(self, inputs: Mapping[str, Array], *, timeout_s: float | None = None) -> Inference:
        """Run the network once.

        Parameters
        ----------
        inputs : mapping of str to array
            One array for each name of ``input_shapes``.
        timeout_s : float, optional
            Longest wait for the engine to be free, in seconds.

        Raises
        ------
        EngineBusyError
            No request became free in time.
        EngineError
            The run failed, or the engine is closed.
        ShapeError
            An input is missing or has another shape or type than the network takes.
        """
        ...

    def close(self) -> None:
        """Give the network's memory back; a later ``infer`` raises ``EngineError``."""
        ...


class ContextManaged(ABC):
    """Closes the engine at the end of a ``with`` block."""

    @abstractmethod
    def close(self) -> None:
        """Give the resources back."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def owned_copy(array: Array) -> Array:
    """Return a contiguous read-only copy that shares no memory with ``array``."""
    copy = np.array(array, order="C", copy=True)
    copy.setflags(write=False)
    return copy
