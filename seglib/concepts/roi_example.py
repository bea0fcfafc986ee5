"""The lectures' worked example of RoIAlign, made complete.

Given by the lectures: a sample whose neighbours begin with 0.1 and 0.2 is 0.14; the first bin is
max(0.14, 0.21, 0.51, 0.43) = 0.51, its average 0.3225. The drawing they use is the well-known one
with a 512 × 512 picture, a stride of 32, a box of 200 × 145 px at cell (9.25, 6), 3 × 3 bins and
samples at thirds: its first sample is at (9.94, 6.50), between the centres (9.5, 6.5) and
(10.5, 6.5). With 0.1 and 0.2 there, the sample is 0.144 whatever lies below, because the samples
lie 0.003 cells under that row.

Chosen by us: the other cells. Four of them are solved for so that the other three samples come out
as 0.21, 0.51 and 0.43; one then has to be 2.43, which a ReLU may well give. The rest is filler.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from seglib.concepts.roi import Box
from seglib.concepts.roi_align import AlignPlan, plan, sample

STRIDE: Final = 32
SIZE: Final = (512, 512)
"""Width and height of the picture."""
CELLS: Final = (16, 16)
BINS: Final = 3
BOX: Final = Box(9.25 * STRIDE, 6.0 * STRIDE, 9.25 * STRIDE + 200, 6.0 * STRIDE + 145)
SAMPLES: Final = (0.14, 0.21, 0.51, 0.43)
"""Of the first bin, in the lectures' order: down, then across."""
GIVEN: Final = {(6, 9): 0.1, (6, 10): 0.2}
"""Cells (row, column) whose values the lectures give."""
CHOSEN: Final = ((7, 9), (7, 10), (6, 11), (7, 11))
"""Cells that we solve for."""


def steps() -> AlignPlan:
    """Return the samples of the example: thirds, two by two."""
    return plan(
        BOX,
        bins=BINS,
        scale=1 / STRIDE,
        size=CELLS,
        sampling=2,
        aligned="half_pixel_for_nn",
        placing="thirds",
    )


def features() -> NDArray[np.float32]:
    """Return the map: ``(16, 16) float32``, read-only."""
    rows, columns = np.mgrid[: CELLS[1], : CELLS[0]]
    # filler with one decimal, so that the numbers can be read in the cells
    values = ((3 * rows + 5 * columns) % 10) / 10.0
    for cell, value in GIVEN.items():
        values[cell] = value
    solved = _solve()
    for cell, value in zip(CHOSEN, solved, strict=True):
        values[cell] = value
    result: NDArray[np.float32] = values.astype(np.float32)
    result.setflags(write=False)
    return result


def first_bin() -> NDArray[np.float32]:
    """Return the four samples of the first bin in the lectures' order, not rounded."""
    values = sample(features()[None], steps())[0]
    return np.asarray(values[:2, :2].T.ravel(), np.float32)


def _solve() -> NDArray[np.float64]:
    """Choose four cells for three samples: the smallest change from a plain 0.2 that fits."""
    layout = steps()
    matrix, wanted = np.zeros((3, len(CHOSEN))), np.array(SAMPLES[1:])
    for equation, (row, column) in enumerate(((1, 0), (0, 1), (1, 1))):
        for cell in layout.neighbours(row, column):
            place = (cell.row, cell.column)
            if place in GIVEN:
                wanted[equation] -= cell.weight * GIVEN[place]
            else:
                matrix[equation, CHOSEN.index(place)] += cell.weight
    start = np.full(len(CHOSEN), 0.2)
    change, *_ = np.linalg.lstsq(matrix, wanted - matrix @ start, rcond=None)
    return np.asarray(start + change, np.float64)
