"""How good a saliency map is: precision, recall and F over all thresholds, and the mean error.

A map says for every pixel how much it stands out, 0 to 1; the truth is a mask. Precision and recall
of the map cut at each threshold make a curve; F weighs precision more, with beta squared 0.3
(Achanta, Hemami, Estrada and Süsstrunk, Frequency-tuned Salient Region Detection, CVPR 2009,
https://doi.org/10.1109/CVPR.2009.5206596). The mean absolute error needs no threshold (Perazzi,
Krähenbühl, Pritch and Hornung, Saliency Filters, CVPR 2012).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seglib.errors import ShapeError, UsageError
from seglib.metrics._divide import safe_divide
from seglib.metrics._masks import one_mask

BETA_SQUARED = 0.3
LEVELS = 256


@dataclass(frozen=True, eq=False)
class SaliencyCurve:
    """Precision, recall and F at each threshold. Arrays ``(T,) float64``, read-only.

    Parameters
    ----------
    thresholds : ndarray
        Rising; a pixel is salient where the map is at least the threshold.
    precision : ndarray
        ``nan`` where nothing is salient.
    recall : ndarray
        ``nan`` where the truth is empty.
    f_beta : ndarray
        ``nan`` where one of them is, 0 where both are 0.
    """

    thresholds: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f_beta: NDArray[np.float64]

    @property
    def best(self) -> int | None:
        """Place of the highest F; ``None`` where F is defined nowhere."""
        if np.isnan(self.f_beta).all():
            return None
        return int(np.nanargmax(self.f_beta))


@dataclass(frozen=True, slots=True)
class SaliencyScores:
    """Precision, recall and F of a map cut at one threshold; ``nan`` where undefined.

    Parameters
    ----------
    true_positives, predicted, truth : int
        Pixels: rightly salient, salient, salient in truth.
    """

    threshold: float
    precision: float
    recall: float
    f_beta: float
    true_positives: int
    predicted: int
    truth: int


def f_beta(
    precision: ArrayLike, recall: ArrayLike, *, beta_squared: float = BETA_SQUARED
) -> NDArray[np.float64]:
    """``(1 + b) P R / (b P + R)`` with ``b`` beta squared; 0 where both are 0.

    Examples
    --------
    >>> round(float(f_beta(0.5, 1.0)), 4)
    0.5652
    """
    if not beta_squared > 0:
        raise UsageError(f"expected beta squared above 0, got {beta_squared!r}")
    p, r = np.asarray(precision, np.float64), np.asarray(recall, np.float64)
    return safe_divide((1 + beta_squared) * p * r, beta_squared * p + r, undefined=0.0)


def saliency_scores(
    truth: NDArray[Any], saliency: NDArray[np.floating[Any]], threshold: float
) -> SaliencyScores:
    """Judge a map cut at one threshold.

    Parameters
    ----------
    truth : (H, W) bool or integer
        Not 0 = salient.
    saliency : (H, W) float
        0..1.
    threshold : float
        A pixel is salient from here on.
    """
    mask, values = _pair(truth, saliency)
    found = values >= np.float64(threshold)  # not rounded to the map's own type
    hits, predicted = int(np.count_nonzero(found & mask)), int(np.count_nonzero(found))
    total = int(np.count_nonzero(mask))
    p, r = float(safe_divide(hits, predicted)), float(safe_divide(hits, total))
    return SaliencyScores(threshold, p, r, float(f_beta(p, r)), hits, predicted, total)


def saliency_curve(
    truth: NDArray[Any], saliency: NDArray[np.floating[Any]], *, levels: int = LEVELS
) -> SaliencyCurve:
    """Judge a map at ``levels`` thresholds, evenly from 0 to 1.

    Parameters
    ----------
    truth : (H, W) bool or integer
        Not 0 = salient.
    saliency : (H, W) float
        0..1.
    levels : int
        At least 2; 256 as in the benchmarks.
    """
    if levels < 2:
        raise UsageError(f"expected at least 2 levels, got {levels}")
    mask, values = _pair(truth, saliency)
    thresholds = np.linspace(0.0, 1.0, levels)
    # how many thresholds a pixel reaches; then count from the top
    reached = np.searchsorted(thresholds, values.ravel(), side="right")
    flat = mask.ravel()
    everything = np.bincount(reached, minlength=levels + 1)
    hits = np.bincount(reached[flat], minlength=levels + 1)
    predicted = everything[::-1].cumsum()[::-1][1:]
    right = hits[::-1].cumsum()[::-1][1:]
    precision = safe_divide(right, predicted)
    recall = safe_divide(right, int(flat.sum()))
    curve = SaliencyCurve(thresholds, precision, recall, f_beta(precision, recall))
    for array in (curve.thresholds, curve.precision, curve.recall, curve.f_beta):
        array.setflags(write=False)
    return curve


def mean_absolute_error(truth: NDArray[Any], saliency: NDArray[np.floating[Any]]) -> float:
    """Mean of ``|S - G|`` over all pixels, truth G as 0 and 1."""
    mask, values = _pair(truth, saliency)
    return float(np.abs(values - mask).mean(dtype=np.float64))


def adaptive_threshold(saliency: NDArray[np.floating[Any]]) -> float:
    """Twice the mean of the map, at most 1 (Achanta et al. 2009, equation 6)."""
    return min(1.0, 2.0 * float(_values(saliency).mean(dtype=np.float64)))


def _values(saliency: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    values = np.asarray(saliency)
    if values.ndim != 2 or not values.size or values.dtype.kind != "f":
        raise ShapeError(f"expected a map (H, W) float, got {values.shape} {values.dtype}")
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and high <= 1):
        raise ShapeError(f"expected a map in 0..1, got {low:g}..{high:g}")
    return values


def _pair(
    truth: NDArray[Any], saliency: NDArray[np.floating[Any]]
) -> tuple[NDArray[np.bool_], NDArray[np.floating[Any]]]:
    mask, values = one_mask(truth, "truth"), _values(saliency)
    if mask.shape != values.shape:
        raise ShapeError(
            f"expected truth and map of one shape, got {mask.shape} and {values.shape}"
        )
    return mask, values
