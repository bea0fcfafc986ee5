"""One-hot labels and losses: worked by hand, against scipy, against OpenVINO."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage, special

from seglib.concepts import (
    loss,
    loss_detection,
    loss_focal,
    loss_graph,
    loss_weights,
    one_hot,
)
from seglib.errors import LabelError, ShapeError, UsageError

LABELS = np.array([[0, 1], [2, 255]], np.uint8)
LOGITS = np.array([[[2, 0], [1, 5]], [[1, 0], [1, 5]], [[0, 0], [4, 5]]], np.float32)


def _random(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    dice = np.random.default_rng(seed)
    labels = dice.integers(0, 5, (17, 23)).astype(np.uint8)
    labels[dice.random(labels.shape) < 0.1] = 255
    return dice.normal(0, 4, (5, 17, 23)).astype(np.float32), labels


def test_one_hot_by_hand() -> None:
    planes = one_hot.one_hot(LABELS, num_classes=3)
    assert planes.tolist() == [[[1, 0, 0], [0, 1, 0]], [[0, 0, 1], [0, 0, 0]]]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**16), st.integers(1, 9))
def test_one_hot_and_back(seed: int, classes: int) -> None:
    dice = np.random.default_rng(seed)
    labels = dice.integers(0, classes, (5, 7)).astype(np.uint8)
    labels[dice.random((5, 7)) < 0.2] = 255
    planes = one_hot.one_hot(labels, num_classes=classes)
    np.testing.assert_array_equal(planes.sum(axis=-1), labels != 255)
    np.testing.assert_array_equal(one_hot.decode(planes), labels)


def test_the_rim_is_what_lies_close_to_another_label() -> None:
    labels = np.zeros((4, 8), np.uint8)
    labels[:, 5:] = 1
    assert one_hot.ignore_rim(labels, radius=0).tolist() == labels.tolist()
    assert one_hot.ignore_rim(labels, radius=1)[0].tolist() == [0, 0, 0, 0, 255, 255, 1, 1]
    assert one_hot.ignore_rim(labels, radius=2)[3].tolist() == [0, 0, 0, 255, 255, 255, 255, 1]
    with pytest.raises(UsageError, match="radius"):
        one_hot.ignore_rim(labels, radius=11)


def test_the_rim_agrees_with_scipy() -> None:
    labels = np.random.default_rng(5).integers(0, 3, (20, 30)).astype(np.uint8)
    labels = ndimage.median_filter(labels, 7)
    for radius in (1, 2, 3):
        size = 2 * radius + 1
        near = ndimage.maximum_filter(labels, size) != ndimage.minimum_filter(labels, size)
        np.testing.assert_array_equal(one_hot.ignore_rim(labels, radius=radius) == 255, near)


def test_cross_entropy_by_hand() -> None:
    losses = loss.cross_entropy(LOGITS, LABELS)
    total = math.exp(2) + math.exp(1) + 1
    assert losses[0, 0] == pytest.approx(math.log(total) - 2, abs=1e-6)
    assert losses[0, 1] == pytest.approx(math.log(3), abs=1e-6)
    assert losses[1, 0] == pytest.approx(math.log(2 * math.e + math.exp(4)) - 4, abs=1e-6)
    assert np.isnan(losses[1, 1])


def test_cross_entropy_agrees_with_scipy_and_openvino() -> None:
    logits, labels = _random()
    ours = loss.cross_entropy(logits, labels)
    known = labels != 255
    place = np.where(known, labels, 0).astype(int)[None]
    scipy_s = -np.take_along_axis(special.log_softmax(logits, axis=0), place, axis=0)[0]
    np.testing.assert_allclose(ours[known], scipy_s[known], atol=1e-5)
    np.testing.assert_allclose(ours, loss_graph.cross_entropy(logits, labels), atol=1e-4)


def test_enormous_logits_overflow_nowhere() -> None:
    logits = np.array([[[1e4]], [[-1e4]]], np.float32)
    right = loss.cross_entropy(logits, np.zeros((1, 1), np.uint8))
    wrong = loss.cross_entropy(logits, np.ones((1, 1), np.uint8))
    assert right[0, 0] == 0
    assert wrong[0, 0] == pytest.approx(2e4)


def test_totals_by_hand() -> None:
    losses = np.array([[1, 3], [5, np.nan]], np.float32)
    labels = np.array([[0, 0], [1, 255]], np.uint8)
    plain = loss.by_class(losses, labels, np.ones(3))
    assert plain.pixels.tolist() == [2, 1, 0]
    assert plain.mean[:2].tolist() == [2, 5]
    assert np.isnan(plain.mean[2])
    assert plain.total == pytest.approx(3)
    assert plain.shares.tolist() == pytest.approx([4 / 9, 5 / 9, 0])
    weighted = loss.by_class(losses, labels, np.array([1.0, 4.0, 9.0]))
    # (1·1 + 1·3 + 4·5) / (1 + 1 + 4)
    assert weighted.total == pytest.approx(4)


def test_without_any_counted_pixel_the_total_is_undefined() -> None:
    nothing = loss.by_class(
        np.full((2, 2), np.nan, np.float32), np.full((2, 2), 255, np.uint8), np.ones(3)
    )
    assert math.isnan(nothing.total)
    assert np.isnan(nothing.shares).all()


def test_weights_by_hand() -> None:
    pixels = np.array([900, 90, 10, 0])
    assert loss_weights.class_weights(pixels, "none").tolist() == [1, 1, 1, 1]
    inverse = loss_weights.class_weights(pixels, "inverse")
    assert inverse.tolist() == pytest.approx([1 / 2.7, 1 / 0.27, 1 / 0.03, 0])
    median = loss_weights.class_weights(pixels, "median")
    assert median.tolist() == pytest.approx([0.1, 1, 9, 0])
    log = loss_weights.class_weights(pixels, "log")
    assert log[0] == pytest.approx(1 / math.log(1.92))
    assert log[3] == pytest.approx(50.498, abs=1e-3)


def test_inverse_weights_give_every_class_the_same_say() -> None:
    logits, labels = _random(3)
    losses = loss.cross_entropy(logits, labels)
    pixels = loss.by_class(losses, labels, np.ones(5)).pixels
    weights = loss_weights.class_weights(pixels, "inverse")
    assert (weights * pixels).sum() == pytest.approx(pixels.sum())
    result = loss.by_class(losses, labels, weights)
    assert result.total == pytest.approx(result.mean.mean())


def test_focal_without_gamma_is_cross_entropy_and_else_less() -> None:
    logits, labels = _random()
    losses = loss.cross_entropy(logits, labels)
    np.testing.assert_array_equal(loss_focal.focal(losses, gamma=0), losses)
    known = ~np.isnan(losses)
    focal = loss_focal.focal(losses)
    assert (focal[known] <= losses[known]).all()
    # −0.81·ln 0.1 of the paper's kind: p = 0.1, (1 − p)² = 0.81
    hard = loss_focal.focal(np.array([[-math.log(0.1)]], np.float32))
    assert hard[0, 0] == pytest.approx(0.81 * math.log(10), abs=1e-5)


def test_soft_dice_by_hand_and_at_its_ends() -> None:
    labels = np.array([[0, 1]], np.uint8)
    even = np.zeros((2, 1, 2), np.float32)
    # Σpg = 0.5, Σp = 1, Σg = 1
    np.testing.assert_allclose(loss_focal.soft_dice(even, labels), 1 - (1 + 1) / (2 + 1))
    sure = np.array([[[50, -50]], [[-50, 50]]], np.float32)
    np.testing.assert_allclose(loss_focal.soft_dice(sure, labels), 0, atol=1e-6)
    wrong = loss_focal.soft_dice(-sure, labels, smooth=0)
    np.testing.assert_allclose(wrong, 1, atol=1e-6)


def test_soft_dice_leaves_ignored_pixels_out() -> None:
    logits, labels = _random()
    other = logits.copy()
    other[:, labels == 255] = 99
    np.testing.assert_allclose(
        loss_focal.soft_dice(logits, labels), loss_focal.soft_dice(other, labels)
    )


def test_smooth_l1_meets_with_equal_value_and_slope() -> None:
    values = loss_detection.smooth_l1(np.array([0, 0.5, -0.5, 1, 3, -3]))
    assert values.tolist() == [0, 0.125, 0.125, 0.5, 2.5, 2.5]
    around = loss_detection.smooth_l1(np.array([0.9999, 1.0001]))
    assert np.diff(around)[0] == pytest.approx(2e-4, rel=1e-3)


def test_binary_cross_entropy_agrees_with_scipy() -> None:
    z = np.array([-50.0, -1, 0, 2, 800])
    for y in (0.0, 1.0, 0.3):
        wanted = -y * special.log_expit(z) - (1 - y) * special.log_expit(-z)
        np.testing.assert_allclose(
            loss_detection.binary_cross_entropy(z, np.full_like(z, y)), wanted, atol=1e-12
        )


def test_mask_r_cnn_by_hand() -> None:
    result = loss_detection.region_loss(loss_detection.EXAMPLE)
    assert result.wanted.tolist() == pytest.approx([0.1, 0, 0, 0])
    # differences −0.05, 0.1, 0, 1.5
    assert result.box == pytest.approx(0.05**2 / 2 + 0.1**2 / 2 + 0 + 1.0)
    assert result.classification == pytest.approx(math.log(1 + math.exp(2) + math.exp(1)) - 2)
    logits, truth = np.array([2.0, -1, 0.5, -3]), np.array([1.0, 0, 1, 0])
    by_hand = -np.mean(truth * special.log_expit(logits) + (1 - truth) * special.log_expit(-logits))
    assert result.mask == pytest.approx(by_hand)
    assert result.total == pytest.approx(result.classification + result.box + result.mask)


def test_background_has_neither_box_nor_mask() -> None:
    example = loss_detection.EXAMPLE
    background = loss_detection.Region(
        example.class_logits,
        0,
        example.anchor,
        example.box,
        example.offsets,
        example.mask_logits,
        example.mask,
    )
    result = loss_detection.region_loss(background)
    assert (result.box, result.mask) == (0, 0)
    assert result.classification == pytest.approx(math.log(1 + math.exp(2) + math.exp(1)))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(LabelError, match="ignore label 255, got 7"):
        one_hot.one_hot(np.full((2, 2), 7, np.uint8), num_classes=3)
    with pytest.raises(ShapeError, match="labels of the logits' size"):
        loss.cross_entropy(LOGITS, np.zeros((3, 3), np.uint8))
    with pytest.raises(ShapeError, match="expected logits"):
        loss.cross_entropy(LOGITS[0], LABELS)
    with pytest.raises(ShapeError, match="weights"):
        loss.by_class(np.zeros((2, 2), np.float32), LABELS, np.array([1.0, -1, 1]))
    with pytest.raises(ShapeError, match="counts"):
        loss_weights.class_weights(np.array([3, -1]), "inverse")
    with pytest.raises(UsageError, match="gamma"):
        loss_focal.focal(np.zeros((1, 1), np.float32), gamma=-1)
    with pytest.raises(UsageError, match="beta"):
        loss_detection.smooth_l1(np.zeros(1), beta=0)
    with pytest.raises(ShapeError, match="two boxes"):
        loss_detection.box_offsets(np.array([0.0, 0, 0, 0]), np.array([0.0, 0, 1, 1]))
