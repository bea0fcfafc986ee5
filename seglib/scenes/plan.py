"""Who stands where: the street is planned cell by cell, so it has no end and needs no memory."""

from __future__ import annotations

from dataclasses import replace

from seglib.scenes.barriers import Barrier, Bin
from seglib.scenes.buildings import Building
from seglib.scenes.dice import Dice
from seglib.scenes.furniture import Post
from seglib.scenes.options import StreetOptions
from seglib.scenes.road import CELL, GAP, KERB, Road
from seglib.scenes.stage import Item
from seglib.scenes.vegetation import Tree

ZONES: dict[str, tuple[tuple[str, float], ...]] = {
    "shops": (("shops", 0.72), ("office", 0.12), ("hall", 0.08), ("terrace", 0.08)),
    "terraces": (("terrace", 0.8), ("shops", 0.1), ("park", 0.1)),
    "suburb": (("house", 0.75), ("park", 0.15), ("terrace", 0.1)),
    "offices": (("office", 0.6), ("store", 0.15), ("shops", 0.15), ("park", 0.1)),
    "park": (("park", 0.7), ("house", 0.15), ("hall", 0.15)),
}


class Plan:
    """All that stands still along a street.

    Parameters
    ----------
    road : Road
        The street.
    options : StreetOptions
        Densities and setting.
    dice : Dice
        Chance.
    """

    def __init__(self, road: Road, options: StreetOptions, dice: Dice) -> None:
        self.road, self.options, self.dice = road, options, dice
        drawn = dice.child("setting").weighted(
            [
                ("shops", 0.34),
                ("terraces", 0.22),
                ("suburb", 0.18),
                ("offices", 0.16),
                ("park", 0.10),
            ]
        )
        self.setting = drawn if options.setting == "any" else options.setting
        mood = dice.child("mood")
        self.leaf = mood.weighted([("leafy", 0.55), ("bare", 0.3), ("mixed", 0.15)])
        self.green = 2 * options.trees * mood.uniform(0.5, 1.3)
        self.clutter = 2 * options.furniture * mood.uniform(0.6, 1.3)
        self.railings = mood.chance(0.5)

    def zone(self, cell: int, side: int) -> str:
        """Return what a side of a cell is made of."""
        zone = self.dice.child("zone", cell, side).weighted(ZONES[self.setting])
        return zone if self.green > 0 or zone != "park" else "office"

    def verge(self, cell: int, side: int) -> str:
        """Return the ground beyond the pavement: ``grass`` or ``paved``."""
        return "grass" if self.zone(cell, side) in {"park", "house"} else "paved"

    def cell(self, cell: int) -> list[Item]:
        """Return everything that stands in a cell."""
        items: list[Item] = []
        mouth = self.road.side_street(cell)
        for side in (-1, 1):
            dice = self.dice.child("cell", cell, side)
            gap = mouth[0 if side < 0 else 1]
            zone = self.zone(cell, side)
            start = cell * CELL + (GAP if gap else 0.0)
            end = (cell + 1) * CELL
            self._lots(items, dice.child("lots"), zone, side, start, end, gap)
            self._street(items, dice.child("street"), zone, side, start, end)
        return items

    def _lots(
        self,
        items: list[Item],
        dice: Dice,
        zone: str,
        side: int,
        start: float,
        end: float,
        corner: bool,
    ) -> None:
        edge = self.road.frontage(side)
        if zone == "park":
            self._park(items, dice, side, start, end)
            return
        widths: list[float] = []
        low, high = {
            "terrace": (5.0, 9.0),
            "shops": (5.5, 13.0),
            "house": (9.0, 12.0),
            "office": (14.0, 26.0),
            "hall": (16.0, 26.0),
            "store": (24.0, 40.0),
        }[zone]
        while sum(widths) < end - start - low * 0.5:
            widths.append(dice.uniform(low, high))
        if zone == "terrace":
            widths = [widths[0]] * len(widths)
        fit = (end - start) / sum(widths)
        base = dice.integer(2, 4) if zone in {"shops", "terrace"} else 3
        tall = {"terrace": 9.5, "shops": 11.0, "house": 7.0, "office": 13.5, "hall": 11.0,
                "store": 6.0, "park": 0.0}[self.zone(int(start // CELL), -side)]  # fmt: skip
        across = (tall, abs(edge - self.road.frontage(-side)))
        nearer: Building | None = None
        at, row_depth = start, dice.child("depth").uniform(8, 11)
        for k, w in enumerate(widths):
            lot = dice.child("lot", k)
            s0, s1 = at, at + w * fit
            at = s1
            back = {"house": 5.5, "terrace": 0.0, "store": 7.0, "office": 1.0}.get(zone, 0.0)
            t = edge + side * back
            space = 1.6 if zone == "house" else 0.0
            floors = {
                "terrace": base,
                "shops": max(2, base + lot.integer(-1, 1)),
                "house": 2,
                "office": lot.integer(2, 6),
                "hall": lot.integer(2, 4),
                "store": 1,
            }[zone]
            floor = {"house": 2.7, "hall": 3.6, "store": 5.6, "office": 3.3}.get(
                zone, lot.uniform(2.9, 3.3) if zone == "shops" else 3.0
            )
            roof = (
                "flat"
                if zone in {"office", "store"}
                else (
                    lot.weighted([("pitched", 0.7), ("flat", 0.3)])
                    if zone == "shops"
                    else "pitched"
                )
            )
            looks = lot if zone != "terrace" else dice.child("row", k // 4)
            at_corner = corner and k == 0 and zone != "house"
            deep = 32.0 if at_corner else row_depth if zone == "terrace" else lot.uniform(8, 11)
            building = Building(
                zone, side, s0 + space, s1 - space, t, deep, floors, floor, roof, looks,
                opposite=across, corner=at_corner,
            )  # fmt: skip
            if nearer is not None and zone != "house":
                building = replace(building, covered=building.hidden_by(nearer))
            nearer = building
            items.append(Item(s1, building.draw, building.shadow))
            if zone == "house":
                self._garden(items, lot.child("garden"), side, s0, s1, edge)

    def _garden(
        self, items: list[Item], dice: Dice, side: int, s0: float, s1: float, edge: float
    ) -> None:
        t = edge + side * 0.15
        kind = dice.weighted([("wall", 0.4), ("hedge", 0.35), ("boards", 0.25)])
        gate = dice.uniform(1.2, 3.0)
        if kind == "hedge" and self.green > 0:
            s = s0 + gate
            k = 0
            while s < s1:
                bush = Tree(
                    "bush", s, t + side * 0.5, dice.uniform(1.1, 1.5), 0.85, dice.child("hedge", k)
                )
                items.append(Item(s + 0.4, bush.draw, bush.shadow))
                s, k = s + 1.05, k + 1
        else:
            kind = "wall" if kind == "hedge" else kind
            barrier = Barrier(kind, s0 + gate, s1, t, dice.uniform(0.8, 1.4), dice.child("b"))
            items.append(Item(s1, barrier.draw, barrier.shadow))
        if dice.chance(0.5 * self.green):
            place = s0 + dice.uniform(1, s1 - s0 - 1)
            tree = self._tree(dice.child("tree"), place, t + side * dice.uniform(1.5, 3.5), 5.0)
            items.append(Item(place + 1.0, tree.draw, tree.shadow))

    def _park(self, items: list[Item], dice: Dice, side: int, start: float, end: float) -> None:
        edge = self.road.frontage(side)
        kind = dice.weighted([("railing", 0.45), ("wall", 0.2), ("boards", 0.15), ("open", 0.2)])
        if kind != "open":
            height = {"railing": 1.2, "wall": 1.3, "boards": 1.7}[kind]
            barrier = Barrier(
                kind, start + 0.5, end - 0.5, edge + side * 0.1, height, dice.child("edge")
            )
            # In pieces, so that what stands before and behind sorts well against each.
            step = (end - start) / 6
            for k in range(6):
                piece = Barrier(
                    kind,
                    start + k * step,
                    start + (k + 1) * step,
                    barrier.t,
                    height,
                    dice.child("edge"),
                )
                items.append(Item(start + (k + 1) * step, piece.draw, piece.shadow))
        count = round(5 * self.green) + dice.integer(0, 2)
        for k in range(count):
            s = start + (k + dice.uniform(0.1, 0.9)) * (end - start) / count
            t = edge + side * dice.uniform(2.5, 22.0)
            tree = self._tree(dice.child("tree", k), s, t, dice.uniform(6, 14))
            items.append(Item(s + 4.0, tree.draw, tree.shadow))
        for k in range(dice.integer(0, round(4 * self.green))):
            s, t = dice.uniform(start + 2, end - 2), edge + side * dice.uniform(1.5, 6)
            bush = Tree(
                "bush", s, t, dice.uniform(1.0, 2.4), dice.uniform(1.0, 2.0), dice.child("bush", k)
            )
            items.append(Item(s + 1.0, bush.draw, bush.shadow))
        if dice.chance(0.6):
            far = Building(
                "terrace",
                side,
                start,
                end,
                edge + side * 38,
                10,
                3,
                3.0,
                "pitched",
                dice.child("far"),
            )
            items.append(Item(end + 30, far.draw, None))

    def _tree(self, dice: Dice, s: float, t: float, height: float) -> Tree:
        kind = dice.weighted([("leafy", 0.5), ("bare", 0.5)]) if self.leaf == "mixed" else self.leaf
        kind = "conifer" if dice.chance(0.1) else kind
        tall = height * dice.uniform(0.8, 1.25)
        return Tree(
            kind, s, t, tall, tall * (0.24 if kind == "conifer" else dice.uniform(0.3, 0.42)), dice
        )

    def _street(
        self, items: list[Item], dice: Dice, zone: str, side: int, start: float, end: float
    ) -> None:
        road = self.road
        kerb = road.left if side < 0 else road.right
        line = kerb + side * 0.55

        def post(kind: str, s: float, t: float, name: str) -> None:
            thing = Post(kind, s, t, -side, dice.child(name))
            items.append(Item(s, thing.draw, thing.shadow))

        if self.clutter > 0:
            lamp_at = start + (8.0 if side > 0 else 24.0)
            while lamp_at < end:
                if dice.chance(min(1.0, 0.8 * self.clutter)):
                    post("lamp", lamp_at, line, f"lamp{lamp_at:.0f}")
                lamp_at += 27.0
            third = (end - start) / 3
            for k in range(3):
                if dice.chance(0.52 * self.clutter):
                    kind = dice.weighted(
                        [("sign", 0.58), ("lights", 0.12), ("guide", 0.1), ("wire", 0.12),
                         ("beacon", 0.06)])  # fmt: skip
                    t = kerb + side * 1.3 if kind == "guide" else line
                    post(kind, start + third * (k + dice.uniform(0.1, 0.8)), t, f"post{k}")
            if road.side_street(int(start // CELL))[0 if side < 0 else 1] and dice.chance(
                0.7 * self.clutter
            ):
                post("lights", start + 1.0, line, "corner")
            if any(road.side_street(int(end // CELL))) and dice.chance(0.7 * self.clutter):
                post("lights", end - 3.2, line, "corner2")
            if dice.chance(0.25 * self.clutter):
                at = dice.uniform(start, end - 8)
                for k in range(dice.integer(3, 6)):
                    post("bollard", at + 1.5 * k, kerb + side * 0.4, "bollard")
            if self.railings and dice.chance(0.5 * self.clutter):
                at, stretch = dice.uniform(start, end - 20), dice.uniform(8, 18)
                for k in range(int(stretch // 2)):
                    piece = Barrier(
                        "railing",
                        at + 2 * k,
                        at + 2 * k + 2,
                        kerb + side * 0.3,
                        1.05,
                        dice.child("guard"),
                    )
                    items.append(Item(at + 2 * k + 2, piece.draw, piece.shadow))
            if dice.chance(0.3 * self.clutter):
                s = dice.uniform(start + 1, end - 1)
                bin_ = Bin(s, kerb + side * 0.9, dice.child("bin"))
                items.append(Item(s, bin_.draw, bin_.shadow))
        wide = abs(road.frontage(side) - kerb)
        if wide > 2.2 and zone != "park" and dice.chance(0.4 * self.green):
            s, k = start + dice.uniform(2, 9), 0
            step = dice.uniform(9, 16)
            while s < end - 2:
                tree = self._tree(
                    dice.child("street tree", k), s, kerb + side * 1.0, dice.uniform(5, 8.5)
                )
                items.append(Item(s + 0.2, tree.draw, tree.shadow))
                s, k = s + step * dice.uniform(0.8, 1.2), k + 1


__all__ = ["KERB", "Plan"]
