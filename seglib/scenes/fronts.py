"""Fronts of buildings: windows, doors, shopfronts, each kind composed in wall metres."""

from __future__ import annotations

import math
from collections.abc import Callable

from seglib.scenes import owners
from seglib.scenes.dice import Dice, Rgb
from seglib.scenes.facade import Wall

STONE: Rgb = (206, 196, 174)
WHITE: Rgb = (232, 230, 224)
LIT: tuple[Rgb, ...] = ((255, 214, 140), (255, 196, 110), (250, 226, 170), (236, 214, 180))
CURTAINS: tuple[Rgb, ...] = ((214, 206, 190), (190, 170, 150), (176, 184, 190))
SHOP: tuple[Rgb, ...] = (
    (30, 68, 52),
    (120, 28, 34),
    (26, 42, 86),
    (30, 30, 32),
    (196, 150, 40),
    (214, 210, 198),
    (70, 40, 74),
    (150, 50, 36),
    (38, 104, 116),
    (206, 84, 40),
)


def glass(wall: Wall, u0: float, v0: float, u1: float, v1: float, n: float, dice: Dice) -> None:
    """Add a pane: a mirror of the sky at the top, the dark room below, a curtain or a light."""
    light = wall.stage.light
    # As many draws at any level of detail, so that nothing changes as the camera comes nearer.
    lamp, tone = dice.uniform(0, 1), dice.uniform(0.75, 1.2)
    mix, middle, drapery = dice.uniform(0.12, 0.42), dice.uniform(0.35, 0.6), dice.uniform(0, 1)
    if light.lamps and lamp < 0.38:
        wall.bright(u0, v0, u1, v1, LIT[int(lamp / 0.38 * len(LIT))], n)
        return
    sr, sg, sb = light.horizon
    room = (42 * tone, 48 * tone, 56 * tone)

    def mirror(part: float) -> Rgb:
        r, g, b = room
        return (r + part * (sr - r), g + part * (sg - g), b + part * (sb - b))

    wall.bright(u0, v0, u1, v1, mirror(0.12), n)
    if wall.detail > 13:
        wall.bright(u0, v0 + (v1 - v0) * middle, u1, v1, mirror(mix), n)
    if wall.detail > 16 and drapery < 0.35:
        width = (u1 - u0) * (0.18 + 0.45 * drapery)
        curtain = CURTAINS[int(tone * 100) % len(CURTAINS)]
        wall.rect(u0, v0, u0 + width, v1, curtain, n=n, level=0.6)
        wall.rect(u1 - width, v0, u1, v1, curtain, n=n, level=0.6)


PANE_DRAWS = 5


def skip_pane(dice: Dice) -> None:
    """Use up what :func:`glass` would have drawn."""
    for _ in range(PANE_DRAWS):
        dice.uniform(0, 1)


def sash(
    wall: Wall,
    u: float,
    v: float,
    w: float,
    h: float,
    dice: Dice,
    *,
    frame: Rgb = WHITE,
    trim: Rgb = STONE,
    bars: tuple[int, int] = (1, 2),
) -> None:
    """Add a window with its foot at ``v`` and its middle at ``u``."""
    u0, u1, v1 = u - w / 2, u + w / 2, v + h
    if wall.detail < 4.5:
        skip_pane(dice)
        wall.rect(u0, v, u1, v1, (92, 94, 98) if sum(frame) > 400 else (66, 70, 76))
        return
    if wall.detail > 12:
        wall.rect(u0 - 0.12, v1, u1 + 0.12, v1 + 0.24, trim, n=0.01)
        wall.rect(u0 - 0.02, v - 0.02, u1 + 0.02, v1 + 0.02, (60, 56, 54), level=0.8)
    wall.rect(u0, v, u1, v1, frame, n=-0.06)
    edge = 0.07
    glass(wall, u0 + edge, v + edge, u1 - edge, v1 - edge, -0.09, dice)
    if wall.detail > 15:
        across, up = bars
        for k in range(1, across + 1):
            m = u0 + (u1 - u0) * k / (across + 1)
            wall.rect(m - 0.025, v + edge, m + 0.025, v1 - edge, frame, n=-0.07)
        for k in range(1, up + 1):
            m = v + h * k / (up + 1)
            wall.rect(u0 + edge, m - 0.03, u1 - edge, m + 0.03, frame, n=-0.07)
    if wall.detail > 12:
        wall.bump(u0 - 0.1, v - 0.14, u1 + 0.1, v, 0.1, trim)


