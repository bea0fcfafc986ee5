"""``segment`` for every kind of answer: hand-made results, files read back by others."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image as PilImage
from pycocotools.coco import COCO

from seglib import cli, images
from seglib.errors import EngineBusyError
from seglib.formats import coco_panoptic, rle
from seglib.labels import NUCLEI_2, VOC_21
from seglib.models import Segmentation
from seglib.results import Instances, Matte, Panoptic, Scene, SemanticMap, StageTimes

W, H = 24, 16
PERSON, DOG = VOC_21.id_of("person"), VOC_21.id_of("dog")


def box(x1: int, y1: int, x2: int, y2: int) -> np.ndarray:
    mask = np.zeros((H, W), bool)
    mask[y1:y2, x1:x2] = True
    return mask


FIRST, SECOND = box(2, 3, 10, 9), box(8, 5, 14, 12)


def scene() -> Scene:
    """A dog over a person: 48 + 42 pixels, of which 2 × 4 in both."""
    labels = np.zeros((H, W), np.uint8)
    labels[FIRST], labels[SECOND] = PERSON, DOG
    objects = Instances.from_masks(np.stack([FIRST, SECOND]), [PERSON, DOG], [0.5, 0.9], VOC_21)
    ids = np.ones((H, W), np.int32)
    ids[FIRST], ids[SECOND] = 2, 3
    panoptic = Panoptic.from_ids(ids, {1: 0, 2: PERSON, 3: DOG}, VOC_21)
    return Scene(SemanticMap(labels, VOC_21), objects, panoptic)


def nuclei(count: int) -> Instances:
    masks = np.zeros((count, H, W), bool)
    for number in range(count):
        masks[number, number // W % H, number % W] = True
    return Instances.from_masks(masks, [1] * count, [1.0] * count, NUCLEI_2)


def matte() -> Matte:
    alpha = np.zeros((H, W), np.float32)
    alpha[4:12, 6:18] = 1
    return Matte(alpha)


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    made = []
    for name in ("a.png", "b.png"):
        path = tmp_path / "in" / name
        path.parent.mkdir(exist_ok=True)
        pixels = np.full((H, W, 3), 40 + len(made), np.uint8)
        pixels[4:12, 6:18] = (230, 60, 30)
        path.write_bytes(images.encode_png(pixels))
        made.append(path)
    return made


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch):
    """Let the model answer these, picture after picture; an error is raised."""

    def use(*results: object) -> None:
        left = iter(results)

        def segment(_image: images.Image) -> Segmentation:
            result = next(left)
            if isinstance(result, Exception):
                raise result
            return Segmentation(result, StageTimes(infer_ms=3.0))

        monkeypatch.setattr(
            "seglib.models.load", lambda *_args, **_options: SimpleNamespace(segment=segment)
        )

    return use


def segment(capsys, model: str, form: str, out: Path, pictures: list[Path]):
    words = ["segment", *pictures, "--model", model, "--out", out, "--format", form]
    status = cli.main([str(word) for word in words])
    captured = capsys.readouterr()
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    return status, captured.out.splitlines(), captured.err.splitlines(), files


def indices(path: Path) -> np.ndarray:
    with PilImage.open(path) as picture:
        assert picture.mode == "P"
        return np.array(picture)


def read_coco(path: Path) -> COCO:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def test_voc_of_objects_is_a_pair(capsys, tmp_path, pictures, answers):
    answers(scene(), nuclei(0))
    out = tmp_path / "out"
    status, lines, errors, files = segment(capsys, "everyday", "voc", out, pictures)
    assert (status, errors) == (0, [])
    assert files == ["SegmentationObject/a.png", "SegmentationObject/b.png", "a.png", "b.png"]
    wanted = np.zeros((H, W), int)
    wanted[FIRST], wanted[SECOND] = PERSON, DOG
    np.testing.assert_array_equal(indices(out / "a.png"), wanted)
    wanted[FIRST], wanted[SECOND] = 1, 2  # the dog scored higher
    np.testing.assert_array_equal(indices(out / "SegmentationObject" / "a.png"), wanted)
    assert not indices(out / "b.png").any()
    assert "SegmentationObject/a.png" in lines[0]


def test_voc_cannot_number_more_than_254_objects(capsys, tmp_path, pictures, answers):
    answers(nuclei(255), nuclei(254))
    status, _, errors, files = segment(capsys, "nuclei", "voc", tmp_path / "out", pictures)
    assert status == 1
    assert len(errors) == 1
    assert "a.png: expected at most 254 objects in a VOC file, got 255" in errors[0]
    assert files == ["SegmentationObject/b.png", "b.png"]
    assert int(indices(tmp_path / "out" / "SegmentationObject" / "b.png").max()) == 254


def test_voc_of_a_matte_is_its_mask(capsys, tmp_path, pictures, answers):
    answers(matte())
    _, _, _, files = segment(capsys, "foreground", "voc", tmp_path / "out", pictures[:1])
    assert files == ["a.png"]
    np.testing.assert_array_equal(indices(tmp_path / "out" / "a.png"), matte().alpha)


def test_coco_is_one_file_that_cocos_own_software_reads(capsys, tmp_path, pictures, answers):
    answers(scene(), scene())
    out = tmp_path / "out"
    status, lines, errors, files = segment(capsys, "everyday", "coco", out, pictures)
    assert (status, errors) == (0, [])
    assert files == ["annotations.json", "panoptic.json", "panoptic/a.png", "panoptic/b.png"]
    assert lines[-1] == f"2 pictures -> {out / 'panoptic.json'}"
    read = read_coco(out / "annotations.json")
    assert [image["file_name"] for image in read.loadImgs([1, 2])] == ["a.png", "b.png"]
    rows = read.loadAnns(read.getAnnIds(imgIds=[2]))
    assert [row["area"] for row in rows] == [48, 42]
    assert [row["bbox"] for row in rows] == [[2, 3, 8, 6], [8, 5, 6, 7]]
    assert [row["score"] for row in rows] == pytest.approx([0.5, 0.9])
    counts = rle.from_string(rows[1]["segmentation"]["counts"], (W, H))
    np.testing.assert_array_equal(rle.decode(counts, (W, H)), SECOND)
    document = (out / "panoptic.json").read_bytes()
    for number, name in ((1, "a"), (2, "b")):
        png = (out / "panoptic" / f"{name}.png").read_bytes()
        back = coco_panoptic.read(png, document, VOC_21, image_id=number)
        np.testing.assert_array_equal(back.segment_ids, scene().panoptic.segment_ids)
    rows = json.loads(document)["annotations"]
    assert [row["file_name"] for row in rows] == ["a.png", "b.png"]


def test_coco_of_classes_is_a_region_each(capsys, tmp_path, pictures, answers):
    answers(scene().semantic)
    out = tmp_path / "out"
    segment(capsys, "street", "coco", out, pictures[:1])
    read = read_coco(out / "annotations.json")
    areas = {row["category_id"]: row["area"] for row in read.loadAnns(read.getAnnIds())}
    assert areas == {0: W * H - 82, PERSON: 40, DOG: 42}


def test_a_picture_that_fails_is_not_in_the_file_of_all(capsys, tmp_path, pictures, answers):
    answers(EngineBusyError("the server is busy"), nuclei(0))
    out = tmp_path / "out"
    status, lines, errors, files = segment(capsys, "nuclei", "coco", out, pictures)
    assert (status, len(errors), files) == (1, 1, ["annotations.json"])
    assert lines[-1] == f"1 picture -> {out / 'annotations.json'}"
    read = read_coco(out / "annotations.json")
    assert [image["file_name"] for image in read.dataset["images"]] == ["b.png"]
    assert read.getAnnIds() == []


def test_two_pictures_of_one_name_stay_two(capsys, tmp_path, pictures, answers):
    answers(scene(), scene())
    other = tmp_path / "other" / "a.png"
    other.parent.mkdir()
    other.write_bytes(pictures[0].read_bytes())
    out = tmp_path / "out"
    _, _, _, files = segment(capsys, "everyday", "coco", out, [pictures[0], other])
    assert files[2:] == ["panoptic/a-2.png", "panoptic/a.png"]
    names = {image["file_name"] for image in read_coco(out / "annotations.json").dataset["images"]}
    assert names == {pictures[0].as_posix(), other.as_posix()}
    rows = json.loads((out / "panoptic.json").read_bytes())["annotations"]
    assert [row["file_name"] for row in rows] == ["a.png", "a-2.png"]


def test_cutouts_of_objects_are_cut_to_their_boxes(capsys, tmp_path, pictures, answers):
    answers(scene(), Instances.from_masks(np.zeros((0, H, W), bool), [], [], VOC_21))
    out = tmp_path / "out"
    status, lines, _, files = segment(capsys, "everyday", "cutout", out, pictures)
    assert status == 0
    assert files == ["a/01-person-0.50.png", "a/02-dog-0.90.png"]
    assert "-> no object found  (3 ms)" in lines[1]
    with PilImage.open(out / "a" / "02-dog-0.90.png") as picture:
        rgba = np.asarray(picture)
    assert rgba.shape == (7, 6, 4)
    np.testing.assert_array_equal(rgba[..., :3], images.load(pictures[0]).pixels[5:12, 8:14])
    assert (rgba[..., 3] == 255).all()


def test_cutout_of_a_subject(capsys, tmp_path, pictures, answers):
    answers(matte(), Matte(np.zeros((H, W), np.float32)))
    out = tmp_path / "out"
    assert segment(capsys, "foreground", "cutout", out, pictures)[3] == ["a.png", "b.png"]
    with PilImage.open(out / "a.png") as picture:
        rgba = np.asarray(picture)
    assert rgba.shape == (H, W, 4)
    assert rgba[8, 12].tolist() == [230, 60, 30, 255]
    assert rgba[0, 0].tolist() == [0, 0, 0, 0]
    with PilImage.open(out / "b.png") as picture:
        assert not np.asarray(picture).any()


@pytest.mark.parametrize("result", [scene(), scene().panoptic, scene().instances, matte()])
def test_any_answer_is_drawn(capsys, tmp_path, pictures, answers, result):
    answers(result)
    out = tmp_path / "out"
    assert segment(capsys, "everyday", "png", out, pictures[:1])[3] == ["a.png"]
    drawn = images.load(out / "a.png").pixels
    assert drawn.shape == (H, W, 3)
    assert (drawn != images.load(pictures[0]).pixels).any()


@pytest.mark.parametrize("form", ["coco", "png"])
def test_a_picture_is_overwritten_by_no_format(capsys, pictures, answers, form):
    answers(nuclei(1))
    before = pictures[0].read_bytes()
    status, _, errors, _ = segment(capsys, "nuclei", form, pictures[0].parent, pictures[:1])
    assert pictures[0].read_bytes() == before
    # a JSON beside the picture hurts nobody
    assert status == (0 if form == "coco" else 1)
    assert len(errors) == (0 if form == "coco" else 1)
