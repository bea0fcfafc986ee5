"""Threshold: pixels brighter (or darker) than a value.

Helps on pictures made for it: documents, X-rays, cells under a microscope. Otsu finds the value
where brightness has two humps; the adaptive one follows uneven light.

Sources: Otsu, A Threshold Selection Method from Gray-Level Histograms, IEEE SMC 1979; adaptive:
Bradley and Roth, Adaptive Thresholding using the Integral Image, 2007 (mean of a neighbourhood).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seglib.annotate._check import Mask, Pixels, expect_pixels, frozen
from seglib.options import Checked, choice, switch, whole

CHANNELS = ("grey", "red", "green", "blue", "saturation")


@dataclass(frozen=True)
class ThresholdOptions(Checked):
    """Where the line is drawn."""

    method: str = choice(
        "otsu",
        ("manual", "otsu", "adaptive"),
        "Manual: your value. Otsu: the value that parts two humps best. Adaptive: the mean of "
        "each pixel's surroundings.",
    )
    channel: str = choice("grey", CHANNELS, "What is compared, 0 to 255.")
    value: int = whole(128, 0, 255, "Pixels above it are taken (manual).")
    side: int = whole(51, 3, 201, "Side of the surroundings, pixels (adaptive).", 2)
    offset: int = whole(0, -60, 60, "How much above the surroundings' mean (adaptive).")
    dark: bool = switch(False, "Take what is at or below the line instead.", title="Dark side")


@dataclass(frozen=True, eq=False)
class Thresholded:
    """Answer of :func:`threshold`.

    Parameters
    ----------
    mask : (H, W) bool
        Read-only.
    value : float or None
        The line; ``None`` where it differs from pixel to pixel.
    """

    mask: Mask
    value: float | None


def channel(pixels: Pixels, name: str) -> NDArray[np.uint8]:
    """Return one channel, ``(H, W) uint8``: grey is luma, saturation that of HSV."""
    import cv2

    if name in ("red", "green", "blue"):
        return np.ascontiguousarray(pixels[..., ("red", "green", "blue").index(name)])
    if name == "saturation":
        return np.ascontiguousarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)[..., 1])
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def threshold(pixels: Pixels, *, options: ThresholdOptions | None = None) -> Thresholded:
    """Part a picture by brightness.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB.
    options : ThresholdOptions, optional

    Returns
    -------
    Thresholded
    """
    import cv2

    options = options or ThresholdOptions()
    values = channel(expect_pixels(pixels), options.channel)
    line: float | None
    if options.method == "adaptive":
        line = None
        side = options.side | 1
        mean = cv2.boxFilter(values, cv2.CV_32F, (side, side), borderType=cv2.BORDER_REFLECT)
        above = values > np.asarray(mean) + options.offset
    else:
        line = float(options.value)
        if options.method == "otsu":
            line, _ = cv2.threshold(values, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        above = values > line
    return Thresholded(frozen(~above if options.dark else above), line)
