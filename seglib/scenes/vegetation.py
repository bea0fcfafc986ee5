"""Trees, bushes and hedges: lit crowns of leaf clumps, or bare branches in a veil of twigs.

A bare crown's veil is see-through in the picture and belongs to the tree in the truth, as
annotators draw it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from seglib.scenes import owners
from seglib.scenes.camera import Floats
from seglib.scenes.dice import Dice, Rgb
from seglib.scenes.stage import Stage
from seglib.scenes.texture import Singles, leaves

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
        sx, sy, sz = stage.light.sun_at
        foot = stage.road.spot(self.s, self.t)
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
        toward = stage.sun[0]
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
        glow = light.shade(high, light.sun_at, depth)
        paint_crown(stage, box, field, lit, dark, glow, dice, k)

    def _bare(self, stage: Stage, dice: Dice, x: float, y: float, k: float, depth: float) -> None:
        bark = dice.vary(dice.pick(((84, 72, 58), (72, 64, 56), (96, 80, 60))), 10)
        light = stage.light
        shade = light.shade(bark, (0, 0.0, -1), depth, lit=0.6)
        twig = light.shade(
            (bark[0] + 34, bark[1] + 24, bark[2] + 14), (0.0, 0.7, -0.7), depth, lit=0.8
        )
        lines: list[list[tuple[float, float, float, float]]] = [[] for _ in range(8)]
        tall = self.height * k
        most = 7 if tall > 420 else 6 if tall > 190 else 5 if tall > 80 else 4
        _branch(lines, dice, x, y, -math.pi / 2 + dice.bell(0.1), tall * 0.27, 0, most)
        tips = np.array(lines[min(4, most)])[:, 2:]
        low, high = tips.min(axis=0), tips.max(axis=0)
        ball = 0.16 * float((high - low).max())
        box = np.array([low - ball, high + ball])
        veil(stage, box, _around(tips, box, ball), twig, dice.uniform(0.30, 0.48), dice, k)
        width = self.height * 0.036 * k
        for level, batch in enumerate(lines):
            if batch:
                w = width * 0.56**level
                mix = min(1.0, level / 6)
                rgb = tuple(p + mix * (q - p) for p, q in zip(shade, twig, strict=True))
                stage.canvas.lines(np.array(batch).reshape(-1, 2, 2), rgb, owners.TREE, w)  # type: ignore[arg-type]


def _branch(
    lines: list[list[tuple[float, float, float, float]]],
    dice: Dice,
    x: float,
    y: float,
    angle: float,
    length: float,
    level: int,
    most: int,
) -> None:
    x1, y1 = x + math.cos(angle) * length, y + math.sin(angle) * length
    lines[level].append((x, y, x1, y1))
    if level >= most:
        return
    count = 4 if level == 0 else 3 if level == 1 else 2
    for k in range(count):
        spread = (k - (count - 1) / 2) * dice.uniform(0.42, 0.66) + dice.bell(0.22)
        turn = angle + spread
        # Twigs turn up towards the light.
        turn += 0.14 * math.sin(-math.pi / 2 - turn)
        _branch(lines, dice, x1, y1, turn, length * dice.uniform(0.66, 0.86), level + 1, most)


def _around(tips: Floats, box: Floats, ball: float) -> Singles:
    """Tell how far inside a crown of balls around the branch tips, on a unit square (56, 56)."""
    span = box[1] - box[0]
    at = (tips[:: max(1, len(tips) // 24)] - box[0]) / span
    r = ball / span
    grid = (np.arange(_GRID) + 0.5) / _GRID
    dx = (grid[None, None, :] - at[:, 0, None, None]) / r[0]
    dy = (grid[None, :, None] - at[:, 1, None, None]) / r[1]
    out: Singles = (1.0 - dx**2 - dy**2).max(axis=0).astype(np.float32)
    return out


@lru_cache(maxsize=64)
def _shape(kind: str, variant: int) -> tuple[Singles, Singles, Singles]:
    """Crown as overlapping balls on a unit square.

    Returns how far inside (1 middle of a ball, below 0 outside) and the surface's direction to
    the right and up, each ``(56, 56) float32``.
    """
    dice = Dice(f"crown/{kind}/{variant}")
    balls = []
    if kind == "conifer":
        for k in range(9):
            balls.append((0.5 + dice.bell(0.03), 0.08 + 0.88 * k / 8, 0.05 + 0.33 * (k + 1) / 9))
    else:
        bush = kind == "bush"
        count = 6 if bush else 14
        for k in range(count):
            turn, r = k * 2.4 + dice.uniform(0, 0.8), 0.31 * math.sqrt((k + 0.5) / count)
            balls.append(
                (
                    0.5 + r * 1.05 * math.cos(turn),
                    (0.62 if bush else 0.5) + r * (0.7 if bush else 1.0) * math.sin(turn),
                    dice.uniform(0.12, 0.21) * (1.3 if bush else 1.0),
                )
            )
    b = np.array(balls, np.float32)
    grid = ((np.arange(_GRID) + 0.5) / _GRID).astype(np.float32)
    dx = (grid[None, None, :] - b[:, 0, None, None]) / b[:, 2, None, None]
    dy = (grid[None, :, None] - b[:, 1, None, None]) / b[:, 2, None, None]
    inside = 1.0 - dx**2 - dy**2
    which = inside.argmax(axis=0)[None]
    best = np.take_along_axis(inside, which, 0)[0]
    nx = np.take_along_axis(np.broadcast_to(dx, inside.shape), which, 0)[0]
    ny = -np.take_along_axis(np.broadcast_to(dy, inside.shape), which, 0)[0]
    return best, nx, ny


def _clumps(kind: str, dice: Dice, stage: Stage) -> tuple[Singles, Singles]:
    """A crown's inside and how lit it is, each ``(56, 56)``; see :func:`_shape`."""
    field, nx, ny = _shape(kind, dice.integer(0, 11))
    if dice.chance(0.5):
        field, nx, ny = field[:, ::-1], -nx[:, ::-1], ny[:, ::-1]
    sun = np.array(stage.sun, np.float32)
    facing = nx * sun[0] + ny * sun[1] - np.sqrt(np.clip(field, 0, 1)) * sun[2]
    lit = 0.40 + 0.40 * facing + _HEIGHT
    return np.ascontiguousarray(field), np.clip(lit, 0, 1)


