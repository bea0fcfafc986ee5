"""Distances between two outlines: Hausdorff, average, and the share within a tolerance.

The surface of a mask is, as in most medical software, its pixels with a pixel outside above,
below, left or right of them; the picture's border counts as outside. Distances are Euclidean,
between centres of pixels, and exact. Every number here comes from two lists: the distance of each
surface pixel of one mask to the nearest of the other.

Overlap metrics count pixels; these say how far off the outline is. A single stray pixel moves the
Hausdorff distance across the picture and the average hardly at all. Empty masks: see
:mod:`seglib.metrics.empty`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from seglib.errors import UsageError
from seglib.metrics._divide import safe_divide
from seglib.metrics._masks import Mask, one_mask, pair_of_masks, positive
from seglib.metrics.empty import Empty, empty_value

Direction = Literal["both", "truth", "prediction"]
"""From which surface one measures to the other."""

Spacing = tuple[float, float]

NoDistance = Literal["skip", "zero"]
"""What two empty masks count: undefined, or a distance of 0."""


@dataclass(frozen=True, eq=False)
class SurfaceDistances:
    """How far each surface pixel is from the other surface.

    Parameters
    ----------
    from_truth, from_prediction : ndarray
        ``(N,) float64`` in the unit of ``spacing``, in the order of :func:`numpy.argwhere`;
        ``inf`` where the other mask is empty, no entries where the mask itself is. Read-only.
    """

    from_truth: NDArray[np.float64]
    from_prediction: NDArray[np.float64]

    def take(self, direction: Direction) -> tuple[NDArray[np.float64], ...]:
        """Return the lists of a direction."""
        if direction not in get_args(Direction):
            raise UsageError(
                f"expected direction to be one of {get_args(Direction)}, got {direction!r}"
            )
        lists = {"truth": self.from_truth, "prediction": self.from_prediction}
        return tuple(lists.values()) if direction == "both" else (lists[direction],)


def surface_pixels(mask: NDArray[Any]) -> Mask:
    """Mark the pixels of ``mask``, ``(H, W)``, that have one outside on any of their four sides."""
    inside = one_mask(mask)
    padded = np.pad(inside, 1)
    core = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return inside & ~core


def surface_distances(
    truth: NDArray[Any], prediction: NDArray[Any], *, spacing: Spacing = (1.0, 1.0)
) -> SurfaceDistances:
    """Measure both lists of distances.

    Parameters
    ----------
    truth, prediction : ndarray
        ``(H, W) bool`` or integer, not 0 = set.
    spacing : tuple of float
        Height and width of a pixel, for distances in millimetres or the like.
    """
    from scipy.spatial import KDTree

    masks = pair_of_masks(truth, prediction)
    scale = np.array([positive("spacing", float(each)) for each in spacing])
    if scale.shape != (2,):
        raise UsageError(f"expected a spacing of two numbers, got {spacing!r}")
    first, second = (np.argwhere(surface_pixels(mask)) * scale for mask in masks)
    lists = []
    for points, others in ((first, second), (second, first)):
        if len(points) == 0 or len(others) == 0:
            away = np.full(len(points), math.inf)
        else:
            away = np.asarray(KDTree(others).query(points)[0], np.float64)
        away.setflags(write=False)
        lists.append(away)
    return SurfaceDistances(*lists)


def hausdorff(
    truth: NDArray[Any],
    prediction: NDArray[Any],
    *,
    percentile: float = 100,
    spacing: Spacing = (1.0, 1.0),
    direction: Direction = "both",
    empty: NoDistance = "skip",
) -> float:
    """Hausdorff distance of the surfaces: the worst distance from one to the other.

    Parameters
    ----------
    truth, prediction, spacing
        As for :func:`surface_distances`.
    percentile : float
        Above 0, at most 100. 95 forgives the worst twentieth of each surface; it is taken in each
        direction, and the larger is the result (with linear interpolation between ranks).
    direction : {"both", "truth", "prediction"}
        From which surface; both, and the larger, by default.
    empty : {"skip", "zero"}
        Value of two empty masks.

    Returns
    -------
    float
        From 0; ``inf`` where only one mask is empty, ``nan`` where both are.
    """
    if not 0 < percentile <= 100:
        raise UsageError(f"expected a percentile above 0 and at most 100, got {percentile!r}")
    found = surface_distances(truth, prediction, spacing=spacing)
    lists = found.take(direction)
    decided = _decided(found, empty)
    if decided is not None:
        return decided
    return max(float(np.percentile(away, percentile)) for away in lists)


def hausdorff_95(
    truth: NDArray[Any],
    prediction: NDArray[Any],
    *,
    spacing: Spacing = (1.0, 1.0),
    direction: Direction = "both",
    empty: NoDistance = "skip",
) -> float:
    """95 % Hausdorff distance: :func:`hausdorff` without the worst twentieth."""
    return hausdorff(
        truth, prediction, percentile=95, spacing=spacing, direction=direction, empty=empty
    )


def average_surface_distance(
    truth: NDArray[Any],
    prediction: NDArray[Any],
    *,
    spacing: Spacing = (1.0, 1.0),
    direction: Direction = "both",
    empty: NoDistance = "skip",
) -> float:
    """Mean distance of the surface pixels of one mask from the other's surface.

    In both directions together it is the mean over all surface pixels of both masks (symmetric,
    "ASSD"). Parameters and empty cases as for :func:`hausdorff`.
    """
    found = surface_distances(truth, prediction, spacing=spacing)
    lists = found.take(direction)
    decided = _decided(found, empty)
    return float(np.concatenate(lists).mean()) if decided is None else decided


def normalised_surface_distance(
    truth: NDArray[Any],
    prediction: NDArray[Any],
    *,
    tolerance: float = 1.0,
    spacing: Spacing = (1.0, 1.0),
    empty: Empty = "skip",
) -> float:
    """Share of both surfaces that lies within ``tolerance`` of the other ("surface Dice").

    From Nikolov et al., Clinically Applicable Segmentation of Head and Neck Anatomy, 2018, here
    with pixels for elements of the surface.

    Parameters
    ----------
    truth, prediction, spacing
        As for :func:`surface_distances`.
    tolerance : float
        From 0, in the unit of ``spacing``.
    empty : {"skip", "zero", "one"}
        Value of two empty masks.

    Returns
    -------
    float
        0..1, or ``nan``.
    """
    if not math.isfinite(tolerance) or tolerance < 0:
        raise UsageError(f"expected a tolerance from 0, got {tolerance!r}")
    undefined = empty_value(empty)
    found = surface_distances(truth, prediction, spacing=spacing)
    away = np.concatenate(found.take("both"))
    return float(safe_divide(np.count_nonzero(away <= tolerance), away.size, undefined=undefined))


def _decided(found: SurfaceDistances, empty: NoDistance) -> float | None:
    """Return the value that needs no measuring: of empty masks."""
    if empty not in get_args(NoDistance):
        raise UsageError(f"expected empty to be one of {get_args(NoDistance)}, got {empty!r}")
    if found.from_truth.size and found.from_prediction.size:
        return None
    if found.from_truth.size or found.from_prediction.size:
        return math.inf
    return empty_value(empty)
