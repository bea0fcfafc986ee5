"""The only division in the metrics: every 0/0 is decided here."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def safe_divide(
    numerator: ArrayLike, denominator: ArrayLike, *, undefined: float = math.nan
) -> NDArray[np.float64]:
    """Divide, and give ``undefined`` where the denominator is 0.

    Parameters
    ----------
    numerator, denominator : array-like
        Numbers of shapes that broadcast. A metric's denominator counts the pixels it looks at, so
        0 means that there was nothing to look at.
    undefined : float
        Value for that case: ``nan`` (say so), 0 or 1.

    Returns
    -------
    ndarray
        ``float64``; 0-dimensional for two scalars.
    """
    top, bottom = np.broadcast_arrays(
        np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    )
    quotient = np.full(top.shape, undefined)
    np.divide(top, bottom, out=quotient, where=bottom != 0)
    return quotient
