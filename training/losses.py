"""Losses of the semantic networks."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F


def class_weights(counts: NDArray[np.int64]) -> Tensor:
    """Inverse-log weights (Paszke et al. 2016, ENet), scaled so that the mean pixel weighs 1."""
    share = counts / counts.sum()
    weights = 1 / np.log(1.10 + share)
    weights /= (weights * share).sum()
    return torch.tensor(weights, dtype=torch.float32)


def soft_jaccard(probabilities: Tensor, target: Tensor, *, ignore: int = 255) -> Tensor:
    """One minus the soft IoU, mean over the classes present (Rahman and Wang 2016).

    Parameters
    ----------
    probabilities : ``(N, C, H, W)`` in 0..1
    target : ``(N, H, W)`` int64 ids, ``ignore`` where not judged
    """
    classes = probabilities.shape[1]
    judged = (target != ignore).unsqueeze(1)
    truth = F.one_hot(target.clamp(max=classes - 1), classes).permute(0, 3, 1, 2) * judged
    found = probabilities * judged
    both = (found * truth).sum((0, 2, 3))
    total = found.sum((0, 2, 3)) + truth.sum((0, 2, 3))
    present = truth.sum((0, 2, 3)) > 0
    return 1 - (both[present] / (total - both)[present].clamp(min=1)).mean()


def segmentation_loss(
    logits: Tensor, target: Tensor, weights: Tensor, *, jaccard: float = 0.5
) -> Tensor:
    """Weighted cross-entropy on logits enlarged to the labels, plus soft Jaccard."""
    logits = F.interpolate(
        logits.float(), size=target.shape[-2:], mode="bilinear", align_corners=False
    )
    entropy = F.cross_entropy(logits, target, weights, ignore_index=255, label_smoothing=0.03)
    return entropy + jaccard * soft_jaccard(logits.softmax(1), target)
