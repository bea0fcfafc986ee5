"""Objects drawn on their picture, against the usual way: picture-sized masks, one after the other.

Both sides start from decoded masks, blend every object's colour and draw the rims of all its parts
and holes; they are timed in turn in the same run and compared by their medians.
``python -m benchmarks.rendering`` prints the table.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.instance_metrics import side_by_side
from benchmarks.table import Row, print_table
from seglib.labels import VOC_21
from seglib.render import instance_colors, instance_ids, instances_overlay
from seglib.results import Instances

WIDTH, HEIGHT = 1280, 720
OBJECTS, MANY = 50, 10_000
OPACITY = 0.55

Masks = NDArray[np.bool_]


def masks(count: int, seed: int = 0) -> Masks:
    """Blobs of 40 to 250 pixels with a hole each, ``(N, H, W) bool``."""
    rng = np.random.default_rng(seed)
    stack = np.zeros((count, HEIGHT, WIDTH), np.uint8)
    for mask in stack:
        center = rng.integers((0, 0), (WIDTH, HEIGHT)).tolist()
        axes = rng.integers(20, 125, 2)
        angle = float(rng.uniform(0, 180))
        cv2.ellipse(mask, center, axes.tolist(), angle, 0, 360, 1, -1)
        cv2.ellipse(mask, center, (axes // 4).tolist(), angle, 0, 360, 0, -1)
    return stack.astype(bool)


def usual_overlay(
    pixels: NDArray[np.uint8], stack: Masks, colors: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Blend and outline picture-sized masks one after the other, as notebooks do."""
    drawn = pixels.copy()
    for mask, color in zip(stack, colors, strict=True):
        layer = drawn.copy()
        layer[mask] = color
        drawn = cv2.addWeighted(layer, OPACITY, drawn, 1 - OPACITY, 0)
        outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(drawn, outlines, -1, (255, 255, 255), 1)
    return np.asarray(drawn)


def overlay() -> Row:
    """Measure drawing fifty objects."""
    stack = masks(OBJECTS)
    found = Instances.from_masks(stack, [1] * OBJECTS, np.linspace(1, 0.5, OBJECTS), VOC_21)
    pixels = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    colors = instance_colors(found)
    mine, usual = side_by_side(
        lambda: instances_overlay(pixels, found, colors=colors, opacity=OPACITY),
        lambda: usual_overlay(pixels, stack, colors),
    )
    return Row(
        "drawing objects with rims on their picture",
        f"{mine * 1e3:.1f} ms",
        f"{usual * 1e3:.0f} ms (picture-sized masks, one by one)",
        usual / mine,
        f"{WIDTH}x{HEIGHT}, {OBJECTS} objects with a hole each",
        wanted="ours < 30 ms",
    )


def usual_ids(found: Instances) -> NDArray[np.uint16]:
    """Number the objects through a picture-sized mask each."""
    ids = np.zeros((HEIGHT, WIDTH), np.uint16)
    for row in reversed(range(len(found))):
        ids[found.mask(row)] = row + 1
    return ids


def id_map() -> Row:
    """Measure the id map of ten thousand objects, which makes them clickable."""
    rng = np.random.default_rng(2)
    disc = np.hypot(*np.mgrid[-5:6, -5:6]) < 5
    places = zip(rng.integers(0, WIDTH - 11, MANY), rng.integers(0, HEIGHT - 11, MANY), strict=True)
    found = Instances.from_crops(
        [(int(x), int(y), disc) for x, y in places],
        [1] * MANY,
        np.linspace(1, 0.1, MANY),
        VOC_21,
        size=(WIDTH, HEIGHT),
    )
    if not (instance_ids(found) == usual_ids(found)).all():
        raise SystemExit("the two ways disagree on who is on top")
    mine, usual = side_by_side(lambda: instance_ids(found), lambda: usual_ids(found), repeats=3)
    return Row(
        "id map of many objects",
        f"{mine * 1e3:.0f} ms",
        f"{usual * 1e3:.0f} ms (picture-sized masks, one by one)",
        usual / mine,
        f"{WIDTH}x{HEIGHT}, {MANY} objects",
    )


def rows() -> list[Row]:
    """Measure and return the table's rows; ratios are the usual way over ours."""
    return [overlay(), id_map()]


if __name__ == "__main__":
    print_table(rows())
