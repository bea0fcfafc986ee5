"""The confusion matrix against the usual ``np.bincount``, side by side.

Every kind of map is counted by both in turn, so that a busy moment of the machine hits both. The
ratio is between the medians. ``python -m benchmarks.metrics`` prints the table.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.table import Row, print_table
from seglib.metrics import confusion_matrix

HEIGHT, WIDTH, CLASSES = 1024, 2048, 19
IGNORE = 255
REPEATS = 41

Map = NDArray[np.uint8]
Pair = tuple[Map, Map]


def usual(truth: Map, prediction: Map) -> NDArray[np.int64]:
    """Count the way that most evaluation scripts do."""
    judged = truth != IGNORE
    codes = CLASSES * truth[judged].astype(int) + prediction[judged]
    return np.bincount(codes, minlength=CLASSES**2).reshape(CLASSES, CLASSES)


def ours(truth: Map, prediction: Map) -> NDArray[np.int64]:
    """Count with the library."""
    return confusion_matrix(truth, prediction, num_classes=CLASSES, ignore_label=IGNORE)


def regions(rng: np.random.Generator, *, detail: float) -> Pair:
    """Make a truth of smooth regions and a prediction that is mostly right, as a network's is."""
    small = (HEIGHT // 8, WIDTH // 8)
    fields = [
        cv2.GaussianBlur(rng.standard_normal(small, np.float32), (0, 0), detail)
        for _ in range(CLASSES)
    ]
    mistaken = [
        field + 0.15 * cv2.GaussianBlur(rng.standard_normal(small, np.float32), (0, 0), detail / 2)
        for field in fields
    ]
    truth, prediction = (
        np.stack([cv2.resize(field, (WIDTH, HEIGHT)) for field in each]).argmax(axis=0)
        for each in (fields, mistaken)
    )
    return truth.astype(np.uint8), prediction.astype(np.uint8)


def with_noise(rng: np.random.Generator, prediction: Map, share: float) -> Map:
    """Replace a share of the pixels by random classes."""
    noise = rng.integers(0, CLASSES, prediction.shape, dtype=np.uint8)
    return np.where(rng.random(prediction.shape) < share, noise, prediction)


def maps() -> Iterator[tuple[str, Pair]]:
    """Yield every kind of map, from none to all neighbours different."""
    rng = np.random.default_rng(0)
    border = slice(None, HEIGHT // 20)
    truth, prediction = regions(rng, detail=8.0)
    truth[border] = IGNORE
    yield "regions, mostly right", (truth, prediction)
    yield "the same, 1 % noise", (truth, with_noise(rng, prediction, 0.01))
    yield "the same, 10 % noise", (truth, with_noise(rng, prediction, 0.1))
    yield "one class", (np.full_like(truth, 3), np.full_like(truth, 3))
    blocks = np.kron(
        rng.integers(0, CLASSES, (HEIGHT // 16, WIDTH // 16), dtype=np.uint8),
        np.ones((16, 16), np.uint8),
    )
    yield "blocks of 16 px, 20 % noise", (blocks, with_noise(rng, blocks, 0.2))
    random_truth, random_prediction = rng.integers(0, CLASSES, (2, HEIGHT, WIDTH), dtype=np.uint8)
    yield "random, no ignored pixel", (random_truth, random_prediction)
    void = np.where(rng.random(random_truth.shape) < 0.05, np.uint8(IGNORE), random_truth)
    yield "random, 5 % ignored", (void, random_prediction)


def seconds(work: Callable[[Map, Map], object], pair: Pair) -> float:
    """Time one call, right after another that fetches the maps into the caches."""
    work(*pair)
    start = time.perf_counter()
    work(*pair)
    return time.perf_counter() - start


def rows() -> list[Row]:
    """Measure every kind of map."""
    found = []
    for name, pair in maps():
        if not np.array_equal(ours(*pair), usual(*pair)):
            raise SystemExit(f"the two ways disagree on: {name}")
        turns = [(seconds(ours, pair), seconds(usual, pair)) for _ in range(REPEATS)]
        mine, theirs = (statistics.median(each) for each in zip(*turns, strict=True))
        found.append(
            Row(
                what=f"confusion matrix: {name}",
                ours=f"{mine * 1e3:.2f} ms",
                usual=f"{theirs * 1e3:.2f} ms (bincount)",
                ratio=theirs / mine,
                size=f"{WIDTH}x{HEIGHT}, {CLASSES} classes, uint8",
                wanted=">= 5 times faster",
            )
        )
    return found


if __name__ == "__main__":
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{os.cpu_count()} processors, load before the start {load:.1f}\n")
    print_table(rows())
