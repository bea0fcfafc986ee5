"""Tiny OpenVINO graphs for the concept modules: built by a function, compiled once, kept a while.

The concepts stand below :mod:`seglib.engine`, so they cannot use its engines; what runs here is a
handful of operators on small arrays, always in f32, so that it can be compared with the reference.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import EngineError, ShapeError

Array = NDArray[Any]
Build = Callable[[Mapping[str, Any]], Any]

CAPACITY = 24
"""Compiled graphs kept; the one used longest ago goes first."""

_lock = threading.Lock()
_core: Any = None
_kept: OrderedDict[Hashable, _Compiled] = OrderedDict()


class _Compiled:
    """One compiled graph; compiled by the first thread that needs it, used by one at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.request: Any = None


def run(key: Hashable, build: Build, inputs: Mapping[str, Array]) -> list[Array]:
    """Run a small graph and return its outputs.

    Parameters
    ----------
    key : hashable
        Names the structure that ``build`` makes: everything it depends on besides the shapes of
        the inputs (strides, paddings, modes), and who is asking. Two builders must not share one.
    build : callable
        Gets the parameter nodes by name and returns the output node, or a list of them. Called only
        where no graph of this key and these shapes is kept; it makes nodes with
        ``openvino.opset13``.
    inputs : mapping of str to array
        float64 becomes float32; other types go as they are. At least one, none empty.

    Returns
    -------
    list of ndarray
        One an output, the caller's own copies.

    Raises
    ------
    ShapeError
        There is no input, or one has no elements.
    EngineError
        The operators refuse these settings.

    Examples
    --------
    >>> def build(nodes):
    ...     from openvino import opset13 as ops
    ...     return ops.add(nodes["a"], nodes["b"])
    >>> run("add", build, {"a": np.ones(2), "b": np.ones(2)})[0].tolist()
    [2.0, 2.0]
    """
    arrays = {name: _plain(name, array) for name, array in inputs.items()}
    if not arrays:
        raise ShapeError("expected at least one input, got none")
    signature = tuple((name, array.shape, array.dtype.str) for name, array in arrays.items())
    graph = _find((key, signature))
    with graph.lock:
        try:
            if graph.request is None:
                graph.request = _compile(build, arrays)
            request = graph.request
            request.infer(dict(enumerate(arrays.values())))
            count = len(request.model_outputs)
            # copied here: the next run writes into the same memory
            return [np.array(request.get_output_tensor(i).data) for i in range(count)]
        except RuntimeError as error:
            raise EngineError(f"the graph cannot be run: {_reason(error)}") from None


def _plain(name: str, array: Array) -> Array:
    array = np.asarray(array)
    if array.size == 0:
        raise ShapeError(f"expected an input {name} with elements, got {array.shape}")
    if array.dtype == np.float64:
        array = array.astype(np.float32)
    return np.ascontiguousarray(array)


def _find(key: Hashable) -> _Compiled:
    with _lock:
        graph = _kept.pop(key, None) or _Compiled()
        _kept[key] = graph
        while len(_kept) > CAPACITY:
            # a thread that still runs it holds its own reference
            _kept.popitem(last=False)
        return graph


def _compile(build: Build, arrays: Mapping[str, Array]) -> Any:
    global _core
    import openvino

    with _lock:
        if _core is None:
            _core = openvino.Core()
    nodes = {
        name: openvino.opset13.parameter(array.shape, array.dtype, name)
        for name, array in arrays.items()
    }
    built = build(nodes)
    outputs = list(built) if isinstance(built, (list, tuple)) else [built]
    model = openvino.Model(outputs, list(nodes.values()), "concept")
    settings = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    return _core.compile_model(model, "CPU", settings).create_infer_request()


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(("Exception from", "Check '"))]
    return (telling or lines or [type(error).__name__])[-1].rstrip(".!")
