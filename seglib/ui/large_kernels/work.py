"""Everything computed for the page: features through both kernels, logits through the block."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import large_kernels as large
from seglib.concepts import large_kernels_graph as graph
from seglib.concepts.large_kernels import Kernel, Pairs
from seglib.concepts.large_kernels_options import LargeOptions
from seglib.images import Image
from seglib.ui import caches, layers
from seglib.ui.samples import Picture

LAYER = "decoder-1-8"
STRIDE = 8
"""Pixels of a cell of that layer."""
CLASSES = 11

Values = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Work:
    """One kernel on one map.

    Parameters
    ----------
    options : LargeOptions
    values : (h, w) float32
        The map.
    channels : int
        Of its layer.
    channel : int
        Which one it is.
    """

    options: LargeOptions
    values: Values
    channels: int
    channel: int

    @property
    def size(self) -> int:
        """Cells along a side of the kernel: odd."""
        return self.options.size | 1

    @cached_property
    def kernel(self) -> NDArray[np.float64]:
        """The k × k kernel."""
        return large.kernel(cast("Kernel", self.options.kernel), self.size)

    @cached_property
    def pairs(self) -> Pairs:
        """The pairs that stand for it; a kernel of one cell has but one."""
        return large.separate(self.kernel, min(int(self.options.pairs), self.size))

    @cached_property
    def dense(self) -> Values:
        """The map through k × k, on OpenVINO."""
        return graph.convolve(self.values, self.kernel)

    @cached_property
    def block(self) -> Values:
        """The map through the pairs, on OpenVINO."""
        return graph.block(self.values, self.pairs)


def read(options: LargeOptions, image: Image) -> Work:
    """Return the work for these options and a picture."""
    maps, order = _features(image.digest, image)
    channel = int(order[min(options.channel, len(maps) - 1)])
    return Work(options, maps[channel], len(maps), channel)


@st.cache_resource(max_entries=6, ttl="20m", show_spinner=False)
def _features(digest: str, _image: Image) -> tuple[Values, NDArray[np.int64]]:
    maps = layers.read(_image, layers.named(LAYER).name).maps
    return maps, np.argsort(-maps.std(axis=(1, 2)), kind="stable")


@dataclass(frozen=True, eq=False)
class Refined:
    """Logits before and after the boundary block.

    Parameters
    ----------
    before, after : (H, W) uint8
        Classes.
    changed : int
        Cells with another class.
    iou_before, iou_after : float or None
        Mean IoU against the truth, where there is one.
    apart : float
        Largest difference between OpenVINO and the numpy reference.
    """

    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    changed: int
    iou_before: float | None
    iou_after: float | None
    apart: float


def refined(picture: Picture, strength: float) -> Refined:
    """Run the boundary block on a picture's logits."""
    return _refined(picture.image.digest, caches.source_of(picture), strength, picture)


@st.cache_resource(max_entries=12, ttl="20m", show_spinner=False)
def _refined(digest: str, source: str, strength: float, _picture: Picture) -> Refined:
    from seglib.concepts import large_kernels_refine
    from seglib.metrics import confusion_matrix, mean_iou

    logits = np.asarray(
        next(iter(caches.forward(digest, layers.MODEL, None, _picture).outputs.values()))[0],
        np.float32,
    )
    better = graph.refine(logits, strength=strength)
    apart = float(np.abs(better - large_kernels_refine.refine(logits, strength=strength)).max())
    before, after = (np.asarray(z.argmax(axis=0), np.uint8) for z in (logits, better))
    scores: list[float | None] = [None, None]
    if _picture.truth is not None:
        truth = _picture.truth.labels
        rows, columns = (
            ((np.arange(cells) + 0.5) * pixels / cells).astype(np.int64)
            for cells, pixels in zip(before.shape, truth.shape, strict=True)
        )
        small = np.ascontiguousarray(truth[rows[:, None], columns])
        for place, labels in enumerate((before, after)):
            matrix = confusion_matrix(small, labels, num_classes=CLASSES)
            scores[place] = float(mean_iou(matrix, absent="skip"))
    return Refined(before, after, int((before != after).sum()), scores[0], scores[1], apart)
