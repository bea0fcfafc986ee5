"""Receptive fields: how far a stack of layers can see, how far it does see, and where it has holes.

Araujo et al. 2019, "Computing Receptive Fields of Convolutional Neural Networks"
(https://distill.pub/2019/computing-receptive-fields); Luo et al. 2016, "Understanding the Effective
Receptive Field" (https://arxiv.org/abs/1701.04128); Wang et al. 2018, "Understanding Convolution
for Semantic Segmentation" (https://arxiv.org/abs/1702.08502) for gridding and its cure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.errors import ShapeError, UsageError

Array = NDArray[np.float64]

MOST_FIELD = 301
"""Cells a side of a receptive field, at most: maps of it stay small."""


@dataclass(frozen=True)
class Layer:
    """One layer along one axis.

    Parameters
    ----------
    kernel, stride, dilation : int
        In cells.
    """

    kernel: int = 3
    stride: int = 1
    dilation: int = 1

    def __post_init__(self) -> None:
        if min(self.kernel, self.stride, self.dilation) < 1:
            raise UsageError(
                "expected kernel, stride and dilation from 1, got "
                f"{self.kernel}, {self.stride} and {self.dilation}"
            )

    @property
    def reach(self) -> int:
        """Effective kernel: ``k + (k - 1)(d - 1)``."""
        return self.kernel + (self.kernel - 1) * (self.dilation - 1)


@dataclass(frozen=True)
class Reach:
    """What one output cell sees after some layers.

    Parameters
    ----------
    field : int
        Input cells from the first to the last that can matter.
    jump : int
        Input cells between two neighbouring output cells.
    """

    field: int
    jump: int


def grow(layers: Sequence[Layer]) -> tuple[Reach, ...]:
    """Return the receptive field after each layer: ``r += (k_eff - 1) * jump``; ``jump *= s``.

    The first entry is the input itself: field 1, jump 1.
    """
    reaches = [Reach(1, 1)]
    for layer in layers:
        last = reaches[-1]
        reaches.append(Reach(last.field + (layer.reach - 1) * last.jump, last.jump * layer.stride))
    return tuple(reaches)


def paths(layers: Sequence[Layer]) -> NDArray[np.int64]:
    """Count the ways from each input cell to one output cell, along one axis.

    Parameters
    ----------
    layers : sequence of Layer
        In the order in which they run.

    Returns
    -------
    (field,) int64
        0 is a hole: a cell inside the receptive field that cannot matter. In two dimensions the
        counts multiply: ``numpy.outer(paths, paths)``.
    """
    field = grow(layers)[-1].field
    if field > MOST_FIELD:
        raise UsageError(f"expected a receptive field of at most {MOST_FIELD} cells, got {field}")
    counts = np.ones(1, np.int64)
    for layer in reversed(layers):
        # A step back: cells lie a stride apart, and each is spread over the taps of the window.
        spread = np.zeros((len(counts) - 1) * layer.stride + 1, np.int64)
        spread[:: layer.stride] = counts
        taps = np.zeros(layer.reach, np.int64)
        taps[:: layer.dilation] = 1
        counts = np.convolve(spread, taps)
    return counts


def coverage(layers: Sequence[Layer]) -> float:
    """Return the share of the two-dimensional receptive field that can matter, 0 to 1."""
    seen = paths(layers) > 0
    return float(seen.mean()) ** 2


@dataclass(frozen=True)
class Hybrid:
    """The rule of hybrid dilated convolution for a group of layers.

    Parameters
    ----------
    distances : tuple of int
        ``M_1 … M_n``: the largest distance between two non-zero weights before each layer.
    kernel : int
        Kernel size K.
    divisor : int
        Greatest common divisor of the rates.
    """

    distances: tuple[int, ...]
    kernel: int
    divisor: int

    @property
    def close(self) -> bool:
        """``M_2 <= K``; a single layer has only its own rate."""
        second = self.distances[1] if len(self.distances) > 1 else self.distances[0]
        return second <= self.kernel

    @property
    def holds(self) -> bool:
        """Both conditions: near enough, and no common factor."""
        return self.close and (self.divisor == 1)


def hybrid(rates: Sequence[int], *, kernel: int = 3) -> Hybrid:
    """Apply Wang et al.'s rule, equation 2.

    ``M_i = max(M_{i+1} - 2 r_i, 2 r_i - M_{i+1}, r_i)`` with ``M_n = r_n``; wanted are ``M_2 <= K``
    and rates without a common factor. (The paper writes the middle term as
    ``M_{i+1} - 2 (M_{i+1} - r_i)``.)
    """
    if not rates or min(rates) < 1:
        raise UsageError(f"expected rates from 1, got {list(rates)}")
    distances = [rates[-1]]
    for rate in reversed(rates[:-1]):
        after = distances[0]
        distances.insert(0, max(after - 2 * rate, 2 * rate - after, rate))
    return Hybrid(tuple(distances), kernel, math.gcd(*rates))


def gradient(weights: Sequence[NDArray[Any]], rates: Sequence[int]) -> Array:
    """Return the derivative of one output cell by every input cell: the reference.

    Parameters
    ----------
    weights : sequence of (k, k) array
        One kernel a layer, stride 1, no non-linearity.
    rates : sequence of int
        Dilation of each.

    Returns
    -------
    (field, field) float64
    """
    _check(weights, rates)
    found = np.ones((1, 1))
    for kernel, rate in zip(reversed(weights), reversed(rates), strict=True):
        high, wide = found.shape
        reach = rate * (len(kernel) - 1)
        spread = np.zeros((high + reach, wide + reach))
        for i in range(len(kernel)):
            for j in range(len(kernel)):
                top, left = i * rate, j * rate
                spread[top : top + high, left : left + wide] += kernel[i, j] * found
        found = spread
    return found


def gradient_graph(weights: Sequence[NDArray[Any]], rates: Sequence[int]) -> NDArray[np.float32]:
    """Do the same as :func:`gradient` with OpenVINO, for many networks at once.

    Parameters
    ----------
    weights : sequence of (N, k, k) array
        One set of kernels a layer; (k, k) for a single network.
    rates : sequence of int

    Returns
    -------
    (N, field, field) float32
    """
    stacks = [np.asarray(kernel, np.float32) for kernel in weights]
    stacks = [kernel[None] if kernel.ndim == 2 else kernel for kernel in stacks]
    _check([kernel[0] for kernel in stacks], rates)
    count = len(stacks[0])

    def build(nodes: Any) -> Any:
        from openvino import opset13 as ops

        found = nodes["start"]
        for place in reversed(range(len(rates))):
            found = ops.group_convolution_backprop_data(
                found,
                nodes[f"w{place}"],
                strides=[1, 1],
                pads_begin=[0, 0],
                pads_end=[0, 0],
                dilations=[rates[place]] * 2,
            )
        return found

    inputs: dict[str, NDArray[Any]] = {"start": np.ones((1, count, 1, 1), np.float32)}
    for place, kernel in enumerate(stacks):
        # groups of one input and one output channel
        inputs[f"w{place}"] = kernel[:, None, None]
    (found,) = _graph.run(("gradient", tuple(rates)), build, inputs)
    result: NDArray[np.float32] = found[0]
    return result


def effective(rates: Sequence[int], *, kernel: int = 3, networks: int = 24, seed: int = 0) -> Array:
    """Measure the effective receptive field: mean ``|gradient|`` over random networks.

    Parameters
    ----------
    rates : sequence of int
    kernel : int
    networks : int
        Networks with independent normal weights; 0 takes one network whose weights are all equal.
    seed : int

    Returns
    -------
    (field, field) float64
        Divided by its largest value: 0 to 1, exactly 0 in holes.
    """
    if networks:
        rng = np.random.default_rng(seed)
        weights = [rng.normal(size=(networks, kernel, kernel)) for _ in rates]
    else:
        weights = [np.full((1, kernel, kernel), 1 / kernel**2) for _ in rates]
    size = grow([Layer(kernel, 1, rate) for rate in rates])[-1].field
    if size > MOST_FIELD:
        raise UsageError(f"expected a receptive field of at most {MOST_FIELD} cells, got {size}")
    found: Array = np.abs(gradient_graph(weights, rates)).astype(np.float64).mean(axis=0)
    most = float(found.max())
    return found / most if most > 0 else found


def central(field: NDArray[Any], share: float = 0.5) -> int:
    """Return the side of the smallest centred square that holds this share of the field's sum."""
    total, middle = float(field.sum()), field.shape[0] // 2
    for radius in range(middle + 1):
        part = field[middle - radius : middle + radius + 1, middle - radius : middle + radius + 1]
        if part.sum() >= share * total * (1 - 1e-9):
            return 2 * radius + 1
    return int(field.shape[0])


