"""Pyramid pooling as an OpenVINO graph: AdaptiveAvgPool, 1×1 convolution, Interpolate, Concat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.concepts.pyramid import BINS, Features, check


def adaptive_average(features: Features, bins: int) -> NDArray[np.float32]:
    """Run ``AdaptiveAvgPool``; as :func:`seglib.concepts.pyramid.adaptive_average`."""
    check(features)

    def build(nodes: Mapping[str, Any]) -> Any:
        from openvino import opset13

        return opset13.adaptive_avg_pool(nodes["maps"], np.array([bins, bins], np.int64))

    maps = np.ascontiguousarray(features[None], np.float32)
    return np.asarray(_graph.run(("adaptive_avg", bins), build, {"maps": maps})[0][0], np.float32)


def pyramid(features: Features, bins: tuple[int, ...] = BINS) -> NDArray[np.float32]:
    """Run the whole module; as the concatenation of :func:`seglib.concepts.pyramid.pyramid`.

    Returns
    -------
    (C + N·(C // N), h, w) float32
    """
    check(features)
    channels = len(features)
    size = np.array(features.shape[1:], np.int64)
    weights = _group_weights(channels, channels // len(bins))

    def build(nodes: Mapping[str, Any]) -> Any:
        from openvino import opset13

        maps = nodes["maps"]
        parts = [maps]
        for count in bins:
            pooled = opset13.adaptive_avg_pool(maps, np.array([count, count], np.int64))
            reduced = opset13.convolution(pooled, weights, [1, 1], [0, 0], [0, 0], [1, 1])
            parts.append(
                opset13.interpolate(
                    reduced,
                    size,
                    "linear_onnx",
                    "sizes",
                    coordinate_transformation_mode="half_pixel",
                    axes=np.array([2, 3], np.int64),
                )
            )
        return opset13.concat(parts, 1)

    maps = np.ascontiguousarray(features[None], np.float32)
    return np.asarray(_graph.run(("pyramid", bins), build, {"maps": maps})[0][0], np.float32)


def _group_weights(channels: int, outputs: int) -> NDArray[np.float32]:
    """Return the stated weights of the reduction, ``(outputs, channels, 1, 1)``."""
    weights = np.zeros((outputs, channels, 1, 1), np.float32)
    for output, group in enumerate(np.array_split(np.arange(channels), outputs)):
        weights[output, group] = 1 / len(group)
    return weights
