"""The loss of Mask R-CNN, L = Lcls + Lbox + Lmask, for one region: every part by hand.

He et al., Mask R-CNN (ICCV 2017), section 3; Lcls and Lbox from Girshick, Fast R-CNN (ICCV 2015),
section 2.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from seglib.concepts.loss import log_softmax
from seglib.errors import ShapeError, UsageError

Floats = NDArray[np.floating[Any]]


def box_offsets(anchor: Floats, box: Floats) -> NDArray[np.float64]:
    """Say how to get from one box to another: ``(tx, ty, tw, th)``.

    Shifts in units of the first box's size, and logarithms of the ratios of sizes, so that one
    number means the same for small and large boxes (Girshick et al., R-CNN, appendix C).

    Parameters
    ----------
    anchor, box : (4,) float
        ``x1, y1, x2, y2`` in pixels.
    """
    old, new = np.asarray(anchor, np.float64), np.asarray(box, np.float64)
    old_size, new_size = old[2:] - old[:2], new[2:] - new[:2]
    if old.shape != (4,) or new.shape != (4,) or (old_size <= 0).any() or (new_size <= 0).any():
        raise ShapeError("expected two boxes (x1, y1, x2, y2) with x1 < x2 and y1 < y2")
    shift = ((new[:2] + new[2:]) - (old[:2] + old[2:])) / 2 / old_size
    return np.concatenate([shift, np.log(new_size / old_size)])


def smooth_l1(difference: Floats, *, beta: float = 1.0) -> NDArray[np.float64]:
    """Quadratic near 0, straight beyond ``beta``: an outlier cannot pull harder than 1.

    Parameters
    ----------
    difference : float array
        Predicted minus true.
    beta : float
        Where the two pieces meet; they meet with equal value and slope.
    """
    if not beta > 0:
        raise UsageError(f"expected beta above 0, got {beta}")
    size = np.abs(np.asarray(difference, np.float64))
    return np.where(size < beta, size**2 / (2 * beta), size - beta / 2)


def binary_cross_entropy(logits: Floats, truth: Floats) -> NDArray[np.float64]:
    """Return ``−y·log σ(z) − (1 − y)·log(1 − σ(z))`` for each element.

    Written as ``max(z, 0) − z·y + log(1 + e^(−|z|))``, which overflows nowhere.
    """
    z, y = np.asarray(logits, np.float64), np.asarray(truth, np.float64)
    if z.shape != y.shape or ((y < 0) | (y > 1)).any():
        raise ShapeError(f"expected truth in 0..1 like the logits {z.shape}, got {y.shape}")
    return np.asarray(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))), np.float64)


@dataclass(frozen=True, eq=False)
class Region:
    """One region of interest: what the three heads say and what is true.

    Parameters
    ----------
    class_logits : (K + 1,) float
        Scores; 0 is the background.
    label : int
        True class; 0 for background.
    anchor, box : (4,) float
        The proposal and the true box, ``x1, y1, x2, y2`` in pixels.
    offsets : (K + 1, 4) float
        Predicted offsets, for each class its own.
    mask_logits : (K + 1, m, m) float
        A mask for each class: classes do not compete.
    mask : (m, m) float
        True mask inside the box, 0 or 1.
    """

    class_logits: Floats
    label: int
    anchor: Floats
    box: Floats
    offsets: Floats
    mask_logits: Floats
    mask: Floats


@dataclass(frozen=True, eq=False)
class RegionLoss:
    """The three parts and what they were computed from."""

    classification: float
    box: float
    mask: float
    wanted: NDArray[np.float64]
    box_parts: NDArray[np.float64]
    mask_parts: NDArray[np.float64]

    @property
    def total(self) -> float:
        """Their plain sum: Mask R-CNN gives each the weight 1."""
        return self.classification + self.box + self.mask


def region_loss(region: Region) -> RegionLoss:
    """Compute L = Lcls + Lbox + Lmask of one region.

    Box and mask count only for a region with an object, and only the true class's own box and mask:
    the class head alone decides which class it is.
    """
    classification = float(-log_softmax(np.asarray(region.class_logits))[region.label])
    if region.label == 0:
        nothing = np.zeros(0)
        return RegionLoss(classification, 0.0, 0.0, nothing, nothing, nothing)
    wanted = box_offsets(region.anchor, region.box)
    box_parts = smooth_l1(np.asarray(region.offsets)[region.label] - wanted)
    mask_parts = binary_cross_entropy(np.asarray(region.mask_logits)[region.label], region.mask)
    return RegionLoss(
        classification,
        float(box_parts.sum()),
        float(mask_parts.mean()),
        wanted,
        box_parts,
        mask_parts,
    )


EXAMPLE: Final = Region(
    class_logits=np.array([0.0, 2.0, 1.0]),
    label=1,
    anchor=np.array([10.0, 10.0, 50.0, 30.0]),
    box=np.array([14.0, 10.0, 54.0, 30.0]),
    offsets=np.array([[0.0, 0.0, 0.0, 0.0], [0.05, 0.1, 0.0, 1.5], [0.3, 0.3, 0.3, 0.3]]),
    mask_logits=np.array(
        [[[0.0, 0.0], [0.0, 0.0]], [[2.0, -1.0], [0.5, -3.0]], [[-9.0, 9.0], [9.0, -9.0]]]
    ),
    mask=np.array([[1.0, 0.0], [1.0, 0.0]]),
)
"""A car (class 1) beside a person (2): the person's wrong mask costs nothing."""
