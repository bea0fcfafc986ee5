"""The Data Science Bowl's mean average precision, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from seglib.errors import ShapeError, UsageError
from seglib.labels import find
from seglib.metrics import BOWL_THRESHOLDS, join_object_precisions, object_precision
from seglib.results import Instances


def strip(*runs: tuple[int, int]) -> NDArray[np.int32]:
    """One row of pixels: (id, length) after (id, length)."""
    return np.concatenate([np.full(length, value, np.int32) for value, length in runs])[None]


def test_the_thresholds_are_nine_from_one_half_to_nine_tenths() -> None:
    np.testing.assert_allclose(BOWL_THRESHOLDS, np.arange(50, 91, 5) / 100)


def test_one_picture_by_hand() -> None:
    # IoU of the pairs: 8 / 12 = 0.667, 10 / 10 = 1; the third is missed, the 4 at the end is false
    truth = strip((1, 10), (0, 2), (2, 10), (3, 6), (0, 4))
    found = strip((0, 2), (7, 10), (9, 10), (0, 6), (4, 4))
    result = object_precision(truth, found)
    #                 .5 .55 .6 .65 | .7 .75 .8 .85 .9
    assert result.true_positives[0].tolist() == [2, 2, 2, 2, 1, 1, 1, 1, 1]
    assert result.false_positives[0].tolist() == [1, 1, 1, 1, 2, 2, 2, 2, 2]
    assert result.false_negatives[0].tolist() == [1, 1, 1, 1, 2, 2, 2, 2, 2]
    # 2 of 2 + 1 + 1, then 1 of 1 + 2 + 2
    assert result.at(0.5) == pytest.approx(2 / 4)
    assert result.at(0.9) == pytest.approx(1 / 5)
    assert result.mean == pytest.approx((4 * 2 / 4 + 5 * 1 / 5) / 9)


def test_an_iou_of_exactly_the_threshold_is_no_match() -> None:
    # 5 of 10 pixels: cutting an object into two halves finds neither
    truth = strip((1, 10))
    halves = strip((1, 5), (2, 5))
    assert object_precision(truth, halves).true_positives[0, 0] == 0
    assert object_precision(truth, strip((1, 6), (2, 4))).true_positives[0, :3].tolist() == [
        1,
        1,
        0,
    ]


def test_the_mean_is_over_pictures_not_over_objects() -> None:
    one = object_precision(strip((1, 4)), strip((1, 4)))
    ten = object_precision(strip(*((k, 4) for k in range(1, 11))), strip((0, 40)))
    both = join_object_precisions([one, ten])
    assert len(both) == 2
    assert both.per_picture.tolist() == [1.0, 0.0]
    assert both.mean == both.at(0.5) == 0.5


def test_a_picture_without_anything_is_undefined_and_not_counted() -> None:
    empty = np.zeros((3, 3), np.int32)
    nothing = object_precision(empty, empty)
    assert nothing.mean is None
    assert nothing.at(0.5) is None
    one = object_precision(strip((1, 4)), strip((1, 4)))
    assert join_object_precisions([nothing, one]).mean == 1.0
    assert object_precision(empty, np.ones((3, 3), np.int32)).mean == 0.0
    assert object_precision(np.ones((3, 3), np.int32), empty).mean == 0.0


def test_instances_are_judged_like_their_id_map() -> None:
    masks = np.zeros((2, 4, 6), bool)
    masks[0, :, :3], masks[1, :, 2:5] = True, True
    nuclei = Instances.from_masks(masks, [1, 1], [0.4, 0.9], find("nuclei-2"))
    ids = np.zeros((4, 6), np.int32)
    ids[:, :2], ids[:, 2:5] = 1, 2  # the surer one keeps the column that both claim
    assert object_precision(ids, nuclei).mean == 1.0
    assert object_precision(nuclei, ids).mean == 1.0


def test_the_size_of_an_id_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    truth = np.kron(rng.integers(0, 6, (6, 6)), np.ones((5, 5), np.int64))
    found = np.roll(truth, 1, 1)
    usual = object_precision(truth, found)
    strange = object_precision(truth * 1_000_003, np.where(found > 0, 2**31 - 1 - found, 0))
    assert strange.precision == pytest.approx(usual.precision)


def test_wrong_input_is_named() -> None:
    ids = np.ones((2, 2), np.int32)
    with pytest.raises(UsageError, match=r"from 0\.5 to below 1"):
        object_precision(ids, ids, thresholds=(0.4,))
    with pytest.raises(UsageError, match="one of the thresholds"):
        object_precision(ids, ids).at(0.95)
    with pytest.raises(UsageError, match="same thresholds"):
        join_object_precisions([])
    with pytest.raises(ShapeError):
        object_precision(ids, np.ones((2, 3), np.int32))
