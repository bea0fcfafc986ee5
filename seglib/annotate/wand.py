"""Magic wand: all pixels coloured nearly like the one clicked.

Helps on flat colours: sky, a wall, a sign. Leaks through the smallest gap in an edge, because it
knows colours only.

Source: flood fill as in every paint program; OpenCV's ``floodFill`` with a fixed range.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seglib.annotate._check import Mask, Pixels, Seed, expect_pixels, expect_seeds, frozen
from seglib.options import Checked, switch, whole


@dataclass(frozen=True)
class WandOptions(Checked):
    """What counts as the same colour."""

    tolerance: int = whole(
        24, 0, 160, "Largest difference to the clicked pixel, in each of red, green and blue."
    )
    contiguous: bool = switch(
        True, "Only pixels joined to the click; off: wherever they are in the picture."
    )


def wand(pixels: Pixels, seeds: list[Seed], *, options: WandOptions | None = None) -> Mask:
    """Select pixels coloured like the seeds.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB.
    seeds : list of (x, y)
        Clicks; each is compared on its own, and the selections are united.
    options : WandOptions, optional

    Returns
    -------
    (H, W) bool
        Read-only. A larger tolerance never selects less.

    Raises
    ------
    ShapeError
        No seed lies inside the picture.
    """
    import cv2

    options = options or WandOptions()
    pixels = expect_pixels(pixels)
    selected = np.zeros(pixels.shape[:2], np.bool_)
    limit = (options.tolerance,) * 3
    # Against the clicked pixel, not the neighbour: else a soft gradient would carry it anywhere.
    flags = 4 | (255 << 8) | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE
    for row, column in expect_seeds(seeds, pixels.shape):
        if options.contiguous:
            around = np.zeros((pixels.shape[0] + 2, pixels.shape[1] + 2), np.uint8)
            cv2.floodFill(pixels.copy(), around, (column, row), 0, limit, limit, flags)
            selected |= around[1:-1, 1:-1] > 0
        else:
            difference = np.abs(pixels.astype(np.int16) - pixels[row, column].astype(np.int16))
            selected |= difference.max(axis=2) <= options.tolerance
    mask: Mask = frozen(selected)
    return mask
