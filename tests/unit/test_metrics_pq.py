"""Panoptic quality: by hand, by its authors' rules in their own steps, and by its laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.metrics import contingency_table

from seglib.errors import LabelError, ShapeError, UsageError
from seglib.labels import Label, LabelSet
from seglib.metrics import RULES, join_qualities, panoptic_quality
from seglib.metrics._segment_pairs import segment_pairs
from seglib.results import Panoptic

LABELS = LabelSet(
    "three",
    "Three",
    (
        Label(0, "sky", (0, 0, 0)),
        Label(1, "cat", (1, 1, 1), thing=True),
        Label(2, "dog", (2, 2, 2), thing=True),
    ),
)


def ids(*rows: str) -> np.ndarray:
    """A map of one-digit ids."""
    return np.array([[int(each) for each in row] for row in rows], np.int32)


def test_by_hand() -> None:
    truth = ids(
        "111222",
        "111222",
        "333344",
        "333344",
    )
    prediction = ids(
        "111166",
        "111166",
        "777755",
        "777799",
    )
    # Sky 1 (6 px) and 1 (8): shared 6, union 8. Cat 2 (6) and 6 (4): shared 4, union 6.
    # Cat 3 (8) and 7 (8): 1. Cat 4 (4) is called dog (5) in its upper half, and cat 9 below: IoU
    # of cat 2/4 = 0.5, which is not above 0.5.
    found = panoptic_quality(
        (truth, {1: 0, 2: 1, 3: 1, 4: 1}),
        (prediction, {1: 0, 6: 1, 7: 1, 5: 2, 9: 1}),
        label_set=LABELS,
    )
    sky, cat, dog = found.rows
    assert (sky.tp, sky.fp, sky.fn) == (1, 0, 0)
    assert (cat.tp, cat.fp, cat.fn) == (2, 1, 1)
    assert (dog.tp, dog.fp, dog.fn) == (0, 1, 0)
    assert sky.pq == 6 / 8
    assert cat.iou_sum == pytest.approx(4 / 6 + 1)
    assert cat.sq == pytest.approx((4 / 6 + 1) / 2)
    assert cat.rq == pytest.approx(2 / 3)
    assert cat.pq == pytest.approx((4 / 6 + 1) / 3)
    assert (dog.pq, dog.sq, dog.rq) == (0, 0, 0)
    assert found.pq == pytest.approx((6 / 8 + cat.pq + 0) / 3)
    assert found.stuff.pq == 6 / 8
    assert found.things.pq == pytest.approx(cat.pq / 2)
    assert (found.things.classes, found.stuff.classes, found.all.classes) == (2, 1, 3)
    by_outcome = {
        (match.outcome, match.truth_id, match.prediction_id): match for match in found.matches
    }
    assert set(by_outcome) == {
        ("tp", 1, 1),
        ("tp", 2, 6),
        ("tp", 3, 7),
        ("fn", 4, None),
        ("fp", None, 9),
        ("fp", None, 5),
    }
    # A segment alone tells how near it came.
    miss = by_outcome["fn", 4, None]
    assert (miss.iou, miss.shared, miss.union) == (0.5, 2, 4)
    assert by_outcome["fp", None, 5].iou == 0


def test_void_of_the_truth_is_left_out_of_unions_and_forgives() -> None:
    truth = ids("1100", "1100", "0000")
    # 5: four px on cat 1, two in void: IoU 4/4, not 4/6. 6: three of four px in void: forgiven.
    prediction = ids("5550", "5556", "0666")
    classes = {1: 1}, {5: 1, 6: 2}
    found = panoptic_quality((truth, classes[0]), (prediction, classes[1]), label_set=LABELS)
    assert found.rows[1].pq == 1
    assert (found.rows[2].fp, found.rows[2].present) == (0, False)
    assert math.isnan(found.rows[2].pq)
    assert [match.outcome for match in found.matches] == ["tp", "ignored"]
    # Exactly half in void is not more than half.
    half = panoptic_quality((ids("1100"), {1: 1}), (ids("0660"), {6: 2}), label_set=LABELS)
    assert (half.rows[2].fp, half.rows[1].fn) == (1, 1)


def test_void_of_the_prediction_is_no_segment() -> None:
    found = panoptic_quality((ids("1111"), {1: 1}), (ids("1110"), {1: 1}), label_set=LABELS)
    assert found.rows[1].pq == 3 / 4


def test_a_crowd_is_not_missed_and_forgives_its_own_class() -> None:
    truth = ids("11112222", "11113333")
    classes = {1: 1, 2: 2, 3: 1}
    prediction = ids("44556666", "44553333")
    found = panoptic_quality(
        (truth, classes),
        (prediction, {4: 1, 5: 2, 6: 2, 3: 1}),
        label_set=LABELS,
        crowd=[1],
    )
    # 4 is a cat in a crowd of cats: forgiven. 5 is a dog there: wrong. Nobody misses the crowd.
    assert (found.rows[1].tp, found.rows[1].fp, found.rows[1].fn) == (1, 0, 0)
    assert (found.rows[2].tp, found.rows[2].fp, found.rows[2].fn) == (1, 1, 0)
    ignored = {(m.truth_id, m.prediction_id) for m in found.matches if m.outcome == "ignored"}
    assert ignored == {(1, None), (None, 4)}
    # Void and crowd add up: 2 of 4 px in each are more than half.
    both = panoptic_quality(
        (ids("1100"), {1: 1}), (ids("4444"), {4: 1}), label_set=LABELS, crowd=[1]
    )
    assert both.matches[-1].outcome == "ignored"


def authors(
    truth: np.ndarray, of_truth: dict, guess: np.ndarray, of_guess: dict, crowds: set[int]
) -> dict[int, list[float]]:
    """panopticapi's pq_compute_single_core in its own steps, one class at most one crowd."""
    stat = {label.id: [0.0, 0, 0, 0] for label in LABELS}  # iou, tp, fp, fn
    table = contingency_table(truth, guess, sparse_type="array").toarray()
    areas, others = table.sum(axis=1), table.sum(axis=0)
    done, used = set(), set()
    for one in of_truth:
        for other in of_guess:
            shared = table[one, other]
            if one in crowds or of_truth[one] != of_guess[other] or not shared:
                continue
            union = areas[one] + others[other] - shared - table[0, other]
            if shared / union > 0.5:
                stat[of_truth[one]][0] += shared / union
                stat[of_truth[one]][1] += 1
                done.add(one)
                used.add(other)
    crowd_of = {of_truth[one]: one for one in crowds}
    for one, class_id in of_truth.items():
        if one not in done and one not in crowds:
            stat[class_id][3] += 1
    for other, class_id in of_guess.items():
        if other in used:
            continue
        forgiven = table[0, other]
        if class_id in crowd_of:
            forgiven += table[crowd_of[class_id], other]
        if not forgiven / others[other] > 0.5:
            stat[class_id][2] += 1
    return stat


