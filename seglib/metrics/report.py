"""All numbers of a confusion matrix at once, a row a class."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.labels import LabelSet
from seglib.metrics import overlap
from seglib.metrics.counts import class_counts
from seglib.metrics.overlap import Absent


@dataclass(frozen=True, slots=True)
class ClassRow:
    """The numbers of one class; a metric is ``nan`` where it is undefined.

    Parameters
    ----------
    id, name : int, str
        From the label set.
    iou, dice, precision, recall : float
        0..1 or ``nan``.
    truth_pixels, predicted_pixels : int
        Judged pixels of the class in either map.
    tp, fp, fn : int
        True positives, false positives and false negatives in pixels: what the formulas put in.
    """

    id: int
    name: str
    iou: float
    dice: float
    precision: float
    recall: float
    truth_pixels: int
    predicted_pixels: int
    tp: int
    fp: int
    fn: int


@dataclass(frozen=True, eq=False)
class Report:
    """What a confusion matrix says, per class and in total.

    Parameters
    ----------
    rows : tuple of ClassRow
        One a class of ``label_set``, in its order.
    pixel_accuracy, mean_recall, mean_precision, mean_iou, mean_dice : float
        0..1, or ``nan`` where undefined. ``mean_recall`` and ``mean_precision`` are the two
        readings of mean pixel accuracy.
    frequency_weighted_iou : float
        As the others.
    absent : {"skip", "zero", "one"}
        What an undefined class counted in the means. The rows say ``nan`` all the same.
    judged_pixels : int
        Pixels that count.
    unanswered_pixels : int
        Those of them without an answer, counted as misses.
    label_set : LabelSet
        Names and colours.
    matrix : ndarray
        ``int64``, read-only copy.
    """

    rows: tuple[ClassRow, ...]
    pixel_accuracy: float
    mean_recall: float
    mean_precision: float
    mean_iou: float
    mean_dice: float
    frequency_weighted_iou: float
    absent: Absent
    judged_pixels: int
    unanswered_pixels: int
    label_set: LabelSet
    matrix: NDArray[np.int64]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON: undefined is ``None``, the matrix a list of rows."""
        totals = {
            name: _json(getattr(self, name))
            for name in (
                "pixel_accuracy",
                "mean_recall",
                "mean_precision",
                "mean_iou",
                "mean_dice",
                "frequency_weighted_iou",
                "absent",
                "judged_pixels",
                "unanswered_pixels",
            )
        }
        classes = [{key: _json(value) for key, value in asdict(row).items()} for row in self.rows]
        return {
            "label_set": self.label_set.name,
            **totals,
            "classes": classes,
            "confusion_matrix": self.matrix.tolist(),
        }


def _json(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def report(
    matrix: NDArray[np.integer[Any]], label_set: LabelSet, *, absent: Absent = "skip"
) -> Report:
    """Compute every metric of a confusion matrix.

    Parameters
    ----------
    matrix : ndarray
        ``(C, C)`` or ``(C, C + 1)`` integer, C = ``label_set.num_classes``.
    label_set : LabelSet
        Names of the classes. The means run over its classes; ids in its gaps are none.
    absent : {"skip", "zero", "one"}
        What an undefined class counts in the means.

    Raises
    ------
    ShapeError
        The matrix has another number of classes.
    """
    counts = class_counts(matrix)
    if counts.tp.size != label_set.num_classes:
        raise ShapeError(
            f"expected a confusion matrix of {label_set.num_classes} classes for "
            f"{label_set.title}, got {np.shape(matrix)}"
        )
    ious, dices = overlap.iou(matrix), overlap.dice(matrix)
    precisions, recalls = overlap.precision(matrix), overlap.recall(matrix)
    truth, predicted = counts.truth, counts.predicted
    ids = [label.id for label in label_set]
    rows = tuple(
        ClassRow(
            id=label.id,
            name=label.name,
            iou=float(ious[label.id]),
            dice=float(dices[label.id]),
            precision=float(precisions[label.id]),
            recall=float(recalls[label.id]),
            truth_pixels=int(truth[label.id]),
            predicted_pixels=int(predicted[label.id]),
            tp=int(counts.tp[label.id]),
            fp=int(counts.fp[label.id]),
            fn=int(counts.fn[label.id]),
        )
        for label in label_set
    )
    kept = np.array(matrix, np.int64)
    kept.setflags(write=False)
    return Report(
        rows=rows,
        pixel_accuracy=overlap.pixel_accuracy(matrix),
        mean_recall=overlap.mean_pixel_accuracy(matrix, absent=absent, classes=ids),
        mean_precision=overlap.mean_pixel_accuracy(
            matrix, reading="precision", absent=absent, classes=ids
        ),
        mean_iou=overlap.mean_iou(matrix, absent=absent, classes=ids),
        mean_dice=overlap.mean_dice(matrix, absent=absent, classes=ids),
        frequency_weighted_iou=overlap.frequency_weighted_iou(matrix),
        absent=absent,
        judged_pixels=counts.total,
        unanswered_pixels=int(kept[:, len(counts.tp) :].sum()),
        label_set=label_set,
        matrix=kept,
    )
