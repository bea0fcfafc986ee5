"""Networks that answer with one score a class and cell: logits ``(1, C, h, w)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seglib import images
from seglib.engine import Inference
from seglib.errors import EngineError, UsageError
from seglib.images import Image, Placement
from seglib.models.adapters.base import UPSAMPLINGS, Prepared, Upsampling
from seglib.results import SemanticMap, softmax

if TYPE_CHECKING:
    from seglib.models.card import ModelCard


def resized(card: ModelCard, image: Image) -> Prepared:
    """Bring a picture to the network's size as its card says."""
    how = images.fit_pad if card.resize == "fit" else images.stretch
    pixels, placement = how(image.pixels, card.input_size)
    return Prepared({card.input_name: pixels[np.newaxis]}, placement)


class SemanticAdapter:
    """Picture to ``(1, H, W, 3) uint8``; logits to a class for every pixel of the picture.

    Parameters
    ----------
    card : ModelCard
        Input size, resize rule, names and label set.
    """

    def __init__(self, card: ModelCard) -> None:
        self._card = card
        self._labels = card.labels

    def preprocess(self, image: Image) -> Prepared:
        """Resize; the rest of the preprocessing is inside the graph."""
        return resized(self._card, image)

    def postprocess(
        self,
        inference: Inference,
        placement: Placement,
        *,
        upsampling: Upsampling = "logits",
        scores: bool = False,
    ) -> SemanticMap:
        """Take the class with the largest logit.

        Parameters
        ----------
        inference : Inference
            With the logits; (1, C, h, w) at any resolution.
        placement : Placement
            Of the picture in the network's input.
        upsampling : {"logits", "labels"}
            "logits": bring every class's logits to picture size (bilinear), then take the
            largest; boundaries run between cells. "labels": take the largest in each cell, then
            repeat it (nearest); boundaries are stairs.
        scores : bool
            Also keep the probabilities at picture size, C float32 a pixel.
        """
        if upsampling not in UPSAMPLINGS:
            raise UsageError(f"expected upsampling logits or labels, got {upsampling!r}")
        logits = self._logits(inference)
        probabilities = None
        if upsampling == "labels":
            cells = np.argmax(logits, axis=0).astype(np.uint8)
            answer = placement.restore_labels(cells)
            if scores:
                probabilities = _nearest(softmax(logits), placement)
        elif scores:
            # the softmax of the same full-size logits, so that scores and labels never disagree
            probabilities = softmax(placement.restore_scores(logits))
            answer = np.argmax(probabilities, axis=0).astype(np.uint8)
        else:
            answer = images.argmax_upsampled(logits, placement)
        answer.setflags(write=False)
        return SemanticMap(
            labels=answer,
            label_set=self._labels,
            scores=probabilities,
            logits=logits,
            placement=placement,
        )

    def _logits(self, inference: Inference) -> NDArray[np.float32]:
        raw = inference.output(self._card.output_name)
        classes = self._labels.num_classes
        if raw.ndim != 4 or raw.shape[:2] != (1, classes):
            raise EngineError(
                f"expected logits (1, {classes}, h, w) of {self._card.name}, got {raw.shape}"
            )
        logits: NDArray[np.float32] = raw[0].astype(np.float32, copy=False)
        return logits


def _nearest(maps: NDArray[np.float32], placement: Placement) -> NDArray[np.float32]:
    """Repeat the cells of ``(C, h, w)`` at picture size, as ``restore_labels`` does."""
    height, width = maps.shape[1:]
    cell = np.arange(height * width, dtype=np.int32).reshape(height, width)
    repeated: NDArray[np.float32] = maps.reshape(len(maps), -1)[:, placement.restore_labels(cell)]
    return repeated
