"""The id map, cut-outs and tags of objects."""

from __future__ import annotations

import io
import time
import zipfile

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PilImage

from seglib.errors import ShapeError
from seglib.labels import VOC_21
from seglib.render import (
    cut_out_name,
    cut_outs_zip,
    draw_tags,
    instance_colors,
    instance_cut_out,
    instance_ids,
    instances_overlay,
)
from seglib.render.id_map import crop_at
from seglib.render.tags import ink
from seglib.results import Instances

CAT, PLANT = 8, 16


def box(x0: int, y0: int, x1: int, y1: int, size: tuple[int, int] = (30, 20)) -> NDArray[np.bool_]:
    mask = np.zeros((size[1], size[0]), bool)
    mask[y0:y1, x0:x1] = True
    return mask


def objects(*masks: NDArray[np.bool_], scores: list[float] | None = None) -> Instances:
    return Instances.from_masks(
        np.stack(masks), [CAT] * len(masks), scores or [1.0] * len(masks), VOC_21
    )


def many(count: int, size: tuple[int, int] = (1280, 720)) -> Instances:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:12, :12]
    disc = (y - 5.5) ** 2 + (x - 5.5) ** 2 < 36
    places = zip(
        rng.integers(0, size[0] - 12, count), rng.integers(0, size[1] - 12, count), strict=True
    )
    crops = [(int(left), int(top), disc) for left, top in places]
    scores = np.sort(rng.random(count).astype(np.float32))[::-1]
    return Instances.from_crops(crops, [CAT] * count, scores, VOC_21, size=size)


def test_the_better_score_is_on_top_in_the_id_map() -> None:
    masks = (box(2, 2, 12, 12), box(6, 6, 18, 18))
    for scores, top in (([0.9, 0.2], 1), ([0.2, 0.9], 2), ([0.5, 0.5], 1)):
        ids = instance_ids(objects(*masks, scores=scores))
        assert ids.dtype == np.uint16
        assert (ids[8, 8], ids[3, 3], ids[15, 15], ids[0, 0]) == (top, 1, 2, 0)


def test_the_id_map_is_what_an_opaque_overlay_shows() -> None:
    found = many(60, (160, 120))
    drawn = instances_overlay(np.zeros((120, 160, 3), np.uint8), found, opacity=1, contour=False)
    colors = np.vstack([[(0, 0, 0)], instance_colors(found)])
    assert (colors[instance_ids(found)] == drawn).all()


def test_a_smaller_id_map_takes_the_pixel_nearest_to_each_centre() -> None:
    found = many(400, (301, 199))
    whole = instance_ids(found)
    for size in ((301, 199), (150, 99), (7, 5), (1, 1), (301, 1)):
        rows = (2 * np.arange(size[1]) + 1) * 199 // (2 * size[1])
        columns = (2 * np.arange(size[0]) + 1) * 301 // (2 * size[0])
        assert (instance_ids(found, size) == whole[np.ix_(rows, columns)]).all()


def test_an_object_s_own_mask_in_a_smaller_copy_is_whole() -> None:
    pair = objects(box(2, 2, 20, 12), box(6, 0, 18, 20), scores=[0.1, 0.9])
    x, y, mask = crop_at(pair, 0, (15, 10))
    assert (x, y, mask.shape) == (1, 1, (5, 9))
    assert mask.all()


def test_no_object_and_empty_masks_leave_the_map_empty() -> None:
    none = Instances.from_masks(np.zeros((0, 20, 30), bool), [], [], VOC_21)
    empty = Instances.from_masks(np.zeros((1, 20, 30), bool), [CAT], [1.0], VOC_21)
    assert not instance_ids(none).any()
    assert not instance_ids(empty, (15, 10)).any()
    with pytest.raises(ShapeError, match="0 x 4"):
        instance_ids(none, (0, 4))


def test_ten_thousand_objects_are_numbered_in_bounded_time() -> None:
    found = many(10_000)
    start = time.process_time()
    ids = instance_ids(found)
    elapsed = time.process_time() - start
    assert ids.max() == 10_000
    # 0.1 s of work; a loop over picture-sized masks would take minutes
    assert elapsed < 60


