"""What the foreground model learns from: people, salient objects, things of VOC, composites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.labels import VOC_21
from training.augment import relight
from training.camvid import Pixels, read_rgb
from training.everyday_data import VOID, Sample, read_coco, read_voc, shrink

FURNITURE = tuple(
    VOC_21.id_of(name)
    for name in ("bottle", "chair", "dining table", "potted plant", "sofa", "tv monitor")
)
"""Things that are as often in the background: where they are is not judged."""

UNKNOWN = -1.0
LONGEST = 400


@dataclass(frozen=True)
class Subject:
    """A picture and how much of each pixel is its subject.

    Parameters
    ----------
    pixels : ``(H, W, 3) uint8`` RGB
    alpha : ``(H, W) float32``
        0..1; -1 = not judged.
    source : str
        Folder it comes from.
    """

    pixels: Pixels
    alpha: NDArray[np.float32]
    source: str


def from_masks(folder: Path, pattern: str, source: str) -> Iterator[Subject]:
    """Read ``NAME.jpg`` with ``NAME.png``; anything above 0 is the subject."""
    for path in sorted(folder.glob(pattern)):
        label = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        mask = ((label if label.ndim == 2 else label[..., 0]) > 0).astype(np.uint8)
        pixels, mask = shrink(read_rgb(path.with_suffix(".jpg")), mask, LONGEST)
        yield Subject(pixels, mask.astype(np.float32), source)


def from_labels(sample: Sample) -> Subject | None:
    """Take the things of a labelled photograph as its subject, where they are large enough."""
    things = (sample.labels > 0) & (sample.labels != VOID) & ~np.isin(sample.labels, FURNITURE)
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(things.astype(np.uint8))
    alpha = things.astype(np.float32)
    alpha[(sample.labels == VOID) | np.isin(sample.labels, FURNITURE)] = UNKNOWN
    largest = stats[1:, cv2.CC_STAT_AREA].max() if count > 1 else 0
    if not 0.04 <= largest / alpha.size <= 0.9:
        return None
    for piece in range(1, count):
        # a passer-by in the distance: a subject for some, ground for others
        if stats[piece, cv2.CC_STAT_AREA] < 0.15 * largest:
            alpha[pieces == piece] = UNKNOWN
    return Subject(sample.pixels, alpha, sample.source)


def read_subjects(folder: Path) -> Iterator[Subject]:
    """Yield the subjects of all sources, always in the same order."""
    yield from from_masks(folder / "clothing", "*.png", "clothing")
    yield from from_masks(folder / "salient", "horse_*.png", "horse")
    yield from from_masks(folder / "salient", "[!h]*.png", "salient")
    for sample in chain(read_voc(folder / "voc"), _read_coco(folder)):
        if (subject := from_labels(sample)) is not None:
            yield subject


def read(folder: Path) -> tuple[list[Subject], list[Pixels]]:
    """Return subjects, and pictures without one, to paste subjects on."""
    grounds = [s.pixels for s in _read_coco(folder) if (s.labels > 0).mean() < 0.02]
    grounds += [read_rgb(path) for path in sorted((folder / "camvid/train").glob("*.jpg"))[::8]]
    return list(read_subjects(folder)), grounds


def _read_coco(folder: Path) -> Iterator[Sample]:
    return read_coco(folder / "coco/train", folder / "coco/instances_train.json", longest=LONGEST)


def warp(
    subject: Subject, side: int, scales: tuple[float, float], rng: np.random.Generator
) -> tuple[Pixels, NDArray[np.float32]]:
    """Flip, stretch to a square, scale, tilt and cut; what lies outside is not judged.

    A scale of 1 stretches the whole picture to the square, as the app does.
    """
    height, width = subject.alpha.shape
    scale = float(np.exp(rng.uniform(*np.log(scales))))
    # between the picture's own proportions and the stretched ones
    keep = np.sqrt(width / height) ** rng.uniform(-0.3, 1.0)
    sx, sy = side / width * scale * keep, side / height * scale / keep
    angle = np.deg2rad(rng.normal(0, 6)) if rng.random() < 0.4 else 0.0
    flip = -1.0 if rng.random() < 0.5 else 1.0
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[sx * cos * flip, -sy * sin, 0], [sx * sin * flip, sy * cos, 0]])
    if scale > 1.3:  # close up: on the subject's upper part, as a portrait is
        rows, columns = np.nonzero(subject.alpha > 0.5)
        top = np.percentile(rows, rng.uniform(0, 60)) if rows.size else height / 2
        middle = columns.mean() if rows.size else width / 2
        centre = np.array([middle, top]) + rng.normal(0, 0.12, 2) * [width, height]
    else:
        reach = np.array([side / sx, side / sy]) / 2
        size = np.array([width, height])
        low, high = np.minimum(reach, size - reach), np.maximum(reach, size - reach)
        centre = rng.uniform(low, high + 1e-6)
    matrix[:, 2] = side / 2 - matrix[:, :2] @ centre
    source = subject.pixels
    if min(sx, sy) < 0.8:  # warpAffine does not antialias
        source = cv2.GaussianBlur(source, (0, 0), 0.45 / min(sx, sy))
    pixels = cv2.warpAffine(
        source, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    known = cv2.warpAffine(
        (subject.alpha < 0).astype(np.float32), matrix, (side, side), borderValue=1.0
    )
    alpha = cv2.warpAffine(np.maximum(subject.alpha, 0), matrix, (side, side))
    alpha[known > 0.05] = UNKNOWN
    return pixels, alpha


class Mixer:
    """Draws samples: real pictures, and subjects with soft edges on other grounds."""

    SHARES = {"clothing": 0.26, "salient": 0.2, "horse": 0.06, "voc": 0.4, "coco": 0.08}  # noqa: RUF012

    def __init__(self, subjects: Sequence[Subject], grounds: Sequence[Pixels]) -> None:
        self.subjects, self.grounds = subjects, grounds
        sources = np.array([s.source for s in subjects])
        self.chance = np.array([self.SHARES[s] / (sources == s).sum() for s in sources])
        self.chance /= self.chance.sum()
        # nothing unknown at its rim: a clean cut-out
        self.clean = [s for s in subjects if s.source in ("clothing", "horse", "salient")]

    def composite(self, side: int, rng: np.random.Generator) -> tuple[Pixels, NDArray[np.float32]]:
        """Blend one subject into another ground with an edge from hard to soft."""
        subject = self.clean[rng.integers(len(self.clean))]
        pixels, alpha = warp(subject, side, (0.6, 2.2), rng)
        outside = alpha < 0
        mask = np.where(outside, 0, alpha).astype(np.float32)
        # the rim of a mask still shows the old ground: take it a little inside
        mask = cv2.erode((mask > 0.5).astype(np.float32), np.ones((3, 3), np.uint8))
        alpha = cv2.GaussianBlur(mask, (0, 0), float(np.exp(rng.uniform(np.log(0.5), np.log(2.5)))))
        ground = self.grounds[rng.integers(len(self.grounds))]
        empty = Subject(ground, np.zeros(ground.shape[:2], np.float32), "ground")
        behind, _ = warp(empty, side, (1.0, 2.5), rng)
        if rng.random() < 0.5:  # out of focus
            behind = cv2.GaussianBlur(behind, (0, 0), float(rng.uniform(1, 5)))
        if rng.random() < 0.15:  # a wall
            behind = np.full_like(behind, rng.integers(0, 256, 3).astype(np.uint8))
        soft = alpha[..., None]
        mixed = behind + soft * (pixels.astype(np.float32) - behind)
        return mixed.astype(np.uint8), alpha

    def sample(
        self, side: int, scales: tuple[float, float], rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return pixels ``(3, side, side)`` in -1..1 and alpha ``(side, side)``."""
        if rng.random() < 0.25:
            pixels, alpha = self.composite(side, rng)
        else:
            subject = self.subjects[rng.choice(len(self.subjects), p=self.chance)]
            pixels, alpha = warp(subject, side, scales, rng)
        x = relight(pixels, rng)
        return np.ascontiguousarray((x * 2 - 1).transpose(2, 0, 1), dtype=np.float32), alpha
