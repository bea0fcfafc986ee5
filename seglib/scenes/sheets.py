"""Simple shapes on a textured ground, overlapping, with exact truth."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from seglib.images import Image
from seglib.labels import Label, LabelSet
from seglib.options import Checked, choice, number, whole
from seglib.scenes import owners
from seglib.scenes.camera import Floats
from seglib.scenes.canvas import Canvas, fixed
from seglib.scenes.dice import Dice, Rgb
from seglib.scenes.finish import develop
from seglib.scenes.generated import GeneratedScene
from seglib.scenes.options import check_seed, check_size
from seglib.scenes.texture import SIDE, Singles, fractal
from seglib.scenes.truth import make_truth

SHAPES = LabelSet(
    "shapes-6",
    "Shapes (6 classes)",
    (
        Label(0, "background", (64, 68, 76)),
        Label(1, "disc", (0, 114, 178), thing=True),
        Label(2, "square", (230, 159, 0), thing=True),
        Label(3, "triangle", (0, 158, 115), thing=True),
        Label(4, "star", (240, 228, 66), thing=True),
        Label(5, "ring", (204, 121, 167), thing=True),
    ),
)
"""Classes of :func:`shapes`; the colours are Okabe and Ito's, told apart by colour-blind eyes."""

BACKGROUND = 1
PAINTS: tuple[Rgb, ...] = (
    (214, 88, 70), (236, 162, 64), (242, 206, 92), (116, 176, 108), (70, 158, 160), (66, 118, 178),
    (128, 100, 176), (206, 112, 150), (232, 226, 210), (84, 92, 104),
)  # fmt: skip
GROUNDS: tuple[tuple[Rgb, Rgb], ...] = (
    ((58, 66, 82), (76, 86, 104)), ((226, 220, 206), (206, 198, 182)), ((44, 72, 74), (62, 96, 96)),
    ((188, 196, 202), (208, 214, 218)), ((86, 66, 62), (110, 86, 78)),
    ((236, 232, 222), (222, 228, 226)),
)  # fmt: skip


@dataclass(frozen=True)
class ShapesOptions(Checked):
    """What a scene of shapes holds."""

    count: int = whole(9, 0, 60, "How many shapes; later ones lie on earlier ones.")
    spread: float = number(0.5, 0, 1, "How much they differ in size.")
    scale: float = number(0.5, 0.1, 1, "How large they are.")
    background: str = choice(
        "any", ("any", "plain", "noise", "stripes", "checks", "waves"), "Pattern of the ground."
    )
    texture: float = number(0.5, 0, 1, "Strength of patterns and shading on shapes and ground.")
    speed: float = number(0.5, 0, 1, "How fast they move in a clip.")
    noise: float = number(0.15, 0, 1, "Sensor noise: 0 none.")
    blur: float = number(0.1, 0, 1, "Softness of the lens: 0 sharp.")


def shapes(
    seed: int,
    *,
    size: tuple[int, int] = (480, 360),
    count: int | None = None,
    options: ShapesOptions | None = None,
) -> GeneratedScene:
    """Generate a scene of simple shapes.

    Parameters
    ----------
    seed : int
        Same seed, size and options: same bytes.
    size : (width, height)
        Pixels, 32 to 4096 each. The layout does not depend on it.
    count : int, optional
        Short for ``options.count``.
    options : ShapesOptions, optional
        What the scene holds.

    Returns
    -------
    GeneratedScene
        Picture and truth in :data:`SHAPES`; every pixel has a class.

    Raises
    ------
    ShapeError
        The size cannot be a picture.
    UsageError
        An option or the seed is out of range.
    """
    options = options or ShapesOptions()
    if count is not None:
        options = replace(options, count=count)
    return ShapesWorld(check_seed(seed), options).render(check_size(size))


@dataclass(frozen=True)
class _Thing:
    kind: int
    at: tuple[float, float]
    radius: float
    turn: float
    way: tuple[float, float]
    spin: float
    paint: Rgb
    pattern: str
    dice: Dice


