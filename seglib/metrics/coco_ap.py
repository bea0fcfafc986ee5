"""Average precision of masks, as COCO measures it.

From Lin et al., Microsoft COCO: Common Objects in Context, ECCV 2014, and the COCO evaluation
software, with which all numbers agree. Detections of a class are sorted by score over all
pictures; each is right if it matches a true object that no better one has matched, at an IoU
threshold. After every detection there is a recall and a precision. The curve is made to never
rise, read at 101 recalls and averaged; then over the thresholds 0.50, 0.55, … 0.95 and over the
classes.

Crowds and, per area range, objects of other sizes are *ignored*: they need not be found, and what
matches them is neither right nor wrong. So is an unmatched detection whose own size is out of the
range. A class without an object that counts is left out: :mod:`seglib.metrics.empty`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from seglib.errors import UsageError
from seglib.metrics import _coco_curves as curves
from seglib.metrics import _coco_match as matching
from seglib.metrics.coco_objects import ImageObjects, Listing, listing
from seglib.metrics.coco_result import AreaRange, AveragePrecision, Matches, by_score
from seglib.results import Instances

THRESHOLDS: tuple[float, ...] = tuple(np.linspace(0.5, 0.95, 10).tolist())
"""IoU thresholds."""

RECALLS: tuple[float, ...] = tuple(np.linspace(0.0, 1.0, 101).tolist())
"""Recalls at which the curve is read."""

MAX_DETECTIONS: tuple[int, ...] = (1, 10, 100)
"""Best detections a picture and class that are looked at; precision is measured with the last."""

AREAS: tuple[AreaRange, ...] = (
    AreaRange("all", 0, 1e10),
    AreaRange("small", 0, 32**2),
    AreaRange("medium", 32**2, 96**2),
    AreaRange("large", 96**2, 1e10),
)
"""Ranges of object size in pixels."""


def average_precision(
    truth: Sequence[ImageObjects | Instances],
    detections: Sequence[ImageObjects | Instances],
    *,
    thresholds: Sequence[float] = THRESHOLDS,
    recalls: Sequence[float] = RECALLS,
    max_detections: Sequence[int] = MAX_DETECTIONS,
    areas: Sequence[AreaRange] = AREAS,
) -> AveragePrecision:
    """Measure detections against the truth.

    Parameters
    ----------
    truth, detections : sequence
        One a picture, in the same order. Equal scores keep the order in which they are given.
    thresholds : sequence of float
        IoU thresholds, ascending, above 0 and at most 1.
    recalls : sequence of float
        Ascending from 0 to 1.
    max_detections : sequence of int
        Ascending.
    areas : sequence of AreaRange
        The first is taken for the numbers that name none.

    Returns
    -------
    AveragePrecision
        The twelve numbers, the curves and every match.

    Raises
    ------
    ShapeError
        Another number of pictures, or a picture of another size.
    FormatError
        Run lengths that do not fit their picture.
    """
    steps, points = _ascending("thresholds", thresholds), _ascending("recalls", recalls)
    if steps[0] <= 0 or steps[-1] > 1 or points[0] < 0 or points[-1] > 1:
        raise UsageError("expected thresholds above 0 and recalls from 0, all at most 1")
    limits = [int(limit) for limit in _ascending("max_detections", max_detections)]
    if limits[0] < 1 or not areas:
        raise UsageError("expected at least 1 detection and 1 range of areas")
    runs, true, found = listing(truth, detections)
    turn = _turns(found)
    kept = turn < limits[-1]
    found, turn = found.select(kept), turn[kept]
    low, high = np.array([(area.low, area.high) for area in areas]).T[:, :, None]
    ignored = true.crowd | (true.areas < low) | (true.areas > high)
    lowest = min(float(steps[0]), matching.HIGHEST)
    pairs = matching.pairs(runs, found, true, lowest)
    matched = matching.match(pairs, turn, ignored, true.crowd, steps)
    # A detection without a match is judged by its own size, one with a match by the object's.
    outside = np.broadcast_to((found.areas < low) | (found.areas > high), matched.shape).copy()
    threshold, area, row = np.nonzero(matched >= 0)
    outside[threshold, area, row] = ignored[area, matched[threshold, area, row]]
    matches = Matches(
        picture=found.picture,
        index=found.index,
        class_ids=found.class_ids,
        scores=found.scores,
        turn=turn,
        truth=matched,
        ignored=outside,
        truth_picture=true.picture,
        truth_index=true.index,
        truth_class_ids=true.class_ids,
        truth_ignored=ignored,
        pairs=pairs,
    )
    return _average(matches, steps, points, tuple(limits), tuple(areas))


def _ascending(name: str, values: Sequence[float]) -> NDArray[np.float64]:
    array = np.array(values, np.float64)
    if array.ndim != 1 or array.size == 0 or not (np.diff(array) > 0).all():
        raise UsageError(f"expected {name} in ascending order, got {list(values)[:8]}")
    return array


def _turns(found: Listing) -> NDArray[np.int64]:
    """Rank of each detection's score within its picture and class, from 0."""
    order = np.lexsort((-found.scores, found.class_ids, found.picture))
    keys = np.stack([found.picture, found.class_ids])[:, order]
    fresh = np.ones(order.size, bool)
    fresh[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    starts = np.flatnonzero(fresh)
    turn = np.empty(order.size, np.int64)
    turn[order] = np.arange(order.size) - np.repeat(starts, np.diff(starts, append=order.size))
    return turn


def _average(
    matches: Matches,
    thresholds: NDArray[np.float64],
    recalls: NDArray[np.float64],
    limits: tuple[int, ...],
    areas: tuple[AreaRange, ...],
) -> AveragePrecision:
    """Draw every curve, class by class."""
    classes = np.unique(np.concatenate([matches.truth_class_ids, matches.class_ids]))
    shape = (thresholds.size, classes.size, len(areas))
    precision = np.full((thresholds.size, recalls.size, *shape[1:]), np.nan)
    recall = np.full((*shape, len(limits)), np.nan)
    positives = np.zeros(shape[1:], np.int64)
    right, wrong = matches.right, matches.wrong
    for place, class_id in enumerate(classes.tolist()):
        counts = ~matches.truth_ignored[:, matches.truth_class_ids == class_id]
        positives[place] = counts.sum(axis=1)
        rows = by_score(matches.scores, matches.class_ids == class_id)
        tp, fp, turn = right[:, :, rows], wrong[:, :, rows], matches.turn[rows]
        hits = np.stack([tp[:, :, turn < limit].sum(axis=2) for limit in limits], axis=2)
        for area in np.flatnonzero(positives[place]).tolist():
            total = int(positives[place, area])
            recall[:, place, area] = hits[:, area] / total
            _, heights = curves.raw(tp[:, area], fp[:, area], total)
            precision[:, :, place, area] = curves.interpolate(tp[:, area], heights, total, recalls)
    for owner in (matches, matches.pairs):
        for field in fields(owner):
            value = getattr(owner, field.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
    for array in (precision, recall, positives, classes, thresholds, recalls):
        array.setflags(write=False)
    return AveragePrecision(
        precision=precision,
        recall=recall,
        positives=positives,
        class_ids=classes,
        thresholds=thresholds,
        recalls=recalls,
        max_detections=limits,
        areas=areas,
        matches=matches,
    )