def door(wall: Wall, u: float, v: float, w: float, h: float, dice: Dice) -> None:
    """Add a front door with a fanlight, a step and a frame."""
    color = dice.pick(
        [
            (28, 44, 78),
            (110, 24, 28),
            (24, 62, 44),
            (34, 34, 36),
            (190, 186, 176),
            (84, 58, 38),
            (52, 92, 110),
        ]
    )
    wall.rect(u - w / 2 - 0.14, v, u + w / 2 + 0.14, v + h + 0.55, WHITE, n=0.03)
    wall.rect(u - w / 2, v, u + w / 2, v + h, color, n=-0.1)
    if wall.detail > 14:
        for du in (-0.22, 0.22):
            wall.rect(u + du - 0.13, v + 1.1, u + du + 0.13, v + h - 0.2, color, n=-0.1, level=0.8)
            wall.rect(u + du - 0.13, v + 0.2, u + du + 0.13, v + 0.85, color, n=-0.1, level=0.8)
        glass(wall, u - w / 2, v + h + 0.1, u + w / 2, v + h + 0.45, -0.05, dice)
    else:
        skip_pane(dice)
    wall.bump(u - w / 2 - 0.3, 0.0, u + w / 2 + 0.3, 0.16, 0.35, (176, 170, 160))


def _trim(wall: Wall, top: float, dice: Dice, rgb: Rgb) -> None:
    """Cornice at the top, and a dark plinth at the foot."""
    wall.rect(0, 0, wall.width, 0.45, rgb, n=0.01, level=0.72)
    wall.bump(0, top - 0.35, wall.width, top, dice.uniform(0.1, 0.3), STONE)
    if dice.chance(0.7) and wall.detail > 8:
        u = dice.pick([0.25, wall.width - 0.25])
        wall.rect(u - 0.06, 0, u + 0.06, top - 0.3, (44, 44, 46), n=0.08)


def terrace(wall: Wall, floors: int, floor: float, rgb: Rgb, dice: Dice) -> None:
    """A brick terrace: sash windows over a door and a window or a bay."""
    top = floors * floor + 0.3
    bays = max(2, round(wall.width / dice.uniform(2.3, 3.0)))
    step = wall.width / bays
    w, h = min(step * 0.5, 1.15), dice.uniform(1.5, 1.8)
    trim = dice.pick([STONE, (226, 220, 206), (158, 96, 76), (140, 84, 66)])
    frame = dice.weighted([(WHITE, 0.8), ((60, 58, 56), 0.1), ((120, 90, 64), 0.1)])
    every = dice.pick([2, 2, 3])
    bay = dice.chance(0.4)
    bars = dice.pick([(1, 1), (0, 1), (1, 3), (2, 3)])
    _trim(wall, top, dice, rgb)
    if dice.chance(0.5):
        wall.rect(0, floor - 0.1, wall.width, floor + 0.12, trim, n=0.02)
    for k in range(floors):
        tall = h * (1.0 if k < 2 else 0.85)
        for b in range(bays):
            u, v = (b + 0.5) * step, k * floor + 0.85
            if k == 0 and b % every == 0:
                door(wall, u, 0.16, 0.95, 2.05, dice)
            elif k == 0 and bay:
                wall.bump(u - 0.95, 0.0, u + 0.95, floor - 0.1, 0.6, trim)
                for du in (-0.6, 0.0, 0.6):
                    wall.rect(u + du - 0.27, v, u + du + 0.27, v + 1.6, WHITE, n=0.61)
                    glass(wall, u + du - 0.22, v + 0.05, u + du + 0.22, v + 1.55, 0.61, dice)
            else:
                sash(wall, u, v, w, tall, dice, frame=frame, trim=trim, bars=bars)
    wall.flush()


