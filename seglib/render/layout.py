"""Pictures put together and enlarged without touching a pixel's value."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.labels import Color
from seglib.render._check import expect_picture


def side_by_side(
    *pictures: NDArray[np.uint8], gap: int = 8, background: Color = (255, 255, 255)
) -> NDArray[np.uint8]:
    """Put pictures in a row, tops level.

    Parameters
    ----------
    *pictures : (H, W, 3) uint8
        At least one; heights may differ, nothing is scaled.
    gap : int
        Pixels between two pictures.
    background : tuple of int
        RGB of the gap and below shorter pictures.

    Returns
    -------
    (largest H, sum of W and gaps, 3) uint8
    """
    if not pictures or gap < 0:
        raise ShapeError(f"expected pictures and a gap from 0, got {len(pictures)} and {gap}")
    for picture in pictures:
        expect_picture(picture)
    height = max(picture.shape[0] for picture in pictures)
    width = sum(picture.shape[1] for picture in pictures) + gap * (len(pictures) - 1)
    row = np.empty((height, width, 3), np.uint8)
    row[:] = background
    left = 0
    for picture in pictures:
        row[: picture.shape[0], left : left + picture.shape[1]] = picture
        left += picture.shape[1] + gap
    return row


def zoom_nearest(pixels: NDArray[np.generic], factor: int) -> NDArray[Any]:
    """Enlarge a whole number of times: each pixel becomes a square of the same value.

    Parameters
    ----------
    pixels : (H, W) or (H, W, C), any type
    factor : int, at least 1

    Returns
    -------
    (H * factor, W * factor, ...) of the same type
    """
    if pixels.ndim not in (2, 3) or not pixels.size:
        raise ShapeError(f"expected (H, W) or (H, W, C), got {pixels.shape} {pixels.dtype}")
    if factor < 1:
        raise ShapeError(f"expected a whole factor of at least 1, got {factor}")
    return pixels.repeat(factor, axis=0).repeat(factor, axis=1)
