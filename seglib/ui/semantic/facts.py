"""The numbers of the page, computed once and shown, downloaded and tested from one place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seglib import metrics
from seglib.results import SemanticMap
from seglib.ui.caches import View
from seglib.ui.pack import display_size, smaller

Absent = Literal["skip", "zero", "one"]
ABSENT: tuple[Absent, ...] = ("skip", "zero", "one")


@dataclass(frozen=True)
class ClassRow:
    """One class in numbers; ``nan`` is undefined, ``None`` means that there is no truth.

    Parameters
    ----------
    id : int
        Class id.
    name : str
        Class name.
    color : tuple of int
        RGB.
    pixels : int
        Predicted pixels.
    share : float
        Of all pixels, 0..1.
    confidence : float
        Mean probability of the likeliest class over the predicted pixels.
    iou, dice : float or None
        Against the truth.
    true_pixels : int or None
        Pixels of the class in the truth.
    """

    id: int
    name: str
    color: tuple[int, int, int]
    pixels: int
    share: float
    confidence: float
    iou: float | None
    dice: float | None
    true_pixels: int | None


@dataclass(frozen=True)
class Scores:
    """Metrics of a whole picture; ``nan`` is undefined."""

    mean_iou: float
    pixel_accuracy: float
    mean_dice: float
    frequency_weighted_iou: float


@dataclass(frozen=True)
class Facts:
    """All numbers of one picture.

    Parameters
    ----------
    rows : tuple of ClassRow
        Every class, most pixels first.
    found : int
        Classes with a pixel.
    confidence : float
        Mean over the picture.
    changed : int
        Pixels that get another class with the other way of upsampling.
    total : int
        Pixels of the picture.
    scores, scores_other : Scores or None
        With this way of upsampling and with the other.
    """

    rows: tuple[ClassRow, ...]
    found: int
    confidence: float
    changed: int
    total: int
    scores: Scores | None
    scores_other: Scores | None

    def row(self, class_id: int) -> ClassRow:
        """Return the row of a class."""
        return next(row for row in self.rows if row.id == class_id)


def _scores(matrix: NDArray[np.int64], absent: Absent) -> Scores:
    return Scores(
        mean_iou=float(metrics.mean_iou(matrix, absent=absent)),
        pixel_accuracy=float(metrics.pixel_accuracy(matrix)),
        mean_dice=float(metrics.mean_dice(matrix, absent=absent)),
        frequency_weighted_iou=float(metrics.frequency_weighted_iou(matrix)),
    )


def _confidence(result: SemanticMap) -> tuple[float, dict[int, float]]:
    """Mean confidence of the picture and of each class that has a pixel.

    Taken at the size at which the picture is shown: the same up to 1280 pixels, and above that it
    keeps a picture of 50 million pixels from costing 600 MB for one number.
    """
    if result.logits is None:
        return math.nan, {}
    small = smaller(result, display_size(result.size))
    certain = small.confidence()
    if certain is None:
        return math.nan, {}
    counts = small.pixel_counts()
    sums = np.bincount(small.labels.ravel(), weights=certain.ravel(), minlength=len(counts))
    means = {i: float(sums[i] / counts[i]) for i in np.flatnonzero(counts).tolist()}
    return float(certain.mean()), means


def facts(view: View, *, absent: Absent = "skip") -> Facts:
    """Compute the numbers of a view.

    Parameters
    ----------
    view : View
        Picture, result and confusion matrices.
    absent : {"skip", "zero", "one"}
        What a class counts for in a mean when it is neither in the truth nor in the prediction.
    """
    result = view.result
    counts = result.pixel_counts()
    shares = result.shares()
    confidence, per_class = _confidence(result)
    ious = dices = truths = None
    if view.matrix is not None:
        ious = metrics.iou(view.matrix, absent=absent)
        dices = metrics.dice(view.matrix, absent=absent)
        truths = view.matrix.sum(axis=1)
    rows = [
        ClassRow(
            id=label.id,
            name=label.name,
            color=label.color,
            pixels=int(counts[label.id]),
            share=float(shares[label.id]),
            confidence=per_class.get(label.id, math.nan),
            iou=None if ious is None else float(ious[label.id]),
            dice=None if dices is None else float(dices[label.id]),
            true_pixels=None if truths is None else int(truths[label.id]),
        )
        for label in result.label_set
    ]
    rows.sort(key=lambda row: -row.pixels)
    return Facts(
        rows=tuple(rows),
        found=int((counts > 0).sum()),
        confidence=confidence,
        changed=int(np.count_nonzero(view.other != result.labels)),
        total=int(result.labels.size),
        scores=None if view.matrix is None else _scores(view.matrix, absent),
        scores_other=None if view.matrix_other is None else _scores(view.matrix_other, absent),
    )


def plain(value: Any) -> Any:
    """Return a value for JSON: undefined becomes ``null``, which JSON knows, unlike ``NaN``."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
