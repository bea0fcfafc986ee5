"""Which object of this frame is which of the last: matching masks by their overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.options import Checked, number, switch, whole
from seglib.results import Instances, PackedMask

_ROWS = 512
"""Objects whose boxes are compared with all others at once: memory stays small."""


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
    class_id: int
    mask: PackedMask
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
        for row, column in best_pairs(*self._overlaps(instances)):
            track = self._tracks[column]
            track.mask, track.last_seen = instances.packed[row], self._frame
            numbers[row] = track.number
        for row in np.flatnonzero(numbers < 0).tolist():
            numbers[row] = self._next
            class_id, mask = int(instances.class_ids[row]), instances.packed[row]
            self._tracks.append(_Track(self._next, class_id, mask, self._frame))
            self._next += 1
        return numbers

    @property
    def seen(self) -> int:
        """Objects met so far."""
        return self._next

    def _overlaps(self, instances: Instances) -> tuple[list[int], list[int], list[float]]:
        """Row, track and IoU of the pairs that may be one object; there are few."""
        tracks = [track.mask for track in self._tracks]
        rows: list[int] = []
        columns: list[int] = []
        overlaps: list[float] = []
        for row, column in _touching(instances.packed, tracks):
            if (
                self.options.same_class
                and instances.class_ids[row] != self._tracks[column].class_id
            ):
                continue
            # a pair below the bar is none, so that it never costs a good pair its place
            overlap = packed_iou(instances.packed[row], tracks[column])
            if overlap >= self.options.overlap:
                rows.append(row)
                columns.append(column)
                overlaps.append(overlap)
        return rows, columns, overlaps


def _touching(
    first: Sequence[PackedMask], second: Sequence[PackedMask]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of masks whose boxes overlap."""
    if not first or not second:
        return
    one = np.array([mask.box for mask in first], np.int32)
    left, top, right, bottom = np.array([mask.box for mask in second], np.int32).T
    for start in range(0, len(one), _ROWS):
        x1, y1, x2, y2 = one[start : start + _ROWS].T[:, :, None]
        meet = x1 < right
        for test in (left < x2, y1 < bottom, top < y2):
            meet &= test
        for row, column in np.argwhere(meet).tolist():
            yield start + row, column


def best_pairs(
    rows: list[int], columns: list[int], overlaps: list[float]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs whose overlaps have the largest sum, each row and column once at most.

    Groups of objects that overlap nobody else's are solved one by one: the sum of the best is the
    best sum, and the tables stay small.
    """
    if not rows:
        return
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    height, width = max(rows) + 1, max(columns) + 1
    nodes = (np.array(rows), np.array(columns) + height)
    graph = coo_array((np.ones(len(rows)), nodes), shape=(height + width, height + width))
    group = connected_components(graph, directed=False)[1][nodes[0]]
    order = np.argsort(group, kind="stable")
    bounds = [0, *(np.flatnonzero(np.diff(group[order])) + 1).tolist(), len(order)]
    places = order.tolist()
    for start, end in pairwise(bounds):
        members = places[start:end]
        if len(members) == 1:
            yield rows[members[0]], columns[members[0]]
            continue
        own_rows = sorted({rows[member] for member in members})
        own_columns = sorted({columns[member] for member in members})
        worth = np.zeros((len(own_rows), len(own_columns)))
        for member in members:
            place = own_rows.index(rows[member]), own_columns.index(columns[member])
            worth[place] = overlaps[member]
        for row, column in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
            if worth[row, column] > 0:
                yield own_rows[row], own_columns[column]


def mask_iou(first: Instances, row: int, second: Instances, column: int) -> float:
    """Return the IoU of two objects: :func:`packed_iou` of their masks."""
    return packed_iou(first.packed[row], second.packed[column])


def packed_iou(one: PackedMask, two: PackedMask) -> float:
    """Return the IoU of two masks of pictures of one size; 0 where both are empty.

    Only the intersection of the boxes is looked at.
    """
    x1, y1 = max(one.x0, two.x0), max(one.y0, two.y0)
    x2 = min(one.x0 + one.width, two.x0 + two.width)
    y2 = min(one.y0 + one.height, two.y0 + two.height)
    if x2 <= x1 or y2 <= y1:
        return 0.0
    a = one.unpack()[y1 - one.y0 : y2 - one.y0, x1 - one.x0 : x2 - one.x0]
    b = two.unpack()[y1 - two.y0 : y2 - two.y0, x1 - two.x0 : x2 - two.x0]
    both = int(np.count_nonzero(a & b))
    return both / (one.area + two.area - both)
