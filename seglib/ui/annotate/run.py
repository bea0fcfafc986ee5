"""Running the tools for the page: pieces and proposals, with their measured times."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.annotate import shapes, strokes
from seglib.annotate.clusters import kmeans
from seglib.annotate.grabcut import grabcut
from seglib.annotate.mean_shift import mean_shift
from seglib.annotate.morphology import morphology
from seglib.annotate.region_growing import grow
from seglib.annotate.strokes import Stroke
from seglib.annotate.superpixels import superpixels, take
from seglib.annotate.threshold import threshold
from seglib.annotate.wand import wand
from seglib.annotate.watershed import watershed
from seglib.errors import ShapeError
from seglib.ui.annotate.subject import Subject
from seglib.ui.annotate.work import Mark

Mask = NDArray[np.bool_]
PIECES: dict[str, Callable[..., NDArray[np.int32]]] = {
    "superpixels": superpixels,
    "kmeans": kmeans,
    "meanshift": mean_shift,
}
SEEDS: dict[str, Callable[..., Mask]] = {"wand": wand, "grow": grow}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "polygon": shapes.polygon,
    "brush": shapes.brush,
    "bezier": shapes.bezier,
    "ellipse": shapes.ellipse,
    "rect": shapes.rotated_rectangle,
    **PIECES,
    **SEEDS,
    "grabcut": grabcut,
    "watershed": watershed,
    "threshold": threshold,
    "morphology": morphology,
}
"""The library's function behind each tool."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """A picture in pieces.

    Parameters
    ----------
    regions : (H, W) int32
        Number of the piece of each pixel.
    count : int
        How many there are.
    ms : float
        What cutting took, milliseconds.
    """

    regions: NDArray[np.int32]
    count: int
    ms: float


@st.cache_resource(max_entries=8, ttl="20m", show_spinner=False)
def pieces(key: str, tool: str, options: Any, _pixels: NDArray[np.uint8]) -> Pieces:
    """Cut a picture into pieces, once for all visitors."""
    start = time.perf_counter()
    regions = PIECES[tool](_pixels, options=options)
    return Pieces(regions, int(regions.max()) + 1, 1e3 * (time.perf_counter() - start))


def places(found: Sequence[Stroke], size: tuple[int, int]) -> list[tuple[float, float]]:
    """Return the pixels that clicks hit, or that a dragged click went over."""
    hit = np.zeros((size[1], size[0]), np.bool_)
    for stroke in found:
        if stroke.kind == "brush":
            # A path that crosses a pixel's side is within 0.71 of its centre.
            stroke = Stroke("brush", stroke.points, radius=0.71)
        hit |= strokes.to_mask(stroke, size)
    rows, columns = np.nonzero(hit)
    return [(float(x) + 0.5, float(y) + 0.5) for x, y in zip(columns, rows, strict=True)]


def clicked(
    subject: Subject, tool: str, options: Any, found: Sequence[Stroke]
) -> tuple[Mask, float]:
    """Return what clicks select with a tool of pieces or seeds, and the milliseconds it took."""
    seeds = places(found, subject.size)
    if tool in PIECES:
        cut = pieces(subject.key, tool, options, subject.pixels)
        start = time.perf_counter()
        return take(cut.regions, seeds), 1e3 * (time.perf_counter() - start)
    start = time.perf_counter()
    # A dragged wand would compare with every pixel on the way: its ends and middle are enough.
    some = seeds if len(seeds) <= 8 else seeds[:: -(-len(seeds) // 8)]
    return SEEDS[tool](subject.pixels, some, options=options), 1e3 * (time.perf_counter() - start)


def marked(subject: Subject, tool: str, options: Any, marks: Sequence[Mark]) -> tuple[Mask, float]:
    """Return the proposal from marks, and the milliseconds it took.

    Raises
    ------
    ShapeError
        The marks are not enough; the message says what is missing.
    """
    inside, beside, box = _sides(subject.size, marks)
    start = time.perf_counter()
    if tool == "watershed":
        mask = watershed(subject.pixels, inside, beside, options=options)
    else:
        mask = grabcut(
            subject.pixels, box=box, foreground=inside, background=beside, options=options
        )
    return mask, 1e3 * (time.perf_counter() - start)


def _sides(
    size: tuple[int, int], marks: Sequence[Mark]
) -> tuple[Mask, Mask, tuple[float, float, float, float] | None]:
    """Masks of both kinds of marks; the last box drawn is GrabCut's."""
    inside = np.zeros((size[1], size[0]), np.bool_)
    beside = inside.copy()
    box = None
    for mark in marks:
        stroke = mark.stroke
        if stroke.kind == "rect":
            (x, y), (a, b) = stroke.points[0], stroke.radii
            box = (x - a, y - b, x + a, y + b)
            continue
        side = inside if mark.inside else beside
        side |= strokes.to_mask(stroke, size)
        # The later mark corrects the earlier one.
        other = beside if mark.inside else inside
        other &= ~strokes.to_mask(stroke, size)
    return inside, beside, box


def whole(subject: Subject, tool: str, options: Any, mask: Mask) -> tuple[Mask, float, str]:
    """Return the proposal of a tool without marks, the milliseconds, and a word about it."""
    start = time.perf_counter()
    if tool == "threshold":
        found = threshold(subject.pixels, options=options)
        word = "line per pixel" if found.value is None else f"line at {found.value:.0f} of 255"
        return found.mask, 1e3 * (time.perf_counter() - start), word
    if not mask.any():
        raise ShapeError("nothing of this class is drawn yet: draw some, or take the example")
    changed = morphology(mask, options=options)
    return changed, 1e3 * (time.perf_counter() - start), ""