class ShapesWorld:
    """The shapes of a seed; :meth:`render` shows them at any moment.

    Places are in units of a sheet 4 wide and 3 high that fits into the picture.
    """

    def __init__(self, seed: int, options: ShapesOptions) -> None:
        self.seed, self.options = seed, options
        dice = self.dice = Dice(f"shapes/{seed}")
        self.things = [self._thing(dice.child("thing", k)) for k in range(options.count)]

    def _thing(self, dice: Dice) -> _Thing:
        o = self.options
        radius = (0.2 + 0.55 * o.scale) * (1 - 0.75 * o.spread * dice.uniform(0, 1))
        heading, fast = dice.uniform(0, 2 * math.pi), 1.6 * o.speed * dice.uniform(0.3, 1)
        return _Thing(
            dice.integer(1, 5), (dice.uniform(0.1, 3.9), dice.uniform(0.1, 2.9)), radius,
            dice.uniform(0, 2 * math.pi), (fast * math.cos(heading), fast * math.sin(heading)),
            o.speed * dice.bell(1.6), dice.vary(dice.pick(PAINTS), 24),
            dice.weighted([("plain", 0.45), ("stripes", 0.2), ("dots", 0.15), ("noise", 0.2)]),
            dice,
        )  # fmt: skip

    def render(
        self, size: tuple[int, int], *, clock: float = 0.0, frame: int = 0
    ) -> GeneratedScene:
        """Draw the shapes at ``clock`` seconds; ``frame`` keys the sensor noise."""
        canvas = Canvas(*size, 2)
        unit = min(canvas.width / 4, canvas.height / 3)
        middle = np.array([canvas.width / 2, canvas.height / 2])
        self._ground(canvas, unit)
        light = self.dice.child("light").uniform(0, 2 * math.pi)
        sun = np.array([math.cos(light), math.sin(light)])
        for k, thing in enumerate(self.things):
            place = [_bounce(a + v * clock, high) for a, v, high in zip(
                thing.at, thing.way, (4.0, 3.0), strict=True)]  # fmt: skip
            centre = middle + (np.array(place) - (2.0, 1.5)) * unit
            outlines = [
                centre + o * thing.radius * unit
                for o in _outlines(thing.kind, thing.turn + thing.spin * clock)
            ]
            self._draw(canvas, thing, outlines, centre, unit, sun, owners.FIRST_THING + k)
        truth, ids = make_truth(
            canvas.owners(),
            SHAPES,
            {BACKGROUND: 0},
            [(t.kind, k) for k, t in enumerate(self.things)],
        )
        pixels = develop(
            canvas, self.dice.child("develop"), noise=self.options.noise, blur=self.options.blur,
            grading=0.0, frame=frame,
        )  # fmt: skip
        pixels.setflags(write=False)
        return GeneratedScene(Image(pixels), truth, self.seed, ids, frame)

    def _ground(self, canvas: Canvas, unit: float) -> None:
        dice = self.dice.child("ground")
        low, high = (np.array(dice.vary(c, 20)) for c in dice.pick(GROUNDS))
        kinds = ("plain", "noise", "stripes", "checks", "waves")
        drawn = dice.pick(kinds)
        kind = drawn if self.options.background == "any" else self.options.background
        x = ((np.arange(canvas.width) - canvas.width / 2) / unit).astype(np.float32)
        y = ((np.arange(canvas.height)[:, None] - canvas.height / 2) / unit).astype(np.float32)
        turn, pitch = dice.uniform(0, math.pi), dice.uniform(0.25, 0.6)
        across = (x * math.cos(turn) + y * math.sin(turn)) / pitch
        along = (y * math.cos(turn) - x * math.sin(turn)) / pitch
        if kind == "stripes":
            value = (across - np.floor(across) < 0.5).astype(np.float32)
        elif kind == "checks":
            value = ((np.floor(across) + np.floor(along)).astype(np.int32) & 1).astype(np.float32)
        elif kind == "waves":
            bent = across + 0.25 * np.sin(2.5 * along)
            value = (0.5 + 0.5 * np.sin(2 * math.pi * bent)).astype(np.float32)
        else:
            value = np.full((canvas.height, canvas.width), 0.5, np.float32)
        view = np.array([[unit / 128, 0, canvas.width / 2], [0, unit / 128, canvas.height / 2]])
        noise = cv2.warpAffine(
            fractal(91), view, (canvas.width, canvas.height), borderMode=cv2.BORDER_WRAP
        )
        strength = self.options.texture
        grain = (0.5 if kind == "noise" else 0.12) * noise
        level = 0.5 + strength * (value - 0.5 + grain)
        level = level * (1 - 0.06 * ((x / 2) ** 2 + (y / 1.5) ** 2))
        ramp = low + np.linspace(-0.6, 1.6, 256)[:, None] * (high - low)
        table = np.empty((256, 4), np.uint8)
        table[:, :3] = np.clip(ramp, 0, 255)
        table[:, 3] = BACKGROUND
        shade = np.clip((level + 0.6) * np.float32(255 / 2.2), 0, 255).astype(np.uint8)
        canvas.pixels[...] = table[shade]

    def _draw(
        self,
        canvas: Canvas,
        thing: _Thing,
        outlines: list[Floats],
        centre: Floats,
        unit: float,
        sun: Floats,
        owner: int,
    ) -> None:
        reach = thing.radius * unit
        shade_at = sun * reach * 0.10
        self._shadow(canvas, [o - shade_at for o in outlines], reach)
        box = canvas.box_of(outlines[0])
        if box is None:
            return
        x0, y0, x1, y1 = box
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        cv2.fillPoly(mask, [fixed(o - (x0, y0)) for o in outlines], 255, cv2.LINE_8, 4)
        x = ((np.arange(x0, x1) - centre[0]) / reach).astype(np.float32)
        y = ((np.arange(y0, y1) - centre[1]) / reach).astype(np.float32)[:, None]
        strength = self.options.texture
        level = 1.0 + 0.22 * strength * (x * sun[0] + y * sun[1])
        level = level + self._pattern(thing, x, y) * strength
        # A bright rim towards the light: the shape minus itself moved a little.
        moved = np.zeros_like(mask)
        shift = sun * max(reach * 0.05, 1.5)
        cv2.fillPoly(moved, [fixed(o - shift - (x0, y0)) for o in outlines], 255, cv2.LINE_8, 4)
        level = level + 0.28 * strength * (moved == 0)
        paint = np.empty((y1 - y0, x1 - x0, 4), np.uint8)
        paint[..., :3] = np.clip(level[..., None] * np.array(thing.paint, np.float32), 0, 255)
        paint[..., 3] = owner
        cv2.copyTo(paint, mask, canvas.pixels[y0:y1, x0:x1])

    def _shadow(self, canvas: Canvas, outlines: list[Floats], reach: float) -> None:
        soft = max(1.0, reach * 0.08)
        box = canvas.box_of(outlines[0], int(3 * soft))
        if box is None or self.options.texture == 0:
            return
        x0, y0, x1, y1 = box
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        cv2.fillPoly(mask, [fixed(o - (x0, y0)) for o in outlines], 255, cv2.LINE_8, 4)
        side = 2 * int(soft) + 1
        mask = cv2.blur(cv2.blur(mask, (side, side)), (side, side)).astype(np.uint8, copy=False)
        strength = 0.45 * min(1.0, 2 * self.options.texture)
        Canvas.mix(canvas.pixels[y0:y1, x0:x1], (14.0, 16.0, 24.0), mask, strength)

    def _pattern(self, thing: _Thing, x: Singles, y: Singles) -> Singles:
        dice = thing.dice.child("pattern")
        turn, pitch = dice.uniform(0, math.pi), dice.uniform(0.22, 0.42)
        a = (x * math.cos(turn) + y * math.sin(turn)) / pitch
        b = (y * math.cos(turn) - x * math.sin(turn)) / pitch
        if thing.pattern == "stripes":
            return np.where(np.mod(a, 1.0) < 0.5, np.float32(0.12), np.float32(-0.12))
        if thing.pattern == "dots":
            spot = np.hypot(np.mod(a, 1.0) - 0.5, np.mod(b, 1.0) - 0.5) < 0.28
            return np.where(spot, np.float32(0.2), np.float32(-0.05))
        if thing.pattern == "noise":
            noise = fractal(92)
            column = np.mod(np.rint(x * 110), SIDE).astype(int)
            row = np.mod(np.rint(y * 110), SIDE).astype(int)
            patch: Singles = np.float32(0.11) * noise[row, column]
            return patch
        return np.zeros((y.shape[0], x.shape[0]), np.float32)


def _outlines(kind: int, turn: float) -> list[Floats]:
    """Outlines of a shape of radius 1; a ring has two, the second is its hole."""

    def around(count: int, radius: float = 1.0) -> Floats:
        a = turn + np.linspace(0, 2 * math.pi, count, endpoint=False)
        return np.stack([radius * np.cos(a), radius * np.sin(a)], axis=1)

    if kind == 1:
        return [around(96, 0.88)]
    if kind == 2:
        return [around(4, 1.08)]
    if kind == 3:
        return [around(3, 1.12)]
    if kind == 4:
        points = around(10, 1.1)
        points[1::2] *= 0.45
        return [points]
    return [around(96, 0.95), around(96, 0.55)]


def _bounce(at: float, high: float) -> float:
    """Fold a place on a line into 0..high, as if it were thrown back at both ends."""
    turn = math.fmod(at, 2 * high)
    turn = turn + 2 * high if turn < 0 else turn
    return turn if turn <= high else 2 * high - turn


__all__ = ["SHAPES", "ShapesOptions", "ShapesWorld", "shapes"]
