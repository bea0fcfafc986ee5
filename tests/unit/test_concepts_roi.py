"""RoIPool and RoIAlign: the lectures' numbers, OpenVINO's operators, and what shifting does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from seglib.concepts import roi_align, roi_example, roi_graph, roi_pool
from seglib.concepts.roi import Box
from seglib.concepts.roi_align import Aligned
from seglib.errors import ShapeError, UsageError

MODES: tuple[Aligned, ...] = ("asymmetric", "half_pixel_for_nn", "half_pixel")


def _maps(seed: int = 0, *, signed: bool = False) -> NDArray[np.float32]:
    values = np.random.default_rng(seed).normal(size=(3, 10, 12)).astype(np.float32)
    return values if signed else np.abs(values)


BOXES: dict[str, Box] = {
    "inside": Box(13.3, 9.1, 70.9, 61.7),
    "on the grid": Box(16, 8, 48, 40),
    "ties of rounding": Box(12, 4, 44, 60),
    "negative ties": Box(-12, -4, 20, 36),
    "whole map": Box(0, 0, 96, 80),
    "partly left and above": Box(-30, -25.5, 40, 20),
    "partly right and below": Box(60, 50, 140.2, 120),
    "wholly outside": Box(300, 300, 340, 320),
    "zero size": Box(41.3, 22.9, 41.3, 22.9),
    "zero width": Box(41.3, 22.9, 41.3, 70),
    "tiny": Box(41.3, 22.9, 41.8, 23.1),
    "on the last cell": Box(90, 74, 96, 80),
}


def test_the_lectures_sample_and_bin() -> None:
    first = roi_example.first_bin()
    assert [round(float(value), 2) for value in first] == [0.14, 0.21, 0.51, 0.43]
    rounded = np.round(first.astype(float), 2)
    assert rounded.max() == 0.51
    assert rounded.mean() == pytest.approx(0.3225)
    common = {"bins": 3, "scale": 1 / 32, "placing": "thirds"}
    maps = roi_example.features()
    pooled = roi_align.roi_align(maps, roi_example.BOX, mode="max", **common)  # type: ignore[arg-type]
    assert round(float(pooled[0, 0, 0]), 2) == 0.51
    average = roi_align.roi_align(maps, roi_example.BOX, mode="avg", **common)  # type: ignore[arg-type]
    # the lectures average the rounded samples; not rounded it is a little more
    assert float(average[0, 0, 0]) == pytest.approx(0.3237, abs=5e-5)


def test_the_lectures_sample_lies_where_the_drawing_puts_it() -> None:
    steps = roi_example.steps()
    assert steps.x.place[0] + 0.5 == pytest.approx(9.94, abs=5e-3)
    assert steps.y.place[0] + 0.5 == pytest.approx(6.50, abs=5e-3)
    cells = steps.neighbours(0, 0)
    values = roi_example.features()
    assert [(cell.row, cell.column) for cell in cells] == [(6, 9), (6, 10), (7, 9), (7, 10)]
    assert values[6, 9] == np.float32(0.1)
    assert values[6, 10] == np.float32(0.2)
    by_hand = sum(cell.weight * values[cell.row, cell.column] for cell in cells)
    assert by_hand == pytest.approx(float(roi_example.first_bin()[0]), abs=1e-6)


@pytest.mark.parametrize("bins", [1, 2, 3, 7])
@pytest.mark.parametrize("name", BOXES)
def test_pool_agrees_with_openvino(name: str, bins: int) -> None:
    maps = _maps(signed=True)
    ours = roi_pool.roi_pool(maps, BOXES[name], bins=bins, scale=1 / 8)
    theirs = roi_graph.roi_pool(maps, BOXES[name], bins=bins, scale=1 / 8)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize("aligned", MODES)
@pytest.mark.parametrize("name", BOXES)
def test_align_agrees_with_openvino(name: str, aligned: Aligned) -> None:
    maps = _maps(signed=True)
    for bins, sampling in ((2, 0), (3, 1), (7, 2), (2, 4)):
        common = {"bins": bins, "scale": 1 / 8, "sampling": sampling, "aligned": aligned}
        ours = roi_align.roi_align(maps, BOXES[name], **common)  # type: ignore[arg-type]
        theirs = roi_graph.roi_align(maps, BOXES[name], **common)  # type: ignore[arg-type]
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_no_area_has_no_average_with_adaptive_sampling() -> None:
    box = BOXES["zero width"]
    for mode, theirs in (("avg", float("nan")), ("max", 0.0)):
        common = {"bins": 2, "scale": 1 / 8, "sampling": 0, "mode": mode}
        ours = roi_align.roi_align(_maps(), box, **common)  # type: ignore[arg-type]
        assert np.isnan(ours).all()
        graph = roi_graph.roi_align(_maps(), box, **common)  # type: ignore[arg-type]
        np.testing.assert_array_equal(graph, np.full_like(graph, theirs))


def test_align_version_3_is_the_asymmetric_one() -> None:
    maps, box = _maps(), BOXES["inside"]
    ours = roi_align.roi_align(maps, box, bins=3, scale=1 / 8, aligned="asymmetric")
    theirs = roi_graph.roi_align(maps, box, bins=3, scale=1 / 8, version=3)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_openvino_s_maximum_starts_at_zero_and_ours_does_not() -> None:
    common = {"bins": 2, "scale": 1 / 8, "mode": "max"}
    maps, box = _maps(signed=True) - 10, BOXES["inside"]
    ours = roi_align.roi_align(maps, box, **common)  # type: ignore[arg-type]
    assert (ours < 0).all()
    theirs = roi_graph.roi_align(maps, box, **common)  # type: ignore[arg-type]
    assert (theirs == 0).all()
    # behind a ReLU the two are the same
    ours = roi_align.roi_align(_maps(), box, **common)  # type: ignore[arg-type]
    np.testing.assert_allclose(
        ours,
        roi_graph.roi_align(_maps(), box, **common),  # type: ignore[arg-type]
        atol=1e-4,
    )


def test_pool_by_hand() -> None:
    maps = np.arange(16, dtype=np.float32).reshape(4, 4)
    # 0.6 and 2.4 cells round to 1 and 2: cells 1 and 2, one a bin
    box = Box(4.8, 4.8, 19.2, 19.2)
    steps = roi_pool.plan(box, bins=2, scale=1 / 8, size=(4, 4))
    assert (steps.left, steps.right) == (1, 2)
    assert steps.rounded == (1, 1, 3, 3)
    assert steps.error == pytest.approx((0.4, 0.4, 0.6, 0.6))
    assert steps.bin_error == 0
    assert steps.window(0, 1) == (2, 1, 1, 1)
    pooled = roi_pool.roi_pool(maps, box, bins=2, scale=1 / 8)
    assert pooled[0].tolist() == [[5, 6], [9, 10]]


def test_pool_can_average() -> None:
    maps = np.arange(16, dtype=np.float32).reshape(4, 4)
    pooled = roi_pool.roi_pool(maps, Box(0, 0, 24, 24), bins=2, scale=1 / 8, mode="avg")
    assert pooled[0].tolist() == [[2.5, 4.5], [10.5, 12.5]]


def test_bins_overlap_where_the_region_does_not_divide() -> None:
    steps = roi_pool.plan(Box(0, 0, 32, 32), bins=2, scale=1 / 8, size=(9, 9))
    # cells 0 to 4, five of them: 2.5 a bin
    assert steps.columns == ((0, 3), (2, 5))
    assert steps.bin_error == pytest.approx(0.5)


def test_a_shift_by_half_a_cell_is_lost_on_pool_and_seen_by_align() -> None:
    maps = _maps()
    box = Box(16.1, 16.1, 60.1, 60.1)
    moved = box.moved(3.8, 3.8)
    common = {"bins": 3, "scale": 1 / 8}
    before = roi_pool.roi_pool(maps, box, **common)  # type: ignore[arg-type]
    after = roi_pool.roi_pool(maps, moved, **common)  # type: ignore[arg-type]
    np.testing.assert_array_equal(
        roi_pool.plan(box, size=(12, 10), **common).rounded,  # type: ignore[arg-type]
        (2, 2, 9, 9),
    )
    assert roi_pool.plan(moved, size=(12, 10), **common).rounded == (2, 2, 9, 9)  # type: ignore[arg-type]
    np.testing.assert_array_equal(before, after)
    one = roi_align.roi_align(maps, box, **common)  # type: ignore[arg-type]
    two = roi_align.roi_align(maps, moved, **common)  # type: ignore[arg-type]
    assert np.abs(one - two).max() > 0.05


def test_align_reads_a_ramp_exactly() -> None:
    """The average of a plane is its value in the middle; only the shift differs."""
    plane = np.broadcast_to(np.arange(12, dtype=np.float32), (10, 12)).copy()
    box = Box(20, 20, 60, 60)
    for aligned, shift in zip(MODES, (0, -0.5, -0.5 + 0.5 / 8), strict=True):
        pooled = roi_align.roi_align(plane, box, bins=2, scale=1 / 8, aligned=aligned)
        np.testing.assert_allclose(pooled[0, 0], np.array([3.75, 6.25]) + shift, atol=1e-5)


def test_samples_are_counted_bin_by_bin() -> None:
    steps = roi_align.plan(Box(0, 0, 64, 48), bins=2, scale=1 / 8, size=(12, 10), sampling=0)
    assert steps.ratio == (4, 3)
    assert steps.samples == 48
    assert steps.sample(0) == (0, 0)
    assert steps.sample(4) == (1, 0)
    assert steps.bin_of(11) == (0, 0)
    assert steps.bin_of(12) == (0, 1)
    assert steps.sample(12) == (0, 4)
    assert len({steps.sample(number) for number in range(48)}) == 48


coordinate = st.floats(-60, 160, allow_nan=False, width=32)


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(coordinate, coordinate),
    st.tuples(coordinate, coordinate),
    st.integers(1, 7),
    st.integers(0, 4),
    st.sampled_from(MODES),
)
def test_weights_sum_to_one_and_results_stay_within_the_map(
    x: tuple[float, float],
    y: tuple[float, float],
    bins: int,
    sampling: int,
    aligned: Aligned,
) -> None:
    maps = _maps()
    box = Box(min(x), min(y), max(x), max(y))
    steps = roi_align.plan(
        box, bins=bins, scale=1 / 8, size=(12, 10), sampling=sampling, aligned=aligned
    )
    for number in range(0, steps.samples, 1 + steps.samples // 20):
        row, column = steps.sample(number)
        cells = steps.neighbours(row, column)
        total = sum(cell.weight for cell in cells)
        inside = steps.x.inside[column] and steps.y.inside[row]
        assert total == pytest.approx(1 if inside else 0)
        assert all(0 <= cell.row < 10 and 0 <= cell.column < 12 for cell in cells)
    pooled = roi_align.roi_align(
        maps, box, bins=bins, scale=1 / 8, sampling=sampling, aligned=aligned
    )
    if steps.samples:
        assert (pooled >= 0).all()
        assert (pooled <= maps.max() + 1e-5).all()
    windows = roi_pool.plan(box, bins=bins, scale=1 / 8, size=(12, 10))
    assert windows.right >= windows.left
    assert all(past > first for first, past in (*windows.columns, *windows.rows))


@pytest.mark.parametrize(
    "wrong",
    [
        {"box": Box(5, 0, 4, 9)},
        {"box": Box(0, float("nan"), 4, 9)},
        {"bins": 0},
        {"scale": 0.0},
        {"sampling": -1},
        {"sampling": 99},
    ],
)
def test_what_has_no_meaning_is_refused(wrong: dict[str, object]) -> None:
    settings_: dict[str, object] = {"box": Box(0, 0, 8, 8), "bins": 2, "scale": 1 / 8, **wrong}
    with pytest.raises(UsageError, match="expected"):
        roi_align.roi_align(_maps(), **settings_)  # type: ignore[arg-type]


def test_features_must_be_maps() -> None:
    with pytest.raises(ShapeError, match="expected features"):
        roi_pool.roi_pool(np.zeros(4, np.float32), Box(0, 0, 8, 8), bins=2, scale=1 / 8)
    with pytest.raises(ShapeError, match="expected features"):
        roi_pool.roi_pool(np.zeros((4, 4), np.int64), Box(0, 0, 8, 8), bins=2, scale=1 / 8)  # type: ignore[arg-type]


def test_a_huge_box_is_refused_before_it_takes_the_memory() -> None:
    with pytest.raises(UsageError, match="samples"):
        roi_align.plan(Box(0, 0, 9e5, 9e5), bins=2, scale=1, size=(12, 10), sampling=0)


def test_results_are_read_only() -> None:
    pooled = roi_align.roi_align(_maps(), BOXES["inside"], bins=2, scale=1 / 8)
    with pytest.raises(ValueError, match="read-only"):
        pooled[0, 0, 0] = 1
