"""One direction of the way from a network's map back to the picture, and bilinear sampling."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction of a placement, with a map of ``cells`` cells over the input.

    The centre of picture pixel ``i`` lies at ``((i + 1/2) * length / pixels + start) * cells /
    target`` cells from the map's edge. Everything is worked out in whole numbers, so that no
    rounding can move a pixel into the neighbouring cell.
    """

    pixels: int
    target: int
    start: int
    length: int
    cells: int

    def _numerator(self) -> NDArray[np.int64]:
        index = 2 * np.arange(self.pixels, dtype=np.int64) + 1
        return (index * self.length + 2 * self.pixels * self.start) * self.cells

    @property
    def _denominator(self) -> int:
        return 2 * self.pixels * self.target

    def nearest(self) -> NDArray[np.int64]:
        """Cell in which each pixel's centre falls, (pixels,) int64."""
        return self._numerator() // self._denominator

    def span(self) -> tuple[int, int]:
        """First cell and one past the last cell that the box touches."""
        first = self.start * self.cells // self.target
        last = -(-(self.start + self.length) * self.cells // self.target)
        return first, last

    def linear(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Lower cell, upper cell and the upper one's weight, each (pixels,)."""
        first, last = self.span()
        # Cell k has its centre at k + 1/2: half a cell, in units of the denominator, is taken off.
        position = self._numerator() - self._denominator // 2
        lower = position // self._denominator
        weight = (position - lower * self._denominator) / self._denominator
        upper = np.clip(lower + 1, first, last - 1)
        return np.clip(lower, first, last - 1), upper, weight.astype(np.float32)

    def aligned(self) -> bool:
        """Whether the box begins and ends on edges of cells."""
        ends = (self.start * self.cells, (self.start + self.length) * self.cells)
        return not any(end % self.target for end in ends)


def bilinear(
    plane: NDArray[np.float32], rows: Axis, columns: Axis, *, out: NDArray[np.float32]
) -> None:
    """Sample one plane at the centres of all pixels.

    Parameters
    ----------
    plane : (h, w) float32
    rows, columns : Axis
        The two directions, with ``h`` and ``w`` cells.
    out : (H, W) float32, contiguous
        Where the values go, exact to a few float32 roundings.
    """
    if rows.aligned() and columns.aligned():
        top, bottom = rows.span()
        left, right = columns.span()
        size = (columns.pixels, rows.pixels)
        cv2.resize(plane[top:bottom, left:right], size, dst=out, interpolation=cv2.INTER_LINEAR)
        return
    # A box that begins inside a cell: OpenCV has no exact way for it. Columns first, while the
    # plane has few rows; then whole rows are copied and blended, which memory likes.
    low, high, weight = columns.linear()
    wide = plane[:, low] * (1 - weight) + plane[:, high] * weight
    low, high, weight = rows.linear()
    np.take(wide, low, axis=0, out=out, mode="clip")  # mode: "raise" would buffer the output
    out *= (1 - weight)[:, None]
    upper = wide.take(high, axis=0)
    upper *= weight[:, None]
    out += upper
