"""A network compiled on this machine by OpenVINO."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from seglib.engine import cache
from seglib.engine.base import (
    PRECISION_WORDS,
    PRECISIONS,
    Array,
    ContextManaged,
    EngineInfo,
    Inference,
    Precision,
    Shape,
    owned_copy,
)
from seglib.engine.config import PerformanceHint
from seglib.engine.core import core, reason, runtime_version
from seglib.engine.limits import ConcurrencyLimit, process_limit
from seglib.engine.modelfile import check_model_file
from seglib.engine.pool import Pool, PoolClosedError
from seglib.errors import EngineBusyError, EngineError, ModelFileError, ShapeError

Transform = Callable[[Any], Any]


class LocalEngine(ContextManaged):
    """One compiled network with its own inference requests.

    Parameters
    ----------
    path : str or Path
        OpenVINO model (``.xml`` with its ``.bin``).
    device : str
        OpenVINO device name.
    precision : {"f32", "bf16", "f16", "int8"}, optional
        Asked for; ``None`` leaves it to the device. ``info.precision`` is what runs. Only a file
        that was quantised runs in int8; what is not quantised in it is left to the device.
    performance_hint : {"LATENCY", "THROUGHPUT"}
        What the device optimises for.
    requests : int, optional
        Inferences at once; ``None`` takes the device's best number.
    cache_dir : str or Path, optional
        Folder for compiled networks, left out if it cannot be written.
    transform : callable, optional
        Changes the ``openvino.Model`` before compiling: ``Preprocessing.embed``.
    timeout_s : float
        Longest wait for a free request, in seconds, unless ``infer`` says otherwise.
    limit : ConcurrencyLimit, optional
        Gate shared with other engines; the process's one if not given.
    warm_up : bool
        Run once on zeros, so that the first real call is as fast as the others.

    Raises
    ------
    ModelFileError
        The files are missing or damaged.
    EngineError
        The device is unknown or cannot run the network.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        device: str = "CPU",
        precision: Precision | None = None,
        performance_hint: PerformanceHint = "LATENCY",
        requests: int | None = None,
        cache_dir: str | Path | None = None,
        transform: Transform | None = None,
        timeout_s: float = 30.0,
        limit: ConcurrencyLimit | None = None,
        warm_up: bool = True,
    ) -> None:
        if precision is not None and precision not in PRECISIONS:
            raise EngineError(f"expected precision {PRECISION_WORDS}, got {precision!r}")
        path = Path(path)
        digest = check_model_file(path)
        settings: dict[str, object] = {"PERFORMANCE_HINT": performance_hint}
        if precision not in (None, "int8"):
            settings["INFERENCE_PRECISION_HINT"] = precision
        # a folder by content: the runtime's own key does not notice changed weights
        folder = cache.writable(Path(cache_dir) / digest if cache_dir else None)
        if folder is not None:
            settings["CACHE_DIR"] = str(folder)
        compiled, quantised = _compile(path, device, settings, transform)

        self.name = path.stem
        self._timeout_s = timeout_s
        self._limit = limit
        self._inputs = [_Port(port, f"input_{i}") for i, port in enumerate(compiled.inputs)]
        self._outputs = [_Port(port, f"output_{i}") for i, port in enumerate(compiled.outputs)]
        count = requests or int(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        pool = [compiled.create_infer_request() for _ in range(max(count, 1))]
        self._info = EngineInfo(
            device=device,
            device_name=_device_name(device),
            precision=_precision_read_back(compiled, quantised=quantised),
            runtime=runtime_version(),
            requests=len(pool),
            performance_hint=performance_hint,
        )
        if warm_up and all(port.static for port in self._inputs):
            self._run(pool[0], {p.name: np.zeros(p.shape, p.dtype) for p in self._inputs})
        self._pool = Pool(pool)

    @property
    def info(self) -> EngineInfo:
        """Facts about device, precision and runtime."""
        return self._info

    @property
    def input_shapes(self) -> Mapping[str, Shape]:
        """Shape by input name; -1 where any size is taken."""
        return {port.name: port.shape for port in self._inputs}

    @property
    def output_shapes(self) -> Mapping[str, Shape]:
        """Shape by output name; -1 where it depends on the input."""
        return {port.name: port.shape for port in self._outputs}

    def infer(self, inputs: Mapping[str, Array], *, timeout_s: float | None = None) -> Inference:
        """Run the network once; see :class:`seglib.engine.Engine`."""
        checked = self._check(inputs)
        allowed = self._timeout_s if timeout_s is None else timeout_s
        limit = self._limit or process_limit()
        start = time.perf_counter()
        try:
            request = self._pool.acquire(timeout_s=allowed)
        except PoolClosedError:
            raise EngineError(f"the engine of {self.name} is closed") from None
        if request is None:
            raise self._busy(allowed)
        try:
            if not limit.acquire(timeout_s=allowed - (time.perf_counter() - start)):
                raise self._busy(allowed)
            try:
                begun = time.perf_counter()
                outputs = self._run(request, checked)
                ended = time.perf_counter()
            finally:
                limit.release()
        finally:
            self._pool.release(request)
        return Inference(outputs, (begun - start) * 1e3, (ended - begun) * 1e3)

    def close(self) -> None:
        """Give the network's memory back once no run is left."""
        self._pool.close()

    def _run(self, request: Any, inputs: Mapping[str, Array]) -> dict[str, Array]:
        try:
            # by position: a converted network may have no names
            by_index = {i: inputs[port.name] for i, port in enumerate(self._inputs)}
            request.infer(by_index, share_inputs=True, share_outputs=True)
        except RuntimeError as error:
            raise EngineError(f"{self.name} could not be run: {reason(error)}") from None
        # copied here: after the release another thread's run writes into the same memory
        return {
            port.name: owned_copy(request.get_output_tensor(i).data)
            for i, port in enumerate(self._outputs)
        }

    def _check(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        names = [port.name for port in self._inputs]
        if sorted(inputs) != sorted(names):
            raise ShapeError(f"expected inputs {', '.join(names)}, got {', '.join(inputs) or '-'}")
        return {port.name: port.checked(inputs[port.name]) for port in self._inputs}

    def _busy(self, timeout_s: float) -> EngineBusyError:
        return EngineBusyError(
            f"the server is busy: no free inference request of {self.name} within {timeout_s:g} s"
        )


class _Port:
    """Name, shape and type of one input or output."""

    def __init__(self, port: Any, fallback: str) -> None:
        names = sorted(port.get_names())
        self.name: str = names[0] if names else fallback
        self.dtype: np.dtype[Any] = np.dtype(port.get_element_type().to_dtype())
        self.shape: Shape = tuple(
            dim.get_length() if dim.is_static else -1 for dim in port.get_partial_shape()
        )

    @property
    def static(self) -> bool:
        return -1 not in self.shape

    def checked(self, array: Array) -> Array:
        fits = len(array.shape) == len(self.shape) and all(
            want in (-1, got) for want, got in zip(self.shape, array.shape, strict=True)
        )
        if not fits or array.dtype != self.dtype:
            raise ShapeError(
                f"expected input {self.name} {self.shape} {self.dtype}, "
                f"got {array.shape} {array.dtype}"
            )
        return np.ascontiguousarray(array)


def read_network(path: str | Path) -> Any:
    """Return a checked, not compiled ``openvino.Model``, to look at its layers.

    Raises
    ------
    ModelFileError
        The files are missing or damaged.
    """
    path = Path(path)
    check_model_file(path)
    return _read(path)


def _read(path: Path) -> Any:
    try:
        return core().read_model(str(path))
    except RuntimeError as error:
        why = f"{path.name} is not a model that can be read: {reason(error)}"
        raise ModelFileError(why) from None


def _compile(
    path: Path, device: str, settings: dict[str, object], transform: Transform | None
) -> tuple[Any, bool]:
    """Return the compiled network, and whether its file was quantised."""
    model = _read(path)
    try:
        model = model if transform is None else transform(model)
    except RuntimeError as error:
        why = f"{path.name} is another kind of model than expected: {reason(error)}"
        raise ModelFileError(why) from None
    if not model.inputs or not model.outputs:
        raise ModelFileError(f"{path.name} is not a model that can be run: no input or no output")
    try:
        quantised = any(op.get_type_name() == "FakeQuantize" for op in model.get_ops())
        return core().compile_model(model, device, settings), quantised
    except RuntimeError as error:
        raise EngineError(f"{path.stem} cannot run on {device}: {reason(error)}") from None


def _device_name(device: str) -> str:
    try:
        return str(core().get_property(device, "FULL_DEVICE_NAME")).strip()
    except RuntimeError:
        return device


def _precision_read_back(compiled: Any, *, quantised: bool) -> str:
    """Return what the compiled network runs in, not what was asked for."""
    if quantised and _runs_in_integers(compiled):
        return "int8"
    try:
        kind = compiled.get_property("INFERENCE_PRECISION_HINT")
    except RuntimeError:
        return "unknown"
    names = {"float32": "f32", "dynamic": "f32", "bfloat16": "bf16", "float16": "f16"}
    text = str(kind.to_string() if hasattr(kind, "to_string") else kind)
    for long, short in names.items():
        if long in text or text == short:
            return short
    return text


def _runs_in_integers(compiled: Any) -> bool:
    """Whether most convolutions and products of matrices are done in 8-bit integers.

    Some devices calculate a quantised network in floats, so its file alone says nothing.
    """
    try:
        steps = [op.get_rt_info() for op in compiled.get_runtime_model().get_ops()]
    except RuntimeError:
        return False
    kinds = [
        str(step["runtimePrecision"].value)
        for step in steps
        if "runtimePrecision" in step and str(step["layerType"].value) in _HEAVY
    ]
    return 2 * sum(kind in ("i8", "u8") for kind in kinds) > len(kinds)


_HEAVY = ("Convolution", "Deconvolution", "FullyConnected", "MatMul")
