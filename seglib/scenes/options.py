"""Options declared once: type, range, default and help, so that widgets can be made from them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

from seglib.errors import ShapeError, UsageError

MIN_SIDE, MAX_SIDE = 32, 4096


@dataclass(frozen=True)
class OptionInfo:
    """What a widget needs to know of one option.

    Parameters
    ----------
    name : str
        Field name.
    kind : str
        ``choice``, ``number``, ``whole`` or ``switch``.
    default : object
        Value when nothing is chosen.
    help : str
        One sentence.
    low, high, step : float or None
        Range of a number.
    choices : tuple of str
        Of a choice.
    """

    name: str
    kind: Literal["choice", "number", "whole", "switch"]
    default: Any
    help: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()

    def check(self, value: Any) -> None:
        """Raise :class:`~seglib.errors.UsageError` if ``value`` is not allowed."""
        if self.kind == "choice":
            if value not in self.choices:
                raise UsageError(
                    f"expected {self.name} to be one of {', '.join(self.choices)}, got {value!r}"
                )
            return
        if self.kind == "switch":
            if not isinstance(value, bool):
                raise UsageError(f"expected {self.name} to be True or False, got {value!r}")
            return
        whole = self.kind == "whole"
        number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        if self.low is None or self.high is None:
            raise UsageError(f"option {self.name} has no range")
        if not number or not self.low <= value <= self.high:
            noun = "a whole number" if whole else "a number"
            raise UsageError(
                f"expected {self.name} to be {noun} from {self.low:g} to {self.high:g}, "
                f"got {value!r}"
            )


def choice(default: str, choices: tuple[str, ...], text: str) -> Any:
    """Declare an option with named values."""
    return field(default=default, metadata={"kind": "choice", "choices": choices, "help": text})


def number(default: float, low: float, high: float, text: str, step: float = 0.05) -> Any:
    """Declare an option with a range."""
    return field(
        default=default,
        metadata={"kind": "number", "low": low, "high": high, "step": step, "help": text},
    )


def whole(default: int, low: int, high: int, text: str) -> Any:
    """Declare a whole-number option with a range."""
    return field(
        default=default,
        metadata={"kind": "whole", "low": low, "high": high, "step": 1, "help": text},
    )


def switch(default: bool, text: str) -> Any:
    """Declare an option that is on or off."""
    return field(default=default, metadata={"kind": "switch", "help": text})


def describe(options: type[Any]) -> tuple[OptionInfo, ...]:
    """Return the options of a class such as :class:`StreetOptions`, in order."""
    return tuple(
        OptionInfo(name=f.name, default=f.default, **f.metadata)
        for f in dataclasses.fields(options)
    )


class Checked:
    """Base of option classes: every value is checked when one is made."""

    def __post_init__(self) -> None:
        for info in describe(type(self)):
            info.check(getattr(self, info.name))


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
