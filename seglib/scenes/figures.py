"""People and cyclists: jointed skeletons in space, drawn as tapered limbs, far limbs first."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from seglib.scenes import owners
from seglib.scenes.camera import NEAR, Floats
from seglib.scenes.dice import Dice, Rgb
from seglib.scenes.stage import Stage

SKIN: tuple[Rgb, ...] = (
    (232, 190, 160),
    (214, 168, 136),
    (176, 124, 92),
    (128, 86, 62),
    (96, 62, 46),
    (240, 204, 178),
)
HAIR: tuple[Rgb, ...] = (
    (40, 30, 24),
    (74, 52, 34),
    (120, 88, 50),
    (180, 146, 90),
    (26, 24, 24),
    (160, 156, 150),
)
COATS: tuple[Rgb, ...] = (
    (36, 40, 52),
    (60, 62, 68),
    (28, 28, 30),
    (118, 44, 42),
    (46, 70, 108),
    (94, 84, 66),
    (150, 130, 100),
    (52, 78, 60),
    (178, 60, 48),
    (196, 190, 178),
    (84, 58, 92),
    (206, 160, 60),
    (70, 110, 130),
    (222, 222, 218),
)
LEGS: tuple[Rgb, ...] = (
    (44, 54, 78),
    (34, 34, 38),
    (72, 70, 68),
    (96, 86, 70),
    (56, 66, 92),
    (120, 108, 88),
)

SHIRTS: tuple[Rgb, ...] = ((222, 222, 218), (168, 190, 214), (190, 70, 60), (60, 62, 66))

Point = tuple[float, float, float]


@dataclass
class Body:
    """Limbs gathered in the figure's own axes: right, up, ahead, metres."""

    limbs: list[tuple[Point, Point, float, float, Rgb]] = field(default_factory=list)
    glint: list[bool] = field(default_factory=list)

    def limb(
        self, a: Point, b: Point, ra: float, rb: float, rgb: Rgb, *, glint: bool = True
    ) -> None:
        """Add a tapered limb from a to b with these half widths; ``glint`` gives it a lit side."""
        self.limbs.append((a, b, ra, rb, rgb))
        self.glint.append(glint)

    def draw(
        self, stage: Stage, at: Floats, turn: float, owner: int, depth: float, toward: float
    ) -> None:
        """Draw all limbs, far ones first; ``toward`` says from which side the light comes."""
        ahead = np.array([math.sin(turn), 0.0, math.cos(turn)])
        basis = np.stack([[ahead[2], 0.0, -ahead[0]], [0.0, 1.0, 0.0], ahead])
        ends = np.array([[a, b] for a, b, *_ in self.limbs]) @ basis + at
        cam = stage.camera.to_camera(ends)
        if cam[..., 2].min() < NEAR:
            return
        px = stage.camera.to_pixels(cam)
        k = stage.camera.focal / cam[..., 2]
        radius = np.array([[ra, rb] for _, _, ra, rb, _ in self.limbs]) * k
        outlines = capsules(px, radius)
        bright = radius[..., :1].mean(axis=1) * 0.42 * math.copysign(1, toward)
        inner = px.copy()
        inner[..., 0] += bright[:, None]
        lights = capsules(inner, radius * 0.58)
        order = np.argsort(-cam[..., 2].mean(axis=1), kind="stable")
        light = stage.light
        shades: dict[Rgb, tuple[Rgb, Rgb]] = {}
        shapes, colors = [], []
        for i in order.tolist():
            rgb = self.limbs[i][4]
            if rgb not in shades:
                shades[rgb] = (light.shade(rgb, (0.0, 0.1, -0.99), depth, lit=0.45),
                               light.shade(rgb, light.sun_at, depth, lit=0.75))  # fmt: skip
            shapes.append(outlines[i])
            colors.append(shades[rgb][0])
            if radius[i].max() > 1.5 and self.glint[i]:
                shapes.append(lights[i])
                colors.append(shades[rgb][1])
        stage.canvas.many(np.array(shapes), colors, owner)


_ARC = np.linspace(-math.pi / 2, math.pi / 2, 6)


def capsules(ends: Floats, radius: Floats) -> Floats:
    """Outlines ``(n, 12, 2)`` of tapered capsules from ``ends`` (n, 2, 2) and radii (n, 2)."""
    way = ends[:, 1] - ends[:, 0]
    angle = np.arctan2(way[:, 1], way[:, 0])
    out = np.empty((len(ends), 12, 2))
    first = angle[:, None] + math.pi + _ARC
    second = angle[:, None] + _ARC
    for j, arc in ((0, first), (1, second)):
        out[:, j * 6 : j * 6 + 6, 0] = ends[:, j, :1] + radius[:, j : j + 1] * np.cos(arc)
        out[:, j * 6 : j * 6 + 6, 1] = ends[:, j, 1:] + radius[:, j : j + 1] * np.sin(arc)
    return out


