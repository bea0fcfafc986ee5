"""A clip from the first frame to the MP4: everything kept, everything cleaned up."""

from __future__ import annotations

import gc
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from seglib.errors import EngineBusyError, UsageError, VideoError
from seglib.images import Image
from seglib.labels import VOC_21
from seglib.models import Segmentation
from seglib.render import instance_color
from seglib.results import Instances, Matte, Scene, SemanticMap, StageTimes
from seglib.video.clips import GeneratedClip
from seglib.video.draw import DrawOptions, draw
from seglib.video.engine import clip_segmenter, workers_for
from seglib.video.facts import STAGES
from seglib.video.job import ClipJob, fitted
from seglib.video.judge import Switches, frame_iou
from seglib.video.reader import ClipInfo, ClipLimits, ClipReader, Frame
from seglib.video.smoothing import MatteSmoother
from seglib.video.tracker import Tracker
from tests.clips import gif

W, H = 64, 48


class Plain:
    """A clip of a bright square on grey that moves to the right."""

    def __init__(self, frames: int, *, times: list[float] | None = None, breaks: int = -1) -> None:
        self.frames, self.times, self.breaks = frames, times, breaks
        self.closed = 0

    @property
    def info(self) -> ClipInfo:
        return ClipInfo((W, H), Fraction(10), self.frames, self.frames / 10, "test")

    def __iter__(self) -> Iterator[Frame]:
        try:
            for index in range(self.frames):
                if index == self.breaks:
                    raise VideoError("expected more, got the end")
                pixels = np.full((H, W, 3), 90, np.uint8)
                pixels[10:30, index % 40 : index % 40 + 16] = 200
                when = index / 10 if self.times is None else self.times[index]
                yield Frame(index, Image.from_array(pixels), when, 1.0)
        finally:
            self.closed += 1


def square(frame: Frame) -> Segmentation:
    """The square, as one object."""
    mask = (frame.image.pixels[..., 0] > 150)[None]
    found = Instances.from_masks(mask, [15], [1.0], VOC_21)
    return Segmentation(found, StageTimes(infer_ms=2.0))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("seglib-clip")]


def test_rate_times_and_length_are_kept_and_nothing_stays(folder: Path) -> None:
    times = [0.0, 0.1, 0.35, 0.4, 1.0, 1.1]
    clip = Plain(6, times=times)
    job = ClipJob(clip, square, tracker=Tracker(), workers=2)
    data = job.finish()
    frames = list(ClipReader(data))
    np.testing.assert_allclose([f.seconds for f in frames], times, atol=2e-3)
    assert not list(folder.iterdir())
    assert not threads()
    assert clip.closed == 1
    assert [f.index for f in job.facts] == list(range(6))
    assert list(job.mean_ms) == [name for name, _ in STAGES]
    assert job.mean_ms["infer_ms"] == pytest.approx(2)
    assert job.mean_ms["decode_ms"] == pytest.approx(1)
    assert min(job.mean_ms[k] for k in ("render_ms", "encode_ms", "track_ms")) > 0
    assert job.per_second == pytest.approx(6 / job.seconds)
    assert job.progress.share == 1
    (track,) = job.tracks.values()
    assert (track.number, track.first, track.last, track.frames) == (0, 0, 5, 6)
    lanes = {span.lane for span in job.spans}
    assert {"read", "worker 1", "track", "draw", "encode"} <= lanes


def test_a_whole_clip_keeps_its_duration() -> None:
    info = ClipReader(ClipJob(Plain(15), square).finish()).info
    assert info.frames == 15
    assert info.rate == 10
    assert info.seconds == pytest.approx(1.5, abs=1e-3)


def test_any_moments_and_the_last_one_are_kept() -> None:
    moments = [100, 300, 100, 700]
    info = ClipReader(ClipJob(ClipReader(gif(moments)), square).finish()).info
    assert info.frames == 4
    assert info.seconds == pytest.approx(1.2, abs=2e-3)


