"""Generated microscope pictures: truth and drawing agree, and every option does what it says."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from seglib.errors import ShapeError, UsageError
from seglib.scenes import CellsOptions, GeneratedScene, cells, describe
from seglib.scenes.cell_shapes import Nucleus, owners
from seglib.scenes.cells import make_cells_truth
from seglib.scenes.dice import Dice

PLAIN = CellsOptions(stain="fluorescence", haze=0, noise=0, blur=0, texture=0)
ROUND = ((0.0, 0.0),) * 4


def disc(x: float, y: float, radius: float, stretch: float = 1, angle: float = 0) -> Nucleus:
    return Nucleus(x, y, radius, stretch, angle, ROUND, Dice("test"))


def count(scene: GeneratedScene) -> int:
    assert scene.truth.instances is not None
    return len(scene.truth.instances)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    one, two, other = cells(5), cells(5), cells(6)
    np.testing.assert_array_equal(one.image.pixels, two.image.pixels)
    np.testing.assert_array_equal(one.truth.panoptic.segment_ids, two.truth.panoptic.segment_ids)
    assert one.image.digest != other.image.digest
    assert not one.image.pixels.flags.writeable


@pytest.mark.parametrize("seed", range(4))
def test_classes_objects_and_segments_agree_in_every_pixel(seed: int) -> None:
    scene = cells(seed, size=(200, 150), options=CellsOptions(density=0.8, clusters=0.9))
    semantic, instances = scene.truth.semantic, scene.truth.instances
    panoptic = scene.truth.panoptic
    assert semantic is not None
    assert instances is not None
    assert panoptic is not None
    assert semantic.label_set.name == "nuclei-2"
    assert len(instances) > 10
    np.testing.assert_array_equal(instances.masks.sum(0), semantic.labels)
    assert list(scene.instance_ids) == sorted(set(scene.instance_ids))
    for row, number in enumerate(scene.instance_ids):
        np.testing.assert_array_equal(instances.mask(row), panoptic.mask(number))
        assert panoptic.segment(number).area == instances.areas[row]
        assert panoptic.segment(number).thing
        pieces, _ = cv2.connectedComponents(instances.mask(row).astype(np.uint8), connectivity=4)
        assert pieces == 2
    assert panoptic.segment(1).area == np.count_nonzero(semantic.labels == 0)
    np.testing.assert_array_equal(panoptic.semantic().labels, semantic.labels)


def test_light_is_where_the_truth_says() -> None:
    scene = cells(2, options=PLAIN)
    inside = scene.truth.semantic.labels > 0
    pixels = scene.image.pixels[..., 0]
    # the optics blur a rim by a pixel or two; beyond that it is dark outside and bright inside
    core = cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    far = cv2.dilate(inside.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    assert pixels[far].max() <= 6
    assert pixels[core].min() >= 25
    found = pixels > 25
    assert (found & inside).sum() / (found | inside).sum() > 0.9


def test_dye_is_where_the_truth_says() -> None:
    scene = cells(3, options=replace(PLAIN, stain="stained"))
    inside = cv2.erode(scene.truth.semantic.labels, np.ones((3, 3), np.uint8)) > 0
    outside = cv2.dilate(scene.truth.semantic.labels, np.ones((7, 7), np.uint8)) == 0
    red = scene.image.pixels[..., 0].astype(float)
    # haematoxylin takes red, eosin hardly does
    assert np.percentile(red[inside], 95) < np.percentile(red[outside], 5)
    assert scene.image.pixels[outside].mean() > 150


def test_two_overlapping_discs_meet_in_the_middle() -> None:
    ids = owners((60, 40), [disc(22, 20, 10), disc(38, 20, 10)])
    assert ids[20, 29] == 1
    assert ids[20, 30] == 2
    np.testing.assert_array_equal(ids[:, :30] == 1, (ids[:, 30:] == 2)[:, ::-1])
    # a disc of radius 10 has 314 pixels; the lens of two at 16 pixels has 33
    assert np.count_nonzero(ids == 1) == pytest.approx(314 - 33 / 2, abs=6)


def test_an_ellipse_has_its_area_and_its_direction() -> None:
    ids = owners((100, 100), [disc(50, 50, 20, stretch=1.5, angle=np.pi / 2)])
    rows, columns = np.nonzero(ids)
    assert len(rows) == pytest.approx(np.pi * 20**2, rel=0.02)
    assert np.ptp(rows) + 1 == 60
    assert np.ptp(columns) + 1 == pytest.approx(40 / 1.5, abs=1)


def test_what_hardly_shows_is_not_there() -> None:
    # 3 pixels of the second one are in the picture, and the third lies beside it
    ids = owners((40, 40), [disc(20, 20, 8), disc(-6.9, 20, 8), disc(90, 20, 8)])
    assert np.unique(ids).tolist() == [0, 1]


def test_density_says_how_many() -> None:
    counts = [count(cells(1, options=CellsOptions(density=d))) for d in (0, 0.2, 0.5, 1)]
    assert counts[0] == 0
    assert counts[0] < counts[1] < counts[2] < counts[3]


@pytest.mark.parametrize("stain", ["fluorescence", "stained"])
def test_an_empty_slide_is_a_picture_too(stain: str) -> None:
    scene = cells(0, options=CellsOptions(stain=stain, density=0))
    assert count(scene) == 0
    assert len(scene.truth.panoptic.segments) == 1
    assert scene.image.size == (480, 360)


def test_a_larger_picture_shows_more_nuclei_of_the_same_size() -> None:
    small, large = cells(4), cells(4, size=(960, 720))
    assert 3 < count(large) / count(small) < 5
    radius = [np.sqrt(np.median(s.truth.instances.areas)) for s in (small, large)]
    assert radius[1] == pytest.approx(radius[0], rel=0.1)


def test_size_and_clusters() -> None:
    median = [
        np.median(cells(4, options=CellsOptions(size=s)).truth.instances.areas) for s in (0, 0.5, 1)
    ]
    assert median[0] * 2 < median[1] < median[2] / 2

    def touching(share: float) -> float:
        scene = cells(4, options=CellsOptions(clusters=share, density=0.3))
        pieces, _ = cv2.connectedComponents(scene.truth.semantic.labels)
        return 1 - (pieces - 1) / count(scene)

    assert touching(0) < 0.1
    assert touching(1) > 0.6


@pytest.mark.parametrize("option", [o for o in describe(CellsOptions) if o.kind == "number"])
def test_every_option_works_at_both_ends_and_changes_the_picture(option) -> None:
    usual = CellsOptions(stain="fluorescence", density=0.5)
    digests = set()
    for value in (option.low, option.high):
        scene = cells(9, size=(96, 64), options=replace(usual, **{option.name: float(value)}))
        digests.add(scene.image.digest)
    assert len(digests) == 2


@pytest.mark.parametrize("size", [(32, 32), (33, 400), (400, 32)])
@pytest.mark.parametrize("stain", ["fluorescence", "stained"])
def test_odd_sizes(size: tuple[int, int], stain: str) -> None:
    scene = cells(1, size=size, options=CellsOptions(stain=stain, density=0.9))
    assert scene.image.size == scene.truth.size == size


def test_a_picture_that_is_all_nucleus_has_no_ground() -> None:
    truth, ids = make_cells_truth(np.ones((5, 4), np.int32))
    assert [segment.id for segment in truth.panoptic.segments] == list(ids)


def test_bad_input_is_named() -> None:
    with pytest.raises(ShapeError, match="expected a size"):
        cells(1, size=(8, 8))
    with pytest.raises(UsageError, match="seed"):
        cells(1.5)
    with pytest.raises(UsageError, match="density"):
        CellsOptions(density=2.0)
