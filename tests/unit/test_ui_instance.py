"""The instance page's own numbers: truth, counts, packing, files, reports from a browser."""

from __future__ import annotations

import contextlib
import io
import json
import math
import time
import zlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PilImage
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from seglib import render
from seglib.images import Image
from seglib.labels import CAMVID_11, NUCLEI_2, VOC_21
from seglib.models import find
from seglib.models.adapters import SceneAdapter
from seglib.models.adapters.prototypes import PrototypeOptions
from seglib.results import Instances, StageTimes
from seglib.scenes import street
from seglib.ui.instance import decoding, downloads, facts, field, how_prototypes, packing, truth
from seglib.ui.instance.panel import thumbnail
from seglib.ui.instance.state import ViewOptions, Work
from seglib.ui.samples import Picture
from tests import scene_outputs

# pycocotools is older than this warning of numpy
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CAT, CAR, PERSON = 8, 7, 15
EVERYDAY = find("everyday")
SIZE = (60, 40)


def box(x0: int, y0: int, x1: int, y1: int, size: tuple[int, int] = SIZE) -> NDArray[np.bool_]:
    mask = np.zeros((size[1], size[0]), bool)
    mask[y0:y1, x0:x1] = True
    return mask


def objects(*entries: tuple[NDArray[np.bool_], int, float]) -> Instances:
    masks, ids, scores = zip(*entries, strict=True)
    return Instances.from_masks(np.stack(masks), list(ids), list(scores), VOC_21)


RING = box(0, 0, 20, 20) & ~box(5, 5, 10, 10) | box(50, 30, 60, 40)
PAIR = objects((RING, CAT, 0.9), (box(8, 8, 30, 30), PERSON, 0.6))


def work(instances: Instances, *, pick: int | None = None, **view: Any) -> Work:
    """A run of the page without Streamlit and without a network."""
    width, height = instances.size
    rng = np.random.default_rng(0)
    image = Image.from_array(rng.integers(0, 256, (height, width, 3), np.uint8))
    how = decoding.decoding("everyday")
    assert how is not None

    @dataclass
    class Decoded:
        instances: Instances

    return Work(
        Picture("upload", "x", image, 0.0),
        how,
        PrototypeOptions(),
        ViewOptions(**view),
        Decoded(instances),  # type: ignore[arg-type]
        instances,
        packing.pack(image, instances, alt="x"),
        StageTimes(),
        pick,
        None,
    )


def read_parts(packed: Any) -> tuple[NDArray[np.uint16], dict[str, Any]]:
    """What a browser unpacks: the id map and the rows."""
    parts = {
        name: packed.body[start : start + length]
        for name, (start, length) in packed.head["parts"].items()
    }
    width, height = packed.head["size"]
    ids = np.frombuffer(zlib.decompress(parts["ids"]), "<u2").reshape(height, width)
    return ids, json.loads(zlib.decompress(parts["rows"]))


def many(count: int) -> Instances:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:12, :12]
    disc = (y - 5.5) ** 2 + (x - 5.5) ** 2 < 36
    places = zip(rng.integers(0, 1268, count), rng.integers(0, 708, count), strict=True)
    return Instances.from_crops(
        [(int(left), int(top), disc) for left, top in places],
        rng.choice([CAT, CAR, PERSON], count),
        np.linspace(1, 0.1, count),
        VOC_21,
        size=(1280, 720),
    )


def coco_of(data: bytes) -> COCO:
    coco = COCO()
    coco.dataset = json.loads(data)
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
    return coco


def test_pycocotools_reads_the_same_masks_areas_and_boxes() -> None:
    coco = coco_of(downloads.coco_json(PAIR, file_name="x.png"))
    assert [coco.cats[i]["name"] for i in (CAT, PERSON)] == ["cat", "person"]
    assert coco.imgs[1]["file_name"] == "x.png"
    rows = coco.loadAnns(coco.getAnnIds(imgIds=[1]))
    assert len(rows) == 2
    for index, row in enumerate(rows):
        assert isinstance(row["segmentation"]["counts"], str)
        mask = coco.annToMask(row).astype(bool)
        assert (mask == PAIR.mask(index)).all()
        assert row["area"] == mask.sum() == coco_mask.area(coco.annToRLE(row))
        assert row["bbox"] == coco_mask.toBbox(coco.annToRLE(row)).tolist()
        assert row["category_id"] == PAIR.class_ids[index]
        assert row["score"] == pytest.approx(PAIR.scores[index])


