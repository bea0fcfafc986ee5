"""Reading the training pictures: CamVid pairs, people to paste, generated street scenes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

VOID = 255
RARE = (2, 6, 7, 8, 9, 10)
"""Pole, sign, fence, car, pedestrian, bicyclist: what is pasted from one frame into another."""


@dataclass(frozen=True)
class Pair:
    """A picture ``(H, W, 3) uint8`` RGB and its label map ``(H, W) uint8``."""

    pixels: Pixels
    labels: Pixels


def read_rgb(path: Path) -> Pixels:
    """Read a picture as RGB."""
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise FileNotFoundError(path)
    return np.ascontiguousarray(pixels[..., ::-1])


def read_pairs(folder: Path) -> list[Pair]:
    """Read every ``NAME.jpg`` with its ``NAME.png``."""
    paths = sorted(folder.glob("*.jpg"))
    if not paths:
        raise FileNotFoundError(f"no NAME.jpg in {folder}")
    return [
        Pair(read_rgb(path), cv2.imread(str(path.with_suffix(".png")), cv2.IMREAD_UNCHANGED))
        for path in paths
    ]


def read_people(folder: Path, *, height: int = 220) -> list[Pair]:
    """Read full-length people, cropped to their box; labels 1 = person, 0 = not."""
    people = []
    for path in sorted(folder.glob("*.jpg")):
        pixels = read_rgb(path)
        labels = cv2.imread(str(path.with_suffix(".png")), cv2.IMREAD_UNCHANGED)
        person = (labels > 0).astype(np.uint8)
        x, y, w, h = cv2.boundingRect(person)
        if h < 100 or w < 20:
            continue
        scale = min(1.0, height / h)
        size = (max(1, round(w * scale)), max(1, round(h * scale)))
        box = (slice(y, y + h), slice(x, x + w))
        people.append(
            Pair(
                cv2.resize(pixels[box], size, interpolation=cv2.INTER_AREA),
                cv2.resize(person[box], size, interpolation=cv2.INTER_NEAREST),
            )
        )
    return people


def generate_scenes(count: int, size: tuple[int, int], *, first_seed: int) -> Iterator[Pair]:
    """Generate street scenes with exact truth; seeds count up from ``first_seed``."""
    from seglib import scenes

    for seed in range(first_seed, first_seed + count):
        scene = scenes.street(seed, size=size)
        yield Pair(np.array(scene.image.pixels), np.array(scene.truth.semantic.labels))
