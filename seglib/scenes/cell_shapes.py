"""Nuclei as shapes: where they lie, how they bulge, and whose each pixel is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seglib.scenes.dice import Dice

Singles = NDArray[np.float32]
Ids = NDArray[np.int32]
Box = tuple[int, int, int, int]

HARMONICS = (2, 3, 4, 5)
"""Waves around an outline; the first is left out, for it only moves the centre."""

APART, TOUCHING, CROWDED = 1.25, 0.9, 0.82
"""Distance of two centres over the sum of their radii: free ones, partners, and at least."""

LEAST_PIXELS = 12
"""Of a nucleus that the picture's border cuts: fewer are not drawn."""


@dataclass(frozen=True, slots=True)
class Nucleus:
    """One nucleus: an ellipse with a wavy outline.

    Parameters
    ----------
    x, y : float
        Centre, pixels.
    radius : float
        Of the circle of the same area, pixels.
    stretch : float
        Longer axis over that circle's radius, from 1.
    angle : float
        Of the longer axis, radians.
    waves : tuple of (amplitude, phase)
        One for each of :data:`HARMONICS`; amplitudes as shares of the radius.
    dice : Dice
        For whatever else is its own: brightness, grain.
    """

    x: float
    y: float
    radius: float
    stretch: float
    angle: float
    waves: tuple[tuple[float, float], ...]
    dice: Dice

    @property
    def reach(self) -> float:
        """No part of it is farther from its centre, pixels."""
        return self.radius * self.stretch * (1 + sum(size for size, _ in self.waves))

    def box(self, width: int, height: int) -> Box:
        """Return x0, y0, x1, y1 around it, inside the picture; may be empty."""
        reach = self.reach + 1
        x0, x1 = (min(max(int(v), 0), width) for v in (self.x - reach, self.x + reach + 1))
        y0, y1 = (min(max(int(v), 0), height) for v in (self.y - reach, self.y + reach + 1))
        return x0, y0, x1, y1

    def depth(self, box: Box) -> Singles:
        """Return 1 at the centre, 0 at the outline and less outside, ``(h, w) float32``."""
        x0, y0, x1, y1 = box
        dx = np.arange(x0, x1, dtype=np.float32)[None] + np.float32(0.5 - self.x)
        dy = np.arange(y0, y1, dtype=np.float32)[:, None] + np.float32(0.5 - self.y)
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        along = (dx * cos + dy * sin) / np.float32(self.radius * self.stretch)
        across = (dy * cos - dx * sin) / np.float32(self.radius / self.stretch)
        turn = np.arctan2(across, along)
        outline = np.ones_like(turn)
        for order, (size, phase) in zip(HARMONICS, self.waves, strict=True):
            outline += np.float32(size) * np.cos(order * turn + np.float32(phase))
        depth: Singles = (1 - np.sqrt(along * along + across * across) / outline).astype(np.float32)
        return depth


@dataclass(frozen=True, slots=True)
class Population:
    """What the nuclei of one picture have in common.

    Parameters
    ----------
    radius : float
        Typical, pixels.
    spread : float
        Standard deviation of the radius's logarithm.
    stretch : float
        Typical longer axis over radius, from 1.
    bumps : float
        Amplitude of the outline's waves.
    cover : float
        Share of the picture that is nuclei, about.
    together : float
        Share of nuclei that touch another.
    """

    radius: float
    spread: float
    stretch: float
    bumps: float
    cover: float
    together: float


def scatter(size: tuple[int, int], population: Population, dice: Dice) -> tuple[Nucleus, ...]:
    """Place nuclei on a picture and a little beyond its border.

    A nucleus either keeps its distance or leans against one that is there already; none covers
    more than a rim of another.
    """
    width, height = size
    edge = 1.2 * population.radius
    area = (width + 2 * edge) * (height + 2 * edge)
    wanted = round(population.cover * area / (math.pi * population.radius**2))
    placed: list[Nucleus] = []
    known = np.zeros((max(wanted, 1), 3))  # x, y, radius
    # crowded: every nucleus gets a few tries, and a full picture simply holds fewer
    for number in range(wanted):
        own = dice.child("nucleus", number)
        shape = _shape(population, own)
        for _ in range(12):
            if placed and own.chance(population.together):
                x, y = _beside(own, known[own.integer(0, len(placed) - 1)], shape.radius)
                least = CROWDED
            else:
                x, y = own.uniform(-edge, width + edge), own.uniform(-edge, height + edge)
                least = APART
            there = known[: len(placed)]
            gap = np.hypot(there[:, 0] - x, there[:, 1] - y) / (there[:, 2] + shape.radius)
            if not len(gap) or gap.min() >= least:
                known[len(placed)] = x, y, shape.radius
                placed.append(
                    Nucleus(x, y, shape.radius, shape.stretch, shape.angle, shape.waves, own)
                )
                break
    return tuple(placed)


def owners(size: tuple[int, int], nuclei: Sequence[Nucleus]) -> Ids:
    """Return whose each pixel is: ``(H, W) int32``, number in the list from 1, 0 = nobody's.

    Where two overlap, a pixel is that one's in which it lies deeper. What is cut off from its
    nucleus by that, and nuclei of which hardly anything is in the picture, are nobody's.
    """
    from scipy.ndimage import label

    width, height = size
    ids = np.zeros((height, width), np.int32)
    deepest = np.zeros((height, width), np.float32)
    boxes = [nucleus.box(width, height) for nucleus in nuclei]
    for number, (nucleus, box) in enumerate(zip(nuclei, boxes, strict=True), 1):
        x0, y0, x1, y1 = box
        if x0 >= x1 or y0 >= y1:
            continue
        depth = nucleus.depth(box)
        place = (slice(y0, y1), slice(x0, x1))
        mine = depth > deepest[place]
        deepest[place][mine] = depth[mine]
        ids[place][mine] = number
    for number, (x0, y0, x1, y1) in enumerate(boxes, 1):
        part = ids[y0:y1, x0:x1]
        pieces, count = label(part == number)
        areas = np.bincount(pieces.reshape(-1), minlength=2)[1:]
        keep = int(areas.argmax()) + 1 if count and areas.max() >= LEAST_PIXELS else -1
        part[(pieces > 0) & (pieces != keep)] = 0
    return ids


def _shape(population: Population, own: Dice) -> Nucleus:
    """A nucleus that has no place yet."""
    radius = population.radius * math.exp(own.bell(2 * population.spread))
    stretch = 1 + max(0.0, (population.stretch - 1) * (1 + own.bell(1.2)))
    waves = tuple(
        (abs(own.bell(population.bumps * 4 / order**1.5)), own.uniform(0, 2 * math.pi))
        for order in HARMONICS
    )
    return Nucleus(0, 0, radius, stretch, own.uniform(0, math.pi), waves, own)


def _beside(own: Dice, partner: NDArray[np.float64], radius: float) -> tuple[float, float]:
    """A centre at which a nucleus of this radius touches its partner."""
    way = own.uniform(0, 2 * math.pi)
    far = (float(partner[2]) + radius) * own.uniform(CROWDED, 2 * TOUCHING - CROWDED)
    return float(partner[0]) + far * math.cos(way), float(partner[1]) + far * math.sin(way)
