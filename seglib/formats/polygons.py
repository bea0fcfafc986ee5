"""Polygons as COCO writes them: corners in pixels, the picture's upper left corner at (0, 0).

Polygon to mask goes through pycocotools' own rasteriser, so that masks agree with everybody's to
the pixel. Mask to polygon walks along the edges between pixels; that loses nothing but holes, for
a COCO polygon cannot have any. Simplifying loses more, and how much is measured.

Sources: ``rleFrPoly`` of pycocotools; Douglas and Peucker 1973 for simplifying.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from seglib.errors import FormatError, ShapeError, UsageError
from seglib.formats import rle
from seglib.formats._pycoco import coco_mask
from seglib.formats.rle import Counts, Size

Polygon = NDArray[np.float64]
Outline = Literal["edges", "centres"]
OUTLINES: tuple[Outline, ...] = get_args(Outline)

MAX_OUTLINE = 1_000_000
"""Pixels: longest outline that is rasterised. The rasteriser keeps five points a pixel in memory,
so a few corners far outside a picture would fill any machine's."""


MAX_CORNERS = 1_000_000
"""Corners of a mask that is traced: noise has as many as pixels."""


@dataclass(frozen=True, eq=False)
class Traced:
    """Polygons of a mask, and what they cannot hold.

    Parameters
    ----------
    polygons : tuple of (N, 2) float64
        Corners x, y of each part; at least 3.
    holes : int
        Holes of the mask: lost, filled in.
    dropped : int
        Parts that simplifying left with fewer than 3 corners.
    """

    polygons: tuple[Polygon, ...]
    holes: int
    dropped: int

    @property
    def corners(self) -> int:
        """Corners of all parts."""
        return sum(len(polygon) for polygon in self.polygons)


def outline_length(polygon: Polygon) -> float:
    """Return the length of a closed outline in pixels, as the rasteriser walks it.

    Of each edge it counts the longer one of the x and the y difference.
    """
    steps = np.abs(np.diff(polygon, axis=0, append=polygon[:1])).max(axis=1)
    return float(steps.sum())


def check(polygon: Polygon) -> None:
    """Raise :class:`FormatError` unless a polygon can be rasterised.

    It needs 3 corners, all of them finite, and an outline of at most :data:`MAX_OUTLINE` pixels.
    """
    if not isinstance(polygon, np.ndarray) or polygon.ndim != 2 or polygon.shape[1] != 2:
        raise ShapeError("expected a polygon (N, 2) float64")
    if len(polygon) < 3:
        raise FormatError(f"expected a polygon of at least 3 points, got {len(polygon)}")
    if not np.isfinite(polygon).all():
        at = int(np.argmax(~np.isfinite(polygon).all(axis=1)))
        x, y = polygon[at]
        raise FormatError(f"expected finite coordinates, got ({x:g}, {y:g}) at point {at}")
    # First the extent: the sum of many huge steps could overflow to infinity and warn.
    if float(np.abs(polygon).max()) > MAX_OUTLINE or outline_length(polygon) > MAX_OUTLINE:
        raise FormatError(
            f"expected an outline of at most {MAX_OUTLINE:,} pixels, got a polygon with a longer "
            "one: its corners lie far outside any picture"
        )


def to_counts(polygons: Sequence[Polygon], size: Size) -> Counts:
    """Rasterise the union of polygons.

    Parameters
    ----------
    polygons : sequence of (N, 2) float64
        Parts of one object.
    size : (width, height)

    Returns
    -------
    (R,) int64
        Run lengths as of :mod:`seglib.formats.rle`.

    Raises
    ------
    FormatError
        As for :func:`check`, or there is no polygon.
    """
    if not polygons:
        raise FormatError("expected at least one polygon, got none")
    for polygon in polygons:
        check(polygon)
    width, height = size
    flat = [np.asarray(polygon, np.float64).reshape(-1).tolist() for polygon in polygons]
    packed = coco_mask().frPyObjects(flat, height, width)
    return rle.from_string(coco_mask().merge(packed)["counts"], size)


def to_mask(polygons: Sequence[Polygon], size: Size) -> NDArray[np.bool_]:
    """Rasterise the union of polygons: ``(H, W) bool``; see :func:`to_counts`."""
    return rle.decode(to_counts(polygons, size), size)


