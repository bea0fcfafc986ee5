"""From many pictures to one number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from seglib.errors import LabelError, ShapeError, UsageError
from seglib.metrics import HOW, METRICS, iou, mean_iou, pixel_accuracy, reduce

# The lecture's two pictures: 9000 of 10000 pixels right, and 1 of 100.
LARGE, SMALL = np.array([[9000, 1000], [0, 0]]), np.array([[1, 99], [0, 0]])

# Class 2 is in the second picture alone.
FIRST = np.array([[4, 2, 0], [0, 2, 0], [0, 0, 0]])
SECOND = np.array([[1, 0, 1], [0, 0, 0], [1, 0, 3]])

stacks = st.integers(1, 4).flatmap(
    lambda classes: hnp.arrays(
        np.int64,
        st.integers(1, 5).map(lambda count: (count, classes, classes)),
        elements=st.one_of(st.just(0), st.integers(0, 10**6)),
    )
)


def test_the_lecture_s_example() -> None:
    pooled = reduce([LARGE, SMALL], how="pooled", metric="pixel_accuracy")
    assert pooled.value == pytest.approx(9001 / 10100)
    assert round(pooled.value, 3) == 0.891
    each = reduce([LARGE, SMALL], how="per_image", metric="pixel_accuracy")
    assert each.parts.tolist() == [0.9, 0.01]
    assert each.value == pytest.approx(0.455)


def test_iou_in_three_ways_by_hand() -> None:
    pooled = reduce([FIRST, SECOND])
    # Sums: class 0 has tp 5 of union 9, class 1 tp 2 of 4, class 2 tp 3 of 5.
    assert pooled.parts == pytest.approx([5 / 9, 2 / 4, 3 / 5])
    assert pooled.value == pytest.approx((5 / 9 + 1 / 2 + 3 / 5) / 3)
    image = reduce([FIRST, SECOND], how="per_image")
    assert image.table == pytest.approx(
        np.array([[4 / 6, 2 / 4, math.nan], [1 / 3, math.nan, 3 / 5]]), nan_ok=True
    )
    assert image.parts == pytest.approx([(4 / 6 + 1 / 2) / 2, (1 / 3 + 3 / 5) / 2])
    assert image.value == pytest.approx(image.parts.mean())
    by_class = reduce([FIRST, SECOND], how="per_image_per_class")
    assert by_class.parts == pytest.approx([(4 / 6 + 1 / 3) / 2, 1 / 2, 3 / 5])
    assert by_class.value == pytest.approx(by_class.parts.mean())


def test_absent_classes_count_as_told() -> None:
    zero = reduce([FIRST, SECOND], how="per_image", absent="zero")
    assert zero.parts == pytest.approx([(4 / 6 + 1 / 2) / 3, (1 / 3 + 3 / 5) / 3])
    one = reduce([FIRST, SECOND], how="per_image", absent="one")
    assert one.parts == pytest.approx([(4 / 6 + 1 / 2 + 1) / 3, (1 / 3 + 3 / 5 + 1) / 3])
    # What is undefined stays so in the table, whatever it counts.
    assert np.isnan(one.table).sum() == 2


def test_some_classes_only() -> None:
    assert reduce([FIRST, SECOND], classes=[2]).value == 3 / 5
    assert reduce([FIRST, SECOND], how="per_image", classes=[2]).parts == pytest.approx(
        [math.nan, 3 / 5], nan_ok=True
    )
    # A picture in which nothing is defined has no say.
    assert reduce([FIRST, SECOND], how="per_image", classes=[2]).value == 3 / 5


@given(stacks, st.sampled_from(METRICS))
@settings(max_examples=60, deadline=None)
def test_laws(matrices: np.ndarray, metric: str) -> None:
    for how in HOW:
        found = reduce(matrices, how=how, metric=metric)  # type: ignore[arg-type]
        assert math.isnan(found.value) or 0 <= found.value <= 1
        twice = reduce([*matrices, *matrices], how=how, metric=metric)  # type: ignore[arg-type]
        assert twice.value == pytest.approx(found.value, nan_ok=True)
        # All ways agree on a single picture.
        alone = reduce(matrices[:1], how=how, metric=metric)  # type: ignore[arg-type]
        pooled = reduce(matrices[:1], metric=metric)  # type: ignore[arg-type]
        assert alone.value == pytest.approx(pooled.value, nan_ok=True)


@given(stacks)
@settings(max_examples=30, deadline=None)
def test_pooling_is_the_metric_of_the_sum(matrices: np.ndarray) -> None:
    total = matrices.sum(axis=0)
    assert reduce(matrices).value == pytest.approx(mean_iou(total), nan_ok=True)
    assert reduce(matrices).parts == pytest.approx(iou(total), nan_ok=True)
    accuracy = reduce(matrices, metric="pixel_accuracy").value
    assert accuracy == pytest.approx(pixel_accuracy(total), nan_ok=True)


def test_bad_input_is_one_sentence() -> None:
    with pytest.raises(ShapeError, match="of one shape, got none"):
        reduce([])
    with pytest.raises(ShapeError, match=r"got \[\(2, 2\), \(3, 3\)\]"):
        reduce([LARGE, FIRST])
    with pytest.raises(UsageError, match="how to be one of"):
        reduce([LARGE], how="mean")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="metric to be one of"):
        reduce([LARGE], metric="f1")  # type: ignore[arg-type]
    with pytest.raises(LabelError, match=r"from 0 to 1, got \[5\]"):
        reduce([LARGE], classes=[0, 5])
    with pytest.raises(UsageError, match="empty to be one of"):
        reduce([LARGE], absent="half")  # type: ignore[arg-type]
