"""Networks compiled for clips: as many frames a second as possible, not each one as soon."""

from __future__ import annotations

from seglib.engine import EngineConfig, LocalEngine, Precision, cache_root, process_registry
from seglib.models import Segmenter, find, load
from seglib.models.card import ModelCard
from seglib.models.loading import choose


def clip_segmenter(name: str | ModelCard, *, precision: Precision | None = None) -> Segmenter:
    """Return a segmenter whose engine is compiled for throughput.

    With ``LATENCY`` one inference uses all cores and the next one waits; with ``THROUGHPUT`` the
    device runs several at once, each on its own cores, which wastes less on waiting for each other.
    Shared by everybody in the process, compiled at the first call. Where ``SEGLIB_HINT`` or
    ``SEGLIB_REQUESTS`` already decide, it is the usual engine of the model.

    Parameters
    ----------
    name : str or ModelCard
    precision : {"f32", "bf16", "f16", "int8"}, optional
        As for :func:`seglib.models.load`.

    Raises
    ------
    UnknownModelError, ModelFileError
        As for :func:`seglib.models.load`.
    """
    card = find(name) if isinstance(name, str) else name
    config = EngineConfig.from_env()
    if config.performance_hint == "THROUGHPUT" or config.requests is not None:
        return load(card, precision=precision)
    path, chosen = choose(card, precision, config)
    root = cache_root(config.cache)

    def compile_engine() -> LocalEngine:
        return LocalEngine(
            path,
            device=config.device,
            precision=chosen,
            performance_hint="THROUGHPUT",
            cache_dir=None if root is None else root / "engines",
            transform=card.preprocessing.embed,
            timeout_s=config.timeout_s,
        )

    engine = process_registry().share((str(path), config.device, chosen, "clip"), compile_engine)
    return Segmenter(card, engine)


def workers_for(segmenter: Segmenter) -> int:
    """Return how many frames to segment at once: one more than requests, from 2 to 8.

    While one worker prepares or finishes a frame, another one has its request.
    """
    return max(2, min(8, segmenter.info.requests + 1))
