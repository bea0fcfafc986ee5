"""The subject's own colours: where a rim pixel mixes subject and ground, take the ground out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError

_WIDE, _NARROW = 90, 6
"""Radii of the two windows, in pixels of a picture of ``_SIDE`` pixels."""

_SIDE = 640
"""Local means are smooth: they are taken in a copy whose longest side is at most this."""

_ROWS, _PLACES = 512, 1024
"""Rows that are solved at once, so that memory does not grow with the picture; a row of places."""

_COARSE = 4
"""The wide window is taken in a copy smaller by this: 181 pixels wide, it sees no detail."""


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
    size = _fitted((width, height), min(1.0, _SIDE / max(height, width)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    cover = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)[..., None]
    fore, back = _wide(small, cover)
    fore, back = _fuse(small, cover, *_means(fore, back, cover, _NARROW))
    out = pixels.copy()
    # the equation is solved at full size, but only where it matters, and some rows at a time
    for top in range(0, height, _ROWS):
        rows = slice(top, top + _ROWS)
        part = rim[rows]
        y, x = np.nonzero(part)
        image, a = pixels[rows][part].astype(np.float32), alpha[rows][part][:, None]
        place = (x + 0.5) * size[0] / width - 0.5, (y + top + 0.5) * size[1] / height - 0.5
        f, b = _sampled(fore, *place), _sampled(back, *place)
        own = np.clip(f + a * (image - a * f - (1 - a) * b), 0, 255)
        out[rows][part] = np.rint(image + np.float32(strength) * (own - image)).astype(np.uint8)
    return out


def _sampled(
    mean: NDArray[np.float32], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Interpolate a map (h, w, 3) at N places: ``(N, 3)``."""
    if not len(x):
        return np.empty((0, 3), np.float32)
    # OpenCV wants a rectangle of places
    rows = -(-len(x) // _PLACES)
    flat = np.zeros((2, rows * _PLACES), np.float32)
    flat[:, : len(x)] = x, y
    across, down = flat.reshape(2, rows, _PLACES)
    found = cv2.remap(mean, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32).reshape(-1, 3)[: len(x)]


def _fitted(size: tuple[int, int], scale: float) -> tuple[int, int]:
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _wide(
    image: NDArray[np.float32], cover: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Take the wide window's means in a coarse copy, and fuse them with the picture."""
    height, width = image.shape[:2]
    size = _fitted((width, height), 1 / _COARSE)
    coarse = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)
    share = np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), np.float32)[..., None]
    means = _means(coarse, coarse, share, round(_WIDE / _COARSE))
    f, b = (np.asarray(cv2.resize(mean, (width, height)), np.float32) for mean in means)
    return _fuse(image, cover, f, b)


def _means(
    fore: NDArray[np.float32],
    back: NDArray[np.float32],
    cover: NDArray[np.float32],
    radius: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Average subject and ground around each pixel, weighted by alpha and by its rest."""
    size = (2 * radius + 1, 2 * radius + 1)
    near = cv2.blur(cover, size)[..., None] + 1e-5
    far = cv2.blur(1 - cover, size)[..., None] + 1e-5
    return cv2.blur(fore * cover, size) / near, cv2.blur(back * (1 - cover), size) / far


def _fuse(
    image: NDArray[np.float32],
    cover: NDArray[np.float32],
    f: NDArray[np.float32],
    b: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Correct the subject's colour so that the equation holds; the ground stays."""
    return np.clip(f + cover * (image - cover * f - (1 - cover) * b), 0, 255), b
