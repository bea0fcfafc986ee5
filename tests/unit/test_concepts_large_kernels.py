"""Large kernels: costs, what two pairs can hold, and the same from OpenVINO and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from seglib.concepts import large_kernels as large
from seglib.concepts import large_kernels_graph as graph
from seglib.concepts import large_kernels_refine as refine
from seglib.concepts.large_kernels import Kernel
from seglib.errors import ShapeError, UsageError


def _map(seed: int = 0) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(seed).normal(size=(23, 30)).astype(np.float32)


def test_costs_by_hand() -> None:
    dense = large.dense_cost(15, 21, 21, 100)
    assert dense.parameters == 15 * 15 * 21 * 21
    assert dense.multiply_adds == 100 * dense.parameters
    block = large.separable_cost(15, 21, 21, 100)
    assert block.parameters == 4 * 15 * 21 * 21
    # three 3×3 see 7×7
    stack = large.stacked_cost(7, 8, 4, 1)
    assert stack.parameters == 9 * (8 * 4 + 4 * 4 + 4 * 4)
    assert large.stacked_cost(1, 8, 4, 1) == large.dense_cost(1, 8, 4, 1)


def test_a_block_saves_from_five_on() -> None:
    saves = [
        size
        for size in range(1, 32, 2)
        if large.separable_cost(size, 21, 21, 1).parameters
        < large.dense_cost(size, 21, 21, 1).parameters
    ]
    assert saves[0] == 5


@pytest.mark.parametrize("size", [1, 3, 7, 15])
@pytest.mark.parametrize("name", large.KERNELS)
def test_convolution_agrees_with_scipy_and_openvino(name: Kernel, size: int) -> None:
    weights, image = large.kernel(name, size), _map()
    ours = large.convolve(image, weights)
    np.testing.assert_allclose(ours, graph.convolve(image, weights), atol=1e-4)
    wanted = ndimage.correlate(image.astype(float), weights, mode="constant")
    np.testing.assert_allclose(ours, wanted, atol=1e-5)


@pytest.mark.parametrize(("name", "rank"), [("gaussian", 1), ("box", 1), ("log", 2)])
def test_what_two_pairs_hold_exactly(name: Kernel, rank: int) -> None:
    weights = large.kernel(name, 11)
    pairs = large.separate(weights, rank)
    assert pairs.rank == rank
    assert pairs.held == pytest.approx(1)
    np.testing.assert_allclose(pairs.kernel, weights, atol=1e-12)
    np.testing.assert_allclose(
        large.block(_map(), pairs), large.convolve(_map(), weights), atol=1e-5
    )


def test_a_diagonal_line_is_more_than_two_pairs_hold() -> None:
    pairs = large.separate(large.kernel("line", 15))
    assert pairs.rank > 4
    assert 0.3 < pairs.held < 0.9


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 9999), st.sampled_from([3, 5, 9]), st.integers(1, 3))
def test_the_error_is_the_energy_of_the_values_left_out(seed: int, size: int, pairs: int) -> None:
    weights = large.kernel("random", size, seed=seed)
    found = large.separate(weights, pairs)
    left = ((weights - found.kernel) ** 2).sum()
    assert left == pytest.approx((found.singular[pairs:] ** 2).sum(), abs=1e-12)
    assert found.held == pytest.approx(1 - left / (weights**2).sum())


@pytest.mark.parametrize("pairs", [1, 2, 3])
def test_the_block_is_its_kernel_and_agrees_with_openvino(pairs: int) -> None:
    found = large.separate(large.kernel("random", 7), pairs)
    ours = large.block(_map(), found)
    np.testing.assert_allclose(ours, large.convolve(_map(), found.kernel), atol=1e-5)
    np.testing.assert_allclose(ours, graph.block(_map(), found), atol=1e-4)


def test_the_receptive_field_is_what_a_change_reaches() -> None:
    image = np.zeros((31, 31), np.float32)
    image[15, 15] = 1
    for size in (3, 7, 15):
        reached = large.block(image, large.separate(large.kernel("random", size))) != 0
        assert reached.any(axis=0).sum() == size
        assert reached.any(axis=1).sum() == size
    assert large.receptive_field(15, 16) == 1 + 14 * 16
    assert large.receptive_field(1, 8, before=32) == 32


def test_refinement_agrees_with_openvino_and_can_do_nothing() -> None:
    scores = np.random.default_rng(2).normal(size=(4, 9, 11)).astype(np.float32)
    np.testing.assert_array_equal(refine.refine(scores, strength=0), scores)
    for strength in (0.5, 1.0, 4.0):
        np.testing.assert_allclose(
            refine.refine(scores, strength=strength),
            graph.refine(scores, strength=strength),
            atol=1e-4,
        )


def test_refinement_only_adds_where_a_score_stands_out() -> None:
    ridge = np.zeros((1, 7, 7), np.float32)
    ridge[0, :, 3] = 1
    better = refine.refine(ridge)
    assert (better >= ridge).all()
    assert better[0, 3, 3] > 1.3
    plane = np.broadcast_to(np.arange(7, dtype=np.float32), (1, 7, 7)).copy()
    # nothing stands out of a plane: only its rim, where the border is repeated
    np.testing.assert_allclose(refine.refine(plane)[0, :, 2:-2], plane[0, :, 2:-2], atol=1e-6)


def test_what_has_no_meaning_is_refused() -> None:
    with pytest.raises(UsageError, match="odd"):
        large.dense_cost(4, 1, 1, 1)
    with pytest.raises(UsageError, match="odd"):
        large.kernel("box", 33)
    with pytest.raises(UsageError, match="pairs"):
        large.separate(np.eye(3), 4)
    with pytest.raises(ShapeError, match="kernel"):
        large.separate(np.zeros((3, 4)))
    with pytest.raises(ShapeError, match="odd sides"):
        large.convolve(_map(), np.zeros((2, 2)))
    with pytest.raises(UsageError, match="strength"):
        refine.refine(np.zeros((1, 3, 3), np.float32), strength=9)