def test_ten_thousand_objects_are_packed_and_exported_in_bounded_time() -> None:
    found = many(10_000)
    image = Image.from_array(np.zeros((720, 1280, 3), np.uint8))
    start = time.process_time()
    packed = packing.pack(image, found, alt="x")
    data = downloads.coco_json(found, file_name="x.png")
    elapsed = time.process_time() - start
    # 3 s of work; picture-sized masks would take a minute and 9 GB
    assert elapsed < 40
    assert len(packed.body) < 1_500_000
    coco = coco_of(data)
    assert len(coco.anns) == 10_000
    for number in (1, 5_000, 10_000):
        assert (coco.annToMask(coco.anns[number]).astype(bool) == found.mask(number - 1)).all()


def test_the_browser_gets_an_id_map_and_a_row_an_object() -> None:
    packed = packing.pack(Image.from_array(np.zeros((40, 60, 3), np.uint8)), PAIR, alt="x")
    ids, rows = read_parts(packed)
    assert (ids == render.instance_ids(PAIR)).all()
    assert rows["classes"] == [CAT, PERSON]
    assert rows["scores"] == [0.9, 0.6]
    assert rows["areas"] == PAIR.areas.tolist()
    assert rows["boxes"][1] == [8, 8, 30, 30]
    assert packed.head["names"] == {"8": "cat", "15": "person"}


@pytest.mark.parametrize("size", [(1, 1), (6000, 2), (1, 3000), (1600, 900)])
def test_pictures_of_any_shape_are_packed(size: tuple[int, int]) -> None:
    image = Image.from_array(np.zeros((size[1], size[0], 3), np.uint8))
    whole = Instances.from_masks(np.ones((1, size[1], size[0]), bool), [CAT], [0.5], VOC_21)
    for found in (whole, whole.select([])):
        ids, _ = read_parts(packing.pack(image, found, alt="x"))
        assert ids.all() == bool(len(found))
        assert max(ids.shape) <= 1280
    chosen = packing.chosen(whole, 0, packing.pack(image, whole, alt="x").head["size"])
    assert chosen["box"][:2] == [0, 0]


@pytest.mark.parametrize(
    ("report", "wanted"),
    [
        ({"row": 3, "sequence": 7}, (3, 7)),
        ({"row": None, "sequence": 0}, (None, 0)),
        ({"row": -1, "sequence": 1}, None),
        ({"row": 1.5, "sequence": 1}, None),
        ({"row": True, "sequence": 1}, None),
        ({"row": 10**9, "sequence": 1}, None),
        ({"row": "1", "sequence": 1}, None),
        ({"row": 1}, None),
        ([1, 2], None),
        (None, None),
    ],
)
def test_reports_from_a_browser_are_checked(report: Any, wanted: Any) -> None:
    assert field.parse(report) == wanted


def test_counts_by_hand() -> None:
    found = objects(
        (box(0, 0, 2, 2), CAT, 0.9), (box(3, 3, 6, 6), CAT, 0.5), (box(5, 5, 7, 7), CAR, 0.8)
    )
    first, second = facts.per_class(found)
    assert (first.name, first.count, first.area) == ("cat", 2, 13)
    assert first.score == pytest.approx(0.7)
    assert (second.name, second.count, second.area) == ("car", 1, 4)
    assert facts.covered(found) == 4 + 9 + 4 - 1
    assert facts.per_class(found.select([])) == ()
    assert facts.covered(found.select([])) == 0


def test_parts_and_holes_by_hand() -> None:
    own = facts.object_facts(PAIR, 0)
    assert (own.parts, own.holes) == (2, 1)
    assert own.area == 400 - 25 + 100
    assert own.share == own.area / 2400
    # a diagonal joins parts, and a gap that is open at a corner alone is closed
    assert facts.topology(np.array([[1, 0], [0, 1]], bool)) == (1, 0)
    assert facts.topology(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], bool)) == (1, 1)
    assert facts.topology(np.zeros((2, 2), bool)) == (0, 0)


