"""Cars, vans, lorries and buses as small solid models, lit face by face and seen from anywhere.

A body is two convex shells: the lower body, cut into rings along its length, and the cabin above.
Facing away is hidden; what is left needs no sorting.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from seglib.scenes import owners
from seglib.scenes.camera import NEAR, Floats
from seglib.scenes.dice import Dice, Rgb
from seglib.scenes.stage import Stage

PAINTS: tuple[tuple[Rgb, float], ...] = (
    ((186, 190, 194), 3),
    ((40, 42, 46), 2.6),
    ((228, 228, 226), 2.2),
    ((112, 116, 122), 2),
    ((150, 28, 32), 1.6),
    ((32, 56, 110), 1.8),
    ((56, 92, 134), 1.0),
    ((34, 66, 52), 0.8),
    ((196, 176, 140), 0.5),
    ((212, 160, 40), 0.3),
    ((98, 34, 52), 0.5),
    ((74, 120, 140), 0.5),
)
GLASS: Rgb = (40, 48, 58)
TYRE: Rgb = (26, 26, 28)


@dataclass(frozen=True)
class Shape:
    """Outline of a kind of vehicle: lengths in metres, z forward from the middle.

    ``rings`` are (z, half width factor, belt height); ``cabin`` is (z of the foot and of the roof
    at the back, z of the roof and of the foot at the front, roof height).
    """

    length: float
    width: float
    clearance: float
    rings: tuple[tuple[float, float, float], ...]
    cabin: tuple[float, float, float, float, float]
    wheels: tuple[float, ...]
    radius: float
    doors: tuple[float, ...]


def _shape(kind: str) -> Shape:
    if kind == "saloon":
        return Shape(
            4.5,
            1.74,
            0.22,
            (
                (-2.25, 0.86, 0.72),
                (-2.1, 0.95, 0.93),
                (-1.5, 1.0, 0.97),
                (0.75, 1.0, 0.94),
                (1.9, 0.96, 0.80),
                (2.2, 0.86, 0.62),
            ),
            (-1.75, -1.05, 0.25, 1.05, 1.43),
            (-1.32, 1.32),
            0.31,
            (-0.45,),
        )
    if kind == "estate":
        return Shape(
            4.6,
            1.76,
            0.22,
            (
                (-2.3, 0.88, 0.74),
                (-2.2, 0.95, 0.95),
                (-1.5, 1.0, 0.97),
                (0.8, 1.0, 0.94),
                (1.95, 0.96, 0.80),
                (2.25, 0.86, 0.62),
            ),
            (-2.22, -1.95, 0.3, 1.1, 1.47),
            (-1.35, 1.35),
            0.31,
            (-1.3, -0.4),
        )
    if kind == "jeep":
        return Shape(
            4.3,
            1.8,
            0.32,
            (
                (-2.15, 0.92, 0.86),
                (-2.05, 0.98, 1.08),
                (-1.3, 1.0, 1.1),
                (0.8, 1.0, 1.08),
                (1.85, 0.97, 1.0),
                (2.1, 0.9, 0.8),
            ),
            (-2.08, -1.95, 0.25, 0.85, 1.78),
            (-1.3, 1.3),
            0.36,
            (-1.2, -0.35),
        )
    if kind == "van":
        return Shape(
            5.0,
            1.92,
            0.25,
            (
                (-2.5, 0.95, 0.95),
                (-2.4, 1.0, 1.15),
                (0.9, 1.0, 1.15),
                (1.9, 0.97, 1.05),
                (2.45, 0.88, 0.75),
            ),
            (-2.48, -2.42, 1.0, 1.95, 2.25),
            (-1.55, 1.6),
            0.34,
            (0.2,),
        )
    if kind == "bus":
        return Shape(
            10.5,
            2.5,
            0.3,
            ((-5.25, 0.97, 1.2), (-5.15, 1.0, 1.25), (5.1, 1.0, 1.25), (5.25, 0.96, 1.15)),
            (-5.22, -5.1, 4.95, 5.2, 3.05),
            (-3.0, 3.1),
            0.48,
            (-3.4, -1.7, 0.0, 1.7, 3.4),
        )
    if kind == "lorry":
        return Shape(
            7.5,
            2.4,
            0.45,
            (
                (-3.75, 1.0, 1.2),
                (-3.7, 1.0, 1.25),
                (2.0, 1.0, 1.25),
                (3.6, 0.97, 1.25),
                (3.75, 0.93, 1.1),
            ),
            (-3.73, -3.72, 2.0, 2.02, 3.4),
            (-2.5, 2.6),
            0.48,
            (),
        )
    return Shape(
        3.85,
        1.66,
        0.22,
        (
            (-1.92, 0.88, 0.76),
            (-1.82, 0.96, 0.96),
            (-1.2, 1.0, 0.97),
            (0.7, 1.0, 0.94),
            (1.6, 0.96, 0.82),
            (1.88, 0.85, 0.64),
        ),
        (-1.84, -1.38, 0.25, 1.0, 1.46),
        (-1.2, 1.2),
        0.29,
        (-0.4,),
    )


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
    moving : bool
        Brake lights and lamps depend on it.
    """

    kind: str
    s: float
    t: float
    heading: float
    thing: int
    dice: Dice
    moving: bool = True

    def axes(self, stage: Stage) -> tuple[Floats, Floats, Floats]:
        """Return the ground place and the unit vectors to its right and ahead, world axes."""
        turn = self.heading + stage.road.slope(self.s)
        ahead = np.array([math.sin(turn), 0.0, math.cos(turn)])
        right = np.array([ahead[2], 0.0, -ahead[0]])
        return stage.road.spot(self.s, self.t), right, ahead

    def shadow(self, stage: Stage) -> list[Floats]:
        """Ground outlines: under the body, and thrown by the sun."""
        shape = _shape(self.kind)
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
        shape = _shape(self.kind)
        depth = stage.camera.depth(float(at[0]), float(at[2]))
        reach = shape.length / 2
        if depth < NEAR + reach * 0.4:
            return
        scale = stage.camera.focal / max(depth, 1.0)
        if scale * shape.cabin[4] < 3.0:
            return
        owner = stage.new_thing(owners.CAR_CLASS, self.thing)
        Model(stage, self, shape, at, right, ahead, depth, scale, owner).draw()


