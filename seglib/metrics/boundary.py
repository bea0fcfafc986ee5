"""Boundary IoU: the IoU of the rings just inside the two contours.

From Cheng, Girshick, Dollár, Berg and Kirillov, Boundary IoU: Improving Object-Centric Image
Segmentation Evaluation, CVPR 2021, equation 2. Mask IoU is ruled by the inside of an object, which
is easy and grows with the square of its size. The ring is as wide for a large object as for a
small one.

The ring of a mask is what an erosion takes away from it: its pixels from which a pixel outside is
at most ``radius`` steps away, diagonal steps allowed. As in the authors' software, the picture's
border counts as outside. Empty masks: see :mod:`seglib.metrics.empty`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import LabelError, ShapeError, UsageError
from seglib.metrics._divide import safe_divide
from seglib.metrics._masks import Mask, diagonal, one_mask, pair_of_masks, positive
from seglib.metrics._pairs import count_pairs
from seglib.metrics.empty import Empty, empty_value

DILATION_RATIO = 0.02
"""Radius as a share of the picture's diagonal: the authors' choice."""


def boundary_radius(shape: tuple[int, ...], *, dilation_ratio: float = DILATION_RATIO) -> int:
    """Return the ring's width in pixels for a picture of ``shape`` (H, W): at least 1.

    Examples
    --------
    >>> boundary_radius((1024, 2048))
    46
    """
    positive("dilation_ratio", dilation_ratio)
    return max(1, round(dilation_ratio * diagonal(shape)))


def boundary_ring(mask: NDArray[Any], radius: int) -> Mask:
    """Return the pixels of ``mask`` that are at most ``radius`` steps from its outside.

    Parameters
    ----------
    mask : ndarray
        ``(H, W) bool`` or integer, not 0 = set.
    radius : int
        Pixels, at least 1. Steps may be diagonal, so the distance is the larger of both axes'.

    Returns
    -------
    ndarray
        ``(H, W) bool``. All of the mask where it is nowhere wider than ``2 * radius``.
    """
    inside = one_mask(mask)
    return inside & ~_uniform(inside.view(np.uint8), _whole(radius))


def boundary_iou_mask(
    truth: NDArray[Any],
    prediction: NDArray[Any],
    *,
    radius: int | None = None,
    dilation_ratio: float = DILATION_RATIO,
    empty: Empty = "skip",
) -> float:
    """IoU of the rings of two masks.

    Parameters
    ----------
    truth, prediction : ndarray
        ``(H, W) bool`` or integer, not 0 = set.
    radius : int, optional
        Ring's width in pixels; by default ``dilation_ratio`` of the diagonal, rounded, at least 1.
    dilation_ratio : float
        Above 0.
    empty : {"skip", "zero", "one"}
        Value of two empty masks.

    Returns
    -------
    float
        0..1, or ``nan``.
    """
    first, second = pair_of_masks(truth, prediction)
    width = _radius(first.shape, radius, dilation_ratio)
    ring, other = boundary_ring(first, width), boundary_ring(second, width)
    shared, union = np.count_nonzero(ring & other), np.count_nonzero(ring | other)
    return float(safe_divide(shared, union, undefined=empty_value(empty)))


def boundary_iou(
    truth: NDArray[np.integer[Any]],
    prediction: NDArray[np.integer[Any]],
    *,
    num_classes: int,
    ignore_label: int | None = 255,
    radius: int | None = None,
    dilation_ratio: float = DILATION_RATIO,
    empty: Empty = "skip",
) -> NDArray[np.float64]:
    """Boundary IoU of each class of a label map.

    Pixels that the truth ignores are taken out of both maps, and count as outside of every class,
    as the picture's border does. So it is :func:`boundary_iou_mask` of each class's two masks
    without those pixels, but all rings are found at once: a pixel is inside its class if all
    labels around it are the same, whatever they are.

    Parameters
    ----------
    truth, prediction : ndarray
        ``(H, W)`` class ids 0 to ``num_classes - 1`` of any integer type. A prediction that is the
        ignore label is an answer withheld: no class.
    num_classes : int
        C, at least 1.
    ignore_label : int or None
        Value of the truth that is not judged. Unlike in a confusion matrix it must not be a class.
    radius, dilation_ratio
        As for :func:`boundary_iou_mask`.
    empty : {"skip", "zero", "one"}
        Value of a class in neither map.

    Returns
    -------
    ndarray
        ``(C,) float64`` in 0..1, or ``nan``.

    Raises
    ------
    ShapeError
        The shapes differ or are not (H, W), or the values are no integers.
    LabelError
        An id out of range.
    """
    if num_classes < 1:
        raise LabelError(f"expected at least 1 class, got {num_classes}")
    if ignore_label is not None and 0 <= ignore_label < num_classes:
        raise LabelError(f"expected an ignore label that is no class, got {ignore_label}")
    undefined = empty_value(empty)
    first, second = _two_maps(truth, prediction)
    width = _radius(first.shape, radius, dilation_ratio)
    first = _narrow(first, "truth", num_classes, ignore_label)
    second = _narrow(second, "prediction", num_classes, ignore_label)
    if ignore_label is not None:
        outside = first.dtype.type(_outside(num_classes))
        second = np.where(first == outside, outside, second)
    shared, in_truth, in_prediction = _count_rings(first, second, width, num_classes)
    return safe_divide(shared, in_truth + in_prediction - shared, undefined=undefined)


def _radius(shape: tuple[int, ...], radius: int | None, ratio: float) -> int:
    return boundary_radius(shape, dilation_ratio=ratio) if radius is None else _whole(radius)


def _whole(radius: int) -> int:
    if isinstance(radius, bool) or not isinstance(radius, int | np.integer) or radius < 1:
        raise UsageError(f"expected a radius of at least 1 whole pixel, got {radius!r}")
    return int(radius)


def _two_maps(truth: NDArray[Any], prediction: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    first, second = np.asarray(truth), np.asarray(prediction)
    if first.shape != second.shape or first.ndim != 2 or first.size == 0:
        raise ShapeError(
            f"expected truth and prediction (H, W) of one shape, got {first.shape} and "
            f"{second.shape}"
        )
    for name, array in (("truth", first), ("prediction", second)):
        if array.dtype.kind not in "iub":
            raise ShapeError(f"expected {name} of integers, got {array.shape} {array.dtype}")
    return first, second


def _outside(num_classes: int) -> int:
    """Value of "no class" in a narrowed map."""
    return 255 if num_classes <= 255 else 2**32 - 1


def _narrow(
    labels: NDArray[Any], name: str, num_classes: int, ignore_label: int | None
) -> NDArray[Any]:
    """Return the labels as ``uint8`` (``uint32`` for more classes), ignored pixels as no class."""
    outside = _outside(num_classes)
    if labels.dtype == np.uint8 and outside == 255:
        flat = np.ascontiguousarray(labels).reshape(-1)
        # Paired with itself: by far the fastest histogram of bytes at hand.
        present = np.flatnonzero(count_pairs(flat, flat).diagonal())
    else:
        present = np.unique(labels)
    strange = [
        value
        for value in present.tolist()
        if value != ignore_label and not 0 <= value < num_classes
    ]
    if strange:
        shown = ", ".join(str(value) for value in strange[:8])
        raise LabelError(f"expected {name} ids from 0 to {num_classes - 1}, got {shown}")
    wide = np.uint8 if outside == 255 else np.uint32
    if ignore_label is None or ignore_label == outside:
        return labels.astype(wide, copy=False)
    return np.where(labels == ignore_label, wide(outside), labels.astype(wide))


def _count_rings(
    truth: NDArray[Any], prediction: NDArray[Any], radius: int, num_classes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Count each class's ring pixels: in both maps, in the truth, in the prediction."""
    outside = truth.dtype.type(_outside(num_classes))
    rings = []
    for labels in (truth, prediction):
        inside = _uniform(labels, radius)
        ring = labels | (-inside.astype(labels.dtype))  # all bits set is "no class"
        rings.append(ring.reshape(-1))
    first, second = rings
    if outside == 255:
        pairs = count_pairs(first, second)
        shared = pairs.diagonal()[:num_classes].copy()
        return shared, pairs.sum(axis=1)[:num_classes], pairs.sum(axis=0)[:num_classes]
    parts = (first[first == second], first, second)
    shared, in_truth, in_prediction = (
        np.bincount(part[part != outside], minlength=num_classes) for part in parts
    )
    return shared, in_truth, in_prediction


