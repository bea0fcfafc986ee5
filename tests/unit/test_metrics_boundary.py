"""Boundary IoU and contour F: by hand, against their authors' definitions, and by their laws."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import distance_transform_cdt
from skimage.morphology import disk
from skimage.segmentation import find_boundaries

from seglib.errors import LabelError, ShapeError, UsageError
from seglib.metrics import (
    boundary_f,
    boundary_iou,
    boundary_iou_mask,
    boundary_radius,
    boundary_ring,
    contour_map,
    contour_match,
)

masks = hnp.arrays(bool, st.tuples(st.integers(1, 14), st.integers(1, 14)))
radii = st.integers(1, 4)


def blobs(shape: tuple[int, int], classes: int, seed: int, *, cell: int = 5) -> np.ndarray:
    """Regions of a few pixels, with a few strangers."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, classes, (shape[0] // cell + 1, shape[1] // cell + 1), dtype=np.uint8)
    labels = np.kron(small, np.ones((cell, cell), np.uint8))[: shape[0], : shape[1]]
    noise = rng.integers(0, classes, shape, dtype=np.uint8)
    return np.where(rng.random(shape) < 0.02, noise, labels)


def published_ring(mask: np.ndarray, radius: int) -> np.ndarray:
    """The definition in the authors' words: pad, erode 3x3 as often as the radius, subtract."""
    padded = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    eroded = cv2.erode(padded, np.ones((3, 3), np.uint8), iterations=radius)
    return mask & (eroded[1:-1, 1:-1] == 0)


def test_radius_is_two_percent_of_the_diagonal() -> None:
    assert boundary_radius((300, 400)) == 10
    assert boundary_radius((1024, 2048)) == 46
    assert boundary_radius((10, 10)) == 1  # 0.28 px would be no ring at all
    assert boundary_radius((300, 400), dilation_ratio=0.005) == 2  # 2.5 goes to the even side


def test_ring_of_a_square_by_hand() -> None:
    mask = np.zeros((7, 7), bool)
    mask[1:6, 1:6] = True
    assert boundary_ring(mask, 1).sum() == 16
    assert boundary_ring(mask, 2).sum() == 24  # all but the middle
    assert not boundary_ring(mask, 2)[3, 3]
    assert boundary_ring(mask, 3).sum() == 25


def test_border_of_the_picture_is_outside() -> None:
    full = np.ones((5, 6), bool)
    assert boundary_ring(full, 1).sum() == 5 * 6 - 3 * 4


def test_boundary_iou_by_hand() -> None:
    # Two 4x4 squares, one column apart. Rings of width 1: 12 pixels each. They share the overlap's
    # top and bottom rows, 2 * 3, and nothing else: the sides lie at columns 1, 4 and 2, 5.
    truth, prediction = np.zeros((6, 8), bool), np.zeros((6, 8), bool)
    truth[1:5, 1:5] = prediction[1:5, 2:6] = True
    assert boundary_iou_mask(truth, prediction, radius=1) == pytest.approx(6 / 18)
    # A ring as wide as the squares is the whole of both: mask IoU.
    assert boundary_iou_mask(truth, prediction, radius=2) == pytest.approx(12 / 20)


def test_boundary_iou_is_harder_on_a_large_object_than_mask_iou() -> None:
    truth = np.zeros((200, 200), bool)
    truth[20:180, 20:180] = True
    prediction = np.roll(truth, 3, axis=1)
    overlap = (truth & prediction).sum() / (truth | prediction).sum()
    assert overlap > 0.95
    assert boundary_iou_mask(truth, prediction) < 0.7


@given(masks, radii)
@settings(max_examples=60, deadline=None)
def test_ring_is_the_published_one(mask: np.ndarray, radius: int) -> None:
    ring = boundary_ring(mask, radius)
    assert np.array_equal(ring, published_ring(mask, radius))
    # And, from another library: within that many king's moves of the outside.
    steps = distance_transform_cdt(np.pad(mask, 1), metric="chessboard")[1:-1, 1:-1]
    assert np.array_equal(ring, mask & (steps <= radius))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("radius", [1, 2, 5])
@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_all_classes_at_once_equal_each_class_alone(seed: int, radius: int, dtype: type) -> None:
    truth, prediction = blobs((37, 52), 4, seed), blobs((37, 52), 4, seed + 50)
    prediction[:, :30] = truth[:, :30]
    truth[5:9, 10:40] = 255
    prediction[20:22, 20:30] = 255  # withheld: no class
    found = boundary_iou(
        truth.astype(dtype), prediction.astype(dtype), num_classes=6, radius=radius
    )
    judged = truth != 255
    for class_id in range(6):
        alone = boundary_iou_mask(
            truth == class_id, (prediction == class_id) & judged, radius=radius
        )
        assert found[class_id] == pytest.approx(alone, nan_ok=True)
    assert np.isnan(found[4:]).all()
    assert np.isfinite(found[:4]).all()


