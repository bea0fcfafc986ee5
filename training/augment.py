"""Making one training sample out of many: geometry, pasting, light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.camvid import RARE, VOID, Pair, Pixels

PEDESTRIAN = 9
STANDS_ON = (3, 4)
"""Road and pavement: where a pasted person may put the feet."""


@dataclass(frozen=True)
class Framing:
    """What is cut out of a picture.

    Parameters
    ----------
    crop : (width, height)
        Of the sample in pixels.
    scales : (low, high)
        How much larger than in the picture things may be.
    """

    crop: tuple[int, int]
    scales: tuple[float, float]


def warp(pair: Pair, framing: Framing, rng: np.random.Generator) -> Pair:
    """Flip, scale, change the aspect, tilt and crop, all in one resampling."""
    crop = framing.crop
    height, width = pair.labels.shape
    scale = np.exp(rng.uniform(*np.log(framing.scales)))
    aspect = np.exp(rng.uniform(-0.25, 0.25) * (rng.random() < 0.6))
    sx, sy = scale * np.sqrt(aspect), scale / np.sqrt(aspect)
    angle = np.deg2rad(rng.normal(0, 2.0)) if rng.random() < 0.4 else 0.0
    flip = -1.0 if rng.random() < 0.5 else 1.0
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[sx * cos * flip, -sy * sin, 0], [sx * sin * flip, sy * cos, 0]], np.float64)
    # put a random point of the picture on the middle of the crop, so that the crop stays inside
    reach = np.array([crop[0] / sx, crop[1] / sy]) / 2
    low = np.minimum(reach, [width / 2, height / 2])
    centre = rng.uniform(low, np.maximum([width, height] - low, low + 1e-6))
    matrix[:, 2] = np.array(crop) / 2 - matrix[:, :2] @ centre
    source = pair.pixels
    if scale < 0.8:  # warpAffine does not antialias: blur as much as it shrinks
        source = cv2.GaussianBlur(source, (0, 0), 0.5 / scale)
    pixels = cv2.warpAffine(
        source, matrix, crop, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    labels = cv2.warpAffine(pair.labels, matrix, crop, flags=cv2.INTER_NEAREST, borderValue=VOID)
    return Pair(pixels, labels)


def paste_classes(onto: Pair, other: Pair, rng: np.random.Generator) -> Pair:
    """ClassMix (Olsson et al. 2021): copy the pixels of some rare classes of ``other``."""
    present = [c for c in RARE if np.any(other.labels == c)]
    if not present:
        return onto
    chosen = rng.permutation(present)[: rng.integers(1, len(present) + 1)]
    return _blend(onto, other.pixels, np.isin(other.labels, chosen), other.labels)


def paste_person(onto: Pair, person: Pair, rng: np.random.Generator) -> Pair:
    """Stand one person on the road or the pavement, of a height that fits the place."""
    height, width = onto.labels.shape
    feet_y, feet_x = np.nonzero(np.isin(onto.labels, STANDS_ON))
    if feet_y.size == 0:
        return onto
    pick = rng.integers(feet_y.size)
    y, x = int(feet_y[pick]), int(feet_x[pick])
    tall = int(np.clip((y - 0.35 * height) * rng.uniform(0.6, 1.1), 14, person.labels.shape[0]))
    wide = max(4, round(tall * person.labels.shape[1] / person.labels.shape[0]))
    pixels = cv2.resize(person.pixels, (wide, tall), interpolation=cv2.INTER_AREA)
    mask = cv2.resize(person.labels, (wide, tall), interpolation=cv2.INTER_NEAREST)
    if rng.random() < 0.5:
        pixels, mask = pixels[:, ::-1], mask[:, ::-1]
    canvas, where = np.zeros_like(onto.pixels), np.zeros((height, width), bool)
    top, left = y - tall, x - wide // 2
    into = (slice(max(top, 0), y), slice(max(left, 0), min(left + wide, width)))
    cut = (slice(max(-top, 0), tall), slice(max(-left, 0), into[1].stop - left))
    canvas[into], where[into] = pixels[cut], mask[cut] > 0
    return _blend(onto, canvas, where, np.full_like(onto.labels, PEDESTRIAN))


def _blend(onto: Pair, pixels: Pixels, where: NDArray[np.bool_], labels: Pixels) -> Pair:
    soft = cv2.GaussianBlur(where.astype(np.float32), (3, 3), 0)[..., None]
    mixed = onto.pixels + soft * (pixels.astype(np.float32) - onto.pixels)
    return Pair(mixed.astype(np.uint8), np.where(where, labels, onto.labels))


def relight(pixels: Pixels, rng: np.random.Generator) -> NDArray[np.float32]:
    """Change exposure, contrast, gamma, white balance, saturation; sometimes blur, noise, grey.

    Returns
    -------
    ``(H, W, 3) float32`` in 0..1.
    """
    x = pixels.astype(np.float32) * np.float32(1 / 255)
    if rng.random() < 0.85:
        x = x * rng.uniform(0.9, 1.1, 3).astype(np.float32)
        grey = x.mean(2, keepdims=True)
        x = grey + (x - grey) * np.float32(rng.uniform(0.4, 1.5))
        middle = np.float32(x.mean())
        x = (x - middle) * np.float32(rng.uniform(0.75, 1.3)) + middle
        x = np.clip(x * np.float32(rng.uniform(0.7, 1.35)), 0, 1)
        x = cv2.pow(x, float(np.exp(rng.uniform(-0.3, 0.3))))
    if rng.random() < 0.08:
        x = np.repeat(x.mean(2, keepdims=True), 3, 2)
    if rng.random() < 0.15:
        x = cv2.GaussianBlur(x, (0, 0), float(rng.uniform(0.4, 1.2)))
    if rng.random() < 0.25:
        x = x + rng.normal(0, rng.uniform(0.005, 0.04), x.shape).astype(np.float32)
    if rng.random() < 0.15:  # a soft shadow or glare across the frame
        width = x.shape[1]
        ramp = np.linspace(rng.uniform(0.5, 1.3), rng.uniform(0.5, 1.3), width, dtype=np.float32)
        x = x * ramp[None, :, None]
    return np.clip(x, 0, 1)


class Mixer:
    """Draws training samples from real pairs, people and (from some step on) generated scenes."""

    def __init__(self, real: Sequence[Pair], people: Sequence[Pair]) -> None:
        self.real, self.people = real, people
        self.scenes: Sequence[Pair] = ()
        # a frame weighs more when it holds people on foot or on bicycles
        rare = np.array(
            [
                np.isin(pair.labels, (9, 10)).mean() + 0.5 * np.isin(pair.labels, (6, 7)).mean()
                for pair in real
            ]
        )
        self.chance = 1 + 2 * np.minimum(rare / max(rare.mean(), 1e-9), 2)
        self.chance /= self.chance.sum()

    def pick(self, framing: Framing, rng: np.random.Generator, scene_share: float) -> Pair:
        """Return one warped source, generated with chance ``scene_share`` where there are any."""
        if self.scenes and rng.random() < scene_share:
            return warp(self.scenes[rng.integers(len(self.scenes))], framing, rng)
        return warp(self.real[rng.choice(len(self.real), p=self.chance)], framing, rng)

    def sample(
        self, framing: Framing, rng: np.random.Generator, scene_share: float
    ) -> tuple[NDArray[np.float32], Pixels]:
        """Return ``(3, H, W) float32`` in -1..1 and ``(H, W) uint8`` labels."""
        pair = self.pick(framing, rng, scene_share)
        if rng.random() < 0.5:
            pair = paste_classes(pair, self.pick(framing, rng, scene_share), rng)
        while self.people and rng.random() < 0.25:
            pair = paste_person(pair, self.people[rng.integers(len(self.people))], rng)
        pixels = relight(pair.pixels, rng)
        return np.ascontiguousarray(
            (pixels * 2 - 1).transpose(2, 0, 1), dtype=np.float32
        ), pair.labels
