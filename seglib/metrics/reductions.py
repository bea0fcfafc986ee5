"""From many pictures to one number: pool the pixels, or average the pictures.

Pooling adds up the confusion matrices, so every pixel weighs the same and a large picture (or a
large object) outvotes many small ones. Averaging makes every picture, or every picture of a class,
weigh the same. Published numbers use either; they differ by as much as methods do. The three ways
for IoU are compared by Wang et al., Revisiting Evaluation Metrics for Semantic Segmentation:
Optimization and Evaluation of Fine-grained Intersection over Union, NeurIPS 2023 (there mIoU-D,
mIoU-I and mIoU-C).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from seglib.errors import LabelError, ShapeError, UsageError
from seglib.metrics._divide import safe_divide
from seglib.metrics.empty import empty_value
from seglib.metrics.overlap import Absent, dice, iou, pixel_accuracy, precision, recall

Values = NDArray[np.float64]

How = Literal["pooled", "per_image", "per_image_per_class"]
HOW: tuple[How, ...] = get_args(How)

Metric = Literal["pixel_accuracy", "iou", "dice", "recall", "precision"]
METRICS: tuple[Metric, ...] = get_args(Metric)

_OF_CLASSES: dict[str, Callable[[NDArray[Any]], Values]] = {
    "iou": iou,
    "dice": dice,
    "recall": recall,
    "precision": precision,
}


@dataclass(frozen=True, eq=False)
class Reduction:
    """One number over pictures, and the numbers that it was made of. Arrays are read-only.

    Parameters
    ----------
    value : float
        The result; ``nan`` where nothing is defined.
    how : {"pooled", "per_image", "per_image_per_class"}
        The way.
    table : ndarray
        ``(N, C) float64``, the metric of each class in each picture, ``nan`` where undefined; C is
        1 for pixel accuracy, which has no classes. Pooling has one row, the sum of the pictures.
    parts : ndarray
        What was averaged last: the classes (C,) when pooled or per class, the pictures (N,) when
        per image.
    """

    value: float
    how: How
    table: Values
    parts: Values


def reduce(
    matrices: Sequence[NDArray[np.integer[Any]]] | NDArray[np.integer[Any]],
    *,
    how: How = "pooled",
    metric: Metric = "iou",
    absent: Absent = "skip",
    classes: Sequence[int] | None = None,
) -> Reduction:
    """Reduce the confusion matrices of several pictures to one number.

    Parameters
    ----------
    matrices : sequence of ndarray
        One ``(C, C)`` or ``(C, C + 1)`` a picture, rows = truth, all of one shape.
    how : {"pooled", "per_image", "per_image_per_class"}
        Add the matrices, then average the classes; or average the classes of each picture, then
        the pictures; or average the pictures of each class, then the classes.
    metric : {"pixel_accuracy", "iou", "dice", "recall", "precision"}
        What is measured.
    absent : {"skip", "zero", "one"}
        What a value of the table counts that is 0/0.
    classes : sequence of int, optional
        Average these only.

    Raises
    ------
    ShapeError
        No picture, or matrices of different shapes.

    Examples
    --------
    A picture with 9000 of 10000 pixels right and one with 1 of 100:

    >>> large, small = np.array([[9000, 1000], [0, 0]]), np.array([[1, 99], [0, 0]])
    >>> for how in ("pooled", "per_image"):
    ...     print(round(reduce([large, small], how=how, metric="pixel_accuracy").value, 3))
    0.891
    0.455
    """
    if how not in HOW:
        raise UsageError(f"expected how to be one of {HOW}, got {how!r}")
    if metric not in METRICS:
        raise UsageError(f"expected metric to be one of {METRICS}, got {metric!r}")
    found = [np.asarray(matrix) for matrix in matrices]
    shapes = sorted({matrix.shape for matrix in found})
    if len(shapes) != 1:
        raise ShapeError(f"expected confusion matrices of one shape, got {shapes or 'none'}")
    if how == "pooled":
        found = [np.stack(found).sum(axis=0, dtype=np.int64)]
    table = np.stack([_measure(matrix, metric) for matrix in found])
    if metric != "pixel_accuracy" and classes is not None:
        strange = [each for each in classes if not 0 <= each < table.shape[1]]
        if strange:
            raise LabelError(f"expected classes from 0 to {table.shape[1] - 1}, got {strange}")
        table = table[:, np.array(classes, np.intp)]
    counted = np.where(np.isnan(table), empty_value(absent), table)
    # A single row or column is its own mean, so pixel accuracy and pooling need no case.
    parts = _means(counted, axis=1 if how == "per_image" else 0)
    value = float(_means(parts, axis=0))
    for array in (table, parts):
        array.setflags(write=False)
    return Reduction(value, how, table, parts)


def _measure(matrix: NDArray[Any], metric: Metric) -> Values:
    if metric == "pixel_accuracy":
        return np.array([pixel_accuracy(matrix)])
    return _OF_CLASSES[metric](matrix)


def _means(values: Values, *, axis: int) -> Values:
    defined = ~np.isnan(values)
    return safe_divide(np.where(defined, values, 0.0).sum(axis=axis), defined.sum(axis=axis))
