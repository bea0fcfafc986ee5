"""The patch classifier of :mod:`seglib.concepts.patches` in OpenVINO: window, grid, every pixel.

The three graphs hold the same weights. They differ in the shape of the first dense layer's weights
and in strides and dilations alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.concepts.cost_table import Kind, Row, Step, table
from seglib.concepts.patches import Conv, Dense, Layer, Maps, PatchNet, Pool, map_sizes
from seglib.errors import ModelFileError, ShapeError

Way = Literal["window", "grid", "every pixel"]
"""One answer a window; one every ``stride`` pixels; one a pixel."""


def scaled(pixels: NDArray[np.uint8]) -> Maps:
    """Return ``uint8`` grey values as the network reads them: ``float32`` from -1 to 1."""
    values: Maps = pixels.astype(np.float32) / np.float32(127.5) - np.float32(1)
    return values


def build(net: PatchNet, x: Any, way: Way) -> Any:
    """Append the network to an OpenVINO node ``(N, 1, H, W)``; returns the node of its logits."""
    from openvino import opset13 as ops

    sizes, spread = map_sizes(net), 1
    for number, layer in enumerate(net.layers):
        step = spread if way == "every pixel" else 1
        if isinstance(layer, Pool):
            if way == "every pixel":
                x = _spread_maximum(x, layer.size, spread)
            else:
                block = [layer.size] * 2
                x = ops.max_pool(x, block, [1, 1], [0, 0], [0, 0], block, "floor", "explicit")
                x = x.output(0)
            spread *= layer.size
            continue
        if isinstance(layer, Dense) and way == "window":
            if sizes[number][1] > 1 or isinstance(net.layers[number - 1], Pool):
                x = ops.reshape(x, np.array([0, -1], np.int64), special_zero=True)
            x = ops.matmul(x, ops.constant(layer.weight), False, True)
            x = ops.add(x, ops.constant(layer.bias[None]))
        else:
            weight = layer.weight
            if isinstance(layer, Dense):
                channels, side = sizes[number]
                weight = weight.reshape(len(weight), channels, side, side)
            x = ops.convolution(x, ops.constant(weight), [1, 1], [0, 0], [0, 0], [step] * 2)
            x = ops.add(x, ops.constant(layer.bias[None, :, None, None]))
        if number + 1 < len(net.layers):
            x = ops.relu(x)
    return x


def _spread_maximum(x: Any, k: int, spread: int) -> Any:
    """Largest of ``k`` x ``k`` values that lie ``spread`` apart, at every place.

    As slices, because OpenVINO's own dilated pooling has no fast path on a CPU: it took nine tenths
    of the whole pass.
    """
    from openvino import opset13 as ops

    for axis in (2, 3):
        last = (k - 1) * spread
        side = x.get_shape()[axis] if hasattr(x, "get_shape") else x.output(0).get_shape()[axis]
        parts = [
            ops.slice(x, [shift], [side - last + shift], [1], [axis])
            for shift in range(0, last + 1, spread)
        ]
        x = parts[0]
        for part in parts[1:]:
            x = ops.maximum(x, part)
    return x


def _builder(net: PatchNet, way: Way) -> Callable[[Mapping[str, Any]], Any]:
    return lambda inputs: build(net, inputs["picture"], way)


def windows(net: PatchNet, patches: NDArray[Any]) -> Maps:
    """Return the logits ``(N, classes) float32`` of a batch of windows ``(N, window, window)``.

    Raises
    ------
    ShapeError
        The patches are not as large as the window.
    """
    if patches.ndim != 3 or patches.shape[1:] != (net.window, net.window):
        raise ShapeError(
            f"expected patches (N, {net.window}, {net.window}), got shape {patches.shape}"
        )
    return _run(net, patches[:, None], "window")


def one_pass(net: PatchNet, picture: NDArray[Any], *, way: Way = "every pixel") -> Maps:
    """Return the logits of a whole picture ``(H, W)`` in one pass.

    Returns
    -------
    ndarray
        ``(classes, h, w) float32``. For ``"every pixel"``, h is ``H - window + 1`` and the values
        are those of :func:`seglib.concepts.patches.every_pixel`; for ``"grid"`` they are every
        ``stride``-th of these.

    Raises
    ------
    ShapeError
        The picture is smaller than the window.
    """
    if picture.ndim != 2 or min(picture.shape) < net.window:
        raise ShapeError(
            f"expected a picture (H, W) of at least {net.window} x {net.window}, "
            f"got {picture.shape}"
        )
    answer: Maps = _run(net, picture[None, None], way)[0]
    return answer


def _run(net: PatchNet, x: NDArray[Any], way: Way) -> Maps:
    x = np.ascontiguousarray(x, np.float32)
    return _graph.run(("patches", net.digest, way), _builder(net, way), {"picture": x})[0]


def cut(picture: NDArray[Any], window: int) -> Maps:
    """Return every window of a picture ``(H, W)`` as a batch ``(h * w, window, window)``."""
    views = np.lib.stride_tricks.sliding_window_view(picture, (window, window))
    return np.ascontiguousarray(views.reshape(-1, window, window), np.float32)


def save(net: PatchNet, path: Path) -> None:
    """Write the patch classifier as OpenVINO IR with FP16 weights, input ``(?, 1, w, w)``."""
    import openvino as ov
    from openvino import opset13 as ops

    x = ops.parameter([-1, 1, net.window, net.window], np.float32, "patches")
    model = ov.Model([build(net, x, "window")], [x], path.stem)
    model.inputs[0].get_tensor().set_names({"patches"})
    model.outputs[0].get_tensor().set_names({"logits"})
    ov.save_model(model, path, compress_to_fp16=True)


def load(path: Path) -> PatchNet:
    """Read a patch classifier that :func:`save` wrote.

    Raises
    ------
    ModelFileError
        The file is missing, damaged, or another kind of network.
    """
    import openvino as ov

    try:
        model = ov.Core().read_model(path)
    except RuntimeError:
        raise ModelFileError(f"{path.name} cannot be read: it is missing or damaged") from None
    layers: list[Layer] = []
    weight: Maps | None = None
    for node in model.get_ordered_ops():
        kind = node.get_type_name()
        if kind in ("Convolution", "MatMul"):
            weight = _values(node)
        elif kind == "Add" and weight is not None:
            layer = Conv if weight.ndim == 4 else Dense
            layers.append(layer(weight, _values(node).ravel()))
            weight = None
        elif kind == "MaxPool":
            layers.append(Pool(int(node.get_attributes()["kernel"][0])))
    shape = model.inputs[0].get_partial_shape()
    if not layers or len(shape) != 4 or shape[3].is_dynamic:
        raise ModelFileError(f"{path.name} is not a patch classifier")
    return PatchNet(tuple(layers), int(shape[3].get_length()))


def _values(node: Any) -> Maps:
    """Return the constant that a node reads second, be it stored as FP16 or not."""
    source = node.input_value(1).get_node()
    if source.get_type_name() == "Convert":
        source = source.input_value(0).get_node()
    values: Maps = np.array(source.data, np.float32)
    values.setflags(write=False)
    return values


def counted(net: PatchNet) -> tuple[Row, ...]:
    """Count a network layer by layer, as :func:`seglib.concepts.cost_table.table` does."""
    kinds: dict[type[Any], Kind] = {Conv: "conv", Pool: "pool", Dense: "dense"}
    listed = []
    for layer, (maps, _) in zip(net.layers, map_sizes(net)[1:], strict=True):
        kernel = layer.size if isinstance(layer, Pool) else 0
        if isinstance(layer, Conv):
            kernel = layer.weight.shape[2]
        listed.append(Step(kinds[type(layer)], maps, kernel))
    return table(listed, net.window)