def test_more_classes_than_a_byte_holds() -> None:
    truth, prediction = blobs((20, 20), 5, 1), blobs((20, 20), 5, 2)
    small = boundary_iou(truth, prediction, num_classes=5, radius=2)
    wide = [labels.astype(np.uint16) + 700 for labels in (truth, prediction)]
    large = boundary_iou(*wide, num_classes=705, ignore_label=None, radius=2)
    assert np.array_equal(large[700:], small)
    assert np.isnan(large[:700]).all()


def test_other_ignore_labels() -> None:
    truth, prediction = blobs((20, 24), 3, 1), blobs((20, 24), 3, 2)
    truth[4:8] = 255
    usual = boundary_iou(truth, prediction, num_classes=3, radius=1)
    other = np.where(truth == 255, 9, truth).astype(np.uint8)
    assert np.array_equal(
        boundary_iou(other, prediction, num_classes=3, ignore_label=9, radius=1), usual
    )
    signed = np.where(truth == 255, -1, truth.astype(np.int32))
    assert np.array_equal(
        boundary_iou(signed, prediction, num_classes=3, ignore_label=-1, radius=1), usual
    )


def test_nothing_is_read_where_the_truth_ignores() -> None:
    truth, prediction = blobs((20, 24), 3, 1), blobs((20, 24), 3, 2)
    truth[4:8] = 255
    changed = prediction.copy()
    changed[4:8] = 1
    assert np.array_equal(
        boundary_iou(truth, prediction, num_classes=3), boundary_iou(truth, changed, num_classes=3)
    )


@given(masks, st.data())
@settings(max_examples=40, deadline=None)
def test_laws_of_boundary_iou(first: np.ndarray, data: st.DataObject) -> None:
    second = data.draw(hnp.arrays(bool, first.shape))
    radius = data.draw(radii)
    value = boundary_iou_mask(first, second, radius=radius)
    assert value == pytest.approx(boundary_iou_mask(second, first, radius=radius), nan_ok=True)
    if first.any() or second.any():
        assert 0 <= value <= 1
    if first.any():
        assert boundary_iou_mask(first, first, radius=radius) == 1


def test_empty_masks() -> None:
    nothing, something = np.zeros((4, 4), bool), np.eye(4, dtype=bool)
    assert math.isnan(boundary_iou_mask(nothing, nothing))
    assert boundary_iou_mask(nothing, nothing, empty="zero") == 0
    assert boundary_iou_mask(nothing, nothing, empty="one") == 1
    assert boundary_iou_mask(nothing, something) == 0
    assert boundary_iou_mask(something, nothing) == 0
    assert not boundary_ring(nothing, 1).any()


def test_bad_input_is_one_sentence() -> None:
    labels = np.zeros((4, 4), np.uint8)
    with pytest.raises(ShapeError, match=r"of one shape, got \(4, 4\) and \(4, 5\)"):
        boundary_iou(labels, np.zeros((4, 5), np.uint8), num_classes=2)
    with pytest.raises(ShapeError, match="of integers"):
        boundary_iou(labels, labels.astype(float), num_classes=2)
    with pytest.raises(LabelError, match="prediction ids from 0 to 1, got 7"):
        boundary_iou(labels, labels + np.uint8(7), num_classes=2)
    with pytest.raises(LabelError, match="ignore label that is no class, got 1"):
        boundary_iou(labels, labels, num_classes=2, ignore_label=1)
    with pytest.raises(LabelError, match="at least 1 class"):
        boundary_iou(labels, labels, num_classes=0)
    for radius in (0, -1, 1.5, True):
        with pytest.raises(UsageError, match="radius of at least 1"):
            boundary_ring(labels, radius)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="dilation_ratio to be above 0"):
        boundary_iou_mask(labels, labels, dilation_ratio=0)
    with pytest.raises(UsageError, match="empty to be one of"):
        boundary_iou_mask(labels, labels, empty="nan")  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match=r"mask \(H, W\) bool or integer"):
        boundary_ring(np.zeros((2, 2), np.float32), 1)


def published_contours(mask: np.ndarray) -> np.ndarray:
    """DAVIS's seg2bmap, in its own steps."""
    east, south, both = (np.zeros_like(mask) for _ in range(3))
    east[:, :-1] = mask[:, 1:]
    south[:-1] = mask[1:]
    both[:-1, :-1] = mask[1:, 1:]
    contour = (mask ^ east) | (mask ^ south) | (mask ^ both)
    contour[-1] = mask[-1] ^ east[-1]
    contour[:, -1] = mask[:, -1] ^ south[:, -1]
    contour[-1, -1] = False
    return contour


