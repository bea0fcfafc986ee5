"""Who wins a pixel: every turn of the merging, counted by hand and held by properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from seglib.errors import UsageError
from seglib.labels import VOC_21
from seglib.models.adapters.merging import MergeOptions, merge, merge_steps
from seglib.results import Instances, SemanticMap

CAT, DOG = 8, 12


def case() -> tuple[SemanticMap, Instances]:
    """Ten columns of one pixel: a dog on 0-5, a cat on 4-7 (half covered), a cat on 3-5 (all)."""
    labels = np.zeros((1, 10), np.uint8)
    labels[0, :4], labels[0, 4:9] = DOG, CAT
    masks = np.zeros((3, 1, 10), bool)
    masks[0, 0, 3:6], masks[1, 0, 0:6], masks[2, 0, 4:8] = True, True, True
    instances = Instances.from_masks(masks, [CAT, DOG, CAT], [0.3, 0.9, 0.6], VOC_21)
    return SemanticMap(labels, VOC_21), instances


def test_every_turn_is_counted() -> None:
    merging = merge_steps(*case())
    first, second, third = merging.claims
    assert (first.row, first.asked, first.free, first.got, first.segment) == (1, 6, 6, 6, 1)
    assert (second.row, second.asked, second.free, second.share) == (2, 4, 2, 0.5)
    assert (second.segment, second.got) == (2, 2)
    # pixel 8 is cat in the semantic map and belongs to no cat: the only cat gets it
    assert second.given == 1
    assert (third.row, third.asked, third.free, third.segment, third.got) == (0, 3, 0, 0, 0)
    ground, cats = merging.rests
    assert (ground.class_id, ground.asked, ground.free, ground.segments) == (0, 1, 1, (3,))
    assert (cats.class_id, cats.asked, cats.free, cats.given) == (CAT, 5, 1, 1)
    assert merging.panoptic.segment_ids.tolist() == [[1, 1, 1, 1, 1, 1, 2, 2, 2, 3]]
    assert [segment.area for segment in merging.panoptic.segments] == [6, 3, 1]


def test_the_map_fills_turn_by_turn() -> None:
    merging = merge_steps(*case())
    assert len(merging) == 5
    turns = [merging.after(k)[0].tolist() for k in range(6)]
    assert turns[0] == [0] * 10
    assert turns[1] == [1] * 6 + [0] * 4
    assert turns[2] == turns[3] == [1] * 6 + [2, 2, 0, 0]
    assert turns[4] == [1] * 6 + [2, 2, 0, 3]
    assert turns[5] == merging.panoptic.segment_ids[0].tolist()


def test_the_least_free_share_decides_who_is_left_out() -> None:
    """Of the second object exactly half is free: 0.5 keeps it, more does not."""
    strict = merge_steps(*case(), MergeOptions(covered=0.55))
    assert [claim.segment for claim in strict.claims] == [1, 0, 0]
    # without a cat, the pixels that the semantic map calls cat are a cat of their own
    assert strict.rests[1].segments == (3,)
    lenient = merge_steps(*case(), MergeOptions(covered=0.0))
    # but an object without one free pixel is no segment
    assert [claim.segment for claim in lenient.claims] == [1, 2, 0]


def test_crumbs_become_void() -> None:
    labels = np.zeros((10, 20), np.uint8)
    labels[2:4, 2:4], labels[8, 8] = CAT, CAT  # 4 and 1 of 200 pixels: 2 % and 0.5 %
    none = Instances.from_masks(np.zeros((0, 10, 20), bool), [], [], VOC_21)
    for crumbs, pieces, void in ((0.0, 2, 0), (0.5, 2, 0), (1.0, 1, 1), (5.0, 0, 5)):
        merging = merge_steps(SemanticMap(labels, VOC_21), none, MergeOptions(crumbs=crumbs))
        cats = merging.rests[1]
        assert (len(cats.segments), cats.void) == (pieces, void)
        assert int((merging.panoptic.segment_ids == 0).sum()) == void


def test_nothing_at_all() -> None:
    labels = np.full((1, 1), 255, np.uint8)
    none = Instances.from_masks(np.zeros((0, 1, 1), bool), [], [], VOC_21)
    merging = merge_steps(SemanticMap(labels, VOC_21), none)
    assert (len(merging), merging.panoptic.segments) == (0, ())
    assert merging.after(3).tolist() == [[0]]


def test_an_empty_mask_is_left_out() -> None:
    labels = np.zeros((2, 2), np.uint8)
    empty = Instances.from_masks(np.zeros((1, 2, 2), bool), [CAT], [0.9], VOC_21)
    merging = merge_steps(SemanticMap(labels, VOC_21), empty)
    (claim,) = merging.claims
    assert (claim.asked, claim.segment) == (0, 0)
    assert math.isnan(claim.share)


def test_options_are_checked() -> None:
    with pytest.raises(UsageError, match="covered"):
        MergeOptions(covered=1.5)


@st.composite
def pictures(draw: st.DrawFn) -> tuple[SemanticMap, Instances]:
    height, width = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    labels: NDArray[np.uint8] = rng.choice([0, CAT, DOG, 255], (height, width)).astype(np.uint8)
    count = draw(st.integers(0, 5))
    masks = rng.random((count, height, width)) < 0.4
    instances = Instances.from_masks(
        masks, rng.choice([CAT, DOG], count), rng.random(count).astype(np.float32), VOC_21
    )
    return SemanticMap(labels, VOC_21), instances


@given(pictures(), st.floats(0, 1), st.floats(0, 5))
def test_no_pixel_is_lost(
    picture: tuple[SemanticMap, Instances], covered: float, crumbs: float
) -> None:
    options = MergeOptions(covered=covered, crumbs=crumbs)
    merging = merge_steps(*picture, options)
    panoptic = merging.panoptic
    assert np.array_equal(panoptic.segment_ids, merge(*picture, options).segment_ids)
    assert np.array_equal(panoptic.segment_ids, merging.after(len(merging)))
    areas = {segment.id: segment.area for segment in panoptic.segments}
    for claim in merging.claims:
        assert 0 <= claim.got <= claim.free <= claim.asked
        if claim.segment:
            assert claim.free >= covered * claim.asked
            assert areas[claim.segment] == claim.got + claim.given
    # what was free is shared out completely
    for rest in merging.rests:
        assert rest.free == rest.given + rest.void + sum(areas[each] for each in rest.segments)
    filled = [int(np.count_nonzero(merging.after(k))) for k in range(len(merging) + 1)]
    assert filled == sorted(filled)
