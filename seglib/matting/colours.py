"""The subject's own colours: where a rim pixel mixes subject and ground, take the ground out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError

_RADII = (90, 6)
"""Of the wide and the narrow window, in pixels of a picture of ``_SIDE`` pixels."""

_SIDE = 640
"""Local means are smooth: they are taken in a copy whose longest side is at most this."""


def foreground_colours(
    pixels: NDArray[np.uint8], alpha: NDArray[np.float32], *, strength: float = 1.0
) -> NDArray[np.uint8]:
    """Estimate the subject's colour at every pixel of the rim ("despill").

    A picture is ``I = alpha F + (1 - alpha) B``. F and B are first taken as local means weighted by
    alpha and its rest, then corrected so that the equation holds: blur fusion, Forte 2021,
    "Approximate Fast Foreground Colour Estimation", twice, with a wide and a narrow window.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The picture, RGB.
    alpha : (H, W) float32
        0..1.
    strength : float, 0 to 1
        0 returns the picture.

    Returns
    -------
    (H, W, 3) uint8
        Where alpha is 1, the picture itself.
    """
    if pixels.shape[:2] != alpha.shape:
        raise ShapeError(f"expected alpha {pixels.shape[:2]}, got {alpha.shape}")
    if not 0 <= strength <= 1:
        raise ShapeError(f"expected a strength from 0 to 1, got {strength}")
    rim = (alpha > 0) & (alpha < 1)
    if strength == 0 or not rim.any():
        return pixels
    height, width = alpha.shape
    scale = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    cover = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)[..., None]
    fore = back = small
    for radius in _RADII:
        fore, back = _fuse(small, fore, back, cover, radius)
    # the equation is solved at full size, but only where it matters
    image, a = pixels[rim].astype(np.float32), alpha[rim][:, None]
    f, b = (cv2.resize(mean, (width, height))[rim] for mean in (fore, back))
    own = np.clip(f + a * (image - a * f - (1 - a) * b), 0, 255)
    out = pixels.copy()
    out[rim] = np.rint(image + np.float32(strength) * (own - image)).astype(np.uint8)
    return out


def _fuse(
    image: NDArray[np.float32],
    fore: NDArray[np.float32],
    back: NDArray[np.float32],
    cover: NDArray[np.float32],
    radius: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    size = (2 * radius + 1, 2 * radius + 1)
    near = cv2.blur(cover, size)[..., None] + 1e-5
    far = cv2.blur(1 - cover, size)[..., None] + 1e-5
    f = cv2.blur(fore * cover, size) / near
    b = cv2.blur(back * (1 - cover), size) / far
    return np.clip(f + cover * (image - cover * f - (1 - cover) * b), 0, 255), b
