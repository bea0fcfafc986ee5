"""Pre- and postprocessing, one module an output family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seglib.errors import ModelFileError
from seglib.models.adapters.base import UPSAMPLINGS, Adapter, Prepared, Result, Upsampling
from seglib.models.adapters.semantic import SemanticAdapter

if TYPE_CHECKING:
    from seglib.models.card import ModelCard

__all__ = [
    "UPSAMPLINGS",
    "Adapter",
    "Prepared",
    "Result",
    "SemanticAdapter",
    "Upsampling",
    "adapter_for",
]


def adapter_for(card: ModelCard) -> Adapter:
    """Return the adapter of the card's output family."""
    if card.task == "semantic":
        return SemanticAdapter(card)
    raise ModelFileError(f"the model {card.name} has a task without an adapter: {card.task}")
