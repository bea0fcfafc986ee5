"""Street furniture: lamp posts, signs, traffic lights, bollards, railings, walls and bins."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seglib.scenes import owners
from seglib.scenes.camera import Floats
from seglib.scenes.dice import Dice, Rgb
from seglib.scenes.figures import thin_shadow
from seglib.scenes.road import KERB
from seglib.scenes.stage import Stage


@dataclass(frozen=True)
class Post:
    """Anything on a post.

    Parameters
    ----------
    kind : str
        A key of :data:`POSTS`.
    s, t : float
        Its foot.
    toward : int
        -1 or +1: on which side of the post the road is.
    dice : Dice
        Chance for looks.
    """

    kind: str
    s: float
    t: float
    toward: int
    dice: Dice

    def shadow(self, stage: Stage) -> list[Floats]:
        """Ground outline of the shadow."""
        height = {"lamp": 7.0, "bollard": 1.0, "wire": 7.5}.get(self.kind, 2.8)
        return thin_shadow(stage, self.s, self.t, height, 0.07)

    def draw(self, stage: Stage) -> None:
        """Draw it."""
        spot = stage.camera.point(stage.road.x(self.s, self.t), KERB, self.s)
        if spot is None or spot[2] < 2.0:
            return
        x, y, depth = spot
        k = stage.camera.focal / depth
        if k < 5.0 * stage.canvas.height / 720 or not -12 * k < x < stage.canvas.width + 12 * k:
            return
        POSTS[self.kind](Pen(stage, x, y, k, depth), self.toward, self.dice.child("look"))


@dataclass(frozen=True)
class Pen:
    """Draws in metres on an upright plane facing the camera, its origin the foot of a post."""

    stage: Stage
    x: float
    y: float
    k: float
    depth: float

    def at(self, points: list[tuple[float, float]]) -> Floats:
        """Metres (right, up) to canvas pixels."""
        out: Floats = np.array(points) * (self.k, -self.k) + (self.x, self.y)
        return out

    def shape(self, points: list[tuple[float, float]], rgb: Rgb, owner: int) -> None:
        """Fill a polygon in a material colour."""
        shade = self.stage.light.shade(rgb, (0, 0, -1), self.depth, lit=0.8)
        self.stage.canvas.polygon(self.at(points), shade, owner)

    def glowing(self, x: float, y: float, radius: float, rgb: Rgb, owner: int) -> None:
        """Fill a disc in its own light."""
        p = self.at([(x, y)])[0]
        color = self.stage.light.flat(rgb, self.depth)
        self.stage.canvas.disc(float(p[0]), float(p[1]), radius * self.k, color, owner)

    def disc(self, x: float, y: float, radius: float, rgb: Rgb, owner: int) -> None:
        """Fill a disc in a material colour."""
        p = self.at([(x, y)])[0]
        color = self.stage.light.shade(rgb, (0, 0, -1), self.depth, lit=0.8)
        self.stage.canvas.disc(float(p[0]), float(p[1]), radius * self.k, color, owner)

    def column(self, y0: float, y1: float, r0: float, r1: float, rgb: Rgb, x: float = 0.0) -> None:
        """A round post: a dark side, a body and a light stripe; never thinner than a pixel."""
        least = 0.75 / self.k
        r0, r1 = max(r0, least), max(r1, least)
        self.shape([(x - r0, y0), (x - r1, y1), (x + r1, y1), (x + r0, y0)], rgb, owners.POLE)
        if r0 * self.k > 2:
            light = (
                min(255, rgb[0] * 1.35 + 16),
                min(255, rgb[1] * 1.35 + 16),
                min(255, rgb[2] * 1.35 + 16),
            )
            a = math.copysign(0.35, float(self.stage.light.toward_sun[0]))
            self.shape(
                [
                    (x + r0 * (a - 0.25), y0),
                    (x + r1 * (a - 0.25), y1),
                    (x + r1 * (a + 0.25), y1),
                    (x + r0 * (a + 0.25), y0),
                ],
                light,
                owners.POLE,
            )

    def tube(self, points: list[tuple[float, float]], radius: float, rgb: Rgb) -> None:
        """A bent tube along a line."""
        shade = self.stage.light.shade(rgb, (0, 0, -1), self.depth, lit=0.8)
        self.stage.canvas.line(self.at(points), shade, owners.POLE, max(2 * radius * self.k, 1.5))


GREYS: tuple[Rgb, ...] = (
    (108, 112, 114),
    (86, 90, 92),
    (66, 76, 72),
    (132, 134, 132),
    (52, 54, 56),
)


def lamp(pen: Pen, toward: int, dice: Dice) -> None:
    """Street lamp with an arm over the road, or an old lantern."""
    rgb = dice.vary(dice.pick(GREYS), 8)
    if dice.chance(0.2):
        pen.column(0, 3.6, 0.09, 0.05, (38, 42, 42))
        pen.shape(
            [(-0.16, 3.6), (-0.22, 4.1), (0.22, 4.1), (0.16, 3.6)], (226, 214, 170), owners.POLE
        )
        pen.shape([(-0.26, 4.1), (0, 4.35), (0.26, 4.1)], (38, 42, 42), owners.POLE)
        _glow(pen, 0.0, 3.85, 1.0)
        return
    tall, arm = dice.uniform(6.0, 9.0), dice.uniform(0.9, 2.0) * toward
    pen.column(0, 1.2, 0.12, 0.12, rgb)
    pen.column(1.2, tall, 0.085, 0.055, rgb)
    pen.tube([(0, tall - 0.05), (arm * 0.3, tall + 0.28), (arm, tall + 0.35)], 0.05, rgb)
    head = sorted((arm, arm + 0.65 * toward))
    pen.shape(
        [
            (head[0], tall + 0.25),
            (head[0], tall + 0.45),
            (head[1], tall + 0.42),
            (head[1], tall + 0.24),
        ],
        (120, 122, 122),
        owners.POLE,
    )
    if pen.stage.light.lamps:
        pen.shape(
            [
                (head[0], tall + 0.22),
                (head[0], tall + 0.28),
                (head[1], tall + 0.26),
                (head[1], tall + 0.2),
            ],
            (255, 220, 150),
            owners.POLE,
        )
    _glow(pen, (head[0] + head[1]) / 2, tall + 0.22, 1.4)


def _glow(pen: Pen, x: float, y: float, size: float) -> None:
    if pen.stage.light.lamps:
        p = pen.at([(x, y)])[0]
        x, y = float(p[0]), float(p[1])
        pen.stage.canvas.lamp(x, y - 0.04 * pen.k, size * pen.k, (255, 196, 110), owners.POLE)


def wire(pen: Pen, toward: int, dice: Dice) -> None:
    """A plain wooden or steel pole."""
    pen.column(0, dice.uniform(6, 8.5), 0.1, 0.08, dice.pick([(92, 76, 58), (98, 100, 102)]))


def bollard(pen: Pen, toward: int, dice: Dice) -> None:
    """A bollard, sometimes with a reflecting band."""
    rgb = dice.pick([(34, 36, 38), (60, 62, 64), (112, 40, 36)])
    pen.column(0, 0.95, 0.09, 0.07, rgb)
    pen.disc(0, 0.97, 0.075, rgb, owners.POLE)
    if dice.chance(0.5):
        pen.shape(
            [(-0.08, 0.72), (-0.08, 0.8), (0.08, 0.8), (0.08, 0.72)], (222, 222, 214), owners.POLE
        )


def sign(pen: Pen, toward: int, dice: Dice) -> None:
    """A round, three-cornered or square traffic sign, or two, one over the other."""
    tall = dice.uniform(2.3, 3.0)
    pen.column(0, tall + 0.3, 0.045, 0.045, dice.pick(GREYS))
    y = tall
    for _ in range(dice.weighted([(1, 0.6), (2, 0.4)])):
        plate(pen, dice, 0.0, y)
        y -= 0.72


def plate(pen: Pen, dice: Dice, x: float, y: float) -> None:
    """One sign plate with its middle at (x, y) metres."""
    kind = dice.weighted([("round", 0.35), ("warning", 0.25), ("blue", 0.2), ("square", 0.2)])
    size = dice.uniform(0.28, 0.4)
    red, white, black, blue = (196, 24, 34), (234, 232, 226), (34, 34, 36), (28, 70, 156)
    if kind == "round":
        pen.disc(x, y, size, red, owners.SIGN)
        pen.disc(x, y, size * 0.76, white, owners.SIGN)
        form = dice.integer(0, 2)
        if form == 0:
            pen.shape(
                [
                    (x - size * 0.5, y - size * 0.12),
                    (x - size * 0.5, y + size * 0.12),
                    (x + size * 0.5, y + size * 0.12),
                    (x + size * 0.5, y - size * 0.12),
                ],
                red,
                owners.SIGN,
            )
        elif form == 1:
            for dx in (-0.3, 0.12):
                pen.shape(
                    [
                        (x + dx * size, y - size * 0.38),
                        (x + dx * size, y + size * 0.38),
                        (x + (dx + 0.26) * size, y + size * 0.38),
                        (x + (dx + 0.26) * size, y - size * 0.38),
                    ],
                    black,
                    owners.SIGN,
                )
    elif kind == "warning":
        for scale, rgb in ((1.15, red), (0.72, white)):
            low = y - size * 0.58 * scale
            pen.shape(
                [(x - size * scale, low), (x, low + size * 1.74 * scale), (x + size * scale, low)],
                rgb,
                owners.SIGN,
            )
        pen.shape(
            [
                (x - 0.05, y - size * 0.3),
                (x - 0.03, y + size * 0.5),
                (x + 0.03, y + size * 0.5),
                (x + 0.05, y - size * 0.3),
            ],
            black,
            owners.SIGN,
        )
    elif kind == "blue":
        pen.disc(x, y, size, white, owners.SIGN)
        pen.disc(x, y, size * 0.92, blue, owners.SIGN)
        pen.shape(
            [
                (x - 0.06, y - size * 0.5),
                (x - 0.06, y + size * 0.1),
                (x - 0.2, y + size * 0.1),
                (x, y + size * 0.6),
                (x + 0.2, y + size * 0.1),
                (x + 0.06, y + size * 0.1),
                (x + 0.06, y - size * 0.5),
            ],
            white,
            owners.SIGN,
        )
    else:
        back = dice.pick([(28, 70, 156), (20, 96, 66), (234, 232, 226), (226, 186, 40)])
        ink = white if sum(back) < 400 else black
        for grow, rgb in ((0.04, ink), (0.0, back)):
            a, b = size + grow, size * 0.9 + grow
            pen.shape(
                [(x - a, y - b), (x - a, y + b), (x + a, y + b), (x + a, y - b)], rgb, owners.SIGN
            )
        for row in (0.3, -0.15):
            wide = size * dice.uniform(0.4, 0.75)
            pen.shape(
                [
                    (x - wide, y + size * (row - 0.1)),
                    (x - wide, y + size * (row + 0.14)),
                    (x + wide, y + size * (row + 0.14)),
                    (x + wide, y + size * (row - 0.1)),
                ],
                ink,
                owners.SIGN,
            )


def lights(pen: Pen, toward: int, dice: Dice) -> None:
    """Traffic lights: a head of three lamps, most often on a black board with a white rim."""
    tall = 2.5
    pen.column(0, tall + 0.9, 0.055, 0.055, dice.pick([(52, 54, 54), (98, 102, 104)]))
    board = dice.chance(0.6)
    if board:
        pen.shape(
            [(-0.36, tall - 0.2), (-0.36, tall + 1.15), (0.36, tall + 1.15), (0.36, tall - 0.2)],
            (222, 222, 216),
            owners.SIGN,
        )
        pen.shape(
            [(-0.31, tall - 0.15), (-0.31, tall + 1.1), (0.31, tall + 1.1), (0.31, tall - 0.15)],
            (26, 28, 28),
            owners.SIGN,
        )
    pen.shape(
        [(-0.17, tall - 0.05), (-0.17, tall + 1.0), (0.17, tall + 1.0), (0.17, tall - 0.05)],
        (34, 36, 36),
        owners.SIGN,
    )
    on = dice.integer(0, 2)
    for row, (bright, dim) in enumerate(
        (
            ((60, 240, 130), (28, 60, 44)),
            ((255, 190, 50), (72, 58, 30)),
            ((255, 50, 40), (80, 30, 28)),
        )
    ):
        y = tall + 0.14 + 0.33 * row
        pen.glowing(0, y, 0.11, bright if row == on else dim, owners.SIGN)
        if row == on:
            p = pen.at([(0, y)])[0]
            pen.stage.canvas.lamp(float(p[0]), float(p[1]), 0.32 * pen.k, bright, owners.SIGN)


def guide(pen: Pen, toward: int, dice: Dice) -> None:
    """A direction sign on two posts."""
    rgb = dice.pick([(18, 92, 62), (28, 70, 150), (232, 230, 224), (120, 84, 40)])
    ink: Rgb = (236, 234, 228) if sum(rgb) < 400 else (30, 32, 34)
    wide, low, high = dice.uniform(0.8, 1.3), 1.7, dice.uniform(2.7, 3.3)
    for x in (-wide * 0.7, wide * 0.7):
        pen.column(0, high - 0.1, 0.05, 0.05, (110, 114, 116), x)
    for grow, color in ((0.05, ink), (0.0, rgb)):
        pen.shape(
            [
                (-wide - grow, low - grow),
                (-wide - grow, high + grow),
                (wide + grow, high + grow),
                (wide + grow, low - grow),
            ],
            color,
            owners.SIGN,
        )
    rows = 3
    for row in range(rows):
        y = low + (high - low) * (row + 0.35) / rows
        at = -wide * 0.8
        while at < wide * 0.55:
            w = dice.uniform(0.12, 0.4)
            pen.shape([(at, y), (at, y + 0.14), (at + w, y + 0.14), (at + w, y)], ink, owners.SIGN)
            at += w + 0.1


def beacon(pen: Pen, toward: int, dice: Dice) -> None:
    """A Belisha beacon: a striped pole with an amber globe."""
    for j in range(6):
        rgb = (30, 30, 32) if j % 2 == 0 else (230, 230, 224)
        pen.column(j * 0.42, (j + 1) * 0.42, 0.06, 0.06, rgb)
    pen.disc(0, 2.66, 0.17, (250, 176, 50), owners.POLE)


POSTS: dict[str, Callable[[Pen, int, Dice], None]] = {
    "lamp": lamp,
    "wire": wire,
    "bollard": bollard,
    "sign": sign,
    "lights": lights,
    "guide": guide,
    "beacon": beacon,
}
