"""The same convolutions as OpenVINO graphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.concepts.large_kernels import Floats, Pairs
from seglib.concepts.large_kernels_refine import FIRST, SECOND


def convolve(image: Floats, weights: Floats) -> NDArray[np.float32]:
    """As :func:`seglib.concepts.large_kernels.convolve`, with ``Convolution``."""

    def build(nodes: Mapping[str, Any]) -> Any:
        return _convolution(nodes["image"], nodes["weights"], weights.shape)

    inputs = {"image": image[None, None], "weights": weights[None, None]}
    return np.asarray(_graph.run(("large", weights.shape), build, inputs)[0][0, 0], np.float32)


def block(image: Floats, pairs: Pairs) -> NDArray[np.float32]:
    """As :func:`seglib.concepts.large_kernels.block`: two branches of two convolutions, summed."""
    count, size = pairs.columns.shape

    def build(nodes: Mapping[str, Any]) -> Any:
        from openvino import opset13

        total = None
        for place in range(count):
            column = (nodes[f"column{place}"], (size, 1))
            row = (nodes[f"row{place}"], (1, size))
            result = nodes["image"]
            for weights, shape in (column, row) if place % 2 == 0 else (row, column):
                result = _convolution(result, weights, shape)
            total = result if total is None else opset13.add(total, result)
        return total

    inputs: dict[str, NDArray[Any]] = {"image": image[None, None]}
    for place in range(count):
        inputs[f"column{place}"] = pairs.columns[place][None, None, :, None]
        inputs[f"row{place}"] = pairs.rows[place][None, None, None, :]
    return np.asarray(_graph.run(("block", count, size), build, inputs)[0][0, 0], np.float32)


def refine(scores: Floats, *, strength: float = 1.0) -> NDArray[np.float32]:
    """As :func:`seglib.concepts.large_kernels_refine.refine`: two group convolutions and a sum."""
    classes = len(scores)

    def build(nodes: Mapping[str, Any]) -> Any:
        from openvino import opset13

        edges = opset13.relu(_each(nodes["scores"], nodes["first"]))
        return opset13.add(nodes["scores"], _each(edges, nodes["second"]))

    def per_class(weights: Floats) -> NDArray[np.float32]:
        return np.broadcast_to(weights, (classes, 1, 1, 3, 3)).astype(np.float32)

    inputs = {
        "scores": scores[None],
        "first": per_class(FIRST),
        "second": per_class(SECOND * strength),
    }
    return np.asarray(_graph.run(("refine", classes), build, inputs)[0][0], np.float32)


def _convolution(image: Any, weights: Any, shape: tuple[int, ...]) -> Any:
    from openvino import opset13

    pads = [side // 2 for side in shape]
    return opset13.convolution(image, weights, [1, 1], pads, pads, [1, 1])


def _each(maps: Any, weights: Any) -> Any:
    from openvino import opset13

    amount = np.array([0, 0, 1, 1], np.int64)
    padded = opset13.pad(maps, amount, amount, "edge")
    return opset13.group_convolution(padded, weights, [1, 1], [0, 0], [0, 0], [1, 1])
