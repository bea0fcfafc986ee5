"""The street network's real scores from a coarse grid to its input size, in seven ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import pixel_shuffle, transposed, unpooling, upsampling
from seglib.ui import caches
from seglib.ui.samples import Picture

if TYPE_CHECKING:
    from seglib.labels import LabelSet

MODEL = "street"
COARSE = 8
"""Network input pixels of one cell of the coarse grid."""

Reduce = Literal["mean", "every"]
REDUCES: dict[str, str] = {"mean": "Mean of each block", "every": "First of each block"}
Scores = NDArray[np.float32]
Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Way:
    """One way from the coarse grid to every pixel.

    Parameters
    ----------
    title : str
        For a list.
    text : str
        One sentence.
    """

    title: str
    text: str


WAYS: dict[str, Way] = {
    "classes": Way(
        "Classes, then nearest",
        "Decide in each coarse cell and repeat it. Repeating the scores and deciding then is the "
        "very same.",
    ),
    "half_pixel": Way(
        "Bilinear, half-pixel", "Mix the scores of four cells that cover the same area, decide."
    ),
    "align_corners": Way(
        "Bilinear, align corners", "The corner cells' centres are moved into the corners."
    ),
    "asymmetric": Way(
        "Bilinear, asymmetric", "Only the first cells' centres meet: everything moves up and left."
    ),
    "transposed": Way(
        "Transposed convolution",
        "A 16 × 16 bilinear kernel with stride 8 and p = 4, as FCN's learned upsampling starts.",
    ),
    "unpool": Way(
        "Max-unpooling",
        "Each class's largest score goes back to its place; a 7 × 7 tent fills the gaps, divided "
        "by what it saw.",
    ),
    "shuffle": Way(
        "Pixel shuffle",
        "The 16 fine cells of each coarse cell were kept as 16 channels: the network's own answer.",
    ),
}


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture as the network sees it.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The network's input.
    scores : (C, h, w) float32
        The network's answer.
    truth : (H, W) uint8 or None
        At the input's size.
    label_set : LabelSet
        Of the scores and the truth.
    """

    pixels: NDArray[np.uint8]
    scores: Scores
    truth: Labels | None
    label_set: LabelSet

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the network's input."""
        return self.pixels.shape[0], self.pixels.shape[1]

    @property
    def block(self) -> int:
        """Fine cells in one coarse cell, in one direction."""
        return COARSE * int(self.scores.shape[1]) // self.size[0]


@dataclass(frozen=True, eq=False)
class Outcome:
    """One way's answer; metrics are ``None`` without a truth.

    Parameters
    ----------
    labels : (H, W) uint8
    mean_iou, boundary_iou : float or None
        Means over the classes that are there.
    """

    labels: Labels
    mean_iou: float | None
    boundary_iou: float | None


@st.cache_resource(max_entries=4, ttl="20m", show_spinner=False)
def _scene(digest: str, source: str, _picture: Picture) -> Scene:
    own = caches.segmenter(MODEL)
    answer = caches.forward(digest, MODEL, None, _picture)
    pixels = own.preprocess_steps(_picture.image)[0].array
    scores = answer.inference.output(own.card.output_name)[0].astype(np.float32)
    truth = None
    if _picture.truth is not None:
        x, y, width, height = answer.placement.box
        truth = np.full(pixels.shape[:2], 255, np.uint8)
        inside = upsampling.nearest(_picture.truth.labels, (height, width))
        truth[y : y + height, x : x + width] = inside
        truth.setflags(write=False)
    return Scene(pixels, scores, truth, own.label_set)


def scene(picture: Picture) -> Scene:
    """Return the network's view and answer; it runs once for each picture."""
    return _scene(picture.image.digest, caches.source_of(picture), picture)


