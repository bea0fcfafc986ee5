"""Convolution: hand-worked numbers, sizes, agreement with OpenVINO and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage, signal

from seglib.concepts import convolution as conv
from seglib.errors import ShapeError, UsageError

X = np.arange(1, 10).reshape(3, 3)


def test_hand_worked() -> None:
    # 1·1 + 2·0 + 4·0 + 5·(−1) = −4 everywhere: each window's corner is 4 less than the opposite.
    assert conv.convolve(X, np.array([[1, 0], [0, -1]])).tolist() == [[-4, -4], [-4, -4]]
    # The window over the corner sees 1 2 / 4 5 and five zeros.
    same = conv.convolve(X, np.ones((3, 3)), padding=1)
    assert same.tolist() == [[12, 21, 16], [27, 45, 33], [24, 39, 28]]


def test_the_kernel_is_not_flipped() -> None:
    x = np.zeros((3, 3))
    x[1, 1] = 1
    assert conv.convolve(x, X, padding=1).tolist() == X[::-1, ::-1].tolist()


@pytest.mark.parametrize(
    ("n", "k", "s", "p", "d", "o"),
    [
        # Dumoulin and Visin 2016: figures 2.1, 2.2, 2.3 (half), 2.4 (full), 2.5, 2.6, 5.1
        (4, 3, 1, 0, 1, 2),
        (5, 4, 1, 2, 1, 6),
        (5, 3, 1, 1, 1, 5),
        (5, 3, 1, 2, 1, 7),
        (5, 3, 2, 0, 1, 2),
        (5, 3, 2, 1, 1, 3),
        (6, 3, 2, 1, 1, 3),
        (7, 3, 1, 0, 2, 3),
        # AlexNet's and ResNet's first layers
        (227, 11, 4, 0, 1, 55),
        (224, 7, 2, 3, 1, 112),
        # DeepLab: 3 × 3 at rate 12 keeps the size with padding 12
        (65, 3, 1, 12, 12, 65),
        (3, 3, 1, 0, 1, 1),
        (2, 3, 1, 0, 1, 0),
    ],
)
def test_output_sizes(n: int, k: int, s: int, p: int, d: int, o: int) -> None:
    assert conv.Axis(n, k, s, p, d).output == o


def test_what_a_stride_leaves_out() -> None:
    axis = conv.Axis(9, 1, 3)
    assert (axis.output, axis.remainder, axis.unseen) == (3, 2, 6)
    axis = conv.Axis(6, 3, 2)
    assert (axis.output, axis.remainder, axis.unseen) == (2, 1, 1)
    # the remainder lies in the padding: all of the input is seen
    axis = conv.Axis(6, 3, 2, padding=1)
    assert (axis.remainder, axis.unseen) == (1, 0)
    # stride 2 with dilation 2 looks at every second cell only
    assert conv.Axis(8, 3, 2, 0, 2).unseen == 4


@given(
    st.integers(1, 20),
    st.integers(1, 7),
    st.integers(1, 4),
    st.integers(0, 6),
    st.integers(1, 4),
)
def test_sizes_and_unseen_cells_match_a_count(n: int, k: int, s: int, p: int, d: int) -> None:
    axis = conv.Axis(n, k, s, p, d)
    starts = [at for at in range(0, n + 2 * p, s) if at + d * (k - 1) < n + 2 * p]
    assert axis.output == len(starts)
    seen = {at + j * d - p for at in starts for j in range(k)} & set(range(n))
    assert axis.unseen == n - len(seen)
    if starts:
        assert axis.remainder == n + 2 * p - (starts[-1] + axis.reach)
    assert axis.fits == (conv.least_padding(n, k, d) <= p)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 3),
    st.integers(1, 3),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.integers(1, 3),
    st.integers(0, 3),
    st.integers(1, 3),
)
def test_reference_and_openvino_agree(
    seed, inputs, outputs, size, stride, padding, dilation
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(inputs, 9, 8))
    w = rng.normal(size=(outputs, inputs, *size))
    how = {"stride": stride, "padding": padding, "dilation": dilation}
    expected = conv.convolve(x, w, **how)
    np.testing.assert_allclose(conv.convolve_graph(x, w, **how), expected, atol=1e-4)


def test_agrees_with_scipy() -> None:
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(12, 15)), rng.normal(size=(3, 5))
    np.testing.assert_allclose(conv.convolve(x, w), signal.correlate2d(x, w, "valid"))
    full = signal.correlate2d(np.pad(x, 2), w, "valid")[::3, ::3]
    np.testing.assert_allclose(conv.convolve(x, w, stride=3, padding=2), full)
    square = rng.normal(size=(3, 3))
    expected = ndimage.correlate(x, square, mode="constant")
    np.testing.assert_allclose(conv.convolve(x, square, padding=1), expected)


def test_a_dilated_kernel_is_one_with_zeros_between() -> None:
    rng = np.random.default_rng(2)
    x, w = rng.normal(size=(11, 11)), rng.normal(size=(3, 3))
    wide = np.zeros((7, 7))
    wide[::3, ::3] = w
    np.testing.assert_allclose(conv.convolve(x, w, dilation=3), conv.convolve(x, wide))


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2))
def test_every_step_adds_up_to_the_output(
    seed: int, stride: int, padding: int, dilation: int
) -> None:
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(6, 7)), rng.normal(size=(3, 2))
    how = {"stride": stride, "padding": padding, "dilation": dilation}
    whole = conv.convolve(x, w, **how)
    for cell in np.ndindex(*whole.shape):
        one = conv.step(x, w, cell, **how)
        assert one.total == pytest.approx(whole[cell], abs=1e-12)
        assert (one.patch[~one.inside] == 0).all()
        y, left = one.start
        if one.inside[0, 0]:
            assert one.patch[0, 0] == x[y, left]


@pytest.mark.parametrize("size", [1, 3, 5, 7])
@pytest.mark.parametrize("name", [name for name in conv.KERNELS if name != "own"])
def test_kernels_add_up_to_what_they_promise(name: str, size: int) -> None:
    total = float(conv.kernel(name, size).sum())
    flat = {"vertical": 0, "horizontal": 0, "laplace": 0}
    assert total == pytest.approx(flat.get(name, 1), abs=1e-6)


def test_golden_kernels() -> None:
    assert conv.kernel("vertical", 3).tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert conv.kernel("horizontal", 3).tolist() == [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
    assert conv.kernel("laplace", 3).tolist() == [[0, -1, 0], [-1, 4, -1], [0, -1, 0]]
    assert conv.kernel("sharpen", 3).tolist() == [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    assert (16 * conv.kernel("gauss", 3)).tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    assert (256 * conv.kernel("gauss", 5))[2].tolist() == [6, 24, 36, 24, 6]


def test_cost() -> None:
    # VGG's conv1_1: 3·3·3·64 weights and 64 biases, on 224 × 224
    first = conv.cost(3, 64, (224, 224), (3, 3))
    assert (first.parameters, first.multiply_adds) == (1792, 86_704_128)
    # depthwise 3 × 3 on 64 channels
    assert conv.cost(64, 64, (10, 10), (3, 3), groups=64, bias=False).parameters == 576
    with pytest.raises(UsageError, match="divisible by 3, got 64 and 64"):
        conv.cost(64, 64, (1, 1), (3, 3), groups=3)


def test_senseless_input() -> None:
    with pytest.raises(ShapeError, match="at most 3 cells, the padded input, got 5"):
        conv.convolve(X, np.ones((3, 3)), dilation=2)
    with pytest.raises(ShapeError, match="at most 3 cells"):
        conv.convolve_graph(X, np.ones((3, 3)), dilation=2)
    with pytest.raises(ShapeError, match="expected input"):
        conv.convolve(np.ones((2, 4, 4)), np.ones((1, 3, 3, 3)))
    with pytest.raises(ShapeError, match="output cell inside 1 × 1"):
        conv.step(X, np.ones((3, 3)), (0, 1))
    with pytest.raises(UsageError, match="odd kernel size, got 2"):
        conv.kernel("box", 2)
    with pytest.raises(UsageError, match="expected a kernel of"):
        conv.kernel("own", 3)
    with pytest.raises(UsageError, match="from 1 and padding from 0"):
        conv.Axis(3, 3, 0)
