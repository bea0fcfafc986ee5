"""Several frames at once, in order, in constant memory, stoppable."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seglib.errors import UsageError
from seglib.images import Image
from seglib.models import Segmentation, load
from seglib.results import StageTimes
from seglib.video.pipeline import AHEAD, Progress, in_order, process
from seglib.video.reader import Frame


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=30), st.integers(1, 4))
def test_answers_come_in_the_order_of_the_items(delays: list[int], workers: int) -> None:
    def work(item: tuple[int, int]) -> int:
        time.sleep(item[1] / 2000)
        return item[0]

    assert list(in_order(enumerate(delays), work, workers=workers)) == list(range(len(delays)))


def test_work_really_runs_side_by_side() -> None:
    both = threading.Barrier(2, timeout=120)
    assert list(in_order([0, 1], lambda _: both.wait() >= 0, workers=2)) == [True, True]


def test_a_long_clip_is_read_only_as_fast_as_it_is_used() -> None:
    read = 0

    def endless() -> Iterator[int]:
        nonlocal read
        while True:
            read += 1
            yield read

    answers = in_order(endless(), lambda x: x, workers=3)
    for used in range(1, 50):
        assert next(answers) == used
        assert read <= used + 3 * AHEAD
    answers.close()  # type: ignore[attr-defined]
    assert read < 60


def test_an_error_comes_at_its_turn_and_ends_everything() -> None:
    def work(item: int) -> int:
        if item == 3:
            raise ValueError("frame 3")
        return item

    answers = in_order(range(100), work, workers=2)
    assert [next(answers) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="frame 3"):
        next(answers)
    assert list(answers) == []
    assert not [t for t in threading.enumerate() if t.name.startswith("seglib-clip")]


def test_two_clips_at_once_do_not_mix() -> None:
    one = in_order(range(20), lambda x: x, workers=2)
    two = in_order(range(100, 120), lambda x: x, workers=2)
    pairs = list(zip(one, two, strict=True))
    assert pairs == [(i, 100 + i) for i in range(20)]


def test_less_than_one_worker_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 1"):
        list(in_order([1], lambda x: x, workers=0))


def frame(index: int) -> Frame:
    pixels = np.random.default_rng(index).integers(0, 256, (36, 48, 3), np.uint8)
    return Frame(index, Image.from_array(pixels), index / 25, decode_ms=1.5)


def test_frames_keep_their_own_answer_and_times() -> None:
    def segment(image: Image) -> Segmentation:
        return Segmentation(image.digest, StageTimes(infer_ms=2.0))

    done = list(process(map(frame, range(9)), segment, workers=3))
    assert [d.frame.index for d in done] == list(range(9))
    assert all(d.result == d.frame.image.digest for d in done)
    assert done[0].times.decode_ms == 1.5
    assert done[0].times.infer_ms == 2.0


def test_a_real_model_says_the_same_of_a_clip_as_of_its_pictures() -> None:
    segmenter = load("street")
    for done in process(map(frame, range(4)), segmenter.segment, workers=2):
        alone = segmenter.segment(done.frame.image).result.labels
        assert (done.result.labels == alone).all()


def test_progress_by_hand() -> None:
    now = [100.0]
    progress = Progress(10, clock=lambda: now[0])
    assert progress.seconds_left is None
    for _ in range(4):
        progress.step()
    now[0] = 102.0
    assert progress.share == pytest.approx(0.4)
    assert progress.per_second == pytest.approx(2)
    assert progress.seconds_left == pytest.approx(3)
    assert Progress(None).share is None


def test_a_source_that_breaks_off_loses_nothing_before_it() -> None:
    def source() -> Iterator[int]:
        yield from range(7)
        raise ValueError("after 6")

    answers = in_order(source(), lambda x: x, workers=3)
    assert [next(answers) for _ in range(7)] == list(range(7))
    with pytest.raises(ValueError, match="after 6"):
        next(answers)
