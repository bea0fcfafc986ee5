"""Making one training sample of the everyday model: class balance, geometry, pasting, light.

Pasting whole instances onto other pictures follows Ghiasi et al. 2021 ("Simple Copy-Paste").
Groups of one class, overlapping, teach the network to tell touching things apart, which VOC's
semantic labels alone cannot.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augment import relight
from training.everyday_data import UNKNOWN, VOID, Cutout, Sample

HERDS = (3, 5, 7, 8, 9, 10, 12, 13, 15, 17)
"""Bird, bottle, car, cat, chair, cow, dog, horse, person, sheep: what comes in groups."""


Matrix = NDArray[np.float64]


def warp(
    sample: Sample, side: int, scales: tuple[float, float], rng: np.random.Generator
) -> Sample:
    """Flip, scale, change the aspect, tilt and place on a square of ``side`` pixels.

    A scale of 1 fits the longest side of the picture into the square.
    """
    return move(sample, draw_move(sample, side, scales, rng), side)


def draw_move(
    sample: Sample, side: int, scales: tuple[float, float], rng: np.random.Generator
) -> Matrix:
    """Draw the affine map ``(2, 3)`` from the picture's pixels to those of the square."""
    height, width = sample.labels.shape
    scale = side / max(height, width) * np.exp(rng.uniform(*np.log(scales)))
    aspect = np.exp(rng.uniform(-0.2, 0.2) * (rng.random() < 0.6))
    sx, sy = scale * np.sqrt(aspect), scale / np.sqrt(aspect)
    angle = np.deg2rad(rng.normal(0, 4.0)) if rng.random() < 0.3 else 0.0
    flip = -1.0 if rng.random() < 0.5 else 1.0
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[sx * cos * flip, -sy * sin, 0], [sx * sin * flip, sy * cos, 0]])
    # a point of the picture goes to the middle: such that the square is filled where it can be,
    # and that the picture lies anywhere in it where it cannot
    reach = np.array([side / sx, side / sy]) / 2
    size = np.array([width, height])
    low, high = np.minimum(reach, size - reach), np.maximum(reach, size - reach)
    centre = rng.uniform(low, high + 1e-6)
    matrix[:, 2] = side / 2 - matrix[:, :2] @ centre
    return matrix


def move(sample: Sample, matrix: Matrix, side: int) -> Sample:
    """Draw a picture and its labels on a square; what lies beyond the picture is not judged."""
    source = sample.pixels
    scale = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    if scale < 0.8:  # warpAffine does not antialias: blur as much as it shrinks
        source = cv2.GaussianBlur(source, (0, 0), 0.45 / scale)
    pixels = cv2.warpAffine(source, matrix, (side, side), flags=cv2.INTER_LINEAR)
    labels = cv2.warpAffine(
        sample.labels, matrix, (side, side), flags=cv2.INTER_NEAREST, borderValue=VOID
    )
    ids = cv2.warpAffine(sample.ids, matrix, (side, side), flags=cv2.INTER_NEAREST)
    return Sample(pixels, labels, ids, sample.source)


def paste(
    onto: Sample, cutout: Cutout, height: int, centre: tuple[int, int], rng: np.random.Generator
) -> Sample:
    """Put one instance of ``height`` pixels, with soft edges, in front of everything else."""
    rows, columns = onto.labels.shape
    tall = max(8, height)
    wide = max(8, round(tall * cutout.mask.shape[1] / cutout.mask.shape[0]))
    pixels = cv2.resize(cutout.pixels, (wide, tall), interpolation=cv2.INTER_AREA)
    mask = cv2.resize(cutout.mask, (wide, tall), interpolation=cv2.INTER_NEAREST)
    if rng.random() < 0.5:
        pixels, mask = pixels[:, ::-1], mask[:, ::-1]
    left, top = centre[0] - wide // 2, centre[1] - tall // 2
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + wide, columns), min(top + tall, rows)
    if x1 - x0 < 6 or y1 - y0 < 6:
        return onto
    into, cut = (
        (slice(y0, y1), slice(x0, x1)),
        (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)),
    )
    used = set(np.unique(onto.ids).tolist())
    number = next(n for n in range(1, 256) if n not in used)
    where = mask[cut] > 0
    if number == UNKNOWN or where.sum() < 60:
        return onto
    soft = cv2.GaussianBlur(where.astype(np.float32), (0, 0), float(rng.uniform(0.5, 1.1)))[
        ..., None
    ]
    out, labels, ids = onto.pixels.copy(), onto.labels.copy(), onto.ids.copy()
    patch = pixels[cut].astype(np.float32)
    if rng.random() < 0.5:  # lit otherwise than its new surroundings
        patch = np.clip(patch * rng.uniform(0.7, 1.3), 0, 255)
    out[into] = (out[into] + soft * (patch - out[into])).astype(np.uint8)
    labels[into][where], ids[into][where] = cutout.class_id, number
    return Sample(out, labels, ids, onto.source)


