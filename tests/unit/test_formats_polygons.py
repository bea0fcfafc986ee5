"""Polygons: pycocotools' pixels, exact tracing along pixel edges, measured loss."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask
from scipy import ndimage

from seglib.errors import FormatError, ShapeError, UsageError
from seglib.formats import convert, polygons

# pycocotools' own decoder has not learned numpy 2's signature of __array__.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

MASKS = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(lambda shape: arrays(bool, shape))
EIGHT = np.ones((3, 3))


def filled(mask):
    """The mask without its holes: background that the outside cannot reach."""
    background, _ = ndimage.label(~np.pad(mask, 1), structure=EIGHT)
    return (background != background[0, 0])[1:-1, 1:-1]


def test_a_square_has_four_corners():
    mask = np.zeros((5, 6), bool)
    mask[1:3, 2:5] = True
    (ring,) = polygons.from_mask(mask).polygons
    assert sorted(map(tuple, ring.tolist())) == [(2, 1), (2, 3), (5, 1), (5, 3)]
    assert not ring.flags.writeable


@given(MASKS)
def test_tracing_loses_nothing_but_holes(mask):
    traced = polygons.from_mask(mask)
    assert len(traced.polygons) == ndimage.label(mask)[1]
    assert traced.holes == ndimage.label(~np.pad(mask, 1), structure=EIGHT)[1] - 1
    if mask.any():
        again = polygons.to_mask(traced.polygons, (mask.shape[1], mask.shape[0]))
        assert (again == filled(mask)).all()


def test_pixels_that_touch_at_a_corner_are_two_parts():
    for mask in (np.eye(2, dtype=bool), np.eye(2, dtype=bool)[::-1]):
        traced = polygons.from_mask(mask)
        assert len(traced.polygons) == 2
        assert (polygons.to_mask(traced.polygons, (2, 2)) == mask).all()


def test_a_hole_is_filled_and_counted():
    mask = np.ones((5, 5), bool)
    mask[2, 2] = False
    found = convert.polygon_loss("ring", mask)
    assert (found.holes, found.parts, found.corners) == (1, 1, 4)
    assert (found.pixels, found.kept, found.invented) == (24, 24, 1)
    assert found.iou == pytest.approx(24 / 25)
    assert found.iou == polygons.loss(mask, found.polygons)
    # Down the columns: 12 pixels, the hole, 12 more; the first run of background is empty.
    assert found.runs == 4


def test_through_the_centres_half_a_pixel_is_lost_all_around():
    mask = np.zeros((12, 12), bool)
    mask[2:10, 2:10] = True
    traced = polygons.from_mask(mask, outline="centres")
    again = polygons.to_mask(traced.polygons, (12, 12))
    # From centre (2, 2) to centre (9, 9), which COCO's rasteriser reads as corners.
    assert again.sum() == 7 * 7
    assert polygons.loss(mask, traced.polygons) == pytest.approx(49 / 64)
    line = np.zeros((5, 5), bool)
    line[2, :] = True
    gone = polygons.from_mask(line, outline="centres")
    assert gone.polygons == ()
    assert gone.dropped == 1
    assert polygons.loss(line, gone.polygons) == 0


def test_more_tolerance_means_fewer_corners():
    y, x = np.mgrid[:80, :80]
    disc = np.hypot(x - 40, y - 38) < 30
    losses = [convert.polygon_loss("disc", disc, tolerance=each) for each in (0, 0.5, 1, 2, 4, 8)]
    corners = [loss.corners for loss in losses]
    assert corners == sorted(corners, reverse=True)
    assert losses[0].iou == 1
    assert losses[-1].iou < 0.97
    assert losses[2].iou > 0.97


@given(st.lists(st.tuples(st.floats(-5, 25), st.floats(-5, 25)), min_size=3, max_size=9))
def test_pixels_are_those_of_pycocotools(points):
    polygon = np.array(points)
    size = (17, 13)
    flat = [polygon.reshape(-1).tolist()]
    theirs = coco_mask.decode(coco_mask.merge(coco_mask.frPyObjects(flat, 13, 17)))
    assert (polygons.to_mask([polygon], size) == theirs.astype(bool)).all()


def test_the_parts_of_an_object_are_united():
    left = np.array([[0, 0], [2, 0], [2, 4], [0, 4]], float)
    right = left + np.array([1, 0])
    assert polygons.to_mask([left, right], (4, 4)).sum() == 12


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([[1, 2]], "at least 3 points, got 1"),
        ([[1, 2], [3, 4]], "at least 3 points, got 2"),
        ([[1, 2], [3, np.nan], [4, 4]], r"finite coordinates, got \(3, nan\) at point 1"),
        ([[np.inf, 2], [3, 1], [4, 4]], r"got \(inf, 2\) at point 0"),
        ([[0, 0], [1e300, 0], [0, 1]], "outline of at most 1,000,000 pixels"),
        ([[0, 0], [9e5, 0], [0, 1]], "outline of at most 1,000,000 pixels"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(points, message):
    with pytest.raises(FormatError, match=message):
        polygons.to_mask([np.array(points, float)], (4, 4))


def test_noise_is_refused(monkeypatch):
    monkeypatch.setattr(polygons, "MAX_CORNERS", 60)
    checker = np.indices((8, 8)).sum(axis=0) % 2 == 0
    with pytest.raises(FormatError, match="at most 60 corners, got 79: it is too ragged"):
        polygons.from_mask(checker)


def test_misuse_is_refused():
    mask = np.ones((2, 2), bool)
    with pytest.raises(FormatError, match="at least one polygon"):
        polygons.to_mask([], (4, 4))
    with pytest.raises(UsageError, match="outline among"):
        polygons.from_mask(mask, outline="middle")
    for tolerance in (-1, float("nan"), float("inf")):
        with pytest.raises(UsageError, match="tolerance of 0 pixels"):
            polygons.from_mask(mask, tolerance=tolerance)
    with pytest.raises(ShapeError, match="mask"):
        polygons.from_mask(np.ones((2, 2)))
    assert polygons.from_mask(np.zeros((2, 2), bool)).polygons == ()
    assert np.isnan(polygons.loss(np.zeros((2, 2), bool), ()))