def test_classes_of_a_street_are_told_by_their_names() -> None:
    names = {label.name: label.id for label in CAMVID_11}
    to_find, crowds = truth.classes(CAMVID_11, VOC_21)
    assert to_find == {names["car"]: CAR, names["pedestrian"]: PERSON}
    assert crowds == {names["bicyclist"]: PERSON}
    assert truth.classes(CAMVID_11, NUCLEI_2) == ({}, {})


def test_the_exact_objects_are_all_right_and_the_rider_counts_neither_way() -> None:
    scene = street(28, size=(480, 360)).truth.instances
    assert scene is not None
    to_find, crowds = truth.classes(scene.label_set, VOC_21)
    ids = {**to_find, **crowds}
    found = Instances.from_crops(
        [scene.crop(row) for row in range(len(scene))],
        [ids[each] for each in scene.class_ids.tolist()],
        np.linspace(0.9, 0.5, len(scene)),
        VOC_21,
        size=scene.size,
    )
    judged = truth.judge(scene, found)
    assert judged is not None
    riders = sum(each in crowds for each in scene.class_ids.tolist())
    assert judged.ap == pytest.approx(1.0)
    assert judged.count("ignored") == riders
    assert judged.count("right") == judged.true == len(scene) - riders
    assert (judged.missed, judged.count("wrong")) == (0, 0)
    assert all(iou == pytest.approx(1.0) for iou in judged.ious if iou is not None)


def test_misses_wrong_ones_and_strange_classes_by_hand() -> None:
    names = {label.name: label.id for label in CAMVID_11}
    true = Instances.from_masks(
        np.stack([box(0, 0, 10, 10), box(20, 20, 30, 30)]), [names["car"]] * 2, [1, 1], CAMVID_11
    )
    found = objects(
        (box(0, 0, 10, 8), CAR, 0.9),
        (box(40, 0, 50, 9), CAR, 0.8),
        (box(20, 20, 30, 30), CAT, 0.7),
    )
    judged = truth.judge(true, found)
    assert judged is not None
    assert judged.outcomes == ("right", "wrong", "not judged")
    assert judged.ious[0] == pytest.approx(0.8)
    assert (judged.missed, judged.true) == (1, 2)
    # one of two found, at 0.5 the first 51 of 101 recalls are reached
    assert judged.ap50 == pytest.approx(51 / 101)
    nothing = truth.judge(true, found.select([]))
    assert nothing is not None
    assert (nothing.ap, nothing.missed) == (0, 2)
    empty = truth.judge(true.select([]), found)
    assert empty is not None
    assert math.isnan(empty.ap)
    assert (
        truth.judge(true, Instances.from_masks(np.zeros((0, 40, 60), bool), [], [], NUCLEI_2))
        is None
    )


def test_objects_of_one_class_are_also_judged_as_the_bowl_does() -> None:
    stack = np.stack([box(0, 0, 10, 10), box(20, 20, 30, 30)])
    true = Instances.from_masks(stack, [1, 1], [1, 1], NUCLEI_2)
    judged = truth.judge(true, true.select([0]))
    assert judged is not None
    assert (judged.bowl, judged.bowl50) == (0.5, 0.5)
    street_ = truth.judge(Instances.from_masks(stack, [8, 8], [1, 1], CAMVID_11), PAIR)
    assert street_ is not None
    assert street_.bowl is None


def test_a_threshold_only_hides() -> None:
    scene = street(31, size=(320, 240)).truth.instances
    assert scene is not None
    to_find, crowds = truth.classes(scene.label_set, VOC_21)
    known = Instances.from_crops(
        [scene.crop(row) for row in range(len(scene))],
        [{**to_find, **crowds}[each] for each in scene.class_ids.tolist()],
        [1.0] * len(scene),
        VOC_21,
        size=scene.size,
    )
    forward = scene_outputs.forward(known, EVERYDAY)
    wide = decoding.objects(
        decoding.adapter(EVERYDAY, PrototypeOptions(threshold=0.02)),
        forward.inference,
        forward.placement,
    )
    assert len(wide) > 4
    assert (np.diff(wide.scores) <= 0).all()
    for threshold in (0.3, float(wide.scores[2]), 0.9):
        narrow = SceneAdapter(EVERYDAY, PrototypeOptions(threshold=threshold)).instances(
            forward.inference, forward.placement
        )
        shown = wide.select(range(len(narrow)))
        assert (shown.scores == narrow.scores).all()
        assert (shown.masks == narrow.masks).all()
        assert (wide.scores[len(narrow) :] < threshold + 1e-6).all()


