"""How good the annotation is so far, and at what cost of time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from seglib import metrics
from seglib.ui.annotate.state import State
from seglib.ui.annotate.subject import true_mask


@dataclass(frozen=True)
class Score:
    """One class of an annotation.

    Parameters
    ----------
    area : int
        Pixels painted.
    annotated : int
        Pixels of any class.
    total : int
        Pixels of the map.
    tp, fp, fn : int or None
        Against the truth; ``None`` where there is none for this class.
    iou : float or None
        ``nan`` is undefined: neither painted nor there.
    seconds : float or None
        From choosing the class to its last change.
    """

    area: int
    annotated: int
    total: int
    tp: int | None
    fp: int | None
    fn: int | None
    iou: float | None
    seconds: float | None

    @property
    def per_second(self) -> float | None:
        """IoU divided by the seconds; ``None`` where either is missing."""
        if self.iou is None or self.seconds is None or math.isnan(self.iou):
            return None
        return self.iou / self.seconds


def score(state: State) -> Score:
    """Judge the class chosen."""
    labels = state.work.editor.labels
    own = labels == state.label.id
    truth = true_mask(state.subject, state.label_set, state.label.id)
    area, annotated = int(own.sum()), int(np.count_nonzero(labels != 255))
    seconds = state.work.seconds(state.label.id)
    if truth is None:
        return Score(area, annotated, labels.size, None, None, None, None, seconds)
    matrix = metrics.confusion_matrix(
        truth.astype(np.uint8), own.astype(np.uint8), num_classes=2, ignore_label=255
    )
    (_, fp), (fn, tp) = matrix.tolist()
    iou = float(metrics.iou(matrix, absent="skip")[1])
    return Score(area, annotated, labels.size, tp, fp, fn, iou, seconds)
