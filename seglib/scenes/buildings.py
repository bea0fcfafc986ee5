"""Buildings: what each kind is made of, its roof, and how its front is composed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seglib.scenes import owners
from seglib.scenes.camera import Floats
from seglib.scenes.dice import Dice, Rgb
from seglib.scenes.facade import Wall
from seglib.scenes.fronts import FRONTS, SHOP, sash
from seglib.scenes.stage import Stage

BRICKS: tuple[Rgb, ...] = (
    (150, 84, 66),
    (168, 98, 74),
    (132, 78, 64),
    (186, 160, 112),
    (172, 148, 108),
    (146, 112, 86),
    (196, 172, 128),
    (120, 84, 70),
)
RENDERS: tuple[Rgb, ...] = (
    (226, 220, 206),
    (214, 206, 190),
    (232, 226, 214),
    (206, 196, 176),
    (222, 206, 190),
    (198, 206, 208),
    (226, 208, 168),
)
STONES: tuple[Rgb, ...] = ((186, 172, 142), (168, 156, 132), (196, 184, 156), (150, 142, 128))
SLATES: tuple[Rgb, ...] = (
    (92, 92, 102),
    (104, 98, 98),
    (126, 82, 66),
    (112, 88, 74),
    (84, 88, 94),
)


@dataclass(frozen=True)
class Building:
    """One building on the street.

    Parameters
    ----------
    kind : str
        A key of :data:`seglib.scenes.fronts.FRONTS`.
    side : int
        -1 left, +1 right.
    s0, s1 : float
        Where it starts and ends along the street, metres.
    t : float
        Its building line.
    depth : float
        How far it goes back, metres.
    floors : int
        Number of storeys.
    floor : float
        Height of a storey, metres.
    roof : str
        ``flat`` or ``pitched``.
    dice : Dice
        Chance for its looks.
    opposite : (float, float)
        Height of what stands across the street, and how far away; for its shadow.
    corner : bool
        The end wall is a front on a side street.
    covered : float
        Height up to which the next building towards us hides the end wall, metres.
    """

    kind: str
    side: int
    s0: float
    s1: float
    t: float
    depth: float
    floors: int
    floor: float
    roof: str
    dice: Dice
    opposite: tuple[float, float] = (0.0, 20.0)
    corner: bool = False
    covered: float = 0.0

    @property
    def height(self) -> float:
        """Height of the walls, metres."""
        return self.floors * self.floor + (0.9 if self.kind in {"shops", "office"} else 0.3)

    @property
    def rise(self) -> float:
        """Height of the roof's ridge over the walls, metres; 0 if flat."""
        if self.roof == "flat":
            return 0.0
        return self.depth * self.dice.child("rise").uniform(0.26, 0.36)

    def hidden_by(self, nearer: Building) -> float:
        """Return the height up to which a neighbour hides the end wall, metres."""
        same_depth = nearer.depth >= self.depth - 0.2
        if (
            same_depth
            and nearer.height + nearer.rise >= self.height + self.rise - 0.05
            and (nearer.height >= self.height)
        ):
            return self.height + self.rise + 1.0
        return nearer.height if same_depth else 0.0

    def shadow(self, stage: Stage) -> list[Floats]:
        """Ground outline that the building keeps the sun from."""
        sx, sy, sz = stage.light.sun_at
        rise = self.rise
        reach = min((self.height + 0.6 * rise) / max(sy, 0.05), 120.0)
        base = stage.road.place(
            np.array([self.s0, self.s1, self.s1, self.s0]),
            np.array(
                [self.t, self.t, self.t + self.side * self.depth, self.t + self.side * self.depth]
            ),
        )
        moved = base - np.array([sx, 0.0, sz]) * reach
        return [
            np.stack([base[i], base[j], moved[j], moved[i]])
            for i, j in ((0, 1), (1, 2), (2, 3), (3, 0))
        ] + [moved]

    def draw(self, stage: Stage) -> None:
        """Draw end wall, front and roof."""
        if not self._in_view(stage):
            return
        road, dice = stage.road, self.dice.child("look")
        materials = {
            "terrace": (("brick", BRICKS),),
            "house": (("brick", BRICKS), ("render", RENDERS)),
            "shops": (("brick", BRICKS), ("render", RENDERS), ("stone", STONES)),
            "office": (
                ("render", ((186, 184, 178), (160, 160, 160), (202, 196, 182))),
                ("brick", BRICKS),
            ),
            "hall": (("stone", STONES), ("brick", BRICKS)),
            "store": (("render", ((214, 212, 206), (196, 192, 186))),),
        }
        texture, colors = dice.pick(materials[self.kind])
        rgb = dice.vary(dice.pick(colors), 16)
        back = self.t + self.side * self.depth
        a = (road.x(self.s0, self.t), self.s0)
        b = (road.x(self.s1, self.t), self.s1)
        ab = Wall(stage, a, b, _outward(a, b, -self.side))
        end = Wall(stage, a, (road.x(self.s0, back), self.s0), (0.0, -1.0))
        rise = self.rise
        height = self.height
        if self.roof == "pitched":
            self._roof(stage, dice.child("roof"), rise, ab)
        if end.visible and self.covered < height + rise:
            end.plain(height, rgb, texture, dice.child("end"), gable=rise)
            self._end(end, rgb, dice.child("gable"))
        if ab.visible:
            ab.plain(height, rgb, texture, dice.child("front"))
            FRONTS[self.kind](ab, self.floors, self.floor, rgb, dice.child("parts"))
            self._shade_front(stage, ab)
        if self.roof == "pitched":
            self._chimneys(stage, dice.child("chimneys"), rise, rgb)

    def _shade_front(self, stage: Stage, front: Wall) -> None:
        """Lay the shadow of the other side of the street on a sunlit front."""
        sx, sy, _ = stage.light.sun_at
        tall, away = self.opposite
        if stage.light.time != "day" or sx * self.side >= 0 or front.detail < 4:
            return
        reach = min(tall - away * sy / max(abs(sx), 0.05), self.height)
        if reach > 0.4:
            front.shadow(reach)

    def _end(self, end: Wall, rgb: Rgb, dice: Dice) -> None:
        """Compose the wall that looks at us: a second front at a corner, else a few windows."""
        if end.detail < 6 or self.covered > self.height - 1.5:
            return
        if self.corner:
            FRONTS[self.kind](end, self.floors, self.floor, rgb, dice)
            return
        columns = dice.pick([(0.3, 0.7), (0.5,), (0.25,), (0.22, 0.5, 0.78)])
        for k in range(self.floors):
            if k * self.floor + 0.9 < self.covered or (k == 0 and dice.chance(0.5)):
                continue
            for part in columns:
                sash(end, end.width * part, k * self.floor + 0.9, 1.0, 1.4, dice)
        if dice.chance(0.6):
            u = end.width * dice.uniform(0.08, 0.15)
            end.rect(u, 0, u + 0.12, self.height, (50, 50, 52), n=0.08)
        end.flush()
        if dice.chance(0.12) and self.floors > 1 and self.covered == 0:
            u, v = end.width * 0.3, self.floor * dice.uniform(0.9, 1.2)
            paper = dice.vary(dice.pick(SHOP), 30)
            end.rect(u - 0.15, v - 0.15, u + 4.15, v + 2.65, (60, 58, 56), n=0.06)
            end.rect(u, v, u + 4, v + 2.5, paper, n=0.08)
            for row in range(3):
                wide = dice.uniform(1.2, 3.2)
                end.rect(
                    u + 0.4,
                    v + 0.4 + 0.7 * row,
                    u + 0.4 + wide,
                    v + 0.8 + 0.7 * row,
                    (240, 234, 214),
                    n=0.09,
                )
            end.flush(owners.SIGN)

    def _in_view(self, stage: Stage) -> bool:
        # The far corner of the front is the innermost: if it is out of view, all is.
        camera = stage.camera
        corner = camera.point(stage.road.x(self.s1, self.t), 0.0, self.s1)
        if corner is None:
            return False
        return corner[0] > 0 if self.side < 0 else corner[0] < camera.width

    def _roof(self, stage: Stage, dice: Dice, rise: float, front: Wall) -> None:
        rgb = dice.vary(dice.pick(SLATES), 10)
        road, h = stage.road, self.height
        mid = self.t + self.side * self.depth / 2
        over = self.t - self.side * 0.35
        slope = road.place(
            np.array([self.s0 - 0.2, self.s0 - 0.2, self.s1 + 0.2, self.s1 + 0.2]),
            np.array([over, mid, mid, over]),
            np.array([h - 0.15, h + rise, h + rise, h - 0.15]),
        )
        length = np.hypot(self.depth / 2, rise)
        normal = (-self.side * rise / length, self.depth / 2 / length, 0.0)
        shade = stage.light.shade(rgb, normal, front.depth)
        stage.quads(slope[None], [shade], owners.BUILDING)
        if front.detail > 12:
            # Courses of slates and the gutter.
            rows = np.linspace(0, 1, int(min(14, rise / 0.3)) + 2)[1:-1]
            lines = []
            for k in rows:
                foot, top = (
                    slope[0] + (slope[1] - slope[0]) * k,
                    slope[3] + (slope[2] - slope[3]) * k,
                )
                lift = np.array([0.0, 0.05, 0.0])
                lines.append(np.stack([foot, foot + lift, top + lift, top]))
            if lines:
                dark = (shade[0] * 0.86, shade[1] * 0.86, shade[2] * 0.86)
                stage.quads(np.array(lines), [dark] * len(lines), owners.BUILDING)
        if front.detail > 5:
            drop = np.array([0.0, 0.22, 0.0])
            gutter = np.array([slope[0], slope[3], slope[3] - drop, slope[0] - drop])
            stage.quads(gutter[None], [front.color((206, 200, 190), 0.9)], owners.BUILDING)

    def _chimneys(self, stage: Stage, dice: Dice, rise: float, rgb: Rgb) -> None:
        if self.kind not in {"terrace", "house", "shops"} or not dice.chance(0.85):
            return
        t = self.t + self.side * self.depth * dice.uniform(0.35, 0.6)
        top = self.height + rise + dice.uniform(0.7, 1.4)
        scale = stage.scale(self.s1, t)
        count = dice.integer(1, 2)
        if scale < 5:
            return
        for s in (self.s1 - 0.6, self.s0 + 0.6)[: count if scale > 9 else 1]:
            stage.box(s, t, (0.55, 0.35), self.height, top, rgb, owners.BUILDING)
            if scale < 16:
                continue
            for k in (-0.3, 0.0, 0.3):
                stage.box(s, t + k, (0.1, 0.1), top, top + 0.45, (178, 108, 80), owners.BUILDING)


def _outward(a: tuple[float, float], b: tuple[float, float], toward: int) -> tuple[float, float]:
    """Unit normal of the wall from a to b that looks to ``toward`` (-1 left, +1 right)."""
    dx, dz = b[0] - a[0], b[1] - a[1]
    length = float(np.hypot(dx, dz))
    return (toward * dz / length, -toward * dx / length)


Front = Callable[[Wall, int, float, Rgb, Dice], None]
