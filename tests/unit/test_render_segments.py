"""Panoptic segments as pictures: exact colours, shades that differ, names where they fit."""

from __future__ import annotations

import numpy as np
import pytest

from seglib.errors import LabelError, ShapeError
from seglib.labels import CAMVID_11, VOC_21, VOID_COLOR, LabelSet
from seglib.labels.table import ALL
from seglib.render import (
    colourise_segments,
    names_written,
    segment_anchor,
    segment_colors,
    segment_names,
    segment_ranks,
    segments_overlay,
)
from seglib.render.segments import shade
from seglib.results import Panoptic

CAT, DOG = 8, 12


def panoptic() -> Panoptic:
    """Void, ground, two cats and a dog: 2 x 6 pixels."""
    ids = np.array([[0, 1, 1, 300, 300, 7], [0, 1, 1, 300, 70_000, 7]], np.int32)
    return Panoptic.from_ids(ids, {1: 0, 300: CAT, 7: CAT, 70_000: DOG}, VOC_21)


def test_ranks_follow_the_list_and_leave_the_rest_out() -> None:
    found = segment_ranks(panoptic().segment_ids, [300, 70_000, 1])
    assert found.dtype == np.uint8
    assert found.tolist() == [[0, 3, 3, 1, 1, 0], [0, 3, 3, 1, 2, 0]]


def test_ranks_of_small_and_of_large_ids_agree() -> None:
    rng = np.random.default_rng(1)
    ids = rng.integers(0, 9, (20, 30)).astype(np.int32)
    small = segment_ranks(ids, [8, 2, 5])
    large = segment_ranks(ids + (np.int32(1) << 20) * (ids > 0), [(1 << 20) + k for k in (8, 2, 5)])
    assert np.array_equal(small, large)
    many = segment_ranks(np.arange(300, dtype=np.int32)[None], range(1, 300))
    assert many.dtype == np.uint16
    assert many[0].tolist() == list(range(300))
    assert segment_ranks(ids, []).max() == 0


def test_things_differ_and_stuff_has_its_class_s_colour() -> None:
    own = panoptic()
    for by in ("shade", "object", "class"):
        colors = segment_colors(own, by=by)
        assert colors[1] == VOC_21.label(0).color
        assert (colors[300] == colors[7]) == (by == "class")
    assert segment_colors(own, by="class")[70_000] == VOC_21.label(DOG).color
    # the first by id has the class's own colour
    assert segment_colors(own)[7] == VOC_21.label(CAT).color


@pytest.mark.parametrize("label_set", ALL, ids=lambda each: each.name)
def test_the_first_shades_of_every_class_differ(label_set: LabelSet) -> None:
    for label in label_set:
        shades = [shade(label.color, number) for number in range(9)]
        assert len(set(shades)) == 9, label.name
        assert shades[0] == label.color


def test_colours_are_exact_and_void_is_void() -> None:
    own = panoptic()
    colors = segment_colors(own)
    drawn = colourise_segments(own, colors)
    assert tuple(drawn[0, 0]) == VOID_COLOR
    for segment in own.segments:
        assert {tuple(pixel) for pixel in drawn[own.mask(segment.id)].tolist()} == {
            colors[segment.id]
        }


def test_the_overlay_mixes_and_leaves_void_alone() -> None:
    own = panoptic()
    pixels = np.full((2, 6, 3), 200, np.uint8)
    drawn = segments_overlay(pixels, own, opacity=0.5, contour=False)
    assert drawn[0, 0].tolist() == [200, 200, 200]
    assert drawn[0, 1].tolist() == [100, 100, 100]  # black ground, half
    assert np.array_equal(segments_overlay(pixels, own, opacity=0, contour=False), pixels)
    alone = segments_overlay(pixels, own, opacity=1, contour=False, only=[70_000])
    assert alone[1, 4].tolist() == list(VOC_21.label(DOG).color)
    assert alone[0, 1].tolist() == alone[0, 0].tolist() == [120, 120, 120]
    assert not np.array_equal(segments_overlay(pixels, own), drawn)


def test_what_does_not_fit_is_named() -> None:
    own = panoptic()
    with pytest.raises(ShapeError, match="6 x 3"):
        segments_overlay(np.zeros((3, 6, 3), np.uint8), own)
    with pytest.raises(ShapeError, match="opacity"):
        segments_overlay(np.zeros((2, 6, 3), np.uint8), own, opacity=2)
    with pytest.raises(LabelError, match="99"):
        segments_overlay(np.zeros((2, 6, 3), np.uint8), own, only=[99])


def test_all_void_is_the_picture() -> None:
    none = Panoptic.from_ids(np.zeros((1, 1), np.int32), {}, CAMVID_11)
    pixels = np.full((1, 1, 3), 9, np.uint8)
    assert np.array_equal(segments_overlay(pixels, none), pixels)
    assert colourise_segments(none, {}).tolist() == [[list(VOID_COLOR)]]


def test_names_number_the_members_of_a_class() -> None:
    assert segment_names(panoptic()) == {1: "background", 7: "cat 1", 300: "cat 2", 70_000: "dog"}


def test_a_name_stands_where_most_room_is() -> None:
    ids = np.zeros((60, 200), np.int32)
    ids[:4, :], ids[10:50, 60:100] = 1, 1
    own = Panoptic.from_ids(ids, {1: CAT}, VOC_21)
    x, y, room = segment_anchor(own, 1)
    assert abs(x - 79.5) <= 2
    assert abs(y - 29.5) <= 2
    assert room == pytest.approx(20, abs=1)
    # at the picture's edge there is no room
    assert segment_anchor(panoptic(), 70_000)[2] == pytest.approx(1, abs=0.1)


def test_names_are_written_only_where_they_fit() -> None:
    ids = np.ones((120, 300), np.int32)
    ids[:, 297:] = 2
    own = Panoptic.from_ids(ids, {1: CAT, 2: DOG}, VOC_21)
    drawn = np.zeros((120, 300, 3), np.uint8)
    drawn = names_written(drawn, own, segment_names(own), size=14)
    assert drawn[40:80, 120:180].max() == 255
    assert drawn[:, 280:].max() == 0
    dot = Panoptic.from_ids(np.ones((1, 1), np.int32), {1: CAT}, VOC_21)
    assert names_written(np.zeros((1, 1, 3), np.uint8), dot, {1: "cat"}).max() == 0


def test_a_name_that_would_hide_another_is_left_out() -> None:
    ids = np.ones((60, 120), np.int32)
    ids[:, 60:] = 2
    own = Panoptic.from_ids(ids, {1: CAT, 2: CAT}, VOC_21)
    blank = np.zeros((60, 120, 3), np.uint8)
    long = {1: "a name as wide as both", 2: "another one as wide"}
    assert np.array_equal(
        names_written(blank, own, long, size=9), names_written(blank, own, {1: long[1]}, size=9)
    )
    short = {1: "one", 2: "two"}
    assert not np.array_equal(
        names_written(blank, own, short, size=9), names_written(blank, own, {1: "one"}, size=9)
    )