def from_mask(
    mask: NDArray[np.bool_], *, tolerance: float = 0.0, outline: Outline = "edges"
) -> Traced:
    """Trace the outlines of a mask.

    Parameters
    ----------
    mask : (H, W) bool
    tolerance : float
        Pixels: largest distance of a left-out corner from the simplified outline (Douglas and
        Peucker). 0 keeps every corner.
    outline : {"edges", "centres"}
        Walk along the edges between pixels, which is exact, or through the centres of the border
        pixels as OpenCV's ``findContours`` does, which is what most scripts write: it cuts half a
        pixel off all around, and lines of one pixel get lost.

    Returns
    -------
    Traced
        Parts that touch only at a corner are separate polygons with ``"edges"``.

    Raises
    ------
    FormatError
        The mask has more than a million corners.
    """
    if not isinstance(mask, np.ndarray) or mask.ndim != 2 or mask.dtype != np.bool_:
        got = f"{mask.shape} {mask.dtype}" if isinstance(mask, np.ndarray) else type(mask).__name__
        raise ShapeError(f"expected a mask (H, W) bool, got {got}")
    if outline not in OUTLINES:
        raise UsageError(f"expected an outline among {', '.join(OUTLINES)}, got {outline!r}")
    if not 0 <= tolerance < float("inf"):
        raise UsageError(f"expected a tolerance of 0 pixels or more, got {tolerance}")
    outer, holes = _along_edges(mask) if outline == "edges" else _through_centres(mask)
    kept = [_simplified(ring, tolerance) for ring in outer]
    good = tuple(_read_only(ring) for ring in kept if len(ring) >= 3)
    return Traced(good, holes, len(kept) - len(good))


def loss(mask: NDArray[np.bool_], polygons: Sequence[Polygon]) -> float:
    """Return the IoU of a mask with its polygons, rasterised again: 1 where nothing was lost.

    ``nan`` where both are empty.
    """
    height, width = mask.shape
    again = to_mask(polygons, (width, height)) if polygons else np.zeros_like(mask)
    union = int(np.count_nonzero(mask | again))
    return int(np.count_nonzero(mask & again)) / union if union else float("nan")


def _simplified(ring: NDArray[np.int32], tolerance: float) -> NDArray[Any]:
    if tolerance == 0 or len(ring) < 4:
        return ring
    import cv2

    return cv2.approxPolyDP(ring[:, None].astype(np.int32), tolerance, True)[:, 0]


def _read_only(ring: NDArray[Any]) -> Polygon:
    polygon = np.array(ring, np.float64)
    polygon.setflags(write=False)
    return polygon


def _through_centres(mask: NDArray[np.bool_]) -> tuple[list[NDArray[np.int32]], int]:
    import cv2

    found: Any
    tree: Any
    found, tree = cv2.findContours(
        np.ascontiguousarray(mask, np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE
    )
    if tree is None:
        return [], 0
    is_hole = tree.reshape(-1, 4)[:, 3] >= 0
    outer = [ring[:, 0] for ring, hole in zip(found, is_hole, strict=True) if not hole]
    return outer, int(is_hole.sum())


def _along_edges(mask: NDArray[np.bool_]) -> tuple[list[NDArray[np.int32]], int]:
    """Corners of every ring of pixel edges; returns the outer rings and the number of holes.

    Of the four pixels around a grid point, one or three belong to the mask at a corner; two that
    touch only there make two corners. In each row of the grid the corners pair up from left to
    right to horizontal edges, in each column from top to bottom to vertical ones, so the rings
    need no search: from a corner along the horizontal edge, along the vertical one, and so on.
    """
    padded = np.pad(mask, 1)
    above, below = padded[:-1], padded[1:]
    a, b, c, d = above[:, :-1], above[:, 1:], below[:, :-1], below[:, 1:]
    falling = a & d & ~b & ~c
    rising = b & c & ~a & ~d
    single = (a ^ b ^ c ^ d) | falling | rising
    if (found := int(np.count_nonzero(single))) > MAX_CORNERS:
        raise FormatError(
            f"expected a mask of at most {MAX_CORNERS:,} corners, got {found:,}: it is too ragged "
            "for polygons, keep run lengths"
        )
    ys, xs = np.nonzero(single)
    if not ys.size:
        return [], 0
    double = falling[ys, xs] | rising[ys, xs]
    copies = np.where(double, 2, 1)
    index = np.repeat(np.arange(ys.size), copies)
    x, y = xs[index], ys[index]
    second = np.zeros(index.size, np.int64)
    second[np.cumsum(copies)[double] - 1] = 1
    # Two corners at one point: the first ends the edge from the left and, where the pixels lie
    # like \, also the edge from above; where they lie like /, it starts the edge downwards.
    in_column = np.where(rising[y, x], 1 - second, second)
    across, along = np.lexsort((second, x, y)), np.lexsort((in_column, y, x))
    horizontal, vertical = np.empty_like(across), np.empty_like(along)
    horizontal[across[0::2]], horizontal[across[1::2]] = across[1::2], across[0::2]
    vertical[along[0::2]], vertical[along[1::2]] = along[1::2], along[0::2]
    next_across, next_along = horizontal.tolist(), vertical.tolist()
    # In reading order, so that a ring is met at its upper left corner first: the pixel to the
    # lower right of it belongs to the mask, unless the ring runs around a hole.
    seen = bytearray(index.size)
    inside = d[y, x].tolist()
    outer, holes = [], 0
    for start in range(index.size):
        if seen[start]:
            continue
        ring, at = [], start
        while not seen[at]:
            other = next_across[at]
            seen[at] = seen[other] = 1
            ring += [at, other]
            at = next_along[other]
        if inside[start]:
            outer.append(np.stack([x[ring], y[ring]], axis=1).astype(np.int32))
        else:
            holes += 1
    return outer, holes
