"""Networks that answer three questions at once: classes, objects and both in one map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seglib.engine import Inference
from seglib.errors import EngineError
from seglib.images import Image, Placement
from seglib.models.adapters.base import Prepared, Upsampling
from seglib.models.adapters.merging import MergeOptions, merge
from seglib.models.adapters.prototypes import (
    Proposal,
    PrototypeOptions,
    PrototypeOutputs,
    propose,
    to_picture,
)
from seglib.models.adapters.semantic import SemanticAdapter
from seglib.results import Instances, Scene

if TYPE_CHECKING:
    from seglib.models.card import ModelCard

OUTPUTS = ("centre", "box", "coefficients", "prototypes")
"""Names of the outputs beside the card's own, which holds the logits."""


class SceneAdapter:
    """Picture to ``(1, H, W, 3) uint8``; maps to a :class:`~seglib.results.Scene`.

    Parameters
    ----------
    card : ModelCard
        Its ``output_name`` is that of the semantic logits ``(1, C, h, w)``; the others are
        :data:`OUTPUTS`, ``(1, 1 | 4 | K | K, h, w)``.
    options : PrototypeOptions, optional
        What counts as an object; the lowest scores are worth keeping, a page can hide them.
    merging : MergeOptions, optional
        Who is left out of the panoptic answer.
    """

    def __init__(
        self,
        card: ModelCard,
        options: PrototypeOptions | None = None,
        merging: MergeOptions | None = None,
    ) -> None:
        self._card = card
        self._semantic = SemanticAdapter(card)
        self.options = options or PrototypeOptions()
        self.merging = merging or MergeOptions()

    def preprocess(self, image: Image) -> Prepared:
        """Resize; the rest of the preprocessing is inside the graph."""
        return self._semantic.preprocess(image)

    def postprocess(
        self,
        inference: Inference,
        placement: Placement,
        *,
        upsampling: Upsampling = "logits",
        scores: bool = False,
    ) -> Scene:
        """Decide classes, objects and segments.

        Parameters
        ----------
        inference : Inference
        placement : Placement
            Of the picture in the network's input.
        upsampling, scores
            Of the semantic map, as in :class:`SemanticAdapter`.
        """
        semantic = self._semantic.postprocess(
            inference, placement, upsampling=upsampling, scores=scores
        )
        instances = self.instances(inference, placement)
        return Scene(semantic, instances, merge(semantic, instances, self.merging))

    def instances(self, inference: Inference, placement: Placement) -> Instances:
        """Decide the objects alone."""
        found = self._found(inference, placement)
        return Instances.from_crops(
            [crop for _, crop in found],
            [proposal.class_id for proposal, _ in found],
            [proposal.score for proposal, _ in found],
            self._card.labels,
            size=placement.source_size,
        )

    def proposals(self, inference: Inference, placement: Placement) -> list[Proposal]:
        """Return what each of :meth:`instances` was on the network's grid, in the same order."""
        return [proposal for proposal, _ in self._found(inference, placement)]

    def _found(
        self, inference: Inference, placement: Placement
    ) -> list[tuple[Proposal, tuple[int, int, NDArray[np.bool_]]]]:
        outputs = self.maps(inference)
        height, width = outputs.centre.shape
        left, right = placement.axis(0, width).span()
        top, bottom = placement.axis(1, height).span()
        pairs = [
            (proposal, to_picture(proposal, placement, (height, width)))
            for proposal in propose(outputs, self.options, (left, top, right, bottom))
        ]
        # a mask of a few cells may hold no pixel's centre
        return [pair for pair in pairs if pair[1][2].any()]

    def maps(self, inference: Inference) -> PrototypeOutputs:
        """Return the network's maps by name, checked."""
        named = {name: self._output(inference, name) for name in (self._card.output_name, *OUTPUTS)}
        shapes = {maps.shape[1:] for maps in named.values()}
        expected = (
            len(named["centre"]) == 1
            and len(named["box"]) == 4
            and len(named["coefficients"]) == len(named["prototypes"])
            and len(shapes) == 1
        )
        if not expected:
            found = {name: maps.shape for name, maps in named.items()}
            raise EngineError(f"expected maps of one grid of {self._card.name}, got {found}")
        return PrototypeOutputs(
            semantic=named[self._card.output_name],
            centre=named["centre"][0],
            box=named["box"],
            coefficients=named["coefficients"],
            prototypes=named["prototypes"],
            stride=self._card.input_size[0] // named["centre"].shape[2],
        )

    def _output(self, inference: Inference, name: str) -> NDArray[np.float32]:
        raw = inference.output(name)
        if raw.ndim != 4 or raw.shape[0] != 1:
            raise EngineError(f"expected {name} (1, C, h, w) of {self._card.name}, got {raw.shape}")
        maps: NDArray[np.float32] = raw[0].astype(np.float32, copy=False)
        return maps
