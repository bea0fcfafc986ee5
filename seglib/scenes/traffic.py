"""Who moves: cars in lanes, parked cars, people on the pavements, cyclists along the kerb.

Each lane and each pavement is an endless row of slots; the slot number keys looks and identity,
so a thing keeps its id as long as it is about, and nothing has to be remembered.
"""

from __future__ import annotations

import math

from seglib.scenes.dice import Dice
from seglib.scenes.figures import Cyclist, Person
from seglib.scenes.options import StreetOptions
from seglib.scenes.road import CELL, GAP, KERB, Road
from seglib.scenes.stage import Item
from seglib.scenes.vehicles import Vehicle

_KINDS = (
    ("hatch", 0.36),
    ("saloon", 0.22),
    ("estate", 0.14),
    ("jeep", 0.1),
    ("van", 0.12),
    ("lorry", 0.025),
    ("bus", 0.035),
)
_ROW = 100_000
SPAN = 125.0
"""How far ahead moving things are drawn, metres."""


class Traffic:
    """Everything that can move.

    Parameters
    ----------
    road : Road
        The street.
    options : StreetOptions
        Densities.
    dice : Dice
        Chance.
    """

    def __init__(self, road: Road, options: StreetOptions, dice: Dice) -> None:
        self.road, self.dice = road, dice
        mood = dice.child("mood")
        self.cars = 0.0 if options.cars == 0 else options.cars * mood.uniform(0.6, 1.3)
        self.people = 0.0 if options.people == 0 else options.people * mood.uniform(0.4, 1.4)
        self.cyclists = options.cyclists * mood.uniform(0.4, 1.4) if options.cyclists else 0.0
        self.ahead_speed = mood.uniform(6, 10)
        self.oncoming_speed = mood.uniform(7, 12)
        self.walk = mood.uniform(1.1, 1.5)

    def items(self, s: float, clock: float, start: float) -> list[Item]:
        """Return what moves or is parked in view of a camera at ``s`` that set off at ``start``."""
        out: list[Item] = []
        for row, (t, way) in enumerate(self.road.lanes):
            self._lane(out, row, t, way, s, clock, start)
        for row, side in ((10, -1), (11, 1)):
            self._parked(out, row, side, s)
        for row, side in ((20, -1), (21, -1), (22, 1), (23, 1), (24, -1), (25, 1)):
            self._pavement(out, row, side, s, clock)
        self._crossing(out, 30, s, clock)
        for row, way in ((40, 1), (41, -1)):
            self._bikes(out, row, way, s, clock)
        return out

    def _lane(
        self,
        out: list[Item],
        row: int,
        t: float,
        way: int,
        s: float,
        clock: float,
        start: float,
    ) -> None:
        if self.cars <= 0:
            return
        pitch = 11.0
        moved = clock * (self.ahead_speed if way > 0 else -self.oncoming_speed)
        likely = min(0.95, 0.62 * self.cars)
        # Room is kept in front of the camera, which drives with the traffic of its lane.
        nearest = 9.0 if row == 0 else -3.0
        first = math.floor((s + nearest - moved) / pitch)
        for k in range(first, first + int(SPAN // pitch) + 1):
            dice = self.dice.child("lane", row, k)
            at = k * pitch + dice.uniform(0, 3.5) + moved
            if not dice.chance(likely) or at < s + nearest:
                continue
            # In our lane, only what was ahead at the start: nobody drives through the camera.
            if row == 0 and at - moved < start + nearest:
                continue
            kind = dice.weighted(_KINDS)
            if row == 0 and kind in {"bus", "lorry"} and dice.chance(0.7):
                kind = "saloon"  # Else a bus in front would hide the street too often.
            self._add(
                out,
                Vehicle(
                    kind,
                    at,
                    t + dice.bell(0.25),
                    (0.0 if way > 0 else math.pi) + dice.bell(0.03),
                    _ROW * (row + 1) + k % _ROW,
                    dice,
                ),
            )

    def _parked(self, out: list[Item], row: int, side: int, s: float) -> None:
        road = self.road
        if self.cars <= 0 or not (road.parking_left if side < 0 else road.parking_right):
            return
        pitch = 5.8
        edge = (road.left + 1.05) if side < 0 else (road.right - 1.05)
        likely = min(0.96, 0.35 + 0.7 * self.cars)
        first = math.floor((s - 6.0) / pitch)
        for k in range(first, first + int(SPAN // pitch) + 1):
            dice = self.dice.child("parked", row, k)
            at = k * pitch + dice.uniform(0, 0.6) + 2.9
            mouth = road.side_street(math.floor(at / CELL))[0 if side < 0 else 1]
            # Nobody parks in the mouth of a side street.
            if (mouth and at % CELL < GAP + 3.5) or not dice.chance(likely):
                continue
            kind = dice.weighted(_KINDS[:5])
            turn = math.pi if (side > 0) != dice.chance(0.2) else 0.0
            self._add(
                out,
                Vehicle(
                    kind,
                    at,
                    edge + dice.bell(0.1),
                    turn + dice.bell(0.03),
                    _ROW * (row + 1) + k % _ROW,
                    dice,
                ),
            )

    @staticmethod
    def _add(out: list[Item], car: Vehicle) -> None:
        length = {"bus": 5.2, "lorry": 3.7, "van": 2.5}.get(car.kind, 2.2)
        out.append(Item(car.s + length * 0.5, car.draw, car.shadow, thing=True))

    def _pavement(self, out: list[Item], row: int, side: int, s: float, clock: float) -> None:
        if self.people <= 0:
            return
        road = self.road
        kerb = road.left if side < 0 else road.right
        width = road.pavement_left if side < 0 else road.pavement_right
        # Rows 24 and 25 stand still, the others walk one way each.
        standing = row >= 24
        way = 1 if row % 2 == 0 else -1
        pitch = 9.0 if standing else 3.1
        moved = 0.0 if standing else clock * self.walk * way
        likely = min(0.9, 0.34 * self.people)
        first = math.floor((s - 2.0 - moved) / pitch)
        for k in range(first, first + int(75 // pitch)):
            dice = self.dice.child("walk", row, k)
            if not dice.chance(likely):
                continue
            at = k * pitch + dice.uniform(0, 2.0) + moved
            for j in range(2 if dice.chance(0.3) else 1):
                t = kerb + side * dice.uniform(0.35, max(0.5, width - 0.5))
                turn = (0.0 if way > 0 else math.pi) + dice.bell(0.15)
                if standing:
                    turn = dice.uniform(0, 2 * math.pi)
                step = dice.uniform(0, 1) + clock * self.walk / 1.45
                person = Person(
                    at + 0.3 * j, t, KERB, turn, step, standing,
                    _ROW * (row + 1) + (2 * k + j) % _ROW, dice.child("who", j),
                )  # fmt: skip
                out.append(Item(at + 0.3 * j, person.draw, person.shadow, thing=True))

    def _crossing(self, out: list[Item], row: int, s: float, clock: float) -> None:
        """People who cross the road."""
        road = self.road
        pitch = 14.0
        first = math.floor((s + 9.0) / pitch)
        for k in range(first, first + 5):
            dice = self.dice.child("cross", k)
            if not dice.chance(min(0.8, 0.3 * self.people)):
                continue
            at = k * pitch + dice.uniform(0, 10)
            for j in range(dice.integer(1, 3)):
                # To and fro: a triangle wave over the road's width.
                span = road.right - road.left
                trip = (dice.uniform(0, 2) + clock * self.walk / span) % 2.0
                way = 1 if trip < 1 else -1
                t = road.left + span * (trip if way > 0 else 2.0 - trip)
                person = Person(
                    at + 0.9 * j, t, 0.0, way * math.pi / 2 + dice.bell(0.2),
                    dice.uniform(0, 1) + clock * self.walk / 1.45, False,
                    _ROW * (row + 1) + (3 * k + j) % _ROW, dice.child("who", j),
                )  # fmt: skip
                out.append(Item(at + 0.9 * j, person.draw, person.shadow, thing=True))

    def _bikes(self, out: list[Item], row: int, way: int, s: float, clock: float) -> None:
        road = self.road
        pitch, speed = 14.0, 4.6 * way
        moved = clock * speed
        first = math.floor((s - 2.0 - moved) / pitch)
        inside = 2.9 if (road.parking_left if way > 0 else road.parking_right) else 0.75
        base = road.left + inside if way > 0 else road.right - inside
        for k in range(first, first + 7):
            dice = self.dice.child("bike", row, k)
            if not dice.chance(min(0.9, 0.42 * self.cyclists)):
                continue
            at = k * pitch + dice.uniform(0, 9) + moved
            rider = Cyclist(
                at,
                base + dice.bell(0.5),
                (0.0 if way > 0 else math.pi) + dice.bell(0.12),
                dice.uniform(0, 1) + clock * 1.1,
                _ROW * (row + 1) + k % _ROW,
                dice,
            )
            out.append(Item(at, rider.draw, rider.shadow, thing=True))
