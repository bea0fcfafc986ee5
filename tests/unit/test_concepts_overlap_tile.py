"""Overlap-tile: every pixel once, context where it was promised, no seam where none should be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from seglib.concepts import overlap_tile as ot
from seglib.errors import ShapeError, UsageError

# A loaded machine is no reason to fail.
QUICK = settings(deadline=None, max_examples=50)


@st.composite
def plans(draw: st.DrawFn) -> ot.Plan:
    side = st.integers(1, 60)
    tile = (draw(st.integers(1, 24)), draw(st.integers(1, 24)))
    overlap = tuple(draw(st.integers(0, t - 1)) for t in tile)
    size, mirror, spread = (draw(side), draw(side)), draw(st.booleans()), draw(st.booleans())
    return ot.tiles(size, tile, (overlap[0], overlap[1]), mirror, spread=spread)


def _picture(plan: ot.Plan) -> np.ndarray:
    width, height = plan.size
    return np.arange(width * height, dtype=np.int32).reshape(height, width)


@QUICK
@given(plans())
def test_the_cores_cover_every_pixel_once(plan: ot.Plan) -> None:
    count = np.zeros(plan.size[::-1], int)
    for tile in plan.tiles:
        x, y, width, height = tile.core
        assert width >= 1
        assert height >= 1
        count[y : y + height, x : x + width] += 1
        left, top, *_ = tile.inner
        assert 0 <= left <= left + width <= plan.tile[0]
        assert 0 <= top <= top + height <= plan.tile[1]
    assert (count == 1).all()
    assert len(plan) == len(plan.tiles)


@QUICK
@given(plans())
def test_every_kept_pixel_has_its_context(plan: ot.Plan) -> None:
    for tile in plan.tiles:
        for axis in (0, 1):
            margin = plan.overlap[axis] // 2
            first, length = tile.window[axis], plan.tile[axis]
            start, end = tile.core[axis], tile.core[axis] + tile.core[axis + 2]
            at_start, at_end = start == 0, end == plan.size[axis]
            if plan.mirror or not at_start:
                assert start - first >= margin
            if plan.mirror or not at_end:
                assert first + length - end >= margin
            if not plan.mirror and plan.size[axis] >= length:
                assert 0 <= first <= plan.size[axis] - length


@QUICK
@given(plans(), st.booleans())
def test_the_identity_network_gives_the_picture_back(plan: ot.Plan, blend: bool) -> None:
    picture = _picture(plan)
    answer = ot.run(picture, plan, lambda seen: seen[None], blend=blend)
    np.testing.assert_allclose(answer[0], picture, rtol=1e-5, atol=1e-2)


@QUICK
@given(plans())
def test_mirroring_is_numpy_s_reflection(plan: ot.Plan) -> None:
    picture = _picture(plan)
    room = 100
    how = {"mode": "reflect"} if plan.mirror else {"mode": "constant", "constant_values": 0}
    around = np.pad(picture, room, **how)  # type: ignore[call-overload]
    for tile in (plan.tiles[0], plan.tiles[len(plan) // 2], plan.tiles[-1]):
        x, y, width, height = tile.window
        wanted = around[room + y : room + y + height, room + x : room + x + width]
        np.testing.assert_array_equal(ot.cut(picture, plan, tile), wanted)


def test_by_hand() -> None:
    plan = ot.tiles((10, 4), (4, 4), 2, mirror=False)
    assert plan.columns == ((0, 0, 3), (2, 3, 5), (4, 5, 7), (6, 7, 10))
    assert plan.rows == ((0, 0, 4),)
    assert plan.seams == ((3, 5, 7), ())
    assert plan.work == 4 * 16 / 40
    exact = ot.tiles((9, 4), (4, 4), 1, mirror=False, spread=False)
    assert exact.columns == ((0, 0, 3), (3, 3, 6), (5, 6, 9))
    even = ot.tiles((9, 4), (4, 4), 1, mirror=False)
    assert even.columns == ((0, 0, 3), (2, 3, 5), (5, 5, 9))
    mirrored = ot.tiles((10, 4), (4, 4), 2)
    # ceil(10 / (4 - 2)) tiles across, ceil(4 / 2) down.
    assert len(mirrored) == 5 * 2
    assert mirrored.tiles[0].window == (-1, -1, 4, 4)
    assert mirrored.tiles[0].core == (0, 0, 2, 2)


def test_the_paper_s_tile_keeps_388_of_572() -> None:
    plan = ot.tiles((388, 388), (572, 572), 184)
    assert [tile.window for tile in plan.tiles] == [(-92, -92, 572, 572)]
    assert plan.tiles[0].core == (0, 0, 388, 388)
    # 512 pixels (the ISBI stacks) need two tiles in each direction.
    assert len(ot.tiles((512, 512), (572, 572), 184)) == 4


def test_enough_overlap_hides_every_seam_and_mirroring_the_border() -> None:
    picture = np.random.default_rng(0).normal(size=(50, 70))
    whole = ndimage.uniform_filter(picture, 7, mode="mirror")

    def network(seen: np.ndarray) -> np.ndarray:
        return ndimage.uniform_filter(seen, 7, mode="constant")

    def differs(overlap: int, *, mirror: bool) -> np.ndarray:
        plan = ot.tiles((70, 50), (24, 24), overlap, mirror)
        return np.abs(ot.run(picture, plan, network) - whole) > 1e-9

    assert not differs(6, mirror=True).any()
    bare = differs(6, mirror=False)
    assert bare[0].any()
    assert not bare[3:-3, 3:-3].any()
    plan = ot.tiles((70, 50), (24, 24), 0, mirror=False)
    near = plan.seam_distance() < 3
    seams = differs(0, mirror=False)[3:-3, 3:-3]
    assert seams.any()
    # Tiles spread evenly share a few pixels even without any overlap asked for.
    assert not seams[~near[3:-3, 3:-3]].any()


def test_distance_to_the_seam() -> None:
    plan = ot.tiles((8, 4), (4, 4), 0, mirror=False)
    assert plan.seam_distance()[0].tolist() == [3.5, 2.5, 1.5, 0.5, 0.5, 1.5, 2.5, 3.5]
    assert np.isinf(ot.tiles((4, 4), (8, 8), 0).seam_distance()).all()


@QUICK
@given(plans())
def test_no_kept_pixel_is_closer_to_its_tile_s_rim_than_half_the_overlap(plan: ot.Plan) -> None:
    rim = plan.rim_distance()
    assert rim.shape == plan.size[::-1]
    assert rim.min() >= min(plan.overlap) // 2 + 0.5
    if plan.overlap == (0, 0):
        assert (rim >= plan.seam_distance()).all()


def test_distance_to_the_rim_by_hand() -> None:
    plan = ot.tiles((10, 4), (6, 4), 2, mirror=False)
    # Windows 0..6 and 4..10, the seam at 5: the rim is one pixel beyond it.
    assert plan.rim_distance()[0].tolist() == [5.5, 4.5, 3.5, 2.5, 1.5, 1.5, 2.5, 3.5, 4.5, 5.5]


def test_progress_counts_to_the_end() -> None:
    plan = ot.tiles((9, 9), (4, 4), 1)
    seen: list[tuple[int, int]] = []
    ot.run(_picture(plan), plan, lambda tile: tile, progress=lambda *a: seen.append(a))
    assert seen == [(i + 1, len(plan)) for i in range(len(plan))]


def test_what_is_refused() -> None:
    with pytest.raises(UsageError, match="overlap from 0 to 3, got 4"):
        ot.tiles((8, 8), (4, 4), 4)
    with pytest.raises(UsageError, match="at least 1 × 1"):
        ot.tiles((0, 8), (4, 4))
    with pytest.raises(UsageError, match="at most 4096 tiles, got 1000 × 1000"):
        ot.tiles((1000, 1000), (2, 2), 1)
    plan = ot.tiles((8, 8), (4, 4), 0, mirror=False)
    with pytest.raises(ShapeError, match="8 × 8 pixels"):
        ot.cut(np.zeros((8, 9)), plan, plan.tiles[0])
    with pytest.raises(ShapeError, match="expected 4 answers, got 3"):
        ot.assemble(plan, [np.zeros((4, 4))] * 3)
    with pytest.raises(ShapeError, match="number 5"):
        ot.assemble(plan, [np.zeros((4, 4))] * 5)
    with pytest.raises(ShapeError, match=r"shape \(4, 5\)"):
        ot.assemble(plan, [np.zeros((4, 5))] * 4)
