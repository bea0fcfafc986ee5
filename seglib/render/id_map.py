"""Which object lies on top at each pixel: one number a pixel, to find out what was pointed at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.results import Instances

MOST = 65_535
"""Objects that 16 bits can number."""


def instance_ids(instances: Instances, size: tuple[int, int] | None = None) -> NDArray[np.uint16]:
    """Number every pixel with the object on top of it: its row and one, 0 where there is none.

    Where two overlap the better score is on top, as in
    :func:`~seglib.render.instances_overlay`.

    Parameters
    ----------
    instances : Instances
        At most 65,535.
    size : (width, height), optional
        Of the map, where it is to be smaller than the picture; each pixel is that of the picture
        nearest to its centre, none is mixed.

    Returns
    -------
    (height, width) uint16

    Raises
    ------
    ShapeError
        Too many objects, or the size is no size.
    """
    if len(instances) > MOST:
        raise ShapeError(f"expected at most {MOST:,} objects, got {len(instances):,}")
    width, height = instances.size if size is None else size
    if min(width, height) < 1:
        raise ShapeError(f"expected a size from 1 x 1 pixels, got {width} x {height}")
    ids = np.zeros((height, width), np.uint16)
    columns = _nearest(width, instances.size[0])
    rows = _nearest(height, instances.size[1])
    same = (width, height) == instances.size
    # a stable sort of the reversed order: of two with one score, the first is on top
    order = np.argsort(instances.scores[::-1], kind="stable")
    for index in (len(instances) - 1 - order).tolist():
        x0, y0, crop = instances.crop(index)
        if not crop.size:
            continue
        high, wide = crop.shape
        if same:
            ids[y0 : y0 + high, x0 : x0 + wide][crop] = index + 1
            continue
        first_x, last_x = np.searchsorted(columns, (x0, x0 + wide)).tolist()
        first_y, last_y = np.searchsorted(rows, (y0, y0 + high)).tolist()
        seen = crop[np.ix_(rows[first_y:last_y] - y0, columns[first_x:last_x] - x0)]
        ids[first_y:last_y, first_x:last_x][seen] = index + 1
    return ids


def crop_at(
    instances: Instances, index: int, size: tuple[int, int]
) -> tuple[int, int, NDArray[np.bool_]]:
    """Return one object's own mask in a smaller copy of the picture, whatever lies on top of it.

    Parameters
    ----------
    instances : Instances
    index : int
        Row.
    size : (width, height)
        Of the copy.

    Returns
    -------
    x0, y0, mask
        Corner in the copy and ``(h, w) bool``, the same pixels as in :func:`instance_ids`.
    """
    columns = _nearest(size[0], instances.size[0])
    rows = _nearest(size[1], instances.size[1])
    x0, y0, crop = instances.crop(index)
    high, wide = crop.shape
    first_x, last_x = np.searchsorted(columns, (x0, x0 + wide)).tolist()
    first_y, last_y = np.searchsorted(rows, (y0, y0 + high)).tolist()
    seen = crop[np.ix_(rows[first_y:last_y] - y0, columns[first_x:last_x] - x0)]
    return first_x, first_y, seen


def _nearest(count: int, pixels: int) -> NDArray[np.int64]:
    """Pixel of the picture in which the centre of each of ``count`` pixels falls."""
    return (np.arange(count, dtype=np.int64) * 2 + 1) * pixels // (2 * count)
