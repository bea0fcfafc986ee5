"""Morphology: a mask made rounder, larger, smaller, or rid of its crumbs and holes.

Helps after any other tool: opening takes crumbs and thin bridges away, closing fills cracks,
filling closes holes, keeping the largest drops everything that was hit by accident.

Source: Serra, Image Analysis and Mathematical Morphology, 1982.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seglib.annotate._check import Mask, expect_mask, frozen
from seglib.options import Checked, choice, whole

OPERATIONS = ("open", "close", "erode", "dilate", "fill", "largest")


@dataclass(frozen=True)
class MorphologyOptions(Checked):
    """What is done to the mask."""

    operation: str = choice(
        "open",
        OPERATIONS,
        "Open: erode, then dilate. Close: dilate, then erode. Fill: close holes. Largest: keep "
        "the largest connected part.",
    )
    radius: int = whole(3, 1, 40, "Of the disc that the mask is probed with, pixels.")


def morphology(mask: Mask, *, options: MorphologyOptions | None = None) -> Mask:
    """Change a mask.

    Parameters
    ----------
    mask : (H, W) bool
    options : MorphologyOptions, optional

    Returns
    -------
    (H, W) bool
        Read-only. Outside the picture there is nothing: closing does not grow along its rim, and
        eroding does not eat from it.
    """
    import cv2

    options = options or MorphologyOptions()
    mask = expect_mask(mask)
    if options.operation == "fill":
        return _filled(mask)
    if options.operation == "largest":
        return _largest(mask)
    kernel = disc(options.radius)
    operation = {
        "open": cv2.MORPH_OPEN,
        "close": cv2.MORPH_CLOSE,
        "erode": cv2.MORPH_ERODE,
        "dilate": cv2.MORPH_DILATE,
    }[options.operation]
    # OpenCV's own border counts for nothing in either direction; closing then would stick to the
    # rim, so it gets real surroundings.
    rim = options.radius if options.operation == "close" else 0
    padded = np.pad(mask.view(np.uint8), rim)
    changed = np.asarray(cv2.morphologyEx(padded, operation, kernel)) > 0
    height, width = mask.shape
    result: Mask = frozen(changed[rim : rim + height, rim : rim + width].copy())
    return result


def disc(radius: int) -> np.ndarray:
    """Return a disc, ``(2 r + 1, 2 r + 1) uint8``: 1 where the centre is at most r away."""
    across = np.arange(-radius, radius + 1)
    return (across[:, None] ** 2 + across**2 <= radius**2).astype(np.uint8)


def _filled(mask: Mask) -> Mask:
    """Fill what no path of 4-neighbours leads out of."""
    import cv2

    outside = np.pad((~mask).view(np.uint8), 1, constant_values=1)
    cv2.floodFill(outside, None, (0, 0), 2, flags=4)
    result: Mask = frozen(outside[1:-1, 1:-1] != 2)
    return result


def _largest(mask: Mask) -> Mask:
    """Keep the connected part (8-neighbours) with the most pixels; of equals the first."""
    import cv2

    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    if count <= 1:
        return expect_mask(frozen(mask.copy()))
    kept: Mask = frozen(np.asarray(parts) == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))
    return kept
