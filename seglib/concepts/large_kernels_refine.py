"""Boundary refinement: a small residual block that corrects scores along edges.

Peng et al., Large Kernel Matters (CVPR 2017), section 3.2: ``S̃ = S + R(S)`` with R a 3×3
convolution, ReLU, and another 3×3 convolution. The paper learns R; here it is made by hand, so that
one can see why it works: a cell that stands out against its neighbours gets more of what it has.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from seglib.concepts.large_kernels import Floats
from seglib.errors import ShapeError, UsageError

FIRST: Final = np.array([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]) / 8
"""First 3×3, for each class by itself: how far a score lies above its neighbours' mean."""
SECOND: Final = np.array([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
"""Second 3×3: a little smoothing, scaled by the strength."""


def refine(scores: Floats, *, strength: float = 1.0) -> NDArray[np.float32]:
    """Add the residual.

    Parameters
    ----------
    scores : (C, h, w) float
        Logits.
    strength : float
        Factor of the second convolution, 0 to 8; 0 changes nothing: that is what makes the block a
        residual.

    Returns
    -------
    (C, h, w) float32
    """
    if scores.ndim != 3 or not scores.size or not np.issubdtype(scores.dtype, np.floating):
        raise ShapeError(f"expected scores (C, h, w) float, got {scores.shape} {scores.dtype}")
    if not 0 <= strength <= 8:
        raise UsageError(f"expected a strength from 0 to 8, got {strength}")
    edges = np.maximum(_three(scores, FIRST), 0)
    return np.asarray(scores + _three(edges, SECOND * strength), np.float32)


def _three(maps: Floats, weights: Floats) -> NDArray[np.float64]:
    # the border is repeated: with zeros around, every cell of the rim would stand out
    padded = np.pad(np.asarray(maps, np.float64), ((0, 0), (1, 1), (1, 1)), mode="edge")
    height, width = maps.shape[1:]
    total = np.zeros(maps.shape)
    for y in range(3):
        for x in range(3):
            total += weights[y, x] * padded[:, y : y + height, x : x + width]
    return total