class Model:
    """A vehicle placed in a frame; its own axes are right, up, ahead in metres."""

    def __init__(
        self,
        stage: Stage,
        vehicle: Vehicle,
        shape: Shape,
        at: Floats,
        right: Floats,
        ahead: Floats,
        depth: float,
        scale: float,
        owner: int,
    ) -> None:
        self.stage, self.shape, self.owner = stage, shape, owner
        self.vehicle, self.depth, self.scale = vehicle, depth, scale
        self.at = at
        self.basis = np.stack([right, np.array([0.0, 1.0, 0.0]), ahead])
        dice = vehicle.dice.child("look")
        self.dice = dice
        self.paint = dice.vary(dice.weighted(PAINTS), 10)
        if vehicle.kind in {"van", "lorry"} and dice.chance(0.6):
            self.paint = (226.0, 226.0, 222.0)
        if vehicle.kind == "bus":
            self.paint = dice.pick([(196, 40, 36), (232, 226, 210), (36, 84, 150), (60, 130, 90)])
        eye = np.array([stage.camera.x, stage.camera.eye, stage.camera.z]) - at
        self.eye = self.basis @ eye
        self.faces: list[tuple[tuple[float, float, float], ...]] = []
        self.colors: list[Rgb] = []
        self.normals: list[Rgb] = []
        self.gloss: list[float] = []

    def face(
        self,
        corners: tuple[tuple[float, float, float], ...],
        rgb: Rgb,
        gloss: float = 0.0,
        hidden: bool = True,
    ) -> None:
        """Add a quadrilateral, corners clockwise seen from outside; dropped if it faces away."""
        (ax, ay, az), (bx, by, bz), (cx, cy, cz) = corners[0], corners[1], corners[2]
        ux, uy, uz, vx, vy, vz = bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        ex, ey, ez = self.eye
        if hidden and nx * (ex - ax) + ny * (ey - ay) + nz * (ez - az) <= 0:
            return
        length = math.sqrt(nx * nx + ny * ny + nz * nz) or 1.0
        self.faces.append(corners)
        self.colors.append(rgb)
        self.normals.append((nx / length, ny / length, nz / length))
        self.gloss.append(gloss)

    def flush(self, owner: int | None = None) -> None:
        """Draw the faces added so far."""
        if not self.faces:
            return
        world = np.array(self.faces, np.float64) @ self.basis + self.at
        shaded = self.stage.light.shade_many(
            np.array(self.colors),
            np.array(self.normals) @ self.basis,
            self.depth,
            gloss=np.array(self.gloss),
        )
        self.stage.quads(world, shaded, self.owner if owner is None else owner)
        self.faces, self.colors, self.normals, self.gloss = [], [], [], []

    def draw(self) -> None:
        """Draw everything."""
        if self.scale > 9:
            self._tyres()
        self._mirrors(near=False)
        self._body()
        self._cabin()
        self._ends()
        self._trimmings()
        self.flush()
        self._wheels()
        self._mirrors(near=True)

    def _tyres(self) -> None:
        s, half = self.shape, self.shape.width / 2
        for z in s.wheels:
            for x in (-half + 0.02, half - 0.24):
                r, far = s.radius, x + 0.22
                for way in (-1, 1):
                    foot, rise, head = z + way * 0.1, z + way * r * 0.72, z + way * r
                    for (z0, y0), (z1, y1) in (
                        ((foot, 0.0), (rise, r * 0.3)),
                        ((rise, r * 0.3), (head, r + 0.1)),
                    ):
                        quad = ((x, y0, z0), (x, y1, z1), (far, y1, z1), (far, y0, z0))
                        self.face(quad[::-way], TYRE)
        # The dark underside, seen between the tyres.
        a, b, y = half * 0.93, s.length / 2 - 0.25, s.clearance
        dark = (16, 16, 18)
        self.face(
            ((-a, y * 0.55, -b), (-a, y + 0.2, -b), (a, y + 0.2, -b), (a, y * 0.55, -b)), dark
        )
        self.face(((a, y * 0.55, b), (a, y + 0.2, b), (-a, y + 0.2, b), (-a, y * 0.55, b)), dark)
        for k in (-1, 1):
            c = (
                (k * a, y * 0.6, -b * k),
                (k * a, y + 0.2, -b * k),
                (k * a, y + 0.2, b * k),
                (k * a, y * 0.6, b * k),
            )
            self.face(c, dark, hidden=False)
        self.flush()

    def _body(self) -> None:
        s, half, paint = self.shape, self.shape.width / 2, self.paint
        y0 = s.clearance
        low = tuple(c * 0.82 for c in paint)
        trim: Rgb = (46, 46, 48) if self.dice.chance(0.5) else paint
        for (z0, w0, b0), (z1, w1, b1) in zip(s.rings, s.rings[1:], strict=False):
            m0, m1 = y0 + (b0 - y0) * 0.55, y0 + (b1 - y0) * 0.55
            for side in (-1, 1):
                x0, x1 = side * half * w0, side * half * w1
                lower = ((x0 * 0.96, y0, z0), (x0, m0, z0), (x1, m1, z1), (x1 * 0.96, y0, z1))
                upper = ((x0, m0, z0), (x0 * 0.95, b0, z0), (x1 * 0.95, b1, z1), (x1, m1, z1))
                if side > 0:
                    self.face(lower, low)  # type: ignore[arg-type]
                    self.face(upper, paint, 1.0)
                else:
                    self.face(lower[::-1], low)  # type: ignore[arg-type]
                    self.face(upper[::-1], paint, 1.0)
            self.face(
                (
                    (-half * w0 * 0.95, b0, z0),
                    (-half * w1 * 0.95, b1, z1),
                    (half * w1 * 0.95, b1, z1),
                    (half * w0 * 0.95, b0, z0),
                ),
                paint,
                1.0,
            )
        for (z, w, b), turn in ((s.rings[0], 1), (s.rings[-1], -1)):
            m, a = y0 + (b - y0) * 0.5, half * w
            upper = ((-a, m, z), (-a * 0.95, b, z), (a * 0.95, b, z), (a, m, z))
            lower = (
                (-a, y0, z - 0.04 * turn),
                (-a, m, z - 0.04 * turn),
                (a, m, z - 0.04 * turn),
                (a, y0, z - 0.04 * turn),
            )
            self.face(upper[::turn], paint, 0.6)
            self.face(lower[::turn], trim)

    def _cabin(self) -> None:
        s, paint = self.shape, self.paint
        rear_foot, rear_top, front_top, front_foot, top = s.cabin
        half, roof = s.width / 2 * 0.94, s.width / 2 * (0.78 if s.cabin[4] < 2 else 0.9)
        y = _belt(s, (rear_foot + front_foot) / 2) - 0.02
        yr, yf = _belt(s, rear_foot) - 0.02, _belt(s, front_foot) - 0.02
        solid = self.vehicle.kind in {"van", "lorry"}
        back = (
            (-half, yr, rear_foot),
            (-roof, top - 0.04, rear_top),
            (roof, top - 0.04, rear_top),
            (half, yr, rear_foot),
        )
        front = (
            (half, yf, front_foot),
            (roof, top - 0.04, front_top),
            (-roof, top - 0.04, front_top),
            (-half, yf, front_foot),
        )
        self.face(back, paint, 0.5)
        if not solid or self.dice.chance(0.4):
            bus = self.vehicle.kind == "bus"
            self._pane(back, 0.1, 0.42 if bus else 0.08, 0.9, 0.88)
            if bus:
                z = s.rings[0][0] - 0.03
                for x0, low, x1, high, rgb in (
                    (-0.5, 2.72, 0.5, 2.92, (30, 32, 30)),
                    (-0.35, 2.77, 0.3, 2.88, (250, 200, 80)),
                    (-0.85, 0.55, 0.85, 1.05, (38, 38, 40)),
                    (-0.9, 1.3, 0.9, 1.85, (222, 216, 200)),
                    (-0.75, 1.45, 0.4, 1.7, (60, 70, 130)),
                ):  # fmt: skip
                    self.face(((x0, low, z), (x0, high, z), (x1, high, z), (x1, low, z)), rgb)
        self.face(front, paint, 0.5)
        if self.vehicle.kind != "lorry":
            self._pane(front, 0.06, 0.06, 0.94, 0.94)
        for k in (-1, 1):
            side = (
                (k * half, yr, rear_foot),
                (k * roof, top - 0.04, rear_top),
                (k * roof, top - 0.04, front_top),
                (k * half, yf, front_foot),
            )
            side = side if k > 0 else side[::-1]
            self.face(side, paint, 0.3)
            if self.vehicle.kind == "lorry":
                continue
            cuts = [rear_foot + 0.02, *s.doors, front_foot - 0.05]
            for a, b in itertools.pairwise(cuts):
                if solid and b < 0.4:
                    continue
                self._side_pane(k, a, b, half, roof, y, top, s.cabin)
        crown = top + (0.03 if top < 2 else 0.06)
        mid = (rear_top + front_top) / 2
        for z0, h0, z1, h1 in (
            (rear_top, top - 0.04, mid, crown),
            (mid, crown, front_top, top - 0.04),
        ):
            self.face(
                ((-roof, h0, z0), (-roof * 0.98, h1, z1), (roof * 0.98, h1, z1), (roof, h0, z0)),
                paint,
                1.0,
            )
        if self.vehicle.kind == "lorry":
            a, z = s.width / 2 * 0.95, s.rings[-1][0]
            for turn, zz in ((-1, z - 0.05),):
                cab = ((-a, 1.2, zz), (-a, 2.5, zz - 0.15), (a, 2.5, zz - 0.15), (a, 1.2, zz))
                for kk in (-1, 1):
                    flank = (
                        (kk * a, 1.2, 2.05),
                        (kk * a, 2.5, 2.05),
                        (kk * a, 2.5, zz - 0.15),
                        (kk * a, 1.2, zz),
                    )
                    self.face(flank if kk > 0 else flank[::-1], paint, 0.3)
                    self._pane(flank if kk > 0 else flank[::-1], 0.3, 0.3, 0.9, 0.9)
                self.face(cab[::turn], self.paint, 0.4)
                self._pane(cab[::turn], 0.08, 0.25, 0.92, 0.9)

    def _pane(
        self,
        quad: tuple[tuple[float, float, float], ...],
        u0: float,
        v0: float,
        u1: float,
        v1: float,
    ) -> None:
        """Add glass on a face: a dark room below, the sky above."""
        p = np.array(quad)
        sky = self.stage.light.horizon
        for low, high, mix in ((v0, v1, 0.10), (v0 + (v1 - v0) * 0.5, v1, 0.24)):
            rgb = tuple(g + mix * (s - g) for g, s in zip(GLASS, sky, strict=True))
            corners = []
            for u, v in ((u0, low), (u0, high), (u1, high), (u1, low)):
                foot, head = p[0] + (p[3] - p[0]) * u, p[1] + (p[2] - p[1]) * u
                corners.append(tuple((foot + (head - foot) * v).tolist()))
            self.face(tuple(corners), rgb, 0.4)  # type: ignore[arg-type]

    def _side_pane(
        self,
        k: int,
        z0: float,
        z1: float,
        half: float,
        roof: float,
        y: float,
        top: float,
        cabin: tuple[float, float, float, float, float],
    ) -> None:
        rear_foot, rear_top, front_top, front_foot, _ = cabin

        def edge(z: float, v: float) -> tuple[float, float, float]:
            low = rear_foot + (rear_top - rear_foot) * v + 0.08
            high = front_foot + (front_top - front_foot) * v - 0.1
            x = half + (roof - half) * v
            return (k * (x + 0.004), y + (top - y) * v, min(max(z, low), high))

        gap = 0.035
        for v0, v1, mix in ((0.10, 0.84, 0.10), (0.5, 0.84, 0.24)):
            quad = (edge(z0 + gap, v0), edge(z0 + gap, v1), edge(z1 - gap, v1), edge(z1 - gap, v0))
            rgb = tuple(
                g + mix * (s - g) for g, s in zip(GLASS, self.stage.light.horizon, strict=True)
            )
            self.face(quad if k > 0 else quad[::-1], rgb, 0.4)  # type: ignore[arg-type]

    def _ends(self) -> None:
        """Lamps, plates and grille at both ends."""
        if self.scale < 7:
            return
        s, dice, night = self.shape, self.dice, self.stage.light.lamps
        big = s.cabin[4] > 2
        for front in (False, True):
            z, w, b = s.rings[-1 if front else 0]
            z += 0.02 if front else -0.02
            turn = -1 if front else 1
            y0, a = s.clearance, s.width / 2 * w
            m = y0 + (b - y0) * 0.5

            def plate(
                x0: float,
                low: float,
                x1: float,
                high: float,
                rgb: Rgb,
                *,
                z: float = z,
                turn: int = turn,
            ) -> None:
                quad = ((x0, low, z), (x0, high, z), (x1, high, z), (x1, low, z))
                self.face(quad[::turn], rgb)

            if front:
                dark = (30, 30, 32)
                plate(-a * 0.45, m + 0.02, a * 0.45, b - 0.06, dark)
                plate(-a * 0.7, y0 + 0.03, a * 0.7, y0 + 0.17, dark)
                lamp: Rgb = (255, 250, 226) if night or dice.chance(0.15) else (214, 220, 226)
                for k in (-1, 1):
                    x0, x1 = sorted((k * a * 0.52, k * a * 0.93))
                    plate(x0, m + 0.01, x1, b - 0.05, lamp)
                plate(-0.26, y0 + 0.16, 0.26, y0 + 0.27, (228, 228, 222))
            else:
                red: Rgb = (220, 30, 28) if night or dice.chance(0.4) else (150, 26, 28)
                low, high = (m - 0.05, b - 0.03) if not big else (m - 0.2, b)
                for k in (-1, 1):
                    x0, x1 = sorted((k * a * 0.72, k * a * 0.96))
                    plate(x0, low, x1, high, red)
                    plate(
                        x0, low + (high - low) * 0.4, x1, low + (high - low) * 0.58, (226, 170, 110)
                    )
                plate(-0.26, m + 0.02, 0.26, m + 0.13, (222, 190, 62))
                if self.vehicle.kind in {"van", "lorry"}:
                    self.face(
                        ((-0.015, m, z), (-0.015, 2.0, z), (0.015, 2.0, z), (0.015, m, z)),
                        (90, 90, 92),
                    )
            if night:
                self._lamp_glow(front, a, (m + b) / 2, z)

    def _trimmings(self) -> None:
        """Door seams, handles and mirrors, near the camera only."""
        if self.scale < 20:
            return
        s, kind = self.shape, self.vehicle.kind
        half, y0 = s.width / 2 + 0.006, s.clearance
        seam = (self.paint[0] * 0.5, self.paint[1] * 0.5, self.paint[2] * 0.5)
        k = 1 if self.eye[0] > 0 else -1

        def patch(z0: float, low: float, z1: float, high: float, rgb: Rgb) -> None:
            quad = ((k * half, low, z0), (k * half, high, z0), (k * half, high, z1),
                    (k * half, low, z1))  # fmt: skip
            self.face(quad if k > 0 else quad[::-1], rgb)

        belt = _belt(s, 0.0) - 0.04
        front_door = s.cabin[3] - 0.32
        for z in (*s.doors, front_door):
            patch(z, y0 + 0.1, z + 0.022, belt, seam)
            if z != front_door:
                patch(z + 0.08, belt - 0.16, z + 0.26, belt - 0.11, seam)
        patch(s.rings[1][0], y0 + 0.02, s.rings[-2][0], y0 + 0.1, (34, 34, 36))
        if kind == "bus":
            patch(-4.9, 0.75, 4.8, 0.95, (236, 232, 220))

    def _mirrors(self, *, near: bool) -> None:
        """Draw the mirrors the body hides a part of, or those in front of it."""
        if self.scale < 20:
            return
        s = self.shape
        z, y = s.cabin[3] - 0.35, _belt(s, s.cabin[3]) + 0.1
        for side in (-1, 1):
            ours = self.eye[2] > z or self.eye[0] * side > s.width / 2
            if ours != near:
                continue
            x0, x1 = side * s.width / 2, side * (s.width / 2 + 0.19)
            for turn, zz in ((side, z - 0.05), (-side, z + 0.05)):
                quad = ((x0, y - 0.07, zz), (x0, y + 0.07, zz), (x1, y + 0.07, zz),
                        (x1, y - 0.07, zz))  # fmt: skip
                self.face(quad[::turn], (44, 46, 50))
        self.flush()

    def _lamp_glow(self, front: bool, a: float, y: float, z: float) -> None:
        if (self.eye[2] > 0) != front:
            return
        for k in (-1, 1):
            world = np.array([k * a * 0.8, y, z]) @ self.basis + self.at
            spot = self.stage.camera.point(*world.tolist())
            if spot is not None:
                rgb: Rgb = (255, 236, 190) if front else (255, 40, 30)
                size = (0.5 if front else 0.25) * self.stage.camera.focal / spot[2]
                self.stage.canvas.lamp(spot[0], spot[1], size, rgb, self.owner)

    def _wheels(self) -> None:
        s = self.shape
        k = 1 if self.eye[0] > 0 else -1
        if abs(self.eye[0]) < s.width / 2 * 0.97:
            return
        half = s.width / 2
        turn = np.linspace(0, 2 * math.pi, 20, endpoint=False)
        side: Rgb = tuple((self.basis[0] * k).tolist())
        rims: Rgb = self.dice.pick([(150, 152, 156), (120, 122, 126), (176, 178, 182)])
        for z in s.wheels:
            arch = np.linspace(-0.25, math.pi + 0.25, 14)
            rings = [
                (s.radius * 1.2, (20, 20, 22), arch, 0.012),
                (s.radius, TYRE, turn, 0.02),
                (s.radius * 0.66, rims, turn, 0.02),
                (s.radius * 0.56, (70, 72, 76), turn, 0.02),
                (s.radius * 0.2, rims, turn, 0.02),
            ]
            for radius, rgb, angles, out in rings:
                if self.scale * radius < 1.8:
                    continue
                wheel = np.empty((len(angles), 3))
                wheel[:, 0] = k * (half + out)
                wheel[:, 1] = s.radius + radius * np.sin(angles)
                wheel[:, 2] = z + radius * np.cos(angles)
                shade = self.stage.light.shade(rgb, side, self.depth)
                points = self.stage.camera.polygon(wheel @ self.basis + self.at)
                self.stage.canvas.convex(points, shade, self.owner)
            if self.scale > 26:
                self._spokes(z, k * (half + 0.02), rims)

    def _spokes(self, z: float, x: float, rims: Rgb) -> None:
        s = self.shape
        first = self.dice.uniform(0, 1) + self.vehicle.s / s.radius
        quads = []
        for j in range(5):
            a = first + j * 2 * math.pi / 5
            inner, outer, w = s.radius * 0.15, s.radius * 0.6, 0.16
            quads.append(
                [
                    (x, s.radius + r * math.sin(b), z + r * math.cos(b))
                    for r, b in (
                        (inner, a - w * 2),
                        (outer, a - w),
                        (outer, a + w),
                        (inner, a + w * 2),
                    )
                ]
            )
        world = np.array(quads) @ self.basis + self.at
        side = tuple((self.basis[0] * math.copysign(1, x)).tolist())
        shade = self.stage.light.shade(rims, side, self.depth)
        self.stage.quads(world, [shade] * 5, self.owner)


def _belt(shape: Shape, z: float) -> float:
    zs, heights = [r[0] for r in shape.rings], [r[2] for r in shape.rings]
    return float(np.interp(z, zs, heights))