def shopfront(wall: Wall, u0: float, u1: float, floor: float, dice: Dice) -> None:
    """Add one shop: fascia with lettering, panes, door, sometimes an awning."""
    color = dice.vary(dice.pick(SHOP), 18)
    pale = sum(color) > 420
    letters: Rgb = (40, 36, 34) if pale else (236, 226, 200)
    top = floor - 0.15
    wares, letters_dice = dice.child("wares"), dice.child("letters")
    wall.rect(u0, 0, u1, top, color, n=0.03, level=0.9)
    inner0, inner1 = u0 + 0.25, u1 - 0.25
    gate = dice.pick([inner0, (inner0 + inner1) / 2 - 0.5, inner1 - 1.0])
    panes = max(2, round((inner1 - inner0) / 1.5))
    step = (inner1 - inner0) / panes
    for k in range(panes):
        a, b = inner0 + k * step + 0.05, inner0 + (k + 1) * step - 0.05
        low = 0.12 if a <= gate + 0.5 <= b else 0.55
        glass(wall, a, low, b, top - 0.85, -0.1 if low > 0.3 else -0.5, dice)
        if wall.detail > 10 and low > 0.3:
            for _ in range(wares.integer(1, 4)):
                at, wide = wares.uniform(a, b - 0.4), wares.uniform(0.2, 0.5)
                goods = (wares.uniform(60, 220), wares.uniform(50, 190), wares.uniform(40, 180))
                wall.rect(
                    at,
                    0.6,
                    min(b, at + wide),
                    0.6 + wares.uniform(0.3, 1.1),
                    goods,
                    n=-0.15,
                    level=0.7,
                )
    wall.bump(u0 + 0.05, top - 0.72, u1 - 0.05, top - 0.05, 0.18, color)
    if wall.detail > 9:
        at, end = u0 + (u1 - u0) * 0.2, u1 - (u1 - u0) * 0.2
        while at < end:
            wide = letters_dice.uniform(0.12, 0.26)
            if letters_dice.chance(0.87):
                wall.rect(
                    at,
                    top - 0.54,
                    at + wide,
                    top - 0.54 + letters_dice.pick([0.24, 0.3, 0.36]),
                    letters,
                    n=0.19,
                )
            at += wide + 0.07
    if dice.chance(0.3):
        cloth = dice.vary(dice.pick(SHOP), 20)
        stripes = max(3, round((u1 - u0) / 0.6)) if dice.chance(0.5) else 1
        for k in range(stripes):
            a, b = u0 + (u1 - u0) * k / stripes, u0 + (u1 - u0) * (k + 1) / stripes
            tone = cloth if k % 2 == 0 else (230, 226, 214)
            wall.quad(
                (
                    (a, top - 0.75, 0.15),
                    (b, top - 0.75, 0.15),
                    (b, top - 1.2, 1.3),
                    (a, top - 1.2, 1.3),
                ),
                tone,
                1.0,
            )
            wall.rect(a, top - 1.38, b, top - 1.2, tone, n=1.3, level=0.85)


