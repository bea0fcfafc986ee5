"""One panoptic answer out of a semantic and an instance answer.

After Kirillov et al. 2019, "Panoptic Segmentation", section 7: objects by falling score, each takes
the pixels that are still free; stuff takes the rest.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.results import Instances, Panoptic, SemanticMap

MOSTLY_COVERED = 0.5
"""An object of which less than this share is still free is left out."""

MIN_SHARE = 5e-4
"""A left-over piece of a thing smaller than this share of the picture is no object of its own."""


def merge(semantic: SemanticMap, instances: Instances) -> Panoptic:
    """Return one segment for every pixel that is judged.

    Pixels of a thing's class that belong to no object go to the nearest object of that class; where
    there is none they become an object of their own, or void where they are crumbs.

    Parameters
    ----------
    semantic : SemanticMap
    instances : Instances
        Of the same picture and label set.
    """
    label_set = semantic.label_set
    ids = np.zeros(semantic.labels.shape, np.int32)
    classes: dict[int, int] = {}
    scores: dict[int, float] = {}
    for row in np.argsort(-instances.scores, kind="stable").tolist():
        x0, y0, crop = instances.crop(row)
        place = ids[y0 : y0 + crop.shape[0], x0 : x0 + crop.shape[1]]
        free = crop & (place == 0)
        if not crop.any() or np.count_nonzero(free) < MOSTLY_COVERED * np.count_nonzero(crop):
            continue
        number = len(classes) + 1
        place[free] = number
        classes[number] = int(instances.class_ids[row])
        scores[number] = float(instances.scores[row])
    ignore = label_set.ignore
    for class_id in np.unique(semantic.labels).tolist():
        if class_id == ignore:
            continue
        rest = (semantic.labels == class_id) & (ids == 0)
        if not rest.any():
            continue
        if label_set.label(class_id).thing:
            _give_away(ids, rest, class_id, classes)
        else:
            number = len(classes) + 1
            ids[rest] = number
            classes[number] = class_id
    return Panoptic.from_ids(ids, classes, label_set, scores=scores)


def _give_away(
    ids: NDArray[np.int32], rest: NDArray[np.bool_], class_id: int, classes: dict[int, int]
) -> None:
    """Hand pixels of a thing's class to its objects, or number the pieces anew."""
    own = [number for number, its_class in classes.items() if its_class == class_id]
    if own:
        taken = np.isin(ids, own)
        _, nearest = cv2.distanceTransformWithLabels(
            (~taken).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
        )
        owner = np.zeros(int(nearest.max()) + 1, np.int32)
        owner[nearest[taken]] = ids[taken]
        ids[rest] = owner[nearest[rest]]
        return
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(rest.astype(np.uint8), connectivity=8)
    for piece in range(1, len(stats)):
        if stats[piece, cv2.CC_STAT_AREA] >= MIN_SHARE * ids.size:
            number = len(classes) + 1
            ids[pieces == piece] = number
            classes[number] = class_id
