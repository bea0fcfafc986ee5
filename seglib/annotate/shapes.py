"""Drawn shapes to masks: polygon, ellipse, rotated rectangle, brush and Bézier path.

Coordinates are pixels of the picture: (0, 0) is the picture's upper left corner, pixel (column,
row) is a unit square and its centre lies at + 0.5. A pixel belongs to a shape when its centre does;
nothing is anti-aliased, so an id painted through such a mask is exact. What lies outside the
picture is cut off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seglib.annotate._raster import (
    MAX_COORDINATE,
    MAX_POINTS,
    Points,
    Size,
    check_number,
    check_points,
    check_size,
    fill,
    spans,
)
from seglib.annotate.paths import flatten_points, parse_path

__all__ = [
    "MAX_COORDINATE",
    "MAX_POINTS",
    "bezier",
    "brush",
    "ellipse",
    "polygon",
    "rotated_rectangle",
]

_CELLS = 1 << 20


def _frozen(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    mask.setflags(write=False)
    return mask


def polygon(points: ArrayLike, size: Size) -> NDArray[np.bool_]:
    """Fill a polygon by the even-odd rule.

    Parameters
    ----------
    points : (N, 2) array-like
        Corners (x, y) in order, 3 to 20,000; the last is joined to the first. Where the outline
        crosses itself, what lies inside twice is outside.
    size : (width, height)
        Of the picture.

    Returns
    -------
    (H, W) bool
        Read-only. A centre exactly on an edge belongs to the polygon on its right or below, so
        neighbours share no pixel.

    Raises
    ------
    ShapeError
        Too few or too many points, or a coordinate that is not finite.
    """
    size = check_size(size)
    return _frozen(fill([check_points(points, least=3)], size))


def ellipse(
    center: tuple[float, float], radii: tuple[float, float], angle_deg: float, size: Size
) -> NDArray[np.bool_]:
    """Fill an ellipse.

    Parameters
    ----------
    center : (x, y)
        Pixels.
    radii : (a, b)
        Half axes in pixels; a lies along x before the turn. 0 gives an empty mask.
    angle_deg : float
        Turn in degrees, clockwise on the screen (y points down).
    size : (width, height)

    Returns
    -------
    (H, W) bool
        Read-only. True where ``(u / a)² + (v / b)² ≤ 1`` at the pixel's centre, in the ellipse's
        own axes u and v.

    Raises
    ------
    ShapeError
        A number is not finite, or a radius is negative.
    """
    width, height = check_size(size)
    (cx, cy), (cos, sin) = _place(center, angle_deg)
    a, b = (check_number(radius, "a radius") for radius in radii)
    mask = np.zeros((height, width), np.bool_)
    if a == 0 or b == 0:
        return _frozen(mask)
    # The box around the turned ellipse: outside it, nothing is computed.
    reach_x, reach_y = math.hypot(a * cos, b * sin), math.hypot(a * sin, b * cos)
    columns = slice(*_within(cx - reach_x, cx + reach_x, width))
    rows = slice(*_within(cy - reach_y, cy + reach_y, height))
    x = np.arange(columns.start, columns.stop) + 0.5 - cx
    y = (np.arange(rows.start, rows.stop) + 0.5 - cy)[:, None]
    u, v = (x * cos + y * sin) / a, (y * cos - x * sin) / b
    mask[rows, columns] = u * u + v * v <= 1
    return _frozen(mask)


def rotated_rectangle(
    center: tuple[float, float], sides: tuple[float, float], angle_deg: float, size: Size
) -> NDArray[np.bool_]:
    """Fill a rectangle turned around its centre.

    Parameters
    ----------
    center : (x, y)
        Pixels.
    sides : (width, height)
        Of the rectangle before the turn, pixels.
    angle_deg : float
        Turn in degrees, clockwise on the screen (y points down).
    size : (width, height)
        Of the picture.

    Returns
    -------
    (H, W) bool
        Read-only; edges as for :func:`polygon`.

    Raises
    ------
    ShapeError
        A number is not finite, or a side is negative.
    """
    return polygon(rectangle_corners(center, sides, angle_deg), size)


def rectangle_corners(
    center: tuple[float, float], sides: tuple[float, float], angle_deg: float
) -> Points:
    """Return the corners of a turned rectangle: ``(4, 2) float64``, clockwise from upper left."""
    (cx, cy), (cos, sin) = _place(center, angle_deg)
    a, b = (check_number(side, "a side") / 2 for side in sides)
    local = np.array([(-a, -b), (a, -b), (a, b), (-a, b)])
    x, y = local[:, 0], local[:, 1]
    return np.stack([cx + x * cos - y * sin, cy + x * sin + y * cos], axis=1)


def brush(points: ArrayLike, radius: float, size: Size) -> NDArray[np.bool_]:
    """Paint a stroke with a round brush.

    Parameters
    ----------
    points : (N, 2) array-like
        Path of the brush's centre, 1 to 20,000 points joined by straight lines.
    radius : float
        Of the brush, pixels, over 0.
    size : (width, height)

    Returns
    -------
    (H, W) bool
        Read-only. True where the pixel's centre lies within ``radius`` of the path. Each piece of
        the path is a capsule; a row cuts it in one span, whose ends are computed exactly.

    Raises
    ------
    ShapeError
        No points, too many, or a number that is not finite.
    """
    size = check_size(size)
    path = check_points(points)
    r = check_number(radius, "the radius", positive=True)
    start = path[:-1] if len(path) > 1 else path
    end = path[1:] if len(path) > 1 else path
    width, height = size
    total = np.zeros((height, width + 1), np.int32)
    step = max(1, _CELLS // height)
    rows = np.arange(height, dtype=np.float64) + 0.5
    for k in range(0, len(start), step):
        spans(*_capsule(start[k : k + step], end[k : k + step], r, rows), size, total)
    return _frozen(np.cumsum(total[:, :width], axis=1) > 0)


def _capsule(start: Points, end: Points, r: float, y: Points) -> tuple[Points, Points]:
    """Left and right end of each capsule in each row, ``(N, H)``; inf, -inf where there is none."""
    left = np.full((len(start), len(y)), np.inf)
    right = np.full_like(left, -np.inf)
    for disc in (start, end):
        rest = r * r - np.square(y - disc[:, 1:])
        half = np.sqrt(np.maximum(rest, 0))
        left = np.where(rest >= 0, np.minimum(left, disc[:, :1] - half), left)
        right = np.where(rest >= 0, np.maximum(right, disc[:, :1] + half), right)
    # The straight part: the rectangle whose long sides are r to either side of the path.
    along = end - start
    length = np.hypot(along[:, 0], along[:, 1])
    normal = np.stack([-along[:, 1], along[:, 0]], 1) * (r / np.maximum(length, 1e-12))[:, None]
    corners = (start + normal, end + normal, end - normal, start - normal)
    for p, q in zip(corners, (*corners[1:], corners[0]), strict=True):
        rise = (q - p)[:, 1:]
        crossed = (np.minimum(p, q)[:, 1:] <= y) & (y <= np.maximum(p, q)[:, 1:]) & (rise != 0)
        share = (y - p[:, 1:]) / np.where(rise == 0, 1, rise)
        x = p[:, :1] + share * (q - p)[:, :1]
        left = np.where(crossed, np.minimum(left, x), left)
        right = np.where(crossed, np.maximum(right, x), right)
    return left, right


def bezier(path: str | Sequence[tuple[float, float]] | Points, size: Size) -> NDArray[np.bool_]:
    """Fill a path of cubic Bézier curves by the even-odd rule.

    Parameters
    ----------
    path : str or (3 N + 1, 2) array-like
        An SVG path such as ``"M 10 10 C 40 0 60 20 60 50 Z"`` with the commands M, L, H, V, C, S,
        Q, T and Z, upper case absolute, lower case relative; or points in the order anchor,
        handle, handle, anchor, handle, handle, anchor, … Open parts are closed by a straight line.
    size : (width, height)

    Returns
    -------
    (H, W) bool
        Read-only. Curves are followed to 0.05 pixels; edges as for :func:`polygon`.

    Raises
    ------
    ShapeError
        The path cannot be read; the message names the place.
    """
    size = check_size(size)
    rings = parse_path(path) if isinstance(path, str) else [flatten_points(check_points(path))]
    return _frozen(fill([ring for ring in rings if len(ring) >= 3], size))


def _place(
    center: tuple[float, float], angle_deg: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    cx, cy = (check_number(value, "the centre", low=-MAX_COORDINATE) for value in center)
    turn = math.radians(check_number(angle_deg, "the angle", low=-MAX_COORDINATE))
    return (cx, cy), (math.cos(turn), math.sin(turn))


def _within(low: float, high: float, length: int) -> tuple[int, int]:
    """First and one past the last pixel that a span can touch."""
    first = min(length, max(0, math.floor(low - 0.5)))
    return first, max(first, min(length, math.ceil(high + 0.5)))
