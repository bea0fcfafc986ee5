"""Levels of a picture: where its darkest and brightest values lie, and stretching between them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError

LEAST_SPAN = 8.0
"""A picture whose values span less than this is not stretched further: it would be all noise."""

_AT_ONCE = 1 << 24
"""OpenCV counts in float32, which is exact up to here."""


def stretch_levels(
    pixels: NDArray[np.uint8], shares: tuple[float, float] = (0.005, 0.995)
) -> NDArray[np.uint8]:
    """Bring the darkest and brightest half percent to 0 and 255, all channels alike.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8
    shares : (low, high)
        Shares of all values that shall lie below 0 and below 255.

    Returns
    -------
    array of the same shape, uint8
    """
    if pixels.dtype != np.uint8 or not pixels.size:
        raise ShapeError(f"expected a picture (H, W, 3) uint8, got {pixels.shape} {pixels.dtype}")
    counts = value_counts(pixels)
    low, high = (quantile(counts, share) for share in shares)
    # one small table instead of arithmetic on every pixel
    scaled = (np.arange(256) - low) * (255 / max(high - low, LEAST_SPAN))
    table = np.clip(scaled, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(pixels, table), np.uint8).reshape(pixels.shape)


def value_counts(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return how often each value occurs: ``(256,) int64``."""
    flat = np.ascontiguousarray(pixels).reshape(-1)
    counts = np.zeros(256, np.int64)
    for start in range(0, flat.size, _AT_ONCE):
        part = flat[start : start + _AT_ONCE]
        counts += cv2.calcHist([part], [0], None, [256], [0, 256]).astype(np.int64).reshape(-1)
    return counts


def quantile(counts: NDArray[np.int64], share: float) -> float:
    """Return the value below which a share of all values lies, linear between neighbours.

    The same as ``numpy.percentile(pixels, 100 * share)``, from the counts of :func:`value_counts`.
    """
    below = np.cumsum(counts)
    rank = share * (int(below[-1]) - 1)
    first = int(np.floor(rank))
    low = int(np.searchsorted(below, first, side="right"))
    high = int(np.searchsorted(below, min(first + 1, int(below[-1]) - 1), side="right"))
    return low + (rank - first) * (high - low)
