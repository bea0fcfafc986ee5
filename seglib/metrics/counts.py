"""True positives, false positives and false negatives of each class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError


@dataclass(frozen=True, eq=False)
class ClassCounts:
    """The numbers that every formula of this package puts in, class by class.

    Parameters
    ----------
    tp : ndarray
        ``(C,) int64`` pixels of the class that were found.
    fp : ndarray
        ``(C,) int64`` pixels of other classes that were given to it.
    fn : ndarray
        ``(C,) int64`` pixels of the class that were given to others, or to none.
    total : int
        Judged pixels.
    """

    tp: NDArray[np.int64]
    fp: NDArray[np.int64]
    fn: NDArray[np.int64]
    total: int

    @property
    def truth(self) -> NDArray[np.int64]:
        """Pixels of the class in the truth: tp + fn."""
        return self.tp + self.fn

    @property
    def predicted(self) -> NDArray[np.int64]:
        """Pixels of the class in the prediction: tp + fp."""
        return self.tp + self.fp

    @property
    def union(self) -> NDArray[np.int64]:
        """Pixels of the class in either: tp + fp + fn."""
        return self.tp + self.fp + self.fn


def class_counts(matrix: NDArray[np.integer[Any]]) -> ClassCounts:
    """Read tp, fp and fn off a confusion matrix.

    Parameters
    ----------
    matrix : ndarray
        ``(C, C)`` integer, rows = truth, columns = prediction; or ``(C, C + 1)``, whose last column
        counts pixels without an answer: misses of their row, false alarms of none.

    Raises
    ------
    ShapeError
        Another shape or type, or a negative entry.
    """
    array = np.asarray(matrix)
    wanted = "a confusion matrix (C, C) or (C, C + 1) of integers"
    fits = array.ndim == 2 and array.shape[0] > 0 and array.shape[1] - array.shape[0] in (0, 1)
    if not fits or array.dtype.kind not in "iu":
        raise ShapeError(f"expected {wanted}, got {array.shape} {array.dtype}")
    if array.dtype.kind == "i" and int(array.min()) < 0:
        raise ShapeError(f"expected {wanted} from 0, got {int(array.min())}")
    array = array.astype(np.int64)
    square = array[:, : array.shape[0]]
    tp = square.diagonal().copy()
    fp = square.sum(axis=0) - tp
    fn = array.sum(axis=1) - tp
    for counts in (tp, fp, fn):
        counts.setflags(write=False)
    return ClassCounts(tp, fp, fn, total=int(array.sum()))
