"""Networks that say how much of a pixel is the subject: one logit, ``(1, 1, h, w)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from seglib.engine import Inference
from seglib.errors import EngineError
from seglib.images import Image, Placement
from seglib.models.adapters.base import Prepared, Upsampling
from seglib.models.adapters.semantic import resized
from seglib.results import Matte

if TYPE_CHECKING:
    from seglib.models.card import ModelCard


class MatteAdapter:
    """Picture to ``(1, H, W, 3) uint8``; one logit a cell to alpha for every pixel.

    Parameters
    ----------
    card : ModelCard
    """

    def __init__(self, card: ModelCard) -> None:
        self._card = card

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
    ) -> Matte:
        """Return ``1 / (1 + exp(-z))`` with the logit z brought to picture size (bilinear).

        Parameters
        ----------
        inference : Inference
        placement : Placement
            Of the picture in the network's input.
        upsampling : {"logits", "labels"}
            "labels" repeats the cells instead (nearest).
        scores : bool
            A matte is its own score; ignored.
        """
        raw = inference.output(self._card.output_name)
        if raw.ndim != 4 or raw.shape[:2] != (1, 1):
            raise EngineError(f"expected (1, 1, h, w) of {self._card.name}, got {raw.shape}")
        logits = raw[0].astype(np.float32, copy=False)
        if upsampling == "labels":
            full = placement.restore_labels(logits[0])
        else:
            full = placement.restore_scores(logits)[0]
        # in place: a photograph has millions of pixels
        alpha = np.asarray(cv2.exp(-full), np.float32)
        alpha += 1
        np.reciprocal(alpha, out=alpha)
        return Matte(alpha)
