"""Every number of the page, from seglib.metrics, computed once for a pair of maps."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib import metrics
from seglib.labels import LabelSet
from seglib.metrics import AveragePrecision, ClassQuality, SegmentMatch
from seglib.metrics.contour import ContourMatch
from seglib.metrics.surface import SurfaceDistances
from seglib.options import Checked, whole
from seglib.ui.playground import regions

Labels = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class JudgeOptions(Checked):
    """How boundaries are judged."""

    radius: int = whole(
        4,
        1,
        20,
        "Width of boundary IoU's ring in pixels. Its authors take 2 % of the diagonal, here 4 px.",
        title="Ring of boundary IoU, px",
    )
    tolerance: int = whole(
        2,
        1,
        10,
        "How far outlines may be apart and still agree, for boundary F and surface Dice. DAVIS "
        "takes 0.8 % of the diagonal, rounded up: here 2 px.",
        title="Tolerance, px",
    )


@dataclass(frozen=True, eq=False)
class Facts:
    """All that is known of one class of a pair of maps.

    Parameters
    ----------
    truth, prediction : ndarray
        ``(H, W) uint8``.
    label_set : LabelSet
    focus : int
        The class.
    judge : JudgeOptions
    values : mapping
        By the key of :mod:`seglib.ui.playground.table`; ``nan`` is undefined.
    matrix : ndarray
        ``(C, C) int64``.
    counts : ClassCounts
        Of all classes.
    ious : ndarray
        ``(C,) float64``.
    rings : tuple of ndarray
        ``(H, W) bool``: of the truth and of the prediction.
    contours : ContourMatch
    distances : SurfaceDistances
    precision : AveragePrecision
        Of the class's objects.
    quality : ClassQuality
        Panoptic quality of the class.
    matches : tuple of SegmentMatch
        What became of each of its segments.
    areas : tuple of mapping
        Pixels by segment id, of the truth and of the prediction.
    digest : str
        Of the two maps.
    """

    truth: Labels
    prediction: Labels
    label_set: LabelSet
    focus: int
    judge: JudgeOptions
    values: Mapping[str, float]
    matrix: NDArray[np.int64]
    counts: metrics.ClassCounts
    ious: NDArray[np.float64]
    rings: tuple[Mask, Mask]
    contours: ContourMatch
    distances: SurfaceDistances
    precision: AveragePrecision
    quality: ClassQuality
    matches: tuple[SegmentMatch, ...]
    areas: tuple[Mapping[int, int], Mapping[int, int]]
    digest: str

    @property
    def name(self) -> str:
        """Name of the class."""
        return self.label_set.label(self.focus).name

    @property
    def tp(self) -> int:
        """Pixels of the class that were found."""
        return int(self.counts.tp[self.focus])

    @property
    def fp(self) -> int:
        """Pixels wrongly claimed."""
        return int(self.counts.fp[self.focus])

    @property
    def fn(self) -> int:
        """Pixels missed."""
        return int(self.counts.fn[self.focus])

    @property
    def present(self) -> tuple[int, ...]:
        """Classes that are in either map, judged pixels only."""
        return tuple(int(i) for i in np.flatnonzero(self.counts.union))

    def ring_map(self) -> Labels:
        """Return 1 in the truth's ring, 2 in the prediction's, 3 in both: ``(H, W) uint8``."""
        return self.rings[0].view(np.uint8) + 2 * self.rings[1].view(np.uint8)


def digest(*maps: Labels) -> str:
    """Return a name of label maps that no two different ones share."""
    made = hashlib.blake2b(digest_size=12)
    for labels in maps:
        made.update(str(labels.shape).encode())
        made.update(np.ascontiguousarray(labels).data)
    return made.hexdigest()


def measure(
    truth: Labels, prediction: Labels, label_set: LabelSet, focus: int, judge: JudgeOptions
) -> Facts:
    """Measure one class of a pair of maps; cached by content for all visitors."""
    return _measure(
        digest(truth, prediction), label_set.name, focus, judge, truth, prediction, label_set
    )


@st.cache_resource(max_entries=64, ttl="20m", show_spinner=False)
def _measure(
    name: str,
    set_name: str,
    focus: int,
    judge: JudgeOptions,
    _truth: Labels,
    _prediction: Labels,
    _label_set: LabelSet,
) -> Facts:
    return compute(_truth, _prediction, _label_set, focus, judge, name=name)


def compute(
    truth: Labels,
    prediction: Labels,
    label_set: LabelSet,
    focus: int,
    judge: JudgeOptions,
    *,
    name: str = "",
) -> Facts:
    """Compute what :func:`measure` caches."""
    classes = label_set.num_classes
    matrix = metrics.confusion_matrix(truth, prediction, num_classes=classes, ignore_label=255)
    matrix.setflags(write=False)
    counts = metrics.class_counts(matrix)
    ious = metrics.iou(matrix)
    void = truth == 255
    there, found = (truth == focus) & ~void, (prediction == focus) & ~void
    rings = tuple(metrics.boundary_ring(mask, judge.radius) for mask in (there, found))
    contours = metrics.contour_match(there, found, tolerance=judge.tolerance)
    things = [regions.things_of(labels, label_set, void=void) for labels in (truth, prediction)]
    segments = [
        regions.segments(labels, each, label_set, void=void)
        for labels, each in zip((truth, prediction), things, strict=True)
    ]
    panoptic = metrics.panoptic_quality(segments[0], segments[1], label_set=label_set)
    quality = next(row for row in panoptic.rows if row.class_id == focus)
    objects = [regions.one_class(each, focus) for each in things]
    precision = metrics.average_precision(
        [regions.instances(objects[0], label_set, scored=False)],
        [regions.instances(objects[1], label_set, scored=True)],
        areas=metrics.AREAS[:1],
    )
    values = {
        "iou": float(ious[focus]),
        "dice": float(metrics.dice(matrix)[focus]),
        "precision": float(metrics.precision(matrix)[focus]),
        "recall": float(metrics.recall(matrix)[focus]),
        "pixel_accuracy": metrics.pixel_accuracy(matrix),
        "mean_iou": metrics.mean_iou(matrix),
        "fw_iou": metrics.frequency_weighted_iou(matrix),
        "boundary_iou": metrics.boundary_iou_mask(there, found, radius=judge.radius),
        "boundary_f": contours.f,
        "hausdorff": metrics.hausdorff(there, found),
        "hausdorff_95": metrics.hausdorff_95(there, found),
        "asd": metrics.average_surface_distance(there, found),
        "nsd": metrics.normalised_surface_distance(there, found, tolerance=judge.tolerance),
        "ap": precision.ap(),
        "ap50": precision.ap(threshold=0.5),
        "pq": quality.pq,
        "sq": quality.sq,
        "rq": quality.rq,
    }
    return Facts(
        truth=truth,
        prediction=prediction,
        label_set=label_set,
        focus=focus,
        judge=judge,
        values=values,
        matrix=matrix,
        counts=counts,
        ious=ious,
        rings=(rings[0], rings[1]),
        contours=contours,
        distances=metrics.surface_distances(there, found),
        precision=precision,
        quality=quality,
        matches=tuple(match for match in panoptic.matches if match.class_id == focus),
        areas=(_areas(segments[0][0]), _areas(segments[1][0])),
        digest=name,
    )


def _areas(ids: NDArray[np.int32]) -> dict[int, int]:
    counts = np.bincount(ids.ravel())
    return {int(i): int(counts[i]) for i in np.flatnonzero(counts)}
