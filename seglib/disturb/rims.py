"""Objects that are too thin, too thick, or ragged at the boundary."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seglib.disturb.chance import dice
from seglib.disturb.objects import Ids, Objects

_GRAIN = 3  # Pixels: how far one tooth of a ragged boundary reaches along it.


def erode(objects: Objects, *, radius: int) -> Objects:
    """Take a rim off: a pixel stays where all pixels within ``radius`` belong to its object.

    Distances are Euclidean; the picture's edge takes nothing off. An object that is thinner than
    twice the radius vanishes.
    """
    if radius <= 0:
        return objects
    kept = np.zeros_like(objects.ids)
    for object_id in objects.present:
        inner = _depth(objects.ids == object_id) > radius
        kept[inner] = object_id
    return objects.changed(kept)


def dilate(objects: Objects, *, radius: int) -> Objects:
    """Add a rim: a pixel without an object joins the nearest one within ``radius`` (Euclidean)."""
    if radius <= 0 or not objects.ids.any():
        return objects
    distance, nearest = _nearest(objects)
    return objects.changed(np.where(distance <= radius, nearest, objects.ids))


def ragged(objects: Objects, *, amplitude: int, seed: int) -> Objects:
    """Move the boundary in and out by chance, by at most ``amplitude`` pixels.

    The signed distance to the boundary is compared with noise of a grain of three pixels: the
    boundary gets teeth, the inside stays whole. Crumbs that come off are swept away, so that one
    object stays one, unless it is so thin that it has no inside.
    """
    if amplitude <= 0 or not objects.ids.any():
        return objects
    height, width = objects.ids.shape
    coarse = (height // _GRAIN + 2, width // _GRAIN + 2)
    noise = dice(seed, "ragged").uniform(-1, 1, coarse)
    noise = noise.repeat(_GRAIN, axis=0).repeat(_GRAIN, axis=1)[:height, :width]
    outside, nearest = _nearest(objects)
    inside = np.zeros(objects.ids.shape)
    for object_id in objects.present:
        mask = objects.ids == object_id
        inside[mask] = _depth(mask)[mask]
    # Half a pixel, so that the border itself lies between the last pixel inside and the first out.
    signed = np.where(objects.ids > 0, inside - 0.5, 0.5 - outside)
    moved = np.where(signed + amplitude * noise > 0, nearest, 0).astype(np.int32)
    return objects.changed(_swept(moved, objects, inside > amplitude))


def _swept(moved: Ids, objects: Objects, core: NDArray[np.bool_]) -> Ids:
    """Keep the regions of each object that hold some of its core; without one, of its pixels."""
    import cv2

    kept = np.zeros_like(moved)
    for object_id in objects.present:
        mask = objects.ids == object_id
        anchor = mask & core if (mask & core).any() else mask
        now = moved == object_id
        _, regions = cv2.connectedComponents(now.view(np.uint8), connectivity=8)
        kept[now & np.isin(regions, np.unique(regions[anchor & now]))] = object_id
    return kept


def _depth(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Distance of each pixel of ``mask`` to the nearest pixel outside; huge where there is none."""
    import cv2

    found = cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(found, np.float32)


def _nearest(objects: Objects) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Distance to the nearest object of each pixel (0 inside), and that object's id."""
    from scipy.ndimage import distance_transform_edt

    distance, (rows, columns) = distance_transform_edt(objects.ids == 0, return_indices=True)
    return distance, objects.ids[rows, columns]
