"""Objects from prototypes, one panoptic answer from two, a matte from one logit."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from seglib.engine import Inference
from seglib.errors import EngineError
from seglib.images import Image, Placement
from seglib.labels import VOC_21
from seglib.models.adapters import MatteAdapter, SceneAdapter, adapter_for
from seglib.models.adapters.merging import merge
from seglib.models.adapters.prototypes import (
    PrototypeOptions,
    PrototypeOutputs,
    peaks,
    propose,
    to_picture,
)
from seglib.models.card import ModelCard
from seglib.results import Instances, SemanticMap

CAT, DOG = 8, 12
CARD = ModelCard(
    name="fake",
    title="Fake",
    task="panoptic",
    summary="",
    label_set="voc-21",
    file="fake.xml",
    input_size=(64, 64),
    resize="fit",
    output_name="semantic",
)
GRID = 16
SQUARE = Placement((64, 64), (64, 64), (0, 0, 64, 64))


def maps(
    *objects: tuple[int, tuple[int, int, int, int], float],
) -> dict[str, NDArray[np.float32]]:
    """Network outputs in which prototype k draws object k: (class, cells x0 y0 x1 y1, centre)."""
    semantic = np.full((21, GRID, GRID), -6.0, np.float32)
    semantic[0] = 4.0
    centre = np.zeros((1, GRID, GRID), np.float32)
    box = np.full((4, GRID, GRID), 4.0, np.float32)
    coefficients = np.zeros((max(len(objects), 1), GRID, GRID), np.float32)
    prototypes = np.zeros_like(coefficients)
    for k, (class_id, (x0, y0, x1, y1), value) in enumerate(objects):
        semantic[class_id, y0:y1, x0:x1] = 9.0
        prototypes[k] = -8.0
        prototypes[k, y0:y1, x0:x1] = 8.0
        x, y = (x0 + x1 - 1) // 2, (y0 + y1 - 1) // 2
        centre[0, y, x] = value
        coefficients[:, y, x] = 0
        coefficients[k, y, x] = 1
        cell = np.array([x + 0.5 - x0, y + 0.5 - y0, x1 - x - 0.5, y1 - y - 0.5])
        box[:, y, x] = cell * 64 / GRID
    named = {
        "semantic": semantic,
        "centre": centre,
        "box": box,
        "coefficients": coefficients,
        "prototypes": prototypes,
    }
    return {name: value[None] for name, value in named.items()}


def inference(outputs: dict[str, NDArray[np.float32]]) -> Inference:
    return Inference(outputs, 0.0, 0.0)


def test_peaks_are_cells_that_no_neighbour_exceeds() -> None:
    centre = np.zeros((5, 6), np.float32)
    centre[1, 1], centre[1, 2], centre[4, 5] = 0.9, 0.5, 0.6
    assert peaks(centre, low=0.1, most=9) == [
        (1, 1, pytest.approx(0.9)),
        (5, 4, pytest.approx(0.6)),
    ]
    assert len(peaks(centre, low=0.1, most=1)) == 1


def test_two_objects_are_found_where_they_are() -> None:
    outputs = maps((CAT, (1, 2, 7, 9), 0.9), (DOG, (9, 8, 15, 15), 0.8))
    scene = adapter_for(CARD).postprocess(
        inference(outputs), SQUARE, upsampling="logits", scores=False
    )
    found = scene.instances
    assert found.class_ids.tolist() == [CAT, DOG]
    for row, (x0, y0, x1, y1) in enumerate(((1, 2, 7, 9), (9, 8, 15, 15))):
        truth = np.zeros((64, 64), bool)
        truth[4 * y0 : 4 * y1, 4 * x0 : 4 * x1] = True
        mask = found.mask(row)
        assert (mask & truth).sum() / (mask | truth).sum() > 0.95
    # sqrt(0.9 * nearly 1) * nearly 1
    assert found.scores[0] == pytest.approx(np.sqrt(0.9), abs=0.01)
    assert (scene.semantic.labels[30, 6], scene.semantic.labels[0, 0]) == (CAT, 0)


def test_the_same_object_twice_is_one() -> None:
    outputs = maps((CAT, (2, 2, 10, 10), 0.9), (CAT, (2, 2, 11, 10), 0.7))
    found = SceneAdapter(CARD).instances(inference(outputs), SQUARE)
    assert len(found) == 1
    assert found.scores[0] > 0.9


def test_a_weak_centre_is_no_object_unless_asked_for() -> None:
    outputs = maps((CAT, (2, 2, 10, 10), 0.02))
    assert len(SceneAdapter(CARD).instances(inference(outputs), SQUARE)) == 0
    options = PrototypeOptions(threshold=0.1)
    assert len(SceneAdapter(CARD, options).instances(inference(outputs), SQUARE)) == 1


def test_a_mask_ends_near_its_box() -> None:
    outputs = maps((CAT, (4, 4, 10, 10), 0.9))
    outputs["prototypes"][:] = 8.0  # everywhere inside
    x0, y0, x1, y1 = SceneAdapter(CARD).instances(inference(outputs), SQUARE).boxes[0]
    assert (x0, y0) == (12, 12)
    assert (x1, y1) == (44, 44)


def test_padding_holds_no_objects_and_the_way_back_keeps_proportions() -> None:
    """A picture twice as wide as high fills the middle half of the input."""
    image = Image.from_array(np.zeros((50, 100, 3), np.uint8))
    adapter = SceneAdapter(CARD)
    placement = adapter.preprocess(image).placement
    assert placement.box == (0, 16, 64, 32)
    outputs = maps((CAT, (2, 5, 8, 11), 0.9), (DOG, (9, 0, 15, 3), 0.9))
    scene = adapter.postprocess(inference(outputs), placement)
    assert scene.size == (100, 50)
    assert scene.instances.class_ids.tolist() == [CAT]
    x0, y0, x1, y1 = scene.instances.boxes[0]
    # cells 2..8 and 5..11 of 16 are input pixels 8..32 and 20..44, less 16, times 100 / 64
    np.testing.assert_allclose([x0, y0, x1, y1], [12.5, 6.25, 50, 43.75], atol=1.01)


def test_a_mask_at_picture_size_agrees_with_restored_scores() -> None:
    """The logits of a window sampled alone are those of the whole map, inside the window."""
    rng = np.random.default_rng(5)
    outputs = PrototypeOutputs(
        semantic=rng.normal(0, 1, (21, GRID, GRID)).astype(np.float32),
        centre=np.zeros((GRID, GRID), np.float32),
        box=np.full((4, GRID, GRID), 200.0, np.float32),
        coefficients=np.ones((1, GRID, GRID), np.float32),
        prototypes=rng.normal(0, 2, (1, GRID, GRID)).astype(np.float32),
        stride=4,
    )
    outputs.centre[8, 8] = 0.9
    placement = Placement((101, 67), (64, 64), (0, 11, 64, 42))
    left, right = placement.axis(0, GRID).span()
    top, bottom = placement.axis(1, GRID).span()
    options = PrototypeOptions(threshold=0.02)
    (proposal,) = propose(outputs, options, (left, top, right, bottom))
    assert proposal.window == (left, top, right, bottom)
    x0, y0, mask = to_picture(proposal, placement, (GRID, GRID))
    full = placement.restore_scores(outputs.prototypes)[0]
    assert (x0, y0, mask.shape) == (0, 0, (67, 101))
    clear = np.abs(full) > 1e-4
    assert ((full > 0) == mask)[clear].all()


def test_outputs_that_do_not_fit_are_named() -> None:
    outputs = maps((CAT, (2, 2, 10, 10), 0.9))
    outputs["box"] = outputs["box"][:, :3]
    with pytest.raises(EngineError, match="one grid"):
        SceneAdapter(CARD).instances(inference(outputs), SQUARE)


def semantic(labels: NDArray[np.uint8]) -> SemanticMap:
    return SemanticMap(labels, VOC_21)


def objects(
    *rows: tuple[int, float, tuple[slice, slice]], size: tuple[int, int] = (20, 30)
) -> Instances:
    masks = np.zeros((len(rows), *size), bool)
    for mask, (_, _, where) in zip(masks, rows, strict=True):
        mask[where] = True
    return Instances.from_masks(masks, [r[0] for r in rows], [r[1] for r in rows], VOC_21)


def test_the_better_object_wins_the_overlap_and_stuff_takes_the_rest() -> None:
    labels = np.zeros((20, 30), np.uint8)
    labels[:, :20] = CAT
    found = objects(
        (CAT, 0.5, (slice(0, 20), slice(0, 12))), (DOG, 0.9, (slice(0, 20), slice(8, 20)))
    )
    panoptic = merge(semantic(labels), found)
    by_class = {segment.class_id: segment for segment in panoptic.segments}
    assert by_class[DOG].area == 20 * 12
    assert by_class[CAT].area == 20 * 8
    assert by_class[0].area == 20 * 10
    assert by_class[DOG].score == pytest.approx(0.9)
    assert not (panoptic.segment_ids == 0).any()


def test_an_object_mostly_covered_is_left_out() -> None:
    found = objects(
        (CAT, 0.9, (slice(0, 20), slice(0, 20))), (CAT, 0.5, (slice(0, 20), slice(10, 24)))
    )
    panoptic = merge(semantic(np.zeros((20, 30), np.uint8)), found)
    assert [s.class_id for s in panoptic.segments if s.thing] == [CAT]


def test_left_over_pixels_of_a_thing_go_to_its_nearest_object() -> None:
    labels = np.full((20, 30), CAT, np.uint8)
    found = objects(
        (CAT, 0.9, (slice(0, 20), slice(0, 5))), (CAT, 0.8, (slice(0, 20), slice(25, 30)))
    )
    panoptic = merge(semantic(labels), found)
    assert sorted(s.area for s in panoptic.segments) == [300, 300]
    assert panoptic.segment_ids[10, 3] == panoptic.segment_ids[10, 12]
    assert panoptic.segment_ids[10, 27] == panoptic.segment_ids[10, 18]


def test_a_thing_without_an_object_becomes_one_and_crumbs_are_void() -> None:
    labels = np.zeros((60, 90), np.uint8)
    labels[5:25, 5:25] = DOG
    labels[50, 80] = DOG
    none = Instances.from_masks(np.zeros((0, 60, 90), bool), [], [], VOC_21)
    panoptic = merge(semantic(labels), none)
    assert [s.area for s in panoptic.segments if s.class_id == DOG] == [400]
    assert panoptic.segment_ids[50, 80] == 0


def test_a_void_label_stays_void() -> None:
    labels = np.zeros((20, 30), np.uint8)
    labels[:5] = 255
    none = Instances.from_masks(np.zeros((0, 20, 30), bool), [], [], VOC_21)
    assert (merge(semantic(labels), none).segment_ids[:5] == 0).all()


MATTE = dataclasses.replace(CARD, task="matte", resize="stretch", output_name="logits")


def test_a_matte_is_the_sigmoid_at_picture_size() -> None:
    logits = np.array([[[[-20.0, 20.0], [0.0, 2.0]]]], np.float32)
    placement = Placement((2, 2), (64, 64), (0, 0, 64, 64))
    alpha = MatteAdapter(MATTE).postprocess(inference({"logits": logits}), placement).alpha
    np.testing.assert_allclose(alpha, [[0, 1], [0.5, 1 / (1 + np.exp(-2))]], atol=1e-6)
    image = Image.from_array(np.zeros((31, 47, 3), np.uint8))
    adapter = adapter_for(MATTE)
    prepared = adapter.preprocess(image)
    assert prepared.inputs["image"].shape == (1, 64, 64, 3)
    for how in ("logits", "labels"):
        matte = adapter.postprocess(
            inference({"logits": logits}), prepared.placement, upsampling=how, scores=False
        )
        assert matte.size == (47, 31)
    with pytest.raises(EngineError, match="expected"):
        adapter.postprocess(
            inference({"logits": np.zeros((1, 2, 4, 4), np.float32)}),
            prepared.placement,
            upsampling="logits",
            scores=False,
        )
