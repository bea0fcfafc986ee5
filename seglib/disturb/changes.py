"""Objects missed, objects invented, objects taken for another class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seglib.disturb.chance import dice, shuffled
from seglib.disturb.objects import Objects


def drop(objects: Objects, *, count: int, seed: int) -> Objects:
    """Miss objects of chance; the first n of n + 1 missed ones are the n missed ones."""
    missed = shuffled(objects.present, seed, "drop")[: max(0, count)]
    if not missed:
        return objects
    return objects.changed(np.where(np.isin(objects.ids, missed), 0, objects.ids).astype(np.int32))


def invent(objects: Objects, *, count: int, seed: int) -> Objects:
    """Find objects that are not there: ellipses at places of chance where there is no object.

    Each has the class and about the size of some object that is there. Nothing is invented where
    no object is, nor over another object.
    """
    present = objects.present
    if count <= 0 or not present:
        return objects
    height, width = objects.ids.shape
    areas = np.bincount(objects.ids.ravel())
    ids, classes = objects.ids.copy(), dict(objects.classes)
    chance = dice(seed, "invent")
    for _ in range(count):
        model = present[int(chance.random() * len(present))]
        y, x = chance.random() * height, chance.random() * width
        stretch = float(chance.uniform(0.7, 1.4))
        # An ellipse of the model's area, at most a quarter of the picture wide or high.
        side = float(np.sqrt(areas[model] / np.pi))
        a = min(max(side * stretch, 1.0), width / 8)
        b = min(max(side / stretch, 1.0), height / 8)
        rows, columns = np.arange(height)[:, None] - y, np.arange(width)[None, :] - x
        mask = ((columns / a) ** 2 + (rows / b) ** 2 <= 1) & (ids == 0)
        if mask.any():
            new = max(classes) + 1
            ids[mask] = new
            classes[new] = objects.classes[model]
    return objects.changed(ids, classes)


def relabel(objects: Objects, *, count: int, seed: int, choices: Sequence[int]) -> Objects:
    """Take objects of chance for another class.

    Parameters
    ----------
    objects : Objects
    count : int
        Objects to relabel. The first n of n + 1 are the n.
    seed : int
    choices : sequence of int
        Class ids to choose from; an object never keeps its class. Nothing changes where there is
        no other one.
    """
    classes = dict(objects.classes)
    for object_id in shuffled(objects.present, seed, "relabel")[: max(0, count)]:
        others = sorted(set(choices) - {classes[object_id]})
        if others:
            at = int(dice(seed, f"class of {object_id}").random() * len(others))
            classes[object_id] = others[at]
    return objects.changed(objects.ids, classes)
