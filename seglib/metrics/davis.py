"""J and F, the two numbers of the DAVIS video benchmark, frame by frame.

From Perazzi et al., A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation,
CVPR 2016, section 5. Region similarity J is the IoU of the masks, contour accuracy F the boundary
F of :mod:`seglib.metrics.contour`. As in the DAVIS software, a frame where the object is rightly
said to be gone counts as 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.metrics._divide import safe_divide
from seglib.metrics._masks import one_mask, pair_of_masks
from seglib.metrics.contour import TOLERANCE, boundary_f
from seglib.metrics.empty import Empty, empty_value


def region_similarity(
    truth: NDArray[Any],
    prediction: NDArray[Any],
    *,
    ignore: NDArray[Any] | None = None,
    empty: Empty = "one",
) -> float:
    """J: intersection over union of two masks, ``(H, W) bool`` or integer.

    Parameters
    ----------
    truth, prediction : ndarray
        Not 0 = set.
    ignore : ndarray, optional
        ``(H, W)`` pixels that are not judged.
    empty : {"skip", "zero", "one"}
        Value of two empty masks.
    """
    first, second = pair_of_masks(truth, prediction)
    shared, union = first & second, first | second
    if ignore is not None:
        judged = ~one_mask(ignore, "ignore")
        if judged.shape != first.shape:
            raise ShapeError(f"expected ignore of shape {first.shape}, got {judged.shape}")
        shared, union = shared & judged, union & judged
    counts = np.count_nonzero(shared), np.count_nonzero(union)
    return float(safe_divide(*counts, undefined=empty_value(empty)))


def contour_accuracy(
    truth: NDArray[Any],
    prediction: NDArray[Any],
    *,
    tolerance: float = TOLERANCE,
    ignore: NDArray[Any] | None = None,
    empty: Empty = "one",
) -> float:
    """F: :func:`seglib.metrics.boundary_f` with DAVIS's decision on empty masks."""
    return boundary_f(truth, prediction, tolerance=tolerance, ignore=ignore, empty=empty)


def j_and_f(
    truth: NDArray[Any],
    prediction: NDArray[Any],
    *,
    tolerance: float = TOLERANCE,
    ignore: NDArray[Any] | None = None,
    empty: Empty = "one",
) -> float:
    """J&F: the mean of :func:`region_similarity` and :func:`contour_accuracy`."""
    j = region_similarity(truth, prediction, ignore=ignore, empty=empty)
    f = contour_accuracy(truth, prediction, tolerance=tolerance, ignore=ignore, empty=empty)
    return (j + f) / 2
