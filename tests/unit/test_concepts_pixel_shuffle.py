"""Pixel shuffle: by hand, there and back, against OpenVINO and OpenCV's layout."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seglib.concepts import pixel_shuffle as ps
from seglib.errors import ShapeError, UsageError

# A loaded machine is no reason to fail.
QUICK = settings(deadline=None, max_examples=50)

SMALL = st.integers(1, 4)
ORDERS = st.sampled_from(ps.ORDERS)


def _counted(channels: int, h: int, w: int) -> np.ndarray:
    return np.arange(channels * h * w, dtype=np.float32).reshape(channels, h, w)


def test_four_channels_of_one_cell_by_hand() -> None:
    values = np.array([10, 20, 30, 40], np.float32)[:, None, None]
    assert ps.shuffle(values, 2).tolist() == [[[10, 20], [30, 40]]]


def test_the_two_orders_by_hand() -> None:
    values = np.arange(8, dtype=np.float32)[:, None, None]
    assert ps.shuffle(values, 2).tolist() == [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]
    blocks = ps.shuffle(values, 2, order="blocks_first")
    assert blocks.tolist() == [[[0, 2], [4, 6]], [[1, 3], [5, 7]]]


@QUICK
@given(SMALL, SMALL, SMALL, SMALL, ORDERS)
def test_there_and_back(c: int, r: int, h: int, w: int, order: ps.Order) -> None:
    values = _counted(c * r * r, h, w)
    large = ps.shuffle(values, r, order=order)
    assert large.shape == (c, h * r, w * r)
    np.testing.assert_array_equal(ps.unshuffle(large, r, order=order), values)
    back = _counted(c, h * r, w * r)
    np.testing.assert_array_equal(
        ps.shuffle(ps.unshuffle(back, r, order=order), r, order=order), back
    )


@QUICK
@given(SMALL, SMALL, SMALL, SMALL, ORDERS)
def test_every_cell_says_where_it_comes_from(
    c: int, r: int, h: int, w: int, order: ps.Order
) -> None:
    values = _counted(c * r * r, h, w)
    large = ps.shuffle(values, r, order=order)
    for place in np.ndindex(large.shape):
        assert large[place] == values[ps.source(place, r, c, order=order)]


@settings(deadline=None, max_examples=15)
@given(SMALL, SMALL, SMALL, SMALL, ORDERS)
def test_agreement_with_openvino(c: int, r: int, h: int, w: int, order: ps.Order) -> None:
    values = _counted(c * r * r, h, w)
    np.testing.assert_allclose(
        ps.depth_to_space(values, r, order=order), ps.shuffle(values, r, order=order), atol=1e-4
    )


def test_what_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"\(C·4, h, w\), got \(6, 2, 2\)"):
        ps.shuffle(np.zeros((6, 2, 2)), 2)
    with pytest.raises(ShapeError, match=r"3·h, 3·w"):
        ps.unshuffle(np.zeros((1, 4, 3)), 3)
    with pytest.raises(UsageError, match="factor"):
        ps.shuffle(np.zeros((4, 2, 2)), 0)
    with pytest.raises(UsageError, match="depth_first or blocks_first"):
        ps.shuffle(np.zeros((4, 2, 2)), 2, order="other")  # type: ignore[arg-type]