def published_f(truth: np.ndarray, prediction: np.ndarray, share: float) -> float:
    """DAVIS's f_measure, in its own steps."""
    size = math.ceil(share * np.linalg.norm(truth.shape))
    one, other = published_contours(truth), published_contours(prediction)
    near_one, near_other = (
        cv2.dilate(each.astype(np.uint8), disk(size).astype(np.uint8)) > 0 for each in (one, other)
    )
    if not one.any() or not other.any():
        return float(one.any() == other.any())
    precision = (other & near_one).sum() / other.sum()
    recall = (one & near_other).sum() / one.sum()
    return 0.0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


@given(masks)
@settings(max_examples=40, deadline=None)
def test_contours_are_davis_s(mask: np.ndarray) -> None:
    contour = contour_map(mask)
    assert np.array_equal(contour, published_contours(mask))
    # Only pixels at a border between set and unset, by scikit-image's count of all 8 neighbours.
    assert not (contour & ~find_boundaries(mask, connectivity=2, mode="thick")).any()


@given(masks, st.data())
@settings(max_examples=60, deadline=None)
def test_boundary_f_is_davis_s(truth: np.ndarray, data: st.DataObject) -> None:
    prediction = data.draw(hnp.arrays(bool, truth.shape))
    share = data.draw(st.sampled_from([0.008, 0.1, 0.2]))
    value = boundary_f(truth, prediction, tolerance=share, empty="one")
    assert value == pytest.approx(published_f(truth, prediction, share))
    assert 0 <= value <= 1
    assert value == pytest.approx(boundary_f(prediction, truth, tolerance=share, empty="one"))
    assert boundary_f(truth, truth, tolerance=share, empty="one") == 1


@pytest.mark.parametrize("share", [0.008, 0.02, 0.06])
def test_boundary_f_of_a_larger_picture_is_davis_s(share: float) -> None:
    truth, prediction = np.zeros((240, 320), np.uint8), np.zeros((240, 320), np.uint8)
    cv2.circle(truth, (150, 110), 70, 1, -1)
    cv2.ellipse(prediction, (156, 112), (78, 60), 20, 0, 360, 1, -1)
    expected = published_f(truth > 0, prediction > 0, share)
    assert 0.1 < expected <= 1
    assert boundary_f(truth, prediction, tolerance=share) == pytest.approx(expected)


def test_boundary_f_by_hand() -> None:
    # Two half planes, three columns apart: contours are columns 3 and 6, eight pixels each.
    truth, prediction = np.zeros((8, 10), bool), np.zeros((8, 10), bool)
    truth[:, :4] = prediction[:, :7] = True
    assert boundary_f(truth, prediction, tolerance=2) == 0
    assert boundary_f(truth, prediction, tolerance=2.9) == 0
    assert boundary_f(truth, prediction, tolerance=3) == 1
    # In its two upper rows the prediction is right: its contour has a step there, pixels (0, 3),
    # (1, 3) to (1, 6) and (2, 6) to (7, 6). Of those (0, 3), (1, 3) and (1, 4) are 1 px or less
    # from column 3, and of column 3 the upper three.
    prediction[:2, 4:7] = False
    found = contour_match(truth, prediction, tolerance=1)
    assert found.prediction.sum() == 11
    assert (found.prediction_matched.sum(), found.truth_matched.sum()) == (3, 3)
    assert found.f == pytest.approx(2 * (3 / 11) * (3 / 8) / (3 / 11 + 3 / 8))
    assert found.tolerance == 1
    assert contour_match(truth, prediction).tolerance == 1  # 0.8 % of 12.8 px, rounded up
    with pytest.raises(ValueError, match="read-only"):
        found.truth[0, 0] = True


def test_contours_inside_ignored_pixels_do_not_count() -> None:
    truth, prediction = np.zeros((6, 9), bool), np.zeros((6, 9), bool)
    truth[:, :3] = prediction[:, :3] = True
    prediction[2, 6] = True
    ignore = np.zeros((6, 9), bool)
    ignore[:, 5:] = True
    assert boundary_f(truth, prediction) < 1
    assert boundary_f(truth, prediction, ignore=ignore) == 1
    with pytest.raises(ShapeError, match=r"ignore of shape \(6, 9\)"):
        boundary_f(truth, prediction, ignore=ignore[:2])


def test_masks_without_a_contour() -> None:
    nothing, full = np.zeros((4, 4), bool), np.ones((4, 4), bool)
    something = np.eye(4, dtype=bool)
    # A mask of the whole picture has no contour, so it is like an empty one.
    for first, second in ((nothing, nothing), (full, full), (full, nothing)):
        assert math.isnan(boundary_f(first, second))
        assert boundary_f(first, second, empty="zero") == 0
    assert boundary_f(nothing, something) == 0
    assert boundary_f(something, nothing) == 0
    with pytest.raises(UsageError, match="tolerance to be above 0"):
        boundary_f(nothing, nothing, tolerance=0)
