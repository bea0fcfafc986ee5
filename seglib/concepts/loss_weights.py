"""Weights of classes: a pole has a hundredth of the road's pixels and should still be learned."""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError

Kind = Literal["none", "inverse", "median", "log"]
KINDS: Final[tuple[Kind, ...]] = ("none", "inverse", "median", "log")
ENET_C: Final = 1.02
"""ENet's constant: it keeps every weight between 1 and 50."""


def class_weights(pixels: NDArray[np.integer[Any]], kind: Kind) -> NDArray[np.float64]:
    """Compute a weight for each class from how often it occurs.

    Parameters
    ----------
    pixels : (C,) int
        Pixels of each class, ignored ones left out.
    kind : {"none", "inverse", "median", "log"}
        With f the share of a class among all pixels:

        - ``none``: 1 for every class;
        - ``inverse``: 1 / (K·f), K the number of classes that occur: every class then has the same
          say in the total, and the mean weight of a pixel is 1;
        - ``median``: median(f) / f over the classes that occur (Eigen and Fergus, ICCV 2015, used
          by SegNet), here with the shares of this one picture;
        - ``log``: 1 / ln(1.02 + f) (Paszke et al., ENet, 2016), between 1.42 and 50.5.

    Returns
    -------
    (C,) float64
        0 for a class that does not occur, with ``inverse`` and ``median``: 1/0 has no value, and no
        pixel would use it.
    """
    counts = np.asarray(pixels)
    if counts.ndim != 1 or not counts.size or (counts < 0).any():
        raise ShapeError(f"expected counts (C,) of at least 0, got {counts.shape}")
    if kind == "none":
        return np.ones(len(counts))
    total = counts.sum()
    shares = counts / total if total else np.zeros(len(counts))
    if kind == "log":
        return np.asarray(1 / np.log(ENET_C + shares), np.float64)
    occurs = shares > 0
    if not occurs.any():
        return np.zeros(len(counts))
    top = np.median(shares[occurs]) if kind == "median" else 1 / occurs.sum()
    return np.divide(top, shares, out=np.zeros(len(counts)), where=occurs)
