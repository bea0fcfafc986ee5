"""Sun, sky light, haze: what a surface looks like from where it faces and how far away it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seglib.scenes.camera import Floats
from seglib.scenes.dice import Dice, Rgb


@dataclass(frozen=True)
class Light:
    """The light of one scene.

    Parameters
    ----------
    time : str
        ``day``, ``overcast`` or ``dusk``.
    toward_sun : (3,) float64
        Unit vector from the ground to the sun.
    sun, ambient : colour factors
        Strength of direct and of sky light by channel; about 1 together in full sun.
    haze : colour
        What distance fades to.
    haze_length : float
        Metres over which contrast falls to 1/e.
    shadow : float
        Darkness of cast shadows, 0..1.
    clouds : float
        Share of the sky under cloud, 0..1.
    zenith, horizon : colours
        Of the sky.
    lamps : bool
        Street lamps, headlights and some windows are lit.
    """

    time: str
    toward_sun: Floats
    sun: Rgb
    ambient: Rgb
    haze: Rgb
    haze_length: float
    shadow: float
    clouds: float
    zenith: Rgb
    horizon: Rgb
    lamps: bool

    @cached_property
    def sun_at(self) -> Rgb:
        """``toward_sun`` as plain numbers."""
        x, y, z = self.toward_sun.tolist()
        return (x, y, z)

    @cached_property
    def shadow_tint(self) -> Rgb:
        """Factor by channel of ground that the sun does not reach: sky light alone is bluer."""
        up = self.sun_at[1]
        full = [s * up + a for s, a in zip(self.sun, self.ambient, strict=True)]
        r, g, b = (
            1 - self.shadow * (1 - a / f) / 0.5 if self.time == "day" else 1 - self.shadow
            for a, f in zip(self.ambient, full, strict=True)
        )
        return (r, g, b)

    def fade(self, depth: float) -> float:
        """Return the share of haze over a thing at this depth, 0..1."""
        return 1.0 - math.exp(-max(depth, 0.0) / self.haze_length)

    def shade(
        self, rgb: Rgb, normal: Rgb, depth: float, *, lit: float = 1.0, gloss: float = 0.0
    ) -> Rgb:
        """Return the colour of a surface.

        Parameters
        ----------
        rgb : colour
            Of the material, 0..255.
        normal : 3 floats
            Unit vector out of the surface.
        depth : float
            Metres from the camera.
        lit : float
            Share of direct sun that reaches it.
        gloss : float
            Share of sky mirrored by faces that look up.
        """
        sx, sy, sz = self.sun_at
        nx, ny, nz = normal
        direct = lit * max(0.0, nx * sx + ny * sy + nz * sz)
        up = 0.80 + 0.20 * ny
        keep = math.exp(-depth / self.haze_length) if depth > 0 else 1.0
        fade = 1.0 - keep
        (r, g, b), (sr, sg, sb), (ar, ag, ab) = rgb, self.sun, self.ambient
        hr, hg, hb = self.haze
        r, g, b = (
            r * (sr * direct + ar * up),
            g * (sg * direct + ag * up),
            b * (sb * direct + ab * up),
        )
        if gloss > 0 and ny > 0:
            k = gloss * ny * 0.6
            mr, mg, mb = self.horizon
            r, g, b = r + k * (mr - rgb[0]), g + k * (mg - rgb[1]), b + k * (mb - rgb[2])
        return (
            min(255.0, max(0.0, r * keep + hr * fade)),
            min(255.0, max(0.0, g * keep + hg * fade)),
            min(255.0, max(0.0, b * keep + hb * fade)),
        )

    def shade_many(
        self,
        colors: Floats,
        normals: Floats,
        depth: float,
        *,
        lit: float = 1.0,
        gloss: Floats | float = 0.0,
    ) -> Floats:
        """As :meth:`shade` for ``(n, 3)`` colours and unit normals; returns ``(n, 3)`` 0..255."""
        direct = lit * np.maximum(normals @ self.toward_sun, 0.0)
        up = 0.80 + 0.20 * normals[:, 1]
        sun, ambient = np.array(self.sun), np.array(self.ambient)
        out = colors * (direct[:, None] * sun + up[:, None] * ambient)
        mirror = (np.maximum(normals[:, 1], 0.0) * gloss * 0.6)[:, None]
        out += mirror * (np.array(self.horizon) - colors)
        out += (np.array(self.haze) - out) * self.fade(depth)
        clipped: Floats = np.clip(out, 0.0, 255.0)
        return clipped

    def flat(self, rgb: Rgb, depth: float, level: float = 1.0) -> Rgb:
        """Return a colour that gives its own light, faded by haze alone."""
        fade = self.fade(depth)
        out = [
            min(255.0, max(0.0, c * level + (h - c * level) * fade))
            for c, h in zip(rgb, self.haze, strict=True)
        ]
        return (out[0], out[1], out[2])


def make_light(dice: Dice, time: str, haze: float) -> Light:
    """Choose the light of a scene.

    Parameters
    ----------
    dice : Dice
        Chance.
    time : str
        ``any``, ``day``, ``overcast`` or ``dusk``.
    haze : float
        0 clear to 1 misty.
    """
    drawn = dice.weighted([("day", 0.55), ("overcast", 0.25), ("dusk", 0.20)])
    time = drawn if time == "any" else time
    around = dice.uniform(-math.pi, math.pi)
    if time == "day":
        up = math.radians(dice.uniform(18, 52))
    elif time == "dusk":
        # Near the end of the street, so that its glow is in the picture.
        up, around = math.radians(dice.uniform(4, 12)), around * 0.3
    else:
        up = math.radians(dice.uniform(45, 70))
    sun_at = np.array(
        [math.sin(around) * math.cos(up), math.sin(up), math.cos(around) * math.cos(up)]
    )
    length = 900.0 * (1 - haze) ** 2 + 45.0
    k = dice.uniform(0.92, 1.08)
    if time == "day":
        return Light(
            time,
            sun_at,
            (1.02 * k, 0.95 * k, 0.83 * k),
            (0.58, 0.62, 0.70),
            (205, 216, 228),
            length,
            dice.uniform(0.42, 0.56),
            dice.uniform(0.05, 0.6),
            dice.pick([(70, 128, 205), (88, 146, 214), (104, 150, 200), (84, 134, 188)]),
            dice.pick([(206, 222, 236), (222, 230, 236), (236, 236, 230)]),
            False,
        )
    if time == "overcast":
        grey = dice.uniform(0.84, 1.0)
        return Light(
            time,
            sun_at,
            (0.16, 0.16, 0.16),
            (0.74 * grey, 0.76 * grey, 0.79 * grey),
            (206, 210, 214),
            length * 0.7,
            0.2,
            dice.uniform(0.85, 1.0),
            dice.pick([(168, 178, 190), (188, 194, 200), (150, 160, 174)]),
            dice.pick([(226, 229, 231), (238, 238, 236), (216, 220, 226)]),
            False,
        )
    warm = dice.uniform(0, 1)
    return Light(
        time,
        sun_at,
        (0.80, 0.50, 0.30),
        (0.45, 0.44, 0.54),
        (206 - 30 * warm, 158, 140 + 30 * warm),
        length * 0.6,
        0.3,
        dice.uniform(0.2, 0.6),
        dice.pick([(52, 66, 118), (70, 84, 138), (64, 70, 104)]),
        dice.pick([(250, 178, 112), (244, 160, 120), (236, 190, 150)]),
        True,
    )
