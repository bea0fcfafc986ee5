"""Undo and redo of label maps in bounded memory."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError, UsageError

LabelMap = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True)
class _Step:
    shape: tuple[int, int]
    dtype: str
    data: bytes
    note: str

    @classmethod
    def of(cls, labels: LabelMap, note: str) -> _Step:
        height, width = labels.shape
        # Level 1: label maps shrink a hundredfold at any level, and a visitor waits.
        data = zlib.compress(np.ascontiguousarray(labels).tobytes(), 1)
        return cls((height, width), labels.dtype.str, data, note)

    def labels(self) -> LabelMap:
        flat = np.frombuffer(zlib.decompress(self.data), np.dtype(self.dtype))
        return flat.reshape(self.shape)


@dataclass(frozen=True)
class History:
    """Label maps, deflated, with a place among them; never changed, only replaced.

    Make one with :meth:`start`.

    Parameters
    ----------
    steps : tuple
        First to last.
    at : int
        Which one is current.
    max_steps : int
        At most so many are kept; the oldest go first.
    max_bytes : int
        At most so many bytes are kept beside the current one.
    """

    steps: tuple[_Step, ...]
    at: int
    max_steps: int = 60
    max_bytes: int = 8_000_000

    @classmethod
    def start(cls, labels: LabelMap, *, max_steps: int = 60, max_bytes: int = 8_000_000) -> History:
        """Begin with a label map, ``(H, W) uint8`` or ``uint16``."""
        if max_steps < 1 or max_bytes < 0:
            raise UsageError(f"expected room for a step, got {max_steps} steps, {max_bytes} bytes")
        return cls((_Step.of(_checked(labels), ""),), 0, max_steps, max_bytes)

    def current(self) -> LabelMap:
        """Return the current label map, read-only."""
        return self.steps[self.at].labels()

    def do(self, labels: LabelMap, note: str = "") -> History:
        """Add a label map after the current one; what had been undone is forgotten."""
        steps = (*self.steps[: self.at + 1], _Step.of(_checked(labels), note))
        spent = sum(len(step.data) for step in steps[:-1])
        drop = max(0, len(steps) - self.max_steps)
        spent -= sum(len(step.data) for step in steps[:drop])
        while drop < len(steps) - 1 and spent > self.max_bytes:
            spent -= len(steps[drop].data)
            drop += 1
        kept = steps[drop:]
        return replace(self, steps=kept, at=len(kept) - 1)

    def undo(self) -> History:
        """Go one step back; at the first, nothing happens."""
        return replace(self, at=max(0, self.at - 1))

    def redo(self) -> History:
        """Go one step forth; at the last, nothing happens."""
        return replace(self, at=min(len(self.steps) - 1, self.at + 1))

    @property
    def can_undo(self) -> bool:
        """Whether there is a step before."""
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step after."""
        return self.at < len(self.steps) - 1

    @property
    def notes(self) -> tuple[str, ...]:
        """What each step was, the first being empty."""
        return tuple(step.note for step in self.steps)

    @property
    def nbytes(self) -> int:
        """Bytes of all steps."""
        return sum(len(step.data) for step in self.steps)


def _checked(labels: LabelMap) -> LabelMap:
    if labels.ndim != 2 or not labels.size or labels.dtype not in (np.uint8, np.uint16):
        raise ShapeError(
            f"expected labels (H, W) uint8 or uint16, got {labels.shape} {labels.dtype}"
        )
    return labels
