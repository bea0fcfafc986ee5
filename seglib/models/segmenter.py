"""A card, an engine and an adapter put together: a picture in, a result and its times out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from seglib import images
from seglib.engine import Engine, EngineInfo, Inference, Step
from seglib.images import DEFAULT_LIMITS, Image, Limits, Placement
from seglib.labels import LabelSet
from seglib.models import store, tiling
from seglib.models.adapters import Adapter, Result, Upsampling, adapter_for
from seglib.models.card import ModelCard
from seglib.results import StageTimes


@dataclass(frozen=True, slots=True)
class Forward:
    """What the network said about a picture, before anything is decided: the part worth caching.

    Parameters
    ----------
    inference : Inference
        The network's outputs, read-only.
    placement : Placement
        Where the picture lies in the network's input.
    times : StageTimes
        Preprocess, queue and infer.
    tiles : int
        Runs of the network.
    """

    inference: Inference
    placement: Placement
    times: StageTimes
    tiles: int = 1

    @property
    def outputs(self) -> Mapping[str, NDArray[Any]]:
        """Outputs by name."""
        return self.inference.outputs

    @property
    def scale(self) -> float:
        """Network pixels for one pixel of the picture, along its longer side."""
        return max(self.placement.box[2:]) / max(self.placement.source_size)


@dataclass(frozen=True, slots=True)
class Segmentation:
    """A result and how long each stage took.

    Parameters
    ----------
    result : SemanticMap, Instances, Panoptic, Matte or Scene
    times : StageTimes
    tiles : int
        Runs of the network that it took.
    scale : float or None
        Network pixels for one pixel of the picture: falls where a picture is too large for the
        model's number of tiles.
    """

    result: Any
    times: StageTimes
    tiles: int = 1
    scale: float | None = None

    def __iter__(self) -> Any:
        """Unpack as ``result, times = segmenter.segment(image)``."""
        return iter((self.result, self.times))


class Segmenter:
    """Segments pictures with one model; light, and safe to use from many threads.

    Parameters
    ----------
    card : ModelCard
        The model.
    engine : Engine
        Where it runs.
    timeout_s : float, optional
        Longest wait for the engine; the engine's own time-out if not given.
    """

    def __init__(self, card: ModelCard, engine: Engine, *, timeout_s: float | None = None) -> None:
        self.card = card
        self.engine = engine
        self._timeout_s = timeout_s
        self._adapter: Adapter = adapter_for(card)

    @property
    def label_set(self) -> LabelSet:
        """What the class ids of the result mean."""
        return self.card.labels

    @property
    def size_bytes(self) -> int | None:
        """Bytes of the files of the network that runs; ``None`` if they are not there."""
        return store.size_bytes(self.card, "int8" if self.info.precision == "int8" else None)

    @property
    def info(self) -> EngineInfo:
        """Device, precision and runtime."""
        return self.engine.info

    def forward(self, image: Image) -> Forward:
        """Run the network.

        Parameters
        ----------
        image : Image
            Of any size.

        Raises
        ------
        EngineBusyError
            The engine did not become free in time.
        """
        start = time.perf_counter()
        prepared = self._adapter.preprocess(image)
        preprocess_ms = (time.perf_counter() - start) * 1e3
        if prepared.tiles is not None:
            inference, other_ms = tiling.run(
                self.engine, prepared.tiles, self.card.output_name, timeout_s=self._timeout_s
            )
            preprocess_ms += other_ms
        else:
            inference = self.engine.infer(prepared.inputs, timeout_s=self._timeout_s)
        times = StageTimes(
            preprocess_ms=preprocess_ms,
            queue_ms=inference.queue_ms,
            infer_ms=inference.infer_ms,
        )
        count = 1 if prepared.tiles is None else len(prepared.tiles)
        return Forward(inference, prepared.placement, times, count)

    def finish(
        self, forward: Forward, *, upsampling: Upsampling = "logits", scores: bool = False
    ) -> Segmentation:
        """Turn the network's outputs into a result; never runs the network.

        Parameters
        ----------
        forward : Forward
            From :meth:`forward`, of this call or an earlier one.
        upsampling : {"logits", "labels"}
            Bring logits to picture size and decide there, or decide in the network's cells and
            repeat them.
        scores : bool
            Keep the probabilities at picture size as well.

        Returns
        -------
        Segmentation
            With the stages of ``forward`` and the postprocessing.
        """
        start = time.perf_counter()
        result: Result = self._adapter.postprocess(
            forward.inference, forward.placement, upsampling=upsampling, scores=scores
        )
        elapsed_ms = (time.perf_counter() - start) * 1e3
        times = replace(forward.times, postprocess_ms=elapsed_ms)
        return Segmentation(result, times, forward.tiles, forward.scale)

    def segment(
        self, image: Image, *, upsampling: Upsampling = "logits", scores: bool = False
    ) -> Segmentation:
        """Segment a decoded picture: :meth:`forward`, then :meth:`finish`."""
        return self.finish(self.forward(image), upsampling=upsampling, scores=scores)

    def segment_bytes(
        self,
        data: bytes,
        *,
        limits: Limits = DEFAULT_LIMITS,
        upsampling: Upsampling = "logits",
        scores: bool = False,
    ) -> Segmentation:
        """Decode a picture file held in memory and segment it; decoding is timed too.

        Raises
        ------
        ImageError
            The bytes are not a picture that can be read, or it is over the limits.
        """
        start = time.perf_counter()
        image = images.decode(data, limits=limits)
        decode_ms = (time.perf_counter() - start) * 1e3
        done = self.segment(image, upsampling=upsampling, scores=scores)
        return replace(done, times=replace(done.times, decode_ms=decode_ms))

    def preprocess_steps(self, image: Image) -> tuple[Step, ...]:
        """Return every step from the resized picture to the network's tensor, to look at."""
        pixels = self._adapter.preprocess(image).inputs[self.card.input_name][0]
        return self.card.preprocessing.steps(pixels)

    def describe(self, times: StageTimes | None = None) -> str:
        """Return the caption of a result: ``street · 3.84 MB · bf16 · 12.4 ms``."""
        parts = [self.card.name]
        if (size := self.size_bytes) is not None:
            parts.append(f"{three_digits(size / 1e6)} MB")
        parts.append(self.info.precision)
        if times is not None:
            parts.append(f"{three_digits(times.total_ms)} ms")
        return " · ".join(parts)

    def describe_tiles(self, size: tuple[int, int]) -> str:
        """Say how a picture of this size is cut: ``9 tiles at 1.50 times its size``.

        Empty for a model that takes the whole picture at once. Where the picture is too large for
        the model's usual scale, this says so.
        """
        wanted = self.card.tiling
        if wanted is None:
            return ""
        plan = tiling.plan_tiles(size, wanted, self.card.input_size)
        scale = wanted.stride * max(plan.size) / max(size)
        tiles = f"{len(plan)} {'tile' if len(plan) == 1 else 'tiles'}"
        text = f"{tiles} at {three_digits(scale)} times its size"
        if scale < 0.95 * wanted.scale:
            text += (
                f" (usually {three_digits(wanted.scale)}, but at most {wanted.most} tiles: "
                "what is small may be missed)"
            )
        return text


def three_digits(value: float) -> str:
    """Write a number with three significant digits and no exponent: 3.84, 12.4, 123, 4567."""
    if value == 0:
        return "0"
    size = abs(float(f"{value:.3g}"))
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:.{decimals}f}"
