"""What a metric says of empty masks: decided here once, for all of them, and shown on the page.

Two cases have no obvious number. *Both empty*: nothing was there and nothing was claimed, so every
formula is 0/0. *One empty*: something was missed, or claimed where nothing is.

The house rule: both empty is **undefined** (``nan``) unless the caller says what it counts for,
and a mean leaves it out. One empty is an ordinary mistake with an ordinary value: overlap 0,
distance infinite. Where a benchmark's own software decides otherwise, the function that bears the
benchmark's name follows it. :data:`RULES` lists every case.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from seglib.errors import UsageError

Empty = Literal["skip", "zero", "one"]
"""What two empty masks count: undefined (``nan``, left out of means), 0 or 1."""
EMPTY: tuple[Empty, ...] = get_args(Empty)

_VALUE: dict[str, float] = {"skip": math.nan, "zero": 0.0, "one": 1.0}


def empty_value(empty: Empty) -> float:
    """Return the number for two empty masks; :class:`UsageError` for another name."""
    if empty not in _VALUE:
        raise UsageError(f"expected empty to be one of {EMPTY}, got {empty!r}")
    return _VALUE[empty]


@dataclass(frozen=True, slots=True)
class EmptyRule:
    """What one metric says of empty masks by default.

    Parameters
    ----------
    metric : str
        Name for people.
    functions : tuple of str
        Names in :mod:`seglib.metrics`.
    both : float
        Both empty; ``nan`` is undefined.
    only_prediction : float
        The truth is empty, the prediction is not.
    only_truth : float
        The other way round.
    why : str
        One sentence.
    """

    metric: str
    functions: tuple[str, ...]
    both: float
    only_prediction: float
    only_truth: float
    why: str


RULES: tuple[EmptyRule, ...] = (
    EmptyRule(
        "IoU, Dice",
        ("iou", "dice"),
        math.nan,
        0.0,
        0.0,
        "0/0 where a class is in neither map; absent=… makes it 0 or 1.",
    ),
    EmptyRule(
        "Boundary IoU",
        ("boundary_iou", "boundary_iou_mask"),
        math.nan,
        0.0,
        0.0,
        "Two empty rings, 0/0; an empty mask has no ring to meet the other's.",
    ),
    EmptyRule(
        "Boundary F",
        ("boundary_f",),
        math.nan,
        0.0,
        0.0,
        "Precision and recall both 0/0; with one contour missing, one of them is 0.",
    ),
    EmptyRule(
        "DAVIS J and F",
        ("region_similarity", "contour_accuracy"),
        1.0,
        0.0,
        0.0,
        "The DAVIS software gives 1: in a video it is right to see that an object has left.",
    ),
    EmptyRule(
        "Hausdorff, surface distance",
        ("hausdorff", "average_surface_distance"),
        math.nan,
        math.inf,
        math.inf,
        "No surface, no distance; with one surface missing, no step however long reaches it.",
    ),
    EmptyRule(
        "Surface distance within a tolerance",
        ("normalised_surface_distance",),
        math.nan,
        0.0,
        0.0,
        "A share of no surface is 0/0; with one surface missing, all of the other lies outside.",
    ),
    EmptyRule(
        "Average precision",
        ("average_precision",),
        math.nan,
        math.nan,
        0.0,
        "Recall is 0/0 where a class has no true object, and COCO leaves the class out.",
    ),
    EmptyRule(
        "Panoptic quality",
        ("panoptic_quality",),
        math.nan,
        0.0,
        0.0,
        "A class with no segment in either map is left out; unmatched segments count against it.",
    ),
)
"""Every metric's defaults."""
