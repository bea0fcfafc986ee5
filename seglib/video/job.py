"""A clip from the first frame to the finished MP4, a moment of work at a time."""

from __future__ import annotations

import importlib
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import SeglibError, VideoError
from seglib.images import Image, resize
from seglib.models import Segmentation
from seglib.results import Matte, StageTimes
from seglib.video.clips import Clip
from seglib.video.draw import DrawOptions, draw, instances_of
from seglib.video.facts import STAGES, FrameFacts, Span, Track
from seglib.video.judge import Switches, frame_iou
from seglib.video.pipeline import Progress, in_order
from seglib.video.reader import Frame
from seglib.video.smoothing import MatteSmoother
from seglib.video.tracker import Tracker
from seglib.video.writer import ClipWriter

SPANS = 240
"""Latest pieces of work whose beginning and end are kept."""


@dataclass
class _Work:
    """A frame on its way."""

    frame: Frame
    result: Any
    times: StageTimes
    iou: float | None
    numbers: tuple[int, ...] | None = None
    track_ms: float = 0.0
    drawn: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 0, 3), np.uint8))
    render_ms: float = 0.0
    encode_ms: float = 0.0


class ClipJob:
    """Reads, segments, follows, draws and encodes a clip; goes on only while it is asked to.

    Frames are segmented by several workers; one thread draws, one encodes, and the caller's reads
    and tracks. What needs an order is done by one thread alone. Memory does not
    grow with the clip: of a frame that is done, a few numbers stay, and the MP4 is a temporary file
    until it is finished. That file is gone after :meth:`finish`, :meth:`stop`, an error, or with
    the job itself.

    Parameters
    ----------
    clip : Clip
        A :class:`~seglib.video.reader.ClipReader` or a
        :class:`~seglib.video.clips.GeneratedClip`.
    answer : callable
        Says what is in a frame: ``lambda frame: segmenter.segment(frame.image)``.
    options : DrawOptions, optional
    tracker : Tracker, optional
        Gives the objects of a result their numbers.
    smoother : MatteSmoother, optional
        Steadies the mattes of a result.
    only : collection of int, optional
        Classes to show.
    workers : int
        Frames segmented at once; 1 where ``answer`` must see them one after the other.
    longest : int, optional
        Longest side of the frames in pixels; larger ones are scaled down before anything else.
    """

    def __init__(
        self,
        clip: Clip,
        answer: Callable[[Frame], Segmentation],
        *,
        options: DrawOptions | None = None,
        tracker: Tracker | None = None,
        smoother: MatteSmoother | None = None,
        only: Collection[int] | None = None,
        workers: int = 2,
        longest: int | None = None,
    ) -> None:
        self.clip = clip
        self.options = options or DrawOptions()
        self.tracker = tracker
        self.smoother = smoother
        self.workers = workers
        self.data: bytes | None = None
        """The MP4, once there is one."""
        self.problem: SeglibError | None = None
        """Why it ended early, where it did."""
        self.stopped = False
        """Whether :meth:`stop` ended it."""
        self.size = fitted(clip.info.size, longest)
        self.latest: NDArray[np.uint8] | None = None
        """The last frame that is done, as drawn."""
        self.facts: list[FrameFacts] = []
        self.tracks: dict[int, Track] = {}
        self.spans: deque[Span] = deque(maxlen=SPANS)
        self.switches: Switches | None = None
        """Where the true objects themselves are followed: how often one lost its number."""
        self.progress = Progress(clip.info.frames)
        self._answer = answer
        self._only = only
        self._sums = dict.fromkeys((name for name, _ in STAGES), 0.0)
        self._names: dict[int, int] = {}
        self._lock = threading.Lock()
        # whoever stops the job may be another thread than the one that works on it
        self._turn = threading.RLock()
        self._start = time.perf_counter()
        self._seconds: float | None = None
        self._writer: ClipWriter | None = None
        self._answers = in_order(self._read(), self._segment, workers=workers)
        self._tracked = self._follow()
        self._drawn = in_order(self._tracked, self._draw, workers=1)
        self._encoded = in_order(self._drawn, self._encode, workers=1)
        self._ready: deque[_Work] = deque()
        if tracker is not None:
            # imported now, and not while the first frame is timed
            for module in ("scipy.optimize", "scipy.sparse.csgraph"):
                importlib.import_module(module)

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do: done, stopped or failed."""
        return self._seconds is not None

    @property
    def seconds(self) -> float:
        """Wall-clock time so far."""
        return time.perf_counter() - self._start if self._seconds is None else self._seconds

    @property
    def mean_ms(self) -> dict[str, float]:
        """Mean time of each stage of :data:`STAGES` for one frame, in milliseconds."""
        count = max(1, len(self.facts))
        return {name: total / count for name, total in self._sums.items()}

    @property
    def per_second(self) -> float | None:
        """Frames done each second of wall-clock time; ``None`` before the first."""
        return len(self.facts) / self.seconds if self.facts else None

    @property
    def gain(self) -> float | None:
        """Seconds of work done in a second, all stages together, waits for a request left out."""
        work = sum(total for name, total in self._sums.items() if name != "queue_ms")
        return 1e-3 * work / self.seconds if self.facts and self.seconds else None

    def run(self, seconds: float) -> bool:
        """Work for about ``seconds``, at least one frame; returns whether more is to be done.

        Raises
        ------
        SeglibError
            The clip cannot be read any further, or the model failed. What was done until then is
            in :attr:`data`, and :attr:`problem` keeps the error.
        """
        if not self.facts:
            # the clock starts with the work, not with the making of the job
            self._start = time.perf_counter()
            self.progress = Progress(self.clip.info.frames)
        deadline = time.perf_counter() + seconds
        while self.step() and time.perf_counter() < deadline:
            pass
        return not self.finished

    def step(self) -> bool:
        """Do one more frame at least; returns whether there was one. See :meth:`run`."""
        with self._turn:
            if self.finished:
                return False
            try:
                if next(self._encoded, None) is None:
                    self._end(complete=True)
                    return False
            except SeglibError as error:
                self.problem = error
                self._end(complete=False)
                raise
            except BaseException:
                self.close()
                raise
            self._take()
            return True

    def stop(self) -> bytes | None:
        """End here; returns the clip of the frames so far, ``None`` where there is none yet.

        May be called from another thread; the frame in work is finished first.
        """
        with self._turn:
            if not self.finished:
                self.stopped = True
                self._end(complete=False)
            return self.data

    def finish(self) -> bytes:
        """Work to the end and return the MP4."""
        while self.step():
            pass
        if self.data is None:
            raise VideoError("expected a clip with a frame at least, got none")
        return self.data

    def close(self) -> None:
        """Let go of everything but the results: threads, the reader, the temporary file."""
        with self._turn:
            self._close()

    def _close(self) -> None:
        if self._seconds is None:
            self._seconds = time.perf_counter() - self._start
        # from the end to the start: who asks for frames goes before who gives them; a frame that
        # is being encoded is encoded to its end
        for part in (self._encoded, self._drawn, self._tracked, self._answers):
            part.close()  # type: ignore[attr-defined]
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _end(self, *, complete: bool) -> None:
        try:
            self._encoded.close()  # type: ignore[attr-defined]
            self._take()
            if self._writer is not None:
                self.data = self._writer.finish()
            elif complete:
                self.problem = VideoError("expected a clip with a frame at least, got none")
        finally:
            self.close()

    def _take(self) -> None:
        """Count what is in the MP4 by now: every frame, whether its turn has come or not."""
        while self._ready:
            self._note(self._ready.popleft())

    @contextmanager
    def _span(self, frame: int, lane: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            end = time.perf_counter()
            self.spans.append(Span(frame, lane, start - self._start, end - self._start))

    def _read(self) -> Iterator[Frame]:
        frames = iter(self.clip)
        index = 0
        while True:
            with self._span(index, "read"):
                frame = next(frames, None)
                if frame is not None and self.size != frame.image.size:
                    frame = self._smaller(frame)
            if frame is None:
                return
            yield frame
            index += 1

    def _smaller(self, frame: Frame) -> Frame:
        pixels = resize(frame.image.pixels, self.size)
        # the truth of a generated clip is of its own size: a frame that is scaled has none
        pixels.setflags(write=False)
        return replace(frame, image=Image(pixels), truth=None, truth_ids=())

    def _segment(self, frame: Frame) -> _Work:
        with self._lock:
            mine = self._names.setdefault(threading.get_ident(), len(self._names) + 1)
        with self._span(frame.index, f"worker {mine}"):
            done = self._answer(frame)
            return _Work(frame, done.result, done.times, frame_iou(frame, done.result))

    def _follow(self) -> Iterator[_Work]:
        for work in self._answers:
            objects = instances_of(work.result)
            start = time.perf_counter()
            if self.tracker is not None and objects is not None:
                with self._span(work.frame.index, "track"):
                    work.numbers = tuple(self.tracker.update(objects).tolist())
                    work.track_ms = 1e3 * (time.perf_counter() - start)
            elif self.smoother is not None and isinstance(work.result, Matte):
                with self._span(work.frame.index, "track"):
                    work.result = self.smoother.update(work.frame.image.pixels, work.result)
                    work.track_ms = 1e3 * (time.perf_counter() - start)
            yield work

    def _draw(self, work: _Work) -> _Work:
        with self._span(work.frame.index, "draw"):
            start = time.perf_counter()
            work.drawn = draw(
                work.frame.image.pixels,
                work.result,
                self.options,
                numbers=work.numbers,
                only=self._only,
            )
            work.render_ms = 1e3 * (time.perf_counter() - start)
        return work

    def _encode(self, work: _Work) -> _Work:
        with self._span(work.frame.index, "encode"):
            start = time.perf_counter()
            if self._writer is None:
                height, width = work.drawn.shape[:2]
                self._writer = ClipWriter((width, height), self.clip.info.rate)
            frame = work.frame
            self._writer.write(work.drawn, seconds=frame.seconds, duration=frame.duration)
            work.encode_ms = 1e3 * (time.perf_counter() - start)
        self._ready.append(work)
        return work

    def _note(self, work: _Work) -> None:
        times = {**work.times.as_dict(), "decode_ms": work.frame.decode_ms}
        times |= {"track_ms": work.track_ms, "render_ms": work.render_ms}
        times["encode_ms"] = work.encode_ms
        for name, value in times.items():
            self._sums[name] += value
        objects = instances_of(work.result)
        index = work.frame.index
        self.facts.append(
            FrameFacts(
                index,
                work.frame.seconds,
                work.iou,
                0 if objects is None else len(objects),
                float(work.result.alpha.mean()) if isinstance(work.result, Matte) else None,
            )
        )
        if objects is not None and work.numbers is not None:
            if work.result is work.frame.truth:
                self.switches = self.switches or Switches()
                self.switches.update(work.frame.truth_ids, work.numbers)
            for number, class_id in zip(work.numbers, objects.class_ids.tolist(), strict=True):
                track = self.tracks.get(number)
                if track is None:
                    self.tracks[number] = Track(number, int(class_id), index, index)
                else:
                    track.last, track.frames = index, track.frames + 1
        self.latest = work.drawn
        self.progress.step()


def fitted(size: tuple[int, int], longest: int | None) -> tuple[int, int]:
    """Scale a size (width, height) down until its longest side fits; ``None`` leaves it."""
    if longest is None or max(size) <= longest:
        return size
    scale = longest / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
