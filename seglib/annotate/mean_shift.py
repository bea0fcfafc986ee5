"""Mean-shift: every pixel climbs to the densest colour near it; neighbours that meet are one piece.

Helps on textured ground with clear colours, where k-means would speckle: texture is smoothed away,
edges stay. No number of pieces has to be chosen, only how near is near.

Source: Comaniciu and Meer, Mean Shift: A Robust Approach Toward Feature Space Analysis, PAMI 2002;
OpenCV's ``pyrMeanShiftFiltering``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seglib.annotate._check import MAX_PIXELS, Pixels, Regions, expect_pixels, frozen
from seglib.options import Checked, whole

WORK_PIXELS = 100_000
"""It is run on the picture reduced to so many pixels: the filter takes seconds above."""


@dataclass(frozen=True)
class MeanShiftOptions(Checked):
    """How near is near."""

    radius: int = whole(8, 2, 24, "Neighbourhood in the picture, pixels of the reduced picture.")
    colour: int = whole(16, 4, 60, "Neighbourhood in colour, in steps of red, green and blue.")


def mean_shift(pixels: Pixels, *, options: MeanShiftOptions | None = None) -> Regions:
    """Cut a picture into pieces of one colour.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB, at most 600,000 pixels. Filtered at 100,000 pixels at most; the pieces are then
        brought back to the picture's size, each pixel copied.
    options : MeanShiftOptions, optional

    Returns
    -------
    (H, W) int32
        Number of the piece of each pixel, from 0 without gaps; read-only.
    """
    import cv2

    options = options or MeanShiftOptions()
    pixels = expect_pixels(pixels, limit=MAX_PIXELS)
    height, width = pixels.shape[:2]
    scale = min(1.0, (WORK_PIXELS / (height * width)) ** 0.5)
    size = max(2, round(width * scale)), max(2, round(height * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    filtered = np.asarray(
        cv2.pyrMeanShiftFiltering(small, options.radius, options.colour, maxLevel=1), np.int16
    )
    pieces = _joined(filtered, options.colour / 3)
    rows = (np.arange(height) * 2 + 1) * size[1] // (2 * height)
    columns = (np.arange(width) * 2 + 1) * size[0] // (2 * width)
    large = pieces[rows[:, None], columns]
    # Reducing cannot add a piece, enlarging cannot lose one; tiny pictures may do the former.
    _, dense = np.unique(large, return_inverse=True)
    result: Regions = frozen(dense.reshape(height, width).astype(np.int32))
    return result


def _joined(colours: np.ndarray, limit: float) -> np.ndarray:
    """Join 4-neighbours whose colours differ by at most ``limit`` in each channel."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    height, width = colours.shape[:2]
    numbers = np.arange(height * width).reshape(height, width)
    pairs = []
    for first, second in (
        ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
        ((slice(None, -1), slice(None)), (slice(1, None), slice(None))),
    ):
        alike = np.abs(colours[first] - colours[second]).max(axis=2) <= limit
        pairs.append((numbers[first][alike], numbers[second][alike]))
    one = np.concatenate([pair[0] for pair in pairs])
    other = np.concatenate([pair[1] for pair in pairs])
    graph = coo_array((np.ones(len(one), np.bool_), (one, other)), shape=(height * width,) * 2)
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels).reshape(height, width)
