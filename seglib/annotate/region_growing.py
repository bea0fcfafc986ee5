"""Region growing: from a seed outwards, while the next pixel looks like the region so far.

Helps on objects whose colour drifts slowly, such as a shaded ball or a road: the region's mean
moves along. Stops at edges, unlike the wand also at faint ones, because it compares with the mean
of many pixels instead of a single noisy one.

Source: Adams and Bischof, Seeded Region Growing, PAMI 1994; here with one region, a fixed tolerance
and a whole wave of neighbours at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seglib.annotate._check import (
    MAX_PIXELS,
    Mask,
    Pixels,
    Seed,
    expect_pixels,
    expect_seeds,
    frozen,
    lab,
)
from seglib.options import Checked, number, whole

_MAX_WAVES = 4000


@dataclass(frozen=True)
class GrowOptions(Checked):
    """When growing stops."""

    tolerance: float = number(
        12.0, 1.0, 60.0, "Largest colour distance to the region's mean, in CIE Lab units.", 1.0
    )
    smooth: int = whole(1, 0, 8, "Blur before growing, pixels: noise no longer stops the growth.")


def grow(pixels: Pixels, seeds: list[Seed], *, options: GrowOptions | None = None) -> Mask:
    """Grow one region from seeds.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB, at most 600,000 pixels.
    seeds : list of (x, y)
        Where it begins; together they make the first mean.
    options : GrowOptions, optional

    Returns
    -------
    (H, W) bool
        Read-only; joined to the seeds through edges of pixels (4-neighbours).

    Raises
    ------
    ShapeError
        No seed lies inside the picture, or the picture is too large.
    """
    import cv2

    options = options or GrowOptions()
    pixels = expect_pixels(pixels, limit=MAX_PIXELS)
    if options.smooth:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), options.smooth), np.uint8)
    colours = lab(pixels)
    height, width = colours.shape[:2]
    flat = colours.reshape(-1, 3)
    inside = np.zeros(height * width, np.bool_)
    wave = np.unique([row * width + column for row, column in expect_seeds(seeds, pixels.shape)])
    inside[wave] = True
    total, count = flat[wave].sum(axis=0, dtype=np.float64), len(wave)
    for _ in range(_MAX_WAVES):
        near = _neighbours(wave, width, height)
        near = np.unique(near[~inside[near]])
        distance = np.linalg.norm(flat[near] - total / count, axis=1)
        wave = near[distance <= options.tolerance]
        if wave.size == 0:
            break
        inside[wave] = True
        total += flat[wave].sum(axis=0, dtype=np.float64)
        count += len(wave)
    mask: Mask = frozen(inside.reshape(height, width))
    return mask


def _neighbours(places: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return the 4-neighbours of flat pixel numbers, those outside the picture left out."""
    column = places % width
    return np.concatenate(
        [
            places[column > 0] - 1,
            places[column < width - 1] + 1,
            places[places >= width] - width,
            places[places < width * (height - 1)] + width,
        ]
    )
