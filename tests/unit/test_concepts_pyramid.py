"""Pyramid pooling: bins by hand, and the same from OpenVINO."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seglib.concepts import pyramid, pyramid_graph
from seglib.errors import ShapeError, UsageError


def _maps(channels: int = 8, height: int = 23, width: int = 30) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(1).normal(size=(channels, height, width)).astype(np.float32)


def test_bins_of_the_street_network_s_map() -> None:
    assert pyramid.spans(30, 6) == ((0, 5), (5, 10), (10, 15), (15, 20), (20, 25), (25, 30))
    # 23 does not divide by 6: neighbours share a row
    assert pyramid.spans(23, 6) == ((0, 4), (3, 8), (7, 12), (11, 16), (15, 20), (19, 23))
    assert pyramid.spans(23, 1) == ((0, 23),)
    # more bins than cells repeat cells
    assert pyramid.spans(2, 3) == ((0, 1), (0, 2), (1, 2))


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 60), st.integers(1, 16))
def test_bins_hold_every_cell_and_none_is_empty(cells: int, bins: int) -> None:
    found = pyramid.spans(cells, bins)
    assert found[0][0] == 0
    assert found[-1][1] == cells
    assert all(past > first for first, past in found)
    assert all(after[0] <= before[1] for before, after in pairwise(found))
    assert {cell for first, past in found for cell in range(first, past)} == set(range(cells))


@pytest.mark.parametrize("bins", [1, 2, 3, 6, 7, 16])
def test_average_agrees_with_openvino(bins: int) -> None:
    maps = _maps()
    np.testing.assert_allclose(
        pyramid.adaptive_average(maps, bins),
        pyramid_graph.adaptive_average(maps, bins),
        atol=1e-4,
    )


@pytest.mark.parametrize("bins", [(1, 2, 3, 6), (1,), (2, 4)])
def test_the_module_agrees_with_openvino(bins: tuple[int, ...]) -> None:
    maps = _maps()
    levels, together = pyramid.pyramid(maps, bins)
    np.testing.assert_allclose(together, pyramid_graph.pyramid(maps, bins), atol=1e-4)
    assert len(together) == 8 + len(bins) * (8 // len(bins))
    assert [level.pooled.shape for level in levels] == [
        (8 // len(bins), count, count) for count in bins
    ]
    np.testing.assert_array_equal(together[:8], maps)


def test_one_bin_is_the_mean_of_everything_everywhere() -> None:
    maps = _maps()
    levels, _ = pyramid.pyramid(maps, (1,))
    mean = maps.mean(axis=(1, 2))
    np.testing.assert_allclose(levels[0].full, np.broadcast_to(mean[:, None, None], maps.shape))


def test_upsampling_keeps_a_constant_and_the_range() -> None:
    maps = _maps(3, 3, 3)
    full = pyramid.upsample(maps, (30, 23))
    assert full.min() >= maps.min() - 1e-6
    assert full.max() <= maps.max() + 1e-6
    flat = pyramid.upsample(np.full((1, 2, 2), 3.5, np.float32), (9, 5))
    np.testing.assert_allclose(flat, 3.5)


def test_costs_of_the_paper_s_module() -> None:
    # ResNet: 2048 channels, four levels of 512
    costs = [pyramid.level_cost(2048, bins, 4) for bins in pyramid.BINS]
    assert {cost.parameters for cost in costs} == {1_048_576}
    assert sum(cost.multiply_adds for cost in costs) == 1_048_576 * (1 + 4 + 9 + 36)
    head = pyramid.head_cost(4096, (60, 60), 512)
    assert head.parameters == 4096 * 512 * 9
    assert head.multiply_adds == head.parameters * 3600


def test_what_has_no_meaning_is_refused() -> None:
    with pytest.raises(UsageError, match="bins"):
        pyramid.spans(9, 0)
    with pytest.raises(UsageError, match="levels"):
        pyramid.pyramid(_maps(2), (1, 2, 3))
    with pytest.raises(ShapeError, match="expected features"):
        pyramid.adaptive_average(np.zeros((4, 4), np.float32), 2)
