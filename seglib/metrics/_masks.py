"""Checks of the masks and label maps that two-dimensional metrics take."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError, UsageError

Mask = NDArray[np.bool_]


def pair_of_masks(truth: NDArray[Any], prediction: NDArray[Any]) -> tuple[Mask, Mask]:
    """Return both as ``(H, W) bool``; 0 and 255, or any numbers, read as unset and set."""
    first, second = one_mask(truth, "truth"), one_mask(prediction, "prediction")
    if first.shape != second.shape:
        raise ShapeError(
            f"expected truth and prediction of one shape, got {first.shape} and {second.shape}"
        )
    return first, second


def one_mask(mask: NDArray[Any], name: str = "mask") -> Mask:
    """Return ``mask`` as ``(H, W) bool``."""
    array = np.asarray(mask)
    if array.ndim != 2 or array.size == 0 or array.dtype.kind not in "biu":
        raise ShapeError(f"expected {name} (H, W) bool or integer, got {array.shape} {array.dtype}")
    return array if array.dtype == np.bool_ else array != 0


def diagonal(shape: tuple[int, ...]) -> float:
    """Length of the picture's diagonal in pixels."""
    return math.hypot(shape[0], shape[1])


def positive(name: str, value: float) -> float:
    """Raise :class:`UsageError` unless ``value`` is a finite number above 0."""
    if not math.isfinite(value) or value <= 0:
        raise UsageError(f"expected {name} to be above 0, got {value!r}")
    return value
