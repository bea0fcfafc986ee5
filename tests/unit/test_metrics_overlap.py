"""Metrics of a confusion matrix: by hand, against references, and by their laws."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial.distance import dice as scipy_dice
from scipy.spatial.distance import jaccard as scipy_jaccard

from seglib import metrics
from seglib.errors import LabelError, ShapeError, UsageError
from seglib.labels import CAMVID_11, Label, LabelSet
from seglib.metrics import (
    class_counts,
    confusion_matrix,
    dice,
    frequency_weighted_iou,
    iou,
    mean_dice,
    mean_iou,
    mean_pixel_accuracy,
    pixel_accuracy,
    precision,
    recall,
    report,
    safe_divide,
)

NAN = math.nan

# Worked by hand: class 0 has tp 5, fp 1 + 0, fn 2 + 1; class 1 has tp 3, fp 2 + 2, fn 1 + 0;
# class 2 has tp 4, fp 1 + 0, fn 0 + 2. 18 pixels, 12 of them right.
BY_HAND = np.array([[5, 2, 1], [1, 3, 0], [0, 2, 4]])

# Class 1 is in neither map; class 2 is predicted but not there; class 3 is there but not found.
GAPS = np.array([[4, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0], [3, 0, 0, 0]])

matrices = hnp.arrays(
    np.int64,
    st.integers(1, 6).map(lambda size: (size, size)),
    elements=st.one_of(st.just(0), st.integers(0, 10**9)),
)


def binary(tp: int, fp: int, fn: int, tn: int = 0) -> np.ndarray:
    return np.array([[tn, fp], [fn, tp]])


def test_counts_by_hand() -> None:
    counts = class_counts(BY_HAND)
    assert counts.tp.tolist() == [5, 3, 4]
    assert counts.fp.tolist() == [1, 4, 1]
    assert counts.fn.tolist() == [3, 1, 2]
    assert counts.truth.tolist() == [8, 4, 6]
    assert counts.predicted.tolist() == [6, 7, 5]
    assert counts.union.tolist() == [9, 8, 7]
    assert counts.total == 18


def test_metrics_by_hand() -> None:
    np.testing.assert_allclose(iou(BY_HAND), [5 / 9, 3 / 8, 4 / 7])
    np.testing.assert_allclose(dice(BY_HAND), [10 / 14, 6 / 11, 8 / 11])
    np.testing.assert_allclose(recall(BY_HAND), [5 / 8, 3 / 4, 4 / 6])
    np.testing.assert_allclose(precision(BY_HAND), [5 / 6, 3 / 7, 4 / 5])
    assert pixel_accuracy(BY_HAND) == pytest.approx(12 / 18)
    assert mean_iou(BY_HAND) == pytest.approx((5 / 9 + 3 / 8 + 4 / 7) / 3)
    assert mean_dice(BY_HAND) == pytest.approx((10 / 14 + 6 / 11 + 8 / 11) / 3)
    assert mean_pixel_accuracy(BY_HAND) == pytest.approx((5 / 8 + 3 / 4 + 4 / 6) / 3)
    assert mean_pixel_accuracy(BY_HAND, reading="precision") == pytest.approx(
        (5 / 6 + 3 / 7 + 4 / 5) / 3
    )
    assert frequency_weighted_iou(BY_HAND) == pytest.approx(
        (8 * 5 / 9 + 4 * 3 / 8 + 6 * 4 / 7) / 18
    )


def test_the_lectures_example_pooled_and_per_image() -> None:
    # One picture with a large object (9000 of a union of 10000), one with a small (1 of 100).
    large, small = binary(tp=9000, fp=400, fn=600), binary(tp=1, fp=90, fn=9)
    pooled = float(iou(large + small)[1])
    per_image = float(np.mean([iou(large)[1], iou(small)[1]]))
    assert pooled == pytest.approx(9001 / 10100)
    assert round(pooled, 3) == 0.891
    assert round(per_image, 3) == 0.455


def test_a_perfect_prediction() -> None:
    matrix = np.diag([3, 1, 7])
    assert pixel_accuracy(matrix) == mean_iou(matrix) == mean_dice(matrix) == 1.0
    assert mean_pixel_accuracy(matrix) == frequency_weighted_iou(matrix) == 1.0


def test_all_wrong_is_zero_and_not_undefined() -> None:
    matrix = np.array([[0, 4], [3, 0]])
    assert pixel_accuracy(matrix) == 0.0
    assert iou(matrix).tolist() == [0.0, 0.0]
    assert mean_dice(matrix) == frequency_weighted_iou(matrix) == 0.0


# --- absent classes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "skip", "zero", "one"),
    [
        (iou, [0.5, NAN, 0, 0], [0.5, 0, 0, 0], [0.5, 1, 0, 0]),
        (dice, [2 / 3, NAN, 0, 0], [2 / 3, 0, 0, 0], [2 / 3, 1, 0, 0]),
        (recall, [0.8, NAN, NAN, 0], [0.8, 0, 0, 0], [0.8, 1, 1, 0]),
        (precision, [4 / 7, NAN, 0, NAN], [4 / 7, 0, 0, 0], [4 / 7, 1, 0, 1]),
    ],
)
def test_absent_classes(
    metric: object, skip: list[float], zero: list[float], one: list[float]
) -> None:
    assert callable(metric)
    for absent, wanted in (("skip", skip), ("zero", zero), ("one", one)):
        np.testing.assert_allclose(metric(GAPS, absent=absent), wanted)


def test_means_follow_the_convention() -> None:
    assert mean_iou(GAPS) == pytest.approx(0.5 / 3)
    assert mean_iou(GAPS, absent="zero") == pytest.approx(0.5 / 4)
    assert mean_iou(GAPS, absent="one") == pytest.approx(1.5 / 4)
    assert mean_dice(GAPS) == pytest.approx(2 / 9)
    assert mean_pixel_accuracy(GAPS) == pytest.approx(0.8 / 2)
    assert mean_pixel_accuracy(GAPS, absent="one") == pytest.approx(2.8 / 4)
    assert mean_pixel_accuracy(GAPS, reading="precision") == pytest.approx(4 / 7 / 2)
    assert frequency_weighted_iou(GAPS) == pytest.approx(5 * 0.5 / 8)


def test_nothing_judged_is_undefined_and_never_zero() -> None:
    nothing = np.zeros((3, 3), np.int64)
    for value in (
        pixel_accuracy(nothing),
        mean_iou(nothing),
        mean_dice(nothing),
        mean_pixel_accuracy(nothing),
        mean_pixel_accuracy(nothing, reading="precision"),
        frequency_weighted_iou(nothing),
    ):
        assert isinstance(value, float)
        assert math.isnan(value)
    assert np.isnan(iou(nothing)).all()
    assert mean_iou(nothing, absent="one") == 1.0
    assert mean_iou(nothing, absent="zero") == 0.0


def test_means_over_chosen_classes() -> None:
    assert mean_iou(BY_HAND, classes=[0, 2]) == pytest.approx((5 / 9 + 4 / 7) / 2)
    assert math.isnan(mean_iou(GAPS, classes=[1]))
    assert math.isnan(mean_iou(BY_HAND, classes=[]))
    with pytest.raises(LabelError, match=r"expected classes from 0 to 2, got \[-1, 3\]"):
        mean_dice(BY_HAND, classes=[-1, 0, 3])


def test_options_are_closed() -> None:
    with pytest.raises(UsageError, match=r"expected absent to be one of .*got 'ignore'"):
        iou(BY_HAND, absent="ignore")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"expected reading to be one of .*got 'f1'"):
        mean_pixel_accuracy(BY_HAND, reading="f1")  # type: ignore[arg-type]


# --- withheld answers ----------------------------------------------------------------------------


def test_withheld_answers_are_misses() -> None:
    matrix = np.array([[3, 0, 1], [0, 2, 2]])
    assert iou(matrix).tolist() == [0.75, 0.5]
    assert recall(matrix).tolist() == [0.75, 0.5]
    assert precision(matrix).tolist() == [1.0, 1.0]
    assert pixel_accuracy(matrix) == 5 / 8
    assert frequency_weighted_iou(matrix) == pytest.approx((4 * 0.75 + 4 * 0.5) / 8)


# --- laws ----------------------------------------------------------------------------------------


@settings(deadline=None)
@given(matrices)
def test_dice_follows_from_iou(matrix: np.ndarray) -> None:
    jaccard, coefficient = iou(matrix), dice(matrix)
    np.testing.assert_array_equal(np.isnan(jaccard), np.isnan(coefficient))
    defined = ~np.isnan(jaccard)
    assert (jaccard[defined] <= coefficient[defined]).all()
    np.testing.assert_allclose(coefficient, 2 * jaccard / (1 + jaccard), rtol=1e-12)


@settings(deadline=None)
@given(matrices, st.randoms(use_true_random=False))
def test_the_order_of_the_classes_does_not_matter(matrix: np.ndarray, random: object) -> None:
    order = list(range(len(matrix)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = matrix[np.ix_(order, order)]
    np.testing.assert_array_equal(iou(shuffled), iou(matrix)[order])
    for metric in (pixel_accuracy, mean_iou, mean_dice, frequency_weighted_iou):
        assert metric(shuffled) == pytest.approx(metric(matrix), nan_ok=True)


@settings(deadline=None)
@given(matrices)
def test_swapping_truth_and_prediction(matrix: np.ndarray) -> None:
    np.testing.assert_array_equal(iou(matrix.T), iou(matrix))
    np.testing.assert_array_equal(recall(matrix.T), precision(matrix))
    assert mean_pixel_accuracy(matrix.T) == pytest.approx(
        mean_pixel_accuracy(matrix, reading="precision"), nan_ok=True
    )


@settings(deadline=None)
@given(matrices)
def test_every_value_lies_between_0_and_1_or_is_undefined(matrix: np.ndarray) -> None:
    values = [*iou(matrix), *dice(matrix), *recall(matrix), *precision(matrix)]
    values += [pixel_accuracy(matrix), mean_iou(matrix), frequency_weighted_iou(matrix)]
    assert all(math.isnan(value) or 0 <= value <= 1 for value in values)
    assert math.isnan(pixel_accuracy(matrix)) == (matrix.sum() == 0)


@settings(deadline=None)
@given(matrices)
def test_pixel_accuracy_is_recall_weighted_by_frequency(matrix: np.ndarray) -> None:
    weighted = np.nansum(recall(matrix) * matrix.sum(axis=1))
    if matrix.sum():
        assert pixel_accuracy(matrix) == pytest.approx(weighted / matrix.sum())


def test_agrees_with_scipy_on_binary_maps() -> None:
    rng = np.random.default_rng(3)
    truth, prediction = rng.random((2, 400)) < 0.3
    matrix = confusion_matrix(truth, prediction, num_classes=2)
    assert iou(matrix)[1] == pytest.approx(1 - scipy_jaccard(truth, prediction))
    assert dice(matrix)[1] == pytest.approx(1 - scipy_dice(truth, prediction))


def test_exact_with_counts_beyond_float32() -> None:
    matrix = np.array([[2**40, 1], [0, 2**40]])
    assert class_counts(matrix).fn.tolist() == [1, 0]
    assert 1 - pixel_accuracy(matrix) == pytest.approx(1 / (2**41 + 1), rel=1e-3)


# --- matrices that are none ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.zeros((2, 4), np.int64), r"got \(2, 4\) int64"),
        (np.zeros((3, 2), np.int64), r"got \(3, 2\) int64"),
        (np.zeros((0, 0), np.int64), r"got \(0, 0\) int64"),
        (np.zeros(4, np.int64), r"got \(4,\) int64"),
        (np.eye(2), r"got \(2, 2\) float64"),
        (np.array([[1, -1], [0, 0]]), "of integers from 0, got -1"),
    ],
)
def test_refuses_what_is_no_confusion_matrix(matrix: np.ndarray, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        iou(matrix)


def test_counts_are_read_only_and_the_matrix_is_left_alone() -> None:
    matrix = BY_HAND.copy()
    counts = class_counts(matrix)
    with pytest.raises(ValueError, match="read-only"):
        counts.tp[0] = 9
    np.testing.assert_array_equal(matrix, BY_HAND)
    assert matrix.flags.writeable


# --- safe_divide ---------------------------------------------------------------------------------


def test_safe_divide() -> None:
    np.testing.assert_array_equal(safe_divide([1, 0, 3], [2, 0, 0]), [0.5, NAN, NAN])
    np.testing.assert_array_equal(safe_divide([1, 0], [2, 0], undefined=1.0), [0.5, 1.0])
    np.testing.assert_array_equal(safe_divide([[2], [4]], [1, 2]), [[2, 1], [4, 2]])
    assert safe_divide(1, 4) == 0.25
    assert safe_divide(0, 4) == 0.0
    assert np.isnan(safe_divide(0, 0))


# --- report --------------------------------------------------------------------------------------

THREE = LabelSet(
    "three",
    "Three",
    (Label(0, "sky", (0, 0, 0)), Label(1, "sea", (1, 1, 1)), Label(2, "ship", (2, 2, 2), True)),
)


def test_report_by_hand() -> None:
    result = report(BY_HAND, THREE)
    sea = result.rows[1]
    assert (sea.id, sea.name) == (1, "sea")
    assert (sea.tp, sea.fp, sea.fn) == (3, 4, 1)
    assert (sea.truth_pixels, sea.predicted_pixels) == (4, 7)
    assert sea.iou == pytest.approx(sea.tp / (sea.tp + sea.fp + sea.fn))
    assert sea.dice == pytest.approx(2 * sea.tp / (2 * sea.tp + sea.fp + sea.fn))
    assert sea.precision == pytest.approx(3 / 7)
    assert sea.recall == pytest.approx(3 / 4)
    assert result.pixel_accuracy == pixel_accuracy(BY_HAND)
    assert result.mean_recall == mean_pixel_accuracy(BY_HAND)
    assert result.mean_precision == mean_pixel_accuracy(BY_HAND, reading="precision")
    assert result.mean_iou == mean_iou(BY_HAND)
    assert result.mean_dice == mean_dice(BY_HAND)
    assert result.frequency_weighted_iou == frequency_weighted_iou(BY_HAND)
    assert (result.judged_pixels, result.unanswered_pixels) == (18, 0)
    assert not result.matrix.flags.writeable


def test_report_of_absent_classes() -> None:
    matrix = np.zeros((11, 11), np.int64)
    matrix[0, 0] = 5
    skipped, zeroed = report(matrix, CAMVID_11), report(matrix, CAMVID_11, absent="zero")
    assert skipped.mean_iou == 1.0
    assert zeroed.mean_iou == pytest.approx(1 / 11)
    # A class that nothing can be said of stays undefined in its row under any convention.
    assert math.isnan(zeroed.rows[8].iou)
    assert zeroed.absent == "zero"


def test_ids_in_the_gaps_of_a_label_set_are_no_classes() -> None:
    gap = LabelSet("gap", "Gap", (Label(0, "a", (0, 0, 0)), Label(2, "b", (1, 1, 1))))
    matrix = np.diag([4, 0, 0])
    result = report(matrix, gap, absent="zero")
    assert [row.id for row in result.rows] == [0, 2]
    assert result.mean_iou == 0.5


def test_report_with_withheld_answers() -> None:
    two = LabelSet("two", "Two", THREE.labels[:2])
    result = report(np.array([[3, 0, 1], [0, 2, 2]]), two)
    assert (result.judged_pixels, result.unanswered_pixels) == (8, 3)
    assert result.rows[1].fn == 2


def test_report_is_json_with_none_for_undefined() -> None:
    matrix = np.zeros((3, 3), np.int64)
    matrix[0, 0] = 2
    data = json.loads(json.dumps(report(matrix, THREE).as_dict(), allow_nan=False))
    assert data["label_set"] == "three"
    assert data["mean_iou"] == 1.0
    assert [row["iou"] for row in data["classes"]] == [1.0, None, None]
    assert data["confusion_matrix"] == matrix.tolist()
    assert data["absent"] == "skip"


def test_report_needs_the_right_label_set() -> None:
    with pytest.raises(ShapeError, match=r"of 11 classes for CamVid .*, got \(3, 3\)"):
        report(BY_HAND, CAMVID_11)


def test_everything_named_in_the_package_is_there() -> None:
    assert all(hasattr(metrics, name) for name in metrics.__all__)