@dataclass(frozen=True)
class Person:
    """One person on foot.

    Parameters
    ----------
    s, t, y : float
        Place; ``y`` is the height of the ground there.
    heading : float
        Radians to the right of straight along the street.
    step : float
        Where in the stride, in strides.
    standing : bool
        Stands still.
    thing : int
        Stable id.
    dice : Dice
        Chance for looks.
    """

    s: float
    t: float
    y: float
    heading: float
    step: float
    standing: bool
    thing: int
    dice: Dice

    def shadow(self, stage: Stage) -> list[Floats]:
        """Ground outline of the shadow."""
        return thin_shadow(stage, self.s, self.t, 1.65, 0.2)

    def draw(self, stage: Stage) -> None:
        """Draw the person."""
        at = stage.road.spot(self.s, self.t, self.y)
        depth = stage.camera.depth(float(at[0]), float(at[2]))
        if depth < 1.5 or stage.camera.focal / depth * 1.7 < 4:
            return
        owner = stage.new_thing(owners.PEDESTRIAN_CLASS, self.thing)
        contact(stage, at, 0.3)
        walker(self.dice.child("look"), self.step, self.standing).draw(
            stage, at, self.heading + stage.road.slope(self.s), owner, depth, stage.sun[0]
        )


def walker(dice: Dice, step: float, standing: bool) -> Body:
    """Build a person; ``step`` counts strides."""
    body = Body()
    size = dice.uniform(0.9, 1.07) if dice.chance(0.9) else dice.uniform(0.62, 0.8)
    coat, legs = dice.vary(dice.pick(COATS), 16), dice.vary(dice.pick(LEGS), 12)
    skin, hair = dice.pick(SKIN), dice.pick(HAIR)
    wide = dice.uniform(0.9, 1.15)
    open_coat, shirt = dice.chance(0.4), dice.pick(SHIRTS)
    skirt, long_coat = dice.chance(0.18), dice.chance(0.3)
    shoes: Rgb = dice.pick([(30, 28, 28), (70, 50, 36), (200, 198, 194)])
    swing = 0.0 if standing else 0.42 * math.sin(2 * math.pi * step)
    lift = 0.0 if standing else 0.42 * math.cos(2 * math.pi * step)

    def p(x: float, y: float, z: float) -> Point:
        return (x * size, y * size, z * size)

    for k in (-1, 1):
        a = k * swing
        bend = max(0.0, -k * lift) * 1.1
        knee = (k * 0.1, 0.93 - 0.44 * math.cos(a), 0.44 * math.sin(a))
        low = a - bend
        foot = (k * 0.1, knee[1] - 0.42 * math.cos(low), knee[2] + 0.42 * math.sin(low))
        foot = (foot[0], max(foot[1], 0.06), foot[2])
        cloth = skin if skirt else legs
        body.limb(p(k * 0.09, 0.95, 0), p(*knee), 0.1 * wide * size, 0.07 * size, cloth)
        body.limb(p(*knee), p(*foot), 0.068 * size, 0.05 * size, cloth)
        body.limb(
            p(foot[0], foot[1] - 0.02, foot[2] - 0.03),
            p(foot[0], 0.035 + foot[1] * 0.4, foot[2] + 0.17),
            0.05 * size,
            0.04 * size,
            shoes,
        )
        arm = -k * swing * 0.9 + 0.05
        elbow = (k * 0.25 * wide, 1.42 - 0.28 * math.cos(arm), 0.28 * math.sin(arm))
        fore = arm + 0.35
        hand = (k * 0.25 * wide, elbow[1] - 0.26 * math.cos(fore), elbow[2] + 0.26 * math.sin(fore))
        dark: Rgb = (coat[0] * 0.9, coat[1] * 0.9, coat[2] * 0.9)
        body.limb(p(k * 0.2 * wide, 1.42, 0), p(*elbow), 0.062 * size, 0.052 * size, dark)
        body.limb(p(*elbow), p(*hand), 0.05 * size, 0.042 * size, dark)
        body.limb(p(*hand), p(hand[0], hand[1] - 0.07, hand[2]), 0.038 * size, 0.036 * size, skin)
    hem = 0.62 if long_coat else 0.9
    if skirt:
        body.limb(p(0, 0.95, 0), p(0, 0.6, swing * 0.1), 0.15 * size, 0.2 * size, legs)
    for x in (-0.095, 0.095, 0.0):
        body.limb(
            p(x * wide, 1.39, 0),
            p(x * wide * 0.8, hem, 0),
            0.115 * wide * size,
            0.105 * wide * size,
            coat,
            glint=x == 0,
        )
    if open_coat and size > 0.85:
        # A shirt shows between the lapels.
        body.limb(p(0, 1.4, 0.1), p(0, 1.12, 0.13), 0.055 * size, 0.02 * size, shirt, glint=False)
    body.limb(p(0, 1.42, 0), p(0, 1.54, 0.01), 0.06 * size, 0.055 * size, skin)
    body.limb(p(0, 1.6, 0.02), p(0, 1.68, 0.02), 0.085 * size, 0.095 * size, skin)
    body.limb(p(0, 1.66, -0.035), p(0, 1.73, -0.02), 0.1 * size, 0.085 * size, hair)
    if dice.chance(0.3):
        bag = dice.vary(dice.pick(COATS), 20)
        if dice.chance(0.5):
            body.limb(p(0, 1.32, -0.17), p(0, 1.0, -0.19), 0.12 * size, 0.13 * size, bag)
        else:
            body.limb(p(0.3, 0.8, 0.02), p(0.3, 0.6, 0.02), 0.1 * size, 0.12 * size, bag)
    return body