@st.composite
def scenes(draw: st.DrawFn) -> tuple:
    """Two maps of a few large segments, with some pixels astray; one crowd a class at most."""
    seed = draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(2, 9, 2) * 2)
    small = rng.integers(0, 6, (shape[0] // 2, shape[1] // 2))
    truth = np.kron(small, np.ones((2, 2), int)).astype(np.int32)
    guess = np.roll(truth, rng.integers(-1, 2), axis=int(rng.integers(2)))
    astray = rng.random(shape) < draw(st.sampled_from([0, 0.1, 0.4]))
    guess = np.where(astray, rng.integers(0, 8, shape), guess).astype(np.int32)
    of_truth = {i: int(rng.integers(3)) for i in np.unique(truth).tolist() if i}
    of_guess = {
        i: of_truth.get(i, 0) if rng.random() < 0.8 else int(rng.integers(3))
        for i in np.unique(guess).tolist()
        if i
    }
    crowds = {class_id: one for one, class_id in of_truth.items() if rng.random() < 0.3}
    return truth, of_truth, guess, of_guess, set(crowds.values())


@given(scenes())
@settings(max_examples=80, deadline=None)
def test_counts_are_the_authors(scene: tuple) -> None:
    truth, of_truth, guess, of_guess, crowds = scene
    found = panoptic_quality((truth, of_truth), (guess, of_guess), label_set=LABELS, crowd=crowds)
    wanted = authors(truth, of_truth, guess, of_guess, crowds)
    for row in found.rows:
        iou_sum, tp, fp, fn = wanted[row.class_id]
        assert (row.tp, row.fp, row.fn) == (tp, fp, fn)
        assert row.iou_sum == pytest.approx(iou_sum)
        if row.present:
            assert row.pq == pytest.approx(row.sq * row.rq)
            assert 0 <= row.pq <= min(row.sq, row.rq) <= 1
    # Every segment is accounted for once.
    assert sorted(m.truth_id for m in found.matches if m.truth_id) == sorted(of_truth)
    assert sorted(m.prediction_id for m in found.matches if m.prediction_id) == sorted(of_guess)


@given(scenes())
@settings(max_examples=30, deadline=None)
def test_laws(scene: tuple) -> None:
    truth, of_truth, guess, of_guess, _ = scene
    if of_truth:
        same = panoptic_quality((truth, of_truth), (truth, of_truth), label_set=LABELS)
        assert (same.pq, same.sq, same.rq) == (1, 1, 1)
    # Without void, swapping the maps swaps false positives and false negatives.
    full, other = truth + 1, guess + 1
    one = {i: of_truth.get(i - 1, 0) for i in np.unique(full).tolist()}
    two = {i: of_guess.get(i - 1, 0) for i in np.unique(other).tolist()}
    there = panoptic_quality((full, one), (other, two), label_set=LABELS)
    back = panoptic_quality((other, two), (full, one), label_set=LABELS)
    for row, mirrored in zip(there.rows, back.rows, strict=True):
        assert (row.tp, row.fp, row.fn) == (mirrored.tp, mirrored.fn, mirrored.fp)
        assert row.iou_sum == pytest.approx(mirrored.iou_sum)
    # A stricter threshold matches fewer.
    strict = panoptic_quality((full, one), (other, two), label_set=LABELS, threshold=0.8)
    for row, less in zip(there.rows, strict.rows, strict=True):
        assert less.tp <= row.tp
        assert less.tp + less.fn == row.tp + row.fn


def test_pictures_add_up() -> None:
    first = (ids("1122"), {1: 1, 2: 2})
    second = (ids("3333"), {3: 1})
    worse = (ids("1112"), {1: 1, 2: 2})
    together = panoptic_quality([first, second], [worse, second], label_set=LABELS)
    cat = together.rows[1]
    assert (cat.tp, cat.iou_sum) == (2, pytest.approx(2 / 3 + 1))
    assert [match.picture for match in together.matches] == [0, 0, 0, 1]
    assert together.pictures == 2
    parts = [
        panoptic_quality(*pair, label_set=LABELS) for pair in ((first, worse), (second, second))
    ]
    joined = join_qualities(parts)
    assert (joined.rows, joined.matches) == (together.rows, together.matches)
    with pytest.raises(UsageError, match="got 2 kinds"):
        join_qualities([*parts, panoptic_quality(first, first, label_set=LABELS, threshold=0.7)])
    with pytest.raises(UsageError, match="got 0 kinds"):
        join_qualities([])


def test_results_are_taken_as_they_are() -> None:
    truth = Panoptic.from_ids(ids("1122"), {1: 1, 2: 0}, LABELS)
    found = panoptic_quality(truth, truth)
    assert (found.pq, found.things.classes, found.stuff.classes) == (1, 1, 1)


def test_nothing_at_all() -> None:
    rule = next(rule for rule in RULES if "panoptic_quality" in rule.functions)
    void, some = (ids("0000"), {}), (ids("1111"), {1: 1})
    assert math.isnan(rule.both)
    assert math.isnan(panoptic_quality(void, void, label_set=LABELS).pq)
    assert panoptic_quality(some, void, label_set=LABELS).pq == rule.only_truth
    # The truth holds something else: all void would forgive everything.
    sky = (ids("2222"), {2: 0})
    assert panoptic_quality(sky, some, label_set=LABELS).rows[1].pq == rule.only_prediction
    assert math.isnan(panoptic_quality(void, some, label_set=LABELS).pq)


@given(hnp.arrays(np.int32, (5, 7), elements=st.sampled_from([0, 1, 2, 2**31 - 1])))
@settings(max_examples=30, deadline=None)
def test_pairs_are_counted_exactly(first: np.ndarray) -> None:
    second = first[::-1]
    one, other, pixels = segment_pairs(first, second)
    assert pixels.sum() == first.size
    for a, b, count in zip(one, other, pixels, strict=True):
        assert count == ((first == a) & (second == b)).sum()


def test_bad_input_is_one_sentence() -> None:
    good = (ids("1122"), {1: 1, 2: 0})
    with pytest.raises(ShapeError, match="one shape"):
        panoptic_quality(good, (ids("11"), {1: 1}), label_set=LABELS)
    with pytest.raises(ShapeError, match="ids from 0 to 2147483647, got -1"):
        panoptic_quality(good, (ids("1122") - 2, {0: 1}), label_set=LABELS)
    with pytest.raises(ShapeError, match="of integers"):
        panoptic_quality(good, (ids("1122") * 1.0, {1: 1}), label_set=LABELS)  # type: ignore[arg-type]
    with pytest.raises(LabelError, match=r"segment of the prediction, got none for \[2\]"):
        panoptic_quality(good, (ids("1122"), {1: 1}), label_set=LABELS)
    with pytest.raises(LabelError, match="no class with id 9"):
        panoptic_quality(good, (ids("1111"), {1: 9}), label_set=LABELS)
    with pytest.raises(UsageError, match=r"threshold from 0\.5"):
        panoptic_quality(good, good, label_set=LABELS, threshold=0.4)
    with pytest.raises(UsageError, match="label set for bare id maps"):
        panoptic_quality(good, good)
    with pytest.raises(ShapeError, match="got 1, 2 and 1"):
        panoptic_quality([good], [good, good], label_set=LABELS)
    with pytest.raises(ShapeError, match="got 0, 0 and 0"):
        panoptic_quality([], [], label_set=LABELS)
