"""Nearest and bilinear upsampling: by hand, by properties, against OpenVINO, OpenCV and SciPy."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from seglib.concepts import upsampling as up
from seglib.errors import ShapeError, UsageError

# A loaded machine is no reason to fail.
QUICK = settings(deadline=None, max_examples=50)

SIDES = st.integers(1, 12)
MODES = st.sampled_from(up.COORDINATES)


def _random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_the_three_coordinates_by_hand() -> None:
    assert up.source_coordinates(2, 4, "half_pixel").tolist() == [-0.25, 0.25, 0.75, 1.25]
    assert up.source_coordinates(2, 4, "asymmetric").tolist() == [0, 0.5, 1, 1.5]
    np.testing.assert_allclose(up.source_coordinates(2, 4, "align_corners"), [0, 1 / 3, 2 / 3, 1])
    assert up.source_coordinates(5, 1, "align_corners").tolist() == [0]


def test_nearest_by_hand() -> None:
    assert up.nearest_index(2, 4).tolist() == [0, 0, 1, 1]
    assert up.nearest_index(3, 4, "asymmetric").tolist() == [0, 0, 1, 2]
    # 0, 0.5, 1, 1.5, 2: half-way goes up.
    assert up.nearest_index(3, 5, "align_corners").tolist() == [0, 1, 1, 2, 2]
    values = np.array([[1, 2], [3, 4]], np.uint8)
    assert up.nearest(values, (4, 4)).tolist() == [
        [1, 1, 2, 2],
        [1, 1, 2, 2],
        [3, 3, 4, 4],
        [3, 3, 4, 4],
    ]


def test_one_sample_by_hand() -> None:
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    sample = up.sample(values, (4, 4), (1, 2))
    assert (sample.y, sample.x) == (0.25, 0.75)
    assert [cell.weight for cell in sample.neighbours] == [0.1875, 0.5625, 0.0625, 0.1875]
    # 0.1875 · 1 + 0.5625 · 2 + 0.0625 · 3 + 0.1875 · 4
    assert sample.value == 2.25
    assert up.bilinear(values, (4, 4))[1, 2] == 2.25


@QUICK
@given(SIDES, SIDES, MODES)
def test_partition_of_unity(inputs: int, outputs: int, mode: up.Coordinates) -> None:
    matrix = up.weights(inputs, outputs, mode)
    np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-12)
    assert matrix.min() >= 0
    assert ((matrix > 0).sum(axis=1) <= 2).all()


@QUICK
@given(SIDES, SIDES, SIDES, SIDES, MODES)
def test_samples_make_the_picture(h: int, w: int, H: int, W: int, mode: up.Coordinates) -> None:
    values = _random(h, w)
    picture = up.bilinear(values, (H, W), coordinates=mode)
    for place in ((0, 0), (H - 1, W - 1), (H // 2, W // 3)):
        sample = up.sample(values, (H, W), place, coordinates=mode)
        assert sum(cell.weight for cell in sample.neighbours) == pytest.approx(1)
        assert sample.value == pytest.approx(picture[place], abs=1e-5)


@QUICK
@given(SIDES, SIDES)
def test_a_constant_stays_a_constant_and_corners_align(inputs: int, outputs: int) -> None:
    line = np.linspace(-1, 2, inputs)[None]
    spread = up.bilinear(line, (1, outputs + 1), coordinates="align_corners")
    assert spread[0, 0] == pytest.approx(line[0, 0])
    assert spread[0, -1] == pytest.approx(line[0, -1])
    for mode in up.COORDINATES:
        constant = up.bilinear(np.full((inputs, 3), 7.5), (outputs, 5), coordinates=mode)
        np.testing.assert_allclose(constant, 7.5)


@pytest.mark.parametrize("mode", up.COORDINATES)
@pytest.mark.parametrize(
    ("small", "large"), [((3, 5), (9, 10)), ((4, 4), (7, 13)), ((6, 5), (4, 3))]
)
def test_agreement_with_openvino(
    mode: up.Coordinates, small: tuple[int, int], large: tuple[int, int]
) -> None:
    values = _random(2, *small)
    np.testing.assert_allclose(
        up.bilinear(values, large, coordinates=mode),
        up.interpolate(values, large, coordinates=mode),
        atol=1e-4,
    )
    # Half-way cases are a matter of rounding inside the runtime: leave them out.
    clear = np.ix_(
        *(
            ~np.isclose((up.source_coordinates(n, m, mode) + (mode != "asymmetric") / 2) % 1, 0)
            | (mode == "asymmetric")
            for n, m in zip(small, large, strict=True)
        )
    )
    ours = up.nearest(values, large, coordinates=mode)
    theirs = up.interpolate(values, large, method="nearest", coordinates=mode)
    for plane in range(2):
        assert clear[0].size * clear[1].size > 3
        np.testing.assert_allclose(ours[plane][clear], theirs[plane][clear], atol=1e-4)


def test_agreement_with_opencv_and_scipy() -> None:
    values = _random(5, 6)
    cv = cv2.resize(values, (18, 15), interpolation=cv2.INTER_LINEAR)
    np.testing.assert_allclose(up.bilinear(values, (15, 18)), cv, atol=1e-4)
    cv = cv2.resize(values, (18, 15), interpolation=cv2.INTER_NEAREST)
    np.testing.assert_array_equal(up.nearest(values, (15, 18)), cv)
    corners = ndimage.zoom(values, 3, order=1)
    np.testing.assert_allclose(
        up.bilinear(values, (15, 18), coordinates="align_corners"), corners, atol=1e-4
    )


def test_argmax_before_or_after_nearest_is_the_same_but_not_for_bilinear() -> None:
    scores = _random(4, 6, 7)
    after = up.nearest(scores, (24, 28)).argmax(axis=0)
    np.testing.assert_array_equal(after, up.nearest(scores.argmax(axis=0), (24, 28)))
    assert (up.bilinear(scores, (24, 28)).argmax(axis=0) != after).any()


@settings(deadline=None, max_examples=4)
@given(st.integers(-3, 0))
def test_what_is_refused(bad: int) -> None:
    with pytest.raises(ShapeError, match="at least 1"):
        up.nearest(np.zeros((2, 2)), (bad, 3))
    with pytest.raises(ShapeError, match="at least one cell"):
        up.weights(bad, 3)


def test_a_wrong_name_or_place_is_refused() -> None:
    with pytest.raises(UsageError, match="half_pixel, align_corners, asymmetric, got 'middle'"):
        up.weights(2, 3, "middle")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="inside 4 × 4"):
        up.sample(np.zeros((2, 2)), (4, 4), (4, 0))
    with pytest.raises(ShapeError, match="values"):
        up.bilinear(np.zeros(3), (4, 4))
