"""Filling outlines exactly: a pixel belongs to a shape when its centre does.

Pixel (column, row) is the unit square from (column, row) to (column + 1, row + 1); its centre lies
at + 0.5. A centre that lies exactly on an edge belongs to the shape on its right or below it, so
two shapes that share an edge share no pixel and leave none out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seglib.errors import ShapeError

Size = tuple[int, int]
Points = NDArray[np.float64]

MAX_POINTS = 20_000
"""Corners or brush points of one shape; a stranger's browser may report anything."""
MAX_COORDINATE = 1e6
"""Pixels: farther out, nothing can be meant."""
MAX_SIDE = 16_384
"""Pixels a side of a mask."""
_CHUNK = 1 << 20


def check_size(size: Size) -> Size:
    """Return (width, height) or raise :class:`~seglib.errors.ShapeError`."""
    try:
        width, height = (int(value) for value in size)
    except (TypeError, ValueError, OverflowError):
        raise ShapeError(f"expected a size (width, height), got {size!r}") from None
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise ShapeError(f"expected a size of 1 to {MAX_SIDE} pixels a side, got {size!r}")
    return width, height


def check_points(points: ArrayLike, *, least: int = 1) -> Points:
    """Return points as ``(N, 2) float64`` or raise :class:`~seglib.errors.ShapeError`.

    Parameters
    ----------
    points : array-like
        N pairs (x, y), finite, at most :data:`MAX_COORDINATE` in size.
    least : int
        How many are needed.
    """
    try:
        found = np.asarray(points, np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ShapeError("expected points as pairs of numbers (x, y)") from None
    if found.ndim != 2 or found.shape[1] != 2:
        if found.size:
            raise ShapeError(f"expected points as pairs (x, y), got an array {found.shape}")
        found = found.reshape(0, 2)
    if not least <= len(found) <= MAX_POINTS:
        raise ShapeError(f"expected {least} to {MAX_POINTS} points, got {len(found)}")
    if not np.isfinite(found).all() or np.abs(found).max(initial=0) > MAX_COORDINATE:
        raise ShapeError(
            f"expected finite coordinates up to {MAX_COORDINATE:g} pixels, got {_first_bad(found)}"
        )
    return found


def check_number(value: float, name: str, *, low: float = 0.0, positive: bool = False) -> float:
    """Return a finite number or raise :class:`~seglib.errors.ShapeError`."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if (
        not math.isfinite(number)
        or not low <= number <= MAX_COORDINATE
        or (positive and number == 0)
    ):
        wanted = "a positive number" if positive else f"a number from {low:g}"
        raise ShapeError(f"expected {name} to be {wanted} up to {MAX_COORDINATE:g}, got {value!r}")
    return number


def _first_bad(points: Points) -> str:
    bad = ~np.isfinite(points) | (np.abs(points) > MAX_COORDINATE)
    x, y = points[bad.any(axis=1)][0]
    return f"({x:g}, {y:g})"


def fill(rings: Iterable[Points], size: Size) -> NDArray[np.bool_]:
    """Fill closed outlines by the even-odd rule.

    Parameters
    ----------
    rings : iterable of (N, 2) float64
        Corners (x, y); the last is joined to the first.
    size : (width, height)
        Of the mask; what lies outside is cut off.

    Returns
    -------
    (H, W) bool
        True where a ray from the pixel's centre to the left crosses the outlines an odd number of
        times.
    """
    width, height = size
    toggles = np.zeros((height, width + 1), np.int32)
    for ring in rings:
        for rows, columns in _crossings(ring, width, height):
            np.add.at(toggles, (rows, columns), 1)
    inside: NDArray[np.bool_] = (np.cumsum(toggles[:, :width], axis=1) & 1).astype(np.bool_)
    return inside


def _crossings(
    ring: Points, width: int, height: int
) -> Iterable[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the row, and the first column right of the crossing, of each edge at row centres."""
    start, end = ring, np.roll(ring, -1, axis=0)
    # Always from top to bottom, so that an edge shared by two shapes is computed alike for both.
    down = (start[:, 1] <= end[:, 1])[:, None]
    top, bottom = np.where(down, start, end), np.where(down, end, start)
    # An edge owns the row centres from its top (included) to its bottom (excluded).
    first = np.clip(np.ceil(top[:, 1] - 0.5), 0, height).astype(np.int64)
    last = np.clip(np.ceil(bottom[:, 1] - 0.5), 0, height).astype(np.int64)
    counts = last - first
    keep = counts > 0
    top, bottom, first, counts = top[keep], bottom[keep], first[keep], counts[keep]
    ends = np.cumsum(counts)
    begin = 0
    while begin < len(counts):
        # By parts: 20,000 edges over 16,384 rows would not fit into memory at once.
        spent = int(ends[begin - 1]) if begin else 0
        stop = max(begin + 1, int(np.searchsorted(ends, spent + _CHUNK, side="right")))
        part = slice(begin, stop)
        edges = np.repeat(np.arange(begin, stop), counts[part])
        offsets = np.arange(len(edges)) - np.repeat(ends[part] - counts[part] - spent, counts[part])
        rows = first[edges] + offsets
        share = (rows + 0.5 - top[edges, 1]) / (bottom[edges, 1] - top[edges, 1])
        x = top[edges, 0] + share * (bottom[edges, 0] - top[edges, 0])
        yield rows, np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
        begin = stop


def spans(left: Points, right: Points, size: Size, total: NDArray[np.int32]) -> None:
    """Count spans of pixels into ``total``, to be summed along the rows afterwards.

    Parameters
    ----------
    left, right : (N, H) float64
        In each row, N spans of x; empty where left > right or either is not finite. Both ends
        belong to the span.
    size : (width, height)
    total : (H, W + 1) int32
        Changed in place: + 1 where a span begins, - 1 one past its end.
    """
    width, height = size
    filled = np.isfinite(left) & np.isfinite(right) & (left <= right)
    rows = np.broadcast_to(np.arange(height), left.shape)[filled]
    begin = np.clip(np.ceil(left[filled] - 0.5), 0, width).astype(np.int64)
    end = np.clip(np.floor(right[filled] - 0.5) + 1, 0, width).astype(np.int64)
    some = end > begin
    np.add.at(total, (rows[some], begin[some]), 1)
    np.add.at(total, (rows[some], end[some]), -1)
