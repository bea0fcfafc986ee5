"""Superpixels: the picture cut into small pieces that keep to its edges, to be painted by click.

Helps where objects have clear edges and odd outlines: a click takes a whole piece, exact at its
border. Fails where two objects have the same colour: a piece then lies on both.

Sources: SLIC: Achanta et al., SLIC Superpixels Compared to State-of-the-art Superpixel Methods,
PAMI 2012. SEEDS: Van den Bergh et al., SEEDS: Superpixels Extracted via Energy-Driven Sampling,
ECCV 2012. LSC: Li and Chen, Superpixel Segmentation using Linear Spectral Clustering, CVPR 2015.
All three as OpenCV's ``ximgproc`` has them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seglib.annotate._check import (
    MAX_PIXELS,
    Mask,
    Pixels,
    Regions,
    Seed,
    expect_pixels,
    expect_seeds,
    frozen,
)
from seglib.errors import ShapeError
from seglib.options import Checked, choice, number, whole

METHODS = ("SLIC", "SEEDS", "LSC")
_SMALLEST = 8


@dataclass(frozen=True)
class SuperpixelOptions(Checked):
    """How the picture is cut."""

    method: str = choice(
        "SLIC",
        METHODS,
        "SLIC: k-means of colour and place. SEEDS: blocks that trade pixels at their borders; "
        "fastest. LSC: clusters in ten dimensions; keeps weak edges best, slowest.",
    )
    side: int = whole(24, 8, 80, "Side of a piece, pixels, before it bends to the edges.")
    compact: float = number(
        0.3, 0.0, 1.0, "0 follows every edge, 1 keeps the pieces round.", title="Compactness"
    )


def superpixels(pixels: Pixels, *, options: SuperpixelOptions | None = None) -> Regions:
    """Cut a picture into superpixels.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB, at most 600,000 pixels, at least 8 a side.
    options : SuperpixelOptions, optional

    Returns
    -------
    (H, W) int32
        Number of the piece of each pixel, from 0 without gaps; read-only. The same picture and
        options give the same pieces.

    Raises
    ------
    ShapeError
        The picture is too small or too large.
    """
    import cv2

    options = options or SuperpixelOptions()
    pixels = expect_pixels(pixels, limit=MAX_PIXELS)
    height, width = pixels.shape[:2]
    if min(height, width) < _SMALLEST:
        raise ShapeError(f"expected at least {_SMALLEST} pixels a side, got {width} × {height}")
    # A piece as large as the picture leaves nothing to cut, and LSC fails on it.
    side = max(2, min(options.side, min(height, width) // 2))
    # Mild smoothing first, as OpenCV's documentation advises: noise frays the borders.
    blurred = cv2.GaussianBlur(pixels, (3, 3), 0)
    colours = np.asarray(cv2.cvtColor(blurred, cv2.COLOR_RGB2Lab), np.uint8)
    if options.method == "SEEDS":
        labels = _seeds(colours, side, options.compact)
    elif options.method == "LSC":
        # Ratio of place to colour; OpenCV's default is 0.075. Four rounds: ten change a few pixels.
        lsc = cv2.ximgproc.createSuperpixelLSC(colours, side, 0.01 + 0.22 * options.compact)
        lsc.iterate(4)
        lsc.enforceLabelConnectivity(20)
        labels = np.asarray(lsc.getLabels(), np.int32)
    else:
        slic = cv2.ximgproc.createSuperpixelSLIC(
            colours, cv2.ximgproc.SLIC, side, 2.0 + 60.0 * options.compact**2
        )
        slic.iterate(6)
        slic.enforceLabelConnectivity(20)
        labels = np.asarray(slic.getLabels(), np.int32)
    return numbered(labels)


def _seeds(colours: Pixels, side: int, compact: float) -> Regions:
    import cv2

    height, width = colours.shape[:2]
    count = max(4, round(height * width / side**2))
    # Each level halves the blocks; the first must still fit into the picture.
    levels = max(1, min(4, int(np.log2(side)) - 1))
    made = cv2.ximgproc.createSuperpixelSEEDS(
        width, height, 3, count, levels, round(5 * compact), 5, False
    )
    made.iterate(colours, 8)
    return np.asarray(made.getLabels(), np.int32)


def numbered(labels: Regions) -> Regions:
    """Return regions numbered from 0 without gaps: ``(H, W) int32``, read-only."""
    _, dense = np.unique(labels, return_inverse=True)
    result: Regions = frozen(dense.reshape(labels.shape).astype(np.int32))
    return result


def take(regions: Regions, seeds: list[Seed] | tuple[Seed, ...]) -> Mask:
    """Return the regions that seeds lie on.

    Parameters
    ----------
    regions : (H, W) int32
        Numbers from 0.
    seeds : list of (x, y)
        Pixels; those outside the picture are left out.

    Returns
    -------
    (H, W) bool
        Read-only.

    Raises
    ------
    ShapeError
        No seed lies inside the picture.
    """
    places = expect_seeds(seeds, regions.shape)
    chosen = np.zeros(int(regions.max()) + 1, np.bool_)
    chosen[[regions[place] for place in places]] = True
    mask: Mask = frozen(chosen[regions])
    return mask
