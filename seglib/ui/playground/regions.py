"""Objects and segments of a painted label map: one rule for truth and prediction.

Whoever paints pixels draws no objects. So an object is a connected region of a thing class (pixels
that touch by a corner belong together), and the pixels of a stuff class are one segment. Cutting a
region in two by a line makes two objects.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seglib.disturb import Objects, objects_of
from seglib.labels import LabelSet
from seglib.results import Instances, Panoptic

Labels = NDArray[np.uint8]


def things_of(labels: Labels, label_set: LabelSet, *, void: NDArray[np.bool_]) -> Objects:
    """Find the objects of all thing classes.

    Parameters
    ----------
    labels : (H, W) uint8
    label_set : LabelSet
    void : (H, W) bool
        Pixels that are not judged: no part of any object.
    """
    judged = np.where(void, np.uint8(255), labels)
    return objects_of(judged, [i for i in label_set.things if i < 255])


def instances(objects: Objects, label_set: LabelSet, *, scored: bool) -> Instances:
    """Return the objects as masks, in id order.

    With ``scored``, an object's score is its area as a share of the largest object's: a made-up
    detector that is surest of what is large. Else all scores are 1, as for a truth.
    """
    ids = objects.present
    masks = np.stack([objects.ids == i for i in ids]) if ids else _none(objects)
    areas = masks.sum(axis=(1, 2))
    scores = areas / areas.max() if scored and ids else np.ones(len(ids))
    return Instances.from_masks(masks, [objects.classes[i] for i in ids], scores, label_set)


def _none(objects: Objects) -> NDArray[np.bool_]:
    return np.zeros((0, *objects.ids.shape), bool)


def panoptic(
    labels: Labels, objects: Objects, label_set: LabelSet, *, void: NDArray[np.bool_]
) -> Panoptic:
    """Return a segment for every object and one for each stuff class; 0 where ``void``."""
    first = label_set.num_classes + 1
    ids = np.where(void, 0, labels.astype(np.int32) + 1)
    classes = {label.id + 1: label.id for label in label_set}
    for object_id in objects.present:
        ids[objects.ids == object_id] = first + object_id
        classes[first + object_id] = objects.classes[object_id]
    return Panoptic.from_ids(ids.astype(np.int32), classes, label_set)
