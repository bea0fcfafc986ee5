"""Result types: what they accept, what they refuse, what they compute."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from seglib.errors import LabelError, ShapeError
from seglib.labels import CAMVID_11, COCO_PANOPTIC_133, Label, LabelSet
from seglib.results import (
    STAGES,
    Instances,
    PackedMask,
    SemanticMap,
    StageTimes,
    softmax,
)

TWO = LabelSet("two", "Two", (Label(0, "ground", (0, 0, 0)), Label(1, "ball", (9, 9, 9), True)))


# --- softmax -------------------------------------------------------------------------------------


def test_softmax_by_hand() -> None:
    got = softmax(np.log(np.array([1.0, 2.0, 5.0])))
    np.testing.assert_allclose(got, [0.125, 0.25, 0.625], rtol=1e-6)
    assert got.dtype == np.float32


def test_softmax_of_huge_logits_does_not_overflow() -> None:
    np.testing.assert_array_equal(softmax(np.array([1e4, -1e4])), [1.0, 0.0])


@settings(deadline=None)
@given(
    hnp.arrays(np.float32, (3, 2, 2), elements=st.floats(-50, 50, width=32)),
    st.floats(-20, 20, width=32),
)
def test_softmax_sums_to_one_and_ignores_an_offset(logits: np.ndarray, offset: float) -> None:
    got = softmax(logits)
    np.testing.assert_allclose(got.sum(axis=0), 1.0, rtol=1e-5)
    np.testing.assert_allclose(got, softmax(logits + np.float32(offset)), atol=1e-4)


# --- stage times ---------------------------------------------------------------------------------


def test_stage_times() -> None:
    times = StageTimes(decode_ms=1.0, queue_ms=2.0, infer_ms=5.0)
    assert times.total_ms == 8.0
    assert times.fps == 125.0
    assert list(times.as_dict()) == [field for field, _ in STAGES]
    assert [field.name for field in dataclasses.fields(StageTimes)] == [name for name, _ in STAGES]


def test_stage_times_of_nothing_have_no_rate() -> None:
    assert StageTimes().total_ms == 0.0
    assert StageTimes().fps is None


# --- semantic ------------------------------------------------------------------------------------


def test_semantic_counts_and_shares() -> None:
    result = SemanticMap(np.array([[0, 1, 1], [255, 1, 255]], np.uint8), TWO)
    assert result.size == (3, 2)
    assert result.pixel_counts().tolist() == [1, 3]
    assert result.pixel_counts().dtype == np.int64
    assert result.shares().tolist() == [0.25, 0.75]


def test_shares_of_an_ignored_picture_are_undefined() -> None:
    result = SemanticMap(np.full((2, 2), 255, np.uint8), TWO)
    assert result.pixel_counts().tolist() == [0, 0]
    assert np.isnan(result.shares()).all()


def test_the_ignore_label_is_not_counted_where_it_lies_in_a_gap() -> None:
    gap = LabelSet("gap", "Gap", (Label(0, "a", (0, 0, 0)), Label(2, "b", (1, 1, 1))), ignore=1)
    assert SemanticMap(np.array([[0, 1, 2]], np.uint8), gap).pixel_counts().tolist() == [1, 0, 1]


def test_semantic_uint16_with_large_ids() -> None:
    wide = LabelSet("wide", "Wide", (Label(0, "a", (0, 0, 0)), Label(300, "b", (1, 1, 1))))
    counts = SemanticMap(np.array([[300, 0, 300]], np.uint16), wide).pixel_counts()
    assert counts.shape == (301,)
    assert (counts[0], counts[300]) == (1, 2)


@pytest.mark.parametrize(
    ("labels", "came"),
    [
        (np.zeros((3, 480, 640), np.float32), r"\(3, 480, 640\) float32"),
        (np.zeros((4, 4), np.int64), r"\(4, 4\) int64"),
        (np.zeros(4, np.uint8), r"\(4,\) uint8"),
        ([[0]], "list"),
    ],
)
def test_semantic_refuses_other_arrays(labels: np.ndarray, came: str) -> None:
    with pytest.raises(ShapeError, match=rf"^expected \(H, W\) uint8 or uint16, got {came}$"):
        SemanticMap(labels, TWO)


def test_semantic_refuses_ids_outside_the_set() -> None:
    with pytest.raises(LabelError, match="got 7 as well"):
        SemanticMap(np.full((2, 2), 7, np.uint8), TWO)
    with pytest.raises(LabelError, match="got 12 as well"):
        SemanticMap(np.full((2, 2), 12, np.uint8), COCO_PANOPTIC_133)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("scores", np.zeros((2, 4, 5), np.float32)),
        ("scores", np.zeros((3, 4, 4), np.float32)),
        ("scores", np.zeros((2, 4, 4), np.float64)),
        ("logits", np.zeros((3, 2, 2), np.float32)),
        ("logits", np.zeros((2, 0, 2), np.float32)),
        ("logits", np.zeros((2, 2), np.float32)),
    ],
)
def test_semantic_refuses_evidence_that_does_not_fit(name: str, array: np.ndarray) -> None:
    with pytest.raises(ShapeError, match=rf"expected {name} \(2, .*\) float32, got"):
        SemanticMap(np.zeros((4, 4), np.uint8), TWO, **{name: array})


def test_semantic_arrays_are_read_only_and_the_callers_stay_writable() -> None:
    labels = np.zeros((2, 2), np.uint8)
    logits = np.zeros((2, 1, 1), np.float32)
    result = SemanticMap(labels, TWO, logits=logits, scores=np.zeros((2, 2, 2), np.float32))
    for array in (result.labels, result.logits, result.scores, result.pixel_counts()):
        assert array is not None
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    assert labels.flags.writeable
    assert logits.flags.writeable
    assert np.shares_memory(result.labels, labels)


def test_confidence_comes_from_the_scores_where_they_were_kept() -> None:
    scores = np.array([[[0.9, 0.2]], [[0.1, 0.8]]], np.float32)
    result = SemanticMap(np.array([[0, 1]], np.uint8), TWO, scores=scores)
    np.testing.assert_array_equal(result.confidence(), np.array([[0.9, 0.8]], np.float32))
    assert result.probabilities() is None


def test_confidence_from_logits_is_brought_to_picture_size() -> None:
    logits = np.log(np.array([[[3.0, 1.0]], [[1.0, 1.0]]], np.float32))
    result = SemanticMap(np.zeros((1, 4), np.uint8), TWO, logits=logits)
    probabilities = result.probabilities()
    assert probabilities is not None
    np.testing.assert_allclose(probabilities[:, 0, 0], [0.75, 0.25], rtol=1e-6)
    # Half-pixel centres: output pixels lie at -0.25, 0.25, 0.75, 1.25 of the two input pixels.
    np.testing.assert_allclose(result.confidence(), [[0.75, 0.6875, 0.5625, 0.5]], rtol=1e-6)


def test_confidence_asks_the_placement() -> None:
    class Mirror:
        def restore_scores(self, scores: np.ndarray) -> np.ndarray:
            return scores[:, :, ::-1]

    logits = np.log(np.array([[[3.0, 1.0]], [[1.0, 1.0]]], np.float32))
    result = SemanticMap(
        np.zeros((1, 2), np.uint8),
        TWO,
        logits=logits,
        placement=Mirror(),  # type: ignore[arg-type]
    )
    np.testing.assert_allclose(result.confidence(), [[0.5, 0.75]], rtol=1e-6)


def test_no_evidence_no_confidence() -> None:
    result = SemanticMap(np.zeros((1, 2), np.uint8), TWO)
    assert result.probabilities() is None
    assert result.confidence() is None


# --- instances -----------------------------------------------------------------------------------


def test_instances_by_hand() -> None:
    masks = np.zeros((2, 4, 6), bool)
    masks[0, 1:3, 2:5] = True
    masks[0, 1, 2] = False
    masks[1, 3, 5] = True
    found = Instances.from_masks(masks, [8, 9], [0.5, 0.25], CAMVID_11)
    assert len(found) == 2
    assert found.size == (6, 4)
    assert found.boxes.tolist() == [[2, 1, 5, 3], [5, 3, 6, 4]]
    assert found.areas.tolist() == [5, 1]
    x0, y0, crop = found.crop(0)
    assert (x0, y0) == (2, 1)
    assert crop.tolist() == [[False, True, True], [True, True, True]]
    np.testing.assert_array_equal(found.masks, masks)
    picked = found.select([1])
    assert picked.class_ids.tolist() == [9]
    np.testing.assert_array_equal(picked.mask(0), masks[1])


@settings(deadline=None)
@given(
    hnp.arrays(
        bool,
        st.tuples(st.integers(0, 3), st.integers(1, 9), st.integers(1, 19)),
        elements=st.booleans(),
    )
)
def test_instances_give_their_masks_back(masks: np.ndarray) -> None:
    count = len(masks)
    found = Instances.from_masks(masks, [8] * count, [1.0] * count, CAMVID_11)
    np.testing.assert_array_equal(found.masks, masks)
    np.testing.assert_array_equal(found.areas, masks.sum(axis=(1, 2)))
    again = Instances.from_crops(
        [found.crop(index) for index in range(count)],
        found.class_ids,
        found.scores,
        CAMVID_11,
        size=found.size,
    )
    np.testing.assert_array_equal(again.masks, masks)
    np.testing.assert_array_equal(again.boxes, found.boxes)


def test_instances_are_compact() -> None:
    masks = np.zeros((20, 200, 200), bool)
    masks[:, 50:66, 50:66] = True
    found = Instances.from_masks(masks, [8] * 20, [1.0] * 20, CAMVID_11)
    assert sum(len(mask.bits) for mask in found.packed) == 20 * 16 * 16 // 8


def test_instances_keep_the_boxes_of_the_network() -> None:
    masks = np.ones((1, 2, 2), bool)
    found = Instances.from_masks(masks, [8], [0.5], CAMVID_11, boxes=[[0.25, 0, 2, 1.5]])
    assert found.boxes.tolist() == [[0.25, 0, 2, 1.5]]
    assert found.boxes.dtype == np.float32


def test_no_instances() -> None:
    found = Instances.from_masks(np.zeros((0, 3, 5), bool), [], [], CAMVID_11)
    assert len(found) == 0
    assert found.size == (5, 3)
    assert found.boxes.shape == (0, 4)
    assert found.masks.shape == (0, 3, 5)
    assert found.class_ids.dtype == np.int64


def test_an_empty_mask_is_kept_as_an_instance() -> None:
    found = Instances.from_masks(np.zeros((1, 3, 5), bool), [8], [0.1], CAMVID_11)
    assert found.areas.tolist() == [0]
    assert found.crop(0)[2].shape == (0, 0)
    assert not found.mask(0).any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"masks": np.zeros((1, 2, 2), np.uint8)}, r"expected masks \(N, H, W\) bool, got \(1, 2"),
        ({"masks": np.zeros((2, 2), bool)}, r"expected masks \(N, H, W\) bool, got \(2, 2\) bool"),
        ({"class_ids": [8, 9]}, r"expected class_ids \(1,\), got \(2,\) int64"),
        ({"class_ids": [8.0]}, r"expected class ids \(1,\) integer, got \(1,\) float64"),
        ({"scores": [[0.5]]}, r"expected scores \(1,\) float32, got \(1, 1\) float32"),
        ({"boxes": [[1, 2, 3]]}, r"expected boxes \(1, 4\), got \(1, 3\) float32"),
    ],
)
def test_instances_refuse_what_does_not_fit(change: dict[str, object], message: str) -> None:
    given: dict[str, object] = {
        "masks": np.zeros((1, 2, 2), bool),
        "class_ids": [8],
        "scores": [0.5],
        "label_set": CAMVID_11,
    }
    with pytest.raises(ShapeError, match=message):
        Instances.from_masks(**(given | change))  # type: ignore[arg-type]


def test_instances_refuse_unknown_classes_and_masks_outside() -> None:
    with pytest.raises(LabelError, match="no class with id 11"):
        Instances.from_masks(np.zeros((1, 2, 2), bool), [11], [1], CAMVID_11)
    with pytest.raises(ShapeError, match=r"inside 5 x 5 pixels, got one at \(4, 0\) to \(6, 2\)"):
        Instances.from_crops([(4, 0, np.ones((2, 2), bool))], [8], [1], CAMVID_11, size=(5, 5))


def test_packing_cuts_empty_rims() -> None:
    mask = np.zeros((4, 5), bool)
    mask[2, 3] = True
    packed = PackedMask.pack(mask, x0=10, y0=20)
    assert packed.box == (13, 22, 14, 23)
    assert packed.unpack().tolist() == [[True]]
