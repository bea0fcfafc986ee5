"""Editing a label map: masks are painted into it under a class id, never colours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from seglib.annotate._check import Mask, expect_mask
from seglib.annotate.history import History
from seglib.errors import LabelError, ShapeError, UsageError
from seglib.labels import LabelSet

Mode = Literal["paint", "empty", "erase"]
MODES: tuple[Mode, ...] = ("paint", "empty", "erase")

EMPTY = 255
"""Label of a pixel that nobody has annotated: VOC's void, which no metric judges."""


def apply(
    labels: NDArray[np.uint8], mask: Mask, class_id: int, mode: Mode = "paint"
) -> NDArray[np.uint8]:
    """Paint a mask into a label map.

    Parameters
    ----------
    labels : (H, W) uint8
        255 is empty.
    mask : (H, W) bool
    class_id : int
        0 to 254.
    mode : {"paint", "empty", "erase"}
        Paint over everything; paint only where it is empty; or make everything under the mask
        empty, whatever its class.

    Returns
    -------
    (H, W) uint8
        A new map, read-only.
    """
    if labels.ndim != 2 or labels.dtype != np.uint8 or not labels.size:
        raise ShapeError(f"expected labels (H, W) uint8, got {labels.shape} {labels.dtype}")
    mask = expect_mask(mask, labels.shape)
    if mode not in MODES:
        raise UsageError(f"expected a mode of {', '.join(MODES)}, got {mode!r}")
    if not 0 <= class_id < EMPTY:
        raise LabelError(f"expected a class id from 0 to 254, got {class_id}")
    changed = labels.copy()
    if mode == "erase":
        changed[mask] = EMPTY
    elif mode == "empty":
        changed[mask & (labels == EMPTY)] = class_id
    else:
        changed[mask] = class_id
    changed.setflags(write=False)
    return changed


@dataclass(frozen=True)
class LabelMapEditor:
    """A label map with its history; every change gives a new editor.

    Parameters
    ----------
    label_set : LabelSet
        What the ids mean.
    history : History
        The maps so far.
    """

    label_set: LabelSet
    history: History

    @classmethod
    def blank(cls, size: tuple[int, int], label_set: LabelSet) -> LabelMapEditor:
        """Begin with a map of (width, height) pixels in which nothing is annotated."""
        width, height = size
        return cls(label_set, History.start(np.full((height, width), EMPTY, np.uint8)))

    @property
    def labels(self) -> NDArray[np.uint8]:
        """The map now, ``(H, W) uint8``, read-only; 255 is empty."""
        return np.asarray(self.history.current(), np.uint8)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        height, width = self.history.steps[self.history.at].shape
        return width, height

    def apply(
        self, mask: Mask, class_id: int, mode: Mode = "paint", *, note: str = ""
    ) -> LabelMapEditor:
        """Paint a mask; where that changes no pixel, no step is added."""
        self.label_set.label(class_id)
        before = self.labels
        after = apply(before, mask, class_id, mode)
        if np.array_equal(before, after):
            return self
        return replace(self, history=self.history.do(after, note))

    def put(self, mask: Mask, class_id: int, *, note: str = "") -> LabelMapEditor:
        """Give a class exactly this mask: it loses what lies outside (which becomes empty)."""
        self.label_set.label(class_id)
        before = self.labels
        lost = (before == class_id) & ~expect_mask(mask, before.shape)
        after = apply(apply(before, lost, class_id, "erase"), mask, class_id)
        if np.array_equal(before, after):
            return self
        return replace(self, history=self.history.do(after, note))

    def clear(self) -> LabelMapEditor:
        """Make everything empty, as a step that can be undone."""
        everything = np.ones_like(self.labels, dtype=np.bool_)
        return self.apply(everything, self.label_set.labels[0].id, "erase", note="clear")

    def undo(self) -> LabelMapEditor:
        """Take the last step back."""
        return replace(self, history=self.history.undo())

    def redo(self) -> LabelMapEditor:
        """Do again what was taken back."""
        return replace(self, history=self.history.redo())

    def area(self, class_id: int) -> int:
        """Pixels of a class."""
        return int(np.count_nonzero(self.labels == class_id))
