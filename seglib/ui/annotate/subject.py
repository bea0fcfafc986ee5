"""What is annotated: a picture at the size that the tools work at, with its truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.images import Image, resize
from seglib.labels import CAMVID_11, VOC_21, Label, LabelSet
from seglib.results import SemanticMap
from seglib.ui import picker
from seglib.ui.pack import nearest

MAX_SIDE = 900
"""Pixels: a larger picture is annotated on a reduced view."""
MAX_PIXELS = 500_000
MAX_NAMES = 20


@dataclass(frozen=True, eq=False)
class Subject:
    """A picture to annotate.

    Parameters
    ----------
    key : str
        Of pixels and size, for caches.
    title : str
        A few words.
    pixels : (h, w, 3) uint8
        At the working size; the label map has this size too.
    full_size : (width, height)
        Of the picture itself; files are written at this size.
    truth : SemanticMap or None
        Exact ground truth at the working size.
    """

    key: str
    title: str
    pixels: NDArray[np.uint8]
    full_size: tuple[int, int]
    truth: SemanticMap | None

    @property
    def size(self) -> tuple[int, int]:
        """Working size, (width, height)."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])

    @property
    def reduced(self) -> bool:
        """Whether the working size is smaller than the picture."""
        return self.size != self.full_size


def working_size(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height that a picture is annotated at: at most 900 a side and 0.5 megapixels."""
    width, height = size
    scale = min(1.0, MAX_SIDE / max(size), (MAX_PIXELS / (width * height)) ** 0.5)
    return max(1, int(width * scale)), max(1, int(height * scale))


@st.cache_resource(max_entries=8, ttl="20m", show_spinner=False)
def _reduced(digest: str, source: str, _image: Image, _truth: SemanticMap | None) -> Subject:
    size = working_size(_image.size)
    pixels = _image.pixels if size == _image.size else resize(_image.pixels, size)
    pixels = np.ascontiguousarray(pixels)
    pixels.setflags(write=False)
    truth = None
    if _truth is not None:
        truth = SemanticMap(nearest(_truth.labels, size), _truth.label_set)
    return Subject(f"{digest}:{source}", source, pixels, _image.size, truth)


@st.cache_resource(max_entries=6, show_spinner=False)
def _shapes(seed: int) -> Subject:
    from seglib.scenes import shapes

    scene = shapes(seed, size=(640, 480))
    return Subject(
        f"shapes:{seed}",
        f"Shapes {seed}",
        scene.image.pixels,
        scene.image.size,
        scene.truth.semantic,
    )


def current(source: str, seed: int) -> Subject:
    """Return what is annotated: the picker's picture, or generated shapes."""
    if source == "shapes":
        return _shapes(seed)
    picture = picker.current()
    return _reduced(picture.image.digest, picture.title, picture.image, picture.truth)


def own_labels(names: str) -> LabelSet:
    """Return a label set of a visitor's own class names, in VOC's colours.

    Parameters
    ----------
    names : str
        Separated by commas; empty ones and repetitions are left out, at most 20 are kept.
    """
    kept: list[str] = []
    for name in names.split(","):
        clean = " ".join(name.lower().split())[:24]
        if clean and clean not in kept and clean != "background":
            kept.append(clean)
    kept = kept[:MAX_NAMES]
    labels = [Label(0, "background", VOC_21.labels[0].color)]
    for k, name in enumerate(kept, start=1):
        labels.append(Label(k, name, VOC_21.labels[k].color, thing=True))
    return LabelSet(f"own-{'-'.join(kept)}", "Your own classes", tuple(labels))


def label_set(name: str, names: str, subject: Subject) -> LabelSet:
    """Return the label set chosen; ``auto`` follows the truth, else VOC."""
    from seglib.scenes import SHAPES

    if name == "auto":
        return VOC_21 if subject.truth is None else subject.truth.label_set
    if name == "own":
        return own_labels(names)
    return {"voc": VOC_21, "camvid": CAMVID_11, "shapes": SHAPES}[name]


def true_mask(subject: Subject, labels: LabelSet, class_id: int) -> NDArray[np.bool_] | None:
    """Where a class truly is; ``None`` without truth, or where the truth knows no such class."""
    if subject.truth is None:
        return None
    name = labels.label(class_id).name
    known = {label.name: label.id for label in subject.truth.label_set}
    if name not in known:
        return None
    mask: NDArray[np.bool_] = subject.truth.labels == known[name]
    return mask
