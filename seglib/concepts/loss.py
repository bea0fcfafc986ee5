"""Softmax cross-entropy, pixel by pixel: the loss that most segmentation networks learn from.

Long, Shelhamer, Darrell, Fully Convolutional Networks (CVPR 2015), section 4.3, for the sum over
pixels; class weights and the ignore label as in PyTorch's ``CrossEntropyLoss``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts.one_hot import Labels
from seglib.concepts.one_hot import check as check_labels
from seglib.errors import ShapeError

Logits = NDArray[np.floating[Any]]


def log_softmax(logits: Logits) -> NDArray[np.float32]:
    """Return log(softmax) over the first axis: ``z_c − log Σ e^(z_k)``.

    Parameters
    ----------
    logits : (C, ...) float

    Returns
    -------
    (C, ...) float32, at most 0
    """
    # the largest logit is taken off first: e^z cannot overflow then, and the result is the same
    shifted = np.asarray(logits, np.float32) - np.max(logits, axis=0, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True)), np.float32)


def cross_entropy(
    logits: Logits, labels: Labels, *, ignore_label: int | None = 255
) -> NDArray[np.float32]:
    """Return the loss of each pixel: −log of the probability of its true class.

    Parameters
    ----------
    logits : (C, H, W) float
        Scores before softmax.
    labels : (H, W) uint8 or uint16
        True classes.
    ignore_label : int, optional
        Pixels without a true class: their loss is undefined.

    Returns
    -------
    (H, W) float32
        In nats, at least 0; ``nan`` where the label is ignored.
    """
    check(logits, labels, ignore_label)
    known = _known(labels, ignore_label)
    place = np.where(known, labels, 0).astype(np.int64)
    log_p = np.take_along_axis(log_softmax(logits), place[None], axis=0)[0]
    # adding 0 turns the -0 of a certain pixel into 0
    losses = np.where(known, -log_p + 0, np.nan).astype(np.float32)
    losses.setflags(write=False)
    return losses


@dataclass(frozen=True, eq=False)
class ClassLosses:
    """A loss map summed up.

    Parameters
    ----------
    pixels : (C,) int64
        Pixels of each true class; ignored ones are in none.
    mean : (C,) float64
        Mean loss of each class's pixels; ``nan`` where it has none.
    weights : (C,) float64
        Weight of each class.
    """

    pixels: NDArray[np.int64]
    mean: NDArray[np.float64]
    weights: NDArray[np.float64]

    @property
    def parts(self) -> NDArray[np.float64]:
        """What each class adds to the weighted total, ``Σ w·loss`` over its pixels: (C,)."""
        return np.where(self.pixels > 0, self.weights * self.pixels * self.mean, 0.0)

    @property
    def total(self) -> float:
        """The loss: ``Σ w·loss / Σ w`` over pixels, as in PyTorch; ``nan`` without any weight."""
        weight = float((self.weights * self.pixels).sum())
        return float(self.parts.sum()) / weight if weight > 0 else float("nan")

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of each class in the total: (C,), sums to 1; ``nan`` where the total is 0."""
        parts = self.parts
        total = parts.sum()
        return parts / total if total > 0 else np.full(parts.shape, np.nan)


def by_class(
    losses: NDArray[np.float32], labels: Labels, weights: NDArray[np.floating[Any]]
) -> ClassLosses:
    """Sum a loss map up, class by class.

    Parameters
    ----------
    losses : (H, W) float32
        From :func:`cross_entropy` or :func:`seglib.concepts.loss_focal.focal`; ``nan`` is ignored.
    labels : (H, W) uint8 or uint16
        True classes.
    weights : (C,) float
        Weight of each class, at least 0.
    """
    if losses.shape != labels.shape:
        raise ShapeError(f"expected losses like the labels {labels.shape}, got {losses.shape}")
    weight = np.asarray(weights, np.float64)
    if weight.ndim != 1 or not np.isfinite(weight).all() or (weight < 0).any():
        raise ShapeError("expected finite weights (C,) of at least 0")
    known = ~np.isnan(losses)
    ids = labels[known].astype(np.int64)
    pixels = np.bincount(ids, minlength=len(weight))
    sums = np.bincount(ids, losses[known].astype(np.float64), minlength=len(weight))
    if len(pixels) > len(weight):
        raise ShapeError(f"expected weights for {len(pixels)} classes, got {len(weight)}")
    mean = np.divide(sums, pixels, out=np.full(len(weight), np.nan), where=pixels > 0)
    return ClassLosses(pixels.astype(np.int64), mean, weight)


def check(logits: Logits, labels: Labels, ignore_label: int | None) -> None:
    """Raise where logits and labels do not belong together."""
    if logits.ndim != 3 or not logits.size or not np.issubdtype(logits.dtype, np.floating):
        raise ShapeError(f"expected logits (C, H, W) float, got {logits.shape} {logits.dtype}")
    check_labels(labels, len(logits), ignore_label)
    if labels.shape != logits.shape[1:]:
        raise ShapeError(
            f"expected labels of the logits' size {logits.shape[1:]}, got {labels.shape}"
        )


def _known(labels: Labels, ignore_label: int | None) -> NDArray[np.bool_]:
    return np.ones(labels.shape, bool) if ignore_label is None else labels != ignore_label