def _uniform(labels: NDArray[Any], radius: int) -> Mask:
    """Say of each pixel whether the square of ``radius`` around it has one label alone.

    A square that leaves the picture has not. The square is uniform if no two neighbours in it
    differ, so it is enough to know where neighbours differ and to collect that along the rows,
    then along the columns.
    """
    height, width = labels.shape
    size = 2 * radius  # differences between 2 * radius + 1 pixels in a row
    inside = np.zeros(labels.shape, bool)
    if height <= size or width <= size:
        return inside
    across = _any_of(labels[:, 1:] != labels[:, :-1], size, axis=1)
    down = labels[1:, radius : width - radius] != labels[:-1, radius : width - radius]
    down |= across[1:]
    down |= across[:-1]
    inside[radius : height - radius, radius : width - radius] = ~_any_of(down, size, axis=0)
    return inside


def _any_of(flags: Mask, size: int, *, axis: int) -> Mask:
    """Whether any of ``size`` flags in a row is set, for every such row along ``axis``.

    Rows of 1, 2, 4, … flags are joined from two of half the length: a handful of passes for any
    size.
    """
    flags = flags if axis == 0 else flags.T
    length = 1
    while 2 * length <= size:
        flags = flags[length:] | flags[:-length]
        length *= 2
    if length < size:
        rest = size - length
        flags = flags[rest:] | flags[:-rest]
    return flags if axis == 0 else flags.T
