"""A large picture through the street network, tile by tile, and what its seams did."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import overlap_tile, upsampling
from seglib.concepts.overlap_tile import Plan, TileOptions
from seglib.images import resize
from seglib.images.geometry import fitted_size
from seglib.ui import caches
from seglib.ui.samples import Picture

if TYPE_CHECKING:
    from seglib.engine import Engine
    from seglib.labels import LabelSet

MODEL = "street"
BAND = 16
"""Pixels: what counts as near a seam."""

Labels = NDArray[np.uint8]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Large:
    """A picture larger than the network's input.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
    truth : (H, W) uint8 or None
    tile : (width, height)
        The network's input.
    label_set : LabelSet
    """

    pixels: NDArray[np.uint8]
    truth: Labels | None
    tile: tuple[int, int]
    label_set: LabelSet

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.pixels.shape[1], self.pixels.shape[0]


@st.cache_resource(max_entries=4, ttl="20m", show_spinner=False)
def _large(digest: str, source: str, zoom: int, _picture: Picture) -> Large:
    own = caches.segmenter(MODEL)
    tile = own.card.input_size
    side = zoom * tile[0]
    size = fitted_size(_picture.image.size, (side, side))
    pixels = resize(_picture.image.pixels, size)
    pixels.setflags(write=False)
    truth = None
    if _picture.truth is not None:
        truth = upsampling.nearest(_picture.truth.labels, size[::-1]).astype(np.uint8)
    return Large(pixels, truth, tile, own.label_set)


def large(picture: Picture, zoom: str) -> Large:
    """Return the picture with its longer side at ``zoom`` times the network's input."""
    return _large(picture.image.digest, caches.source_of(picture), int(zoom), picture)


def plan(scene: Large, options: TileOptions) -> Plan:
    """Return how it is cut."""
    return overlap_tile.tiles(
        scene.size, scene.tile, options.overlap, options.mirror, spread=options.spread
    )


@dataclass(frozen=True)
class Seams:
    """What the seams did.

    Parameters
    ----------
    across, elsewhere : float
        Share of neighbouring pixels with different classes: across a seam, and anywhere else.
    """

    across: float
    elsewhere: float


@dataclass(frozen=True)
class Agreement:
    """A tiled answer against the whole picture at once.

    Parameters
    ----------
    near, far : float
        Share of pixels with another class: within 16 px of a seam, and farther off.
    distances, differs : tuple of float
        Middle of each ring of distances to the tile's rim in pixels, and the share there.
    """

    near: float
    far: float
    distances: tuple[float, ...]
    differs: tuple[float, ...]


def seams(labels: Labels, how: Plan) -> Seams:
    """Count changes of class across the seams and elsewhere; ``nan`` where there is no seam."""
    upright, level = how.seams
    changes = ((labels[:, 1:] != labels[:, :-1], upright, 1), (labels[1:] != labels[:-1], level, 0))
    on: list[NDArray[np.bool_]] = []
    off: list[NDArray[np.bool_]] = []
    for differs, places, axis in changes:
        at = [place - 1 for place in places]
        on.append(np.take(differs, at, axis=axis).ravel())
        off.append(np.delete(differs, at, axis=axis).ravel())
    across, elsewhere = np.concatenate(on), np.concatenate(off)
    return Seams(
        float(across.mean()) if across.size else float("nan"),
        float(elsewhere.mean()) if elsewhere.size else float("nan"),
    )


def worst(labels: Labels, how: Plan, crop: tuple[int, int]) -> tuple[int, int] | None:
    """Return row and column of the crop around a seam with the most changes of class across it.

    Parameters
    ----------
    labels : (H, W) uint8
    how : Plan
    crop : (height, width)
        In pixels.

    Returns
    -------
    (row, column) or None
        ``None`` where there is no seam.
    """
    upright, level = how.seams
    lines = [(labels[:, x] != labels[:, x - 1], x, 0) for x in upright]
    lines += [(labels[y] != labels[y - 1], y, 1) for y in level]
    best: tuple[int, int, int, int] | None = None
    for changes, place, along in lines:
        length = min(crop[along], len(changes))
        counts = np.convolve(changes.astype(np.int64), np.ones(length, np.int64), "valid")
        start = int(counts.argmax())
        if best is None or counts[start] > best[0]:
            best = int(counts[start]), start, place, along
    if best is None:
        return None
    _, start, place, along = best
    middle = place - crop[1 - along] // 2
    row, column = (start, middle) if along == 0 else (middle, start)
    height, width = labels.shape
    return (
        max(0, min(row, height - crop[0])),
        max(0, min(column, width - crop[1])),
    )


