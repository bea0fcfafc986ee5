"""What the tools accept, and how they say what came instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Regions = NDArray[np.int32]
Seed = tuple[float, float]

MAX_PIXELS = 600_000
"""Pixels of the largest picture that the slow tools take: they answer while a visitor waits."""


def expect_pixels(pixels: NDArray[Any], *, limit: int | None = None) -> Pixels:
    """Return a picture, or raise :class:`~seglib.errors.ShapeError` unless (H, W, 3) uint8."""
    pixels = np.asarray(pixels)
    if pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size or pixels.dtype != np.uint8:
        raise ShapeError(f"expected a picture (H, W, 3) uint8, got {pixels.shape} {pixels.dtype}")
    if limit is not None and pixels.shape[0] * pixels.shape[1] > limit:
        raise ShapeError(
            f"expected a picture of at most {limit:,} pixels for this tool, "
            f"got {pixels.shape[1]} × {pixels.shape[0]}"
        )
    return np.ascontiguousarray(pixels)


def expect_mask(mask: NDArray[Any], shape: tuple[int, ...] | None = None) -> Mask:
    """Return a mask, or raise :class:`~seglib.errors.ShapeError` unless (H, W) bool."""
    mask = np.asarray(mask)
    if mask.ndim != 2 or mask.dtype != np.bool_ or not mask.size:
        raise ShapeError(f"expected a mask (H, W) bool, got {mask.shape} {mask.dtype}")
    if shape is not None and mask.shape != shape[:2]:
        raise ShapeError(
            f"expected a mask of the picture's size {shape[1]} × {shape[0]}, "
            f"got {mask.shape[1]} × {mask.shape[0]}"
        )
    return mask


def expect_seeds(seeds: Iterable[Seed], shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the (row, column) of each seed (x, y); those outside the picture are left out."""
    found = []
    for x, y in seeds:
        if not (np.isfinite(x) and np.isfinite(y)):
            raise ShapeError(f"expected a finite seed (x, y), got ({x}, {y})")
        if 0 <= x < shape[1] and 0 <= y < shape[0]:
            found.append((int(y), int(x)))
    if not found:
        raise ShapeError(
            f"expected a seed inside the picture of {shape[1]} × {shape[0]} pixels, got none"
        )
    return found


def frozen(array: NDArray[Any]) -> Any:
    """Make an array read-only and return it."""
    array.setflags(write=False)
    return array


def lab(pixels: Pixels) -> NDArray[np.float32]:
    """Return CIE Lab colours ``(H, W, 3) float32``: L 0..100, a and b about -100..100.

    One unit is about the smallest difference that people notice, in any direction.
    """
    import cv2

    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)