def reduced(scores: Scores, block: int, how: Reduce) -> Scores:
    """Bring scores to a grid that is ``block`` times coarser.

    Parameters
    ----------
    scores : (C, h, w) float32
        Sides are multiples of ``block``.
    block : int
    how : {"mean", "every"}
        The mean of each block, or its first cell (as a convolution with a stride takes).
    """
    if how == "every":
        return np.ascontiguousarray(scores[:, ::block, ::block])
    channels, height, width = scores.shape
    split = scores.reshape(channels, height // block, block, width // block, block)
    mean: Scores = split.mean(axis=(2, 4), dtype=np.float32)
    return mean


def labels_of(way: str, scores: Scores, size: tuple[int, int], block: int, how: Reduce) -> Labels:
    """Bring fine scores to the coarse grid and back to ``size``, and decide.

    Parameters
    ----------
    way : str
        Key of :data:`WAYS`.
    scores : (C, h, w) float32
    size : (height, width)
    block : int
    how : {"mean", "every"}
    """
    if way in ("unpool", "shuffle"):
        fine = _unpooled(scores, block) if way == "unpool" else _shuffled(scores, block)
        return _decide(upsampling.interpolate(fine, size))
    coarse = reduced(scores, block, how)
    if way == "classes":
        repeated: Labels = upsampling.nearest(_decide(coarse), size)
        return repeated
    if way == "transposed":
        factor = size[0] // coarse.shape[1]
        kernel = transposed.bilinear_kernel(factor)
        geometry = transposed.bilinear_geometry(factor)
        return _decide(transposed.backprop_data(coarse, kernel, geometry))
    mode: Any = way
    return _decide(upsampling.interpolate(coarse, size, coordinates=mode))


def _decide(scores: Scores) -> Labels:
    labels: Labels = np.argmax(scores, axis=0).astype(np.uint8)
    return labels


def _shuffled(scores: Scores, block: int) -> Scores:
    channels = pixel_shuffle.unshuffle(scores, block)
    return pixel_shuffle.depth_to_space(channels, block)


def _unpooled(scores: Scores, block: int) -> Scores:
    import cv2

    # Above zero, so that a maximum is never below the zeros between.
    raised = scores - scores.min()
    _, indices, full = unpooling.pool_and_unpool(raised, block)
    held = unpooling.unpool(np.ones(indices.shape, np.float32), indices, full.shape[-2:])
    line = transposed.tent_kernel(2 * block - 1)[block - 1].astype(np.float32)

    def tent(plane: Scores) -> Scores:
        blurred = cv2.sepFilter2D(plane, -1, line, line, borderType=cv2.BORDER_CONSTANT)
        return np.asarray(blurred, np.float32)

    # Knutsson and Westin 1993: filter values and certainty, divide.
    return np.stack([tent(v) / np.maximum(tent(c), 1e-6) for v, c in zip(full, held, strict=True)])


@st.cache_resource(max_entries=32, ttl="20m", show_spinner=False)
def _outcome(
    digest: str, source: str, way: str, how: Reduce, radius: int, _scene: Scene
) -> Outcome:
    labels = labels_of(way, _scene.scores, _scene.size, _scene.block, how)
    labels.setflags(write=False)
    if _scene.truth is None:
        return Outcome(labels, None, None)
    from seglib import metrics

    classes = _scene.label_set.num_classes
    matrix = metrics.confusion_matrix(_scene.truth, labels, num_classes=classes)
    mean = metrics.mean_iou(matrix, absent="skip")
    boundary = metrics.boundary_iou(_scene.truth, labels, num_classes=classes, radius=radius)
    return Outcome(labels, float(mean), float(np.nanmean(boundary)))


def outcome(picture: Picture, way: str, how: Reduce, radius: int) -> Outcome:
    """Return one way's answer for a picture; computed once."""
    return _outcome(
        picture.image.digest, caches.source_of(picture), way, how, radius, scene(picture)
    )


def outcomes(
    picture: Picture, how: Reduce, radius: int, *, step: Callable[[float], None] | None = None
) -> dict[str, Outcome]:
    """Return every way's answer."""
    found = {}
    for place, way in enumerate(WAYS, start=1):
        found[way] = outcome(picture, way, how, radius)
        if step is not None:
            step(place / len(WAYS))
    return found
