"""The class of every picture pixel from logits at network resolution, without the full scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.images.axis import bilinear
from seglib.images.boundary import argmax_at_boundaries
from seglib.images.geometry import Placement
from seglib.images.leader import Leader


def argmax_upsampled(logits: NDArray[np.floating], placement: Placement) -> NDArray[np.uint8]:
    """Interpolate logits to the picture and take the largest: the class of each pixel.

    The labels of ``placement.restore_scores(logits).argmax(axis=0)``, ties to the lowest id, but
    computed only at boundaries (:mod:`seglib.images.boundary`) or, where everything is in doubt,
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
    planes = np.asarray(logits, np.float32)
    labels = argmax_at_boundaries(planes, placement)
    return _everywhere(planes, placement) if labels is None else labels


def _everywhere(logits: NDArray[np.float32], placement: Placement) -> NDArray[np.uint8]:
    rows = placement.axis(1, logits.shape[1])
    columns = placement.axis(0, logits.shape[2])
    width, height = placement.source_size
    leader = Leader((height, width))
    plane = np.empty((height, width), np.float32)
    for class_id, cells in enumerate(logits):
        bilinear(cells, rows, columns, out=plane)
        leader.challenge(class_id, plane)
    return leader.ids
