"""Max-unpooling: by hand, by properties, against OpenVINO and scikit-image."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import block_reduce

from seglib.concepts.unpooling import max_pool, pool_and_unpool, unpool
from seglib.errors import ShapeError, UsageError

# A loaded machine is no reason to fail.
QUICK = settings(deadline=None, max_examples=50)

VALUES = np.array(
    [[1, 5, 2, 0], [3, 4, 8, 1], [0, 0, 7, 7], [0, 9, 7, 6]],
    np.float32,
)


def test_by_hand() -> None:
    pooled, indices = max_pool(VALUES)
    assert pooled.tolist() == [[5, 8], [9, 7]]
    # The lower right block holds 7 three times: the first in reading order counts.
    assert indices.tolist() == [[1, 6], [13, 10]]
    assert unpool(pooled, indices, (4, 4)).tolist() == [
        [0, 5, 0, 0],
        [0, 0, 8, 0],
        [0, 0, 7, 0],
        [0, 9, 0, 0],
    ]


def _random(h: int, w: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(2, h, w)).astype(np.float32)


@QUICK
@given(st.integers(1, 4), st.integers(4, 11), st.integers(4, 11), st.integers(0, 9))
def test_unpooling_restores_the_maxima(kernel: int, h: int, w: int, seed: int) -> None:
    values = _random(h, w, seed)
    pooled, indices = max_pool(values, kernel)
    full = unpool(pooled, indices, (h, w))
    held = full != 0
    assert held.sum() == pooled.size
    np.testing.assert_array_equal(full[held], values[held])
    # As far as whole blocks go, pooling the unpooled finds positive maxima again.
    positive = np.abs(values) + 1
    pooled, indices = max_pool(positive, kernel)
    again, places = max_pool(unpool(pooled, indices, (h, w)), kernel)
    np.testing.assert_array_equal(again, pooled)
    np.testing.assert_array_equal(places, indices)
    np.testing.assert_array_equal(
        pooled[0],
        block_reduce(positive[0, : h // kernel * kernel, : w // kernel * kernel], kernel, np.max),
    )


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 3), st.integers(3, 8), st.integers(3, 8))
def test_agreement_with_openvino(kernel: int, h: int, w: int) -> None:
    values = _random(h, w, 3)
    pooled, indices = max_pool(values, kernel)
    theirs = pool_and_unpool(values, kernel)
    np.testing.assert_allclose(theirs[0], pooled, atol=1e-4)
    np.testing.assert_array_equal(theirs[1], indices)
    np.testing.assert_allclose(theirs[2], unpool(pooled, indices, (h, w)), atol=1e-4)


def test_equal_maxima_agree_too() -> None:
    np.testing.assert_array_equal(pool_and_unpool(VALUES)[1], max_pool(VALUES)[1])


def test_what_is_refused() -> None:
    with pytest.raises(ShapeError, match="at least 3 rows"):
        max_pool(np.zeros((2, 5)), 3)
    with pytest.raises(UsageError, match="at least 1"):
        max_pool(np.zeros((2, 5)), 0)
    pooled, indices = max_pool(VALUES)
    with pytest.raises(ShapeError, match="one shape"):
        unpool(pooled, indices[:1], (4, 4))
    with pytest.raises(ShapeError, match="from 0 to 8"):
        unpool(pooled, indices, (3, 3))