def test_the_colour_of_an_object_is_that_of_its_number() -> None:
    job = ClipJob(Plain(4), square, tracker=Tracker(), options=DrawOptions(view="mask"))
    while job.step():
        assert job.latest is not None
        assert job.latest[12, len(job.facts) + 3].tolist() == list(instance_color(0))


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_stop_keeps_what_is_done(folder: Path, steps: int) -> None:
    clip = Plain(1000)
    job = ClipJob(clip, square, workers=3)
    for _ in range(steps):
        assert job.step()
    data = job.stop()
    assert (data is None) == (steps == 0)
    if data is not None:
        # those whose turn had not come, but which were done, are in it too
        count = len(list(ClipReader(data)))
        assert count == len(job.facts)
        assert steps <= count <= steps + 4
    assert job.finished
    assert job.stopped
    assert not job.step()
    assert job.stop() is data
    assert not list(folder.iterdir())
    assert not threads()
    assert clip.closed == (1 if steps else 0)


def test_stop_from_another_thread(folder: Path) -> None:
    endless = ClipLimits(max_frames=10**6, max_seconds=1e6)
    job = ClipJob(Plain(100_000), square)
    assert job.run(0.05)
    timer = threading.Timer(0.1, job.stop)
    timer.start()
    while job.run(0.05):
        pass
    timer.join()
    assert job.data is not None
    assert len(job.facts) == len(list(ClipReader(job.data, limits=endless)))
    assert not list(folder.iterdir())


def test_a_clip_that_breaks_keeps_what_came_before(folder: Path) -> None:
    job = ClipJob(Plain(30, breaks=9), square, workers=2)
    with pytest.raises(VideoError, match="got the end"):
        job.finish()
    assert isinstance(job.problem, VideoError)
    assert job.data is not None
    assert len(list(ClipReader(job.data))) == 9
    assert not list(folder.iterdir())


def test_a_model_that_fails_ends_the_job_but_loses_no_frame(folder: Path) -> None:
    def busy(frame: Frame) -> Segmentation:
        if frame.index == 4:
            raise EngineBusyError("the server is busy")
        return square(frame)

    job = ClipJob(Plain(30), busy)
    with pytest.raises(EngineBusyError):
        job.finish()
    assert job.data is not None
    assert len(list(ClipReader(job.data))) == 4
    assert not threads()
    assert not list(folder.iterdir())


def test_no_frame_at_all_is_an_error(folder: Path) -> None:
    with pytest.raises(VideoError, match="a frame at least"):
        ClipJob(Plain(0), square).finish()
    assert not list(folder.iterdir())


def test_a_job_that_is_forgotten_leaves_no_file(folder: Path) -> None:
    job = ClipJob(Plain(100), square)
    job.step()
    assert list(folder.iterdir())
    del job
    # frames in work hold it a little longer
    deadline = time.monotonic() + 120
    while list(folder.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
        gc.collect()
    assert not list(folder.iterdir())
    assert not threads()


def test_memory_does_not_grow_with_the_clip() -> None:
    def peak(frames: int) -> int:
        job = ClipJob(Plain(frames), square, options=DrawOptions(view="side"))
        tracemalloc.start()
        job.finish()
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)
    short, long = peak(20), peak(200)
    frame_bytes = W * H * 3
    # a few numbers and spans a frame, never its pixels
    assert long - short < 180 * frame_bytes * 0.25


def test_large_frames_are_scaled_down() -> None:
    assert fitted((3840, 2160), 960) == (960, 540)
    assert fitted((100, 50), 960) == (100, 50)
    assert fitted((5, 4000), 100) == (1, 100)
    job = ClipJob(Plain(2), square, longest=32)
    assert ClipReader(job.finish()).info.size == (32, 24)


def test_true_objects_followed_show_their_switches() -> None:
    clip = GeneratedClip(5, 5, "shapes", (120, 90))
    job = ClipJob(clip, lambda f: Segmentation(f.truth, StageTimes()), tracker=Tracker())
    job.finish()
    assert job.switches is not None
    assert all(fact.iou == 1 for fact in job.facts)
    switches = Switches()
    for ids, numbers in (((7, 9), (0, 1)), ((9, 7), (1, 0)), ((7, 9), (1, 0)), ((7,), (1,))):
        switches.update(ids, numbers)
    assert switches.count == 2


def test_iou_by_hand() -> None:
    labels = np.zeros((2, 4), np.uint8)
    found = labels.copy()
    found[:, 2:] = 1
    true = labels.copy()
    true[:, 1:] = 1
    image = Image.from_array(np.zeros((2, 4, 3), np.uint8))
    frame = Frame(0, image, 0, 0, truth=Scene(semantic=SemanticMap(true, VOC_21)))
    # background 2 of 4, class 1 4 of 6
    wanted = (2 / 4 + 4 / 6) / 2
    assert frame_iou(frame, SemanticMap(found, VOC_21)) == pytest.approx(wanted)
    assert frame_iou(Frame(0, image, 0, 0), SemanticMap(found, VOC_21)) is None
    assert frame_iou(frame, Matte(np.zeros((2, 4), np.float32))) is None


