"""The largest upsampled logit of every pixel, computed only where it is in doubt.

Between four cells that agree on the largest class, every bilinear mixture of them agrees as well:
a mean of vectors that all have their maximum at the same place has it there too. So only pixels
between cells that disagree need the logits, a few percent of a picture that a trained network has
seen. The rest is repetition.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from seglib.images.geometry import Placement
from seglib.images.leader import Leader

DENSE_FROM = 0.25
"""Share of doubtful quads from which interpolating everything is the quicker way."""


@dataclass(frozen=True, slots=True)
class Runs:
    """One direction cut into runs of pixels that lie between the same two cells.

    Parameters
    ----------
    low, high : (R,) int64
        Cells on both sides of each run.
    start, length : (R,) int64
        First pixel and number of pixels of each run.
    weight : (pixels,) float32
        Share of the higher cell, by pixel.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    start: NDArray[np.int64]
    length: NDArray[np.int64]
    weight: NDArray[np.float32]

    @classmethod
    def along(cls, placement: Placement, axis: int, cells: int) -> Runs:
        """Cut an axis of a placement: 0 for columns, 1 for rows."""
        low, high, weight = placement.axis(axis, cells).linear()
        changes = (np.diff(low) != 0) | (np.diff(high) != 0)
        start = np.concatenate(([0], np.flatnonzero(changes) + 1))
        length = np.diff(start, append=len(low))
        return cls(low[start], high[start], start, length, weight)

    def pixels(self, run: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the pixels of each run, ``(longest, len(run))``; short runs repeat their last."""
        step = np.arange(self.length.max())[:, None]
        return self.start[run] + np.minimum(step, self.length[run] - 1)


@lru_cache(64)
def _runs(placement: Placement, axis: int, cells: int) -> Runs:
    """Keep the runs of the last sizes: pictures of one size come in rows (video, a data set)."""
    return Runs.along(placement, axis, cells)


def argmax_at_boundaries(
    logits: NDArray[np.float32], placement: Placement
) -> NDArray[np.uint8] | None:
    """Return the labels of the interpolated logits, or ``None`` where too much is in doubt.

    Equal to interpolating everywhere but for rounding where two classes tie to the last bit.

    Parameters
    ----------
    logits : (C, h, w) float32, C up to 256
        At the input's size or any fraction of it.
    placement : Placement
        Where the picture lay in the network's input.

    Returns
    -------
    (H, W) uint8 or None
        Class ids.
    """
    classes, height, width = logits.shape
    cells = _largest_plane(logits)
    rows, columns = _runs(placement, 1, height), _runs(placement, 0, width)
    top, bottom = cells[rows.low], cells[rows.high]
    corner = top[:, columns.low]
    stacked = top != bottom
    doubtful = (corner != top[:, columns.high]) | stacked[:, columns.low] | stacked[:, columns.high]
    y, x = np.nonzero(doubtful)
    if len(y) > DENSE_FROM * doubtful.size:
        return None
    # columns first: the second repetition then copies whole rows
    labels: NDArray[np.uint8] = corner.repeat(columns.length, axis=1).repeat(rows.length, axis=0)
    if not len(y):
        return labels

    corners = np.stack(
        [
            row[y] * width + column[x]
            for row in (rows.low, rows.high)
            for column in (columns.low, columns.high)
        ]
    )
    pixel_rows, pixel_columns = rows.pixels(y), columns.pixels(x)
    winners = _largest(
        logits.reshape(classes, -1), corners, rows.weight[pixel_rows], columns.weight[pixel_columns]
    )
    labels.reshape(-1)[pixel_rows[:, None] * placement.source_size[0] + pixel_columns] = winners
    return labels


def _largest(
    logits: NDArray[np.float32],
    corners: NDArray[np.int64],
    down: NDArray[np.float32],
    across: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """Interpolate inside quads, one class at a time against the best so far.

    Parameters
    ----------
    logits : (C, cells) float32
    corners : (4, quads) int64
        Cell above left, above right, below left, below right.
    down, across : (a, quads) and (b, quads) float32
        Weights of the lower and of the right cells for the pixels of a quad.

    Returns
    -------
    (a, b, quads) uint8
        Class with the largest logit, the lowest id of equals.
    """
    shape = (len(down), len(across), corners.shape[1])
    value = np.empty(shape, np.float32)
    leader = Leader((shape[0], shape[1] * shape[2]))
    for class_id, plane in enumerate(logits):
        above_left, above_right, below_left, below_right = plane[corners]
        start = above_left + (below_left - above_left) * down
        slope = above_right + (below_right - above_right) * down - start
        np.multiply(slope[:, None], across, out=value)
        value += start[:, None]
        leader.challenge(class_id, value.reshape(leader.ids.shape))
    return leader.ids.reshape(shape)


def _largest_plane(logits: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return ``logits.argmax(axis=0)`` as uint8, several times sooner."""
    leader = Leader(logits.shape[1:])
    for class_id, plane in enumerate(logits):
        leader.challenge(class_id, plane)
    return leader.ids
