"""Trees, bushes and hedges: lit crowns of leaf clumps, or bare branches in a veil of twigs.

A bare crown's veil is see-through in the picture and belongs to the tree in the truth, as
annotators draw it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from seglib.scenes import owners
from seglib.scenes.camera import Floats
from seglib.scenes.dice import Dice, Rgb
from seglib.scenes.stage import Stage
from seglib.scenes.texture import leaves

GREENS: tuple[tuple[Rgb, Rgb], ...] = (
    ((38, 62, 26), (122, 150, 62)),
    ((34, 54, 30), (98, 128, 62)),
    ((48, 66, 24), (150, 162, 70)),
    ((30, 48, 30), (76, 104, 60)),
    ((58, 62, 26), (168, 158, 66)),
    ((44, 60, 34), (118, 136, 84)),
)
BARK: tuple[Rgb, ...] = ((92, 78, 62), (78, 68, 58), (108, 94, 76), (70, 62, 54))
_GRID = 56


@dataclass(frozen=True)
class Tree:
    """One tree or bush.

    Parameters
    ----------
    kind : str
        ``leafy``, ``bare``, ``conifer`` or ``bush``.
    s, t : float
        Place of the trunk.
    height, radius : float
        Of the whole tree and of its crown, metres.
    dice : Dice
        Chance for its looks.
    """

    kind: str
    s: float
    t: float
    height: float
    radius: float
    dice: Dice

    def shadow(self, stage: Stage) -> list[Floats]:
        """Ground outlines: the crown's and the trunk's."""
        sx, sy, sz = stage.light.toward_sun.tolist()
        foot = stage.road.place(self.s, self.t)
        sy = max(sy, 0.12)
        middle = self.height * 0.66 if self.kind != "bush" else self.height * 0.4
        at = foot - np.array([sx, 0, sz]) * (middle / sy)
        turn = np.linspace(0, 2 * math.pi, 18, endpoint=False)
        stretch = min(1.0 / sy, 4.0)
        flat = math.hypot(sx, sz) or 1.0
        wobble = 1 + 0.16 * np.sin(5 * turn + self.s) + 0.1 * np.sin(9 * turn)
        long, wide = np.cos(turn) * self.radius * stretch * wobble, np.sin(turn) * self.radius
        crown = np.stack(
            [
                at[0] + (long * sx - wide * sz) / flat,
                0 * turn,
                at[2] + (long * sz + wide * sx) / flat,
            ],
            axis=1,
        )
        if self.kind == "bush":
            return [crown]
        side = np.array([sz, 0, -sx]) / flat * 0.16
        return [crown, np.stack([foot - side, foot + side, at + side, at - side])]

    def draw(self, stage: Stage) -> None:
        """Draw trunk, branches and crown."""
        place = stage.camera.point(stage.road.x(self.s, self.t), 0.0, self.s)
        if place is None or place[2] < 2.0:
            return
        x, y, depth = place
        k = stage.camera.focal / depth
        reach = self.radius * 1.3 * k
        if x + reach < 0 or x - reach > stage.canvas.width or self.height * k < 3:
            return
        dice = self.dice.child("look")
        if self.kind == "bare":
            self._bare(stage, dice, x, y, k, depth)
            return
        if self.kind != "bush":
            self._trunk(stage, dice, x, y, k, depth)
        self._crown(stage, dice, x, y, k, depth)

    def _trunk(self, stage: Stage, dice: Dice, x: float, y: float, k: float, depth: float) -> None:
        bark = dice.vary(dice.pick(BARK), 10)
        w = self.height * 0.02 * k + 0.06 * k
        top = y - self.height * 0.55 * k
        lean = dice.bell(0.3) * k
        body = np.array(
            [
                [x - w * 1.4, y],
                [x - w, y - 0.5 * k],
                [x - w * 0.6 + lean, top],
                [x + w * 0.6 + lean, top],
                [x + w, y - 0.5 * k],
                [x + w * 1.4, y],
            ]
        )
        sun = stage.light.toward_sun
        toward = float(
            stage.camera.to_camera(
                np.array([stage.camera.x, stage.camera.eye, stage.camera.z]) + sun
            )[0]
        )
        stage.canvas.polygon(body, stage.light.shade(bark, (0, 0, -1), depth), owners.TREE)
        bright = stage.light.shade(bark, (math.copysign(0.8, toward), 0, -0.6), depth)
        part = body.copy()
        if toward > 0:
            part[:3, 0] = (part[:3, 0] + part[5:2:-1, 0]) / 2
        else:
            part[5:2:-1, 0] = (part[:3, 0] + part[5:2:-1, 0]) / 2
        stage.canvas.polygon(part, bright, owners.TREE)

    def _crown(self, stage: Stage, dice: Dice, x: float, y: float, k: float, depth: float) -> None:
        field, lit = _clumps(self.kind, dice, stage)
        tall = self.height * {"bush": 1.0, "conifer": 0.9}.get(self.kind, 0.72)
        top = y - self.height * k
        wide = self.radius * 2.3 * k
        box = np.array([[x - wide / 2, top], [x + wide / 2, top + tall * k]])
        low, high = dice.pick(GREENS)
        if self.kind == "conifer":
            low, high = (24, 42, 30), (70, 98, 64)
        low, high = dice.vary(low, 8), dice.vary(high, 16)
        light = stage.light
        dark = light.shade(low, (0, 0.2, -0.9), depth, lit=0.3)
        glow = light.shade(high, tuple(light.toward_sun.tolist()), depth)  # type: ignore[arg-type]
        paint_crown(stage, box, field, lit, dark, glow, dice, k)

    def _bare(self, stage: Stage, dice: Dice, x: float, y: float, k: float, depth: float) -> None:
        bark = dice.vary((74, 64, 54), 10)
        shade = stage.light.shade(bark, (0, 0.0, -1), depth, lit=0.7)
        field, _ = _clumps("leafy", dice, stage)
        top = y - self.height * k
        wide = self.radius * 2.2 * k
        box = np.array([[x - wide / 2, top], [x + wide / 2, top + self.height * 0.74 * k]])
        veil(stage, box, field, shade, dice.uniform(0.34, 0.55), dice, k)
        lines: list[tuple[float, float, float, float, float]] = []
        _branch(
            lines,
            dice,
            x,
            y,
            -math.pi / 2,
            self.height * 0.3 * k,
            self.height * 0.032 * k,
            0,
            5 if self.height * k > 90 else 4,
        )
        canvas = stage.canvas
        for x0, y0, x1, y1, w in lines:
            canvas.line(np.array([[x0, y0], [x1, y1]]), shade, owners.TREE, w)


def _branch(
    lines: list[tuple[float, float, float, float, float]],
    dice: Dice,
    x: float,
    y: float,
    angle: float,
    length: float,
    width: float,
    level: int,
    most: int,
) -> None:
    x1, y1 = x + math.cos(angle) * length, y + math.sin(angle) * length
    lines.append((x, y, x1, y1, width))
    if level >= most or length < 2.0:
        return
    for k in range(3 if level in (0, 1) else 2):
        spread = (k - (1 if level in (0, 1) else 0.5)) * dice.uniform(0.5, 0.8) + dice.bell(0.25)
        # Twigs turn up towards the light.
        turn = angle + spread
        turn += 0.12 * math.sin(-math.pi / 2 - turn)
        _branch(
            lines,
            dice,
            x1,
            y1,
            turn,
            length * dice.uniform(0.62, 0.82),
            width * 0.62,
            level + 1,
            most,
        )


def _clumps(kind: str, dice: Dice, stage: Stage) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Crown as overlapping balls on a unit square: how far inside, and how lit, each (56, 56)."""
    balls = []
    if kind == "conifer":
        for k in range(9):
            v = 0.08 + 0.88 * k / 8
            balls.append((0.5 + dice.bell(0.03), v, 0.05 + 0.33 * (k + 1) / 9))
    else:
        count = 6 if kind == "bush" else 13
        for k in range(count):
            turn, r = k * 2.4 + dice.uniform(0, 0.8), 0.30 * math.sqrt((k + 0.5) / count)
            squash = 0.7 if kind == "bush" else 1.0
            v = 0.5 if kind != "bush" else 0.62
            balls.append(
                (
                    0.5 + r * 1.05 * math.cos(turn),
                    v + r * squash * math.sin(turn),
                    dice.uniform(0.13, 0.21) * (1.25 if kind == "bush" else 1.0),
                )
            )
    b = np.array(balls)
    grid = (np.arange(_GRID) + 0.5) / _GRID
    dx = (grid[None, None, :] - b[:, 0, None, None]) / b[:, 2, None, None]
    dy = (grid[None, :, None] - b[:, 1, None, None]) / b[:, 2, None, None]
    inside = 1.0 - dx**2 - dy**2
    which = inside.argmax(axis=0)[None]
    best = np.take_along_axis(inside, which, 0)[0]
    nx = np.take_along_axis(np.broadcast_to(dx, inside.shape), which, 0)[0]
    ny = np.take_along_axis(np.broadcast_to(dy, inside.shape), which, 0)[0]
    nz = np.sqrt(np.clip(best, 0, 1))
    sun = stage.camera.to_camera(
        np.array([stage.camera.x, stage.camera.eye, stage.camera.z]) + stage.light.toward_sun
    )
    facing = nx * sun[0] - ny * sun[1] - nz * sun[2]
    whole = (0.62 - grid)[:, None] * 0.9
    lit = np.clip(0.42 + 0.42 * facing + 0.35 * whole, 0, 1)
    return best.astype(np.float32), lit.astype(np.float32)


