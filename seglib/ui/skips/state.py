"""What the page shows: its settings, the scores of the three heads and what was fused of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import fusion_graph
from seglib.concepts.fusion import STRIDES, Fusion, FusionOptions, Scores
from seglib.concepts.fusion_graph import Heads
from seglib.errors import ModelFileError
from seglib.labels import LabelSet
from seglib.ui import address, knobs, picker, stepper
from seglib.ui.address import Param, one_of
from seglib.ui.patches import uris
from seglib.ui.samples import Picture

MODEL = "street"
PREFIX = "skips"
MAPS = {"classes": "Classes", "scores": "Scores of one class"}
VIEW = Param("skips_maps", "classes", one_of(*MAPS))
CLASS = Param("skips_class", "car", lambda text: len(text) <= 40)
STEP = stepper.param("skips_step", 3)
PARAMS = (VIEW, CLASS, STEP, *knobs.params(FusionOptions, PREFIX))

LONGEST = 720
"""Pixels of the longer side at which a picture is judged and drawn."""


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores ``(C, h, w) float32`` at 1/32, 1/16 and 1/8 of the network's input."""

    score32: Scores
    score16: Scores
    score8: Scores


@dataclass(frozen=True, eq=False)
class Judged:
    """One of the three networks on one picture.

    Parameters
    ----------
    labels : ndarray
        ``(H, W) uint8``.
    uri : str
        The same as the address of a picture.
    mean_iou, boundary_iou, pixel_accuracy : float or None
        Against the truth, means over the classes that are there; ``None`` without a truth.
    """

    labels: NDArray[np.uint8]
    uri: str
    mean_iou: float | None
    boundary_iou: float | None
    pixel_accuracy: float | None


@st.cache_resource(show_spinner=False)
def heads() -> Heads:
    """Return the bundled heads.

    Raises
    ------
    ModelFileError
        They are missing, or belong to another version of the street network.
    """
    from seglib.models import find, store

    found = fusion_graph.load_heads(store.assets_root() / "concepts/fcn_heads")
    if found.facts.get("street_sha256") != dict(find(MODEL).measured.sha256):
        raise ModelFileError(
            "the fusion heads were trained on another version of the street network; "
            "python -m training.fcn_heads trains them anew"
        )
    return found


def network_size() -> tuple[int, int]:
    """Width and height of the street network's input."""
    from seglib.models import find

    return find(MODEL).input_size


def label_set() -> LabelSet:
    """Return the classes."""
    from seglib.models import find

    return find(MODEL).labels


@st.cache_resource(max_entries=6, ttl="20m", show_spinner=False)
def _scored(digest: str, _picture: Picture) -> Scored:
    from seglib.models import activations, find

    own = heads()
    names = list(dict.fromkeys(own.layers[stride] for stride in STRIDES))
    features = activations(find(MODEL), _picture.image, names, precision="f32")
    return Scored(*own.scores(features))


def scored(picture: Picture) -> Scored:
    """Return the scores of a picture; the network runs once for each."""
    return _scored(picture.image.digest, picture)


@st.cache_resource(max_entries=24, ttl="20m", show_spinner=False)
def _fused(digest: str, skip16: float, skip8: float, _scored: Scored) -> Fusion:
    return fusion_graph.fuse(
        _scored.score32, _scored.score16, _scored.score8, FusionOptions(skip16, skip8)
    )


def fused(picture: Picture, options: FusionOptions) -> Fusion:
    """Return every map on the way."""
    return _fused(picture.image.digest, options.skip16, options.skip8, scored(picture))


def drawn_size(picture: Picture) -> tuple[int, int]:
    """Width and height at which results are drawn and judged."""
    width, height = picture.image.size
    scale = min(1.0, LONGEST / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


@st.cache_resource(max_entries=48, ttl="20m", show_spinner=False)
def _judged(
    digest: str, truth: bool, stride: int, weights: tuple[float, ...], _scores: Scores, _p: Picture
) -> Judged:
    size = drawn_size(_p)
    logits = fusion_graph.to_picture(_scores, stride, network_size(), size)
    labels = logits.argmax(axis=0).astype(np.uint8)
    labels.setflags(write=False)
    uri = uris.labels(labels, label_set())
    if _p.truth is None:
        return Judged(labels, uri, None, None, None)
    from seglib import metrics

    exact = _p.truth.labels
    if exact.shape != labels.shape:
        from seglib.ui.pack import nearest

        exact = nearest(exact, size)
    classes = len(_scores)
    matrix = metrics.confusion_matrix(exact, labels, num_classes=classes)
    borders = metrics.boundary_iou(exact, labels, num_classes=classes)
    return Judged(
        labels,
        uri,
        float(metrics.mean_iou(matrix, absent="skip")),
        float(np.nanmean(borders)) if np.isfinite(borders).any() else None,
        float(metrics.pixel_accuracy(matrix)),
    )


def judged(picture: Picture, options: FusionOptions, stride: int) -> Judged:
    """Return the answer of FCN-32s, -16s or -8s."""
    # a network does not depend on skips finer than its own: moving one must not compute it again
    used = {32: (), 16: (options.skip16,), 8: (options.skip16, options.skip8)}[stride]
    scores = fused(picture, options).of(stride)
    known = picture.truth is not None
    return _judged(picture.image.digest, known, stride, used, scores, picture)


@st.cache_resource(max_entries=6, ttl="20m", show_spinner=False)
def _given(digest: str, truth: bool, _p: Picture) -> tuple[str, str | None]:
    from seglib.images import resize
    from seglib.ui.pack import nearest

    width, height = drawn_size(_p)
    small = resize(_p.image.pixels, (max(1, width // 2), max(1, height // 2)))
    exact = None if _p.truth is None else nearest(_p.truth.labels, (width, height))
    return uris.photo(small), None if exact is None else uris.labels(exact, label_set())


def given(picture: Picture) -> tuple[str, str | None]:
    """Return the addresses of the picture, small, and of its truth, if there is one."""
    return _given(picture.image.digest, picture.truth is not None, picture)


def chosen_class() -> int:
    """Return the id of the class whose scores are shown."""
    names = {label.name: label.id for label in label_set()}
    return names.get(address.get(CLASS), names["car"])


def options() -> FusionOptions:
    """Return the weights of the skips."""
    return knobs.read(FusionOptions, PREFIX)


def picture() -> Picture:
    """Return the picture chosen."""
    return picker.current()