@dataclass(frozen=True)
class Cyclist:
    """A rider and a bicycle, one thing. Parameters as in :class:`Person`."""

    s: float
    t: float
    heading: float
    step: float
    thing: int
    dice: Dice

    def shadow(self, stage: Stage) -> list[Floats]:
        """Ground outlines of the shadow."""
        ahead = 0.5 * math.cos(self.heading)
        return [
            p
            for d in (-ahead, 0.0, ahead)
            for p in thin_shadow(stage, self.s + d, self.t, 1.5 if d == 0 else 0.8, 0.2)
        ]

    def draw(self, stage: Stage) -> None:
        """Draw the rider on the bicycle."""
        at = stage.road.spot(self.s, self.t)
        depth = stage.camera.depth(float(at[0]), float(at[2]))
        if depth < 2.5 or stage.camera.focal / depth * 1.7 < 4:
            return
        owner = stage.new_thing(owners.BICYCLIST_CLASS, self.thing)
        contact(stage, at, 0.45)
        dice = self.dice.child("look")
        turn = self.heading + stage.road.slope(self.s)
        _bicycle(stage, dice, at, turn, owner, depth, self.step)
        rider(dice, self.step).draw(stage, at, turn, owner, depth, stage.sun[0])


def _bicycle(
    stage: Stage, dice: Dice, at: Floats, turn: float, owner: int, depth: float, step: float
) -> None:
    ahead = np.array([math.sin(turn), 0.0, math.cos(turn)])
    basis = np.stack([[ahead[2], 0.0, -ahead[0]], [0.0, 1.0, 0.0], ahead])
    k = stage.camera.focal / depth
    paint = dice.vary(dice.pick(COATS), 30)
    frame = stage.light.shade(paint, (0, 0.3, -0.95), depth)
    black = stage.light.shade((28, 28, 30), (0, 0.3, -0.95), depth)
    silver = stage.light.shade((170, 172, 176), (0, 0.3, -0.95), depth)

    def line(points: list[Point], rgb: Rgb, width: float) -> None:
        world = np.array(points) @ basis + at
        cam = stage.camera.to_camera(world)
        if cam[:, 2].min() > NEAR:
            stage.canvas.line(stage.camera.to_pixels(cam), rgb, owner, max(width * k, 1.0))

    # Seen from its edge a wheel is a bar: spokes would be scribble.
    to_eye = np.array([at[0] - stage.camera.x, 0.0, at[2] - stage.camera.z])
    side_on = abs(float(basis[0] @ to_eye)) / max(float(np.linalg.norm(to_eye)), 0.1)
    angles = np.linspace(0, 2 * math.pi, 22)
    for z in (-0.52, 0.52):
        rim = [(0.0, 0.34 + 0.33 * math.sin(a), z + 0.33 * math.cos(a)) for a in angles.tolist()]
        line(rim, black, 0.045)
        if k > 40 and side_on > 0.35:
            for j in range(5):
                a = step * 3 + j * math.pi / 5
                c, s = 0.31 * math.cos(a), 0.31 * math.sin(a)
                line([(0, 0.34 + s, z + c), (0, 0.34 - s, z - c)], silver, 0.01)
    line(
        [(0, 0.34, -0.52), (0, 0.3, -0.05), (0, 0.78, 0.36), (0, 0.86, -0.2), (0, 0.34, -0.52)],
        frame,
        0.04,
    )
    line([(0, 0.3, -0.05), (0, 0.92, -0.22)], frame, 0.04)
    line([(0, 0.34, 0.52), (0, 0.98, 0.38)], frame, 0.035)
    line([(-0.24, 1.0, 0.4), (0.24, 1.0, 0.4)], black, 0.04)
    line([(0, 0.94, -0.34), (0, 0.95, -0.12)], black, 0.09)


