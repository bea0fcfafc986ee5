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
from seglib.results import Instances

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


def one_class(objects: Objects, class_id: int) -> Objects:
    """Return the objects of one class, numbered from 1 in the same order."""
    kept = [i for i in objects.present if objects.classes[i] == class_id]
    table = np.zeros(max(objects.classes, default=0) + 1, np.int32)
    table[kept] = np.arange(1, len(kept) + 1)
    return Objects(table[objects.ids], dict.fromkeys(range(1, len(kept) + 1), class_id))


def instances(objects: Objects, label_set: LabelSet, *, scored: bool) -> Instances:
    """Return the objects as masks, in id order.

    With ``scored``, an object's score is its area as a share of the largest object's: a made-up
    detector that is surest of what is large. Else all scores are 1, as for a truth.
    """
    from scipy.ndimage import find_objects

    crops, class_ids = [], []
    # Cut out, not stacked at full size: speckle makes objects by the thousand.
    for object_id, place in enumerate(find_objects(objects.ids), start=1):
        if place is not None:
            crops.append((place[1].start, place[0].start, objects.ids[place] == object_id))
            class_ids.append(objects.classes[object_id])
    areas = np.array([np.count_nonzero(mask) for _, _, mask in crops])
    scores = areas / areas.max() if scored and crops else np.ones(len(crops))
    size = (objects.ids.shape[1], objects.ids.shape[0])
    return Instances.from_crops(crops, class_ids, scores, label_set, size=size)


def segments(
    labels: Labels, objects: Objects, label_set: LabelSet, *, void: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], dict[int, int]]:
    """Return a segment id for every pixel, 0 where ``void``, and the class of each id.

    Every object is a segment, and so is each stuff class.
    """
    first = label_set.num_classes + 1
    stuff = np.where(void, 0, labels.astype(np.int32) + 1)
    ids = np.where(objects.ids > 0, first + objects.ids, stuff).astype(np.int32)
    classes = {label.id + 1: label.id for label in label_set}
    classes |= {first + key: class_id for key, class_id in objects.classes.items()}
    return ids, classes
