"""Mean average precision of the 2018 Data Science Bowl: every object found once, no scores.

Caicedo et al. 2019, "Nucleus segmentation across imaging experiments: the 2018 Data Science Bowl":
at an IoU of t, the precision of a picture is AP(t) = TP / (TP + FP + FN); it is averaged over the
thresholds and then over the pictures. A true and a found object match if their IoU is *above* t.
Objects of one map do not overlap, so from t = 0.5 on no object can match two.

The competition averaged t = 0.50, 0.55, …, 0.95; here the default ends at 0.90, which leaves out
the one threshold that only measures how outlines are drawn. The thresholds are an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import UsageError
from seglib.metrics._divide import safe_divide
from seglib.metrics._segment_pairs import segment_pairs
from seglib.results import Instances

BOWL_THRESHOLDS: tuple[float, ...] = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
"""IoU from 0.50 to 0.90 in steps of 0.05: nine."""

IdMap = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class ObjectPrecision:
    """Counts of one picture, or of several, at each threshold.

    Parameters
    ----------
    thresholds : tuple of float
        IoU above which objects match, T of them.
    true_positives, false_positives, false_negatives : (P, T) int64
        Matched pairs, found objects without a true one, true ones that were not found; one row a
        picture.
    """

    thresholds: tuple[float, ...]
    true_positives: NDArray[np.int64]
    false_positives: NDArray[np.int64]
    false_negatives: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.true_positives)

    @property
    def precision(self) -> NDArray[np.float64]:
        """AP(t) of every picture, ``(P, T)``; nan where nothing is there and nothing was found."""
        hits = self.true_positives
        return safe_divide(hits, hits + self.false_positives + self.false_negatives)

    @property
    def per_picture(self) -> NDArray[np.float64]:
        """Mean over the thresholds, ``(P,)``; nan where undefined."""
        means: NDArray[np.float64] = self.precision.mean(axis=1)
        return means

    @property
    def mean(self) -> float | None:
        """Mean over thresholds and pictures, 0..1; ``None`` if it is undefined in all of them."""
        return _mean(self.per_picture)

    def at(self, threshold: float) -> float | None:
        """Mean over the pictures at one of the thresholds: ``at(0.5)`` is AP50."""
        for place, known in enumerate(self.thresholds):
            if abs(known - threshold) < 1e-9:
                return _mean(self.precision[:, place])
        raise UsageError(f"expected one of the thresholds {self.thresholds}, got {threshold!r}")


def object_precision(
    truth: IdMap | Instances,
    prediction: IdMap | Instances,
    *,
    thresholds: Sequence[float] = BOWL_THRESHOLDS,
) -> ObjectPrecision:
    """Judge one picture.

    Parameters
    ----------
    truth, prediction : (H, W) ids of any integer type, or Instances
        0 is the ground. Of :class:`Instances` that overlap, the one with the higher score keeps
        the pixels.
    thresholds : sequence of float
        From 0.5 to below 1.

    Raises
    ------
    ShapeError
        The maps differ in shape.
    UsageError
        A threshold is below 0.5, where an object could match two, or not below 1.
    """
    levels = tuple(float(level) for level in thresholds)
    if not levels or not all(0.5 <= level < 1 for level in levels):
        raise UsageError(f"expected thresholds from 0.5 to below 1, got {levels}")
    first, second, pixels = segment_pairs(_ids(truth), _ids(prediction))
    truths, areas = _areas(first, pixels)
    found, others = _areas(second, pixels)
    both = (first > 0) & (second > 0)
    shared = pixels[both]
    union = (
        areas[np.searchsorted(truths, first[both])]
        + others[np.searchsorted(found, second[both])]
        - shared
    )
    hits = np.array([np.count_nonzero(shared > level * union) for level in levels], np.int64)
    there, answered = np.count_nonzero(truths), np.count_nonzero(found)
    return ObjectPrecision(levels, hits[None], (answered - hits)[None], (there - hits)[None])


def join_object_precisions(pictures: Iterable[ObjectPrecision]) -> ObjectPrecision:
    """Put the counts of several pictures together, in order.

    Raises
    ------
    UsageError
        There is none, or their thresholds differ.
    """
    parts = list(pictures)
    if len({part.thresholds for part in parts}) != 1:
        raise UsageError("expected pictures that were judged at the same thresholds")
    return ObjectPrecision(
        parts[0].thresholds,
        np.concatenate([part.true_positives for part in parts]),
        np.concatenate([part.false_positives for part in parts]),
        np.concatenate([part.false_negatives for part in parts]),
    )


def _areas(
    ids: NDArray[np.int64], pixels: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ids that occur, ascending, and the pixels of each."""
    known, place = np.unique(ids, return_inverse=True)
    return known, np.bincount(place, weights=pixels).astype(np.int64)


def _ids(given: IdMap | Instances) -> IdMap:
    if not isinstance(given, Instances):
        return given
    width, height = given.size
    ids = np.zeros((height, width), np.int32)
    for row in np.argsort(given.scores, kind="stable").tolist():
        x0, y0, mask = given.crop(row)
        ids[y0 : y0 + mask.shape[0], x0 : x0 + mask.shape[1]][mask] = row + 1
    return ids


def _mean(values: NDArray[np.float64]) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else None
