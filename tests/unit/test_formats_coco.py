"""COCO: what we write pycocotools reads; what others wrote we read; results go in and come out."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from pycocotools.coco import COCO

from seglib import labels, scenes
from seglib.errors import FormatError, LabelError
from seglib.formats import coco, coco_panoptic, convert, rle, validate, voc
from seglib.results import Instances, Panoptic, SemanticMap

# pycocotools' own decoder has not learned numpy 2's signature of __array__.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CAMVID = labels.CAMVID_11


@pytest.fixture(scope="module")
def scene():
    return scenes.street(28, size=(320, 240))


def in_pycocotools(tmp_path, data):
    path = tmp_path / "file.json"
    path.write_bytes(data)
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


@pytest.mark.parametrize("form", coco.FORMS)
def test_pycocotools_reads_what_we_write(tmp_path, scene, form):
    truth = scene.truth.instances
    file = coco.from_instances(truth, file_name="street.jpg", form=form)
    data = coco.write(file)
    theirs = in_pycocotools(tmp_path, data)
    assert len(theirs.anns) == len(truth) > 10
    for row in file.annotations:
        mask = theirs.annToMask(theirs.anns[row.id]).astype(bool)
        assert (mask == row.mask(truth.size)).all()
        assert theirs.anns[row.id]["area"] == mask.sum()
        y, x = np.nonzero(mask)
        assert theirs.anns[row.id]["bbox"] == [
            x.min(), y.min(), np.ptp(x) + 1, np.ptp(y) + 1,
        ]  # fmt: skip
    assert [finding for finding in validate.coco(data) if "crowd" not in finding.sentence] == []


@pytest.mark.parametrize("form", ["rle", "counts"])
def test_run_lengths_bring_every_instance_back(scene, form):
    truth = scene.truth.instances
    again = coco.to_instances(
        coco.read(coco.write(coco.from_instances(truth, form=form))), 1, CAMVID
    )
    assert (again.masks == truth.masks).all()
    assert (again.class_ids == truth.class_ids).all()
    assert (again.boxes == truth.boxes).all()


def test_detections_keep_their_scores():
    masks = np.zeros((2, 4, 4), bool)
    masks[0, :2, :2] = masks[1, 2:, 2:] = True
    found = Instances.from_masks(masks, [8, 9], [0.75, 0.5], CAMVID)
    file = coco.read(coco.write(coco.from_instances(found, scores=True)))
    assert coco.to_instances(file, 1, CAMVID).scores.tolist() == [0.75, 0.5]


def test_a_label_map_comes_back_whole(scene):
    truth = scene.truth.semantic
    file = coco.read(coco.write(coco.from_semantic(truth)))
    assert len(file.annotations) == np.count_nonzero(truth.pixel_counts())
    assert (coco.to_semantic(file, 1, CAMVID).labels == truth.labels).all()
    assert (coco.to_semantic(file, 1).labels == truth.labels).all()


def test_voc_to_coco_to_voc(scene):
    truth = scene.truth.semantic
    data = voc.write(truth.labels, CAMVID)
    file = convert.voc_to_coco(data, CAMVID)
    assert (voc.read(convert.coco_to_voc(file, 1, CAMVID)) == voc.read(data)).all()


def small(**changes):
    """A picture of 6 × 4 with a square of 2 × 2, one crowd column, and changes to the square."""
    square = {
        "id": 1, "image_id": 7, "category_id": 3, "iscrowd": 0, "area": 4,
        "bbox": [1, 1, 2, 2], "segmentation": [[1, 1, 3, 1, 3, 3, 1, 3]],
    }  # fmt: skip
    crowd = {
        "id": 2, "image_id": 7, "category_id": 3, "iscrowd": 1, "area": 4,
        "bbox": [5, 0, 1, 4], "segmentation": {"size": [4, 6], "counts": [20, 4]},
    }  # fmt: skip
    return {
        "images": [{"id": 7, "width": 6, "height": 4, "file_name": "a.jpg"}],
        "annotations": [{**square, **changes}, crowd],
        "categories": [{"id": 3, "name": "car", "supercategory": "vehicle"}],
    }


def test_hand_worked_file():
    file = coco.read(json.dumps(small()).encode())
    square, crowd = file.annotations
    assert square.mask((6, 4)).astype(int).tolist() == [
        [0, 0, 0, 0, 0, 0],
        [0, 1, 1, 0, 0, 0],
        [0, 1, 1, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
    ]
    assert crowd.iscrowd
    assert np.flatnonzero(crowd.mask((6, 4)).any(axis=0)).tolist() == [5]
    assert validate.coco(json.dumps(small()).encode()) == ()
    assert len(coco.to_instances(file, 7)) == 1
    assert len(coco.to_instances(file, 7, crowds=True)) == 2
    assert coco.to_instances(file, 7, CAMVID).class_ids.tolist() == [8]
    painted = coco.to_semantic(file, 7, CAMVID).labels
    assert np.unique(painted, return_counts=True)[0].tolist() == [8, 255]
    assert (painted == 8).sum() == 8


def test_the_smaller_of_two_lies_on_top():
    content = small()
    content["categories"].append({"id": 4, "name": "person"})
    content["annotations"].insert(0, {
        **content["annotations"][0], "id": 9, "category_id": 4, "area": 1, "bbox": [1, 1, 1, 1],
        "segmentation": [[1, 1, 2, 1, 2, 2, 1, 2]],
    })  # fmt: skip
    file = coco.read(json.dumps(content).encode())
    painted = coco.to_semantic(file, 7, CAMVID, names={"person": "pedestrian"}).labels
    assert painted[1, 1] == 9
    assert (painted == 8).sum() == 7
    # A category that the label set lacks is void, on top of what lies below it.
    assert coco.to_semantic(file, 7, CAMVID).labels[1, 1] == 255


def test_a_category_that_is_missing_is_named():
    file = coco.read(json.dumps(small()).encode())
    with pytest.raises(LabelError, match="no class called 'car'"):
        coco.to_instances(
            file, 7, labels.ADE20K_150.__class__("x", "X", (labels.Label(0, "y", (0, 0, 0)),))
        )
    with pytest.raises(FormatError, match="no picture has id 1"):
        file.of_image(1)


def test_categories_of_a_file_are_a_label_set():
    content = small()
    content["categories"] += [{"id": 9, "name": "car"}, {"id": 200, "name": ""}]
    file, _ = coco.inspect(json.dumps(content).encode())
    found = coco.label_set_of(file)
    assert found.names == ("car", "car 9", "category 200")
    assert found.label(3).color == labels.COCO_91.label(3).color
    assert found.ignore == 255


def test_nothing_wrong_is_written():
    file = coco.read(json.dumps(small()).encode())
    row = file.annotations[0]
    for rows, message in (
        ((row, row), "an id twice"),
        ((replace(row, image_id=1),), "no picture has id 1"),
        ((replace(row, category_id=1),), "no category has id 1"),
        ((replace(row, area=float("nan")),), "finite numbers"),
    ):
        with pytest.raises(FormatError, match=message):
            coco.write(replace(file, annotations=rows))


def test_joining():
    file = coco.read(json.dumps(small()).encode())
    other = coco.read(json.dumps(small()).replace('"image_id": 7', '"image_id": 8').replace(
        '"id": 7', '"id": 8').encode())  # fmt: skip
    both = coco.read(coco.write(coco.join([file, other])))
    assert [row.id for row in both.annotations] == [1, 2, 3, 4]
    assert [len(both.of_image(image_id)) for image_id in (7, 8)] == [2, 2]
    with pytest.raises(FormatError, match="only once"):
        coco.join([file, file])


def test_simplified_to_nothing_is_left_out():
    masks = np.zeros((2, 30, 30), bool)
    masks[0, 5:25, 5:25] = masks[1, 0, 0] = True
    found = Instances.from_masks(masks, [8, 8], [1, 1], CAMVID)
    assert len(coco.from_instances(found, form="polygons", tolerance=3).annotations) == 1


def test_the_masks_of_a_file_go_into_an_archive():
    file = coco.read(json.dumps(small()).encode())
    data = convert.masks_zip((f"Car {row.id}", row.mask((6, 4))) for row in file.annotations)
    from seglib.formats import archive

    archived = archive.open_zip(data)
    assert archived.names() == ("001-car-1.png", "002-car-2.png")
    assert data == convert.masks_zip(
        (f"Car {row.id}", row.mask((6, 4))) for row in file.annotations
    )


def test_coco_s_own_file(shared):
    path = shared("data/coco/instances_train.json")
    file, findings = coco.inspect(path)
    assert findings == ()
    assert len(file.annotations) == 2671
    with contextlib.redirect_stdout(io.StringIO()):
        theirs = COCO(str(path))
    for row in file.annotations[::40]:
        size = file.image(row.image_id).size
        code = theirs.annToRLE(theirs.anns[row.id])
        assert rle.to_string(row.counts(size), size).encode() == code["counts"]


def test_panoptic_files_bring_everything_back(scene):
    truth = scene.truth.panoptic
    png, data = coco_panoptic.write(truth, image_id=3, file_name="street.jpg")
    again = coco_panoptic.read(png, data, CAMVID, image_id=3)
    assert (again.segment_ids == truth.segment_ids).all()
    assert again.segments == truth.segments


def test_panoptic_colours_are_ids():
    ids = np.array([[0, 1, 255], [256, 65_536, 2**24 - 1]], np.int32)
    colours = coco_panoptic.ids_to_colours(ids)
    assert colours[1].tolist() == [[0, 1, 0], [0, 0, 1], [255, 255, 255]]
    assert (coco_panoptic.colours_to_ids(colours) == ids).all()
    with pytest.raises(FormatError, match="segment ids from 0 to 16777215"):
        coco_panoptic.ids_to_colours(ids + 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows.clear(), "expected every id of the picture in .*, got 1 in the picture"),
        (lambda rows: rows.append({"id": 9, "category_id": 3}), "got none with id 9"),
        (lambda rows: rows.append(rows[0]), r"segments_info\[1\].id: the id 1 is there twice"),
        (lambda rows: rows[0].update(id=0), r"segments_info\[0\].id: expected 1 to 16777215"),
        (lambda rows: rows[0].update(id=2**40), "expected 1 to 16777215"),
        (lambda rows: rows[0].update(category_id="x"), "category_id: expected a whole number"),
        (lambda rows: rows[0].update(category_id=99), "segment 1: .* no class with id 99"),
        (lambda rows: rows.insert(0, 4), r"segments_info\[0\]: expected an object, got 4"),
    ],
)
def test_panoptic_mistakes_are_one_sentence(change, message):
    ids = np.array([[0, 1]], np.int32)
    png, data = coco_panoptic.write(Panoptic.from_ids(ids, {1: 3}, CAMVID))
    content = json.loads(data)
    change(content["annotations"][0]["segments_info"])
    with pytest.raises((FormatError, LabelError), match=message):
        coco_panoptic.read(png, json.dumps(content).encode(), CAMVID)


def test_panoptic_png_must_be_rgb():
    ids = np.array([[0, 1]], np.int32)
    _, data = coco_panoptic.write(Panoptic.from_ids(ids, {1: 3}, CAMVID))
    indexed = voc.write(np.zeros((1, 2), np.uint8), CAMVID)
    with pytest.raises(FormatError, match="expected an RGB PNG of segment ids, got one of mode P"):
        coco_panoptic.read(indexed, data, CAMVID)
    with pytest.raises(FormatError, match="no annotation belongs to the picture 5"):
        coco_panoptic.read(indexed, data, CAMVID, image_id=5)
    with pytest.raises(FormatError, match="list of annotations"):
        coco_panoptic.read(indexed, b"[]", CAMVID)


def test_a_semantic_map_of_wide_ids():
    wide = labels.LabelSet("wide", "Wide", (labels.Label(700, "car", (1, 2, 3)),), 65535)
    truth = SemanticMap(np.full((2, 3), 700, np.uint16), wide)
    again = coco.to_semantic(coco.from_semantic(truth), 1, wide)
    assert again.labels.dtype == np.uint16
    assert (again.labels == 700).all()