def _onto(
    stage: Stage,
    box: Floats,
    small: np.ndarray,
    visible: tuple[int, int, int, int],  # type: ignore[type-arg]
) -> np.ndarray:  # type: ignore[type-arg]
    x0, y0, x1, y1 = visible
    (a, b), (c, d) = box.tolist()
    sx, sy = (c - a) / _GRID, (d - b) / _GRID
    view = np.array([[sx, 0, a - x0 + sx / 2], [0, sy, b - y0 + sy / 2]])
    return cv2.warpAffine(
        small,
        view,
        (x1 - x0, y1 - y0),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=-1.0,
    )


def _leafage(visible: tuple[int, int, int, int], dice: Dice, k: float) -> np.ndarray:  # type: ignore[type-arg]
    """Leaf clumps over a part of the canvas, sized by the scale ``k`` pixels a metre."""
    x0, y0, x1, y1 = visible
    size = max(k / 42.0, 0.45)
    view = np.array(
        [[size, 0, -dice.uniform(0, 512) * size], [0, size, -dice.uniform(0, 512) * size]]
    )
    return cv2.warpAffine(
        leaves(), view, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
    )


def paint_crown(
    stage: Stage,
    box: Floats,
    field: np.ndarray,
    lit: np.ndarray,
    dark: Rgb,
    bright: Rgb,  # type: ignore[type-arg]
    dice: Dice,
    k: float,
    owner: int = owners.TREE,
) -> None:
    """Paint a crown given on a unit square into the canvas box ``[[x0, y0], [x1, y1]]``."""
    visible = stage.canvas.box_of(box)
    if visible is None:
        return
    x0, y0, x1, y1 = visible
    inside = _onto(stage, box, field, visible)
    level = _onto(stage, box, lit, visible)
    noise = _leafage(visible, dice, k)
    mask = (inside + 0.42 * noise > 0.06).astype(np.uint8)
    level = np.clip(level + 0.30 * noise - 0.25 * (inside < 0.12), 0, 1)
    part = stage.canvas.pixels[y0:y1, x0:x1]
    # 256 shades between dark and bright, looked up: far cheaper than mixing floats.
    ramp = np.linspace(0, 1, 256)[:, None]
    table = np.array(dark) * 0.8 + ramp**1.15 * (np.array(bright) * 1.06 - np.array(dark) * 0.8)
    shades = np.empty((256, 4), np.uint8)
    shades[:, :3] = np.clip(table, 0, 255)
    shades[:, 3] = owner
    paint = shades[(level * 255).astype(np.uint8)]
    cv2.copyTo(paint, mask, part)


def veil(
    stage: Stage,
    box: Floats,
    field: np.ndarray,
    rgb: Rgb,
    strength: float,
    dice: Dice,
    k: float,  # type: ignore[type-arg]
) -> None:
    """Lay the see-through veil of a bare crown's twigs; it belongs to the tree."""
    visible = stage.canvas.box_of(box)
    if visible is None:
        return
    x0, y0, x1, y1 = visible
    inside = _onto(stage, box, field, visible)
    noise = _leafage(visible, dice, k)
    mask = inside + 0.3 * noise > 0.0
    amount = np.clip(strength * (0.55 + 0.5 * np.clip(inside, 0, 1) + 0.5 * noise), 0, 1) * mask
    part = stage.canvas.pixels[y0:y1, x0:x1]
    color = part[..., :3].astype(np.float32)
    color += amount[..., None] * (np.array(rgb, np.float32) - color)
    part[..., :3] = color
    part[..., 3][mask] = owners.TREE
