"""Lamps, plates, seams, mirrors and wheels on a vehicle's body."""

from __future__ import annotations

import math

import numpy as np

from seglib.scenes.dice import Rgb
from seglib.scenes.vehicle_body import TYRE, Shell
from seglib.scenes.vehicle_shapes import belt


class Model(Shell):
    """A whole vehicle; :meth:`draw` shows it."""

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
                if self.kind in {"van", "lorry"}:
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
        s, kind = self.shape, self.kind
        half, y0 = s.width / 2 + 0.006, s.clearance
        seam = (self.paint[0] * 0.5, self.paint[1] * 0.5, self.paint[2] * 0.5)
        k = 1 if self.eye[0] > 0 else -1

        def patch(z0: float, low: float, z1: float, high: float, rgb: Rgb) -> None:
            quad = ((k * half, low, z0), (k * half, high, z0), (k * half, high, z1),
                    (k * half, low, z1))  # fmt: skip
            self.face(quad if k > 0 else quad[::-1], rgb)

        waist = belt(s, 0.0) - 0.04
        front_door = s.cabin[3] - 0.32
        for z in (*s.doors, front_door):
            patch(z, y0 + 0.1, z + 0.022, waist, seam)
            if z != front_door:
                patch(z + 0.08, waist - 0.16, z + 0.26, waist - 0.11, seam)
        patch(s.rings[1][0], y0 + 0.02, s.rings[-2][0], y0 + 0.1, (34, 34, 36))
        if kind == "bus":
            patch(-4.9, 0.75, 4.8, 0.95, (236, 232, 220))

    def _mirrors(self, *, near: bool) -> None:
        """Draw the mirrors the body hides a part of, or those in front of it."""
        if self.scale < 20:
            return
        s = self.shape
        z, y = s.cabin[3] - 0.35, belt(s, s.cabin[3]) + 0.1
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
        rims: Rgb = self.dice.child("rims").pick(
            [(150, 152, 156), (120, 122, 126), (176, 178, 182)]
        )
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
        first = self.s / s.radius
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
