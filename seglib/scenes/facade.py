"""A wall as a drawing board: rectangles in wall metres (u along, v up, n out), drawn in one go."""

from __future__ import annotations

import math

import cv2
import numpy as np

from seglib.scenes import owners
from seglib.scenes.camera import NEAR, Floats
from seglib.scenes.dice import Dice, Rgb
from seglib.scenes.stage import Stage
from seglib.scenes.texture import PER_METRE, surface


class Wall:
    """One plane wall.

    Parameters
    ----------
    stage : Stage
        The frame.
    start, end : (x, z)
        Foot of the wall at u = 0 and at u = ``width``, metres.
    outward : (x, z)
        Unit vector out of the wall.
    lit : float
        Share of direct sun that reaches it.
    """

    def __init__(
        self,
        stage: Stage,
        start: tuple[float, float],
        end: tuple[float, float],
        outward: tuple[float, float],
        lit: float = 1.0,
    ) -> None:
        self.stage = stage
        self.width = math.hypot(end[0] - start[0], end[1] - start[1])
        self.start = start
        self.ahead = ((end[0] - start[0]) / self.width, (end[1] - start[1]) / self.width)
        self.outward = outward
        self.normal: Rgb = (outward[0], 0.0, outward[1])
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        ends = [stage.camera.depth(*start), stage.camera.depth(*end)]
        self.depth = max(0.5 * (max(ends[0], NEAR) + max(ends[1], NEAR)), 1.0)
        self.visible = (
            max(ends) > NEAR
            and (
                (stage.camera.x - middle[0]) * outward[0]
                + (stage.camera.z - middle[1]) * outward[1]
            )
            > 0
        )
        # Pixels a metre, the mean of up and along: a wall seen from its edge shows little.
        focal = stage.camera.focal
        upward = focal / max(min(ends), 4.0)
        looking = abs(
            (stage.camera.x - middle[0]) * outward[0] + (stage.camera.z - middle[1]) * outward[1]
        )
        self.detail = math.sqrt(upward * upward * min(1.0, looking / max(min(ends), 4.0)))
        self.lit = lit
        self._axes = np.array(
            [[self.ahead[0], 0, self.ahead[1]], [0, 1, 0], [outward[0], 0, outward[1]]], np.float64
        )
        self._foot = np.array([start[0], 0.0, start[1]])
        self._corners: list[tuple[tuple[float, float, float], ...]] = []
        self._colors: list[Rgb] = []
        fade = stage.light.fade(self.depth)
        # What the wall does to any colour: times _keep plus _haze.
        grey = stage.light.shade((100.0, 100.0, 100.0), self.normal, self.depth, lit=lit)
        r, g, b = stage.light.haze
        self._haze = (r * fade, g * fade, b * fade)
        self._keep = tuple((c - h) / 100.0 for c, h in zip(grey, self._haze, strict=True))

    def color(self, rgb: Rgb, level: float = 1.0) -> Rgb:
        """Return how a material looks on this wall; ``level`` darkens it."""
        (r, g, b), (kr, kg, kb), (hr, hg, hb) = rgb, self._keep, self._haze
        return (
            min(255.0, max(0.0, r * kr * level + hr)),
            min(255.0, max(0.0, g * kg * level + hg)),
            min(255.0, max(0.0, b * kb * level + hb)),
        )

    def rect(
        self,
        u0: float,
        v0: float,
        u1: float,
        v1: float,
        rgb: Rgb,
        *,
        n: float = 0.0,
        level: float = 1.0,
    ) -> None:
        """Add a rectangle parallel to the wall, ``n`` metres in front of it."""
        self._corners.append(((u0, v0, n), (u0, v1, n), (u1, v1, n), (u1, v0, n)))
        self._colors.append(self.color(rgb, level))

    def bright(self, u0: float, v0: float, u1: float, v1: float, rgb: Rgb, n: float) -> None:
        """Add a rectangle in a final colour (glass, lamps), faded by haze alone."""
        self._corners.append(((u0, v0, n), (u0, v1, n), (u1, v1, n), (u1, v0, n)))
        self._colors.append(self.stage.light.flat(rgb, self.depth))

    def quad(self, corners: tuple[tuple[float, float, float], ...], rgb: Rgb, level: float) -> None:
        """Add any four corners ``(u, v, n)``."""
        self._corners.append(corners)
        self._colors.append(self.color(rgb, level))

    def bump(self, u0: float, v0: float, u1: float, v1: float, out: float, rgb: Rgb) -> None:
        """Add a box that stands ``out`` metres from the wall: cornice, bay, sill."""
        camera = self.stage.camera
        along = (camera.x - self.start[0]) * self.ahead[0] + (
            camera.z - self.start[1]
        ) * self.ahead[1]
        if along < u0:
            self.quad(((u0, v0, 0), (u0, v1, 0), (u0, v1, out), (u0, v0, out)), rgb, 0.72)
        elif along > u1:
            self.quad(((u1, v0, 0), (u1, v1, 0), (u1, v1, out), (u1, v0, out)), rgb, 0.72)
        if camera.eye < v0:
            self.quad(((u0, v0, 0), (u1, v0, 0), (u1, v0, out), (u0, v0, out)), rgb, 0.55)
        elif camera.eye > v1:
            self.quad(((u0, v1, 0), (u1, v1, 0), (u1, v1, out), (u0, v1, out)), rgb, 1.1)
        self.rect(u0, v0, u1, v1, rgb, n=out)

    def world(self, corners: Floats) -> Floats:
        """Wall points ``(..., 3)`` (u, v, n) to world points."""
        out: Floats = corners @ self._axes
        out += self._foot
        return out

    def flush(self, owner: int = owners.BUILDING) -> None:
        """Draw everything added so far, in order."""
        if self._corners:
            self.stage.quads(self.world(np.array(self._corners, np.float64)), self._colors, owner)
        self._corners, self._colors = [], []

    def plain(
        self,
        height: float,
        rgb: Rgb,
        kind: str,
        dice: Dice,
        *,
        base: float = 0.0,
        gable: float = 0.0,
    ) -> None:
        """Draw the bare wall at once: colour, dirt towards the foot, and its surface texture.

        Parameters
        ----------
        height, base : float
            Top and foot of the wall, metres.
        rgb : colour
            Of the material.
        kind : str
            Texture, see :func:`seglib.scenes.texture.surface`.
        dice : Dice
            Chance.
        gable : float
            Height of a gable's peak over ``height``.
        """
        stage = self.stage
        outline = [
            (0.0, base, 0.0),
            (0.0, height, 0.0),
            (self.width, height, 0.0),
            (self.width, base, 0.0),
        ]
        if gable:
            outline.insert(2, (self.width / 2, height + gable, 0.0))
        points = stage.camera.polygon(self.world(np.array(outline)))
        if points is None:
            return
        stage.canvas.convex(points, self.color(rgb), owners.BUILDING)
        if self.detail > 7.5:
            self._texture(height + gable, base, kind, dice, points)

    def shadow(self, height: float) -> None:
        """Darken the foot of the wall up to ``height``: what stands opposite takes the sun."""
        outline = np.array(
            [(0, 0, 0), (0, height, 0), (self.width, height, 0), (self.width, 0, 0)], np.float64
        )
        points = self.stage.camera.polygon(self.world(outline))
        if points is not None:
            self.stage.canvas.tint([points], (22, 26, 44), 0.4)

    def _texture(self, height: float, base: float, kind: str, dice: Dice, points: Floats) -> None:
        stage = self.stage
        box = stage.canvas.box_of(points)
        if box is None:
            return
        x0, y0, x1, y1 = box
        pyramid = surface(kind)
        level = int(np.clip(math.log2(PER_METRE * 1.3 / self.detail), 0, len(pyramid) - 1))
        tile = pyramid[level]
        per_metre = PER_METRE / (1 << level)
        side = tile.shape[0]
        w = min(side, max(2, round(self.width * per_metre)))
        h = min(side, max(2, round((height - base) * per_metre)))
        left, low = int(dice.uniform(0, side - w)), int(dice.uniform(0, side - h))
        crop = tile[low : low + h, left : left + w]
        # Homography from texels to pixels, built from the camera: exact, even for walls that
        # pass beside the camera, where projecting the four corners would fail.
        camera = stage.camera
        origin = camera.to_camera(self.world(np.array([0.0, height, 0.0])))
        step_u = camera.to_camera(self.world(np.array([1.0, height, 0.0]))) - origin
        step_v = camera.to_camera(self.world(np.array([0.0, height - 1.0, 0.0]))) - origin
        lens = np.array(
            [
                [camera.focal, 0, camera.width / 2 - x0],
                [0, -camera.focal, camera.horizon - y0],
                [0, 0, 1],
            ]
        )
        view = lens @ np.stack(
            [step_u * self.width / w, step_v * (height - base) / h, origin], axis=1
        )
        warped = cv2.warpPerspective(
            crop,
            view,
            (x1 - x0, y1 - y0),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=128,
        )
        # 128 is neutral, so the owner channel and everything outside the wall stay as they are.
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        stage.canvas_mask(mask, points, (x0, y0))
        still = np.full((y1 - y0, x1 - x0), 128, np.uint8)
        inside = cv2.copyTo(warped, mask, still.copy())
        part = stage.canvas.pixels[y0:y1, x0:x1]
        part[...] = cv2.multiply(part, cv2.merge([inside, inside, inside, still]), scale=1 / 128)
