"""Holes in objects, and single wrong pixels."""

from __future__ import annotations

import numpy as np

from seglib.disturb.chance import dice
from seglib.disturb.objects import Objects


def holes(objects: Objects, *, count: int, seed: int) -> Objects:
    """Punch round holes at places of chance inside objects; large objects are hit more often.

    A hole's radius is 2 to 5 pixels. The first n of n + 1 holes are the n holes.
    """
    inside = np.argwhere(objects.ids > 0)
    if count <= 0 or not len(inside):
        return objects
    height, width = objects.ids.shape
    ids = objects.ids.copy()
    chance = dice(seed, "holes")
    for _ in range(count):
        y, x = inside[int(chance.random() * len(inside))]
        radius = chance.uniform(2, 5)
        rows, columns = np.arange(height)[:, None] - y, np.arange(width)[None, :] - x
        ids[rows**2 + columns**2 <= radius**2] = 0
    return objects.changed(ids)


def speckle(objects: Objects, *, share: float, seed: int) -> Objects:
    """Answer wrongly in single pixels: object where there is none, none where there is one.

    Parameters
    ----------
    objects : Objects
    share : float
        Probability of each pixel, 0 to 1. Pixels hit by a small share are hit by a larger one.
    seed : int
    """
    present = np.array(objects.present, np.int32)
    if share <= 0 or not present.size:
        return objects
    chance = dice(seed, "speckle")
    hit = chance.random(objects.ids.shape) < share
    whose = present[chance.integers(0, present.size, objects.ids.shape)]
    return objects.changed(
        np.where(hit, np.where(objects.ids > 0, 0, whose), objects.ids).astype(np.int32)
    )
