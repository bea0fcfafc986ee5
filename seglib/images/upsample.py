"""The class of every picture pixel from logits at network resolution, without the full scores."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.images.axis import bilinear
from seglib.images.geometry import Placement


def argmax_upsampled(logits: NDArray[np.floating], placement: Placement) -> NDArray[np.uint8]:
    """Interpolate logits to the picture and take the largest: the class of each pixel.

    The labels of ``placement.restore_scores(logits).argmax(axis=0)``, ties to the lowest id, but
    one plane at a time against the best so far: memory for three planes instead of C, and several
    times faster.

    Parameters
    ----------
    logits : (C, h, w) float, C up to 256
        Finite; at the input's size or any fraction of it.
    placement : Placement
        Where the picture lay in the network's input.

    Returns
    -------
    (H, W) uint8
        Class ids.
    """
    if logits.ndim != 3 or not logits.size or len(logits) > 256:
        raise ShapeError(
            f"expected logits (C, h, w) of at most 256 classes, got {logits.shape} {logits.dtype}"
        )
    logits = np.asarray(logits, np.float32)
    rows = placement.axis(1, logits.shape[1])
    columns = placement.axis(0, logits.shape[2])
    width, height = placement.source_size
    best = np.empty((height, width), np.float32)
    bilinear(logits[0], rows, columns, out=best)
    labels = np.zeros((height, width), np.uint8)
    plane = np.empty_like(best)
    wins = np.empty_like(labels)
    for class_id in range(1, len(logits)):
        bilinear(logits[class_id], rows, columns, out=plane)
        cv2.compare(plane, best, cv2.CMP_GT, dst=wins)  # 255 where this class is ahead, else 0
        # Ids grow from round to round, so "the last winner" is the larger of the two ids.
        np.bitwise_and(wins, np.uint8(class_id), out=wins)
        cv2.max(labels, wins, dst=labels)
        cv2.max(best, plane, dst=best)
    return labels
