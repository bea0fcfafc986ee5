"""The confusion matrix: exact, of any type and size, and strict about ids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from seglib.errors import LabelError, ShapeError, UsageError
from seglib.metrics import class_counts, confusion_matrix

TYPES = [np.uint8, np.uint16, np.int16, np.int32, np.int64, np.uint64]


def reference(
    truth: np.ndarray, prediction: np.ndarray, num_classes: int, ignore: int = 255
) -> np.ndarray:
    """One pixel at a time: slow and beyond doubt."""
    matrix = np.zeros((num_classes, num_classes), np.int64)
    for row, column in zip(truth.ravel().tolist(), prediction.ravel().tolist(), strict=True):
        if row != ignore:
            matrix[row, column] += 1
    return matrix


@pytest.mark.parametrize("dtype", TYPES)
def test_by_hand(dtype: type) -> None:
    truth = np.array([[0, 0, 1], [1, 2, 2], [2, 255, 0]], dtype)
    prediction = np.array([[0, 1, 1], [1, 2, 0], [2, 2, 0]], dtype)
    matrix = confusion_matrix(truth, prediction, num_classes=3)
    assert matrix.tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 2]]
    assert matrix.dtype == np.int64
    assert matrix.shape == (3, 3)


def test_types_may_differ_and_bool_is_two_classes() -> None:
    truth = np.array([[True, False]])
    prediction = np.array([[1, 1]], np.int32)
    matrix = confusion_matrix(truth, prediction, num_classes=2)
    assert matrix.tolist() == [[0, 1], [0, 1]]


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (0,)])
def test_nothing_gives_zeros(shape: tuple[int, ...]) -> None:
    empty = np.zeros(shape, np.uint8)
    assert not confusion_matrix(empty, empty, num_classes=4).any()
    assert confusion_matrix(empty, empty, num_classes=4).shape == (4, 4)


def test_all_ignored_gives_zeros() -> None:
    truth = np.full((3, 3), 255, np.uint8)
    assert not confusion_matrix(truth, np.zeros_like(truth), num_classes=2).any()


@settings(deadline=None)
@given(
    st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
        lambda shape: st.tuples(
            hnp.arrays(np.uint8, shape, elements=st.sampled_from([0, 1, 2, 3, 255])),
            hnp.arrays(np.uint8, shape, elements=st.integers(0, 3)),
        )
    ),
    st.sampled_from(TYPES),
)
def test_agrees_with_one_pixel_at_a_time(pair: tuple[np.ndarray, np.ndarray], dtype: type) -> None:
    truth, prediction = pair
    matrix = confusion_matrix(truth.astype(dtype), prediction.astype(dtype), num_classes=4)
    np.testing.assert_array_equal(matrix, reference(truth, prediction, 4))
    assert matrix.sum() == np.count_nonzero(truth != 255)


@pytest.mark.parametrize("classes", [2, 19, 40, 150, 255])
@pytest.mark.parametrize("agreement", [0.0, 0.9, 1.0])
@pytest.mark.parametrize("run", [1, 7, 64])
def test_agrees_with_bincount_on_larger_maps(classes: int, agreement: float, run: int) -> None:
    # Large enough for every way of counting, with short and with long runs of equal pixels.
    rng = np.random.default_rng(classes)
    truth = rng.integers(0, classes, 60_000 // run, dtype=np.uint8).repeat(run)
    noise = rng.integers(0, classes, truth.size, dtype=np.uint8)
    prediction = np.where(rng.random(truth.size) < agreement, truth, noise)
    if classes < 255:
        truth[rng.random(truth.size) < 0.05] = 255
    kept = truth != 255
    codes = classes * truth[kept].astype(int) + prediction[kept]
    wanted = np.bincount(codes, minlength=classes**2).reshape(classes, classes)
    got = confusion_matrix(truth, prediction, num_classes=classes)
    np.testing.assert_array_equal(got, wanted)


def test_tiles_add_up() -> None:
    rng = np.random.default_rng(0)
    truth, prediction = rng.integers(0, 5, (2, 40, 30), dtype=np.uint8)
    whole = confusion_matrix(truth, prediction, num_classes=5)
    parts = sum(
        confusion_matrix(truth[rows], prediction[rows], num_classes=5)
        for rows in (slice(0, 13), slice(13, 14), slice(14, None))
    )
    np.testing.assert_array_equal(parts, whole)


def test_renaming_the_classes_renames_the_matrix() -> None:
    rng = np.random.default_rng(1)
    truth, prediction = rng.integers(0, 5, (2, 20, 20), dtype=np.uint8)
    names = np.array([3, 1, 4, 0, 2], np.uint8)
    matrix = confusion_matrix(truth, prediction, num_classes=5)
    renamed = confusion_matrix(names[truth], names[prediction], num_classes=5)
    np.testing.assert_array_equal(renamed[np.ix_(names, names)], matrix)


def test_views_that_are_not_contiguous() -> None:
    rng = np.random.default_rng(2)
    truth, prediction = rng.integers(0, 3, (2, 30, 40), dtype=np.uint8)
    got = confusion_matrix(truth[::2, ::3].T, prediction[::2, ::3].T, num_classes=3)
    np.testing.assert_array_equal(got, reference(truth[::2, ::3], prediction[::2, ::3], 3))


@pytest.mark.parametrize("side", [5000, 4096])
def test_exact_above_two_to_the_24_pixels(side: int) -> None:
    # A float32 counter stops at 2 ** 24 = 4096 ** 2: one more would not be seen.
    truth = np.zeros((side, side), np.uint8)
    truth[-1, -3:] = 1
    prediction = np.zeros_like(truth)
    prediction[0, 0] = 1
    got = confusion_matrix(truth, prediction, num_classes=2)
    assert got.tolist() == [[side * side - 4, 1], [3, 0]]


def test_inputs_are_left_alone() -> None:
    truth, prediction = np.array([0, 255], np.uint8), np.array([0, 9], np.uint8)
    truth.setflags(write=False)
    prediction.setflags(write=False)
    assert confusion_matrix(truth, prediction, num_classes=1).tolist() == [[1]]


# --- wide ids ------------------------------------------------------------------------------------


def test_ids_over_255() -> None:
    truth = np.array([0, 299, 299, 65535], np.uint16)
    prediction = np.array([299, 299, 0, 1], np.uint16)
    matrix = confusion_matrix(truth, prediction, num_classes=300, ignore_label=65535)
    assert {tuple(place): int(matrix[tuple(place)]) for place in np.argwhere(matrix)} == {
        (0, 299): 1,
        (299, 299): 1,
        (299, 0): 1,
    }


def test_ignore_label_below_zero() -> None:
    truth = np.array([-1, 0, 1, 1])
    matrix = confusion_matrix(truth, np.array([1, 0, 1, 0]), num_classes=2, ignore_label=-1)
    assert matrix.tolist() == [[1, 0], [1, 1]]


def test_byte_ids_with_more_classes_than_a_byte_has() -> None:
    truth = np.array([0, 254, 255], np.uint8)
    matrix = confusion_matrix(truth, truth, num_classes=300, ignore_label=None)
    assert matrix.shape == (300, 300)
    assert matrix.diagonal().nonzero()[0].tolist() == [0, 254, 255]


# --- what is judged, what is refused -------------------------------------------------------------


def test_the_ignore_label_may_be_a_class_to_the_prediction() -> None:
    truth, prediction = np.array([0, 1, 1, 0]), np.array([1, 0, 1, 0])
    matrix = confusion_matrix(truth, prediction, num_classes=2, ignore_label=0)
    assert matrix.tolist() == [[0, 0], [1, 1]]


def test_predictions_are_not_read_where_the_truth_is_ignored() -> None:
    for dtype in (np.uint8, np.int32):
        truth, prediction = np.array([255, 0], dtype), np.array([200, 0], dtype)
        assert confusion_matrix(truth, prediction, num_classes=1).tolist() == [[1]]


@pytest.mark.parametrize("dtype", [np.uint8, np.int32])
@pytest.mark.parametrize("ignore", [255, 7])
def test_withheld_answers_do_not_vanish(dtype: type, ignore: int) -> None:
    truth = np.array([0, 0, 1, ignore], dtype)
    prediction = np.array([0, ignore, ignore, ignore], dtype)
    with pytest.raises(LabelError, match=rf"got the ignore label {ignore} for 2 of 3$"):
        confusion_matrix(truth, prediction, num_classes=2, ignore_label=ignore)
    matrix = confusion_matrix(
        truth, prediction, num_classes=2, ignore_label=ignore, unanswered="column"
    )
    assert matrix.tolist() == [[1, 0, 1], [0, 0, 1]]
    assert class_counts(matrix).fn.tolist() == [1, 1]


def test_withheld_answers_of_wide_ids() -> None:
    truth, prediction = np.array([0, 300], np.uint16), np.array([999, 300], np.uint16)
    matrix = confusion_matrix(
        truth, prediction, num_classes=301, ignore_label=999, unanswered="column"
    )
    assert matrix.shape == (301, 302)
    assert (matrix[0, 301], matrix[300, 300], matrix.sum()) == (1, 1, 2)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int64])
def test_ids_out_of_range(dtype: type) -> None:
    good = np.array([0, 1, 2], dtype)
    bad = np.array([0, 3, 200], dtype)
    with pytest.raises(LabelError, match=r"expected truth ids from 0 to 2, got 3, 200$"):
        confusion_matrix(bad, good, num_classes=3)
    with pytest.raises(LabelError, match=r"expected prediction ids from 0 to 2, got 3, 200$"):
        confusion_matrix(good, bad, num_classes=3)
    with pytest.raises(LabelError, match=r"expected prediction ids from 0 to 2, got 255$"):
        confusion_matrix(good, np.array([0, 1, 255], dtype), num_classes=3, ignore_label=None)


def test_ids_that_a_cast_would_wrap_into_range() -> None:
    good = np.zeros(1, np.int64)
    for stranger in (-1, 256, 2**32, -(2**40)):
        with pytest.raises(LabelError, match=f"got {stranger}$"):
            confusion_matrix(good, np.array([stranger]), num_classes=2)
        with pytest.raises(LabelError, match=f"got {stranger}$"):
            confusion_matrix(np.array([stranger]), good, num_classes=2)
    with pytest.raises(LabelError, match=f"got {2**64 - 1}$"):
        confusion_matrix(good, np.array([2**64 - 1], np.uint64), num_classes=2)


def test_many_strangers_are_summed_up() -> None:
    with pytest.raises(LabelError, match="got 10, 11, 12, 13, 14, 15, 16, 17 and 42 more"):
        confusion_matrix(np.zeros(60, np.uint8), np.arange(60, dtype=np.uint8), num_classes=10)


def test_shapes_must_agree() -> None:
    with pytest.raises(ShapeError, match=r"one shape, got \(2, 3\) and \(3, 2\)"):
        confusion_matrix(np.zeros((2, 3), np.uint8), np.zeros((3, 2), np.uint8), num_classes=1)


def test_values_must_be_integers() -> None:
    good = np.zeros((2, 2), np.uint8)
    with pytest.raises(ShapeError, match=r"expected prediction of integers, got \(2, 2\) float32"):
        confusion_matrix(good, good.astype(np.float32), num_classes=1)
    with pytest.raises(ShapeError, match=r"expected truth of integers, got \(2, 2\) float64"):
        confusion_matrix(good.astype(float), good, num_classes=1)


def test_options_are_closed() -> None:
    good = np.zeros(1, np.uint8)
    with pytest.raises(LabelError, match="expected at least 1 class, got 0"):
        confusion_matrix(good, good, num_classes=0)
    with pytest.raises(UsageError, match="expected unanswered to be one of"):
        confusion_matrix(good, good, num_classes=1, unanswered="drop")  # type: ignore[arg-type]
