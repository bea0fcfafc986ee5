"""Which object of this frame is which of the last: matching masks by their overlap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.options import Checked, number, switch, whole
from seglib.results import Instances


@dataclass(frozen=True)
class TrackOptions(Checked):
    """How objects are followed."""

    overlap: float = number(
        0.3, 0.05, 0.95, "IoU from which an object counts as the one of an earlier frame."
    )
    patience: int = whole(10, 0, 120, "Frames for which a lost object is remembered.")
    same_class: bool = switch(True, "An object keeps its class: a cat never becomes a dog.")


@dataclass
class _Track:
    number: int
    mask: Instances
    last_seen: int


class Tracker:
    """Gives objects numbers that stay the same from frame to frame.

    All pairs of this frame and the remembered objects are matched at once, so that the sum of
    overlaps is largest (Kuhn 1955), not one after the other. A number is never given twice.

    Parameters
    ----------
    options : TrackOptions, optional
    """

    def __init__(self, options: TrackOptions | None = None) -> None:
        self.options = options or TrackOptions()
        self._tracks: list[_Track] = []
        self._next = 0
        self._frame = -1
        self._size: tuple[int, int] | None = None

    def update(self, instances: Instances) -> NDArray[np.int64]:
        """Return the number of each object of the next frame, ``(N,) int64`` from 0.

        Raises
        ------
        ShapeError
            The frame is of another size than the frames before.
        """
        if self._size not in (None, instances.size):
            raise ShapeError(f"expected frames of {self._size}, got one of {instances.size}")
        self._size = instances.size
        self._frame += 1
        oldest = self._frame - 1 - self.options.patience
        self._tracks = [track for track in self._tracks if track.last_seen >= oldest]
        numbers = np.full(len(instances), -1, np.int64)
        overlaps = self._overlaps(instances)
        for row, column in self._matches(overlaps):
            track = self._tracks[column]
            track.mask, track.last_seen = instances.select([row]), self._frame
            numbers[row] = track.number
        for row in np.flatnonzero(numbers < 0).tolist():
            numbers[row] = self._next
            self._tracks.append(_Track(self._next, instances.select([row]), self._frame))
            self._next += 1
        return numbers

    @property
    def seen(self) -> int:
        """Objects met so far."""
        return self._next

    def _overlaps(self, instances: Instances) -> NDArray[np.float64]:
        overlaps = np.zeros((len(instances), len(self._tracks)))
        for column, track in enumerate(self._tracks):
            for row in range(len(instances)):
                if self.options.same_class and instances.class_ids[row] != track.mask.class_ids[0]:
                    continue
                overlaps[row, column] = mask_iou(instances, row, track.mask, 0)
        return overlaps

    def _matches(self, overlaps: NDArray[np.float64]) -> list[tuple[int, int]]:
        if not overlaps.size:
            return []
        from scipy.optimize import linear_sum_assignment

        # a pair below the bar is worth nothing, so that it never costs a good pair its place
        worth = np.where(overlaps >= self.options.overlap, overlaps, 0.0)
        rows, columns = linear_sum_assignment(worth, maximize=True)
        pairs = zip(rows.tolist(), columns.tolist(), strict=True)
        return [(row, column) for row, column in pairs if worth[row, column] > 0]


def mask_iou(first: Instances, row: int, second: Instances, column: int) -> float:
    """Return the IoU of two masks of pictures of one size; 0 where both are empty.

    Only the intersection of the boxes is looked at.
    """
    one, two = first.packed[row], second.packed[column]
    x1, y1 = max(one.x0, two.x0), max(one.y0, two.y0)
    x2 = min(one.x0 + one.width, two.x0 + two.width)
    y2 = min(one.y0 + one.height, two.y0 + two.height)
    if x2 <= x1 or y2 <= y1:
        return 0.0
    a = one.unpack()[y1 - one.y0 : y2 - one.y0, x1 - one.x0 : x2 - one.x0]
    b = two.unpack()[y1 - two.y0 : y2 - two.y0, x1 - two.x0 : x2 - two.x0]
    both = int(np.count_nonzero(a & b))
    return both / (one.area + two.area - both)
