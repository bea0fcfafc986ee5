"""Two objects become one; one object becomes two."""

from __future__ import annotations

import numpy as np

from seglib.disturb.chance import dice, shuffled
from seglib.disturb.objects import Objects


def merge(objects: Objects, *, count: int, seed: int) -> Objects:
    """Join pairs of neighbours of one class: one id, and a bridge three pixels wide between them.

    The first of a pair is of chance; its partner is the nearest object of its class. Objects
    without a partner stay. The bridge covers no third object.
    """
    for _ in range(count):
        pair = _pair(objects, seed)
        if pair is None:
            return objects
        objects = _joined(objects, *pair)
    return objects


def _pair(objects: Objects, seed: int) -> tuple[int, int] | None:
    present = objects.present
    for first in shuffled(present, seed, "merge"):
        others = [i for i in present if i != first and objects.classes[i] == objects.classes[first]]
        if others:
            gaps = [_gap(objects, first, other)[0] for other in others]
            return first, others[int(np.argmin(gaps))]
    return None


def _gap(
    objects: Objects, first: int, second: int
) -> tuple[float, tuple[int, int], tuple[int, int]]:
    """Distance between two objects, and the (x, y) of the two pixels that come closest."""
    from scipy.spatial import cKDTree

    a, b = np.argwhere(objects.ids == first), np.argwhere(objects.ids == second)
    distances, partners = cKDTree(b).query(a)
    best = int(np.argmin(distances))
    (y0, x0), (y1, x1) = a[best], b[int(partners[best])]
    return float(distances[best]), (int(x0), int(y0)), (int(x1), int(y1))


def _joined(objects: Objects, first: int, second: int) -> Objects:
    import cv2

    _, start, end = _gap(objects, first, second)
    bridge = np.zeros(objects.ids.shape, np.uint8)
    cv2.line(bridge, start, end, 1, thickness=3)
    ids = objects.ids.copy()
    ids[(bridge > 0) & (ids == 0)] = first
    ids[ids == second] = first
    return objects.changed(ids)


def split(objects: Objects, *, count: int, seed: int) -> Objects:
    """Cut objects in two, the largest first, by a line one pixel wide across their longer side.

    The line crosses the middle third, at a place of chance. Its pixels belong to no object; the
    part beyond it gets a new id of the same class. Parts are not cut again.
    """
    areas = np.bincount(objects.ids.ravel())
    present = sorted(objects.present, key=lambda i: (-int(areas[i]), i))
    for object_id in present[: max(0, count)]:
        objects = _cut(objects, object_id, seed)
    return objects


def _cut(objects: Objects, object_id: int, seed: int) -> Objects:
    x0, y0, x1, y1 = objects.box(object_id)
    across = x1 - x0 >= y1 - y0
    start, length = (x0, x1 - x0) if across else (y0, y1 - y0)
    if length < 3:
        return objects
    place = start + round(length * dice(seed, f"split {object_id}").uniform(1 / 3, 2 / 3))
    place = min(max(place, start + 1), start + length - 2)
    mask = objects.ids == object_id
    height, width = mask.shape
    along = np.arange(width)[None, :] if across else np.arange(height)[:, None]
    new = max(objects.classes) + 1
    ids = objects.ids.copy()
    ids[mask & (along == place)] = 0
    ids[mask & (along > place)] = new
    return objects.changed(ids, {**objects.classes, new: objects.classes[object_id]})
