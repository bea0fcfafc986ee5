"""RoIAlign: never round; read the map between its cells at regular places of each bin.

He, Gkioxari, Dollár, Girshick, Mask R-CNN (ICCV 2017), section 3. What implementations differ in is
a parameter here, with the names of OpenVINO's ``ROIAlign`` (versions 3 and 9):

``asymmetric``
    A pixel x lies at cell x·s. The first code of Mask R-CNN, torchvision with ``aligned=False``,
    OpenVINO's version 3. A cell's value belongs to its centre, half a cell further: everything is
    read half a cell too far to the right and down. A box below one cell is taken as one cell.
``half_pixel_for_nn``
    x·s − ½: that half cell taken off. Detectron2, torchvision with ``aligned=True``.
``half_pixel``
    (x + ½)·s − ½: the box's numbers are themselves centres of pixels.

A sample further than one cell outside the map counts as 0; one that is just outside reads the
border. With ``mode="max"`` OpenVINO's maximum starts at 0, so a bin whose samples are all negative
gives 0 there and its largest sample here; behind a ReLU both are the same.

Adaptive sampling finds no sample in a box without area (``asymmetric`` apart). The average of
nothing is undefined, so such bins are ``nan``, as OpenVINO's average is; its maximum is 0 again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seglib.concepts.roi import MOST_SAMPLES, Box, Features, Mode, check, check_box
from seglib.errors import UsageError

Aligned = Literal["asymmetric", "half_pixel_for_nn", "half_pixel"]
Placing = Literal["centres", "thirds"]


class Axis(NamedTuple):
    """Samples along one axis; bilinear interpolation is the product of two of these.

    Parameters
    ----------
    place : (S,) float64
        Where each sample lies, in cells; cell k has its centre at k.
    low, high : (S,) int64
        The cells on both sides.
    part : (S,) float64
        Share of the higher cell, 0..1.
    inside : (S,) bool
        Whether the sample counts: it is at most one cell outside.
    """

    place: NDArray[np.float64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    part: NDArray[np.float64]
    inside: NDArray[np.bool_]


@dataclass(frozen=True)
class Neighbour:
    """One of the four cells around a sample."""

    row: int
    column: int
    weight: float


@dataclass(frozen=True)
class AlignPlan:
    """Where RoIAlign reads.

    Parameters
    ----------
    region : Box
        The box in cells, where cell k has its centre at k.
    bins : int
        Bins along each side.
    ratio : (int, int)
        Samples of a bin along x and y; 0 where adaptive sampling finds none in a box without area.
    x, y : Axis
        All samples along x (``bins · ratio[0]``) and along y.
    """

    region: Box
    bins: int
    ratio: tuple[int, int]
    x: Axis
    y: Axis

    @property
    def samples(self) -> int:
        """Samples of all bins."""
        return self.bins * self.bins * self.ratio[0] * self.ratio[1]

    def sample(self, number: int) -> tuple[int, int]:
        """Return ``(row, column)`` of a sample on its axes; bin by bin, and row by row within."""
        across, down = self.ratio
        which, inner = divmod(number, across * down)
        return (which // self.bins) * down + inner // across, (
            which % self.bins
        ) * across + inner % across

    def bin_of(self, number: int) -> tuple[int, int]:
        """Return row and column of the bin that a sample belongs to."""
        return divmod(number // (self.ratio[0] * self.ratio[1]), self.bins)

    def neighbours(self, row: int, column: int) -> tuple[Neighbour, ...]:
        """Return the four cells of a sample and their weights; they sum to 1, or to 0 outside."""
        x, y = self.x, self.y
        counts = float(x.inside[column] and y.inside[row])
        return tuple(
            Neighbour(int(cell_y), int(cell_x), counts * float(part_y * part_x))
            for cell_y, part_y in ((y.low[row], 1 - y.part[row]), (y.high[row], y.part[row]))
            for cell_x, part_x in (
                (x.low[column], 1 - x.part[column]),
                (x.high[column], x.part[column]),
            )
        )


def plan(
    box: Box,
    *,
    bins: int,
    scale: float,
    size: tuple[int, int],
    sampling: int = 2,
    aligned: Aligned = "half_pixel_for_nn",
    placing: Placing = "centres",
) -> AlignPlan:
    """Lay out the samples.

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
    sampling : int
        Samples of a bin along each side; 0 is adaptive: as many as the bin has cells, rounded up.
    aligned : {"asymmetric", "half_pixel_for_nn", "half_pixel"}
        Where a pixel lies among the cells, see above.
    placing : {"centres", "thirds"}
        ``centres`` of equal parts (¼ and ¾ of a bin for two samples), as every implementation;
        ``thirds`` has samples and edges equally far apart (⅓ and ⅔), as often drawn.
    """
    check_box(box, bins=bins, scale=scale)
    if not 0 <= sampling <= 16:
        raise UsageError(f"expected a sampling ratio from 0 (adaptive) to 16, got {sampling}")
    source = 0.5 if aligned == "half_pixel" else 0.0
    target = 0.0 if aligned == "asymmetric" else -0.5
    x1, y1, x2, y2 = ((value + source) * scale + target for value in box)
    width, height = x2 - x1, y2 - y1
    if aligned == "asymmetric":
        width, height = max(width, 1.0), max(height, 1.0)
    across = sampling or math.ceil(width / bins)
    down = sampling or math.ceil(height / bins)
    if bins * bins * across * down > MOST_SAMPLES:
        raise UsageError(
            f"expected at most {MOST_SAMPLES:,} samples, got {bins * bins * across * down:,}"
        )
    return AlignPlan(
        Box(x1, y1, x1 + width, y1 + height),
        bins,
        (across, down),
        _axis(x1, width, bins, across, size[0], placing),
        _axis(y1, height, bins, down, size[1], placing),
    )


def sample(features: Features, steps: AlignPlan) -> NDArray[np.float32]:
    """Read the map at every sample: the bilinear mixture of four cells.

    Returns
    -------
    (C, rows, columns) float32
        ``rows = bins · ratio[1]``, ``columns = bins · ratio[0]``.
    """
    x, y = steps.x, steps.y
    # along x first, then along y: the four products of weights come out by themselves
    along = features[:, :, x.low] * (1 - x.part) + features[:, :, x.high] * x.part
    values = along[:, y.low] * (1 - y.part)[:, None] + along[:, y.high] * y.part[:, None]
    return np.asarray(values * (y.inside[:, None] & x.inside), np.float32)


def roi_align(
    features: Features,
    box: Box,
    *,
    bins: int,
    scale: float,
    sampling: int = 2,
    mode: Mode = "avg",
    aligned: Aligned = "half_pixel_for_nn",
    placing: Placing = "centres",
) -> NDArray[np.float32]:
    """Pool the samples of a box into ``bins × bins`` values.

    Parameters
    ----------
    features : (C, h, w) or (h, w) float
    mode : {"avg", "max"}
        Of a bin's samples.
    box, bins, scale, sampling, aligned, placing
        As for :func:`plan`.

    Returns
    -------
    (C, bins, bins) float32
        ``nan`` where adaptive sampling finds no sample: the box has no area.
    """
    stack = check(features, box, bins=bins, scale=scale)
    steps = plan(
        box,
        bins=bins,
        scale=scale,
        size=(stack.shape[2], stack.shape[1]),
        sampling=sampling,
        aligned=aligned,
        placing=placing,
    )
    across, down = steps.ratio
    if steps.samples == 0:
        pooled = np.full((len(stack), bins, bins), np.nan, np.float32)
    else:
        parts = sample(stack, steps).reshape(len(stack), bins, down, bins, across)
        pooled = parts.max(axis=(2, 4)) if mode == "max" else parts.mean(axis=(2, 4))
    pooled.setflags(write=False)
    return pooled


def _axis(start: float, length: float, bins: int, ratio: int, cells: int, placing: Placing) -> Axis:
    if placing == "thirds":
        inner = (np.arange(ratio) + 1) / (ratio + 1)
    else:
        inner = (np.arange(ratio) + 0.5) / max(ratio, 1)
    place = (start + (np.arange(bins)[:, None] + inner) * (length / bins)).ravel()
    inside = (place >= -1) & (place <= cells)
    held = np.clip(place, 0, cells - 1)
    low = np.minimum(held.astype(np.int64), cells - 1)
    return Axis(place, low, np.minimum(low + 1, cells - 1), held - low, inside)
