"""Nuclei from hand-made maps: touching ones are two, one is one, and ten thousand are found."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from seglib.engine import Inference
from seglib.errors import EngineError, UsageError
from seglib.images import Image, Placement
from seglib.models import find
from seglib.models.adapters import NucleiAdapter, NucleiOptions, adapter_for
from seglib.models.adapters.basins import flood, join, seeds
from seglib.results import Instances

CARD = find("nuclei")
SURE = 8.0


def maps_of(ids: NDArray[np.int32]) -> Inference:
    """What a perfect network says of ids on its own grid."""
    maps = np.zeros((5, *ids.shape), np.float32)
    maps[0] = np.where(ids > 0, SURE, -SURE)
    maps[1] = -SURE
    for number in range(1, int(ids.max(initial=0)) + 1):
        mask = np.pad(ids == number, 1).astype(np.uint8)
        depth = cv2.distanceTransform(mask, cv2.DIST_L2, 5)[1:-1, 1:-1]
        if depth.max() > 0:
            maps[2] += depth / depth.max()
    return Inference({"maps": maps[None]}, 0.0, 0.0)


def discs(shape: tuple[int, int], *places: tuple[int, int, int]) -> NDArray[np.int32]:
    """Discs (x, y, radius), numbered in order; where two overlap, a pixel is the nearer one's."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    away = np.stack([np.hypot(x - a, y - b) - r for a, b, r in places])
    return np.where(away.min(0) <= 0, away.argmin(0) + 1, 0).astype(np.int32)


def nuclei(
    ids: NDArray[np.int32], options: NucleiOptions | None = None, *, size: tuple[int, int] = (0, 0)
) -> Instances:
    """Decode maps of a grid; the picture has the grid's size unless another is given."""
    height, width = ids.shape
    box = (0, 0, 2 * width, 2 * height)
    placement = Placement(size if size[0] else (width, height), box[2:], box)
    return NucleiAdapter(CARD, options).postprocess(maps_of(ids), placement)


def overlap(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    return float((found & truth).sum() / (found | truth).sum())


def test_one_disc_is_one_nucleus() -> None:
    ids = discs((40, 50), (20, 18, 11))
    found = nuclei(ids)
    assert len(found) == 1
    np.testing.assert_array_equal(found.mask(0), ids == 1)
    assert found.class_ids.tolist() == [1]
    assert found.label_set.name == "nuclei-2"
    assert found.scores[0] == pytest.approx(1 / (1 + np.exp(-SURE)), abs=1e-5)


@pytest.mark.parametrize("distance", [14, 17, 20])
def test_two_touching_discs_are_two(distance: int) -> None:
    ids = discs((50, 70), (20, 25, 10), (20 + distance, 25, 10))
    _, count = cv2.connectedComponents((ids > 0).astype(np.uint8))[1], 1
    found = nuclei(ids)
    assert len(found) == 2
    for number in (1, 2):
        best = max(overlap(mask, ids == number) for mask in found.masks)
        assert best > 0.93
    # nothing is claimed twice, nothing of the foreground is lost
    assert found.masks.sum(0).max() == count
    assert overlap(found.masks.any(0), ids > 0) > 0.98


def test_a_valley_that_is_not_deep_enough_parts_nothing() -> None:
    ids = discs((50, 70), (20, 25, 10), (34, 25, 10))
    assert len(nuclei(ids, NucleiOptions(depth=0.9))) == 1
    assert len(nuclei(ids, NucleiOptions(depth=0.1))) == 2


def test_an_ellipse_with_a_ragged_ridge_is_one() -> None:
    canvas = np.zeros((60, 90), np.uint8)
    cv2.ellipse(canvas, (45, 30), (35, 12), 20, 0, 360, 1, cv2.FILLED)
    inference = maps_of(canvas.astype(np.int32))
    maps = inference.outputs["maps"].copy()
    maps[0, 2] += 0.04 * np.random.default_rng(1).standard_normal((60, 90)).astype(np.float32)
    placement = Placement((90, 60), (90, 60), (0, 0, 90, 60))
    adapter = NucleiAdapter(CARD)
    assert len(adapter.postprocess(Inference({"maps": maps}, 0, 0), placement)) == 1


def test_holes_are_filled_if_asked_and_never_with_another_nucleus() -> None:
    ids = discs((60, 60), (30, 30, 24))
    ids[discs((60, 60), (30, 30, 12)) > 0] = 0
    full = discs((60, 60), (30, 30, 24)) > 0
    assert overlap(nuclei(ids).mask(0), full) > 0.99
    assert overlap(nuclei(ids, NucleiOptions(holes=False)).mask(0), ids > 0) > 0.95
    ids[discs((60, 60), (30, 30, 6)) > 0] = 2
    found = nuclei(ids)
    assert len(found) == 2
    assert found.masks.sum(0).max() == 1


def test_small_ones_are_left_out_by_their_area_in_pixels_of_the_picture() -> None:
    ids = discs((40, 60), (15, 20, 10), (45, 20, 3))  # the small one has 29 pixels
    assert len(nuclei(ids, NucleiOptions(area=29))) == 2
    assert len(nuclei(ids, NucleiOptions(area=30))) == 1
    # four times as many in a picture twice as wide and high
    assert len(nuclei(ids, NucleiOptions(area=100), size=(120, 80))) == 2


def test_a_hump_below_the_seed_height_is_nobodys() -> None:
    ids = discs((40, 40), (20, 20, 10))
    inference = maps_of(ids)
    maps = inference.outputs["maps"].copy()
    maps[0, 2] *= 0.25
    placement = Placement((40, 40), (80, 80), (0, 0, 80, 80))
    weak = Inference({"maps": maps}, 0, 0)
    assert len(NucleiAdapter(CARD, NucleiOptions(seed=0.5)).postprocess(weak, placement)) == 0
    assert len(NucleiAdapter(CARD, NucleiOptions(seed=0.1)).postprocess(weak, placement)) == 1


def test_rims_run_between_cells_in_a_larger_picture() -> None:
    y, x = np.mgrid[:40, :40]
    outputs = maps_of(discs((40, 40), (20, 20, 12))).outputs["maps"].copy()
    outputs[0, 0] = 12 - np.hypot(x - 20, y - 20)  # a logit of 0 is 12 cells from the centre
    placement = Placement((160, 160), (80, 80), (0, 0, 80, 80))
    found = NucleiAdapter(CARD, NucleiOptions(threshold=0.5)).postprocess(
        Inference({"maps": outputs}, 0, 0), placement
    )
    y, x = np.mgrid[:160, :160]
    # cell 20's centre lies at 4 · 20.5 pixels
    truth = np.hypot(x + 0.5 - 82, y + 0.5 - 82) <= 12 * 4
    assert overlap(found.mask(0), truth) > 0.99


def test_a_picture_without_nuclei_has_none() -> None:
    assert len(nuclei(np.zeros((30, 30), np.int32))) == 0


def test_the_whole_picture_may_be_one_nucleus() -> None:
    found = nuclei(np.ones((30, 20), np.int32))
    assert len(found) == 1
    assert found.mask(0).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (200, 3)])
