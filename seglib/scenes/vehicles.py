"""Cars, vans, lorries and buses as small solid models, seen from anywhere."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from seglib.scenes import owners
from seglib.scenes.camera import NEAR, Floats
from seglib.scenes.dice import Dice
from seglib.scenes.stage import Stage
from seglib.scenes.vehicle_parts import Model
from seglib.scenes.vehicle_shapes import shape_of


@dataclass(frozen=True)
class Vehicle:
    """One vehicle.

    Parameters
    ----------
    kind : str
        ``hatch``, ``saloon``, ``estate``, ``jeep``, ``van``, ``lorry`` or ``bus``.
    s, t : float
        Middle of it on the street.
    heading : float
        Radians to the right of straight along the street; pi is towards us.
    thing : int
        Stable id of the thing.
    dice : Dice
        Chance for its looks.
    """

    kind: str
    s: float
    t: float
    heading: float
    thing: int
    dice: Dice

    def axes(self, stage: Stage) -> tuple[Floats, Floats, Floats]:
        """Return the ground place and the unit vectors to its right and ahead, world axes."""
        turn = self.heading + stage.road.slope(self.s)
        ahead = np.array([math.sin(turn), 0.0, math.cos(turn)])
        right = np.array([ahead[2], 0.0, -ahead[0]])
        return stage.road.spot(self.s, self.t), right, ahead

    def shadow(self, stage: Stage) -> list[Floats]:
        """Ground outlines: under the body, and thrown by the sun."""
        shape = shape_of(self.kind)
        at, right, ahead = self.axes(stage)
        a, b = shape.width / 2 + 0.03, shape.length / 2 - 0.05
        base = np.stack(
            [
                at - right * a - ahead * b,
                at + right * a - ahead * b,
                at + right * a + ahead * b,
                at - right * a + ahead * b,
            ]
        )
        sx, sy, sz = stage.light.sun_at
        reach = shape.cabin[4] * 0.8 / max(sy, 0.15)
        moved = base * 0.92 + base.mean(axis=0) * 0.08 - np.array([sx, 0, sz]) * reach
        return [base, moved] + [
            np.stack([base[i], base[(i + 1) % 4], moved[(i + 1) % 4], moved[i]]) for i in range(4)
        ]

    def draw(self, stage: Stage) -> None:
        """Draw tyres, body, cabin, windows, wheels and lamps."""
        at, right, ahead = self.axes(stage)
        shape = shape_of(self.kind)
        depth = stage.camera.depth(float(at[0]), float(at[2]))
        reach = shape.length / 2
        if depth < NEAR + reach * 0.4:
            return
        scale = stage.camera.focal / max(depth, 1.0)
        if scale * shape.cabin[4] < 3.0:
            return
        owner = stage.new_thing(owners.CAR_CLASS, self.thing)
        Model(stage, self.kind, self.s, self.dice.child("look"), (at, right, ahead), owner).draw()
