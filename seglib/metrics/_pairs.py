"""Count pairs of bytes, fast and exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# OpenCV hands its counts out as float32, which holds every integer up to 2 ** 24 and no further.
TILE = 1 << 24


def count_pairs(truth: NDArray[np.uint8], prediction: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Count how often each pair of values stands at the same place.

    Parameters
    ----------
    truth, prediction : ndarray
        ``(N,) uint8`` each.

    Returns
    -------
    ndarray
        ``(256, 256) int64``: row = truth, column = prediction.
    """
    import cv2

    counts = np.zeros((256, 256), np.int64)
    for start in range(0, truth.size, TILE):
        pair = [truth[start : start + TILE], prediction[start : start + TILE]]
        tile = cv2.calcHist(pair, [0, 1], None, [256, 256], [0, 256, 0, 256])
        counts += tile.astype(np.int64)
    return counts
