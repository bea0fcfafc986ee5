"""What generated scenes can be asked for."""

from __future__ import annotations

from dataclasses import dataclass

from seglib.errors import ShapeError, UsageError
from seglib.options import Checked, choice, number, switch

MIN_SIDE, MAX_SIDE = 32, 4096


@dataclass(frozen=True)
class StreetOptions(Checked):
    """What a street scene holds. ``any`` and the middle of a range leave the choice to the seed."""

    setting: str = choice(
        "any",
        ("any", "shops", "terraces", "suburb", "offices", "park"),
        "What stands along the street.",
    )
    time_of_day: str = choice("any", ("any", "day", "overcast", "dusk"), "The light.")
    viewpoint: str = choice("any", ("any", "car", "van", "bus"), "How high the camera is.")
    bend: str = choice("any", ("any", "straight", "left", "right"), "Which way the street goes.")
    width: str = choice("any", ("any", "narrow", "normal", "wide"), "How wide the road is.")
    crossings: float = number(0.5, 0, 1, "How often a side street comes.")
    cars: float = number(0.5, 0, 1, "How many cars, vans, buses: 0 none, 1 a jam.")
    people: float = number(0.5, 0, 1, "How many people on foot: 0 none, 1 a crowd.")
    cyclists: float = number(0.5, 0, 1, "How many cyclists: 0 none.")
    trees: float = number(0.5, 0, 1, "How many trees and bushes: 0 none.")
    furniture: float = number(0.5, 0, 1, "How many lamp posts, signs, bollards: 0 none.")
    haze: float = number(0.15, 0, 1, "How misty the air is.")
    noise: float = number(0.25, 0, 1, "Sensor noise: 0 none, 1 a bad night shot.")
    blur: float = number(0.15, 0, 1, "Softness of the lens: 0 sharp.")
    grading: float = number(0.5, 0, 1, "How far exposure and white balance stray between seeds.")
    bonnet: bool = switch(False, "Show the camera car's own bonnet, which has no class.")


def check_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return ``size`` as (width, height) whole numbers; ShapeError if it cannot be a picture."""
    try:
        width, height = size
        fine = all(
            int(side) == side and MIN_SIDE <= side <= MAX_SIDE and not isinstance(side, bool)
            for side in (width, height)
        )
    except (TypeError, ValueError):
        fine = False
    if not fine:
        raise ShapeError(
            f"expected a size (width, height), each {MIN_SIDE} to {MAX_SIDE} pixels, got {size!r}"
        )
    return int(width), int(height)


def check_seed(seed: int) -> int:
    """Return the seed as an int; :class:`~seglib.errors.UsageError` if it is not whole."""
    try:
        fine = not isinstance(seed, bool) and int(seed) == seed
    except (TypeError, ValueError):
        fine = False
    if not fine:
        raise UsageError(f"expected a whole number as seed, got {seed!r}")
    return int(seed)
