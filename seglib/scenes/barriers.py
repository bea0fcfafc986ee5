"""Railings, board fences, low walls, and bins."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from seglib.scenes import owners
from seglib.scenes.camera import Floats
from seglib.scenes.dice import Dice, Rgb
from seglib.scenes.figures import thin_shadow
from seglib.scenes.road import KERB
from seglib.scenes.stage import Stage


@dataclass(frozen=True)
class Barrier:
    """A railing, a board fence, a low wall or a hedge along the street from s0 to s1.

    A railing is see-through in the picture and one surface in the truth, as annotators draw it.
    """

    kind: str
    s0: float
    s1: float
    t: float
    height: float
    dice: Dice

    def shadow(self, stage: Stage) -> list[Floats]:
        """Ground outline of the shadow."""
        sx, sy, sz = stage.light.sun_at
        a, b = stage.road.spot(self.s0, self.t), stage.road.spot(self.s1, self.t)
        reach = np.array([sx, 0, sz]) * min(self.height / max(sy, 0.08), 12.0)
        return [np.stack([a, b, b - reach, a - reach])]

    def draw(self, stage: Stage) -> None:
        """Draw it in stretches of a few metres, far ones first."""
        road = stage.road
        cuts = np.linspace(self.s1, self.s0, max(2, round((self.s1 - self.s0) / 4.0) + 1)).tolist()
        rgb = self.dice.vary(self.dice.pick(_BARRIERS[self.kind]), 12)
        for j, (far, near) in enumerate(itertools.pairwise(cuts)):
            a, b = road.spot(near, self.t), road.spot(far, self.t)
            depth = max(stage.camera.depth(float(a[0]), float(a[2])), 1.0)
            if stage.camera.depth(float(b[0]), float(b[2])) < 1.0:
                continue
            up = np.array([0.0, self.height, 0.0])
            panel = np.stack([a, a + up, b + up, b])
            points = stage.camera.polygon(panel)
            if points is None or stage.canvas.box_of(points) is None:
                continue
            normal = (-math.copysign(1.0, self.t), 0.0, 0.0)
            shade = stage.light.shade(rgb, normal, depth)
            if self.kind == "railing":
                self._railing(stage, a, b, points, shade, depth)
                continue
            owner = owners.BUILDING if self.kind == "wall" else owners.FENCE
            stage.canvas.convex(points, shade, owner)
            self._boards(stage, a, b, shade, owner, depth, j)

    def _railing(
        self, stage: Stage, a: Floats, b: Floats, points: Floats, shade: Rgb, depth: float
    ) -> None:
        k = stage.camera.focal / depth
        stage.canvas.tint([points], shade, 0.35 if k > 14 else 0.55, owner=owners.FENCE)
        length = float(np.linalg.norm(b - a))
        up = np.array([0, self.height, 0])
        step = 0.14 if k > 50 else 0.3
        parts = np.arange(0, 1, step / length) if k > 12 else np.zeros(0)
        feet = a + parts[:, None] * (b - a)
        posts = a[None]
        rails = np.stack([[a + up * f, b + up * f] for f in (1.0, 0.12)])
        for world, width in (
            (np.stack([feet, feet + up], axis=1), 0.024),
            (np.stack([posts, posts + up], axis=1), 0.07),
            (rails, 0.06),
        ):
            cam = stage.camera.to_camera(world)
            cam = cam[cam[..., 2].min(axis=1) > 0.5]
            if len(cam):
                stage.canvas.lines(stage.camera.to_pixels(cam), shade, owners.FENCE, width * k)

    def _boards(
        self, stage: Stage, a: Floats, b: Floats, shade: Rgb, owner: int, depth: float, j: int
    ) -> None:
        if stage.camera.focal / depth < 12:
            return
        way = b - a
        dark = (shade[0] * 0.8, shade[1] * 0.8, shade[2] * 0.8)
        bright = (min(255, shade[0] * 1.12), min(255, shade[1] * 1.12), min(255, shade[2] * 1.12))
        up = np.array([0, self.height, 0])
        quads, colors = [], []
        if self.kind == "boards":
            for f in np.arange(0, 1, 0.04):
                p, q = a + way * f, a + way * (f + 0.006)
                quads.append(np.stack([p, p + up, q + up, q]))
                colors.append(dark)
        else:
            for v in np.arange(0.12, self.height - 0.1, 0.16):
                low, high = np.array([0, v, 0]), np.array([0, v + 0.02, 0])
                quads.append(np.stack([a + low, a + high, b + high, b + low]))
                colors.append(dark)
            top, cap = up, up + np.array([0.0, 0.1, 0.0])
            quads.append(np.stack([a + top, a + cap, b + cap, b + top]))
            colors.append(bright)
        stage.quads(np.array(quads), colors, owner)


_BARRIERS: dict[str, tuple[Rgb, ...]] = {
    "railing": ((60, 64, 64), (44, 48, 46), (150, 152, 150), (40, 60, 50)),
    "boards": ((126, 98, 66), (104, 84, 62), (92, 76, 60), (140, 116, 84)),
    "wall": ((152, 92, 72), (172, 150, 114), (134, 124, 112), (120, 82, 68)),
}


@dataclass(frozen=True)
class Bin:
    """A litter bin or a post box: no class of its own, so void in the truth."""

    s: float
    t: float
    dice: Dice

    def shadow(self, stage: Stage) -> list[Floats]:
        """Ground outline of the shadow."""
        return thin_shadow(stage, self.s, self.t, 1.1, 0.3)

    def draw(self, stage: Stage) -> None:
        """Draw it."""
        dice = self.dice.child("look")
        rgb = dice.pick([(28, 30, 32), (30, 70, 50), (170, 30, 32), (70, 74, 78)])
        tall = 1.5 if rgb[0] > 100 else 1.0
        stage.box(self.s, self.t, (0.28, 0.26), KERB, KERB + tall, rgb, owners.VOID)
        stage.box(
            self.s,
            self.t,
            (0.31, 0.29),
            KERB + tall,
            KERB + tall + 0.09,
            (rgb[0] * 0.8, rgb[1] * 0.8, rgb[2] * 0.8),
            owners.VOID,
        )