def perturb(
    forward: Callable[[Array], NDArray[Any]],
    values: NDArray[Any],
    cell: tuple[int, int],
    *,
    amount: float = 1.0,
) -> Array:
    """Measure a receptive field without knowing the network: change one input cell at a time.

    Parameters
    ----------
    forward : callable
        ``(H, W)`` to ``(h, w)``.
    values : (H, W) array
    cell : (y, x)
        The output cell that is watched.
    amount : float
        Added to the input cell.

    Returns
    -------
    (H, W) float64
        ``|change of the output| / amount``.
    """
    start = np.asarray(values, np.float64)
    before = float(forward(start)[cell])
    found = np.zeros(start.shape)
    for place in np.ndindex(*start.shape):
        changed = start.copy()
        changed[place] += amount
        found[place] = abs(float(forward(changed)[cell]) - before) / amount
    return found


def _check(weights: Sequence[NDArray[Any]], rates: Sequence[int]) -> None:
    if not rates or len(weights) != len(rates) or min(rates) < 1:
        raise UsageError(
            f"expected a kernel and a rate from 1 for each layer, got {len(weights)} kernels and "
            f"rates {list(rates)}"
        )
    for kernel in weights:
        if kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1]:
            raise ShapeError(f"expected square kernels (k, k), got {kernel.shape}")
