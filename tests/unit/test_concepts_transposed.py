"""Transposed convolution: by hand, the lecture's kernel, adjointness, OpenVINO and OpenCV."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seglib.concepts import transposed as tc
from seglib.concepts import upsampling
from seglib.errors import ShapeError, UsageError

# A loaded machine is no reason to fail.
QUICK = settings(deadline=None, max_examples=50)


@st.composite
def geometries(draw: st.DrawFn) -> tc.Geometry:
    kernel, stride = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    padding = draw(st.integers(0, kernel - 1))
    return tc.Geometry(kernel, stride, padding, draw(st.integers(0, stride - 1)))


def _random(*shape: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def _fits(geometry: tc.Geometry, *sides: int) -> bool:
    s, k, p, op = geometry.stride, geometry.kernel, geometry.padding, geometry.output_padding
    return all(s * (n - 1) + k - 2 * p + op >= 1 for n in sides)


def test_by_hand() -> None:
    values = np.array([[1.0, 2.0]])
    kernel = np.array([[1.0, 0, 0], [0, 0, 0], [0, 0, 5.0]])
    full = tc.transposed_convolution(values, kernel, tc.Geometry(3, 2))
    assert full.tolist() == [[1, 0, 2, 0, 0], [0, 0, 0, 0, 0], [0, 0, 5, 0, 10]]
    cut = tc.transposed_convolution(values, kernel, tc.Geometry(3, 2, 1, 1))
    assert cut.tolist() == [[0, 0, 0, 0], [0, 5, 0, 10]]


@pytest.mark.parametrize(
    ("n", "geometry", "size"),
    [
        (2, tc.Geometry(3, 1), 4),
        (3, tc.Geometry(3, 2), 7),
        (3, tc.Geometry(3, 2, 1), 5),
        (3, tc.Geometry(3, 2, 1, 1), 6),
        (5, tc.Geometry(3, 1, 1), 5),
        (45, tc.bilinear_geometry(8), 360),
    ],
)
def test_the_size_formula(n: int, geometry: tc.Geometry, size: int) -> None:
    assert geometry.size(n) == size
    kernel = np.ones((geometry.kernel, geometry.kernel))
    assert tc.transposed_convolution(np.ones((n, n)), kernel, geometry).shape == (size, size)


def test_the_lecture_s_bilinear_kernel() -> None:
    kernel = tc.bilinear_kernel(2)
    assert kernel.tolist() == [
        [0.0625, 0.1875, 0.1875, 0.0625],
        [0.1875, 0.5625, 0.5625, 0.1875],
        [0.1875, 0.5625, 0.5625, 0.1875],
        [0.0625, 0.1875, 0.1875, 0.0625],
    ]
    assert tc.bilinear_kernel(1).tolist() == [[1]]
    assert tc.bilinear_geometry(2) == tc.Geometry(4, 2, 1)


@QUICK
@given(st.integers(1, 9))
def test_the_bilinear_kernel_of_any_factor(factor: int) -> None:
    kernel, geometry = tc.bilinear_kernel(factor), tc.bilinear_geometry(factor)
    assert geometry.size(5) == 5 * factor
    # Partition of unity: the weights that one output cell gets sum to one.
    for phase in range(factor):
        assert kernel.sum(axis=0)[phase::factor].sum() == pytest.approx(factor)
    values = _random(5, 6)
    ours = tc.transposed_convolution(values, kernel, geometry)
    bilinear = upsampling.bilinear(values, (5 * factor, 6 * factor))
    inside = slice(factor, -factor)
    # Beyond the border the transposed convolution sees zeros, the interpolation repeats the edge.
    np.testing.assert_allclose(ours[inside, inside], bilinear[inside, inside], atol=1e-5)


def test_a_kernel_of_ones_as_wide_as_the_stride_is_nearest() -> None:
    values = _random(3, 4)
    ours = tc.transposed_convolution(values, np.ones((4, 4)), tc.Geometry(4, 4))
    np.testing.assert_allclose(ours, upsampling.nearest(values, (12, 16)), atol=1e-6)


@QUICK
@given(geometries(), st.integers(1, 6), st.integers(1, 6))
def test_adjointness(geometry: tc.Geometry, h: int, w: int) -> None:
    assume(_fits(geometry, h, w))
    x, kernel = _random(h, w), _random(geometry.kernel, geometry.kernel, seed=2)
    up = tc.transposed_convolution(x, kernel, geometry)
    y = _random(*up.shape, seed=3)
    down = tc.adjoint(y, kernel, geometry)
    assert down.shape == x.shape
    assert (up * y).sum() == pytest.approx((x * down).sum(), rel=1e-4, abs=1e-4)


@QUICK
@given(geometries(), st.integers(1, 6), st.integers(1, 6))
def test_zeros_between_and_a_turned_kernel_give_the_same(
    geometry: tc.Geometry, h: int, w: int
) -> None:
    assume(_fits(geometry, h, w))
    x, kernel = _random(h, w), _random(geometry.kernel, geometry.kernel, seed=2)
    np.testing.assert_allclose(
        tc.as_convolution(x, kernel, geometry),
        tc.transposed_convolution(x, kernel, geometry),
        atol=1e-4,
    )
    room = tc.zero_inserted(x, geometry)
    assert np.count_nonzero(room) == x.size
    assert geometry.border == geometry.kernel - 1 - geometry.padding


@settings(deadline=None, max_examples=12)
@given(geometries(), st.integers(1, 5), st.integers(1, 5))
def test_agreement_with_openvino(geometry: tc.Geometry, h: int, w: int) -> None:
    assume(_fits(geometry, h, w))
    x, kernel = _random(h, w), _random(geometry.kernel, geometry.kernel, seed=2)
    ours = tc.transposed_convolution(x, kernel, geometry)
    np.testing.assert_allclose(tc.backprop_data(x, kernel, geometry), ours, atol=1e-4)
    both = tc.backprop_data(np.stack([x, 2 * x]), kernel, geometry)
    np.testing.assert_allclose(both[1], 2 * ours, atol=2e-4)


def test_the_adjoint_is_opencv_s_correlation() -> None:
    y, kernel = _random(7, 8), _random(3, 3, seed=2)
    ours = tc.adjoint(y, kernel, tc.Geometry(3, 1, 1))
    theirs = cv2.filter2D(y, -1, kernel, borderType=cv2.BORDER_CONSTANT)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_overlap_counts_by_hand() -> None:
    assert tc.overlap(3, tc.Geometry(3, 2)).tolist() == [1, 1, 2, 1, 2, 1, 1]
    assert tc.overlap(3, tc.Geometry(4, 2)).tolist() == [1, 1, 2, 2, 2, 2, 1, 1]
    assert tc.overlap(3, tc.Geometry(2, 3)).tolist() == [1, 1, 0, 1, 1, 0, 1, 1]
    assert tc.phases(tc.Geometry(3, 2)) == (2, 1)
    assert tc.phases(tc.Geometry(2, 3)) == (1, 1, 0)


@QUICK
@given(geometries(), st.integers(1, 6))
def test_overlap_counts_are_the_answer_to_ones(geometry: tc.Geometry, n: int) -> None:
    assume(_fits(geometry, n))
    k = geometry.kernel
    ones = tc.transposed_convolution(np.ones((n, n)), np.ones((k, k)), geometry)
    counts = tc.overlap(n, geometry)
    np.testing.assert_allclose(ones, np.outer(counts, counts))
    assert geometry.even == (len(set(tc.phases(geometry))) == 1)


@QUICK
@given(st.integers(1, 6), st.integers(1, 7), st.integers(1, 4))
def test_the_largest_padding_is_the_last_that_works(n: int, kernel: int, stride: int) -> None:
    most = tc.most_padding(n, kernel, stride)
    assert tc.Geometry(kernel, stride, most).size(n) >= 1
    with pytest.raises(UsageError):
        tc.Geometry(kernel, stride, most + 1).size(n)


@pytest.mark.parametrize(
    ("numbers", "match"),
    [
        ((0, 1), "kernel from 1"),
        ((3, 0), "stride from 1"),
        ((3, 1, 3), "padding from 0 to 2, got 3"),
        ((3, 2, 0, 2), "output_padding from 0 to 1, got 2"),
    ],
)
def test_impossible_numbers_are_refused(numbers: tuple[int, ...], match: str) -> None:
    with pytest.raises(UsageError, match=match):
        tc.Geometry(*numbers)


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"kernel \(3, 3\), got \(2, 2\)"):
        tc.transposed_convolution(np.ones((2, 2)), np.ones((2, 2)), tc.Geometry(3, 1))
    with pytest.raises(UsageError, match="at least one cell"):
        tc.Geometry(3, 1, 2).size(2)
    with pytest.raises(UsageError, match="factor"):
        tc.bilinear_kernel(0)
