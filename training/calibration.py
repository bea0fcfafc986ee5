"""Training pictures of each model, as they are before the app's own preprocessing.

Quantising looks at them to find the ranges of a network's values. None of them is held out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from training import foreground, nuclei
from training.camvid import Pixels, read_rgb
from training.everyday import Recipe
from training.foreground_data import read_subjects
from training.nuclei_data import read as read_slides

T = TypeVar("T")


def draw(items: Iterable[T], count: int, rng: np.random.Generator) -> list[T]:
    """Draw up to ``count`` of a stream with equal chances, holding no more than that at a time."""
    kept: list[T] = []
    for number, item in enumerate(items):
        if number < count:
            kept.append(item)
        elif (place := int(rng.integers(number + 1))) < count:
            kept[place] = item
    return kept


def learned(items: Iterable[T], every: int) -> Iterator[T]:
    """Leave out what is held out: the first of every so many."""
    return (item for number, item in enumerate(items) if number % every)


def street(data: Path, count: int, rng: np.random.Generator) -> Iterator[Pixels]:
    """Yield CamVid's training frames."""
    paths = sorted((data / "camvid/train").glob("*.jpg"))
    yield from map(read_rgb, draw(paths, count, rng))


def everyday(data: Path, count: int, rng: np.random.Generator) -> Iterator[Pixels]:
    """Yield photographs of VOC, a quarter of them of COCO."""
    every = Recipe().held_out
    voc = (path.with_suffix(".jpg") for path in sorted((data / "voc").glob("*.png")))
    listed = json.loads((data / "coco/instances_train.json").read_text())["images"]
    coco = (data / "coco/train" / Path(each["file_name"]).name for each in listed)
    chosen = draw(learned(voc, every), count - count // 4, rng)
    chosen += draw(learned(coco, every // 2), count // 4, rng)
    yield from map(read_rgb, chosen)


def subjects(data: Path, count: int, rng: np.random.Generator) -> Iterator[Pixels]:
    """Yield pictures with a subject, of all sources."""
    kept = draw(learned(read_subjects(data), foreground.HELD_OUT), count, rng)
    yield from (subject.pixels for subject in kept)


def slides(data: Path, count: int, rng: np.random.Generator) -> Iterator[Pixels]:
    """Yield slides, stained ones among them."""
    kept = draw(learned(read_slides(data / "nuclei"), nuclei.HELD_OUT), count, rng)
    yield from (slide.pixels for slide in kept)


PICTURES: dict[str, Callable[[Path, int, np.random.Generator], Iterator[Pixels]]] = {
    "street": street,
    "everyday": everyday,
    "foreground": subjects,
    "nuclei": slides,
}
"""Folder of the data, how many, random → pictures ``(H, W, 3) uint8`` RGB."""
