"""Watershed: floods rise from brush marks and meet at the strongest edge between them.

Helps to part objects that touch, and with blurred borders: two marks decide what belongs to what,
and every pixel between them is shared out. Needs a mark on each side of the border.

Source: Meyer, Color Image Segmentation, ICIP 1992; OpenCV's ``watershed``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seglib.annotate._check import MAX_PIXELS, Mask, Pixels, expect_mask, expect_pixels, frozen
from seglib.errors import ShapeError
from seglib.options import Checked, whole

_OBJECT, _REST = 1, 2


@dataclass(frozen=True)
class WatershedOptions(Checked):
    """What the flood sees."""

    smooth: int = whole(
        2, 0, 8, "Blur before flooding, pixels: texture no longer looks like an edge."
    )


def watershed(
    pixels: Pixels,
    foreground: Mask,
    background: Mask,
    *,
    options: WatershedOptions | None = None,
) -> Mask:
    """Share the picture out between two kinds of marks.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB, at most 600,000 pixels.
    foreground, background : (H, W) bool
        Marks on the object and beside it; where both lie, the object wins.
    options : WatershedOptions, optional

    Returns
    -------
    (H, W) bool
        The object; read-only. All pixels belong to one side: the line that OpenCV draws between
        them goes to the object.

    Raises
    ------
    ShapeError
        One kind of marks is missing, or sizes differ.
    """
    import cv2

    options = options or WatershedOptions()
    pixels = expect_pixels(pixels, limit=MAX_PIXELS)
    foreground = expect_mask(foreground, pixels.shape)
    background = expect_mask(background, pixels.shape)
    if not foreground.any() or not (background & ~foreground).any():
        missing = "beside the object" if foreground.any() else "on the object"
        raise ShapeError(f"expected marks on the object and beside it, got none {missing}")
    if options.smooth:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), options.smooth), np.uint8)
    markers = np.where(background, _REST, 0).astype(np.int32)
    markers[foreground] = _OBJECT
    # OpenCV overwrites the rim of the picture with its line: flood a picture one pixel larger.
    markers = np.pad(markers, 1)
    flooded = cv2.watershed(np.pad(pixels, ((1, 1), (1, 1), (0, 0)), mode="edge"), markers)
    inner = np.asarray(flooded)[1:-1, 1:-1]
    mask: Mask = frozen((inner != _REST) & ~(background & ~foreground))
    return mask
