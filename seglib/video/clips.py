"""What a clip is to whoever works on it, and clips that are generated, with exact truth."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Protocol

from seglib.scenes import clip
from seglib.video.reader import ClipInfo, Frame


class Clip(Protocol):
    """Frames one after the other, as often as asked for: a ``ClipReader`` or a generated clip."""

    @property
    def info(self) -> ClipInfo:
        """Size, rate and length."""
        ...

    def __iter__(self) -> Iterator[Frame]:
        """Start from the first frame."""
        ...


@dataclass(frozen=True)
class GeneratedClip:
    """A clip of a generated world; each frame is made when it is asked for and carries its truth.

    Parameters
    ----------
    seed : int
        Of the world.
    frames : int
        At least 1.
    kind : {"street", "shapes"}
        The camera drives through a street, or stands still above shapes that move.
    size : (width, height)
        Pixels.
    rate : int
        Frames a second.
    """

    seed: int
    frames: int
    kind: Literal["street", "shapes"] = "street"
    size: tuple[int, int] = (480, 360)
    rate: int = 12

    @property
    def info(self) -> ClipInfo:
        """Size, rate and length."""
        rate = Fraction(self.rate)
        return ClipInfo(self.size, rate, self.frames, self.frames / self.rate, "generated")

    def __iter__(self) -> Iterator[Frame]:
        """Generate from the first frame on; ``decode_ms`` is the time of generating."""
        scenes = clip(
            self.seed, frames=self.frames, kind=self.kind, size=self.size, rate=float(self.rate)
        )
        start = time.perf_counter()
        for index, scene in enumerate(scenes):
            elapsed = 1e3 * (time.perf_counter() - start)
            yield Frame(
                index,
                scene.image,
                index / self.rate,
                elapsed,
                truth=scene.truth,
                truth_ids=scene.instance_ids,
            )
            start = time.perf_counter()