def test_a_cut_out_has_the_picture_s_own_pixels_and_nothing_of_the_ground() -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(1, 256, (20, 30, 3), np.uint8)
    ring = box(3, 3, 14, 14) & ~box(6, 6, 11, 11)
    out = instance_cut_out(pixels, objects(ring), 0)
    assert out.shape == (11, 11, 4)
    inside = ring[3:14, 3:14]
    assert (out[inside, :3] == pixels[3:14, 3:14][inside]).all()
    assert (out[..., 3] == 255 * inside).all()
    assert not out[~inside].any()


def test_an_empty_object_is_one_clear_pixel_and_no_file() -> None:
    pixels = np.full((20, 30, 3), 9, np.uint8)
    empty = objects(np.zeros((20, 30), bool), box(1, 1, 3, 3))
    assert instance_cut_out(pixels, empty, 0).tolist() == [[[0, 0, 0, 0]]]
    with zipfile.ZipFile(io.BytesIO(cut_outs_zip(pixels, empty))) as archive:
        assert archive.namelist() == ["02-cat-1.00.png"]
    with pytest.raises(ShapeError, match="objects of 30 x 10"):
        instance_cut_out(pixels[:10], empty, 0)


def test_names_sort_and_hold_nothing_but_letters_digits_and_dashes() -> None:
    assert cut_out_name(3, 9, "cat", 0.925) == "03-cat-0.93.png"
    assert cut_out_name(3, 10_000, "potted plant", 1.0) == "00003-potted-plant-1.00.png"
    assert cut_out_name(1, 1, "../é", 0.0) == "01-object-0.00.png"


def test_the_zip_holds_every_object_at_full_size_and_is_the_same_twice() -> None:
    rng = np.random.default_rng(2)
    pixels = rng.integers(0, 256, (20, 30, 3), np.uint8)
    found = objects(box(0, 0, 5, 4), box(25, 15, 30, 20), scores=[0.9, 0.25])
    data = cut_outs_zip(pixels, found)
    assert data == cut_outs_zip(pixels, found)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["01-cat-0.90.png", "02-cat-0.25.png"]
        image = np.array(PilImage.open(io.BytesIO(archive.read("02-cat-0.25.png"))))
    assert image.shape == (5, 5, 4)
    assert (image[..., :3] == pixels[15:, 25:]).all()


def test_tags_lie_above_their_box_or_inside_it_and_never_on_a_better_one() -> None:
    size = (120, 90)
    masks = [box(40, 40, 80, 80, size), box(42, 41, 82, 80, size), box(0, 0, 30, 30, size)]
    found = objects(*masks, scores=[0.9, 0.5, 0.8])
    grey = np.full((90, 120, 3), 100, np.uint8)
    colors = np.array([(0, 0, 200), (200, 0, 0), (0, 200, 0)], np.uint8)
    drawn = draw_tags(grey, found, ["a 0.9", "b 0.5", "c 0.8"], colors)
    assert (grey == 100).all()
    blue, red, green = ((drawn == color).all(-1) for color in colors)
    assert blue[:40].any()
    assert not blue[40:].any()
    assert not red.any()
    assert green[:30, :60].any()
    alone = draw_tags(grey, found, ["a 0.9", "b 0.5", "c 0.8"], colors, only=[1])
    assert (alone == colors[1]).all(-1).any()
    assert not (alone == colors[0]).all(-1).any()


def test_tags_that_do_not_fit_the_picture_are_left_out() -> None:
    tiny = Instances.from_masks(np.ones((1, 1, 1), bool), [CAT], [1.0], VOC_21)
    pixels = np.full((1, 1, 3), 5, np.uint8)
    assert (draw_tags(pixels, tiny, ["cat"], np.zeros((1, 3), np.uint8)) == pixels).all()


@pytest.mark.parametrize(
    ("color", "wanted"),
    [
        ((0, 0, 0), (255, 255, 255)),
        ((255, 255, 255), (0, 0, 0)),
        ((240, 228, 66), (0, 0, 0)),
        ((0, 114, 178), (255, 255, 255)),
    ],
)
def test_ink_is_the_one_of_more_contrast(
    color: tuple[int, int, int], wanted: tuple[int, int, int]
) -> None:
    assert ink(color) == wanted
