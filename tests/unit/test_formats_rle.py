"""Run lengths: hand-worked codes, agreement with pycocotools, and codes from strangers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask

from seglib.errors import FormatError, ShapeError
from seglib.formats import rle

MASKS = st.tuples(st.integers(1, 24), st.integers(1, 24)).flatmap(lambda shape: arrays(bool, shape))


def size_of(mask):
    return mask.shape[1], mask.shape[0]


def test_counts_run_down_the_columns_and_begin_with_background():
    assert rle.encode(np.array([[0, 1, 1], [0, 1, 1]], bool)).tolist() == [2, 4]
    assert rle.encode(np.array([[1, 0], [0, 1]], bool)).tolist() == [0, 1, 2, 1]
    assert rle.encode(np.array([[1, 1], [0, 0]], bool)).tolist() == [0, 1, 1, 1, 1]
    assert rle.encode(np.zeros((2, 3), bool)).tolist() == [6]
    assert rle.encode(np.ones((2, 3), bool)).tolist() == [0, 6]


@given(MASKS)
def test_agrees_with_pycocotools(mask):
    size = size_of(mask)
    theirs = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    counts = rle.encode(mask)
    text = rle.to_string(counts, size)
    assert text.encode() == theirs["counts"]
    assert rle.from_string(text, size).tolist() == counts.tolist()
    assert rle.from_string(text.encode(), size).tolist() == counts.tolist()
    assert rle.area(counts) == coco_mask.area(theirs)
    x1, y1, x2, y2 = rle.box(counts, size)
    assert [x1, y1, x2 - x1, y2 - y1] == coco_mask.toBbox(theirs).tolist()
    assert (rle.decode(counts, size) == mask).all()


@given(MASKS)
def test_a_crop_is_the_mask_in_its_box(mask):
    counts = rle.encode(mask)
    x0, y0, crop = rle.crop(counts, size_of(mask))
    again = np.zeros_like(mask)
    again[y0 : y0 + crop.shape[0], x0 : x0 + crop.shape[1]] = crop
    assert (again == mask).all()
    if mask.any():
        assert crop.any(axis=0)[[0, -1]].all()
        assert crop.any(axis=1)[[0, -1]].all()


def test_runs_of_no_length_are_allowed():
    assert rle.decode([1, 0, 1, 2], (2, 2)).tolist() == [[False, True], [False, True]]
    assert rle.box([1, 0, 1, 2], (2, 2)) == (1, 0, 2, 2)
    assert rle.crop([4, 0], (2, 2))[2].shape == (0, 0)


def test_long_runs_survive_the_string():
    size = (10_000, 5_000)
    counts = [7, 49_999_990, 3]
    assert rle.from_string(rle.to_string(counts, size), size).tolist() == counts


def test_counts_handed_out_are_read_only():
    counts = rle.encode(np.eye(3, dtype=bool))
    for array in (counts, rle.from_string(rle.to_string(counts, (3, 3)), (3, 3))):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([2, 5], r"sum to 3 × 2 = 6 pixels, got 7: the code is longer than the picture"),
        ([2, 3], r"got 5: the code is shorter than the picture"),
        ([], r"got 0: the code is shorter"),
        ([8, -2], r"run lengths from 0, got -2 at place 1"),
        ([2, 4.0], r"whole run lengths, got 4.0 at place 1"),
        ([2, float("nan")], r"whole run lengths, got nan at place 1"),
        ([2, True, 3], r"whole run lengths, got True at place 1"),
        ([2, "4"], r"whole run lengths, got '4' at place 1"),
        ([2, None], r"got NoneType at place 1"),
        ([[2], 4], r"got list at place 0"),
        ([2, 10**50], r"below 2⁴⁰, got one of place 1 beyond"),
        (np.array([2.0, 4.0]), r"of integers, got \(2,\) float64"),
        (np.array([[2, 4]]), r"got \(1, 2\) int64"),
        (np.array([2**63 + 4, 2], np.uint64), r"below 2⁶²"),
    ],
)
@pytest.mark.parametrize("read", [rle.decode, rle.box, rle.crop, rle.to_string])
def test_wrong_counts_are_one_sentence(read, counts, message):
    with pytest.raises(FormatError, match=message) as caught:
        read(counts, (3, 2))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "shorter than the picture"),
        ("2", "shorter than the picture"),
        ("25", "longer than the picture"),
        ("2\x7f", "got '\\\\x7f' at place 1"),
        ("2 4", "got ' ' at place 1"),
        ("2é", "got characters beyond it"),
        ("2T", "cut off in the middle of a run"),
        ("P" * 500 + "0", "longer than any picture"),
        ("O7", "with a negative run"),
        ("ooooooO", "with a negative run|longer than any"),
    ],
)
def test_wrong_strings_are_one_sentence(text, message):
    with pytest.raises(FormatError, match=message):
        rle.from_string(text, (3, 2))


@given(st.binary(max_size=40), st.integers(1, 9), st.integers(1, 9))
def test_no_string_reaches_beyond_the_picture(data, width, height):
    try:
        counts = rle.from_string(data, (width, height))
    except FormatError:
        return
    assert counts.sum() == width * height
    assert rle.decode(counts, (width, height)).shape == (height, width)


@pytest.mark.parametrize("mask", [np.zeros((2, 3)), np.zeros(3, bool), np.zeros((0, 3), bool), [1]])
def test_what_is_no_mask_is_refused(mask):
    with pytest.raises(ShapeError, match="expected a mask"):
        rle.encode(mask)


@given(st.integers(0, 2**32 - 1))
def test_a_cut_mask_has_the_code_of_the_whole_one(seed):
    rng = np.random.default_rng(seed)
    width, height = rng.integers(1, 7, 2).tolist()
    x0, y0 = int(rng.integers(0, width)), int(rng.integers(0, height))
    shape = rng.integers(0, (height - y0 + 1, width - x0 + 1))
    crop = rng.random(shape) < rng.choice([0, 0.5, 0.9, 1])
    whole = np.zeros((height, width), bool)
    whole[y0 : y0 + crop.shape[0], x0 : x0 + crop.shape[1]] = crop
    counts = rle.encode_crop(x0, y0, crop, (width, height))
    assert counts.tolist() == rle.encode(whole).tolist()


def test_a_cut_mask_outside_its_picture_is_refused():
    with pytest.raises(ShapeError, match=r"inside 4 x 3 pixels, got 2 x 2 at \(3, 0\)"):
        rle.encode_crop(3, 0, np.ones((2, 2), bool), (4, 3))
