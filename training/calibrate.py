"""Shift the last layer's biases so that the mean IoU is highest.

Cross-entropy leaves a network shy of rare classes: a pixel counts for the IoU of a class as soon
as its probability is over half of that IoU, far below the one half that the argmax asks for
(Lipton et al. 2014 show it for F1). One offset a class, found on training frames that are relit,
moved and mixed as in training, costs nothing when the network runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from seglib import metrics

Sampler = Callable[[np.random.Generator], tuple[NDArray[np.float32], NDArray[Any]]]

STEPS = (0.6, 0.3, 0.15)
"""Sizes of the moves tried, in logits, one round of all classes each."""

LARGEST = 1.0
"""No offset goes further than this: the frames are few."""


def mean_iou(
    scores: NDArray[np.float32], truth: NDArray[np.int64], offsets: Sequence[float]
) -> float:
    """Mean IoU of ``(N, C)`` scores with ``offsets`` against ``(N,)`` ids."""
    classes = scores.shape[1]
    found = np.argmax(scores + np.asarray(offsets, np.float32), 1)
    matrix = metrics.confusion_matrix(truth, found, num_classes=classes, ignore_label=None)
    return float(metrics.mean_iou(matrix, absent="zero"))


@torch.no_grad()
def collect(
    network: nn.Module,
    sample: Sampler,
    *,
    samples: int,
    share: float,
    seed: int,
    logits_of: Callable[[Any], Tensor] = lambda answer: answer,
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return scores and truth of a random share of the judged pixels of training frames.

    Parameters
    ----------
    network : Module
    sample : callable
        Random → pixels ``(3, H, W)`` and labels ``(H, W)``, 255 = not judged.
    samples : int
    share : float
        Of the pixels.
    seed : int
    logits_of : callable
        The network's answer → logits ``(1, C, h, w)``.
    """
    network.eval()
    device = next(network.parameters()).device
    scores, truth = [], []
    for number in range(samples):
        rng = np.random.default_rng((seed, number))
        pixels, labels = sample(rng)
        logits = logits_of(network(torch.from_numpy(pixels)[None].to(device))).float()
        logits = F.interpolate(logits, size=labels.shape, mode="bilinear", align_corners=False)
        kept = (labels != 255) & (rng.random(labels.shape) < share)
        scores.append(logits[0].permute(1, 2, 0).cpu().numpy()[kept])
        truth.append(labels[kept].astype(np.int64))
    return np.concatenate(scores), np.concatenate(truth)


def find_offsets(scores: NDArray[np.float32], truth: NDArray[np.int64]) -> list[float]:
    """Climb one class at a time with smaller and smaller moves."""
    offsets = [0.0] * scores.shape[1]
    best = mean_iou(scores, truth, offsets)
    for step in STEPS:
        for index in range(len(offsets)):
            for move in (step, -step):
                while abs(offsets[index] + move) <= LARGEST:
                    tried = [*offsets]
                    tried[index] += move
                    value = mean_iou(scores, truth, tried)
                    if value <= best:
                        break
                    offsets, best = tried, value
    return offsets


def calibrate(
    network: nn.Module,
    classify: nn.Conv2d,
    sample: Sampler,
    *,
    samples: int = 120,
    share: float = 0.08,
    seed: int = 11,
    logits_of: Callable[[Any], Tensor] = lambda answer: answer,
) -> list[float]:
    """Add the offsets found to the biases of the layer ``classify``; return them.

    The other parameters are those of :func:`collect`.
    """
    scores, truth = collect(
        network, sample, samples=samples, share=share, seed=seed, logits_of=logits_of
    )
    offsets = find_offsets(scores, truth)
    with torch.no_grad():
        assert classify.bias is not None
        classify.bias += torch.tensor(offsets).to(classify.bias)
    return offsets
