"""What :func:`seglib.metrics.panoptic_quality` returns: numbers per class, means, and matches."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from seglib.errors import UsageError
from seglib.metrics._divide import safe_divide

Outcome = Literal["tp", "fp", "fn", "ignored"]


@dataclass(frozen=True, slots=True)
class SegmentMatch:
    """What became of one segment, or of a pair of them.

    Parameters
    ----------
    outcome : {"tp", "fp", "fn", "ignored"}
        A pair; a predicted segment alone; a true one alone; or one that is not judged: a crowd, or
        a predicted segment that lies mostly in void or in a crowd of its class.
    class_id : int
        Class.
    truth_id, prediction_id : int or None
        Segment ids in either map.
    iou : float
        Of a pair; for a segment alone the best IoU with one of its class, 0 without any.
    shared : int
        Pixels of that intersection.
    union : int
        Pixels of that union, without those of the predicted segment that are void in the truth; of
        the segment alone where it meets none of its class.
    picture : int
        Place of the picture.
    """

    outcome: Outcome
    class_id: int
    truth_id: int | None
    prediction_id: int | None
    iou: float
    shared: int
    union: int
    picture: int = 0


@dataclass(frozen=True, slots=True)
class ClassQuality:
    """Counts and qualities of one class; ``nan`` where it has no segment at all.

    Parameters
    ----------
    class_id : int
        Class.
    name : str
        From the label set.
    thing : bool
        Countable or not.
    tp, fp, fn : int
        Segments.
    iou_sum : float
        Sum of the IoUs of the matched pairs.
    """

    class_id: int
    name: str
    thing: bool
    tp: int = 0
    fp: int = 0
    fn: int = 0
    iou_sum: float = 0.0

    @property
    def present(self) -> bool:
        """Whether any segment counts."""
        return self.tp + self.fp + self.fn > 0

    @property
    def pq(self) -> float:
        """``sum IoU / (tp + fp / 2 + fn / 2)``, which is ``sq * rq``."""
        return float(safe_divide(self.iou_sum, self.tp + (self.fp + self.fn) / 2))

    @property
    def sq(self) -> float:
        """Mean IoU of the matched pairs; 0 without a pair."""
        return float(safe_divide(self.iou_sum, self.tp, undefined=self._without))

    @property
    def rq(self) -> float:
        """``tp / (tp + fp / 2 + fn / 2)``: the F1 score of the segments."""
        return float(safe_divide(self.tp, self.tp + (self.fp + self.fn) / 2))

    @property
    def _without(self) -> float:
        return 0.0 if self.present else math.nan


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over classes.

    Parameters
    ----------
    pq, sq, rq : float
        ``nan`` where there is no class. Means of products: ``pq`` is not ``sq * rq``.
    classes : int
        Classes that count.
    """

    pq: float
    sq: float
    rq: float
    classes: int


@dataclass(frozen=True, eq=False)
class PanopticQuality:
    """Panoptic quality of one picture or of many.

    Parameters
    ----------
    rows : tuple of ClassQuality
        One a class of the label set, in its order.
    matches : tuple of SegmentMatch
        Every segment, picture by picture.
    threshold : float
        IoU above which segments match.
    pictures : int
        How many.
    """

    rows: tuple[ClassQuality, ...]
    matches: tuple[SegmentMatch, ...]
    threshold: float
    pictures: int = 1

    @property
    def all(self) -> Quality:
        """Means over all classes that have a segment."""
        return _mean(self.rows)

    @property
    def things(self) -> Quality:
        """Means over the countable ones."""
        return _mean([row for row in self.rows if row.thing])

    @property
    def stuff(self) -> Quality:
        """Means over the others."""
        return _mean([row for row in self.rows if not row.thing])

    @property
    def pq(self) -> float:
        """PQ of all classes."""
        return self.all.pq

    @property
    def sq(self) -> float:
        """SQ of all classes."""
        return self.all.sq

    @property
    def rq(self) -> float:
        """RQ of all classes."""
        return self.all.rq


def join_qualities(parts: Iterable[PanopticQuality]) -> PanopticQuality:
    """Add up the segments of several pictures, of one label set and threshold."""
    found = list(parts)
    kinds = {(part.threshold, tuple(row.class_id for row in part.rows)) for part in found}
    if len(kinds) != 1:
        raise UsageError(
            f"expected qualities of one label set and one threshold, got {len(kinds)} kinds"
        )
    rows = tuple(
        replace(
            column[0],
            tp=sum(row.tp for row in column),
            fp=sum(row.fp for row in column),
            fn=sum(row.fn for row in column),
            iou_sum=math.fsum(row.iou_sum for row in column),
        )
        for column in zip(*(part.rows for part in found), strict=True)
    )
    matches: list[SegmentMatch] = []
    first = 0
    for part in found:
        matches += [replace(match, picture=first + match.picture) for match in part.matches]
        first += part.pictures
    return PanopticQuality(rows, tuple(matches), found[0].threshold, first)


def _mean(rows: Sequence[ClassQuality]) -> Quality:
    present = [row for row in rows if row.present]
    pq, sq, rq = (
        float(safe_divide(math.fsum(getattr(row, name) for row in present), len(present)))
        for name in ("pq", "sq", "rq")
    )
    return Quality(pq, sq, rq, len(present))
