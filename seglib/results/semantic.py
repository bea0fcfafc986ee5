"""A class for every pixel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.labels import LabelSet
from seglib.results._check import describe, expect, read_only
from seglib.results._softmax import softmax

if TYPE_CHECKING:
    from seglib.images import Placement

_PART = 1 << 18


@dataclass(frozen=True, eq=False)
class SemanticMap:
    """A class id for every pixel, with the network's evidence where it was kept.

    Parameters
    ----------
    labels : ndarray
        ``(H, W) uint8`` or ``uint16`` class ids of ``label_set``, its ignore label allowed.
    label_set : LabelSet
        What the ids mean. C below is ``label_set.num_classes``.
    scores : ndarray, optional
        ``(C, H, W) float32`` probabilities at picture size.
    logits : ndarray, optional
        ``(C, h, w) float32`` output of the network at its own resolution, before softmax.
    placement : Placement, optional
        Where the picture lay in the network's input; without it the picture is taken to fill it.

    Raises
    ------
    ShapeError
        An array has another shape or type.
    LabelError
        ``labels`` holds an id that is neither a class nor the ignore label.
    """

    labels: NDArray[np.uint8] | NDArray[np.uint16]
    label_set: LabelSet
    scores: NDArray[np.float32] | None = None
    logits: NDArray[np.float32] | None = None
    placement: Placement | None = None

    def __post_init__(self) -> None:
        wanted = "(H, W) uint8 or uint16"
        expect(self.labels, wanted, ndim=2, dtypes=(np.uint8, np.uint16))
        self.label_set.check(self.labels)
        object.__setattr__(self, "labels", read_only(self.labels))
        classes = self.label_set.num_classes
        if self.scores is not None:
            wanted = f"scores ({classes}, {self.labels.shape[0]}, {self.labels.shape[1]}) float32"
            expect(self.scores, wanted, ndim=3, dtypes=(np.float32,))
            if self.scores.shape != (classes, *self.labels.shape):
                raise ShapeError(f"expected {wanted}, got {describe(self.scores)}")
            object.__setattr__(self, "scores", read_only(self.scores))
        if self.logits is not None:
            wanted = f"logits ({classes}, h, w) float32"
            expect(self.logits, wanted, ndim=3, dtypes=(np.float32,))
            if self.logits.shape[0] != classes or self.logits.size == 0:
                raise ShapeError(f"expected {wanted}, got {describe(self.logits)}")
            object.__setattr__(self, "logits", read_only(self.logits))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.labels.shape
        return width, height

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        classes = self.label_set.num_classes
        # An ignore label below num_classes would be a gap id, and a gap id is no class: both go.
        counts = np.zeros(classes, np.int64)
        # By parts, because bincount widens what it counts to eight bytes a pixel.
        for part in np.array_split(self.labels.ravel(), self.labels.size // _PART + 1):
            counts += np.bincount(part, minlength=classes)[:classes]
        if self.label_set.ignore is not None and self.label_set.ignore < classes:
            counts[self.label_set.ignore] = 0
        return read_only(counts)

    def pixel_counts(self) -> NDArray[np.int64]:
        """Pixels of each class: ``(C,) int64``, read-only; ignored pixels are not counted."""
        return self._counts

    def shares(self) -> NDArray[np.float64]:
        """Share of each class among the counted pixels: ``(C,) float64`` that sums to 1.

        All ``nan`` (undefined) where every pixel is ignored.
        """
        counts = self._counts
        total = int(counts.sum())
        if total == 0:
            return np.full(counts.shape, np.nan)
        return counts / total

    def probabilities(self) -> NDArray[np.float32] | None:
        """Probability of each class at network resolution: ``(C, h, w) float32``.

        ``None`` where the logits were not kept.
        """
        return None if self.logits is None else softmax(self.logits)

    def confidence(self) -> NDArray[np.float32] | None:
        """Probability of the likeliest class at picture size: ``(H, W) float32`` in 0..1.

        From ``scores`` where they were kept, else from the logits: the maximum is taken at
        network resolution and then brought to picture size. ``None`` where neither was kept.
        """
        if self.scores is not None:
            best: NDArray[np.float32] = self.scores.max(axis=0)
            return best
        probabilities = self.probabilities()
        if probabilities is None:
            return None
        best = probabilities.max(axis=0)
        if self.placement is not None:
            restored: NDArray[np.float32] = self.placement.restore_scores(best[None])[0]
            return restored
        import cv2

        # Linear with half-pixel centres, the same rule as Placement's.
        return np.asarray(cv2.resize(best, self.size, interpolation=cv2.INTER_LINEAR), np.float32)
