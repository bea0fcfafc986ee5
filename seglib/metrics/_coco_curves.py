"""Precision at fixed recalls, and the recall reached, from matched detections: COCO's averages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# What keeps 0/0 from arising in a precision; COCO adds it too.
_TINY = np.spacing(1)


def envelope(precision: Floats) -> Floats:
    """Best precision at this recall or any higher: never rises along the last axis."""
    return np.maximum.accumulate(precision[..., ::-1], axis=-1)[..., ::-1]


def raw(right: Flags, wrong: Flags, positives: int) -> tuple[Floats, Floats]:
    """Recall and precision after each detection, ``(…, N) float64`` each.

    Parameters
    ----------
    right, wrong : ndarray
        ``(…, N) bool`` true and false positives in the order of the scores; neither is ignored.
    positives : int
        True objects that count, at least 1.
    """
    tp = np.cumsum(right, axis=-1, dtype=np.float64)
    fp = np.cumsum(wrong, axis=-1, dtype=np.float64)
    return tp / positives, tp / (fp + tp + _TINY)


def interpolate(right: Flags, precision: Floats, positives: int, recalls: Floats) -> Floats:
    """Read the envelope at fixed recalls: ``(…, R) float64``, 0 beyond the recall reached.

    Parameters
    ----------
    right, precision : ndarray
        ``(…, N)``: true positives, and the precision after each detection as :func:`raw` gives it.
    positives : int
        True objects that count.
    recalls : ndarray
        ``(R,) float64``.
    """
    best = envelope(precision)
    # Recall rises at true positives only, so "the first place with this recall" is the place of
    # the k-th of them, with the same k in every row. Slot k holds the envelope there.
    slots = np.zeros((*right.shape[:-1], positives + 1))
    *rows, place = np.nonzero(right)
    nth = np.cumsum(right, axis=-1)[(*rows, place)]
    slots[(*rows, nth)] = best[(*rows, place)]
    if right.shape[-1]:
        slots[..., 0] = best[..., 0]
    needed = np.searchsorted(np.arange(positives + 1) / positives, recalls, side="left")
    beyond = needed > positives
    values = slots[..., np.minimum(needed, positives)]
    return np.where(beyond, 0.0, values)
