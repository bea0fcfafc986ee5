"""Boundary F: how much of two contours lies within a tolerance of each other.

From Perazzi et al., A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation,
CVPR 2016, section 5, with the contours and the tolerance of the DAVIS software: its contour map is
that of Martin, Fowlkes and Malik's ``seg2bmap``, and its tolerance is a disk of 0.8 % of the
picture's diagonal, rounded up. Empty contours: see :mod:`seglib.metrics.empty`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.metrics._divide import safe_divide
from seglib.metrics._masks import Mask, diagonal, one_mask, pair_of_masks, positive
from seglib.metrics.empty import Empty, empty_value

TOLERANCE = 0.008
"""Share of the diagonal within which contours agree: DAVIS's."""


@dataclass(frozen=True, eq=False)
class ContourMatch:
    """Two contours and which of their pixels agree. All maps are ``(H, W) bool``, read-only.

    Parameters
    ----------
    truth, prediction : ndarray
        The contours.
    truth_matched, prediction_matched : ndarray
        Those of their pixels that have a pixel of the other within the tolerance.
    tolerance : float
        Pixels.
    """

    truth: Mask
    prediction: Mask
    truth_matched: Mask
    prediction_matched: Mask
    tolerance: float

    @property
    def precision(self) -> float:
        """Share of the predicted contour that is near the true one; ``nan`` without one."""
        return _share(self.prediction_matched, self.prediction)

    @property
    def recall(self) -> float:
        """Share of the true contour that is near the predicted one; ``nan`` without one."""
        return _share(self.truth_matched, self.truth)

    @property
    def f(self) -> float:
        """Harmonic mean of both; 0 where one contour is missing, ``nan`` where both are."""
        shares = [value for value in (self.precision, self.recall) if not math.isnan(value)]
        if len(shares) < 2:
            return 0.0 if shares else math.nan
        return float(safe_divide(2 * shares[0] * shares[1], sum(shares), undefined=0.0))


def contour_map(mask: NDArray[Any]) -> Mask:
    """Mark the contour of a mask: pixels that differ from the one to the right, below, or both.

    Parameters
    ----------
    mask : ndarray
        ``(H, W) bool`` or integer, not 0 = set.

    Returns
    -------
    ndarray
        ``(H, W) bool``: a line half a pixel up and left of the contour. The picture's own border
        is none, so a mask of the whole picture has no contour, like an empty one.
    """
    inside = one_mask(mask)
    contour = np.zeros(inside.shape, bool)
    contour[:, :-1] |= inside[:, :-1] ^ inside[:, 1:]
    contour[:-1] |= inside[:-1] ^ inside[1:]
    contour[:-1, :-1] |= inside[:-1, :-1] ^ inside[1:, 1:]
    return contour


def contour_match(
    truth: NDArray[Any],
    prediction: NDArray[Any],
    *,
    tolerance: float = TOLERANCE,
    ignore: NDArray[Any] | None = None,
) -> ContourMatch:
    """Find both contours and match them.

    Parameters
    ----------
    truth, prediction : ndarray
        ``(H, W) bool`` or integer, not 0 = set.
    tolerance : float
        Below 1, a share of the diagonal, rounded up to whole pixels; from 1, pixels.
    ignore : ndarray, optional
        ``(H, W)`` pixels that are taken out of both masks.
    """
    first, second = pair_of_masks(truth, prediction)
    positive("tolerance", tolerance)
    reach = tolerance if tolerance >= 1 else float(math.ceil(tolerance * diagonal(first.shape)))
    if ignore is not None:
        void = one_mask(ignore, "ignore")
        if void.shape != first.shape:
            raise ShapeError(f"expected ignore of shape {first.shape}, got {void.shape}")
        first, second = first & ~void, second & ~void
    one, other = contour_map(first), contour_map(second)
    parts = (one, other, one & _near(other, reach), other & _near(one, reach))
    for part in parts:
        part.setflags(write=False)
    return ContourMatch(*parts, tolerance=reach)


def boundary_f(
    truth: NDArray[Any],
    prediction: NDArray[Any],
    *,
    tolerance: float = TOLERANCE,
    ignore: NDArray[Any] | None = None,
    empty: Empty = "skip",
) -> float:
    """F measure of two contours: ``2 P R / (P + R)`` of their matched shares.

    Parameters
    ----------
    truth, prediction, tolerance, ignore
        As for :func:`contour_match`.
    empty : {"skip", "zero", "one"}
        Value where neither mask has a contour.

    Returns
    -------
    float
        0..1, or ``nan``.
    """
    undefined = empty_value(empty)
    value = contour_match(truth, prediction, tolerance=tolerance, ignore=ignore).f
    return undefined if math.isnan(value) else value


def _share(part: Mask, whole: Mask) -> float:
    return float(safe_divide(np.count_nonzero(part), np.count_nonzero(whole)))


def _near(contour: Mask, reach: float) -> Mask:
    """Pixels at most ``reach`` from the contour: its dilation by a disk."""
    if not contour.any():
        return contour
    import cv2

    away = cv2.distanceTransform((~contour).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # Squared distances are whole numbers, so rounding undoes the float32 root exactly.
    near: Mask = np.rint(np.square(away, dtype=np.float64)) <= reach**2
    return near