def shops(wall: Wall, floors: int, floor: float, rgb: Rgb, dice: Dice) -> None:
    """Shops below, windows above, sometimes a sign that hangs out over the pavement."""
    top = floors * floor + 0.9
    _trim(wall, top, dice, rgb)
    bays = max(2, round(wall.width / dice.uniform(2.2, 3.0)))
    step = wall.width / bays
    frame = dice.weighted([(WHITE, 0.75), ((54, 52, 52), 0.25)])
    w, h = min(step * 0.52, 1.3), dice.uniform(1.4, 1.9)
    for k in range(1, floors):
        for b in range(bays):
            sash(
                wall,
                (b + 0.5) * step,
                k * floor + 0.95,
                w,
                h * (0.82 if k > 1 else 1),
                dice,
                frame=frame,
                bars=(1, 1),
            )
    count = max(1, round(wall.width / 6.5))
    for k in range(count):
        shopfront(
            wall,
            wall.width * k / count + 0.1,
            wall.width * (k + 1) / count - 0.1,
            floor + 0.3,
            dice.child("shop", k),
        )
    wall.flush()
    if dice.chance(0.55):
        u, v = wall.width * dice.uniform(0.1, 0.9), floor + dice.uniform(0.2, 0.7)
        color = dice.vary(dice.pick(SHOP), 16)
        wall.quad(((u, v, 0.2), (u, v + 0.8, 0.2), (u, v + 0.8, 1.1), (u, v, 1.1)), color, 1.25)
        pale: Rgb = (232, 226, 210) if sum(color) < 420 else (50, 44, 44)
        for k in range(2):
            low = v + 0.16 + 0.28 * k
            wall.quad(
                (
                    (u - 0.02, low, 0.32),
                    (u - 0.02, low + 0.16, 0.32),
                    (u - 0.02, low + 0.16, 0.98),
                    (u - 0.02, low, 0.98),
                ),
                pale,
                1.2,
            )
        wall.flush(owners.SIGN)


def office(wall: Wall, floors: int, floor: float, rgb: Rgb, dice: Dice) -> None:
    """A post-war or newer office: bands of glass or a grid of panes."""
    top = floors * floor + 0.9
    bays = max(2, round(wall.width / dice.uniform(1.6, 2.6)))
    step = wall.width / bays
    bands = dice.chance(0.45)
    frame = dice.pick([(92, 94, 98), (204, 202, 198), (60, 62, 66)])
    panel = dice.vary(rgb, 20)
    for k in range(floors):
        v0, v1 = k * floor + (0.5 if k else 0.2), k * floor + floor - 0.55
        if bands:
            wall.rect(0.25, v0, wall.width - 0.25, v1, frame, n=-0.05)
        for b in range(bays):
            u0, u1 = b * step + (0.06 if bands else 0.3), (b + 1) * step - (0.06 if bands else 0.3)
            if not bands:
                wall.rect(u0 - 0.07, v0 - 0.07, u1 + 0.07, v1 + 0.07, frame, n=-0.08)
            glass(wall, u0, v0, u1, v1, -0.12, dice)
        if wall.detail > 5:
            wall.rect(0, v1 + 0.1, wall.width, v1 + 0.5, panel, n=0.04, level=0.92)
    if wall.detail > 5 and not bands:
        for b in range(bays + 1):
            u = min(max(b * step, 0.1), wall.width - 0.1)
            wall.bump(u - 0.1, 0, u + 0.1, top - 0.4, 0.2, panel)
    wall.bump(0, top - 0.4, wall.width, top, 0.15, frame if sum(frame) > 400 else panel)
    wall.flush()