def test_tiny_pictures(size: tuple[int, int]) -> None:
    cells = (max(1, round(0.75 * size[1])), max(1, round(0.75 * size[0])))
    found = nuclei(np.ones(cells, np.int32), NucleiOptions(area=1), size=size)
    assert len(found) == 1
    assert found.mask(0).all()


def test_ten_thousand_nuclei_in_bounded_time() -> None:
    side, pitch = 100, 15
    y, x = np.mgrid[: side * pitch, : side * pitch]
    away = np.hypot(x % pitch - 7, y % pitch - 7).astype(np.float32)
    # neighbours touch, so that all of them are one component
    maps = np.zeros((5, *away.shape), np.float32)
    maps[0] = np.where(away <= 7.6, SURE, -SURE)
    maps[1], maps[2] = -SURE, np.clip(1 - away / 7.6, 0, 1)
    size = (side * pitch, side * pitch)
    placement = Placement(size, size, (0, 0, *size))
    start = time.process_time()
    found = NucleiAdapter(CARD).postprocess(Inference({"maps": maps[None]}, 0, 0), placement)
    assert len(found) == side**2
    assert int(found.areas.min()) > 150
    assert time.process_time() - start < 8


def test_a_flat_top_is_one_seed_and_a_close_lower_one_is_none() -> None:
    height = np.zeros((5, 12), np.float32)
    height[2, 2:4] = 0.9
    height[2, 6], height[2, 10] = 0.5, 0.8
    inside = np.ones(height.shape, bool)
    found = seeds(height, inside, low=0.3, apart=1)
    assert [int(found[2, x]) for x in (2, 3, 6, 10)] == [1, 1, 2, 3]
    assert np.count_nonzero(found) == 4
    # four columns from 0.8 and three from 0.9
    assert np.unique(seeds(height, inside, low=0.3, apart=3)).tolist() == [0, 1, 2]
    assert np.count_nonzero(seeds(height, inside, low=0.85, apart=1)) == 2


def test_valleys_by_hand() -> None:
    #               a         |      b    |      c
    height = np.array([[0.9, 0.6, 0.5, 0.8, 0.75, 0.78, 0.1]], np.float32)
    ids = np.array([[1, 1, 2, 2, 2, 3, 3]], np.int32)
    # b and c meet at 0.75, a and b at 0.5: c rises 0.03 above its pass, b 0.3
    np.testing.assert_array_equal(join(height, ids, depth=0.0), ids)
    assert join(height, ids, depth=0.1).tolist() == [[1, 1, 2, 2, 2, 2, 2]]
    assert join(height, ids, depth=0.31).tolist() == [[1] * 7]


def test_a_component_without_a_seed_stays_empty_and_one_with_a_seed_is_taken_whole() -> None:
    inside = np.array([[1, 1, 0, 1, 1, 0, 1, 1]], bool)
    tops = np.array([[5, 0, 0, 0, 0, 0, 0, 2]], np.int32)
    height = np.zeros(inside.shape, np.float32)
    assert flood(height, inside, tops).tolist() == [[5, 5, 0, 0, 0, 0, 2, 2]]


def test_the_card_has_this_adapter_and_wrong_maps_are_named() -> None:
    adapter = adapter_for(CARD)
    assert isinstance(adapter, NucleiAdapter)
    placement = Placement((4, 4), (8, 8), (0, 0, 8, 8))
    wrong = Inference({"maps": np.zeros((1, 4, 4, 4), np.float32)}, 0.0, 0.0)
    with pytest.raises(EngineError, match=r"expected maps \(1, 5, h, w\) of nuclei"):
        adapter.postprocess(wrong, placement, upsampling="logits", scores=False)
    with pytest.raises(UsageError, match="threshold"):
        NucleiOptions(threshold=1.5)


def test_levels_are_stretched_before_the_network_sees_them() -> None:
    dim = np.full((256, 256, 3), 20, np.uint8)
    dim[100:150, 100:150] = 60
    seen = adapter_for(CARD).preprocess(Image(dim)).inputs["image"]
    assert seen.shape == (1, 384, 384, 3)
    assert (int(seen.min()), int(seen.max())) == (0, 255)
