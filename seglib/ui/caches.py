"""What visitors share: compiled networks, network outputs, thumbnails; and a count of inferences.

Everything handed out is read-only, because all sessions hold the same object. Every cache is small:
a server's memory must not grow with the number of pictures that pass through.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.images import Image, shrink_to
from seglib.results import SemanticMap, StageTimes
from seglib.ui.pack import Packed, pack
from seglib.ui.samples import Picture, load

if TYPE_CHECKING:
    from seglib.models import Forward, Segmentation, Segmenter, Upsampling

_ENTRIES = 6
_TTL = "20m"


class Counter:
    """A number that many threads may raise."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value = 0

    def add(self) -> None:
        """Count one more."""
        with self._lock:
            self._value += 1

    @property
    def value(self) -> int:
        """The count."""
        return self._value


INFERENCES = Counter()
"""Times that a network ran for a page, in this process. Tests read it."""


@st.cache_resource(max_entries=8, show_spinner=False)
def segmenter(name: str, precision: str | None = None) -> Segmenter:
    """Return the segmenter of a model, compiled once for everybody."""
    from seglib.models import load

    return load(name, precision=precision)  # type: ignore[arg-type]


@st.cache_resource(max_entries=_ENTRIES, ttl=_TTL, show_spinner=False)
def forward(digest: str, name: str, precision: str | None, _picture: Picture) -> Forward:
    """Run the network once for a picture (by its digest), model and precision."""
    answer = segmenter(name, precision).forward(_picture.image)
    INFERENCES.add()
    return answer


@st.cache_resource(max_entries=_ENTRIES, ttl=_TTL, show_spinner=False)
def answer(digest: str, name: str, precision: str | None, _picture: Picture) -> Segmentation:
    """Return the result of any model for a picture (by its digest), and its times."""
    done = segmenter(name, precision).finish(forward(digest, name, precision, _picture))
    return replace(done, times=replace(done.times, decode_ms=_picture.decode_ms))


def at_most(image: Image, side: int) -> Image:
    """Return a picture with its longer side at most ``side`` pixels, shrunk once for everybody."""
    return image if max(image.size) <= side else _shrunk(image.digest, side, image)


@st.cache_resource(max_entries=_ENTRIES, ttl=_TTL, show_spinner=False)
def _shrunk(digest: str, side: int, _image: Image) -> Image:
    return shrink_to(_image, side)


@st.cache_resource(max_entries=16, show_spinner=False)
def sample(key: str, seed: int) -> Picture:
    """Return a sample picture."""
    return load(key, seed)


@dataclass(frozen=True, eq=False)
class View:
    """Everything a page shows of one picture and one way of upsampling.

    Parameters
    ----------
    picture : Picture
        What was segmented.
    result : SemanticMap
        The answer, at picture size.
    times : StageTimes
        All stages; ``render_ms`` is the packing for the browser.
    packed : Packed
        What the stage draws.
    other : ndarray
        ``(H, W)`` labels with the other way of upsampling.
    matrix : ndarray or None
        Confusion matrix against the truth.
    matrix_other : ndarray or None
        The same with the other way of upsampling.
    """

    picture: Picture
    result: SemanticMap
    times: StageTimes
    packed: Packed
    other: NDArray[np.uint8] | NDArray[np.uint16]
    matrix: NDArray[np.int64] | None
    matrix_other: NDArray[np.int64] | None


@st.cache_resource(max_entries=_ENTRIES, ttl=_TTL, show_spinner=False)
def semantic(
    digest: str,
    name: str,
    precision: str | None,
    upsampling: Upsampling,
    source: str,
    _picture: Picture,
) -> View:
    """Segment a picture; the network itself runs only where :func:`forward` has no answer yet.

    ``source`` (where the picture comes from) is part of the key: a stranger's upload that equals a
    generated scene must not borrow its truth and its title.
    """
    answer = forward(digest, name, precision, _picture)
    own = segmenter(name, precision)
    done = own.finish(answer, upsampling=upsampling)
    other = own.finish(answer, upsampling="labels" if upsampling == "logits" else "logits")
    result: SemanticMap = done.result
    truth = _picture.truth.labels if _picture.truth is not None else None
    start = time.perf_counter()
    packed = pack(
        _picture.image,
        result,
        alt=_picture.title,
        upsampling=upsampling,
        truth=truth,
        other=other.result.labels,
    )
    times = replace(
        done.times,
        decode_ms=_picture.decode_ms,
        render_ms=1e3 * (time.perf_counter() - start),
    )
    matrix = matrix_other = None
    if truth is not None:
        from seglib.metrics import confusion_matrix

        classes = result.label_set.num_classes
        matrix = confusion_matrix(truth, result.labels, num_classes=classes)
        matrix_other = confusion_matrix(truth, other.result.labels, num_classes=classes)
        matrix.setflags(write=False)
        matrix_other.setflags(write=False)
    return View(_picture, result, times, packed, other.result.labels, matrix, matrix_other)


def source_of(picture: Picture) -> str:
    """Return where a picture comes from, as a cache key."""
    return f"{picture.key}:{picture.seed}:{picture.title}"
