"""Objects keep their numbers from frame to frame."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seglib.errors import ShapeError
from seglib.labels import VOC_21
from seglib.render import instance_color
from seglib.results import Instances
from seglib.scenes import clip
from seglib.video.draw import DrawOptions, draw
from seglib.video.tracker import Tracker, TrackOptions, best_pairs, mask_iou


def boxes(*corners: tuple[int, int, int, int], classes: list[int] | None = None) -> Instances:
    masks = np.zeros((len(corners), 60, 100), bool)
    for mask, (x0, y0, x1, y1) in zip(masks, corners, strict=True):
        mask[y0:y1, x0:x1] = True
    return Instances.from_masks(masks, classes or [8] * len(corners), [1.0] * len(corners), VOC_21)


def test_iou_by_hand() -> None:
    one, two = boxes((0, 0, 10, 10)), boxes((5, 0, 15, 10))
    assert mask_iou(one, 0, two, 0) == pytest.approx(50 / 150)
    assert mask_iou(one, 0, boxes((20, 0, 30, 10)), 0) == 0
    assert mask_iou(one, 0, one, 0) == 1


def test_an_object_that_moves_keeps_its_number_whatever_its_row() -> None:
    tracker = Tracker()
    assert tracker.update(boxes((0, 0, 20, 20), (50, 0, 70, 20))).tolist() == [0, 1]
    assert tracker.update(boxes((53, 1, 73, 21), (3, 1, 23, 21))).tolist() == [1, 0]
    assert tracker.seen == 2


def test_the_best_sum_wins_where_greed_would_lose_a_track() -> None:
    """The first new object overlaps both old ones and prefers the one that the second needs."""
    tracker = Tracker(TrackOptions(overlap=0.2))
    tracker.update(boxes((0, 0, 20, 10), (12, 0, 32, 10)))
    first, second = (8, 0, 28, 10), (18, 0, 38, 10)
    # overlaps: first with old 0: 12/28, with old 1: 16/24; second with old 1: 14/26 alone
    assert tracker.update(boxes(first, second)).tolist() == [0, 1]


def test_a_lost_object_is_remembered_for_a_while_and_its_number_never_given_again() -> None:
    tracker = Tracker(TrackOptions(patience=2))
    here, other = (0, 0, 20, 20), (60, 30, 80, 50)
    assert tracker.update(boxes(here)).tolist() == [0]
    for _ in range(2):
        tracker.update(boxes(other))
    assert tracker.update(boxes(here, other)).tolist() == [0, 1]
    for _ in range(3):
        tracker.update(boxes(other))
    assert tracker.update(boxes(here, other)).tolist() == [2, 1]


def test_a_class_is_kept_unless_asked_otherwise() -> None:
    for same, expected in ((True, 1), (False, 0)):
        tracker = Tracker(TrackOptions(same_class=same))
        tracker.update(boxes((0, 0, 20, 20), classes=[8]))
        assert tracker.update(boxes((0, 0, 20, 20), classes=[12])).tolist() == [expected]


def test_frames_without_objects_are_frames_too() -> None:
    tracker = Tracker()
    none = Instances.from_masks(np.zeros((0, 60, 100), bool), [], [], VOC_21)
    assert tracker.update(none).tolist() == []
    assert tracker.update(boxes((0, 0, 9, 9))).tolist() == [0]
    assert tracker.update(none).size == 0


def test_a_frame_of_another_size_is_refused() -> None:
    tracker = Tracker()
    tracker.update(boxes((0, 0, 9, 9)))
    with pytest.raises(ShapeError, match="expected frames"):
        tracker.update(Instances.from_masks(np.zeros((1, 5, 5), bool), [8], [1.0], VOC_21))


corner = st.tuples(st.integers(0, 70), st.integers(0, 40), st.integers(2, 30), st.integers(2, 20))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(corner, max_size=4), min_size=1, max_size=5))
def test_numbers_are_unique_in_a_frame_and_count_up(frames: list[list[tuple[int, ...]]]) -> None:
    tracker, highest = Tracker(), -1
    for frame in frames:
        corners = [(x, y, x + w, y + h) for x, y, w, h in frame]
        numbers = tracker.update(boxes(*corners)).tolist()
        assert len(set(numbers)) == len(numbers)
        new = [n for n in numbers if n > highest]
        assert sorted(new) == list(range(highest + 1, highest + 1 + len(new)))
        highest = max([highest, *numbers])


def test_a_generated_clip_is_followed_as_its_truth_says() -> None:
    """Where an object is in both frames and overlaps itself, the number stays."""
    tracker, owner = Tracker(), {}
    kept = total = 0
    for frame in clip(5, frames=6, kind="shapes", size=(160, 120)):
        instances = frame.truth.instances
        assert instances is not None
        numbers = tracker.update(instances)
        for truth, number in zip(frame.instance_ids, numbers.tolist(), strict=True):
            if truth in owner:
                total += 1
                kept += owner[truth] == number
            owner[truth] = number
    assert total >= 10
    assert kept / total > 0.95


table = st.lists(
    st.lists(st.sampled_from([0.0, 0.0, 0.3, 0.5, 0.8, 1.0]), min_size=6, max_size=6),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(table)
def test_solving_groups_gives_the_best_sum_of_all(overlaps: list[list[float]]) -> None:
    from scipy.optimize import linear_sum_assignment

    worth = np.array(overlaps)
    best = worth[linear_sum_assignment(worth, maximize=True)].sum()
    rows, columns = (found.tolist() for found in np.nonzero(worth))
    pairs = list(best_pairs(rows, columns, worth[rows, columns].tolist()))
    assert sum(worth[pair] for pair in pairs) == pytest.approx(best)
    for side in zip(*pairs, strict=True):
        assert len(set(side)) == len(side)


def test_ten_thousand_objects_keep_their_numbers() -> None:
    """A grid of squares of 3 pixels that moves by one: IoU 6 / 12."""
    square = np.ones((3, 3), bool)

    def grid(shift: int) -> Instances:
        corners = [(5 * (i % 100) + shift, 5 * (i // 100), square) for i in range(10_000)]
        return Instances.from_crops(corners, [8] * 10_000, [1.0] * 10_000, VOC_21, size=(501, 500))

    tracker = Tracker()
    assert tracker.update(grid(0)).tolist() == list(range(10_000))
    assert tracker.update(grid(1)).tolist() == list(range(10_000))
    assert tracker.seen == 10_000
    pixels = np.zeros((500, 501, 3), np.uint8)
    drawn = draw(pixels, grid(0), DrawOptions(opacity=1.0), numbers=range(10_000))
    # too small for a number, but each in its own colour
    assert np.count_nonzero(drawn.any(axis=2)) == 9 * 10_000
    assert drawn[1, 5 * 7 + 1].tolist() == list(instance_color(7))
