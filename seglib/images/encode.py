"""Pixels to PNG and JPEG bytes."""

from __future__ import annotations

import io

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
    # Level 1: a live view waits for this; more effort saves 7 % of a photograph, nothing of a mask.
    return _save(pixels, (3, 4), format="PNG", compress_level=1)


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
    return _save(pixels, (3,), format="JPEG", quality=quality, subsampling=0)


def _save(
    pixels: NDArray[np.uint8], channels: tuple[int, ...], *, format: str, **options: int
) -> bytes:
    pixels = np.asarray(pixels)
    grey = pixels.ndim == 2
    coloured = pixels.ndim == 3 and pixels.shape[2] in channels
    if pixels.dtype != np.uint8 or not pixels.size or not (grey or coloured):
        counts = " or ".join(f"(H, W, {count})" for count in channels)
        raise ShapeError(f"expected {counts} or (H, W) uint8, got {pixels.shape} {pixels.dtype}")
    file = io.BytesIO()
    PilImage.fromarray(np.ascontiguousarray(pixels)).save(file, format, **options)
    return file.getvalue()
