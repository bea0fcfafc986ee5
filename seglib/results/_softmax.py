"""Softmax: the one place where scores of a network become probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def softmax(logits: NDArray[np.floating[Any]], *, axis: int = 0) -> NDArray[np.float32]:
    """Turn logits into probabilities that sum to 1 along ``axis``.

    The largest logit is taken off first, so that ``exp`` cannot overflow; the result is the same.

    Parameters
    ----------
    logits : float array
        Any shape, ``(C, h, w)`` for a segmentation network.
    axis : int
        Axis of the classes.

    Returns
    -------
    ndarray
        ``float32``, same shape, each value in 0..1.
    """
    powers: NDArray[np.float32] = np.subtract(
        logits, logits.max(axis=axis, keepdims=True), dtype=np.float32
    )
    np.exp(powers, out=powers)
    powers /= powers.sum(axis=axis, keepdims=True)
    return powers
