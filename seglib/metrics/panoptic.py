"""Panoptic quality: which segments are found, times how well those are cut out.

From Kirillov, He, Girshick, Rother and Dollár, Panoptic Segmentation, CVPR 2019, section 4. A true
and a predicted segment of one class match if their IoU is above 0.5. Segments of one map do not
overlap, so at most one can have that with a given segment: no choice is left to make. PQ is then
the mean IoU of the matched pairs (segmentation quality SQ) times their F1 score (recognition
quality RQ).

Void and crowds are those of the authors' software. Pixels that are void in the truth (id 0) do not
count towards a union. A crowd need not be found. A predicted segment without a match is forgiven if
more than half of it lies in void and in crowds of its class. Empty cases: see
:mod:`seglib.metrics.empty`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import LabelError, ShapeError, UsageError
from seglib.labels import LabelSet
from seglib.metrics._segment_pairs import segment_pairs
from seglib.metrics.panoptic_result import (
    ClassQuality,
    Outcome,
    PanopticQuality,
    SegmentMatch,
    join_qualities,
)
from seglib.results import Panoptic

Segments = Panoptic | tuple[NDArray[np.integer[Any]], Mapping[int, int]]
"""A result, or its id map ``(H, W)``, 0 = void, with the class of each id."""

VOID = 0


def panoptic_quality(
    truth: Segments | Sequence[Segments],
    prediction: Segments | Sequence[Segments],
    *,
    label_set: LabelSet | None = None,
    crowd: Collection[int] | Sequence[Collection[int]] = (),
    threshold: float = 0.5,
) -> PanopticQuality:
    """Measure one picture, or several together.

    Parameters
    ----------
    truth, prediction : Panoptic, or id map and classes, or a list of either
        Lists hold one a picture.
    label_set : LabelSet, optional
        Which classes are things; that of the truth by default.
    crowd : collection of int
        Ids of the truth's crowd segments; one collection a picture for lists.
    threshold : float
        IoU above which segments match; 0.5 to below 1. Below 0.5 a segment could match two.

    Returns
    -------
    PanopticQuality

    Raises
    ------
    ShapeError
        Maps of different shape, or another number of pictures.
    LabelError
        An id without a class, or a class that is not in the label set.
    """
    if not 0.5 <= threshold < 1:
        raise UsageError(f"expected a threshold from 0.5 to below 1, got {threshold!r}")
    truths, predictions = _pictures(truth), _pictures(prediction)
    crowds: list[Any] = [crowd] if _is_one(truth) else list(crowd) or [()] * len(truths)
    if not len(truths) == len(predictions) == len(crowds) or not truths:
        raise ShapeError(
            f"expected as many predictions and crowds as pictures, got {len(truths)}, "
            f"{len(predictions)} and {len(crowds)}"
        )
    labels = label_set
    if labels is None:
        if not isinstance(truths[0], Panoptic):
            raise UsageError("expected a label set for bare id maps, got none")
        labels = truths[0].label_set
    return join_qualities(
        _measure(*picture, labels, threshold)
        for picture in zip(truths, predictions, crowds, strict=True)
    )


def _is_one(given: Any) -> bool:
    """Whether this is one picture and not a list of them."""
    return isinstance(given, Panoptic) or (
        isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], Mapping)
    )


def _pictures(given: Any) -> list[Segments]:
    return [given] if _is_one(given) else list(given)


def _read(given: Segments) -> tuple[NDArray[np.integer[Any]], Mapping[int, int]]:
    if isinstance(given, Panoptic):
        return given.segment_ids, {segment.id: segment.class_id for segment in given.segments}
    return given


@dataclass(frozen=True)
class _Overlaps:
    """Pixels of segments and of their overlaps in one picture."""

    truth: dict[int, int]
    prediction: dict[int, int]
    shared: dict[tuple[int, int], int]

    @classmethod
    def count(cls, truth: NDArray[Any], prediction: NDArray[Any]) -> _Overlaps:
        ids, others, pixels = (part.tolist() for part in segment_pairs(truth, prediction))
        areas: tuple[dict[int, int], dict[int, int]] = ({}, {})
        for one, other, count in zip(ids, others, pixels, strict=True):
            areas[0][one] = areas[0].get(one, 0) + count
            areas[1][other] = areas[1].get(other, 0) + count
        shared = dict(zip(zip(ids, others, strict=True), pixels, strict=True))
        return cls(*areas, shared)

    def union(self, one: int, other: int) -> int:
        """Pixels of either, less those of the prediction that are void in the truth."""
        both = self.truth[one] + self.prediction[other] - self.shared[one, other]
        return both - self.shared.get((VOID, other), 0)


def _measure(
    truth: Segments,
    prediction: Segments,
    crowd: Any,
    labels: LabelSet,
    threshold: float,
) -> PanopticQuality:
    (true_ids, true_classes), (ids, classes) = _read(truth), _read(prediction)
    found = _Overlaps.count(true_ids, ids)
    _expect_classes("truth", found.truth, true_classes, labels)
    _expect_classes("prediction", found.prediction, classes, labels)
    crowds = {int(each) for each in crowd} & set(found.truth)
    # The best partner of the same class on each side, a match or not.
    best: dict[tuple[str, int], SegmentMatch] = {}
    pairs: list[SegmentMatch] = []
    for (one, other), shared in found.shared.items():
        if VOID in (one, other) or one in crowds or true_classes[one] != classes[other]:
            continue
        union = found.union(one, other)
        pair = SegmentMatch("tp", true_classes[one], one, other, shared / union, shared, union)
        if pair.iou > threshold:
            pairs.append(pair)
        for side in (("truth", one), ("prediction", other)):
            if side not in best or pair.iou > best[side].iou:
                best[side] = pair
    matched = {pair.truth_id for pair in pairs}, {pair.prediction_id for pair in pairs}
    matches = sorted(pairs, key=lambda pair: (pair.class_id, pair.truth_id))
    for one in sorted(set(found.truth) - matched[0] - {VOID}):
        outcome: Outcome = "ignored" if one in crowds else "fn"
        near = best.get(("truth", one))
        matches.append(_alone(outcome, true_classes[one], one, None, near, found.truth[one]))
    for other in sorted(set(found.prediction) - matched[1] - {VOID}):
        class_id = classes[other]
        forgiven = found.shared.get((VOID, other), 0) + sum(
            found.shared.get((one, other), 0) for one in crowds if true_classes[one] == class_id
        )
        outcome = "ignored" if forgiven / found.prediction[other] > 0.5 else "fp"
        near = best.get(("prediction", other))
        matches.append(_alone(outcome, class_id, None, other, near, found.prediction[other]))
    return PanopticQuality(_tally(matches, labels), tuple(matches), threshold)


def _alone(
    outcome: Outcome,
    class_id: int,
    truth_id: int | None,
    prediction_id: int | None,
    near: SegmentMatch | None,
    area: int,
) -> SegmentMatch:
    iou, shared, union = (near.iou, near.shared, near.union) if near else (0.0, 0, area)
    return SegmentMatch(outcome, class_id, truth_id, prediction_id, iou, shared, union)


def _tally(matches: list[SegmentMatch], labels: LabelSet) -> tuple[ClassQuality, ...]:
    counts: dict[tuple[int, str], int] = {}
    sums: dict[int, float] = {}
    for match in matches:
        key = match.class_id, match.outcome
        counts[key] = counts.get(key, 0) + 1
        if match.outcome == "tp":
            sums[match.class_id] = sums.get(match.class_id, 0.0) + match.iou
    return tuple(
        ClassQuality(
            class_id=label.id,
            name=label.name,
            thing=label.thing,
            tp=counts.get((label.id, "tp"), 0),
            fp=counts.get((label.id, "fp"), 0),
            fn=counts.get((label.id, "fn"), 0),
            iou_sum=sums.get(label.id, 0.0),
        )
        for label in labels
    )


def _expect_classes(
    name: str, areas: Mapping[int, int], classes: Mapping[int, int], labels: LabelSet
) -> None:
    strange = sorted(set(areas) - set(classes) - {VOID})
    if strange:
        raise LabelError(
            f"expected a class for every segment of the {name}, got none for {strange[:8]}"
        )
    for segment in areas:
        if segment != VOID:
            labels.label(classes[segment])
