"""Every convention's number for the same maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from seglib.metrics import (
    ABSENT,
    HOW,
    Absent,
    How,
    Metric,
    Reduction,
    confusion_matrix,
    mean_pixel_accuracy,
    reduce,
)
from seglib.ui.conventions.cases import CLASSES, LABELS, VOID, Pair

Matrix = NDArray[np.int64]

Void = Literal["miss", "drop", "class"]
VOID_TITLES: dict[Void, str] = {
    "miss": "A judged pixel without an answer is a miss",
    "drop": "It is left out, as if not judged",
    "class": "Void is a class like any other",
}
METRIC_TITLES: dict[Metric, str] = {
    "pixel_accuracy": "Pixel accuracy",
    "iou": "Mean IoU",
    "recall": "Mean pixel accuracy, recall",
    "precision": "Mean pixel accuracy, precision",
    "dice": "Mean Dice",
}
HOW_TITLES: dict[How, str] = {
    "pooled": "Pooled pixels",
    "per_image": "Per image",
    "per_image_per_class": "Per image and class",
}
ABSENT_TITLES: dict[Absent, str] = {"skip": "skipped", "zero": "counts 0", "one": "counts 1"}


@dataclass(frozen=True, eq=False)
class Facts:
    """Numbers of one set of pictures.

    Parameters
    ----------
    matrices : tuple of ndarray
        One a picture, with the column of withheld answers.
    metric : str
        What was measured.
    table : dict
        A reduction for each way and each convention on absent classes.
    void : dict
        Pooled, absent classes skipped, for each convention on void.
    readings : tuple of float
        Mean pixel accuracy as recall and as precision, pooled.
    """

    matrices: tuple[Matrix, ...]
    metric: Metric
    table: dict[tuple[How, Absent], Reduction]
    void: dict[Void, Reduction]
    readings: tuple[float, float]

    @property
    def extremes(self) -> tuple[float, float] | None:
        """Lowest and highest defined number; ``None`` where none is."""
        values = [found.value for found in (*self.table.values(), *self.void.values())]
        defined = [value for value in values if not np.isnan(value)]
        return (min(defined), max(defined)) if defined else None


def facts(pictures: Sequence[Pair], metric: Metric) -> Facts:
    """Measure the pictures under every convention."""
    count = LABELS.num_classes
    matrices = tuple(
        confusion_matrix(
            pair.truth,
            pair.prediction,
            num_classes=count,
            ignore_label=VOID,
            unanswered="column",
        )
        for pair in pictures
    )
    table = {
        (how, absent): reduce(matrices, how=how, metric=metric, absent=absent, classes=CLASSES)
        for how in HOW
        for absent in ABSENT
    }
    dropped = [matrix[:, :count] for matrix in matrices]
    # Void gets the next free id, and nothing is ignored any more.
    whole = [
        confusion_matrix(
            *(np.where(each == VOID, count, each) for each in (pair.truth, pair.prediction)),
            num_classes=count + 1,
            ignore_label=None,
        )
        for pair in pictures
    ]
    void: dict[Void, Reduction] = {
        "miss": table["pooled", "skip"],
        "drop": reduce(dropped, metric=metric, classes=CLASSES),
        "class": reduce(whole, metric=metric, classes=(*CLASSES, count)),
    }
    total = np.sum(matrices, axis=0)
    return Facts(
        matrices,
        metric,
        table,
        void,
        (
            mean_pixel_accuracy(total, classes=CLASSES),
            mean_pixel_accuracy(total, reading="precision", classes=CLASSES),
        ),
    )
