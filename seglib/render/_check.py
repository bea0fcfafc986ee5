"""What drawing functions accept, and how they say what came instead."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import LabelError, ShapeError
from seglib.labels import LabelSet

LabelMap = NDArray[np.uint8] | NDArray[np.uint16]


def expect_labels(labels: NDArray[Any], what: str = "labels") -> None:
    """Raise :class:`ShapeError` unless ``labels`` is (H, W) uint8 or uint16."""
    if labels.ndim != 2 or not labels.size or labels.dtype not in (np.uint8, np.uint16):
        raise ShapeError(
            f"expected {what} (H, W) uint8 or uint16, got {labels.shape} {labels.dtype}"
        )


def expect_picture(pixels: NDArray[Any]) -> None:
    """Raise :class:`ShapeError` unless ``pixels`` is (H, W, 3) uint8."""
    if pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size or pixels.dtype != np.uint8:
        raise ShapeError(f"expected a picture (H, W, 3) uint8, got {pixels.shape} {pixels.dtype}")


def expect_same_size(first: NDArray[Any], second: NDArray[Any], what: str) -> None:
    """Raise :class:`ShapeError` unless both have the same height and width."""
    if first.shape[:2] != second.shape[:2]:
        (height, width), (other_height, other_width) = first.shape[:2], second.shape[:2]
        raise ShapeError(
            f"expected {what} of the same size, "
            f"got {width} × {height} and {other_width} × {other_height} pixels"
        )


def expect_classes(class_ids: Collection[int], label_set: LabelSet) -> None:
    """Raise :class:`LabelError` where an id is neither a class nor the ignore label."""
    for class_id in class_ids:
        if class_id != label_set.ignore:
            label_set.label(class_id)


def lookup(labels: LabelMap, table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Replace each label by its entry of a table.

    Parameters
    ----------
    labels : (H, W) uint8 or uint16
    table : (N,) or (N, 3) uint8, N at least 256

    Raises
    ------
    LabelError
        A label is beyond the end of the table.
    """
    import cv2

    if labels.dtype == np.uint8:
        if table.ndim == 1:
            return np.asarray(cv2.LUT(labels, table[:256]), np.uint8)
        # Named for heat maps, but it is the fastest exact table look-up from grey to colour.
        return np.asarray(cv2.applyColorMap(labels, table[:256, None]), np.uint8)
    if int(labels.max()) >= len(table):
        raise LabelError(f"expected class ids below {len(table)}, got {int(labels.max())}")
    return table.take(labels, axis=0)