def agreement(labels: Labels, whole: Labels, how: Plan) -> Agreement:
    """Compare with the whole picture at once, near the seams and by the distance to the rim."""
    differs = labels != whole
    near = how.seam_distance() < BAND
    distance = how.rim_distance()

    def share(mask: NDArray[np.bool_]) -> float:
        return float(differs[mask].mean()) if mask.any() else float("nan")

    rings = [(i * 8, i * 8 + 8) for i in range(20)]
    shares = [(low + 4.0, share((distance >= low) & (distance < high))) for low, high in rings]
    known = [(at, value) for at, value in shares if np.isfinite(value)]
    return Agreement(
        share(near),
        share(~near),
        tuple(at for at, _ in known),
        tuple(value for _, value in known),
    )


def context_needed(bare: Agreement) -> float | None:
    """Return the pixels of context after which three quarters of the rim's difference is gone.

    Parameters
    ----------
    bare : Agreement
        Of tiles without overlap, so that it begins at the rim.

    Returns
    -------
    float or None
        ``None`` where it is never gone within the tile, or there is nothing to compare.
    """
    if not bare.differs or bare.differs[0] == 0:
        return None
    limit = bare.differs[0] / 4
    return next(
        (at for at, share in zip(bare.distances, bare.differs, strict=True) if share <= limit), None
    )


class Kept:
    """Answers by their content; one can ask without computing, as Streamlit's caches cannot.

    Parameters
    ----------
    capacity : int
        Answers kept at most, the one used longest ago goes first.
    seconds : float
        How long an answer is kept: it may be of a stranger's picture.
    """

    def __init__(self, capacity: int = 16, seconds: float = 1200) -> None:
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[object, ...], tuple[float, Labels]] = OrderedDict()
        self._capacity = capacity
        self._seconds = seconds

    def get(self, key: tuple[object, ...]) -> Labels | None:
        """Return what is kept, if it is."""
        with self._lock:
            self._forget()
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key][1]

    def put(self, key: tuple[object, ...], labels: Labels) -> None:
        """Keep an answer."""
        labels.setflags(write=False)
        with self._lock:
            self._forget()
            self._entries[key] = time.monotonic(), labels
            while len(self._entries) > self._capacity:
                self._entries.popitem(last=False)

    def _forget(self) -> None:
        oldest = time.monotonic() - self._seconds
        for key in [key for key, (when, _) in self._entries.items() if when < oldest]:
            del self._entries[key]


@st.cache_resource(show_spinner=False)
def kept() -> Kept:
    """Return the answers that all visitors share."""
    return Kept()


def key(picture: Picture, options: TileOptions) -> tuple[object, ...]:
    """Return what an answer depends on; pixels alone, so that strangers share nothing else."""
    return picture.image.digest, *astuple(options)


def tiled(scene: Large, options: TileOptions, *, progress: Progress | None = None) -> Labels:
    """Run the network on every tile and put the answers together."""
    # the same precision as for the whole picture: nothing but the tiles may make a difference
    own = caches.segmenter(MODEL, "f32")
    how = plan(scene, options)

    def network(seen: NDArray[Any]) -> NDArray[Any]:
        pixels = np.ascontiguousarray(seen)[None]
        run = own.engine.infer({own.card.input_name: pixels})
        caches.INFERENCES.add()
        scores = run.output(own.card.output_name)[0].astype(np.float32)
        full = upsampling.interpolate(scores, seen.shape[:2])
        return full if options.blend else np.argmax(full, axis=0).astype(np.uint8)

    answer = overlap_tile.run(scene.pixels, how, network, blend=options.blend, progress=progress)
    return answer.argmax(axis=0).astype(np.uint8) if options.blend else answer


def _whole_engine(size: tuple[int, int]) -> Engine:
    from seglib.models import find
    from seglib.models.loading import configured_engine

    card = find(MODEL)
    width, height = size

    def transform(model: Any) -> Any:
        model.reshape([1, 3, height, width])
        return card.preprocessing.embed(model)

    return configured_engine(card, transform, precision="f32", variant=("whole", *size))


def whole(scene: Large) -> Labels:
    """Run the network once on the whole picture: it is fully convolutional, so it takes any size.

    The picture is padded to whole network cells. Compiling for a new size takes a while.
    """
    from seglib.models import find

    card = find(MODEL)
    width, height = (-(-side // 16) * 16 for side in scene.size)
    wide, high = scene.size
    around = ((0, height - high), (0, width - wide), (0, 0))
    padded = np.pad(scene.pixels, around, mode="edge")
    run = _whole_engine((width, height)).infer({card.input_name: padded[None]})
    caches.INFERENCES.add()
    scores = run.output(card.output_name)[0].astype(np.float32)
    full = upsampling.interpolate(scores, (height, width))
    labels: Labels = full[:, :high, :wide].argmax(axis=0).astype(np.uint8)
    return labels


def mean_iou(scene: Large, labels: Labels) -> float | None:
    """Return the mean IoU, where there is a truth."""
    if scene.truth is None:
        return None
    from seglib import metrics

    matrix = metrics.confusion_matrix(scene.truth, labels, num_classes=scene.label_set.num_classes)
    return float(metrics.mean_iou(matrix, absent="skip"))
