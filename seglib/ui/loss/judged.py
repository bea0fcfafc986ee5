"""The street model's prediction held against the truth: logits, labels, loss of each pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import loss, loss_graph, one_hot
from seglib.labels import LabelSet
from seglib.ui import caches
from seglib.ui.samples import Picture

MODEL = "street"


@dataclass(frozen=True, eq=False)
class Judged:
    """A prediction and its loss.

    Parameters
    ----------
    logits : (C, H, W) float32
    truth : (H, W) uint8
        With the ignore label on the rim.
    losses : (H, W) float32
        Cross-entropy in nats; ``nan`` where ignored.
    label_set : LabelSet
    apart : float
        Largest difference between OpenVINO, which computed this, and the numpy reference, in nats.
    key : str
        Equal for equal contents.
    """

    logits: NDArray[np.float32]
    truth: NDArray[np.uint8]
    losses: NDArray[np.float32]
    label_set: LabelSet
    apart: float
    key: str

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.truth.shape[1], self.truth.shape[0]

    @property
    def prediction(self) -> NDArray[np.uint8]:
        """Class with the largest logit, ``(H, W) uint8``."""
        return np.asarray(self.logits.argmax(axis=0), np.uint8)


def read(picture: Picture, *, at: str, rim: int) -> Judged | None:
    """Judge a picture; ``None`` where it has no truth."""
    if picture.truth is None:
        return None
    return _judged(picture.image.digest, caches.source_of(picture), at, rim, picture)


@st.cache_resource(max_entries=3, ttl="20m", show_spinner=False)
def _judged(digest: str, source: str, at: str, rim: int, _picture: Picture) -> Judged:
    logits, labels = _arrays(digest, source, at, _picture)
    truth = np.asarray(one_hot.ignore_rim(labels, radius=rim), np.uint8)
    losses = loss_graph.cross_entropy(logits, truth)
    for array in (truth, losses):
        array.setflags(write=False)
    gap = np.abs(losses - loss.cross_entropy(logits, truth))
    apart = float(np.nanmax(gap)) if np.isfinite(gap).any() else 0.0
    own = caches.segmenter(MODEL)
    return Judged(logits, truth, losses, own.label_set, apart, f"{digest}:{source}:{at}:{rim}")


@st.cache_resource(max_entries=2, ttl="20m", show_spinner=False)
def _arrays(
    digest: str, source: str, at: str, _picture: Picture
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Return logits and truth of one size."""
    answer = caches.forward(digest, MODEL, None, _picture)
    logits = np.asarray(next(iter(answer.outputs.values()))[0], np.float32)
    assert _picture.truth is not None
    truth = np.asarray(_picture.truth.labels, np.uint8)
    if at == "pixels":
        full = np.ascontiguousarray(answer.placement.restore_scores(logits))
        full.setflags(write=False)
        return full, truth
    # The pixel below the middle of each cell; a street fills the network's input to its edges.
    rows, columns = (
        ((np.arange(cells) + 0.5) * pixels / cells).astype(np.int64)
        for cells, pixels in zip(logits.shape[1:], truth.shape, strict=True)
    )
    return logits, np.ascontiguousarray(truth[rows[:, None], columns])
