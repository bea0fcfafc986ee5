"""What lens and sensor do to the picture: glow, softness, vignette, white balance, noise."""

from __future__ import annotations

import zlib

import cv2
import numpy as np

from seglib.scenes.canvas import Bytes, Canvas
from seglib.scenes.dice import Dice, Rgb


def develop(
    canvas: Canvas, dice: Dice, *, noise: float, blur: float, grading: float, frame: int = 0
) -> Bytes:
    """Turn the canvas into the picture, ``(H, W, 3) uint8``.

    Parameters
    ----------
    canvas : Canvas
        What was drawn.
    dice : Dice
        Chance; the sensor noise is keyed by ``frame`` as well.
    noise, blur, grading : float
        Strengths 0..1, see :class:`seglib.scenes.options.StreetOptions`.
    frame : int
        Number of the frame in a clip.
    """
    n = canvas.factor
    size = (canvas.width // n, canvas.height // n)
    whole = cv2.resize(canvas.pixels, size, interpolation=cv2.INTER_AREA)
    small: Bytes = np.ascontiguousarray(whole[..., :3], np.uint8)
    width, height = size
    scale = min(width / 4, height / 3) / 120.0
    glows = canvas.glows()
    if glows:
        _add_glow(glows, small, n)
    sigma = blur * 1.6 * scale
    if sigma > 0.15:
        small = cv2.GaussianBlur(small, (0, 0), sigma).astype(np.uint8, copy=False)

    grade = dice.child("grade")
    stray = 2 * grading
    exposure = 1.0 + grade.bell(0.14) * stray
    warm, tint = grade.bell(0.05) * stray, grade.bell(0.02) * stray
    contrast, lift = 1.06 + grade.bell(0.10) * stray, grade.bell(7) * stray
    ramp = np.arange(256) / 255.0
    table = np.empty((256, 1, 3), np.float32)
    for c, gain in enumerate((1 + warm, 1 + tint, 1 - warm)):
        v = np.clip(ramp * exposure * gain, 0, None)
        # A soft shoulder keeps bright sky from clipping to flat white.
        v = np.where(v > 0.8, 0.8 + 0.2 * np.tanh((v - 0.8) / 0.2), v)
        table[:, 0, c] = np.clip((v - 0.5) * contrast + 0.5 + lift / 255.0, 0, 1) * 255.0
    picture = cv2.LUT(small, np.rint(table).astype(np.uint8)).astype(np.float32)

    column = ((np.arange(width) + 0.5) / width - 0.5).astype(np.float32)
    row = ((np.arange(height) + 0.5) / height - 0.5).astype(np.float32)
    dark = np.float32(grade.uniform(0.10, 0.32))
    picture *= (1.0 - dark * (column[None, :] ** 2 + row[:, None] ** 2))[..., None]

    if noise > 0:
        rng = np.random.default_rng([zlib.crc32(dice.key.encode()), frame])
        tile = rng.standard_normal((128, 128, 3), np.float32)
        tile = 0.7 * tile + 0.5 * tile[..., :1]
        reps = (-(-height // 128), -(-width // 128), 1)
        grain = np.tile(tile, reps)[:height, :width]
        # Tiles are shifted row by row, or the repeat would show.
        for k in range(reps[0]):
            grain[k * 128 : (k + 1) * 128] = np.roll(grain[k * 128 : (k + 1) * 128], 37 * k, axis=1)
        picture += grain * np.float32(noise * 11.0)
    out: Bytes = np.clip(picture + 0.5, 0, 255).astype(np.uint8)
    return out


def _add_glow(glows: list[tuple[float, float, float, Rgb]], picture: Bytes, n: int) -> None:
    """Add light that spreads in the lens, on a coarse layer."""
    step = 4
    height, width = picture.shape[:2]
    layer = np.zeros((-(-height // step), -(-width // step), 3), np.uint8)
    for x, y, radius, rgb in glows:
        at, r = (round(x / n / step * 8), round(y / n / step * 8)), radius / n / step
        for part, share in ((1.0, 0.35), (0.5, 0.7), (0.22, 1.0)):
            color = tuple(c * share * 0.8 for c in rgb)
            cv2.circle(layer, at, max(2, round(r * part * 8)), color, -1, cv2.LINE_AA, 3)
    layer = cv2.GaussianBlur(layer, (0, 0), 1.6)
    big = cv2.resize(layer, (width, height), interpolation=cv2.INTER_CUBIC)
    cv2.add(picture, big, dst=picture)
