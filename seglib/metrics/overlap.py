"""Overlap metrics of a confusion matrix: accuracy, IoU, Dice and their means.

Everywhere ``matrix`` is ``(C, C) int64`` as :func:`seglib.metrics.confusion_matrix` makes it, rows
= truth, columns = prediction, with or without the extra column of withheld answers.

A value whose denominator is 0 is undefined: the picture has nothing to measure it on. It is
``nan`` in the arrays, never 0, and ``absent`` decides what a mean makes of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from seglib.errors import LabelError, UsageError
from seglib.metrics._divide import safe_divide
from seglib.metrics.counts import class_counts

Matrix = NDArray[np.integer[Any]]

Absent = Literal["skip", "zero", "one"]
"""What an undefined class counts in a mean: not at all, as 0 or as 1."""
ABSENT: tuple[Absent, ...] = get_args(Absent)

Reading = Literal["recall", "precision"]
"""Which per-class accuracy: of the truth's pixels, or of the prediction's."""

_VALUE: dict[str, float] = {"skip": math.nan, "zero": 0.0, "one": 1.0}


def _undefined(absent: Absent) -> float:
    if absent not in _VALUE:
        raise UsageError(f"expected absent to be one of {ABSENT}, got {absent!r}")
    return _VALUE[absent]


def _mean(values: NDArray[np.float64], classes: Sequence[int] | None) -> float:
    """Mean over the defined values of ``classes``; ``nan`` where none is defined."""
    if classes is not None:
        strange = [index for index in classes if not 0 <= index < values.size]
        if strange:
            raise LabelError(f"expected classes from 0 to {values.size - 1}, got {strange}")
        values = values[np.array(classes, np.intp)]
    defined = ~np.isnan(values)
    return float(safe_divide(values[defined].sum(), np.count_nonzero(defined)))


def pixel_accuracy(matrix: Matrix) -> float:
    """Share of the judged pixels that are right: ``sum(tp) / total``; ``nan`` where none is."""
    counts = class_counts(matrix)
    return float(safe_divide(counts.tp.sum(), counts.total))


def recall(matrix: Matrix, *, absent: Absent = "skip") -> NDArray[np.float64]:
    """Share of each class's true pixels that were found: ``tp / (tp + fn)``, ``(C,) float64``.

    Undefined for a class that is not in the truth.
    """
    counts = class_counts(matrix)
    return safe_divide(counts.tp, counts.truth, undefined=_undefined(absent))


def precision(matrix: Matrix, *, absent: Absent = "skip") -> NDArray[np.float64]:
    """Share of each class's predicted pixels that are right: ``tp / (tp + fp)``, ``(C,) float64``.

    Undefined for a class that was never predicted.
    """
    counts = class_counts(matrix)
    return safe_divide(counts.tp, counts.predicted, undefined=_undefined(absent))


def mean_pixel_accuracy(
    matrix: Matrix,
    *,
    reading: Reading = "recall",
    absent: Absent = "skip",
    classes: Sequence[int] | None = None,
) -> float:
    """Mean over classes of the pixel accuracy of each.

    Parameters
    ----------
    matrix : ndarray
        Confusion matrix.
    reading : {"recall", "precision"}
        The name is used for both: of the pixels that *are* the class (recall, the usual reading),
        or of those *called* so (precision).
    absent : {"skip", "zero", "one"}
        What an undefined class counts.
    classes : sequence of int, optional
        Mean over these only, such as without the background.
    """
    if reading == "recall":
        return _mean(recall(matrix, absent=absent), classes)
    if reading == "precision":
        return _mean(precision(matrix, absent=absent), classes)
    raise UsageError(f"expected reading to be one of {get_args(Reading)}, got {reading!r}")


def iou(matrix: Matrix, *, absent: Absent = "skip") -> NDArray[np.float64]:
    """Intersection over union (Jaccard index) of each class: ``tp / (tp + fp + fn)``.

    Parameters
    ----------
    matrix : ndarray
        Confusion matrix.
    absent : {"skip", "zero", "one"}
        Value of a class that is neither in the truth nor in the prediction: ``nan``, 0 or 1. A
        class that is predicted though it is not there has a union, and so an IoU: 0.

    Returns
    -------
    ndarray
        ``(C,) float64``.
    """
    counts = class_counts(matrix)
    return safe_divide(counts.tp, counts.union, undefined=_undefined(absent))


def mean_iou(
    matrix: Matrix, *, absent: Absent = "skip", classes: Sequence[int] | None = None
) -> float:
    """Mean of :func:`iou` over classes; parameters as for :func:`mean_pixel_accuracy`."""
    return _mean(iou(matrix, absent=absent), classes)


def dice(matrix: Matrix, *, absent: Absent = "skip") -> NDArray[np.float64]:
    """Dice coefficient (F1 score) of each class: ``2 tp / (2 tp + fp + fn)``, ``(C,) float64``.

    Parameters as for :func:`iou`. It is ``2 iou / (1 + iou)``: never below the IoU, and in the
    same order.
    """
    counts = class_counts(matrix)
    return safe_divide(2 * counts.tp, counts.tp + counts.union, undefined=_undefined(absent))


def mean_dice(
    matrix: Matrix, *, absent: Absent = "skip", classes: Sequence[int] | None = None
) -> float:
    """Mean of :func:`dice` over classes; parameters as for :func:`mean_pixel_accuracy`."""
    return _mean(dice(matrix, absent=absent), classes)


def frequency_weighted_iou(matrix: Matrix) -> float:
    """Mean IoU with each class weighted by its share of the truth: ``sum(truth * iou) / total``.

    A class that is not in the truth weighs nothing, so no convention is needed; ``nan`` where no
    pixel is judged. From Long, Shelhamer and Darrell, Fully Convolutional Networks, 2015.
    """
    counts = class_counts(matrix)
    weighted = counts.truth * safe_divide(counts.tp, counts.union, undefined=0.0)
    return float(safe_divide(weighted.sum(), counts.total))
