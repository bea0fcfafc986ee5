"""Which models answer with objects, and what can be set about how their maps become objects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from seglib.errors import ModelFileError
from seglib.models import ModelCard, catalogue, find
from seglib.models.adapters import adapter_for
from seglib.models.adapters.prototypes import PrototypeOptions
from seglib.options import OptionInfo, describe
from seglib.results import Instances, Scene

TASKS = ("instance", "panoptic")


@dataclass(frozen=True)
class Decoding:
    """What a model's adapter lets one set.

    Parameters
    ----------
    card : ModelCard
    options : type
        Class of its options, over :class:`seglib.options.Checked`.
    score : str or None
        The option that is the least score of an object, where it has one.
    main : tuple of str
        Options that stand in front; the rest is under "More".
    """

    card: ModelCard
    options: type[Any]
    score: str | None
    main: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """Of the options in the address: models share names of options, but not their ranges."""
        return f"in_{self.card.name}"

    @property
    def more(self) -> tuple[str, ...]:
        """Options under "More"."""
        return tuple(info.name for info in describe(self.options) if info.name not in self.main)

    def info(self, name: str) -> OptionInfo:
        """Return what is declared about an option."""
        return next(info for info in describe(self.options) if info.name == name)


@cache
def cards() -> tuple[ModelCard, ...]:
    """Return the models that answer with objects."""
    return tuple(card for card in catalogue() if card.task in TASKS)


@cache
def decoding(name: str) -> Decoding | None:
    """Return how a model's maps are decoded; ``None`` where the library cannot do it."""
    card = find(name)
    try:
        options = type(getattr(adapter_for(card), "options", None))
    except ModelFileError:
        return None
    if options is PrototypeOptions:
        return Decoding(card, options, "threshold", ("threshold", "overlap"))
    fields = tuple(info.name for info in describe(options))
    seeds = tuple(name for name in ("seed",) if name in fields)
    return Decoding(card, options, None, seeds or fields[:1])


def adapter(card: ModelCard, options: Any) -> Any:
    """Return the card's adapter with these options."""
    return type(adapter_for(card))(card, options)  # type: ignore[call-arg]


def objects(adapter: Any, inference: Any, placement: Any) -> Instances:
    """Return the objects alone, best score first, in the order that their numbers have."""
    if hasattr(adapter, "instances"):
        # what a scene says besides would be worked out for nothing
        found = adapter.instances(inference, placement)
    else:
        answer = adapter.postprocess(inference, placement, upsampling="logits", scores=False)
        found = answer.instances if isinstance(answer, Scene) else answer
    order = (-found.scores).argsort(kind="stable")
    result: Instances = found.select(order)
    return result
