"""From owner numbers to semantic, instance and panoptic truth that agree by construction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from seglib.labels import LabelSet
from seglib.results import Instances, Panoptic, Scene, SemanticMap
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
    present = np.bincount(owners.ravel(), minlength=256) > 0
    ids = sorted(int(segments[o]) for o in np.flatnonzero(present) if o >= FIRST_THING)
    segment_ids = segments[owners]
    panoptic = Panoptic.from_ids(segment_ids, of_segment, label_set)
    crops = {s.id: s for s in panoptic.segments if s.thing}
    boxes = [crops[i].box for i in ids]
    height, width = owners.shape
    instances = Instances.from_crops(
        [
            (x0, y0, segment_ids[y0:y1, x0:x1] == i)
            for i, (x0, y0, x1, y1) in zip(ids, boxes, strict=True)
        ],
        [crops[i].class_id for i in ids],
        [1.0] * len(ids),
        label_set,
        size=(width, height),
    )
    semantic = SemanticMap(classes[owners], label_set)
    return Scene(semantic, instances, panoptic), tuple(ids)
