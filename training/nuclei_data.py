"""Reading microscopy pictures with their nuclei, and making training samples of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects
from skimage.measure import label

from seglib.images import stretch_levels
from training.camvid import Pixels, read_rgb

OUTPUTS = ("inside", "border", "distance", "offset x", "offset y")
"""Channels of the network: two logits, distance in 0..1, offsets to the centre in 16 pixels."""

OFFSET_UNIT = 16.0
MARGIN = 24


@dataclass(frozen=True)
class Slide:
    """A picture, levels stretched, and its nuclei.

    Parameters
    ----------
    pixels : ``(H, W, 3) uint8`` RGB
    ids : ``(H, W) int32``
        0 = background, 1..N one number a nucleus.
    stained : bool
        Dark nuclei on a bright ground.
    """

    pixels: Pixels
    ids: NDArray[np.int32]
    stained: bool


def read(folder: Path) -> list[Slide]:
    """Read every ``NAME.jpg`` with its 16-bit ``NAME.png``."""
    slides = []
    for path in sorted(folder.glob("*.jpg")):
        pixels = read_rgb(path)
        ids = cv2.imread(str(path.with_suffix(".png")), cv2.IMREAD_UNCHANGED).astype(np.int32)
        slides.append(Slide(stretch_levels(pixels), ids, float(pixels.mean()) > 100))
    if not slides:
        raise FileNotFoundError(f"no NAME.jpg in {folder}")
    return slides


def targets(ids: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return what the network shall say of ids ``(H, W)``: ``(5, H, W)``, see :data:`OUTPUTS`.

    The distance to the nucleus's own rim is 1 at its deepest point, so that small and large ones
    have the same peak. A border is where two nuclei are within two pixels of each other, and the
    rim of each: what a threshold on "inside" would glue together.
    """
    height, width = ids.shape
    out = np.zeros((5, height, width), np.float32)
    out[0] = ids > 0
    for number, box in enumerate(find_objects(ids), 1):
        if box is None:
            continue
        mask = np.pad(ids[box] == number, 1).astype(np.uint8)
        depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)[1:-1, 1:-1]
        inside = mask[1:-1, 1:-1] > 0
        rows, columns = np.nonzero(inside)
        out[2][box][inside] = depth[inside] / depth.max()
        out[3][box][inside] = (columns.mean() - columns) / OFFSET_UNIT
        out[4][box][inside] = (rows.mean() - rows) / OFFSET_UNIT
    grown = ids.astype(np.float32)
    kernel = np.ones((3, 3), np.uint8)
    lowest = np.where(ids > 0, grown, 1e6).astype(np.float32)
    rim = (cv2.dilate(grown, kernel) != ids) | (cv2.erode(grown, kernel) != ids)
    kernel = np.ones((5, 5), np.uint8)
    touching = cv2.dilate(grown, kernel) > cv2.erode(lowest, kernel)
    out[1] = (rim & (ids > 0)) | (touching & (cv2.erode(lowest, kernel) < 1e6))
    return out


def sample(
    slide: Slide, side: int, scales: tuple[float, float], rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return pixels ``(3, side, side)`` in -1..1 and targets ``(5, side, side)``."""
    height, width = slide.ids.shape
    # more than is asked for: a nucleus that the sample's border cuts keeps its own rim and centre
    side, wanted = side + 2 * MARGIN, side
    scale = float(np.exp(rng.uniform(*np.log(scales))))
    aspect = np.exp(rng.uniform(-0.15, 0.15))
    angle = rng.uniform(0, 2 * np.pi)
    flip = -1.0 if rng.random() < 0.5 else 1.0
    cos, sin = np.cos(angle), np.sin(angle)
    sx, sy = scale * aspect, scale / aspect
    matrix = np.array([[sx * cos * flip, -sy * sin, 0], [sx * sin * flip, sy * cos, 0]])
    reach = np.minimum(side / scale / 2, [width / 2, height / 2])
    centre = rng.uniform(reach, np.maximum([width, height] - reach, reach + 1e-6))
    matrix[:, 2] = side / 2 - matrix[:, :2] @ centre
    source = slide.pixels
    if scale < 0.8:  # warpAffine does not antialias
        source = cv2.GaussianBlur(source, (0, 0), 0.45 / scale)
    how = cv2.BORDER_REFLECT_101
    pixels = cv2.warpAffine(source, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=how)
    ids = cv2.warpAffine(
        slide.ids.astype(np.float32), matrix, (side, side), flags=cv2.INTER_NEAREST, borderMode=how
    ).astype(np.int32)
    # a mirrored copy of a nucleus has its number too: give every piece its own
    ids = separate(ids)
    inner = slice(MARGIN, MARGIN + wanted)
    x = relight(pixels[inner, inner], slide.stained, rng)
    truth = np.ascontiguousarray(targets(ids)[:, inner, inner])
    return np.ascontiguousarray((x * 2 - 1).transpose(2, 0, 1)), truth


def separate(ids: NDArray[np.int32]) -> NDArray[np.int32]:
    """Number every connected piece of every id anew."""
    return np.asarray(label(ids, background=0, connectivity=2), np.int32)


def relight(pixels: Pixels, stained: bool, rng: np.random.Generator) -> NDArray[np.float32]:
    """Change gamma, contrast, colour; add a bright haze, noise, blur; sometimes invert."""
    x = pixels.astype(np.float32) / 255
    x = np.power(x, np.float32(np.exp(rng.uniform(-0.6, 0.6))))
    if stained or rng.random() < 0.15:
        x = x * rng.uniform(0.75, 1.15, 3).astype(np.float32)
        x = np.roll(x, int(rng.integers(3)), 2) if rng.random() < 0.15 else x
    if rng.random() < 0.3:
        x = np.repeat(x.mean(2, keepdims=True), 3, 2)
    if rng.random() < 0.08:
        x = 1 - x
    x = x * np.float32(rng.uniform(0.5, 1.2)) + np.float32(rng.uniform(-0.05, 0.15))
    if rng.random() < 0.2:
        side = x.shape[0]
        y, z = np.mgrid[:side, :side].astype(np.float32) / side
        cy, cx, r = rng.uniform(0, 1, 3)
        x = x + (rng.uniform(0, 0.3) * np.exp(-((y - cy) ** 2 + (z - cx) ** 2) / (0.1 + r)))[
            ..., None
        ].astype(np.float32)
    if rng.random() < 0.25:
        x = cv2.GaussianBlur(x, (0, 0), float(rng.uniform(0.5, 1.8)))
    if rng.random() < 0.4:
        x = x + rng.normal(0, rng.uniform(0.005, 0.06), x.shape).astype(np.float32)
    return np.clip(x, 0, 1).astype(np.float32)
