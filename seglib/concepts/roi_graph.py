"""RoIPool and RoIAlign as OpenVINO's operators: what a deployed detector runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.concepts.roi import Box, Features, Mode, check
from seglib.concepts.roi_align import Aligned


def roi_pool(features: Features, box: Box, *, bins: int, scale: float) -> NDArray[np.float32]:
    """Run ``ROIPooling`` (max); parameters as :func:`seglib.concepts.roi_pool.roi_pool`.

    Returns
    -------
    (C, bins, bins) float32
    """
    stack = check(features, box, bins=bins, scale=scale)

    def build(nodes: Mapping[str, Any]) -> Any:
        from openvino import opset13

        return opset13.roi_pooling(nodes["maps"], nodes["roi"], [bins, bins], scale, "max")

    # the first number says which picture of the batch the box belongs to
    roi = np.array([[0, *box]], np.float32)
    pooled = _graph.run(("roi_pool", bins, scale), build, {"maps": _batch(stack), "roi": roi})[0]
    return np.asarray(pooled[0], np.float32)


def roi_align(
    features: Features,
    box: Box,
    *,
    bins: int,
    scale: float,
    sampling: int = 2,
    mode: Mode = "avg",
    aligned: Aligned = "half_pixel_for_nn",
    version: int = 9,
) -> NDArray[np.float32]:
    """Run ``ROIAlign``; parameters as :func:`seglib.concepts.roi_align.roi_align`.

    ``version`` 3 knows no ``aligned``: it is always asymmetric.

    Returns
    -------
    (C, bins, bins) float32
    """
    stack = check(features, box, bins=bins, scale=scale)

    def build(nodes: Mapping[str, Any]) -> Any:
        from openvino import opset3, opset13

        places = (nodes["maps"], nodes["roi"], nodes["batch"])
        if version == 3:
            return opset3.roi_align(*places, bins, bins, sampling, scale, mode)
        return opset13.roi_align(*places, bins, bins, sampling, scale, mode, aligned)

    inputs = {
        "maps": _batch(stack),
        "roi": np.array([box], np.float32),
        "batch": np.zeros(1, np.int32),
    }
    key = ("roi_align", bins, scale, sampling, mode, aligned, version)
    return np.asarray(_graph.run(key, build, inputs)[0][0], np.float32)


def _batch(stack: Features) -> NDArray[np.float32]:
    return np.ascontiguousarray(stack[None], np.float32)
