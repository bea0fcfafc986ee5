"""Against the truth of a generated clip: how right a frame is, and whether numbers stay."""

from __future__ import annotations

from typing import Any

import numpy as np

from seglib.metrics import confusion_matrix, mean_iou
from seglib.video.background import MOTION
from seglib.video.draw import semantic_of
from seglib.video.reader import Frame


def frame_iou(frame: Frame, result: Any) -> float | None:
    """Return the mean IoU of the classes of one frame, those in neither left out.

    For :data:`~seglib.video.background.MOTION` it is the IoU of what moves with the truth's
    objects (which is right only where all of them move and nothing else does).

    Returns
    -------
    float or None
        0..1, ``nan`` where nothing can be judged; ``None`` where the frame has no truth or the
        result speaks of other classes.
    """
    found = semantic_of(result)
    if frame.truth is None or frame.truth.semantic is None or found is None:
        return None
    truth = frame.truth.semantic
    if found.label_set == MOTION:
        things = np.isin(truth.labels, truth.label_set.things)
        moving = found.labels == 1
        either = int(np.count_nonzero(things | moving))
        return int(np.count_nonzero(things & moving)) / either if either else float("nan")
    if found.label_set.name != truth.label_set.name:
        return None
    matrix = confusion_matrix(
        truth.labels,
        found.labels,
        num_classes=truth.label_set.num_classes,
        ignore_label=truth.label_set.ignore,
    )
    return float(mean_iou(matrix, absent="skip"))


class Switches:
    """Counts how often a true object gets another number than it had before.

    The identity switches of Bernardin and Stiefelhagen 2008, "Evaluating multiple object tracking
    performance: the CLEAR MOT metrics", for a tracker that is given the true masks.
    """

    def __init__(self) -> None:
        self.count = 0
        self._number: dict[int, int] = {}

    def update(self, truth_ids: tuple[int, ...], numbers: tuple[int, ...]) -> None:
        """Take in one frame: the true id and the tracker's number of each object."""
        for truth, number in zip(truth_ids, numbers, strict=True):
            self.count += self._number.setdefault(truth, number) != number
            self._number[truth] = number
