"""How nuclei look: glowing in the dark, or stained on tissue."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

from seglib.scenes.cell_shapes import Ids, Nucleus, Singles
from seglib.scenes.dice import Dice
from seglib.scenes.texture import SIDE, fractal

Bytes = NDArray[np.uint8]

HAEMATOXYLIN = np.array([0.65, 0.70, 0.29], np.float32)
EOSIN = np.array([0.07, 0.99, 0.11], np.float32)
"""What a dye takes from red, green and blue (Ruifrok and Johnston 2001, table 1)."""


@dataclass(frozen=True, slots=True)
class Look:
    """Strengths 0..1 of what a microscope adds.

    Parameters
    ----------
    grain : float
        Texture inside the nuclei.
    haze : float
        Light from out of focus, or uneven ground.
    noise : float
        Of the camera.
    blur : float
        Of the optics.
    """

    grain: float
    haze: float
    noise: float
    blur: float


def fluorescence(ids: Ids, nuclei: Sequence[Nucleus], look: Look, dice: Dice) -> Bytes:
    """Draw nuclei that glow: ``(H, W, 3) uint8``, grey."""
    glow = np.zeros(ids.shape, np.float32)
    clumpy = dice.uniform(0.2, 1)
    contrast = dice.uniform(0.15, 0.38)
    for nucleus, place, mask, depth in _each(ids, nuclei):
        own = nucleus.dice.child("light")
        bright = np.float32(np.exp(own.bell(2 * contrast)))
        # thin at the rim, as a lens is
        body = 0.5 + 0.5 * np.sqrt(np.clip(depth / (0.55 * nucleus.radius), 0, 1))
        grain = _crop(own, mask.shape, 80 / nucleus.radius)
        body *= 1 + look.grain * (0.2 * grain + clumpy * 0.9 * np.clip(grain - 0.9, 0, 1.2))
        body *= 1 - _spots(nucleus, place, own, look.grain)
        glow[place][mask] = (bright * body)[mask]
    spread = min(ids.shape) / 9
    haze, near = _soft(glow, spread), _soft(glow, 5)
    cloud = _crop(dice.child("cloud"), ids.shape, SIDE / 2 / max(ids.shape))
    glow = _soft(glow, 0.8 + 1.2 * look.blur)
    glow = glow + np.float32(look.haze) * (
        0.45 * haze + 0.22 * near + 0.045 * np.clip(1 + 0.6 * cloud, 0, None)
    )
    # photons: their noise grows with the root of the light; the camera adds its own
    level = 120 * np.float32(dice.uniform(0.85, 1.15)) * glow + 5
    rng = np.random.default_rng(zlib.crc32(dice.child("noise").key.encode()))
    shot = rng.standard_normal(ids.shape, np.float32)
    level += shot * np.float32(look.noise) * np.sqrt(np.maximum(level, 0) * 1.3 + 8)
    # a soft shoulder instead of clipped nuclei
    level = np.where(level > 190, 190 + 65 * np.tanh((level - 190) / 65), level)
    grey = np.clip(level + 0.5, 0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, 2)


def stained(ids: Ids, nuclei: Sequence[Nucleus], look: Look, dice: Dice) -> Bytes:
    """Draw a section stained with haematoxylin and eosin: ``(H, W, 3) uint8``.

    Light that passes a dye of concentration c falls to ``10 ** (-c * absorption)`` in each channel
    (Beer and Lambert): the two dyes are laid on as concentrations and looked through together.
    """
    blue = np.zeros(ids.shape, np.float32)
    strength = dice.uniform(0.75, 1.05)
    for nucleus, place, mask, depth in _each(ids, nuclei):
        own = nucleus.dice.child("dye")
        dense = np.float32(strength * np.exp(own.bell(0.5)))
        grain = _crop(own, mask.shape, 85 / nucleus.radius)
        rim = np.exp(-np.square((depth - 1.6) / 1.5))
        body = 0.62 + 0.3 * rim + look.grain * (0.3 * grain + 0.35 * np.clip(grain - 0.6, 0, 1))
        body += 0.5 * look.grain * _spots(nucleus, place, own, 1.0)
        blue[place][mask] = (dense * np.clip(body, 0.25, 1.6))[mask]
    pink = _tissue(ids, look, dice.child("tissue"))
    pink[ids > 0] = 0.12 + 0.6 * pink[ids > 0]
    sigma = 0.7 + 1.2 * look.blur
    pink = _soft(pink, sigma)
    # a little of the blue goes everywhere
    blue = _soft(blue, sigma) + np.float32(0.06 + 0.05 * look.haze) * pink
    through = np.power(np.float32(10), -(blue[..., None] * HAEMATOXYLIN + pink[..., None] * EOSIN))
    lamp = np.array([244, 241, 246], np.float32) * np.float32(dice.uniform(0.97, 1.02))
    rng = np.random.default_rng(zlib.crc32(dice.child("noise").key.encode()))
    picture = lamp * through
    picture += rng.standard_normal(picture.shape, np.float32) * np.float32(7 * look.noise)
    return np.asarray(np.clip(picture + 0.5, 0, 255), np.uint8)


def _soft(values: Singles, sigma: float) -> Singles:
    blurred = cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(blurred, np.float32)


def _tissue(ids: Ids, look: Look, dice: Dice) -> Singles:
    """Eosin: every cell's own tone around its nucleus, seams between cells, fibres, clear gaps."""
    height, width = ids.shape
    base = dice.uniform(0.16, 0.34)
    if not ids.any():
        cells, away = np.zeros(ids.shape, np.int32), np.full(ids.shape, 1e3, np.float32)
    else:
        free = (ids == 0).astype(np.uint8)
        away, nearest = cv2.distanceTransformWithLabels(
            free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        names = np.zeros(int(nearest.max()) + 1, np.int32)
        names[nearest[free == 0]] = ids[free == 0]
        cells = names[nearest]
    tones = np.array(
        [1 + dice.child("cell", k).bell(0.35) for k in range(int(cells.max()) + 1)], np.float32
    )
    seam = np.zeros(ids.shape, np.float32)
    seam[:, 1:] += cells[:, 1:] != cells[:, :-1]
    seam[1:] += cells[1:] != cells[:-1]
    seam = _soft(np.minimum(seam, np.float32(1)), 1.1)
    cloud = _crop(dice.child("cloud"), ids.shape, 1.0)
    # fibres: noise drawn out along one direction
    fibres = cv2.resize(
        _crop(dice.child("fibres"), (height, max(8, width // 7)), 1.6), (width, height)
    )
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), dice.uniform(-50, 50), 1.5)
    fibres = cv2.warpAffine(fibres, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    pink = base * tones[cells] * (1 + 0.22 * cloud + 0.16 * fibres)
    pink = pink * (1 - 0.55 * seam)
    # gaps open where no nucleus is near
    reach = np.float32(dice.uniform(16, 40))
    gap = np.clip((away - reach * (1 + 0.35 * cloud)) / 9, 0, 1)
    pink = pink * (1 - np.float32(0.35 + 0.5 * (1 - look.haze)) * gap)
    return np.clip(pink, 0.01, 1.2).astype(np.float32)


def _each(
    ids: Ids, nuclei: Sequence[Nucleus]
) -> Iterator[tuple[Nucleus, tuple[slice, slice], NDArray[np.bool_], Singles]]:
    """Every nucleus that shows: its place, its pixels there and their distance to its rim."""
    for number, place in enumerate(find_objects(ids, max_label=len(nuclei)), 1):
        if place is None:
            continue
        mask = ids[place] == number
        padded = np.pad(mask, 1).astype(np.uint8)
        depth = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1]
        yield nuclei[number - 1], place, mask, np.asarray(depth, np.float32)


def _crop(dice: Dice, shape: tuple[int, int], step: float) -> Singles:
    """Noise of its own for a place, ``(h, w)``; ``step`` texels a pixel."""
    noise = fractal(71, coarsest=8, octaves=5)
    x, y = dice.uniform(0, SIDE), dice.uniform(0, SIDE)
    columns = (np.arange(shape[1], dtype=np.float32) * np.float32(step) + np.float32(x)) % SIDE
    rows = (np.arange(shape[0], dtype=np.float32) * np.float32(step) + np.float32(y)) % SIDE
    grid = np.meshgrid(columns, rows)
    return np.asarray(
        cv2.remap(noise, grid[0], grid[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP),
        np.float32,
    )


def _spots(nucleus: Nucleus, place: tuple[slice, slice], dice: Dice, strength: float) -> Singles:
    """Nucleoli: up to four soft round places inside, ``(h, w)`` in 0..1."""
    shape = (place[0].stop - place[0].start, place[1].stop - place[1].start)
    out = np.zeros(shape, np.float32)
    if nucleus.radius < 9:
        return out
    y = np.arange(shape[0], dtype=np.float32)[:, None] + np.float32(place[0].start - nucleus.y)
    x = np.arange(shape[1], dtype=np.float32)[None] + np.float32(place[1].start - nucleus.x)
    for _ in range(dice.integer(0, 4)):
        far, way = nucleus.radius * dice.uniform(0, 0.55), dice.uniform(0, 6.283)
        wide = nucleus.radius * dice.uniform(0.08, 0.2)
        away = (x - np.float32(far * np.cos(way))) ** 2 + (y - np.float32(far * np.sin(way))) ** 2
        out = np.maximum(out, np.exp(-away / np.float32(2 * wide**2)))
    return np.asarray(np.float32(0.45 * strength) * out, np.float32)