def rider(dice: Dice, step: float) -> Body:
    """Build the rider; ``step`` counts turns of the pedals."""
    body = Body()
    bright = dice.chance(0.35)
    coat: Rgb = (
        dice.pick([(206, 220, 40), (240, 120, 30)]) if bright else dice.vary(dice.pick(COATS), 16)
    )
    legs, skin = dice.vary(dice.pick(LEGS), 12), dice.pick(SKIN)
    helmet: Rgb = dice.pick(
        [(220, 220, 216), (40, 40, 44), (180, 40, 40), (50, 90, 160), dice.pick(HAIR)]
    )
    upright = dice.uniform(0.15, 0.42)
    neck = (0.0, 1.5 - 0.1 * upright, -0.24 + upright)
    for k in (-1, 1):
        a = 2 * math.pi * step + (math.pi if k > 0 else 0)
        foot = (k * 0.1, 0.3 + 0.17 * math.sin(a), -0.05 + 0.17 * math.cos(a))
        hip = (k * 0.09, 0.97, -0.22)
        dy, dz = foot[1] - hip[1], foot[2] - hip[2]
        span = min(math.hypot(dy, dz), 0.86)
        out = math.sqrt(max(0.19 - (span / 2) ** 2, 0.0))
        knee = (k * 0.11, (hip[1] + foot[1]) / 2 + out * 0.35, (hip[2] + foot[2]) / 2 + out * 0.9)
        body.limb(hip, knee, 0.095, 0.065, legs)
        body.limb(knee, foot, 0.062, 0.045, legs)
        body.limb(
            (foot[0], foot[1] - 0.04, foot[2] - 0.05),
            (foot[0], foot[1] - 0.05, foot[2] + 0.14),
            0.045,
            0.035,
            (34, 32, 32),
        )
        hand = (k * 0.22, 1.02, 0.4)
        shoulder = (k * 0.19, neck[1] - 0.08, neck[2])
        elbow = (k * 0.27, (shoulder[1] + hand[1]) / 2 - 0.05, (shoulder[2] + hand[2]) / 2)
        dark: Rgb = (coat[0] * 0.9, coat[1] * 0.9, coat[2] * 0.9)
        body.limb(shoulder, elbow, 0.06, 0.05, dark)
        body.limb(elbow, hand, 0.05, 0.04, dark)
    for x in (-0.07, 0.07):
        body.limb((x, neck[1] - 0.1, neck[2] - 0.02), (x, 1.0, -0.24), 0.125, 0.115, coat)
    head = (0.0, neck[1] + 0.16, neck[2] + 0.08)
    body.limb(neck, head, 0.055, 0.06, skin)
    body.limb(head, (0.0, head[1] + 0.06, head[2]), 0.085, 0.09, skin)
    body.limb(
        (0, head[1] + 0.08, head[2] - 0.05), (0, head[1] + 0.1, head[2] + 0.03), 0.1, 0.095, helmet
    )
    if dice.chance(0.3):
        body.limb(
            (0, neck[1] - 0.15, neck[2] - 0.2), (0, 1.15, -0.36), 0.13, 0.12, dice.pick(COATS)
        )
    return body


def thin_shadow(stage: Stage, s: float, t: float, height: float, half: float) -> list[Floats]:
    """Ground outline of the shadow of an upright thing."""
    sx, sy, sz = stage.light.sun_at
    foot = stage.road.spot(s, t)
    flat = math.hypot(sx, sz) or 1.0
    side = np.array([sz, 0, -sx]) / flat * half
    end = foot - np.array([sx, 0, sz]) * min(height / max(sy, 0.08), 20.0)
    return [np.stack([foot - side, foot + side, end + side * 0.8, end - side * 0.8])]


def contact(stage: Stage, at: Floats, radius: float) -> None:
    """Darken the ground where something stands, near the camera only."""
    if stage.scale(float(at[2]), float(at[0]) - stage.road.x(float(at[2]), 0.0)) < 30:
        return
    turn = np.linspace(0, 2 * math.pi, 12, endpoint=False)
    ring = np.stack([radius * np.cos(turn), 0 * turn, radius * np.sin(turn)], axis=1) + at
    points = stage.camera.polygon(ring)
    if points is not None:
        stage.canvas.tint([points], (24, 24, 28), 0.35, soft=2.0)
