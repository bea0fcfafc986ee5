"""How much of each pixel belongs to the foreground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.results._check import expect, read_only


@dataclass(frozen=True, eq=False)
class Matte:
    """Soft foreground mask.

    Parameters
    ----------
    alpha : ndarray
        ``(H, W) float32`` in 0..1: 0 background, 1 foreground, between them hair and blur.

    Raises
    ------
    ShapeError
        Another shape or type, or a value outside 0..1 (``nan`` included).
    """

    alpha: NDArray[np.float32]

    def __post_init__(self) -> None:
        expect(self.alpha, "alpha (H, W) float32", ndim=2, dtypes=(np.float32,))
        if self.alpha.size:
            low, high = float(self.alpha.min()), float(self.alpha.max())
            # Written so that nan, for which every comparison is false, fails as well.
            if not (low >= 0.0 and high <= 1.0):
                raise ShapeError(f"expected alpha in 0..1, got {low:g}..{high:g}")
        object.__setattr__(self, "alpha", read_only(self.alpha))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.alpha.shape
        return width, height
