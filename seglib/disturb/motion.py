"""Objects in another place: shifted, or turned about their centres."""

from __future__ import annotations

import math

import numpy as np

from seglib.disturb.objects import Objects


def shift(objects: Objects, *, dx: int, dy: int) -> Objects:
    """Move every object by whole pixels; what leaves the picture is lost.

    Parameters
    ----------
    objects : Objects
    dx, dy : int
        Pixels to the right and down.
    """
    height, width = objects.ids.shape
    moved = np.zeros_like(objects.ids)
    if abs(dx) < width and abs(dy) < height:
        to_rows, to_columns = slice(max(0, dy), height + min(0, dy)), _along(dx, width)
        from_rows = slice(max(0, -dy), height + min(0, -dy))
        moved[to_rows, to_columns] = objects.ids[from_rows, _along(-dx, width)]
    return objects.changed(moved)


def _along(distance: int, length: int) -> slice:
    return slice(max(0, distance), length + min(0, distance))


def rotate(objects: Objects, *, degrees: float) -> Objects:
    """Turn every object clockwise about its centre of mass; later ids lie on top.

    Each pixel of the result asks which pixel it comes from (nearest neighbour), so that no holes
    appear.
    """
    if degrees == 0:
        return objects
    height, width = objects.ids.shape
    turned = np.zeros_like(objects.ids)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    for object_id in objects.present:
        mask = objects.ids == object_id
        ys, xs = np.nonzero(mask)
        cy, cx = ys.mean(), xs.mean()
        reach = math.ceil(math.hypot(ys.max() - ys.min() + 1, xs.max() - xs.min() + 1)) + 1
        top, bottom = max(0, int(cy) - reach), min(height, int(cy) + reach + 2)
        left, right = max(0, int(cx) - reach), min(width, int(cx) + reach + 2)
        y = np.arange(top, bottom)[:, None] - cy
        x = np.arange(left, right)[None, :] - cx
        # The picture's y runs down, so this turns clockwise as seen.
        from_x = np.rint(cos * x + sin * y + cx).astype(np.intp)
        from_y = np.rint(-sin * x + cos * y + cy).astype(np.intp)
        inside = (from_x >= 0) & (from_x < width) & (from_y >= 0) & (from_y < height)
        hit = inside & mask[from_y.clip(0, height - 1), from_x.clip(0, width - 1)]
        turned[top:bottom, left:right][hit] = object_id
    return objects.changed(turned)
