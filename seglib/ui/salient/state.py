"""What the page works on: the picture, its saliency maps, the cut, the truth where it is known."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts.saliency import Box, Cut, SalientOptions, classical, cut
from seglib.images import Image, encode_png
from seglib.metrics import SaliencyScores, mean_absolute_error, saliency_scores
from seglib.results import StageTimes
from seglib.ui import address, caches, knobs, picker
from seglib.ui.address import Param, one_of
from seglib.ui.samples import Picture

MODEL = "foreground"
SAMPLE = "coffee"
"""Shown to a visitor who has chosen no picture yet: something stands out in it."""

SIDE = 1280
"""Pixels: the maps of a larger picture are computed on a smaller copy."""

VIEWS = {"overlay": "Overlay", "map": "Map", "mask": "Mask", "cut": "Cut-out"}
METHODS = {"network": "Network", "spectral": "Spectral residual", "fine": "Fine grained"}
PIECES = {"largest": "The largest piece", "all": "Every piece"}
SHORT = {"network": "Network", "spectral": "Spectral", "fine": "Fine grained"}
AGAINST = {"none": "None", **SHORT, "fine": "Fine"}
"""Names where room is short."""

VIEW = Param("sal_view", "overlay", one_of(*VIEWS))
PARAMS = (VIEW, *knobs.params(SalientOptions, "sal"))


@dataclass(frozen=True, eq=False)
class Map:
    """A saliency map of one method.

    Parameters
    ----------
    method : str
    values : (H, W) float32
        0..1, read-only.
    times : StageTimes
        For a classical method all of it is ``infer_ms``: the computation.
    """

    method: str
    values: NDArray[np.float32]
    times: StageTimes

    @property
    def ms(self) -> float:
        """Milliseconds from the decoded picture to the map."""
        return self.times.total_ms - self.times.decode_ms


@dataclass(frozen=True, eq=False)
class Truth:
    """What really stands out, as far as that can be said.

    Parameters
    ----------
    mask : (H, W) bool
    names : tuple of str
        Classes that count.
    """

    mask: NDArray[np.bool_]
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Work:
    """A picture, a map of it and the cut.

    Parameters
    ----------
    picture : Picture
        As chosen.
    image : Image
        What the maps were computed on.
    options : SalientOptions
    map : Map
    cut : Cut
    truth : Truth or None
    other : tuple of (Map, Cut) or None
        What it is compared with.
    """

    picture: Picture
    image: Image
    options: SalientOptions
    map: Map
    cut: Cut
    truth: Truth | None
    other: tuple[Map, Cut] | None

    @property
    def reduced(self) -> bool:
        """Whether the maps are smaller than the picture."""
        return self.image.size != self.picture.image.size

    @property
    def methods(self) -> tuple[str, ...]:
        """Methods whose maps are shown."""
        others = () if self.other is None else (self.other[0].method,)
        return (self.map.method, *others)

    @property
    def share(self) -> float:
        """Share of salient pixels."""
        return float(self.cut.mask.mean())

    def scores(self) -> SaliencyScores | None:
        """Return precision, recall and F at the threshold; ``None`` without truth."""
        if self.truth is None:
            return None
        return saliency_scores(self.truth.mask, self.map.values, self.options.threshold)

    def error(self) -> float | None:
        """Return the mean absolute error; ``None`` without truth."""
        return None if self.truth is None else mean_absolute_error(self.truth.mask, self.map.values)


def options() -> SalientOptions:
    """Return the options as they are now."""
    return knobs.read(SalientOptions, "sal")


@st.cache_resource(max_entries=12, ttl="20m", show_spinner=False)
def _classical(digest: str, method: str, _image: Image) -> tuple[NDArray[np.float32], float]:
    start = time.perf_counter()
    values = classical(_image.pixels, method)
    values.setflags(write=False)
    return values, 1e3 * (time.perf_counter() - start)


def saliency(small: Picture, method: str) -> Map:
    """Return the map of a method; each is computed once for a picture."""
    image = small.image
    if method == "network":
        answer = caches.answer(image.digest, MODEL, None, small)
        return Map(method, answer.result.alpha, answer.times)
    values, ms = _classical(image.digest, method, image)
    return Map(method, values, StageTimes(decode_ms=small.decode_ms, infer_ms=ms))


def work() -> Work:
    """Return the picture, its map and the cut as the settings are now."""
    picture, now = picker.current(), options()
    image = caches.at_most(picture.image, SIDE)
    small = (
        picture if image is picture.image else replace(picture, image=image, truth=None, scene=None)
    )
    found = saliency(small, now.method)
    other = None
    if now.against != "none":
        second = saliency(small, now.against)
        other = (second, cut(second.values, now.threshold, pieces=now.pieces))
    return Work(
        picture,
        image,
        now,
        found,
        cut(found.values, now.threshold, pieces=now.pieces),
        truth(small),
        other,
    )


def truth(picture: Picture) -> Truth | None:
    """Return the union of all things of a generated picture; ``None`` where no truth is known."""
    if picture.truth is None:
        return None
    things = [label for label in picture.truth.label_set if label.thing]
    mask = np.isin(picture.truth.labels, [label.id for label in things])
    return Truth(mask, tuple(label.name for label in things))


def enlarged(done: Work) -> Callable[[], tuple[NDArray[np.float32], Cut]]:
    """Return what gives map and cut at the picture's full size."""

    def compute() -> tuple[NDArray[np.float32], Cut]:
        if not done.reduced:
            return done.map.values, done.cut
        values = np.asarray(
            cv2.resize(done.map.values, done.picture.image.size, interpolation=cv2.INTER_LINEAR),
            np.float32,
        )
        return values, cut(values, done.options.threshold, pieces=done.options.pieces)

    return compute


