"""The street's own coordinates: ``s`` metres along it, ``t`` metres to the right of our lane."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from seglib.scenes.camera import Floats
from seglib.scenes.dice import Dice

CELL = 60.0
"""Length of a stretch that is planned as one, metres; streets go on for ever in such cells."""
GAP = 11.0
"""Width of a side street's mouth, metres."""
KERB = 0.12
"""Height of the pavement over the road, metres."""


@dataclass(frozen=True)
class Road:
    """Course and cross-section of the street.

    Parameters
    ----------
    swing, period, phase : float
        The centre line is ``swing * sin(2 pi s / period + phase)``: a gentle bend.
    left, right : float
        ``t`` of the kerbs (left < 0 < right). Our lane's middle is t = 0.
    lane : float
        Lane width, metres.
    lanes : tuple of (t, direction)
        Middle of each lane and +1 (our way) or -1 (oncoming).
    pavement_left, pavement_right : float
        Widths, metres.
    parking_left, parking_right : bool
        Cars stand along the kerb.
    crossings : float
        Chance of a side street in a cell.
    seed : str
        Key of the scene.
    """

    swing: float
    period: float
    phase: float
    left: float
    right: float
    lane: float
    lanes: tuple[tuple[float, int], ...]
    pavement_left: float
    pavement_right: float
    parking_left: bool
    parking_right: bool
    crossings: float
    seed: str

    def bend(self, s: Floats | float) -> Floats:
        """Return the sideways shift of the street at ``s``, metres."""
        out: Floats = np.asarray(
            self.swing * np.sin(2 * math.pi / self.period * np.asarray(s) + self.phase)
        )
        return out

    def slope(self, s: float) -> float:
        """Return the heading of the street at ``s``, radians (right is positive)."""
        w = 2 * math.pi / self.period
        return math.atan(self.swing * w * math.cos(w * s + self.phase))

    def x(self, s: float, t: float) -> float:
        """Return the world x of a place on the street; its z is ``s``."""
        return t + self.swing * math.sin(2 * math.pi / self.period * s + self.phase)

    def place(self, s: ArrayLike, t: ArrayLike, y: ArrayLike = 0.0) -> Floats:
        """World points ``(..., 3)`` of street places."""
        along = np.asarray(s, np.float64)
        x = np.asarray(t) + self.bend(along)
        out: Floats = np.empty((*np.broadcast_shapes(x.shape, along.shape), 3))
        out[..., 0], out[..., 1], out[..., 2] = x, y, along
        return out

    def spot(self, s: float, t: float, y: float = 0.0) -> Floats:
        """World point ``(3,)`` of one street place."""
        return np.array([self.x(s, t), y, s])

    def strip(self, s: Floats, t0: ArrayLike, t1: ArrayLike, y: float = 0.0) -> Floats:
        """Outline ``(2n, 3)`` of the band between ``t0`` and ``t1`` over the places ``s``."""
        return np.concatenate([self.place(s, t0, y), self.place(s[::-1], t1, y)])

    def side_street(self, cell: int) -> tuple[bool, bool]:
        """Tell whether the start of a cell is the mouth of a street to the left, to the right."""
        dice = Dice(f"{self.seed}/side/{cell}")
        if not dice.chance(self.crossings):
            return (False, False)
        return dice.weighted([((True, True), 0.45), ((True, False), 0.3), ((False, True), 0.25)])

    def frontage(self, side: int) -> float:
        """Return ``t`` where the pavement ends; ``side`` is -1 left, +1 right."""
        if side < 0:
            return self.left - self.pavement_left
        return self.right + self.pavement_right


def make_road(dice: Dice, *, bend: str, width: str, crossings: float) -> Road:
    """Choose the course and the cross-section of a street.

    Parameters
    ----------
    dice : Dice
        Chance.
    bend : str
        ``any``, ``straight``, ``left`` or ``right``.
    width : str
        ``any``, ``narrow``, ``normal`` or ``wide``.
    crossings : float
        Chance of a side street every 60 m.
    """
    lane = dice.uniform(2.9, 3.5)
    drawn = dice.weighted([("narrow", 0.25), ("normal", 0.5), ("wide", 0.25)])
    width = drawn if width == "any" else width
    park = (dice.chance(0.45), dice.chance(0.4))
    lanes: list[tuple[float, int]] = [(0.0, 1)]
    if width == "narrow":
        right = 0.5 * lane + 0.9
        if dice.chance(0.5):
            lanes, right = [(0.0, 1), (lane * 0.95, -1)], 1.45 * lane
    elif width == "normal":
        lanes.append((lane, -1))
        right = 1.5 * lane + dice.uniform(0, 0.6)
    else:
        lanes += [(lane, 1), (2 * lane, -1)] if dice.chance(0.5) else [(lane, -1), (2 * lane, -1)]
        right = 2.5 * lane + dice.uniform(0, 1.0)
    left = -lane / 2 - dice.uniform(0.1, 1.2) - (2.2 if park[0] else 0.0)
    right += 2.2 if park[1] else 0.0
    turn = dice.weighted([("straight", 0.4), ("left", 0.3), ("right", 0.3)])
    turn = turn if bend == "any" else bend
    swing = {"straight": 0.0, "left": -1.0, "right": 1.0}[turn] * dice.uniform(4, 11)
    # The phase starts the street at a turning point, so that it bends the way it is named.
    return Road(
        swing=swing,
        period=dice.uniform(240, 330),
        phase=-math.pi / 2 + dice.uniform(-0.3, 0.2),
        left=left,
        right=right,
        lane=lane,
        lanes=tuple(lanes),
        pavement_left=dice.uniform(1.6, 4.2),
        pavement_right=dice.uniform(1.6, 4.2),
        parking_left=park[0],
        parking_right=park[1],
        crossings=crossings,
        seed=dice.key,
    )
