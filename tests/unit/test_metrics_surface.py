"""Surface distances: by hand, against scipy and scikit-image, and by their laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import binary_erosion, distance_transform_edt
from scipy.spatial.distance import directed_hausdorff
from skimage.metrics import hausdorff_distance

from seglib.errors import ShapeError, UsageError
from seglib.metrics import (
    average_surface_distance,
    hausdorff,
    hausdorff_95,
    normalised_surface_distance,
    surface_distances,
    surface_pixels,
)

shapes = st.tuples(st.integers(2, 12), st.integers(2, 12))
spacings = st.tuples(st.sampled_from([0.5, 1.0, 3.0]), st.sampled_from([0.5, 1.0, 2.0]))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    shape = draw(shapes)
    first, second = draw(hnp.arrays(bool, shape)), draw(hnp.arrays(bool, shape))
    first[draw(st.integers(0, shape[0] - 1)), 0] = True
    second[0, draw(st.integers(0, shape[1] - 1))] = True
    return first, second


def test_by_hand() -> None:
    # A 3x3 square (surface: 8 pixels) and the same with a spike of two pixels to the right.
    truth = np.zeros((7, 9), bool)
    truth[2:5, 2:5] = True
    prediction = truth.copy()
    prediction[3, 5:7] = True
    # The pixel behind the spike, (3, 4), is inside now: the surface is 7 pixels and the spike's 2.
    assert surface_pixels(truth).sum() == 8
    assert surface_pixels(prediction).sum() == 9
    found = surface_distances(truth, prediction)
    assert sorted(found.from_truth) == [0] * 7 + [1]
    assert sorted(found.from_prediction) == [0] * 7 + [1, 2]
    assert hausdorff(truth, prediction) == 2
    assert hausdorff(truth, prediction, direction="truth") == 1
    assert hausdorff(truth, prediction, direction="prediction") == 2
    assert average_surface_distance(truth, prediction) == pytest.approx(4 / 17)
    assert average_surface_distance(truth, prediction, direction="truth") == 1 / 8
    assert average_surface_distance(truth, prediction, direction="prediction") == pytest.approx(
        1 / 3
    )
    assert normalised_surface_distance(truth, prediction, tolerance=0) == pytest.approx(14 / 17)
    assert normalised_surface_distance(truth, prediction, tolerance=1) == pytest.approx(16 / 17)
    assert normalised_surface_distance(truth, prediction, tolerance=2) == 1
    # Ranks 0 to 7 and 0 to 8: 95 % is 0.65 past rank 6, and 0.6 past rank 7.
    assert hausdorff_95(truth, prediction, direction="truth") == pytest.approx(0.65)
    assert hausdorff_95(truth, prediction) == pytest.approx(1.6)


def test_one_stray_pixel_rules_hausdorff_and_hardly_the_others() -> None:
    truth = np.zeros((60, 60), bool)
    truth[10:40, 10:40] = True
    prediction = truth.copy()
    prediction[59, 59] = True
    assert hausdorff(truth, prediction) == pytest.approx(math.hypot(20, 20))
    assert hausdorff_95(truth, prediction) == 0
    assert average_surface_distance(truth, prediction) < 0.13
    assert normalised_surface_distance(truth, prediction) > 0.99


@given(pairs(), spacings)
@settings(max_examples=60, deadline=None)
def test_agrees_with_scipy_and_scikit_image(
    masks: tuple[np.ndarray, np.ndarray], spacing: tuple[float, float]
) -> None:
    truth, prediction = masks
    # Another definition of the same surface, and another way to the distances.
    cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)
    one, other = (mask & ~binary_erosion(mask, cross) for mask in masks)
    assert np.array_equal(surface_pixels(truth), one)
    points, others = (np.argwhere(each) * spacing for each in (one, other))
    found = surface_distances(truth, prediction, spacing=spacing)
    assert found.from_truth == pytest.approx(distance_transform_edt(~other, sampling=spacing)[one])
    assert found.from_prediction == pytest.approx(
        distance_transform_edt(~one, sampling=spacing)[other]
    )
    assert hausdorff(truth, prediction, spacing=spacing, direction="truth") == pytest.approx(
        directed_hausdorff(points, others)[0]
    )
    assert hausdorff(truth, prediction, spacing=spacing, direction="prediction") == pytest.approx(
        directed_hausdorff(others, points)[0]
    )
    assert hausdorff(truth, prediction) == pytest.approx(hausdorff_distance(one, other))


@given(pairs(), st.sampled_from([0.0, 0.5, 1.0, 2.0]))
@settings(max_examples=40, deadline=None)
def test_laws(masks: tuple[np.ndarray, np.ndarray], tolerance: float) -> None:
    truth, prediction = masks
    whole = hausdorff(truth, prediction)
    assert whole == hausdorff(prediction, truth)
    assert 0 <= average_surface_distance(truth, prediction) <= whole
    assert 0 <= hausdorff_95(truth, prediction) <= whole
    share = normalised_surface_distance(truth, prediction, tolerance=tolerance)
    assert 0 <= share <= normalised_surface_distance(truth, prediction, tolerance=tolerance + 1)
    assert share == normalised_surface_distance(prediction, truth, tolerance=tolerance)
    assert normalised_surface_distance(truth, prediction, tolerance=whole) == 1
    assert (hausdorff(truth, truth), average_surface_distance(truth, truth)) == (0, 0)
    assert hausdorff(truth, prediction, spacing=(2, 2)) == pytest.approx(2 * whole)


def test_empty_masks() -> None:
    nothing, something = np.zeros((4, 4), bool), np.eye(4, dtype=bool)
    for measure in (hausdorff, hausdorff_95, average_surface_distance):
        assert math.isnan(measure(nothing, nothing))
        assert measure(nothing, nothing, empty="zero") == 0
        # One empty is infinite from either side: there is no way to or from nothing.
        for direction in ("both", "truth", "prediction"):
            assert measure(nothing, something, direction=direction) == math.inf
            assert measure(something, nothing, direction=direction) == math.inf
    # scikit-image decides the same way, its two empty masks being our "zero".
    assert hausdorff_distance(nothing, nothing) == 0
    assert hausdorff_distance(nothing, something) == math.inf


def test_bad_input_is_one_sentence() -> None:
    mask = np.eye(4, dtype=bool)
    with pytest.raises(ShapeError, match=r"of one shape, got \(4, 4\) and \(4, 3\)"):
        hausdorff(mask, mask[:, :3])
    with pytest.raises(ShapeError, match=r"truth \(H, W\) bool or integer, got \(4,\)"):
        hausdorff(mask[0], mask)
    with pytest.raises(UsageError, match="percentile above 0"):
        hausdorff(mask, mask, percentile=0)
    with pytest.raises(UsageError, match="spacing to be above 0"):
        hausdorff(mask, mask, spacing=(1, -1))
    with pytest.raises(UsageError, match="spacing of two numbers"):
        hausdorff(mask, mask, spacing=(1, 1, 1))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="direction to be one of"):
        hausdorff(mask, mask, direction="left")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="empty to be one of"):
        hausdorff(mask, mask, empty="one")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="tolerance from 0"):
        normalised_surface_distance(mask, mask, tolerance=math.nan)