def map_png(done: Work) -> bytes:
    """Return the map as 8-bit grey: 0 to 255."""
    return encode_png(np.rint(enlarged(done)()[0] * 255).astype(np.uint8))


def mask_png(done: Work) -> bytes:
    """Return the mask as black and white."""
    return encode_png(enlarged(done)()[1].mask.astype(np.uint8) * np.uint8(255))


def cut_png(done: Work) -> bytes:
    """Return the picture cut to the box; the pieces chosen are opaque, all else is clear."""
    found = enlarged(done)()[1]
    pixels = done.picture.image.pixels
    if found.box is None:
        return encode_png(np.zeros((1, 1, 4), np.uint8))
    x, y, width, height = found.box
    part = np.s_[y : y + height, x : x + width]
    chosen = found.chosen[part]
    rgba = np.dstack([pixels[part], chosen.astype(np.uint8) * np.uint8(255)])
    rgba[~chosen] = 0
    return encode_png(np.ascontiguousarray(rgba))


def facts(done: Work) -> dict[str, object]:
    """Return the numbers for the JSON file, lengths in pixels of the picture at full size."""
    values, found = enlarged(done)()
    scores, error = done.scores(), done.error()
    judged: dict[str, object] | None = None
    if scores is not None and done.truth is not None:
        judged = {
            "truth": f"union of {', '.join(done.truth.names)}",
            "precision": _defined(scores.precision),
            "recall": _defined(scores.recall),
            "f_beta": _defined(scores.f_beta),
            "beta_squared": 0.3,
            "mean_absolute_error": error,
        }
    return {
        "picture": {"width": done.picture.image.width, "height": done.picture.image.height},
        "method": done.options.method,
        "map_computed_at": list(done.image.size),
        "threshold": done.options.threshold,
        "salient_pixels": int(found.mask.sum()),
        "salient_share": float(found.mask.mean()),
        "pieces": found.pieces,
        "box_around": done.options.pieces,
        "box": None if found.box is None else _named(found.box),
        "map_mean": float(values.mean(dtype=np.float64)),
        "map_max": float(values.max()),
        "milliseconds": done.map.ms,
        "judged": judged,
    }


def facts_json(done: Work) -> bytes:
    """Return :func:`facts` as a file."""
    return json.dumps(facts(done), indent=2, allow_nan=False).encode()


def _named(box: Box) -> dict[str, int]:
    return dict(zip(("x", "y", "width", "height"), box, strict=True))


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else value


def view() -> str:
    """Return what is shown."""
    return address.get(VIEW)


def put_threshold(value: float) -> None:
    """Set the threshold, in the slider's steps."""
    knobs.put(SalientOptions, "sal", threshold=min(1.0, max(0.01, round(value, 2))))
