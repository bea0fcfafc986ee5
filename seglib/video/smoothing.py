"""Mattes that do not flicker: where the picture stands still, so does its matte."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.options import Checked, number
from seglib.results import Matte

_STILL = 6.0
"""Grey levels: a pixel that changed by this much keeps 1/e of the earlier matte's weight."""

_WINDOW = 5
"""Pixels over which change is averaged, so that noise is none."""


@dataclass(frozen=True)
class SmoothOptions(Checked):
    """How steady a matte is from frame to frame."""

    steadiness: float = number(
        0.6,
        0.0,
        0.95,
        "Weight of the matte so far where the picture stands still: 0 judges each frame alone. "
        "What moves is always judged anew, so that nothing drags behind.",
        step=0.05,
    )


class MatteSmoother:
    """Blends each matte with those before it, except where the picture changed.

    ``a(t) = k a(t-1) + (1 - k) m(t)`` with ``k = s exp(-(d / 6)²)``: ``m`` is the network's matte,
    ``s`` the steadiness and ``d`` the change of the pixel since the last frame in grey levels,
    averaged over 5 × 5 pixels. An exponential average whose weight follows the motion, as in the
    temporal filters of video coding (Dubois and Sabri 1984, "Noise reduction in image sequences
    using motion-compensated temporal filtering", without the compensation).

    Frames must come one after the other: not for several threads.

    Parameters
    ----------
    options : SmoothOptions, optional
    """

    def __init__(self, options: SmoothOptions | None = None) -> None:
        self.options = options or SmoothOptions()
        self._alpha: NDArray[np.float32] | None = None
        self._grey: NDArray[np.uint8] | None = None

    def update(self, pixels: NDArray[np.uint8], matte: Matte) -> Matte:
        """Return the matte of the next frame, steadied.

        Parameters
        ----------
        pixels : (H, W, 3) uint8
            The frame, RGB.
        matte : Matte
            Of the same size.

        Raises
        ------
        ShapeError
            The frame is of another size than its matte or the frames before.
        """
        if self.options.steadiness == 0:
            return matte
        expected = matte.alpha.shape if self._alpha is None else self._alpha.shape
        if pixels.shape[:2] != matte.alpha.shape or matte.alpha.shape != expected:
            raise ShapeError(f"expected frames of {expected}, got one of {pixels.shape[:2]}")
        grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        alpha = matte.alpha
        if self._alpha is not None and self._grey is not None:
            levels = cv2.absdiff(grey, self._grey).astype(np.float32)
            change = np.asarray(cv2.blur(levels, (_WINDOW, _WINDOW)), np.float32) / _STILL
            keep = self.options.steadiness * np.exp(-np.square(change))
            mixed = alpha + keep * (self._alpha - alpha)
            alpha = np.asarray(np.clip(mixed, 0, 1), np.float32)
        self._alpha, self._grey = alpha, grey
        return Matte(alpha)
