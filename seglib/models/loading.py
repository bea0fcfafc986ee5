"""From a name to a segmenter that shares the process's compiled network."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

from seglib.engine import (
    PRECISION_WORDS,
    PRECISIONS,
    Engine,
    EngineConfig,
    LocalEngine,
    Precision,
    cache_root,
    process_registry,
)
from seglib.errors import UsageError
from seglib.models import store
from seglib.models.card import ModelCard
from seglib.models.catalogue import find
from seglib.models.segmenter import Segmenter


def load(
    name: str | ModelCard, *, engine: Engine | None = None, precision: Precision | None = None
) -> Segmenter:
    """Return a segmenter for a model.

    Calling it again is cheap: the compiled network is shared by everybody in the process who asks
    for the same model, device and precision.

    Parameters
    ----------
    name : str or ModelCard
        A name of the catalogue, or a card of one's own.
    engine : Engine, optional
        Where to run instead: a fake in tests.
    precision : {"f32", "bf16", "f16", "int8"}, optional
        Asked for; ``SEGLIB_PRECISION``, then what the card measured to be best, then the device
        decide if not given. int8 only where ``card.precisions`` has it.

    Raises
    ------
    UnknownModelError
        No model has this name.
    ModelFileError
        The model's files are missing or damaged.
    UsageError
        The model has no version in this precision.
    """
    card = find(name) if isinstance(name, str) else name
    if precision is not None and precision not in PRECISIONS:
        raise UsageError(f"expected precision {PRECISION_WORDS}, got {precision!r}")
    if engine is None:
        engine = shared_engine(card, precision=precision)
    return Segmenter(card, engine)


def choose(
    card: ModelCard, precision: Precision | None, config: EngineConfig
) -> tuple[Path, Precision | None]:
    """Return the file to compile and the precision it is for; ``None`` leaves that to the device.

    Parameters
    ----------
    card : ModelCard
    precision : Precision, optional
        What the caller asked for: it counts most, then ``config``, then the card's measurements.
    config : EngineConfig

    Raises
    ------
    UsageError
        The caller asked for a version that there is not.
    ModelFileError
        The file is missing or damaged.
    """
    offered = card.precisions
    if precision is not None and precision not in offered:
        raise UsageError(f"expected a precision of {card.name}: {', '.join(offered)}, got int8")
    wanted = precision or config.precision or card.measured.default_precision
    if wanted not in offered:
        wanted = None
    return store.model_path(card, wanted), wanted


def shared_engine(card: ModelCard, *, precision: Precision | None = None) -> Engine:
    """Return the process's engine of a card, set up by ``EngineConfig.from_env``."""
    return configured_engine(card, card.preprocessing.embed, precision=precision)


def configured_engine(
    card: ModelCard,
    transform: Callable[[Any], Any],
    *,
    precision: Precision | None = None,
    variant: tuple[Hashable, ...] = (),
) -> Engine:
    """Return the process's engine of a card, or of a variant of its network.

    Parameters
    ----------
    card : ModelCard
    transform : callable
        Changes the ``openvino.Model`` before compiling.
    precision : {"f32", "bf16", "f16", "int8"}, optional
        As for :func:`load`.
    variant : tuple of hashable
        What ``transform`` makes of the network, where that is not the network itself. A variant
        gets one request and no folder for compiled networks: variants are many. It is made of the
        usual file: the layers of a quantised one are others.
    """
    config = EngineConfig.from_env()
    path, chosen = choose(card, precision, config)
    if variant and chosen == "int8":
        if precision == "int8":
            raise UsageError("expected precision f32, bf16 or f16 to look inside, got int8")
        path, chosen = store.model_path(card), None
    root = None if variant else cache_root(config.cache)

    def compile_engine() -> LocalEngine:
        return LocalEngine(
            path,
            device=config.device,
            precision=chosen,
            performance_hint=config.performance_hint,
            requests=1 if variant else config.requests,
            cache_dir=None if root is None else root / "engines",
            transform=transform,
            timeout_s=config.timeout_s,
        )

    # the file's place, not the card's name: two cards of one name are two models
    key = (str(path), config.device, chosen, *variant)
    return process_registry().share(key, compile_engine)
