"""Networks that describe every nucleus by five maps, ``(1, 5, h, w)``, on pictures of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from seglib.engine import Inference
from seglib.errors import EngineError
from seglib.images import Image, Placement, stretch_levels
from seglib.models import tiling
from seglib.models.adapters.base import Prepared, Upsampling
from seglib.models.adapters.nuclei_decode import NucleiMaps, NucleiOptions, decode
from seglib.results import Instances

if TYPE_CHECKING:
    from seglib.models.card import ModelCard

NUCLEUS = 1
"""Class of every object."""


class NucleiAdapter:
    """Picture to tiles ``(1, H, W, 3) uint8``; stitched maps to :class:`Instances`.

    Parameters
    ----------
    card : ModelCard
        With its ``tiling``; without, a picture is one tile.
    options : NucleiOptions, optional
        What counts as a nucleus.
    """

    def __init__(self, card: ModelCard, options: NucleiOptions | None = None) -> None:
        self._card = card
        self._tiling = card.tiling or tiling.Tiling(most=1)
        self.options = options or NucleiOptions()

    def preprocess(self, image: Image) -> Prepared:
        """Stretch the levels, bring to scale and cut into tiles; the rest is inside the graph."""
        tiles = tiling.cut(
            image,
            stretch_levels(image.pixels),
            self._tiling,
            self._card.input_size,
            self._card.input_name,
        )
        height, width = tiles.pixels.shape[:2]
        placement = Placement(image.size, (width, height), (0, 0, width, height))
        return Prepared(next(iter(tiles)), placement, tiles)

    def postprocess(
        self,
        inference: Inference,
        placement: Placement,
        *,
        upsampling: Upsampling = "logits",
        scores: bool = False,
    ) -> Instances:
        """Find the nuclei.

        Parameters
        ----------
        inference : Inference
            Of the whole picture.
        placement : Placement
            Of the picture in what the maps cover.
        upsampling, scores
            Mean nothing here: rims are always drawn between cells, and an object has one score.
        """
        found = decode(self.maps(inference), placement, self.options)
        return Instances.from_crops(
            found.crops,
            [NUCLEUS] * len(found.crops),
            found.scores,
            self._card.labels,
            size=placement.source_size,
        )

    def maps(self, inference: Inference) -> NucleiMaps:
        """Return the network's maps by name, checked."""
        raw = inference.output(self._card.output_name)
        if raw.ndim != 4 or raw.shape[:2] != (1, 5):
            raise EngineError(f"expected maps (1, 5, h, w) of {self._card.name}, got {raw.shape}")
        return NucleiMaps(*raw[0].astype(np.float32, copy=False))
