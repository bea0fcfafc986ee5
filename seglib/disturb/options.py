"""What a prediction can be made to get wrong."""

from __future__ import annotations

from dataclasses import dataclass, fields

from seglib.options import Checked, number, whole


@dataclass(frozen=True)
class DisturbOptions(Checked):
    """How far each disturbance goes; 0 everywhere leaves the map as it is."""

    dx: int = whole(0, -20, 20, "Moves every object to the right, in pixels.", title="Shift right")
    dy: int = whole(0, -20, 20, "Moves every object down, in pixels.", title="Shift down")
    erode: int = whole(0, 0, 10, "Takes a rim of so many pixels off every object.")
    dilate: int = whole(0, 0, 10, "Adds a rim of so many pixels to every object.")
    ragged: int = whole(
        0, 0, 8, "Moves the boundary in and out by up to so many pixels.", title="Ragged boundary"
    )
    speckle: float = number(
        0.0, 0.0, 0.3, "Share of pixels that get a wrong answer, one by one.", step=0.01
    )
    holes: int = whole(0, 0, 12, "Punches so many round holes into objects.")
    merge: int = whole(0, 0, 6, "Joins so many pairs of neighbours of one class by a bridge.")
    split: int = whole(0, 0, 6, "Cuts so many objects in two, by a line one pixel wide.")
    relabel: int = whole(0, 0, 8, "Gives so many objects another class.")
    drop: int = whole(0, 0, 12, "Misses so many objects altogether.", title="Miss")
    invent: int = whole(0, 0, 12, "Finds so many objects that are not there.")
    rotate: int = whole(0, -45, 45, "Turns every object about its centre, in degrees.")

    @property
    def nothing(self) -> bool:
        """Whether every disturbance is off."""
        return all(getattr(self, field.name) == 0 for field in fields(self))
