"""A vehicle's solid: lower body and cabin, two convex shells lit face by face.

Facing away is hidden; what is left needs no sorting.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from seglib.scenes.camera import Floats
from seglib.scenes.dice import Dice, Rgb
from seglib.scenes.stage import Stage
from seglib.scenes.vehicle_shapes import belt, shape_of

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


class Shell:
    """A vehicle placed in a frame; its own axes are right, up, ahead in metres.

    Parameters
    ----------
    stage : Stage
        The frame.
    kind : str
        Kind of vehicle.
    s : float
        Place along the street; turns the wheels.
    dice : Dice
        Chance for its looks.
    axes : three (3,) arrays
        Ground place, and unit vectors to its right and ahead, world axes.
    owner : int
        Owner number.
    """

    def __init__(
        self,
        stage: Stage,
        kind: str,
        s: float,
        dice: Dice,
        axes: tuple[Floats, Floats, Floats],
        owner: int,
    ) -> None:
        at, right, ahead = axes
        self.stage, self.kind, self.s, self.owner = stage, kind, s, owner
        self.shape = shape_of(kind)
        self.depth = stage.camera.depth(float(at[0]), float(at[2]))
        self.scale = stage.camera.focal / max(self.depth, 1.0)
        self.at = at
        self.basis = np.stack([right, np.array([0.0, 1.0, 0.0]), ahead])
        self.dice = dice
        self.paint = dice.vary(dice.weighted(PAINTS), 10)
        if kind in {"van", "lorry"} and dice.chance(0.6):
            self.paint = (226.0, 226.0, 222.0)
        if kind == "bus":
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

    def pane(
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
        y = belt(s, (rear_foot + front_foot) / 2) - 0.02
        yr, yf = belt(s, rear_foot) - 0.02, belt(s, front_foot) - 0.02
        solid = self.kind in {"van", "lorry"}
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
            bus = self.kind == "bus"
            self.pane(back, 0.1, 0.42 if bus else 0.08, 0.9, 0.88)
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
        if self.kind != "lorry":
            self.pane(front, 0.06, 0.06, 0.94, 0.94)
        for k in (-1, 1):
            side = (
                (k * half, yr, rear_foot),
                (k * roof, top - 0.04, rear_top),
                (k * roof, top - 0.04, front_top),
                (k * half, yf, front_foot),
            )
            side = side if k > 0 else side[::-1]
            self.face(side, paint, 0.3)
            if self.kind == "lorry":
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
        if self.kind == "lorry":
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
                    self.pane(flank if kk > 0 else flank[::-1], 0.3, 0.3, 0.9, 0.9)
                self.face(cab[::turn], self.paint, 0.4)
                self.pane(cab[::turn], 0.08, 0.25, 0.92, 0.9)

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
