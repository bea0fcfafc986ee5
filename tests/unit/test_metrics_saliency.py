"""Precision, recall, F and mean error of saliency maps, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from seglib.errors import ShapeError, UsageError
from seglib.metrics import (
    adaptive_threshold,
    f_beta,
    mean_absolute_error,
    saliency_curve,
    saliency_scores,
)

TRUTH = np.array([[1, 1, 0, 0], [1, 0, 0, 0]], bool)
MAP = np.array([[1.0, 0.75, 0.5, 0.0], [0.25, 0.25, 0.0, 0.0]], np.float32)


def test_one_threshold_by_hand() -> None:
    scores = saliency_scores(TRUTH, MAP, 0.5)  # 1, 0.75 and 0.5: two of them right
    assert (scores.true_positives, scores.predicted, scores.truth) == (2, 3, 3)
    assert scores.precision == pytest.approx(2 / 3)
    assert scores.recall == pytest.approx(2 / 3)
    assert scores.f_beta == pytest.approx(2 / 3)  # equal P and R: F is the same for any beta
    low = saliency_scores(TRUTH, MAP, 0.25)
    assert (low.precision, low.recall) == (3 / 5, 1)
    assert low.f_beta == pytest.approx(1.3 * 0.6 / (0.3 * 0.6 + 1))


def test_the_curve_by_hand() -> None:
    curve = saliency_curve(TRUTH, MAP, levels=5)  # 0, 0.25, 0.5, 0.75, 1
    np.testing.assert_allclose(curve.thresholds, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(curve.precision, [3 / 8, 3 / 5, 2 / 3, 1, 1])
    np.testing.assert_allclose(curve.recall, [1, 1, 2 / 3, 2 / 3, 1 / 3])
    assert curve.best == 3
    assert curve.f_beta[3] == pytest.approx(1.3 * 2 / 3 / (0.3 + 2 / 3))


def test_mean_error_and_adaptive_threshold_by_hand() -> None:
    # |1-1| + |.75-1| + .5 + 0 + |.25-1| + .25 + 0 + 0 = 1.75
    assert mean_absolute_error(TRUTH, MAP) == 1.75 / 8
    assert adaptive_threshold(MAP) == 2 * 2.75 / 8
    assert adaptive_threshold(np.ones((2, 2), np.float32)) == 1


def test_f_beta_by_hand() -> None:
    assert f_beta(1.0, 1.0) == 1
    assert f_beta(0.0, 0.0) == 0
    # precision weighs more: P 0.8, R 0.4 is better than the other way round
    assert f_beta(0.8, 0.4) == pytest.approx(1.3 * 0.32 / 0.64)
    assert f_beta(0.4, 0.8) == pytest.approx(1.3 * 0.32 / 0.92)
    assert f_beta(0.8, 0.4, beta_squared=1) == pytest.approx(2 * 0.32 / 1.2)
    with pytest.raises(UsageError):
        f_beta(0.5, 0.5, beta_squared=0)


def test_what_is_undefined_stays_undefined() -> None:
    nothing = np.zeros((2, 4), np.float32)
    scores = saliency_scores(TRUTH, nothing, 0.5)
    assert math.isnan(scores.precision)
    assert scores.recall == 0
    assert math.isnan(scores.f_beta)
    empty = saliency_curve(~TRUTH & TRUTH, MAP)
    assert np.isnan(empty.recall).all()
    assert empty.best is None
    assert mean_absolute_error(np.zeros((2, 4), bool), nothing) == 0


@given(
    hnp.arrays(bool, (5, 6)),
    hnp.arrays(np.float32, (5, 6), elements=st.floats(0, 1, width=32)),
    st.integers(2, 40),
)
@settings(max_examples=60)
def test_the_curve_is_the_scores_at_each_threshold(
    truth: np.ndarray, values: np.ndarray, levels: int
) -> None:
    curve = saliency_curve(truth, values, levels=levels)
    for place, threshold in enumerate(curve.thresholds):
        one = saliency_scores(truth, values, threshold)
        np.testing.assert_equal(
            (curve.precision[place], curve.recall[place], curve.f_beta[place]),
            (one.precision, one.recall, one.f_beta),
        )
    defined = curve.recall[~np.isnan(curve.recall)]
    assert (np.diff(defined) <= 0).all()


@pytest.mark.parametrize(
    ("truth", "values", "message"),
    [
        (TRUTH, MAP[:, :2], "one shape"),
        (TRUTH, MAP * 2, r"a map in 0\.\.1, got 0\.\.2"),
        (TRUTH, MAP * np.nan, "a map in"),
        (TRUTH, TRUTH, r"a map \(H, W\) float"),
        (TRUTH.astype(float), MAP, "truth"),
    ],
)
def test_bad_arrays_are_named(truth: np.ndarray, values: np.ndarray, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        saliency_curve(truth, values)
    with pytest.raises(ShapeError, match=message):
        mean_absolute_error(truth, values)


def test_too_few_levels_are_refused() -> None:
    with pytest.raises(UsageError, match="at least 2 levels"):
        saliency_curve(TRUTH, MAP, levels=1)