def house(wall: Wall, floors: int, floor: float, rgb: Rgb, dice: Dice) -> None:
    """A suburban house: bay windows, a porch, perhaps render above brick."""
    top = floors * floor + 0.3
    half = wall.width / 2
    upper = dice.vary(dice.pick([(226, 220, 206), (214, 204, 186), (158, 100, 78)]), 10)
    if dice.chance(0.5):
        wall.rect(0, floor, wall.width, top, upper, n=0.02)
    wall.rect(0, 0, wall.width, 0.3, rgb, n=0.01, level=0.7)
    for k, side in enumerate((0, 1)):
        base = side * half
        entry, bay = (0.2, 0.65) if k == 0 else (0.8, 0.35)
        u = base + half * bay
        for f in range(floors):
            v = f * floor + 0.85
            if f < 2 and wall.detail > 4:
                wall.bump(u - 1.0, f * floor + 0.1, u + 1.0, f * floor + floor - 0.1, 0.55, upper)
            for du in (-0.62, 0, 0.62):
                wall.rect(u + du - 0.3, v, u + du + 0.3, v + 1.35, WHITE, n=0.56)
                glass(wall, u + du - 0.25, v + 0.06, u + du + 0.25, v + 1.29, 0.57, dice)
            if f:
                sash(wall, base + half * entry, v + 0.2, 0.8, 1.0, dice, bars=(0, 0))
        door(wall, base + half * entry, 0.1, 0.95, 2.05, dice)
        wall.bump(base + half * entry - 0.75, 2.75, base + half * entry + 0.75, 2.95, 0.7, WHITE)
    wall.flush()


def hall(wall: Wall, floors: int, floor: float, rgb: Rgb, dice: Dice) -> None:
    """A church or college wall: buttresses and pointed windows."""
    top = floors * floor + 0.3
    bays = max(2, round(wall.width / dice.uniform(3.4, 4.4)))
    step = wall.width / bays
    _trim(wall, top, dice, rgb)
    for b in range(bays):
        u, w, v0 = (b + 0.5) * step, min(step * 0.42, 1.7), 1.4
        v1 = top - 0.9 - w
        wall.rect(u - w / 2 - 0.2, v0 - 0.2, u + w / 2 + 0.2, v1, STONE, n=0.02)
        wall.quad(
            (
                (u - w / 2 - 0.2, v1, 0.02),
                (u, v1 + w + 0.25, 0.02),
                (u, v1 + w + 0.25, 0.02),
                (u + w / 2 + 0.2, v1, 0.02),
            ),
            STONE,
            1.0,
        )
        wall.rect(u - w / 2, v0, u + w / 2, v1, (58, 62, 72), n=-0.05)
        wall.quad(
            (
                (u - w / 2, v1, -0.05),
                (u, v1 + w, -0.05),
                (u, v1 + w, -0.05),
                (u + w / 2, v1, -0.05),
            ),
            (66, 72, 84),
            1.0,
        )
        if wall.detail > 8:
            for du in (-w / 6, w / 6):
                wall.rect(u + du - 0.06, v0, u + du + 0.06, v1 + w * 0.4, STONE, n=-0.03, level=0.8)
    for b in range(bays + 1):
        u = min(max(b * step, 0.35), wall.width - 0.35)
        wall.bump(u - 0.35, 0, u + 0.35, top - 1.2, 0.6, rgb)
    wall.flush()


def store(wall: Wall, floors: int, floor: float, rgb: Rgb, dice: Dice) -> None:
    """A long low supermarket: white band with lettering over glass."""
    top = floors * floor + 0.3
    color = dice.pick([(206, 92, 30), (36, 66, 140), (28, 104, 60), (170, 30, 40)])
    bays = max(2, math.ceil(wall.width / 2.4))
    step = wall.width / bays
    for b in range(bays):
        glass(wall, b * step + 0.1, 0.3, (b + 1) * step - 0.1, top - 1.7, -0.2, dice)
    wall.bump(0, top - 1.5, wall.width, top, 0.4, (226, 224, 218))
    wall.rect(0, top - 1.5, wall.width, top - 1.3, color, n=0.41)
    at = wall.width * dice.uniform(0.15, 0.4)
    for _ in range(9):
        wide = dice.uniform(0.3, 0.55)
        wall.rect(
            at, top - 1.05, at + wide, top - 0.4 + dice.pick([0.0, 0.12, 0.2]) - 0.1, color, n=0.41
        )
        at += wide + 0.14
    wall.flush()


FRONTS: dict[str, Callable[[Wall, int, float, Rgb, Dice], None]] = {
    "terrace": terrace,
    "shops": shops,
    "office": office,
    "house": house,
    "hall": hall,
    "store": store,
}
