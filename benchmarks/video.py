"""A clip through the street model: pipeline against one frame after the other, same clip, same run.

Both sides read the same H.264 clip from memory, segment, draw and encode every frame with the same
functions. The usual way does it in a loop; ours is ``pipeline.process`` and ``ClipJob`` with an
engine compiled for THROUGHPUT. What "one frame at a time" is worth depends on its engine, so there
are two: the usual one (LATENCY: one inference has all cores) and the pipeline's own. Clips go
through all variants in turn and ratios are taken within a round. ``python -m benchmarks.video``
prints which part of the gain comes from what, and the processor time of a frame.

What to expect: a pipeline cannot do less work, it can only leave no core idle. With LATENCY one
inference of the street model already keeps two cores busy for nine tenths of its time, so on two
cores the gain is what else there is to a frame (reading, drawing, encoding), done meanwhile; the
more cores, the worse one small network fills them, and the more is gained.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from benchmarks.inference import ratio
from seglib import models
from seglib.engine import LocalEngine
from seglib.models import Segmenter, store
from seglib.video.clips import GeneratedClip
from seglib.video.draw import draw
from seglib.video.engine import workers_for
from seglib.video.job import ClipJob
from seglib.video.pipeline import process
from seglib.video.reader import ClipReader
from seglib.video.writer import ClipWriter

if TYPE_CHECKING:
    from benchmarks.table import Row

SIZE, FRAMES, REPEAT = (1280, 720), 5, 6
ROUNDS = 7


@cache
def clip() -> bytes:
    """Return the clip: few generated frames, there and back, since generating takes long."""
    frames = [frame.image.pixels for frame in GeneratedClip(7, FRAMES, "street", SIZE)]
    with ClipWriter(SIZE, 12) as writer:
        for turn in range(REPEAT):
            for pixels in frames if turn % 2 == 0 else frames[::-1]:
                writer.write(pixels)
        return writer.finish()


def engine(hint: str, requests: int | None = None) -> Segmenter:
    """Return the street model with an engine of its own."""
    card = models.find("street")
    own = LocalEngine(
        store.model_path(card),
        performance_hint=hint,  # type: ignore[arg-type]
        requests=requests,
        transform=card.preprocessing.embed,
    )
    return models.load(card, engine=own)


def one_by_one(segmenter: Segmenter, *, encode: bool) -> int:
    """Do everything with a frame before the next one is read."""
    count = 0
    with ClipWriter(SIZE, 12) as writer:
        for frame in ClipReader(clip()):
            drawn = draw(frame.image.pixels, segmenter.segment(frame.image).result)
            if encode:
                writer.write(drawn, seconds=frame.seconds)
            count += 1
        if encode:
            writer.finish()
    return count


def piped(segmenter: Segmenter, workers: int) -> int:
    """Segment with ``process`` and draw in the caller's thread."""
    count = 0
    for done in process(ClipReader(clip()), segmenter.segment, workers=workers):
        draw(done.frame.image.pixels, done.result)
        count += 1
    return count


def job(segmenter: Segmenter, workers: int) -> int:
    """Make the whole clip as the page does."""
    made = ClipJob(
        ClipReader(clip()), lambda frame: segmenter.segment(frame.image), workers=workers
    )
    made.finish()
    return len(made.facts)


def measure(variants: dict[str, Callable[[], int]]) -> dict[str, list[float]]:
    """Seconds a frame, by name; every round runs all of them, starting with another one."""
    names = list(variants)
    for name in names:
        variants[name]()
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(ROUNDS):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            start = time.perf_counter()
            count = variants[name]()
            seconds[name].append((time.perf_counter() - start) / count)
    return seconds


def processor_seconds(run: Callable[[], int]) -> float:
    """Seconds that all threads of this process worked for a frame.

    Divided by the number of cores, it is the least that a frame can take.
    """
    start = time.process_time()
    count = run()
    return (time.process_time() - start) / count


def _pace(seconds: list[float]) -> str:
    return f"{1 / statistics.median(seconds):.1f} frames/s"


def rows() -> list[Row]:
    """Measure and return the table's rows; ratios are how many times faster ours is."""
    from benchmarks.table import Row

    usual, ours = engine("LATENCY"), engine("THROUGHPUT")
    workers = workers_for(ours)
    found = measure(
        {
            "segment and draw, one by one": lambda: one_by_one(usual, encode=False),
            "the same engine, one by one": lambda: one_by_one(ours, encode=False),
            "segment and draw, piped": lambda: piped(ours, workers),
            "clip to MP4, one by one": lambda: one_by_one(usual, encode=True),
            "clip to MP4, the same engine, one by one": lambda: one_by_one(ours, encode=True),
            "clip to MP4, job": lambda: job(ours, workers),
        }
    )
    size = f"H.264 clip {SIZE[0]}x{SIZE[1]}, {FRAMES * REPEAT} frames, {workers} workers"
    pairs = (
        ("video, segment and draw", "segment and draw, piped", "segment and draw, one by one"),
        (
            "video, segment and draw, one engine",
            "segment and draw, piped",
            "the same engine, one by one",
        ),
        ("video, clip to MP4", "clip to MP4, job", "clip to MP4, one by one"),
        (
            "video, clip to MP4, one engine",
            "clip to MP4, job",
            "clip to MP4, the same engine, one by one",
        ),
    )
    return [
        Row(
            what,
            _pace(found[mine]),
            f"{_pace(found[theirs])} (one frame at a time)",
            ratio(found[theirs], found[mine]),
            size,
            wanted=">= 1.5",
        )
        for what, mine, theirs in pairs
    ]


def main() -> None:
    """Print what each part of the pipeline brings, against one frame at a time."""
    latency, throughput = engine("LATENCY"), engine("THROUGHPUT")
    four = engine("THROUGHPUT", 4)
    found = measure(
        {
            "one by one, LATENCY": lambda: one_by_one(latency, encode=False),
            "one by one, THROUGHPUT": lambda: one_by_one(throughput, encode=False),
            "1 worker, LATENCY": lambda: piped(latency, 1),
            "2 workers, LATENCY": lambda: piped(latency, 2),
            "1 worker, THROUGHPUT": lambda: piped(throughput, 1),
            "2 workers, THROUGHPUT": lambda: piped(throughput, 2),
            "3 workers, THROUGHPUT": lambda: piped(throughput, 3),
            "4 workers, THROUGHPUT, 4 requests": lambda: piped(four, 4),
        }
    )
    base = next(iter(found.values()))
    for name, seconds in found.items():
        print(f"{name:36} {_pace(seconds):>16}  x{ratio(base, seconds):.2f}")
    workers = workers_for(throughput)
    for name, run in (
        ("clip to MP4, one by one, LATENCY", lambda: one_by_one(latency, encode=True)),
        ("clip to MP4, job", lambda: job(throughput, workers)),
    ):
        print(f"{name:36} {1e3 * processor_seconds(run):>10.1f} ms of processor time a frame")


if __name__ == "__main__":
    main()
