"""One-hot encoding: a label map as one plane of zeros and ones for each class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import LabelError, ShapeError, UsageError

Labels = NDArray[np.unsignedinteger[Any]]


def one_hot(
    labels: Labels, *, num_classes: int, ignore_label: int | None = 255
) -> NDArray[np.uint8]:
    """Encode a label map: plane c is 1 where the label is c.

    Parameters
    ----------
    labels : (H, W) uint8 or uint16
    num_classes : int
    ignore_label : int, optional
        Pixels without a true class: 0 in every plane, so that no class can win or lose there.

    Returns
    -------
    (H, W, num_classes) uint8

    Raises
    ------
    LabelError
        A label is neither a class nor the ignore label.

    Examples
    --------
    >>> one_hot(np.array([[1, 255]], np.uint8), num_classes=2).tolist()
    [[[0, 1], [0, 0]]]
    """
    check(labels, num_classes, ignore_label)
    planes: NDArray[np.uint8] = (labels[..., None] == np.arange(num_classes)).astype(np.uint8)
    if ignore_label is not None and ignore_label < num_classes:
        planes[labels == ignore_label] = 0
    planes.setflags(write=False)
    return planes


def decode(planes: NDArray[np.uint8], *, ignore_label: int = 255) -> NDArray[np.uint8]:
    """Return the label map ``(H, W) uint8`` of one-hot planes: the inverse of :func:`one_hot`."""
    if planes.ndim != 3 or planes.dtype != np.uint8 or (planes.sum(axis=-1) > 1).any():
        raise ShapeError(
            f"expected (H, W, C) uint8 with at most one 1 a pixel, got {planes.shape} "
            f"{planes.dtype}"
        )
    labels = planes.argmax(axis=-1)
    labels[planes.max(axis=-1) == 0] = ignore_label
    return np.asarray(labels, np.uint8)


def check(labels: Labels, num_classes: int, ignore_label: int | None) -> None:
    """Raise where a label map is none, or holds a label without a meaning."""
    if labels.ndim != 2 or not labels.size or labels.dtype not in (np.uint8, np.uint16):
        raise ShapeError(
            f"expected labels (H, W) uint8 or uint16, got {labels.shape} {labels.dtype}"
        )
    wrong = labels >= num_classes
    if ignore_label is not None:
        wrong &= labels != ignore_label
    if wrong.any():
        raise LabelError(
            f"expected labels below {num_classes} or the ignore label {ignore_label}, "
            f"got {int(labels[wrong][0])}"
        )


def ignore_rim(
    labels: Labels, *, radius: int, ignore_label: int = 255
) -> NDArray[np.unsignedinteger[Any]]:
    """Ignore what is close to a border between labels, as VOC's white border does.

    Parameters
    ----------
    labels : (H, W) uint8 or uint16
    radius : int
        Pixels up to which another label must lie (in a square) for a pixel to be ignored; 0 to 10.

    Returns
    -------
    (H, W), same type
    """
    if not 0 <= radius <= 10:
        raise UsageError(f"expected a radius from 0 to 10, got {radius}")
    low, high = labels, labels
    for _ in range(radius):
        low, high = _spread(low, np.minimum), _spread(high, np.maximum)
    result = labels.copy()
    result[low != high] = ignore_label
    return result


def _spread(labels: Labels, pick: Any) -> Labels:
    """Take the extreme of each 3×3 neighbourhood: rows, then columns."""
    for axis in (0, 1):
        padded = np.pad(labels, [(1, 1) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        size = labels.shape[axis]
        parts = [padded.take(range(i, i + size), axis=axis) for i in range(3)]
        labels = pick(pick(parts[0], parts[1]), parts[2])
    return labels