def test_an_object_is_the_sum_of_its_prototypes_and_its_score_that_of_its_parts() -> None:
    known = objects((box(5, 5, 30, 30), CAT, 1.0), (box(35, 10, 55, 35), PERSON, 1.0))
    forward = scene_outputs.forward(known, EVERYDAY)
    adapter = SceneAdapter(EVERYDAY)
    proposals = adapter.proposals(forward.inference, forward.placement)
    found = adapter.instances(forward.inference, forward.placement)
    assert len(proposals) == len(found) == 2
    for row, proposal in enumerate(proposals):
        own = how_prototypes.anatomy(adapter.maps(forward.inference), proposal)
        left, top, right, bottom = proposal.window
        np.testing.assert_allclose(own.logits[top:bottom, left:right], proposal.logits, atol=1e-4)
        assert own.score == pytest.approx(float(found.scores[row]), abs=1e-5)
        assert np.abs(own.coefficients)[own.order[0]] == np.abs(own.coefficients).max()


def test_the_picture_as_shown_is_the_overlay_and_a_choice_dims_the_rest() -> None:
    plain = work(PAIR, boxes=False, labels=False, opacity=0.5)
    pixels = plain.picture.image.pixels
    assert (downloads.as_shown(plain) == render.instances_overlay(pixels, PAIR, opacity=0.5)).all()
    alone = downloads.as_shown(replace(plain, pick=1))
    wanted = render.instances_overlay(pixels, PAIR, opacity=0.5, only=[1])
    assert (alone == wanted).all()
    by_class = downloads.as_shown(work(PAIR, boxes=False, labels=False, colour="class", opacity=1.0,
                                       contour=False))  # fmt: skip
    assert tuple(by_class[2, 2]) == VOC_21.label(CAT).color
    tagged = downloads.as_shown(work(PAIR, boxes=True, labels=True))
    assert (tagged != downloads.as_shown(work(PAIR, boxes=True, labels=False))).any()


def test_many_objects_get_no_boxes_but_the_chosen_one_does() -> None:
    crowd = many(60)
    bare = downloads.as_shown(work(crowd, boxes=False, labels=False))
    assert (downloads.as_shown(work(crowd)) == bare).all()
    alone = downloads.as_shown(work(crowd, pick=7, boxes=False, labels=False))
    assert (downloads.as_shown(work(crowd, pick=7)) != alone).any()


def test_a_cut_out_is_the_object_at_full_size() -> None:
    own = work(PAIR)
    file = downloads.cut_out_file(own, 0)
    assert file.name == "01-cat-0.90.png"
    assert callable(file.data)
    image = np.array(PilImage.open(io.BytesIO(file.data())))
    assert image.shape == (40, 60, 4)
    assert ((image[..., 3] == 255) == RING).all()
    assert (image[..., :3][RING] == own.picture.image.pixels[RING]).all()


def test_a_large_cut_out_is_shown_smaller_without_a_dark_rim() -> None:
    rgba = np.zeros((1000, 400, 4), np.uint8)
    rgba[100:900, 50:350] = (200, 100, 50, 255)
    small = thumbnail(rgba, 301)
    assert small.shape == (301, 120, 4)
    seen = small[small[..., 3] > 0]
    assert np.abs(seen[:, :3].astype(int) - (200, 100, 50)).max() <= 1
    tiny = np.full((2, 1, 4), 255, np.uint8)
    assert thumbnail(tiny) is tiny
    assert thumbnail(np.full((5000, 1, 4), 255, np.uint8), 300).shape == (300, 1, 4)


def test_json_has_every_object_and_no_nan() -> None:
    data = json.loads(
        json.dumps(
            facts.as_json(
                PAIR,
                truth.Judged(math.nan, math.nan, math.nan, ("wrong",) * 2, (None, None), 0, 0,
                             ("car",), ()),
            ),
            allow_nan=False,
        )
    )  # fmt: skip
    assert [row["class"] for row in data["objects"]] == ["cat", "person"]
    assert data["objects"][0]["area_px"] == 475
    assert data["against_truth"]["mask_ap"] is None
    assert data["against_truth"]["wrong"] == 2
