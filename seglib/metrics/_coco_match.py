"""Which detection answers to which object: COCO's greedy rule, for everything at once.

Within one picture and class, detections choose in the order of their scores. Each takes, of the
objects still free whose IoU reaches the threshold, the one it overlaps most; objects that do not
count (crowds, sizes out of range) are taken only where no other is to be had, and crowds by any
number of detections. The turns of all pictures and classes are taken together: first everyone's
best detection, then everyone's second, each turn for all thresholds and area ranges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.metrics import _runs
from seglib.metrics.coco_objects import Listing

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# COCO's own: a threshold of 1 must be reachable.
HIGHEST = 1 - 1e-10
"""Largest threshold."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs whose IoU reaches the lowest threshold, in the order detection, IoU, object.

    Parameters
    ----------
    detection, truth : ndarray
        ``(P,) int64`` rows of the lists.
    iou : ndarray
        ``(P,) float64``.
    """

    detection: Ints
    truth: Ints
    iou: NDArray[np.float64]


def pairs(runs: _runs.RunTable, detections: Listing, truth: Listing, lowest: float) -> Pairs:
    """Find the pairs of one picture and class that can match at all.

    Boxes and areas bound the IoU from above, and rule out nearly all pairs before any run is
    looked at.
    """
    detection, other = _same_group(detections, truth)
    one, two = detections.mask[detection], truth.mask[other]
    box, its = runs.boxes[one], runs.boxes[two]
    sides = np.minimum(box[:, 2:], its[:, 2:]) - np.maximum(box[:, :2], its[:, :2])
    most = np.where((sides > 0).all(axis=1), sides[:, 0] * sides[:, 1], 0)
    most = np.minimum(most, np.minimum(runs.areas[one], runs.areas[two]))
    loose = truth.crowd[other]
    bound = _ratio(most, runs.areas[one], runs.areas[two], loose)
    kept = (most > 0) & (bound >= lowest)
    detection, other, one, two = (each[kept] for each in (detection, other, one, two))
    loose = loose[kept]
    shared = _runs.shared_pixels(runs, one, two)
    iou = _ratio(shared, runs.areas[one], runs.areas[two], loose)
    kept = iou >= lowest
    detection, other, iou = detection[kept], other[kept], iou[kept]
    order = np.lexsort((other, iou, detection))
    return Pairs(detection[order], other[order], iou[order])


def _ratio(shared: Ints, detected: Ints, true: Ints, loose: Flags) -> NDArray[np.float64]:
    """IoU; for a crowd, the share of the detection that lies in it."""
    union = np.where(loose, detected, detected + true - shared)
    return shared / np.maximum(union, 1)


def _same_group(detections: Listing, truth: Listing) -> tuple[Ints, Ints]:
    """All pairs of a detection and an object of one picture and class."""
    classes, of_class = np.unique(
        np.concatenate([detections.class_ids, truth.class_ids]), return_inverse=True
    )
    groups = np.concatenate([detections.picture, truth.picture]) * (classes.size + 1) + of_class
    mine, theirs = np.split(groups, [detections.picture.size])
    order = np.argsort(theirs, kind="stable")
    ranked = theirs[order]
    low, high = np.searchsorted(ranked, mine, "left"), np.searchsorted(ranked, mine, "right")
    detection, place = _runs.spread(high - low)
    return detection, order[low[detection] + place]


def match(
    found: Pairs,
    turn: Ints,
    ignored: Flags,
    crowd: Flags,
    thresholds: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Let the detections choose.

    Parameters
    ----------
    found : Candidates
        C detections occur in it.
    turn : ndarray
        ``(D,) int64``: when each detection chooses within its picture and class, from 0.
    ignored : ndarray
        ``(A, G) bool``: objects that do not count in each area range.
    crowd : ndarray
        ``(G,) bool``.
    thresholds : ndarray
        ``(T,) float64``.

    Returns
    -------
    ndarray
        ``(T, A, D) int64`` row of the matched object, -1 for none.
    """
    needed = np.minimum(thresholds, HIGHEST)
    matched = np.full((turn.size, thresholds.size, ignored.shape[0]), -1, np.int64)
    free = np.ones((crowd.size, thresholds.size, ignored.shape[0]), bool)
    # Only detections that have a choice take turns, so the turns are counted anew.
    choosers, at = np.unique(found.detection, return_index=True)
    size = np.diff(at, append=found.detection.size)
    for group in _by_turn(turn[choosers]):
        owner, place = _runs.spread(size[group])
        pair = at[group][owner] + place
        theirs = found.truth[pair]
        # Candidates stand in the order of IoU, so the place says which is best; those that count
        # come before all that do not.
        worth = place[:, None] + 1 + np.where(ignored.T[theirs], 0, place.size + 1)
        able = free[theirs] & (found.iou[pair, None] >= needed)[:, :, None]
        value = np.where(able, worth[:, None, :], 0)
        starts = np.cumsum(size[group]) - size[group]
        best = np.maximum.reduceat(value, starts, axis=0)
        who, threshold, area = np.nonzero(best)
        taken = best[who, threshold, area]
        taken -= np.where(taken > place.size + 1, place.size + 1, 0)
        row = theirs[starts[who] + taken - 1]
        matched[choosers[group][who], threshold, area] = row
        free[row, threshold, area] = crowd[row]
    return np.ascontiguousarray(matched.transpose(1, 2, 0))


def _by_turn(turns: Ints) -> list[NDArray[Any]]:
    """Indices of everyone's first turn, then of everyone's second, and so on."""
    order = np.argsort(turns, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(turns[order])) + 1) if order.size else []
