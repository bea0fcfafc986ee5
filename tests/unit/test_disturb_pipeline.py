"""Disturbing whole maps: nothing is nothing, ids stay, the same seed is the same."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seglib.disturb import DisturbOptions, default_classes, disturb, disturb_instances
from seglib.errors import LabelError, ShapeError, UsageError
from seglib.labels import CAMVID_11, VOC_21
from seglib.options import describe

NOTHING = DisturbOptions()
CHANGES = {
    "dx": 3, "dy": -2, "erode": 1, "dilate": 2, "ragged": 2, "speckle": 0.1, "holes": 2,
    "merge": 1, "split": 1, "relabel": 1, "drop": 1, "invent": 2, "rotate": 20,
}  # fmt: skip
SOMETHING = st.builds(
    DisturbOptions,
    **{
        info.name: st.integers(int(info.low or 0), int(info.high or 0))
        if info.kind == "whole"
        else st.floats(info.low, info.high)
        for info in describe(DisturbOptions)
    },
)


def scene(*, void: bool = False) -> np.ndarray:
    labels = np.zeros((48, 64), np.uint8)
    labels[6:20, 5:25] = 7
    labels[24:40, 6:16] = 7
    labels[10:30, 36:48] = 15
    if void:
        labels[:, 60:] = 255
    return labels


@pytest.mark.parametrize("void", [False, True])
def test_no_disturbance_is_the_same_map(void: bool) -> None:
    labels = scene(void=void)
    result = disturb(labels, NOTHING, seed=1, label_set=VOC_21)
    assert (result == labels).all()
    assert not result.flags.writeable
    assert result is not labels


@pytest.mark.parametrize("name", CHANGES)
def test_every_disturbance_changes_something_and_leaves_its_input(name: str) -> None:
    labels = scene()
    options = replace(NOTHING, **{name: CHANGES[name]})
    result = disturb(labels, options, seed=1, label_set=VOC_21)
    assert (result != labels).any()
    assert (labels == scene()).all()


def test_every_option_is_tried_above() -> None:
    assert set(CHANGES) == {field.name for field in fields(DisturbOptions)}


@given(SOMETHING, st.integers(0, 2**31), st.booleans())
def test_whatever_the_options_the_map_stays_valid(
    options: DisturbOptions, seed: int, void: bool
) -> None:
    labels = scene(void=void)
    result = disturb(labels, options, seed=seed, label_set=VOC_21)
    assert result.shape == labels.shape
    assert result.dtype == np.uint8
    assert set(np.unique(result)) <= {0, 7, 15, 255}
    assert ((result == 255) == (labels == 255)).all()
    again = disturb(labels, options, seed=seed, label_set=VOC_21)
    assert (result == again).all()


def test_another_seed_makes_other_mistakes() -> None:
    options = DisturbOptions(ragged=3)
    first, second = (disturb(scene(), options, seed=s, label_set=VOC_21) for s in (1, 2))
    assert (first != second).any()


def test_one_slider_does_not_reshuffle_another() -> None:
    # The same holes with and without a shift that moves nothing into them.
    alone = disturb(scene(), DisturbOptions(speckle=0.05), seed=3, label_set=VOC_21) != scene()
    both = disturb(scene(), DisturbOptions(speckle=0.05, holes=1), seed=3, label_set=VOC_21)
    whole = disturb(scene(), DisturbOptions(holes=1), seed=3, label_set=VOC_21)
    same = (both != whole) == alone
    assert same.mean() > 0.97


def test_a_shift_of_one_pixel_by_hand() -> None:
    result = disturb(scene(), DisturbOptions(dx=1), seed=0, label_set=VOC_21)
    expected = np.zeros_like(scene())
    expected[:, 1:] = scene()[:, :-1]
    assert (result == expected).all()


def test_who_is_disturbed_where_nobody_chose() -> None:
    assert default_classes(scene(), VOC_21) == (7, 15)
    street = np.zeros((10, 10), np.uint8)
    street[:, 5] = CAMVID_11.id_of("pole")
    assert default_classes(street, CAMVID_11) == (CAMVID_11.id_of("pole"),)
    assert default_classes(np.zeros((3, 3), np.uint8), VOC_21) == ()
    chosen = disturb(scene(), DisturbOptions(erode=2), seed=0, label_set=VOC_21, classes=[15])
    assert ((chosen == 7) == (scene() == 7)).all()
    assert (chosen == 15).sum() == 16 * 8


def test_instances_keep_ids_and_get_scores() -> None:
    ids = np.zeros((48, 64), np.int32)
    ids[6:20, 5:25], ids[10:30, 36:48] = 4, 9
    classes = {4: 7, 9: 15}
    same = disturb_instances(ids, classes, NOTHING, seed=2, label_set=VOC_21)
    assert (same.ids == ids).all()
    assert same.classes == classes
    assert set(same.scores) == {4, 9}
    assert ids.flags.writeable
    more = disturb_instances(ids, classes, DisturbOptions(invent=4), seed=2, label_set=VOC_21)
    assert more.scores[4] == same.scores[4]
    assert all(0.3 <= score <= 0.99 for score in more.scores.values())
    assert set(more.classes) == set(np.unique(more.ids).tolist()) - {0}
    merged = disturb_instances(ids, {4: 7, 9: 7}, DisturbOptions(merge=1), seed=2, label_set=VOC_21)
    assert len(merged.classes) == 1


@given(SOMETHING, st.integers(0, 2**31))
def test_whatever_the_options_instances_stay_valid(options: DisturbOptions, seed: int) -> None:
    ids = np.zeros((30, 40), np.int32)
    ids[3:12, 3:14], ids[15:25, 20:34] = 1, 2
    done = disturb_instances(ids, {1: 7, 2: 15}, options, seed=seed, label_set=VOC_21)
    drawn = set(np.unique(done.ids).tolist()) - {0}
    assert drawn == set(done.classes) == set(done.scores)
    assert set(done.classes.values()) <= {7, 15}


def test_refusals_are_sentences() -> None:
    with pytest.raises(ShapeError, match=r"expected labels \(H, W\) uint8, got \(4,\) uint8"):
        disturb(np.zeros(4, np.uint8), NOTHING, seed=0, label_set=VOC_21)
    with pytest.raises(LabelError, match="got 77 as well"):
        disturb(np.full((4, 4), 77, np.uint8), NOTHING, seed=0, label_set=VOC_21)
    with pytest.raises(LabelError, match="no class with id 99"):
        disturb(scene(), NOTHING, seed=0, label_set=VOC_21, classes=[99])
    with pytest.raises(UsageError, match="seed"):
        disturb(scene(), DisturbOptions(ragged=1), seed=-1, label_set=VOC_21)
    with pytest.raises(UsageError, match="erode"):
        DisturbOptions(erode=11)
    with pytest.raises(LabelError, match="relabel"):
        disturb(scene(), DisturbOptions(relabel=1), seed=0, label_set=VOC_21, choices=[])


def test_an_empty_map_of_objects_stays_empty() -> None:
    labels = np.zeros((12, 12), np.uint8)
    for name, value in CHANGES.items():
        options = replace(NOTHING, **{name: value})
        assert not disturb(labels, options, seed=0, label_set=VOC_21).any()
