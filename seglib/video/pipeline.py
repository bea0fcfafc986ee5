"""A clip through a model: several frames under way at once, results in order, memory constant."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from seglib.errors import UsageError
from seglib.models import Segmentation
from seglib.results import StageTimes
from seglib.video.reader import Frame

Item = TypeVar("Item")
Answer = TypeVar("Answer")

AHEAD = 2
"""Frames in work or waiting for their turn, for each worker."""


@dataclass(frozen=True, eq=False)
class Processed:
    """One frame and what a model says of it.

    Parameters
    ----------
    frame : Frame
    result : object
        What the model answers.
    times : StageTimes
        With the time of decoding.
    """

    frame: Frame
    result: Any
    times: StageTimes


def in_order(
    items: Iterable[Item], work: Callable[[Item], Answer], *, workers: int
) -> Iterator[Answer]:
    """Do ``work`` on items in several threads; answers come in the order of the items.

    Items are taken only as answers are fetched: at most ``workers * AHEAD`` are under way, however
    long the row is. The items themselves are read in the caller's thread.

    Raises
    ------
    UsageError
        Fewer than one worker.
    Exception
        Whatever ``work`` or the reading of items raised, when its turn comes: after the answers to
        all items before it. Nothing goes on after that.
    """
    if workers < 1:
        raise UsageError(f"expected at least 1 worker, got {workers}")
    under_way: deque[Future[Answer]] = deque()
    source = iter(items)
    with ThreadPoolExecutor(workers, thread_name_prefix="seglib-clip") as pool:
        try:
            broken: Exception | None = None
            while True:
                try:
                    item = next(source)
                except StopIteration:
                    break
                except Exception as error:
                    # what was read before it is still worth its answer
                    broken = error
                    break
                under_way.append(pool.submit(work, item))
                if len(under_way) >= workers * AHEAD:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
            if broken is not None:
                raise broken
        finally:
            # the caller stopped early, or something failed: what has not begun never will
            for future in under_way:
                future.cancel()


def process(
    frames: Iterable[Frame], segment: Callable[[Any], Segmentation], *, workers: int = 2
) -> Iterator[Processed]:
    """Segment the frames of a clip.

    Parameters
    ----------
    frames : iterable of Frame
        A :class:`~seglib.video.reader.ClipReader`.
    segment : callable
        ``segmenter.segment``; called from several threads.
    workers : int
        Frames segmented at the same time.
    """

    def work(frame: Frame) -> Processed:
        done = segment(frame.image)
        return Processed(frame, done.result, replace(done.times, decode_ms=frame.decode_ms))

    return in_order(frames, work, workers=workers)


class Progress:
    """How far a clip is and how long the rest will take.

    Parameters
    ----------
    total : int or None
        Frames, where known.
    clock : callable
        Seconds; for tests.
    """

    def __init__(self, total: int | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.done = 0
        self._clock = clock
        self._start = clock()

    def step(self) -> None:
        """Count one more frame."""
        self.done += 1

    @property
    def share(self) -> float | None:
        """0..1; ``None`` where the number of frames is not known."""
        if not self.total:
            return None
        return min(1.0, self.done / self.total)

    @property
    def per_second(self) -> float | None:
        """Frames a second so far; ``None`` before the first."""
        elapsed = self._clock() - self._start
        return self.done / elapsed if self.done and elapsed > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """At the pace so far; ``None`` where it cannot be known."""
        pace = self.per_second
        if pace is None or not self.total:
            return None
        return max(0, self.total - self.done) / pace
