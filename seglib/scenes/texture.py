"""Tileable noise and surface textures, made once and cropped from then on.

A texture is ``(h, w) uint8`` with 128 as neutral: colour times ``texture / 128``.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Singles = NDArray[np.float32]

SIDE = 512
PER_METRE = 64
"""Texels per metre of the wall textures."""
WALL = 1024
"""Texels along a side of a wall texture: a tile is 16 m wide."""


@lru_cache(maxsize=16)
def fractal(seed: int, *, coarsest: int = 4, octaves: int = 6, gain: float = 0.55) -> Singles:
    """Tileable fractal noise ``(512, 512) float32``, mean 0, standard deviation 1, read-only.

    Octave sums of random lattices scaled up cyclically (value noise, Perlin's 1/f sum).
    """
    rng = np.random.default_rng(seed)
    total = np.zeros((SIDE, SIDE), np.float32)
    for octave in range(octaves):
        cells = min(coarsest << octave, SIDE)
        lattice = rng.standard_normal((cells, cells)).astype(np.float32)
        step = SIDE // cells
        padded = np.pad(lattice, 2, mode="wrap")
        grown = cv2.resize(padded, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
        total += gain**octave * grown[2 * step : 2 * step + SIDE, 2 * step : 2 * step + SIDE]
    out: Singles = (total - total.mean()) / total.std()
    out.setflags(write=False)
    return out


def _neutral(values: Singles) -> Bytes:
    out: Bytes = np.clip(np.rint(128.0 * values), 0, 255).astype(np.uint8)
    out.setflags(write=False)
    return out


def _courses(
    seed: int, course: float, length: float, spread: float
) -> tuple[Singles, Singles, Singles]:
    """Blocks in bond: a tone for each, and how far into its course and its length a texel is."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:WALL, 0:WALL].astype(np.float32) / PER_METRE
    row = np.floor(y / course).astype(int)
    shifted = x + (row % 2) * np.float32(length / 2)
    column = np.floor(shifted / length).astype(int)
    tone = rng.normal(1.0, spread, (row.max() + 1, column.max() + 2)).astype(np.float32)
    return tone[row, column], y % np.float32(course), shifted % np.float32(length)


def _wide(seed: int) -> Singles:
    """Noise at the size of a wall."""
    return np.tile(fractal(seed), (WALL // SIDE, WALL // SIDE))


def _bricks() -> Singles:
    tone, up, along = _courses(11, 0.083, 0.235, 0.10)
    wall = np.where((up < 0.014) | (along < 0.014), np.float32(1.16), tone)
    out: Singles = (wall * (1 + 0.07 * _wide(12))).astype(np.float32)
    return out


def _stone() -> Singles:
    tone, up, along = _courses(21, 0.36, 0.66, 0.07)
    wall = np.where((up < 0.02) | (along < 0.02), np.float32(0.78), tone)
    out: Singles = (wall * (1 + 0.08 * _wide(22))).astype(np.float32)
    return out


def _slates() -> Singles:
    tone, up, _ = _courses(31, 0.22, 0.28, 0.09)
    roof = tone * np.where(up > 0.18, np.float32(0.8), np.float32(1.03))
    out: Singles = (roof * (1 + 0.07 * _wide(32))).astype(np.float32)
    return out


def _render() -> Singles:
    stains = cv2.resize(fractal(41, coarsest=4, octaves=3), (WALL, WALL))
    out: Singles = (1 + 0.035 * stains + 0.02 * _wide(42)).astype(np.float32)
    return out


_KINDS = {"brick": _bricks, "stone": _stone, "slate": _slates, "render": _render}


@lru_cache(maxsize=8)
def surface(kind: str) -> tuple[Bytes, ...]:
    """Return a wall texture and its halves (a mip pyramid, finest first).

    Parameters
    ----------
    kind : str
        ``brick``, ``stone``, ``slate`` or ``render``.
    """
    levels: list[Singles] = [_KINDS[kind]()]
    for _ in range(4):
        last = levels[-1]
        side = last.shape[0] // 2
        half: Singles = cv2.resize(last, (side, side), interpolation=cv2.INTER_AREA).astype(
            np.float32, copy=False
        )
        levels.append(half)
    return tuple(_neutral(level) for level in levels)


@lru_cache(maxsize=1)
def asphalt() -> Singles:
    """Return the ground texture ``(512, 512) float32`` around 1: grain, patches, wear."""
    rng = np.random.default_rng(51)
    grain = rng.normal(0, 1, (SIDE, SIDE)).astype(np.float32)
    wear = 0.055 * fractal(52, coarsest=8) + 0.05 * fractal(53, coarsest=2)
    out: Singles = (1 + 0.06 * grain + wear).astype(np.float32)
    out.setflags(write=False)
    return out


@lru_cache(maxsize=1)
def leaves() -> Singles:
    """Return leaf clumps ``(512, 512) float32``, tileable, about -1..1."""
    rng = np.random.default_rng(61)
    clumps = np.zeros((SIDE, SIDE), np.float32)
    for _ in range(5200):
        x, y = rng.integers(0, SIDE, 2)
        axes = (int(rng.integers(3, 7)), int(rng.integers(2, 4)))
        value = float(rng.normal(0, 1))
        for dx in (0, -SIDE):
            for dy in (0, -SIDE):
                if x + dx > -9 and y + dy > -9:
                    cv2.ellipse(
                        clumps,
                        (int(x + dx), int(y + dy)),
                        axes,
                        float(rng.integers(0, 180)),
                        0,
                        360,
                        value,
                        -1,
                    )
    soft = cv2.GaussianBlur(clumps, (0, 0), 0.7, borderType=cv2.BORDER_REFLECT_101)
    mixed = 0.75 * soft + 0.5 * fractal(62, coarsest=16, octaves=4)
    out: Singles = (mixed / (2.2 * mixed.std())).astype(np.float32)
    out.setflags(write=False)
    return out
