"""Pyramid pooling: what surrounds a pixel, at four scales at once.

Zhao et al., Pyramid Scene Parsing Network (CVPR 2017), section 3.2: the features are averaged over
1×1, 2×2, 3×3 and 6×6 bins, each level's channels reduced to C/N by a 1×1 convolution (N levels),
brought back to the map's size and put beside the features: 2·C channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError, UsageError

Features = NDArray[np.floating[Any]]
BINS: Final = (1, 2, 3, 6)
"""The paper's levels."""
MOST_BINS: Final = 16


def spans(cells: int, bins: int) -> tuple[tuple[int, int], ...]:
    """Return the cells ``(first, past the last)`` of each bin along one side.

    ``first = ⌊i·cells / bins⌋`` and ``past = ⌈(i+1)·cells / bins⌉``: every cell is in a bin, no bin
    is empty, and where ``bins`` does not divide ``cells``, neighbours share a cell.

    Examples
    --------
    >>> spans(5, 3)
    ((0, 2), (1, 4), (3, 5))
    """
    if cells < 1 or not 1 <= bins <= MOST_BINS:
        raise UsageError(f"expected cells and 1 to {MOST_BINS} bins, got {cells} and {bins}")
    # in whole numbers: floating point would put an edge on the wrong side now and then
    return tuple((i * cells // bins, -(-(i + 1) * cells // bins)) for i in range(bins))


def adaptive_average(features: Features, bins: int) -> NDArray[np.float32]:
    """Average the features over ``bins × bins`` bins.

    Parameters
    ----------
    features : (C, h, w) float
    bins : int

    Returns
    -------
    (C, bins, bins) float32
    """
    check(features)
    _, height, width = features.shape
    pooled = np.empty((len(features), bins, bins), np.float32)
    for row, (top, bottom) in enumerate(spans(height, bins)):
        for column, (left, right) in enumerate(spans(width, bins)):
            pooled[:, row, column] = features[:, top:bottom, left:right].mean(axis=(1, 2))
    return pooled


def upsample(maps: Features, size: tuple[int, int]) -> NDArray[np.float32]:
    """Bring maps to ``size`` (width, height): bilinear, half-pixel centres, border repeated.

    The paper's own code aligns the corners instead; the rule here is the one of the rest of the
    library (and of PyTorch's default).
    """
    check(maps)
    x_low, x_high, x_part = _linear(maps.shape[2], size[0])
    y_low, y_high, y_part = _linear(maps.shape[1], size[1])
    along = maps[:, :, x_low] * (1 - x_part) + maps[:, :, x_high] * x_part
    full = along[:, y_low] * (1 - y_part)[:, None] + along[:, y_high] * y_part[:, None]
    return np.asarray(full, np.float32)


def reduce_groups(maps: Features, channels: int) -> NDArray[np.float32]:
    """Reduce to ``channels`` by averaging groups of neighbouring channels.

    A 1×1 convolution whose weights are stated instead of learned: it stands for the trained one,
    which a network without pyramid pooling does not have.
    """
    check(maps)
    if not 1 <= channels <= len(maps):
        raise UsageError(f"expected 1 to {len(maps)} channels, got {channels}")
    groups = np.array_split(np.arange(len(maps)), channels)
    return np.stack([maps[group].mean(axis=0) for group in groups]).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Level:
    """One level of the pyramid.

    Parameters
    ----------
    bins : int
        Along each side.
    pooled : (C/N, bins, bins) float32
        Averaged and reduced.
    full : (C/N, h, w) float32
        Brought back to the map's size.
    """

    bins: int
    pooled: NDArray[np.float32]
    full: NDArray[np.float32]


def pyramid(
    features: Features, bins: tuple[int, ...] = BINS
) -> tuple[tuple[Level, ...], NDArray[np.float32]]:
    """Run the module: pool, reduce, upsample, concatenate.

    Parameters
    ----------
    features : (C, h, w) float
    bins : tuple of int
        One a level; C must have at least as many channels.

    Returns
    -------
    levels : tuple of Level
    together : (C + N·(C // N), h, w) float32
        The features first, then the levels in order.
    """
    check(features)
    if not 1 <= len(bins) <= len(features):
        raise UsageError(f"expected 1 to {len(features)} levels, got {len(bins)}")
    size = (features.shape[2], features.shape[1])
    levels = []
    for count in bins:
        pooled = reduce_groups(adaptive_average(features, count), len(features) // len(bins))
        levels.append(Level(count, pooled, upsample(pooled, size)))
    parts = [np.asarray(features, np.float32), *(level.full for level in levels)]
    return tuple(levels), np.concatenate(parts)


@dataclass(frozen=True)
class Cost:
    """What a part of the network costs.

    Parameters
    ----------
    parameters : int
        Weights, without biases.
    multiply_adds : int
        For one picture.
    """

    parameters: int
    multiply_adds: int


def level_cost(channels: int, bins: int, levels: int) -> Cost:
    """Cost of a level's 1×1 convolution: it runs on bins, not on cells, so it is nearly free."""
    parameters = channels * (channels // levels)
    return Cost(parameters, parameters * bins * bins)


def head_cost(channels: int, size: tuple[int, int], outputs: int, kernel: int = 3) -> Cost:
    """Cost of the convolution that reads ``channels`` channels on the full map after it."""
    parameters = channels * outputs * kernel * kernel
    return Cost(parameters, parameters * size[0] * size[1])


def check(features: Features) -> None:
    """Raise :class:`~seglib.errors.ShapeError` where ``features`` are no stack of maps."""
    if features.ndim != 3 or not features.size or not np.issubdtype(features.dtype, np.floating):
        raise ShapeError(
            f"expected features (C, h, w) float, got {features.shape} {features.dtype}"
        )


def _linear(
    cells: int, pixels: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    place = np.clip((np.arange(pixels) + 0.5) * cells / pixels - 0.5, 0, cells - 1)
    low = np.floor(place).astype(np.int64)
    return low, np.minimum(low + 1, cells - 1), place - low
