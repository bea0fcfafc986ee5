"""The subject of a frame on another ground."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seglib.matting import blurred_background, compose, cut_out
from seglib.render import dimmed
from seglib.results import Matte

GROUNDS = ("dim", "blur", "white", "black", "green")
"""What can be behind a subject: its own ground dark or out of focus, or a colour."""

_COLOURS = {"white": (255, 255, 255), "black": (0, 0, 0), "green": (0, 177, 64)}
_BLUR = 1 / 40
"""Of the blur, in heights of the frame: the same look at every size."""


def draw_matte(
    pixels: NDArray[np.uint8], matte: Matte, *, ground: str = "dim", opacity: float = 0.6
) -> NDArray[np.uint8]:
    """Draw the subject over a ground, ``(H, W, 3) uint8``.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The frame, RGB.
    matte : Matte
        Of the same size.
    ground : {"dim", "blur", "white", "black", "green"}
        On a colour the rim loses the colours of the old ground.
    opacity : float, 0 to 1
        How far a dim ground steps back.
    """
    if ground == "dim":
        weight = 1 - opacity * (1 - matte.alpha[..., None])
        behind = dimmed(pixels)
        mixed = behind + weight * (pixels.astype(np.float32) - behind)
        return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)
    if ground == "blur":
        blur = max(2.0, pixels.shape[0] * _BLUR)
        behind = blurred_background(pixels, matte, blur=blur)
        return compose(cut_out(pixels, matte, despill=0.0), behind)
    behind = np.full_like(pixels, _COLOURS[ground])
    return compose(cut_out(pixels, matte), behind)


def grey_matte(matte: Matte) -> NDArray[np.uint8]:
    """Return the matte itself as a picture, ``(H, W, 3) uint8``."""
    return np.repeat(np.rint(255 * matte.alpha).astype(np.uint8)[..., None], 3, axis=2)
