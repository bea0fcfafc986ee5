"""A region of interest (RoI): a box on the picture whose features a second stage wants to see.

The box comes from a network and lies anywhere between pixels; the feature map has cells of several
pixels. :mod:`seglib.concepts.roi_pool` rounds the box to cells, :mod:`seglib.concepts.roi_align`
does not.
"""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError, UsageError

Mode = Literal["avg", "max"]
Features = NDArray[np.floating[Any]]

MOST_BINS = 32
MOST_SAMPLES = 1 << 20
"""Of all bins together; adaptive sampling of an enormous box would take more."""


class Box(NamedTuple):
    """A region in picture pixels, edges and not pixel centres; it may reach over the picture.

    Parameters
    ----------
    x1, y1 : float
        Left and upper edge.
    x2, y2 : float
        Right and lower edge, at least ``x1`` and ``y1``; a box without area is allowed.
    """

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.y2 - self.y1

    def moved(self, dx: float, dy: float) -> Box:
        """Return the box moved by pixels."""
        return Box(self.x1 + dx, self.y1 + dy, self.x2 + dx, self.y2 + dy)


def check(features: Features, box: Box, *, bins: int, scale: float) -> Features:
    """Return ``features`` as ``(C, h, w)``; raise where something has no meaning.

    Raises
    ------
    ShapeError
        The features are no stack of maps.
    UsageError
        Box, bins or scale are out of range.
    """
    array = np.asarray(features)
    stack = array[None] if array.ndim == 2 else array
    if stack.ndim != 3 or not stack.size or not np.issubdtype(stack.dtype, np.floating):
        raise ShapeError(f"expected features (C, h, w) float, got {array.shape} {array.dtype}")
    check_box(box, bins=bins, scale=scale)
    return stack


def check_box(box: Box, *, bins: int, scale: float) -> None:
    """Raise :class:`~seglib.errors.UsageError` where box, bins or scale have no meaning."""
    if not all(math.isfinite(value) and abs(value) < 1e6 for value in box):
        raise UsageError(f"expected a box of finite pixels, got {tuple(box)}")
    if box.x2 < box.x1 or box.y2 < box.y1:
        raise UsageError(f"expected a box with x1 ≤ x2 and y1 ≤ y2, got {tuple(box)}")
    if not 1 <= bins <= MOST_BINS:
        raise UsageError(f"expected 1 to {MOST_BINS} bins, got {bins}")
    if not 0 < scale <= 1:
        raise UsageError(f"expected a spatial scale in 0..1 cells per pixel, got {scale}")
