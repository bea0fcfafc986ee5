"""Options declared once: type, range, default and help, so that widgets can be made from them.

A class of options is a frozen dataclass over :class:`Checked` whose fields are made with
:func:`choice`, :func:`number`, :func:`whole` and :func:`switch`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

from seglib.errors import UsageError


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
    title : str
        What a widget is called; the name in words unless declared.
    """

    name: str
    kind: Literal["choice", "number", "whole", "switch"]
    default: Any
    help: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    title: str = ""

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


def choice(default: str, choices: tuple[str, ...], text: str, *, title: str = "") -> Any:
    """Declare an option with named values."""
    return field(
        default=default,
        metadata={"kind": "choice", "choices": choices, "help": text, "title": title},
    )


def number(
    default: float, low: float, high: float, text: str, step: float = 0.05, *, title: str = ""
) -> Any:
    """Declare an option with a range."""
    return field(
        default=default,
        metadata={
            "kind": "number",
            "low": low,
            "high": high,
            "step": step,
            "help": text,
            "title": title,
        },
    )


def whole(default: int, low: int, high: int, text: str, step: int = 1, *, title: str = "") -> Any:
    """Declare a whole-number option with a range."""
    return field(
        default=default,
        metadata={
            "kind": "whole",
            "low": low,
            "high": high,
            "step": step,
            "help": text,
            "title": title,
        },
    )


def switch(default: bool, text: str, *, title: str = "") -> Any:
    """Declare an option that is on or off."""
    return field(default=default, metadata={"kind": "switch", "help": text, "title": title})


def describe(options: type[Any]) -> tuple[OptionInfo, ...]:
    """Return the options of a class over :class:`Checked`, in order."""
    return tuple(
        OptionInfo(
            name=f.name,
            default=f.default,
            **{**f.metadata, "title": f.metadata["title"] or f.name.replace("_", " ").capitalize()},
        )
        for f in dataclasses.fields(options)
    )


class Checked:
    """Base of option classes: every value is checked when one is made."""

    def __post_init__(self) -> None:
        for info in describe(type(self)):
            info.check(getattr(self, info.name))
