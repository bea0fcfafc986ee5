"""Pre- and postprocessing, one module an output family."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from seglib.errors import ModelFileError
from seglib.models.adapters.base import UPSAMPLINGS, Adapter, Prepared, Result, Upsampling
from seglib.models.adapters.matte import MatteAdapter
from seglib.models.adapters.nuclei import NucleiAdapter
from seglib.models.adapters.nuclei_decode import NucleiOptions
from seglib.models.adapters.scene import SceneAdapter
from seglib.models.adapters.semantic import SemanticAdapter

if TYPE_CHECKING:
    from seglib.models.card import ModelCard

__all__ = [
    "UPSAMPLINGS",
    "Adapter",
    "MatteAdapter",
    "NucleiAdapter",
    "NucleiOptions",
    "Prepared",
    "Result",
    "SceneAdapter",
    "SemanticAdapter",
    "Upsampling",
    "adapter_for",
]


def adapter_for(card: ModelCard) -> Adapter:
    """Return the adapter of the card's output family."""
    families: dict[str, Callable[[ModelCard], Adapter]] = {
        "semantic": SemanticAdapter,
        "instance": NucleiAdapter,
        "panoptic": SceneAdapter,
        "matte": MatteAdapter,
    }
    if card.task in families:
        return families[card.task](card)
    raise ModelFileError(f"the model {card.name} has a task without an adapter: {card.task}")
