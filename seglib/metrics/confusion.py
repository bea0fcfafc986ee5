"""The confusion matrix: which class was taken for which, in pixels."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from seglib.errors import LabelError, ShapeError, UsageError
from seglib.metrics._pairs import count_pairs

Unanswered = Literal["refuse", "column"]
UNANSWERED: tuple[Unanswered, ...] = get_args(Unanswered)

_CHUNK = 1 << 22


def confusion_matrix(
    truth: NDArray[np.integer[Any]],
    prediction: NDArray[np.integer[Any]],
    *,
    num_classes: int,
    ignore_label: int | None = 255,
    unanswered: Unanswered = "refuse",
) -> NDArray[np.int64]:
    """Count the pixels of every class of the truth by the class they were given.

    The truth decides what is judged: where it holds the ignore label, the prediction is not even
    read. The reverse, a judged pixel whose prediction is the ignore label, is an answer withheld.
    Benchmarks count it as a miss; a square matrix has no place for it, and dropping it would
    reward silence. So it is refused, unless a column for it is asked for.

    Matrices of several pictures or tiles may be added.

    Parameters
    ----------
    truth, prediction : ndarray
        Class ids 0 to ``num_classes - 1`` of one shape, any integer type (or bool).
    num_classes : int
        C, at least 1.
    ignore_label : int or None
        Value that is not judged. Where it is below ``num_classes`` it is a class to the
        prediction: choosing it for a judged pixel is a mistake like any other.
    unanswered : {"refuse", "column"}
        What to do with withheld answers: raise, or count them in a last column of their own. Every
        metric of this package takes either matrix and counts that column as misses.

    Returns
    -------
    ndarray
        ``(C, C) int64``, rows = truth, columns = prediction; ``(C, C + 1)`` with the column. Exact
        for any number of pixels.

    Raises
    ------
    ShapeError
        The shapes differ or the values are no integers.
    LabelError
        A judged pixel has an id out of range, or no answer under ``"refuse"``.

    Examples
    --------
    >>> confusion_matrix(np.array([0, 0, 1, 255]), np.array([0, 1, 1, 0]), num_classes=2)
    array([[1, 1],
           [0, 1]])
    """
    if num_classes < 1:
        raise LabelError(f"expected at least 1 class, got {num_classes}")
    if unanswered not in UNANSWERED:
        raise UsageError(f"expected unanswered to be one of {UNANSWERED}, got {unanswered!r}")
    flat_truth, flat_prediction = _flat(truth, prediction)
    if _is_byte(flat_truth) and _is_byte(flat_prediction):
        counts = _from_bytes(
            flat_truth.astype(np.uint8, copy=False),
            flat_prediction.astype(np.uint8, copy=False),
            num_classes,
            ignore_label,
        )
    else:
        counts = _from_wide(flat_truth, flat_prediction, num_classes, ignore_label)
    if unanswered == "column":
        return counts
    withheld = int(counts[:, num_classes].sum())
    if withheld:
        raise LabelError(
            f"expected an answer for every judged pixel, got the ignore label {ignore_label} "
            f"for {withheld} of {int(counts.sum())}"
        )
    return np.ascontiguousarray(counts[:, :num_classes])


def _flat(
    truth: NDArray[np.integer[Any]], prediction: NDArray[np.integer[Any]]
) -> tuple[NDArray[Any], NDArray[Any]]:
    first, second = np.asarray(truth), np.asarray(prediction)
    if first.shape != second.shape:
        raise ShapeError(
            f"expected truth and prediction of one shape, got {first.shape} and {second.shape}"
        )
    for name, array in (("truth", first), ("prediction", second)):
        if array.dtype.kind not in "iub":
            raise ShapeError(f"expected {name} of integers, got {array.shape} {array.dtype}")
    return np.ascontiguousarray(first).reshape(-1), np.ascontiguousarray(second).reshape(-1)


def _is_byte(values: NDArray[Any]) -> bool:
    """Whether every value fits a byte, whatever the type that carries it."""
    if values.dtype.kind == "b" or values.dtype == np.uint8 or values.size == 0:
        return True
    return int(values.min()) >= 0 and int(values.max()) <= 255


def _refuse_strangers(name: str, ids: NDArray[Any], num_classes: int) -> None:
    if ids.size:
        shown = ", ".join(str(value) for value in ids[:8].tolist())
        more = f" and {ids.size - 8} more" if ids.size > 8 else ""
        raise LabelError(f"expected {name} ids from 0 to {num_classes - 1}, got {shown}{more}")


def _from_bytes(
    truth: NDArray[np.uint8],
    prediction: NDArray[np.uint8],
    num_classes: int,
    ignore_label: int | None,
) -> NDArray[np.int64]:
    """Count bytes into ``(C, C + 1)`` after checking every value that is no class."""
    shared = min(num_classes, 256)
    pairs = count_pairs(truth, prediction, columns=shared)
    if int(pairs.sum()) < truth.size:
        # Some predictions are no classes: count once more to learn which, and whether it matters.
        pairs = count_pairs(truth, prediction)
    ignore = ignore_label if ignore_label is not None and 0 <= ignore_label < 256 else None
    if ignore is not None:
        pairs[ignore] = 0
    outside = np.flatnonzero(pairs[shared:].any(axis=1)) + shared
    _refuse_strangers("truth", outside, num_classes)
    outside = np.flatnonzero(pairs[:, shared:].any(axis=0)) + shared
    _refuse_strangers("prediction", outside[outside != ignore], num_classes)
    counts = np.zeros((num_classes, num_classes + 1), np.int64)
    counts[:shared, :shared] = pairs[:shared, :shared]
    if ignore is not None and shared <= ignore < pairs.shape[1]:
        counts[:shared, num_classes] = pairs[:shared, ignore]
    return counts


def _from_wide(
    truth: NDArray[Any], prediction: NDArray[Any], num_classes: int, ignore_label: int | None
) -> NDArray[np.int64]:
    """Count ids of any integer type into ``(C, C + 1)``, a chunk at a time to bound the memory."""
    counts = np.zeros(num_classes * (num_classes + 1), np.int64)
    for start in range(0, truth.size, _CHUNK):
        rows, columns = truth[start : start + _CHUNK], prediction[start : start + _CHUNK]
        if ignore_label is not None:
            judged = rows != ignore_label
            rows, columns = rows[judged], columns[judged]
        withheld = columns == ignore_label if _beyond(ignore_label, num_classes) else None
        for name, ids, allowed in (("truth", rows, None), ("prediction", columns, withheld)):
            # Compared before any cast: a cast could wrap a stranger into the range.
            strange = (ids < 0) | (ids >= num_classes)
            if allowed is not None:
                strange &= ~allowed
            _refuse_strangers(name, np.unique(ids[strange]), num_classes)
        columns = columns.astype(np.int64)
        if withheld is not None:
            columns[withheld] = num_classes
        codes = rows.astype(np.int64) * (num_classes + 1) + columns
        counts += np.bincount(codes, minlength=counts.size)
    return counts.reshape(num_classes, num_classes + 1)


def _beyond(ignore_label: int | None, num_classes: int) -> bool:
    """Whether the ignore label is a value of its own and not also a class."""
    return ignore_label is not None and not 0 <= ignore_label < num_classes
