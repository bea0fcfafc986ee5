"""Panoptic maps, mattes, scenes: regions that cover a picture."""

from __future__ import annotations

import numpy as np
import pytest

from seglib.errors import LabelError, ShapeError
from seglib.images import fit_pad
from seglib.labels import CAMVID_11, Label, LabelSet
from seglib.results import (
    Instances,
    Matte,
    Panoptic,
    Scene,
    Segment,
    SemanticMap,
)

TWO = LabelSet("two", "Two", (Label(0, "ground", (0, 0, 0)), Label(1, "ball", (9, 9, 9), True)))


# --- panoptic ------------------------------------------------------------------------------------

IDS = np.array([[1, 1, 0], [2, 2, 5]], np.int32)


def test_panoptic_by_hand() -> None:
    result = Panoptic.from_ids(IDS, {1: 0, 2: 8, 5: 8, 9: 1}, CAMVID_11, scores={5: 0.5})
    assert result.size == (3, 2)
    assert result.segments == (
        Segment(1, 0, thing=False, area=2, box=(0, 0, 2, 1)),
        Segment(2, 8, thing=True, area=2, box=(0, 1, 2, 2)),
        Segment(5, 8, thing=True, area=1, box=(2, 1, 3, 2), score=0.5),
    )
    assert result.segment(5).score == 0.5
    assert result.mask(2).tolist() == [[False] * 3, [True, True, False]]
    assert result.semantic().labels.tolist() == [[0, 0, 255], [8, 8, 8]]
    with pytest.raises(LabelError, match="no segment has id 3"):
        result.segment(3)
    with pytest.raises(ValueError, match="read-only"):
        result.segment_ids[0, 0] = 3


@pytest.mark.parametrize(
    ("ids", "segments", "message"),
    [
        (IDS.astype(np.int64), (), r"expected segment ids \(H, W\) int32, got \(2, 3\) int64"),
        (IDS, (), r"in the map and in the segments, got \[1, 2, 5\] in only one"),
        (np.zeros((1, 1), np.int32), (Segment(4, 0, False, 1, (0, 0, 1, 1)),), r"got \[4\] in"),
        (
            np.full((1, 1), -4, np.int32),
            (Segment(-4, 0, False, 1, (0, 0, 1, 1)),),
            "expected segment ids from 0, got -4",
        ),
        (
            np.full((1, 1), 4, np.int32),
            (Segment(4, 0, False, 1, (0, 0, 1, 1)), Segment(4, 1, False, 1, (0, 0, 1, 1))),
            "got an id twice",
        ),
    ],
)
def test_panoptic_refuses(ids: np.ndarray, segments: tuple[Segment, ...], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        Panoptic(ids, segments, CAMVID_11)


def test_panoptic_needs_a_known_class_for_every_segment() -> None:
    with pytest.raises(LabelError, match="expected a class for segment 5, got none"):
        Panoptic.from_ids(IDS, {1: 0, 2: 8}, CAMVID_11)
    with pytest.raises(LabelError, match="no class with id 77"):
        Panoptic.from_ids(IDS, {1: 0, 2: 8, 5: 77}, CAMVID_11)


def test_void_needs_an_ignore_label_to_become_semantic() -> None:
    strict = LabelSet("strict", "Strict", TWO.labels, ignore=None)
    result = Panoptic.from_ids(np.array([[0, 1]], np.int32), {1: 1}, strict)
    with pytest.raises(LabelError, match="Strict has no ignore label"):
        result.semantic()


# --- matte, scene --------------------------------------------------------------------------------


def test_matte() -> None:
    matte = Matte(np.array([[0.0, 0.5, 1.0]], np.float32))
    assert matte.size == (3, 1)
    assert not matte.alpha.flags.writeable


@pytest.mark.parametrize(
    ("alpha", "message"),
    [
        (np.zeros((2, 2)), r"expected alpha \(H, W\) float32, got \(2, 2\) float64"),
        (np.full((1, 1), 1.5, np.float32), "expected alpha in 0..1, got 1.5"),
        (np.full((1, 1), -0.5, np.float32), "expected alpha in 0..1, got -0.5"),
        (np.full((1, 1), np.nan, np.float32), "expected alpha in 0..1, got nan"),
    ],
)
def test_matte_refuses(alpha: np.ndarray, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        Matte(alpha)


def test_scene() -> None:
    semantic = SemanticMap(np.zeros((2, 3), np.uint8), CAMVID_11)
    scene = Scene(semantic, panoptic=Panoptic.from_ids(IDS, {1: 0, 2: 8, 5: 8}, CAMVID_11))
    assert scene.size == (3, 2)
    assert scene.instances is None
    with pytest.raises(ShapeError, match=r"expected parts of one size, got .*\(2, 2\), \(3, 2\)"):
        Scene(semantic, Instances.from_masks(np.zeros((0, 2, 2), bool), [], [], CAMVID_11))
    with pytest.raises(ShapeError, match="got none"):
        Scene()


def test_confidence_through_a_real_placement_leaves_the_padding_out() -> None:
    # A picture of 8 x 4 pixels in a square input of 8 x 8: the logits of the padding are certain.
    _, placement = fit_pad(np.zeros((4, 8, 3), np.uint8), (8, 8), pad_value=0, anchor="corner")
    logits = np.zeros((2, 4, 4), np.float32)
    logits[1, 2:] = 50.0
    result = SemanticMap(np.zeros((4, 8), np.uint8), TWO, logits=logits, placement=placement)
    confidence = result.confidence()
    assert confidence is not None
    assert confidence.shape == (4, 8)
    assert confidence.dtype == np.float32
    np.testing.assert_allclose(confidence[:2], 0.5, atol=1e-6)
