"""Pixels to PNG and JPEG bytes."""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage

from seglib.errors import ShapeError


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode pixels as PNG, which loses nothing.

    Parameters
    ----------
    pixels : (H, W, 3), (H, W, 4) or (H, W) uint8
        RGB, RGB with alpha, or grey.
    """
    array = _checked(pixels, (3, 4))
    # A live view waits for this. One filter instead of the best of five for each row, and run
    # lengths instead of a search for repetitions: twice as fast as Pillow at its fastest level, and
    # files of the same size. OpenCV takes blue first.
    if array.ndim == 3:
        order = cv2.COLOR_RGB2BGR if array.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
        array = np.asarray(cv2.cvtColor(array, order), np.uint8)
    row_filter = cv2.IMWRITE_PNG_FILTER_UP if array.ndim == 2 else cv2.IMWRITE_PNG_FILTER_AVG
    how = (
        (cv2.IMWRITE_PNG_COMPRESSION, 1),
        (cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE),
        (cv2.IMWRITE_PNG_FILTER, row_filter),
    )
    done, data = cv2.imencode(".png", array, [number for pair in how for number in pair])
    if not done:
        raise ShapeError(f"OpenCV cannot write {array.shape} as PNG")
    return data.tobytes()


def encode_jpeg(pixels: NDArray[np.uint8], quality: int = 90) -> bytes:
    """Encode pixels as JPEG; for photographs only, as it changes every colour a little.

    Parameters
    ----------
    pixels : (H, W, 3) or (H, W) uint8
        RGB or grey, at most 65,535 pixels a side.
    quality : int
        1 to 100.
    """
    if not 1 <= quality <= 100:
        raise ShapeError(f"expected a JPEG quality from 1 to 100, got {quality}")
    if max(np.shape(pixels)[:2], default=0) > 65535:
        raise ShapeError(f"expected at most 65,535 pixels a side in a JPEG, got {np.shape(pixels)}")
    # Colour at full resolution: labels drawn over a photograph keep their edges.
    file = io.BytesIO()
    picture = PilImage.fromarray(_checked(pixels, (3,)))
    picture.save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()


def _checked(pixels: NDArray[np.uint8], channels: tuple[int, ...]) -> NDArray[np.uint8]:
    pixels = np.asarray(pixels)
    grey = pixels.ndim == 2
    coloured = pixels.ndim == 3 and pixels.shape[2] in channels
    if pixels.dtype != np.uint8 or not pixels.size or not (grey or coloured):
        counts = " or ".join(f"(H, W, {count})" for count in channels)
        raise ShapeError(f"expected {counts} or (H, W) uint8, got {pixels.shape} {pixels.dtype}")
    return np.ascontiguousarray(pixels)
