"""What :func:`seglib.metrics.average_precision` returns: numbers, curves and every match."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seglib.errors import LabelError, UsageError
from seglib.metrics import _coco_curves as curves
from seglib.metrics._coco_match import Pairs
from seglib.metrics._divide import safe_divide

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AreaRange:
    """Sizes of objects that count.

    Parameters
    ----------
    name : str
        ``"small"``.
    low, high : float
        Pixels, both included.
    """

    name: str
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Matches:
    """Every detection and what became of it. D detections, G true objects, T thresholds, A ranges.

    Detections beyond the largest number allowed a picture and class are not listed.

    Parameters
    ----------
    picture, index : ndarray
        ``(D,) int64`` place of the picture, and of the detection in it, as they were given.
    class_ids, scores : ndarray
        ``(D,)``.
    turn : ndarray
        ``(D,) int64`` rank of its score within its picture and class, from 0.
    truth : ndarray
        ``(T, A, D) int64`` row of the object that it matches, -1 for none.
    ignored : ndarray
        ``(T, A, D) bool``: neither right nor wrong.
    truth_picture, truth_index, truth_class_ids : ndarray
        ``(G,) int64``.
    truth_ignored : ndarray
        ``(A, G) bool``: crowds, and objects of another size.
    pairs : Pairs
        IoUs from the lowest threshold up, of one picture and class.
    """

    picture: Ints
    index: Ints
    class_ids: Ints
    scores: Floats
    turn: Ints
    truth: Ints
    ignored: Flags
    truth_picture: Ints
    truth_index: Ints
    truth_class_ids: Ints
    truth_ignored: Flags
    pairs: Pairs

    @property
    def right(self) -> Flags:
        """True positives: ``(T, A, D) bool``."""
        return (self.truth >= 0) & ~self.ignored

    @property
    def wrong(self) -> Flags:
        """False positives: ``(T, A, D) bool``."""
        return (self.truth < 0) & ~self.ignored

    def missed(self, threshold: int = 0, area: int = 0) -> Flags:
        """Objects that count and that nothing matched, by index of threshold and range: (G,)."""
        rows = self.truth[threshold, area]
        missed: Flags = ~self.truth_ignored[area]
        missed[rows[rows >= 0]] = False
        return missed


@dataclass(frozen=True, eq=False)
class Curve:
    """One precision–recall curve.

    Parameters
    ----------
    rows : ndarray
        ``(N,) int64`` detections of the class in the order of their scores: rows of ``Matches``.
    recall, precision : ndarray
        ``(N,) float64`` after each of them; flat where one is ignored.
    envelope : ndarray
        ``(N,) float64`` best precision at this recall or any higher.
    at : ndarray
        ``(R,) float64`` recalls at which the envelope is read.
    read : ndarray
        ``(R,) float64`` what is read there.
    area : float
        Mean of ``read``: the average precision.
    """

    rows: Ints
    recall: Floats
    precision: Floats
    envelope: Floats
    at: Floats
    read: Floats
    area: float


@dataclass(frozen=True, eq=False)
class AveragePrecision:
    """COCO's numbers and what they were made of. T thresholds, R recalls, K classes, A ranges.

    A value without an object to find is ``nan``, and means leave it out. Arrays are read-only.

    Parameters
    ----------
    precision : ndarray
        ``(T, R, K, A) float64`` with the largest number of detections.
    recall : ndarray
        ``(T, K, A, M) float64`` reached with each number of detections.
    positives : ndarray
        ``(K, A) int64`` objects to find.
    class_ids : ndarray
        ``(K,) int64``, ascending: the classes of truth and detections.
    thresholds, recalls : ndarray
        ``(T,)`` and ``(R,) float64``.
    max_detections : tuple of int
        M numbers.
    areas : tuple of AreaRange
        A ranges.
    matches : Matches
        Every detection.
    """

    precision: Floats
    recall: Floats
    positives: Ints
    class_ids: Ints
    thresholds: Floats
    recalls: Floats
    max_detections: tuple[int, ...]
    areas: tuple[AreaRange, ...]
    matches: Matches

    def ap(self, *, threshold: float | None = None, area: str | None = None) -> float:
        """Mean precision over recalls and classes, and over all thresholds unless one is named."""
        values = self.precision[..., self._area(area)]
        return mean(values if threshold is None else values[self._threshold(threshold)])

    def ar(self, *, limit: int | None = None, area: str | None = None) -> float:
        """Mean recall over thresholds and classes with at most ``limit`` detections a picture."""
        wanted = self.max_detections[-1] if limit is None else limit
        if wanted not in self.max_detections:
            raise UsageError(f"expected a limit of {self.max_detections}, got {wanted}")
        return mean(self.recall[:, :, self._area(area), self.max_detections.index(wanted)])

    def per_class(self, *, threshold: float | None = None, area: str | None = None) -> Floats:
        """AP of each class: ``(K,) float64``."""
        values = self.precision[..., self._area(area)]
        if threshold is not None:
            return np.asarray(values[self._threshold(threshold)].mean(axis=0))
        return np.asarray(values.mean(axis=(0, 1)))

    def per_threshold(self, *, area: str | None = None) -> Floats:
        """AP at each threshold: ``(T,) float64``."""
        return np.array([mean(values) for values in self.precision[..., self._area(area)]])

    def summary(self) -> dict[str, float]:
        """COCO's twelve numbers, in its order; ``nan`` where this measurement has none."""
        numbers = {"AP": self.ap(), "AP50": self._at(0.5), "AP75": self._at(0.75)}
        names = {area.name for area in self.areas}
        for name in ("small", "medium", "large"):
            numbers[f"AP_{name}"] = self.ap(area=name) if name in names else math.nan
        for limit in (1, 10, 100):
            known = limit in self.max_detections
            numbers[f"AR{limit}"] = self.ar(limit=limit) if known else math.nan
        for name in ("small", "medium", "large"):
            numbers[f"AR_{name}"] = self.ar(area=name) if name in names else math.nan
        return numbers

    def curve(self, class_id: int, *, threshold: float = 0.5, area: str | None = None) -> Curve:
        """Return the curve of one class; :class:`LabelError` where it has no object to find."""
        at, column = self._threshold(threshold), self._area(area)
        place = int(np.searchsorted(self.class_ids, class_id))
        known = place < self.class_ids.size and self.class_ids[place] == class_id
        if not known or self.positives[place, column] == 0:
            raise LabelError(f"expected a class with an object to find, got {class_id}")
        rows = by_score(self.matches.scores, self.matches.class_ids == class_id)
        right, wrong = (
            flags[at, column, rows] for flags in (self.matches.right, self.matches.wrong)
        )
        recall, precision = curves.raw(right, wrong, int(self.positives[place, column]))
        read = self.precision[at, :, place, column]
        return Curve(
            rows=rows,
            recall=recall,
            precision=precision,
            envelope=curves.envelope(precision),
            at=self.recalls,
            read=read,
            area=float(read.mean()),
        )

    def _at(self, threshold: float) -> float:
        near = np.isclose(self.thresholds, threshold, rtol=0, atol=1e-9)
        return self.ap(threshold=threshold) if near.any() else math.nan

    def _threshold(self, wanted: float) -> int:
        near = np.flatnonzero(np.isclose(self.thresholds, wanted, rtol=0, atol=1e-9))
        if near.size == 0:
            known = ", ".join(f"{each:g}" for each in self.thresholds)
            raise UsageError(f"expected a threshold of {known}, got {wanted}")
        return int(near[0])

    def _area(self, wanted: str | None) -> int:
        if wanted is None:
            return 0
        names = [area.name for area in self.areas]
        if wanted not in names:
            raise UsageError(f"expected an area of {', '.join(names)}, got {wanted!r}")
        return names.index(wanted)


def mean(values: Floats) -> float:
    """Mean of the defined values; ``nan`` where none is."""
    defined = values[~np.isnan(values)]
    return float(safe_divide(defined.sum(), defined.size))


def by_score(scores: Floats, chosen: Flags) -> Ints:
    """Indices of the chosen, best first; equal scores keep their order, as COCO's do."""
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(-scores[rows], kind="stable")]