_HEIGHT = ((0.62 - (np.arange(_GRID, dtype=np.float32)[:, None] + 0.5) / _GRID) * 0.34).astype(
    np.float32
)


def _onto(
    stage: Stage,
    box: Floats,
    small: Singles,
    visible: tuple[int, int, int, int],
) -> Singles:
    x0, y0, x1, y1 = visible
    (a, b), (c, d) = box.tolist()
    sx, sy = (c - a) / _GRID, (d - b) / _GRID
    view = np.array([[sx, 0, a - x0 + sx / 2], [0, sy, b - y0 + sy / 2]])
    out: Singles = cv2.warpAffine(
        small,
        view,
        (x1 - x0, y1 - y0),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=-1.0,
    ).astype(np.float32, copy=False)
    return out


def _leafage(
    box: Floats, visible: tuple[int, int, int, int], dice: Dice, k: float, most: float = 9.0
) -> Singles:
    """Leaf clumps over a part of the canvas, sized by the scale ``k`` pixels a metre."""
    x0, y0, x1, y1 = visible
    size = min(max(k / 42.0, 0.45), most)
    # Fixed to the crown, not to the part in view, or it would flicker in clips.
    left = box[0, 0] - x0 - dice.uniform(0, 512) * size
    top = box[0, 1] - y0 - dice.uniform(0, 512) * size
    view = np.array([[size, 0, left], [0, size, top]])
    out: Singles = cv2.warpAffine(
        leaves(), view, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
    ).astype(np.float32, copy=False)
    return out


def paint_crown(
    stage: Stage,
    box: Floats,
    field: Singles,
    lit: Singles,
    dark: Rgb,
    bright: Rgb,
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
    noise = _leafage(box, visible, dice, k)
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
    field: Singles,
    rgb: Rgb,
    strength: float,
    dice: Dice,
    k: float,
) -> None:
    """Lay the see-through veil of a bare crown's twigs; it belongs to the tree."""
    visible = stage.canvas.box_of(box)
    if visible is None:
        return
    x0, y0, x1, y1 = visible
    inside = _onto(stage, box, field, visible)
    noise = _leafage(box, visible, dice, k, 0.9)
    mask = inside + 0.3 * noise > 0.0
    # Near trees show their twigs as lines; there the veil would look like smoke.
    strength = strength * min(1.0, max(0.18, 26.0 / k))
    amount = strength * np.clip(2.2 * inside, 0, 1) * (0.9 + 0.35 * noise)
    amount = np.clip(amount, 0, 1) * mask
    part = stage.canvas.pixels[y0:y1, x0:x1]
    color = part[..., :3].astype(np.float32)
    color += amount[..., None] * (np.array(rgb, np.float32) - color)
    part[..., :3] = color
    part[..., 3][mask] = owners.TREE
