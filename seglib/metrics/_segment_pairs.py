"""Count the pixels of every pair of segments, one id map against another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError

Ints = NDArray[np.int64]


def segment_pairs(
    truth: NDArray[np.integer[Any]], prediction: NDArray[np.integer[Any]]
) -> tuple[Ints, Ints, Ints]:
    """Return each pair of ids that occurs, and its pixels.

    Segments are made of long runs of equal ids, so whole runs are counted, and only their ids are
    sorted: the size of an id does not matter.

    Parameters
    ----------
    truth, prediction : ndarray
        ``(H, W)`` ids from 0 to 2 ** 31 - 1 of any integer type.

    Returns
    -------
    truth_ids, prediction_ids, pixels : ndarray
        ``(P,) int64`` each, in ascending order of the ids.
    """
    first, second = np.asarray(truth), np.asarray(prediction)
    if first.shape != second.shape or first.ndim != 2 or first.size == 0:
        raise ShapeError(f"expected id maps (H, W) of one shape, got {first.shape}, {second.shape}")
    for name, ids in (("truth", first), ("prediction", second)):
        if ids.dtype.kind not in "iu":
            raise ShapeError(f"expected {name} ids of integers, got {ids.shape} {ids.dtype}")
    first, second = (np.ascontiguousarray(ids).reshape(-1) for ids in (first, second))
    changes = first[1:] != first[:-1]
    changes |= second[1:] != second[:-1]
    starts = np.concatenate([[0], np.flatnonzero(changes) + 1])
    lengths = np.diff(starts, append=first.size)
    heads, tails = first[starts].astype(np.int64), second[starts].astype(np.int64)
    for name, ids in (("truth", heads), ("prediction", tails)):
        low, high = int(ids.min()), int(ids.max())
        if low < 0 or high >= 2**31:
            raise ShapeError(f"expected {name} ids from 0 to 2147483647, got {low} to {high}")
    codes, place = np.unique((heads << 31) | tails, return_inverse=True)
    # Summed as float64, which is exact for any picture.
    pixels = np.bincount(place, weights=lengths).astype(np.int64)
    return codes >> 31, codes & (2**31 - 1), pixels
