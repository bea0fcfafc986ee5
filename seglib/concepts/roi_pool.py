"""RoIPool: round the box to cells, round the bins to cells, take the maximum of each bin.

Girshick, Fast R-CNN (ICCV 2015), section 2.1, as its code does it (Caffe's ``ROIPooling`` layer),
and OpenVINO's ``ROIPooling`` with ``method="max"`` after it:

- an edge is rounded half away from zero, so a shift below a cell may change nothing;
- both rounded edges belong to the region, so it is never narrower than one cell and on average one
  cell wider than the box;
- bins overlap where the region does not divide: floor below, ceiling above;
- cells outside the map do not count; a bin without any cell is 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seglib.concepts.roi import Box, Features, Mode, check, check_box

Span = tuple[int, int]


@dataclass(frozen=True)
class PoolPlan:
    """Which cells each bin of RoIPool takes, and what the rounding did to the box.

    Parameters
    ----------
    exact : Box
        The box in cells, not rounded.
    left, top, right, bottom : int
        First and last cell of the rounded region, both inside it.
    columns, rows : tuple of (first, past the last)
        Cells of each bin along x and y, before the map's border cuts them.
    inner_columns, inner_rows : tuple of float
        Edges between the bins in cells, before their rounding: one more than there are bins.
    size : (width, height)
        Of the map, in cells.
    """

    exact: Box
    left: int
    top: int
    right: int
    bottom: int
    columns: tuple[Span, ...]
    rows: tuple[Span, ...]
    inner_columns: tuple[float, ...]
    inner_rows: tuple[float, ...]
    size: tuple[int, int]

    @property
    def rounded(self) -> Box:
        """The region after the first rounding, in cells: it ends behind its last cell."""
        return Box(self.left, self.top, self.right + 1, self.bottom + 1)

    @property
    def error(self) -> Box:
        """How far the first rounding moved each edge, in cells; positive to the right and down."""
        return Box(*(new - old for new, old in zip(self.rounded, self.exact, strict=True)))

    @property
    def bin_error(self) -> float:
        """Furthest that the second rounding moved an edge of a bin, in cells."""
        pairs = [
            *zip(self.columns, self.inner_columns, self.inner_columns[1:], strict=False),
            *zip(self.rows, self.inner_rows, self.inner_rows[1:], strict=False),
        ]
        return max(max(low - first, past - high) for (first, past), low, high in pairs)

    def window(self, row: int, column: int) -> tuple[int, int, int, int]:
        """Return the cells ``x, y, width, height`` of a bin inside the map; 0 wide if none."""
        first_x, past_x = _cut(self.columns[column], self.size[0])
        first_y, past_y = _cut(self.rows[row], self.size[1])
        return first_x, first_y, max(0, past_x - first_x), max(0, past_y - first_y)


def plan(box: Box, *, bins: int, scale: float, size: tuple[int, int]) -> PoolPlan:
    """Round a box and its bins to cells.

    Parameters
    ----------
    box : Box
        In picture pixels.
    bins : int
        Bins along each side.
    scale : float
        Cells per pixel: 1 / stride.
    size : (width, height)
        Of the map, in cells.
    """
    check_box(box, bins=bins, scale=scale)
    left, top, right, bottom = (_round(value, scale) for value in box)
    columns, inner_columns = _spans(left, right, bins)
    rows, inner_rows = _spans(top, bottom, bins)
    exact = Box(*(value * scale for value in box))
    return PoolPlan(exact, left, top, right, bottom, columns, rows, inner_columns, inner_rows, size)


def roi_pool(
    features: Features, box: Box, *, bins: int, scale: float, mode: Mode = "max"
) -> NDArray[np.float32]:
    """Pool the cells of a box into ``bins × bins`` values.

    Parameters
    ----------
    features : (C, h, w) or (h, w) float
    box : Box
        In picture pixels.
    bins : int
        Bins along each side.
    scale : float
        Cells per pixel: 1 / stride.
    mode : {"max", "avg"}
        Fast R-CNN takes the maximum; the average is here for comparison with RoIAlign.

    Returns
    -------
    (C, bins, bins) float32
    """
    stack = check(features, box, bins=bins, scale=scale)
    steps = plan(box, bins=bins, scale=scale, size=(stack.shape[2], stack.shape[1]))
    pooled = np.zeros((len(stack), bins, bins), np.float32)
    for row in range(bins):
        for column in range(bins):
            x, y, width, height = steps.window(row, column)
            # a bin that lies outside the map stays 0, as in Caffe and OpenVINO
            if width and height:
                cells = stack[:, y : y + height, x : x + width]
                pooled[:, row, column] = (
                    cells.max(axis=(1, 2)) if mode == "max" else cells.mean(axis=(1, 2))
                )
    pooled.setflags(write=False)
    return pooled


def _round(value: float, scale: float) -> int:
    """Round half away from zero, as C does; in f32, as everybody computes it."""
    exact = np.float32(value) * np.float32(scale)
    return int(np.sign(exact) * np.floor(np.abs(exact) + np.float32(0.5)))


def _spans(first: int, last: int, bins: int) -> tuple[tuple[Span, ...], tuple[float, ...]]:
    cells = max(last - first + 1, 1)
    step = np.float32(cells) / np.float32(bins)
    edges = [np.float32(place) * step for place in range(bins + 1)]
    spans = tuple(
        (first + int(np.floor(low)), first + int(np.ceil(high))) for low, high in pairwise(edges)
    )
    return spans, tuple(first + place * cells / bins for place in range(bins + 1))


def _cut(span: Span, cells: int) -> Span:
    return min(max(span[0], 0), cells), min(max(span[1], 0), cells)