def picture() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (H, W, 3), np.uint8)


def test_every_kind_of_result_can_be_drawn() -> None:
    pixels = picture()
    labels = np.zeros((H, W), np.uint8)
    labels[:, 32:] = 15
    semantic = SemanticMap(labels, VOC_21)
    objects = Instances.from_masks((labels == 15)[None], [15], [1.0], VOC_21)
    plain = DrawOptions(opacity=1.0, numbers=False)
    out = draw(pixels, semantic, plain)
    assert (out[:, 32:] == VOC_21.label(15).color).all()
    np.testing.assert_array_equal(out[:, :32], pixels[:, :32])
    # an object has its own colour, in a scene too
    for result in (objects, Scene(semantic=semantic, instances=objects)):
        out = draw(pixels, result, plain, numbers=[3])
        assert (out[:, 32:] == instance_color(3)).all()
        np.testing.assert_array_equal(out[:, :32], pixels[:, :32])
    by_class = DrawOptions(opacity=1.0, numbers=False, colour="class")
    assert (draw(pixels, objects, by_class)[:, 32:] == VOC_21.label(15).color).all()
    alpha = (labels == 15).astype(np.float32)
    out = draw(pixels, Matte(alpha), plain)
    np.testing.assert_array_equal(out[:, 32:], pixels[:, 32:])
    assert out[:, :32].max() < 180
    side = draw(pixels, semantic, DrawOptions(view="side"))
    assert side.shape == (H, 2 * W, 3)
    np.testing.assert_array_equal(side[:, :W], pixels)
    for result in (semantic, objects, Matte(alpha)):
        mask = draw(pixels, result, DrawOptions(view="mask", numbers=False))
        assert not mask[:, :32].any()
    only = draw(pixels, Scene(semantic=semantic, instances=objects), plain, only=[8], numbers=[0])
    assert only.max() < 180
    with pytest.raises(UsageError, match="can be drawn"):
        draw(pixels, "text")  # type: ignore[arg-type]


def test_numbers_are_written_on_objects_that_have_room() -> None:
    objects = square(next(iter(Plain(1)))).result
    pixels = picture()
    with_, without = (
        draw(pixels, objects, DrawOptions(numbers=chosen), numbers=[2]) for chosen in (True, False)
    )
    assert (with_ != without).any()
    assert not (with_[34:] != without[34:]).any()


def test_an_engine_for_clips_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from seglib.models import load

    for name in ("SEGLIB_HINT", "SEGLIB_REQUESTS"):
        monkeypatch.delenv(name, raising=False)
    image = next(iter(GeneratedClip(7, 1))).image
    own = clip_segmenter("street")
    assert own.info.performance_hint == "THROUGHPUT"
    assert 2 <= workers_for(own) <= 8
    same = (own.segment(image).result.labels == load("street").segment(image).result.labels).mean()
    assert same > 0.999
    monkeypatch.setenv("SEGLIB_REQUESTS", "1")
    assert clip_segmenter("street").info.performance_hint == "LATENCY"


@pytest.mark.parametrize("name", ["street", "everyday", "foreground"])
def test_two_visitors_with_one_engine_get_what_each_would_get_alone(
    folder: Path, name: str
) -> None:
    own = clip_segmenter(name)
    clips = [GeneratedClip(seed, 4, "street", (160, 120)) for seed in (3, 9)]

    def made(clip: GeneratedClip) -> ClipJob:
        job = ClipJob(
            clip,
            lambda frame: own.segment(frame.image),
            tracker=Tracker(),
            smoother=MatteSmoother(),
            workers=3,
        )
        job.finish()
        return job

    alone = [made(clip) for clip in clips]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(made, clips))
    for one, other in zip(alone, together, strict=True):
        assert [fact.iou for fact in one.facts] == [fact.iou for fact in other.facts]
        assert one.latest is not None
        np.testing.assert_array_equal(one.latest, other.latest)
    assert not np.array_equal(alone[0].latest, alone[1].latest)
    assert not list(folder.iterdir())
    assert not threads()
