"""Atrous convolution at work: resolution kept, and a pyramid of rates on one map.

Chen et al. 2015, "Semantic Image Segmentation with Deep Convolutional Nets and Fully Connected
CRFs" (DeepLab v1, https://arxiv.org/abs/1412.7062); Chen et al. 2017, "Rethinking Atrous
Convolution for Semantic Image Segmentation" (DeepLabv3, https://arxiv.org/abs/1706.05587).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.concepts.convolution import convolve, convolve_graph
from seglib.errors import ShapeError, UsageError
from seglib.options import Checked, whole


@dataclass(frozen=True)
class TrickOptions(Checked):
    """How much resolution the trick keeps.

    Parameters
    ----------
    stride : int
        Of the first convolution, before the trick.
    """

    stride: int = whole(2, 2, 4, "Of the first convolution, before the trick.", title="Stride s")


def effective_kernel(kernel: int, rate: int) -> int:
    """Return how many cells a dilated kernel spans: ``k + (k - 1)(d - 1)``."""
    if min(kernel, rate) < 1:
        raise UsageError(f"expected kernel and rate from 1, got {kernel} and {rate}")
    return kernel + (kernel - 1) * (rate - 1)


@dataclass(frozen=True, eq=False)
class Trick:
    """Two ways through two 3 × 3 convolutions.

    Parameters
    ----------
    coarse : (h, w) float
        With the stride: few cells.
    dense : (H, W) float
        Stride 1, and the second convolution at the stride as its rate: as many cells as the input.
    kept : (h, w) float
        Every stride-th cell of ``dense``.
    difference : float
        Largest difference between ``coarse`` and ``kept``.
    """

    coarse: NDArray[Any]
    dense: NDArray[Any]
    kept: NDArray[Any]
    difference: float


def trick(
    values: NDArray[Any],
    first: NDArray[Any],
    second: NDArray[Any],
    *,
    stride: int = 2,
    graph: bool = True,
) -> Trick:
    """Run DeepLab v1's trick: the stride becomes 1, what follows becomes atrous.

    Parameters
    ----------
    values : (H, W) array
    first, second : (3, 3) array
        Kernels.
    stride : int
        Of the first convolution, before the trick.
    graph : bool
        With OpenVINO, else with the reference.
    """
    if first.shape != (3, 3) or second.shape != (3, 3):
        raise ShapeError(f"expected two kernels (3, 3), got {first.shape} and {second.shape}")
    run = convolve_graph if graph else convolve
    coarse = run(run(values, first, stride=stride, padding=1), second, padding=1)
    dense = run(run(values, first, padding=1), second, padding=stride, dilation=stride)
    kept = dense[::stride, ::stride]
    return Trick(coarse, dense, kept, float(np.abs(coarse - kept).max()))


def valid_weights(size: tuple[int, int], rate: int, *, kernel: int = 3) -> dict[int, float]:
    """Count how many weights of an atrous kernel meet the map rather than its padding.

    Parameters
    ----------
    size : (height, width)
        Of the map; the padding keeps its size.
    rate : int
    kernel : int
        Odd.

    Returns
    -------
    dict of int to float
        Share of the output cells, 0 to 1, by number of valid weights. As the rate nears the size of
        the map, only the middle weight is left (DeepLabv3, figure 4).
    """
    if min(size) < 1 or rate < 1 or kernel < 1 or kernel % 2 == 0:
        raise UsageError(
            f"expected a size and rate from 1 and an odd kernel, got {size}, {rate} and {kernel}"
        )
    offsets = rate * (np.arange(kernel) - kernel // 2)
    rows, columns = (
        ((np.arange(n)[:, None] + offsets >= 0) & (np.arange(n)[:, None] + offsets < n)).sum(axis=1)
        for n in size
    )
    counts = np.outer(rows, columns)
    numbers, times = np.unique(counts, return_counts=True)
    return {
        int(number): float(count) / counts.size
        for number, count in zip(numbers, times, strict=True)
    }


def mean_valid(size: tuple[int, int], rate: int, *, kernel: int = 3) -> float:
    """Return the mean number of valid weights an output cell has."""
    shares = valid_weights(size, rate, kernel=kernel)
    return sum(number * share for number, share in shares.items())


@dataclass(frozen=True, eq=False)
class Branch:
    """A separable branch of an atrous pyramid: 3 × 3 a channel, ReLU, 1 × 1, ReLU.

    Parameters
    ----------
    depthwise : (C, k, k) float
    depthwise_bias : (C,) float
    pointwise : (O, C) float
    pointwise_bias : (O,) float
    """

    depthwise: NDArray[Any]
    depthwise_bias: NDArray[Any]
    pointwise: NDArray[Any]
    pointwise_bias: NDArray[Any]


def run_branch(features: NDArray[Any], branch: Branch, rate: int) -> NDArray[np.float64]:
    """Run a branch at a rate: the reference.

    Parameters
    ----------
    features : (C, h, w) float
    branch : Branch
    rate : int

    Returns
    -------
    (O, h, w) float64
    """
    padding = rate * (branch.depthwise.shape[-1] // 2)
    wide = np.stack(
        [
            convolve(channel, kernel, padding=padding, dilation=rate)
            for channel, kernel in zip(features, branch.depthwise, strict=True)
        ]
    )
    wide = np.maximum(wide + branch.depthwise_bias[:, None, None], 0)
    mixed = np.einsum("oc,chw->ohw", branch.pointwise.astype(np.float64), wide)
    result: NDArray[np.float64] = np.maximum(mixed + branch.pointwise_bias[:, None, None], 0)
    return result


def run_branch_graph(features: NDArray[Any], branch: Branch, rate: int) -> NDArray[np.float32]:
    """Do the same as :func:`run_branch` with OpenVINO."""
    padding = [rate * (branch.depthwise.shape[-1] // 2)] * 2

    def build(nodes: Any) -> Any:
        from openvino import opset13 as ops

        wide = ops.group_convolution(
            nodes["x"], nodes["deep"], [1, 1], padding, padding, [rate, rate]
        )
        wide = ops.relu(ops.add(wide, nodes["deep_bias"]))
        mixed = ops.convolution(wide, nodes["point"], [1, 1], [0, 0], [0, 0], [1, 1])
        return ops.relu(ops.add(mixed, nodes["point_bias"]))

    inputs: Mapping[str, NDArray[Any]] = {
        "x": features[None].astype(np.float32),
        "deep": branch.depthwise[:, None, None].astype(np.float32),
        "deep_bias": branch.depthwise_bias.reshape(1, -1, 1, 1).astype(np.float32),
        "point": branch.pointwise[:, :, None, None].astype(np.float32),
        "point_bias": branch.pointwise_bias.reshape(1, -1, 1, 1).astype(np.float32),
    }
    (found,) = _graph.run(("atrous branch", rate), build, inputs)
    result: NDArray[np.float32] = found[0]
    return result


def rates_text(rates: Sequence[int]) -> str:
    """Write rates as ``1 · 2 · 5``."""
    return " · ".join(map(str, rates))