class Drawn(NamedTuple):
    """One training sample.

    ``pixels (3, side, side)`` in -1..1, ``labels`` and ``ids (side, side)``; the picture's
    ``index`` and the affine ``matrix`` that took it there; ``bare (side, side)``: nothing was
    pasted over it.
    """

    pixels: NDArray[np.float32]
    labels: NDArray[np.int64]
    ids: NDArray[np.int64]
    index: int
    matrix: Matrix
    bare: NDArray[np.bool_]


class Mixer:
    """Draws samples: pictures with rare classes more often, instances pasted into half of them."""

    def __init__(self, samples: Sequence[Sample], cutouts: Sequence[Cutout]) -> None:
        self.samples = samples
        present = np.array([[np.any(s.labels == c) for c in range(1, 21)] for s in samples])
        often = present.sum(0)
        # each class is drawn as the square root of how often it comes
        worth = np.where(often > 0, 1 / np.sqrt(np.maximum(often, 6)), 0)
        chance = np.where(present, worth, 0).max(1)
        kinds = {"coco": 1.6, "clothing": 0.35, "salient": 0.7, "street": 0.35, "camvid": 0.1}
        chance = chance * np.array([kinds.get(s.source, 1.0) for s in samples])
        self.chance = np.maximum(chance, 0.35 * chance.mean())
        self.chance /= self.chance.sum()
        self.of_class = {
            c: [k for k in cutouts if k.class_id == c] for c in {k.class_id for k in cutouts}
        }
        counts = {c: len(k) for c, k in self.of_class.items()}
        self.classes = sorted(counts)
        weight = np.array([min(counts[c], 60) ** 0.35 for c in self.classes])
        self.class_chance = weight / weight.sum()

    def cutout(self, rng: np.random.Generator, class_id: int | None = None) -> Cutout:
        """Return one whole instance."""
        if class_id is None:
            class_id = int(rng.choice(self.classes, p=self.class_chance))
        among = self.of_class[class_id]
        return among[rng.integers(len(among))]

    def herd(self, sample: Sample, rng: np.random.Generator) -> Sample:
        """Paste two to four of one class beside and over each other."""
        side = sample.labels.shape[0]
        class_id = int(rng.choice([c for c in HERDS if c in self.of_class]))
        height = side * rng.uniform(0.2, 0.7)
        x, y = rng.uniform(0.15, 0.85) * side, rng.uniform(0.35, 0.75) * side
        for _ in range(rng.integers(2, 5)):
            cutout = self.cutout(rng, class_id)
            wide = height * cutout.mask.shape[1] / cutout.mask.shape[0]
            sample = paste(
                sample, cutout, round(height * rng.uniform(0.75, 1.25)), (round(x), round(y)), rng
            )
            x += wide * rng.uniform(0.4, 1.1) * (1 if rng.random() < 0.6 else -1)
            y += height * rng.normal(0, 0.08)
        return sample

    def sample(self, side: int, scales: tuple[float, float], rng: np.random.Generator) -> Drawn:
        """Return one training sample; every random choice is taken from ``rng``."""
        index = int(rng.choice(len(self.samples), p=self.chance))
        matrix = draw_move(self.samples[index], side, scales, rng)
        sample = moved = move(self.samples[index], matrix, side)
        drawn = rng.random()
        if drawn < 0.2:
            sample = self.herd(sample, rng)
        elif drawn < 0.6:
            for _ in range(rng.integers(1, 4)):
                place = rng.uniform(0.1, 0.9, 2) * side
                height = round(side * np.exp(rng.uniform(np.log(0.15), np.log(0.85))))
                sample = paste(
                    sample, self.cutout(rng), height, (round(place[0]), round(place[1])), rng
                )
        pixels = relight(sample.pixels, rng)
        return Drawn(
            np.ascontiguousarray((pixels * 2 - 1).transpose(2, 0, 1), dtype=np.float32),
            sample.labels.astype(np.int64),
            sample.ids.astype(np.int64),
            index,
            matrix,
            (sample.pixels == moved.pixels).all(2),
        )
