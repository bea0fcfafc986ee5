"""Two answers to imbalance other than weights: the focal loss and the soft Dice loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seglib.concepts.loss import Logits, check, log_softmax
from seglib.concepts.one_hot import Labels, one_hot
from seglib.errors import UsageError


def focal(losses: NDArray[np.float32], *, gamma: float = 2.0) -> NDArray[np.float32]:
    """Fade out the pixels that are already right: ``(1 − p)^γ · −log p``.

    Lin et al., Focal Loss for Dense Object Detection (ICCV 2017), equation 4. The probability of
    the true class is all it needs, and cross-entropy holds that: ``p = e^(−loss)``.

    Parameters
    ----------
    losses : (H, W) float32
        Cross-entropy of each pixel, ``nan`` where ignored.
    gamma : float
        0 is cross-entropy itself; 2 is the paper's choice.

    Returns
    -------
    (H, W) float32
    """
    if not 0 <= gamma <= 10:
        raise UsageError(f"expected gamma from 0 to 10, got {gamma}")
    # 1 − e^(−loss), exact also where the loss is tiny
    missing = -np.expm1(-losses.astype(np.float64))
    return np.asarray(missing**gamma * losses, np.float32)


def soft_dice(
    logits: Logits, labels: Labels, *, ignore_label: int | None = 255, smooth: float = 1.0
) -> NDArray[np.float64]:
    """Return one minus the Dice overlap of probabilities and truth, for each class.

    Milletari, Navab, Ahmadi, V-Net (3DV 2016), in the form with plain sums in the denominator:
    ``1 − (2·Σ p·g + s) / (Σ p + Σ g + s)``. It compares regions, so that the size of a class does
    not matter; a single pixel has no Dice loss.

    Parameters
    ----------
    logits : (C, H, W) float
    labels : (H, W) uint8 or uint16
    smooth : float
        Added above and below, in pixels: a class that is neither there nor predicted has loss 0.

    Returns
    -------
    (C,) float64 in 0..1
    """
    check(logits, labels, ignore_label)
    truth = one_hot(labels, num_classes=len(logits), ignore_label=ignore_label)
    planes = truth.transpose(2, 0, 1).astype(np.float64)
    known = planes.sum(axis=0)
    probabilities = np.exp(log_softmax(logits)).astype(np.float64) * known
    both = (probabilities * planes).sum(axis=(1, 2))
    sizes = probabilities.sum(axis=(1, 2)) + planes.sum(axis=(1, 2))
    return np.asarray(1 - (2 * both + smooth) / (sizes + smooth), np.float64)
