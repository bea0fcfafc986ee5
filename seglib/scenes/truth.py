"""From owner numbers to semantic, instance and panoptic truth that agree by construction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from seglib.labels import LabelSet
from seglib.results import Instances, Panoptic, Scene, Segment, SemanticMap
from seglib.scenes.owners import FIRST_THING

THING_IDS_FROM = 1000
"""Panoptic ids: 0 void, stuff 1 + class id, things from here on."""


def make_truth(
    owners: NDArray[np.uint8],
    label_set: LabelSet,
    stuff: Mapping[int, int],
    things: Sequence[tuple[int, int]],
) -> tuple[Scene, tuple[int, ...]]:
    """Build the truth.

    Parameters
    ----------
    owners : (H, W) uint8
        Owner of each pixel.
    label_set : LabelSet
        What class ids mean.
    stuff : mapping
        Class id by owner number.
    things : sequence of (class id, thing id)
        Of the owners from ``FIRST_THING`` on; thing ids are at least 0 and unique.

    Returns
    -------
    Scene, tuple of int
        The truth, and the panoptic segment id of each instance, ascending.
    """
    void = 255 if label_set.ignore is None else label_set.ignore
    classes = np.full(256, void, np.uint8)
    segments = np.zeros(256, np.int32)
    of_segment: dict[int, int] = {}
    for owner, class_id in stuff.items():
        classes[owner], segments[owner] = class_id, class_id + 1
        of_segment[class_id + 1] = class_id
    for k, (class_id, thing) in enumerate(things):
        classes[FIRST_THING + k], segments[FIRST_THING + k] = class_id, THING_IDS_FROM + thing
        of_segment[THING_IDS_FROM + thing] = class_id
    areas = np.bincount(owners.ravel(), minlength=256)
    boxes = _boxes(owners)
    found = []
    for owner in np.flatnonzero(areas).tolist():
        segment = int(segments[owner])
        if segment:
            thing = owner >= FIRST_THING
            found.append(
                (Segment(segment, of_segment[segment], thing, int(areas[owner]), boxes[owner]),
                 owner)
            )  # fmt: skip
    found.sort(key=lambda pair: pair[0].id)
    panoptic = Panoptic(segments[owners], tuple(s for s, _ in found), label_set)
    countable = [(s, owner) for s, owner in found if s.thing]
    height, width = owners.shape
    crops = []
    for segment_, owner in countable:
        x0, y0, x1, y1 = segment_.box
        crops.append((x0, y0, owners[y0:y1, x0:x1] == owner))
    instances = Instances.from_crops(
        crops, [s.class_id for s, _ in countable], [1.0] * len(crops), label_set,
        size=(width, height),
    )  # fmt: skip
    ids = tuple(s.id for s, _ in countable)
    semantic = SemanticMap(classes[owners], label_set)
    return Scene(semantic, instances, panoptic), ids


def _boxes(owners: NDArray[np.uint8]) -> list[tuple[int, int, int, int]]:
    """Bounding box ``x0, y0, x1, y1`` (ends exclusive) of every owner number, 0..255."""
    height, width = owners.shape
    rows, columns = np.zeros((height, 256), np.bool_), np.zeros((width, 256), np.bool_)
    rows[np.arange(height)[:, None], owners] = True
    columns[np.arange(width)[None, :], owners] = True
    y0, x0 = rows.argmax(axis=0), columns.argmax(axis=0)
    y1, x1 = height - rows[::-1].argmax(axis=0), width - columns[::-1].argmax(axis=0)
    return list(zip(x0.tolist(), y0.tolist(), x1.tolist(), y1.tolist(), strict=True))
