"""GrabCut: a box or a few marks, and the cheapest cut between two colour models.

Helps on one object before a different background, hair and fur included: a box is often enough.
Fails where object and background share their colours; marks then correct it.

Source: Rother, Kolmogorov and Blake, "GrabCut": Interactive Foreground Extraction using Iterated
Graph Cuts, SIGGRAPH 2004; OpenCV's ``grabCut``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seglib.annotate._check import MAX_PIXELS, Mask, Pixels, expect_mask, expect_pixels, frozen
from seglib.errors import ShapeError
from seglib.options import Checked, number, whole

Box = tuple[float, float, float, float]
_FEWEST = 8
"""Pixels a side that OpenCV's five-part colour models need."""


@dataclass(frozen=True)
class GrabcutOptions(Checked):
    """How long it works, and on what."""

    rounds: int = whole(2, 1, 6, "Rounds of fitting the colours and cutting anew.")
    margin: float = number(
        0.35,
        0.1,
        1.0,
        "Surroundings that are looked at, as a share of the box: less is faster and more local.",
    )


def grabcut(
    pixels: Pixels,
    *,
    box: Box | None = None,
    foreground: Mask | None = None,
    background: Mask | None = None,
    options: GrabcutOptions | None = None,
) -> Mask:
    """Cut an object out.

    Only the box and a margin around it are computed; outside, nothing is the object. Without a
    box, marks on both sides leave everything between them open; with marks on the object alone,
    their own extent, twice as large, stands for the box.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB, at most 600,000 pixels.
    box : (x1, y1, x2, y2), optional
        The object lies within, pixels; outside is surely background.
    foreground, background : (H, W) bool, optional
        Marks that are surely object, surely not; where both lie, the object wins.
    options : GrabcutOptions, optional

    Returns
    -------
    (H, W) bool
        Read-only. The same input gives the same mask.

    Raises
    ------
    ShapeError
        Neither a box nor a mark on the object was given, or the box is too small or outside.
    """
    import cv2

    options = options or GrabcutOptions()
    pixels = expect_pixels(pixels, limit=MAX_PIXELS)
    height, width = pixels.shape[:2]
    empty = np.zeros((height, width), np.bool_)
    inside = empty if foreground is None else expect_mask(foreground, pixels.shape)
    beside = empty if background is None else expect_mask(background, pixels.shape)
    beside = beside & ~inside
    if box is None and inside.any() and beside.any():
        box = (0, 0, width, height)
    x1, y1, x2, y2 = _box(box, inside, width, height)
    pad_x, pad_y = (round(options.margin * (b - a)) + 4 for a, b in ((x1, x2), (y1, y2)))
    window = (
        slice(max(0, y1 - pad_y), min(height, y2 + pad_y)),
        slice(max(0, x1 - pad_x), min(width, x2 + pad_x)),
    )
    trimap = np.full((height, width), cv2.GC_BGD, np.uint8)
    trimap[y1:y2, x1:x2] = cv2.GC_PR_FGD
    trimap[beside] = cv2.GC_BGD
    trimap[inside] = cv2.GC_FGD
    part = np.ascontiguousarray(trimap[window])
    if not np.isin(part, (cv2.GC_BGD, cv2.GC_PR_BGD)).any():
        raise ShapeError("expected some background around the object, got a box over everything")
    if np.isin(part, (cv2.GC_FGD, cv2.GC_PR_FGD)).sum() < _FEWEST:
        raise ShapeError("expected a larger box or more marks on the object")
    outer, inner = np.zeros((1, 65)), np.zeros((1, 65))
    # Its colour models start from a random k-means: the seed makes the answer repeatable.
    cv2.setRNGSeed(0)
    cv2.grabCut(
        np.ascontiguousarray(pixels[window]),
        part,
        (0, 0, 0, 0),
        outer,
        inner,
        options.rounds,
        cv2.GC_INIT_WITH_MASK,
    )
    result = empty.copy()
    result[window] = (part == cv2.GC_FGD) | (part == cv2.GC_PR_FGD)
    mask: Mask = frozen(result)
    return mask


def _box(box: Box | None, inside: Mask, width: int, height: int) -> tuple[int, int, int, int]:
    if box is None:
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        if not rows.size:
            raise ShapeError("expected a box or marks on the object, got neither")
        x1, x2, y1, y2 = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
        more_x, more_y = max(16, (x2 - x1) // 2), max(16, (y2 - y1) // 2)
        # Not quite to the picture's edge, so that some background is left.
        return (
            max(1, int(x1 - more_x)),
            max(1, int(y1 - more_y)),
            min(width - 1, int(x2 + more_x)),
            min(height - 1, int(y2 + more_y)),
        )
    if not np.isfinite(box).all():
        raise ShapeError(f"expected a box of finite numbers, got {box}")
    xs, ys = sorted((box[0], box[2])), sorted((box[1], box[3]))
    x1, x2 = (round(min(max(value, 0), width)) for value in xs)
    y1, y2 = (round(min(max(value, 0), height)) for value in ys)
    if x2 - x1 < 4 or y2 - y1 < 4:
        raise ShapeError(
            f"expected a box of at least 4 × 4 pixels in the picture, got {x2 - x1} × {y2 - y1}"
        )
    return int(x1), int(y1), int(x2), int(y2)
