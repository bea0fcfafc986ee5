"""J and F of DAVIS, and the empty cases of every metric."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from seglib import metrics
from seglib.errors import ShapeError
from seglib.metrics import (
    RULES,
    EmptyRule,
    boundary_f,
    contour_accuracy,
    j_and_f,
    region_similarity,
)

NOTHING, SOMETHING = np.zeros((8, 8), bool), np.zeros((8, 8), bool)
SOMETHING[2:5, 3:6] = True


def test_by_hand() -> None:
    other = np.roll(SOMETHING, 1, axis=1)
    assert region_similarity(SOMETHING, other) == 6 / 12
    assert contour_accuracy(SOMETHING, other) == 1  # within one pixel everywhere
    assert j_and_f(SOMETHING, other) == 0.75


def test_what_is_ignored_is_not_judged() -> None:
    other = np.roll(SOMETHING, 1, axis=1)
    ignore = np.zeros((8, 8), bool)
    ignore[:, 6] = True
    assert region_similarity(SOMETHING, other, ignore=ignore) == 6 / 9
    with pytest.raises(ShapeError, match=r"ignore of shape \(8, 8\), got \(2, 8\)"):
        region_similarity(SOMETHING, other, ignore=ignore[:2])


@given(hnp.arrays(bool, (6, 9)), hnp.arrays(bool, (6, 9)), st.sampled_from([0.008, 1, 2.5]))
@settings(max_examples=40, deadline=None)
def test_laws(truth: np.ndarray, prediction: np.ndarray, tolerance: float) -> None:
    j = region_similarity(truth, prediction)
    f = contour_accuracy(truth, prediction, tolerance=tolerance)
    assert 0 <= j <= 1
    assert 0 <= f <= 1
    assert j_and_f(truth, prediction, tolerance=tolerance) == pytest.approx((j + f) / 2)
    assert j == region_similarity(prediction, truth)
    assert f == boundary_f(truth, prediction, tolerance=tolerance, empty="one")
    assert j_and_f(truth, truth) == 1


def _of_two_masks(name: str, truth: np.ndarray, prediction: np.ndarray) -> float:
    """Call any metric with two masks, as class 1 of two where it wants more."""
    if name in ("iou", "dice"):
        matrix = metrics.confusion_matrix(truth, prediction, num_classes=2)
        return float(getattr(metrics, name)(matrix)[1])
    if name == "boundary_iou":
        return float(metrics.boundary_iou(truth * 1, prediction * 1, num_classes=2)[1])
    return float(getattr(metrics, name)(truth, prediction))


CASES = [
    (rule, name)
    for rule in RULES
    for name in rule.functions
    if name not in ("average_precision", "panoptic_quality")  # they have tests of their own
]


@pytest.mark.parametrize(("rule", "name"), CASES, ids=[name for _, name in CASES])
def test_the_table_of_empty_cases_tells_the_truth(rule: EmptyRule, name: str) -> None:
    assert _of_two_masks(name, NOTHING, NOTHING) == pytest.approx(rule.both, nan_ok=True)
    assert _of_two_masks(name, NOTHING, SOMETHING) == rule.only_prediction
    assert _of_two_masks(name, SOMETHING, NOTHING) == rule.only_truth
    perfect = _of_two_masks(name, SOMETHING, SOMETHING)
    assert perfect == (0 if "distance" in rule.metric and math.isinf(rule.only_truth) else 1)
