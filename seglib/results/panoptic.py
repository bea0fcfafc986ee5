"""Every pixel in exactly one segment: a thing with its own id, or a piece of stuff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from seglib.errors import LabelError, ShapeError
from seglib.labels import LabelSet
from seglib.results._check import expect, read_only
from seglib.results.semantic import SemanticMap


@dataclass(frozen=True, slots=True)
class Segment:
    """One row of a panoptic result.

    Parameters
    ----------
    id : int
        Its value in the id map, from 1.
    class_id : int
        Id of the label set.
    thing : bool
        True for one countable object, False for all pixels of a kind of stuff.
    area : int
        Pixels.
    box : tuple of int
        ``x1, y1, x2, y2`` in pixels; x2 and y2 are exclusive.
    score : float
        0..1; 1 for ground truth.
    """

    id: int
    class_id: int
    thing: bool
    area: int
    box: tuple[int, int, int, int]
    score: float = 1.0


@dataclass(frozen=True, eq=False)
class Panoptic:
    """A segment for every pixel; no two segments overlap.

    Parameters
    ----------
    segment_ids : ndarray
        ``(H, W) int32``; 0 is void.
    segments : tuple of Segment
        One for every id in the map, and no other.
    label_set : LabelSet
        What the class ids mean.

    Raises
    ------
    ShapeError
        The map has another shape or type, or the ids of map and segments differ.
    LabelError
        A class id is not in ``label_set``.
    """

    segment_ids: NDArray[np.int32]
    segments: tuple[Segment, ...]
    label_set: LabelSet

    def __post_init__(self) -> None:
        expect(self.segment_ids, "segment ids (H, W) int32", ndim=2, dtypes=(np.int32,))
        object.__setattr__(self, "segments", tuple(self.segments))
        listed = [segment.id for segment in self.segments]
        if len(set(listed)) != len(listed):
            raise ShapeError("expected one segment an id, got an id twice")
        drawn = set(np.unique(self.segment_ids).tolist()) - {0}
        if drawn != set(listed):
            strange = sorted(drawn.symmetric_difference(listed))[:8]
            raise ShapeError(
                f"expected the same ids in the map and in the segments, got {strange} in only one"
            )
        if drawn and min(drawn) < 0:
            raise ShapeError(f"expected segment ids from 0, got {min(drawn)}")
        for segment in self.segments:
            self.label_set.label(segment.class_id)
        object.__setattr__(self, "segment_ids", read_only(self.segment_ids))

    @classmethod
    def from_ids(
        cls,
        segment_ids: NDArray[np.int32],
        class_ids: Mapping[int, int],
        label_set: LabelSet,
        *,
        scores: Mapping[int, float] | None = None,
    ) -> Panoptic:
        """Measure area and box of each segment and build the result.

        Parameters
        ----------
        segment_ids : ndarray
            ``(H, W) int32``; 0 is void.
        class_ids : mapping
            Class id by segment id; ids with no pixel are left out of the result.
        label_set : LabelSet
            What the class ids mean.
        scores : mapping, optional
            Score by segment id; 1.0 where absent.
        """
        expect(segment_ids, "segment ids (H, W) int32", ndim=2, dtypes=(np.int32,))
        segments = []
        present, areas = np.unique(segment_ids, return_counts=True)
        for segment_id, area in zip(present.tolist(), areas.tolist(), strict=True):
            if segment_id == 0:
                continue
            if segment_id not in class_ids:
                raise LabelError(f"expected a class for segment {segment_id}, got none")
            mask = segment_ids == segment_id
            rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
            label = label_set.label(class_ids[segment_id])
            box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
            score = 1.0 if scores is None else scores.get(segment_id, 1.0)
            segments.append(Segment(segment_id, label.id, label.thing, area, box, score))
        return cls(segment_ids, tuple(segments), label_set)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.segment_ids.shape
        return width, height

    @cached_property
    def _by_id(self) -> dict[int, Segment]:
        return {segment.id: segment for segment in self.segments}

    def segment(self, segment_id: int) -> Segment:
        """Return the segment with this id; :class:`LabelError` if there is none."""
        try:
            return self._by_id[int(segment_id)]
        except KeyError:
            raise LabelError(f"no segment has id {segment_id}") from None

    def mask(self, segment_id: int) -> NDArray[np.bool_]:
        """Return the pixels of one segment: ``(H, W) bool``."""
        mask: NDArray[np.bool_] = self.segment_ids == self.segment(segment_id).id
        return mask

    def semantic(self) -> SemanticMap:
        """Forget which object is which: each pixel's class, void as the ignore label.

        :class:`LabelError` where there is void and the label set has no ignore label.
        """
        ignore = self.label_set.ignore
        present, places = np.unique(self.segment_ids, return_inverse=True)
        classes: list[int] = []
        for value in present.tolist():
            if value != 0:
                classes.append(self._by_id[value].class_id)
            elif ignore is not None:
                classes.append(ignore)
            else:
                title = self.label_set.title
                raise LabelError(f"expected no void pixels, for {title} has no ignore label")
        labels = np.array(classes, np.uint16)[places.reshape(self.segment_ids.shape)]
        narrow = max(classes, default=0) < 256
        return SemanticMap(labels.astype(np.uint8) if narrow else labels, self.label_set)
