"""Each disturbance on maps small enough to check by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from skimage.measure import label as regions

from seglib.disturb import (
    Objects,
    backdrop_of,
    dilate,
    drop,
    erode,
    holes,
    invent,
    merge,
    objects_of,
    ragged,
    relabel,
    rotate,
    shift,
    speckle,
    split,
)
from seglib.errors import LabelError, ShapeError


def one(ids: list[list[int]], **classes: int) -> Objects:
    array = np.array(ids, np.int32)
    named = {int(key[1:]): value for key, value in classes.items()}
    return Objects(array, named or {int(i): 1 for i in np.unique(array) if i})


def square(height: int = 40, width: int = 50, *, side: int = 20) -> Objects:
    ids = np.zeros((height, width), np.int32)
    ids[10 : 10 + side, 15 : 15 + side] = 1
    return Objects(ids, {1: 3})


def test_objects_are_the_connected_regions_of_the_chosen_classes() -> None:
    labels = np.array([[1, 0, 1], [0, 1, 0], [2, 0, 0], [2, 0, 1]], np.uint8)
    found = objects_of(labels, [1, 2])
    # By a corner is together; classes in order.
    assert found.ids.tolist() == [[1, 0, 1], [0, 1, 0], [3, 0, 0], [3, 0, 2]]
    assert found.classes == {1: 1, 2: 1, 3: 2}
    assert objects_of(labels, []).present == []


def test_regions_agree_with_scikit_image() -> None:
    labels = np.random.default_rng(4).integers(0, 2, (30, 40)).astype(np.uint8)
    ours = objects_of(labels, [1])
    theirs = regions(labels, connectivity=2)
    pairs = set(zip(ours.ids.ravel().tolist(), theirs.ravel().tolist(), strict=True))
    assert len(pairs) == len(ours.present) + 1 == theirs.max() + 1


def test_the_backdrop_fills_with_the_nearest_class_and_never_with_void() -> None:
    labels = np.array([[0, 0, 9, 9, 9, 255, 5]], np.uint8)
    filled = backdrop_of(labels, objects_of(labels, [9]), ignore=255)
    assert filled[0, :3].tolist() == [0, 0, 0]
    # Pixel 4 is 3 from class 0 and 2 from class 5; void beside it is no class.
    assert filled[0, 4] == 5
    assert filled[0, 5:].tolist() == [255, 5]
    covered = np.full((2, 2), 9, np.uint8)
    assert (backdrop_of(covered, objects_of(covered, [9]), ignore=255) == covered).all()


def test_shift_moves_and_loses_what_leaves() -> None:
    objects = one([[1, 0, 0], [0, 0, 2]])
    assert shift(objects, dx=1, dy=0).ids.tolist() == [[0, 1, 0], [0, 0, 0]]
    assert shift(objects, dx=-1, dy=-1).ids.tolist() == [[0, 2, 0], [0, 0, 0]]
    assert not shift(objects, dx=3, dy=0).ids.any()
    assert not shift(objects, dx=0, dy=-20).ids.any()


def test_turning_by_a_quarter_swaps_the_sides() -> None:
    ids = np.zeros((21, 21), np.int32)
    ids[9:12, 5:16] = 1
    turned = rotate(Objects(ids, {1: 1}), degrees=90).ids
    assert (turned == ids.T).all()
    still = Objects(ids, {1: 1})
    assert rotate(still, degrees=0) is still
    # Clockwise as seen: an arrow's tip at the right comes down.
    ids[10, 16:19] = 1
    tip = rotate(Objects(ids, {1: 1}), degrees=30).ids
    assert np.argwhere(tip)[:, 0].max() > 13
    assert np.argwhere(tip)[np.argwhere(tip)[:, 0].argmax(), 1] > 11


@pytest.mark.parametrize("radius", [1, 2, 5])
def test_erode_and_dilate_follow_the_euclidean_distance(radius: int) -> None:
    objects = square()
    mask = objects.ids > 0
    assert (
        (erode(objects, radius=radius).ids > 0) == (distance_transform_edt(mask) > radius)
    ).all()
    grown = dilate(objects, radius=radius).ids > 0
    assert (grown == (distance_transform_edt(~mask) <= radius)).all()


def test_erode_separates_neighbours_and_dilate_shares_the_ground() -> None:
    objects = one([[1, 1, 1, 2, 2, 2]])
    assert erode(objects, radius=1).ids.tolist() == [[1, 1, 0, 0, 2, 2]]
    apart = one([[1, 0, 0, 0, 0, 2]])
    assert dilate(apart, radius=5).ids.tolist() == [[1, 1, 1, 2, 2, 2]]
    assert not erode(one([[0, 1, 0]]), radius=1).ids.any()


def test_a_ragged_boundary_stays_within_its_amplitude() -> None:
    objects = square()
    mask = objects.ids > 0
    for amplitude in (1, 3, 6):
        result = ragged(objects, amplitude=amplitude, seed=2).ids > 0
        assert (result != mask).any()
        assert (result != mask)[distance_transform_edt(mask) > amplitude + 0.5].sum() == 0
        assert (result & (distance_transform_edt(~mask) > amplitude + 0.5)).sum() == 0


def test_a_ragged_object_stays_one() -> None:
    ids = np.zeros((90, 90), np.int32)
    ids[15:75, 15:75] = 1
    for seed in range(6):
        result = ragged(Objects(ids, {1: 1}), amplitude=5, seed=seed).ids
        assert regions(result, connectivity=2).max() == 1
        assert (result[21:69, 21:69] == 1).all()
    # A line has no inside: it may fall to pieces, but does not vanish.
    line = np.zeros((60, 20), np.int32)
    line[5:55, 9:11] = 1
    assert ragged(Objects(line, {1: 1}), amplitude=3, seed=1).ids.any()


def test_holes_are_nested_and_only_take_away() -> None:
    objects = square()
    before = objects.ids
    for count in (1, 2, 5):
        after = holes(objects, count=count, seed=9).ids
        assert (after <= before).all()
        assert np.count_nonzero(after) < np.count_nonzero(before)
        before = after


def test_speckle_flips_about_its_share_and_is_nested() -> None:
    objects = square(100, 120)
    small = speckle(objects, share=0.05, seed=1).ids != objects.ids
    large = speckle(objects, share=0.2, seed=1).ids != objects.ids
    assert abs(small.mean() - 0.05) < 0.01
    assert abs(large.mean() - 0.2) < 0.015
    assert not (small & ~large).any()


def test_merge_joins_the_nearest_of_one_class_by_a_bridge() -> None:
    ids = np.zeros((9, 30), np.int32)
    ids[2:7, 1:6], ids[2:7, 9:14], ids[2:7, 17:22] = 1, 2, 3
    merged = merge(Objects(ids, {1: 1, 2: 7, 3: 1}), count=1, seed=0)
    # 1 and 3 are of one class; 2 between them keeps its pixels.
    assert set(merged.present) in ({1, 2}, {2, 3})
    assert (merged.ids[2:7, 9:14] == 2).all()
    alone = Objects(ids, {1: 1, 2: 2, 3: 3})
    assert merge(alone, count=4, seed=0) is alone


def test_split_cuts_the_largest_across_its_longer_side() -> None:
    ids = np.zeros((20, 60), np.int32)
    ids[5:15, 10:40] = 1
    ids[0:3, 50:53] = 2
    cut = split(Objects(ids, {1: 4, 2: 5}), count=1, seed=3)
    gone = np.argwhere((ids == 1) & (cut.ids == 0))
    assert len(gone) == 10
    assert len(set(gone[:, 1].tolist())) == 1
    assert 20 <= gone[0, 1] <= 30
    assert cut.classes == {1: 4, 2: 5, 3: 4}
    assert cut.present == [1, 2, 3]
    # Too short to be cut.
    assert split(one([[1, 1]]), count=1, seed=0).ids.tolist() == [[1, 1]]


def _three() -> Objects:
    return one([[1, 1, 0, 2, 0, 3]], _1=1, _2=2, _3=1)


def test_drop_is_nested() -> None:
    lost = [set(_three().present) - set(drop(_three(), count=n, seed=5).present) for n in range(5)]
    assert [len(each) for each in lost] == [0, 1, 2, 3, 3]
    assert all(a <= b for a, b in pairwise(lost))


def test_invent_adds_objects_only_where_there_is_none() -> None:
    objects = square()
    more = invent(objects, count=6, seed=4)
    assert len(more.present) > 1
    assert (more.ids[objects.ids > 0] == 1).all()
    assert set(more.classes.values()) == {3}
    nothing = Objects(np.zeros((4, 4), np.int32), {})
    assert invent(nothing, count=3, seed=4) is nothing


def test_relabel_never_keeps_the_class() -> None:
    done = relabel(_three(), count=3, seed=1, choices=[1, 2, 8])
    assert all(done.classes[i] != _three().classes[i] for i in (1, 2, 3))
    assert relabel(_three(), count=1, seed=1, choices=[1]).classes.keys() == {1, 2, 3}


def _bad(array: NDArray[np.generic], classes: dict[int, int]) -> None:
    Objects(array, classes)  # type: ignore[arg-type]


def test_strange_maps_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"expected ids \(H, W\) int32, got \(2,\) int32"):
        _bad(np.zeros(2, np.int32), {})
    with pytest.raises(ShapeError, match="uint8"):
        _bad(np.zeros((2, 2), np.uint8), {})
    with pytest.raises(LabelError, match=r"none for \[7\]"):
        _bad(np.full((2, 2), 7, np.int32), {1: 1})
    with pytest.raises(ShapeError, match="from 1"):
        _bad(np.zeros((2, 2), np.int32), {0: 1})
    with pytest.raises(ShapeError, match="labels"):
        objects_of(np.zeros((2, 2), np.int64), [1])  # type: ignore[arg-type]
