"""Judging picture after picture: pairing, COCO, findings that do not stop, resuming, export."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image as PilImage

from seglib import cli, evaluate, images, labels, models
from seglib.engine import process_registry
from seglib.errors import DatasetError, EngineBusyError, UsageError
from seglib.evaluate import FolderFiles, MemoryFiles, evaluate_pairs, find_items, judge_files
from seglib.evaluate.datasets import COCO_NAMES
from seglib.evaluate.generated import streets
from seglib.evaluate.summary import (
    CLASS_COLUMNS,
    PICTURE_COLUMNS,
    classes_csv,
    pictures_csv,
    to_json,
)
from seglib.formats import archive, coco, voc
from seglib.results import Panoptic, Scene, SemanticMap
from tests.data.tiny_models import colour_net

CAMVID = labels.CAMVID_11


@pytest.fixture(autouse=True, scope="module")
def street_of_colours(tmp_path_factory):
    """In place of the street model: red is sky, green building, blue pole."""
    root = tmp_path_factory.mktemp("assets")
    colour_net(root / "models" / "street", height=360, width=480, name="street")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGLIB_ASSETS", str(root))
        patch.setenv("SEGLIB_CACHE", "off")
        yield
    process_registry().clear()


def truth():
    """(64, 96): 32 columns each of 0, 1, 2, with the columns around the edges void."""
    bars = np.repeat(np.arange(3, dtype=np.uint8), 32)[None].repeat(64, 0)
    bars[:, [30, 31, 32, 33, 62, 63, 64, 65]] = 255
    return bars


def photo(kind="JPEG"):
    pixels = np.zeros((64, 96, 3), np.uint8)
    for bar in range(3):
        pixels[:, bar * 32 : bar * 32 + 32, bar] = 255
    return images.encode_png(pixels) if kind == "PNG" else images.encode_jpeg(pixels, quality=95)


def label(array=None):
    return voc.write(truth() if array is None else array, CAMVID)


def wrong():
    """A truth that calls the green bar a pole."""
    array = truth()
    array[array == 1] = 2
    return array


GOOD = {"a.jpg": photo(), "a.png": label(), "b.jpg": photo(), "b.png": label(wrong())}


def names(files, dataset="camvid"):
    return [item.name for item in find_items(MemoryFiles(files), dataset, CAMVID).items]


def test_pairs_in_one_folder_or_in_two():
    assert names(GOOD) == ["a", "b"]
    assert names({"x/a.jpg": photo(), "x/a.png": label()}) == ["x/a"]
    assert names({"JPEGImages/a.jpg": photo(), "SegmentationClass/a.png": label()}) == [
        "JPEGImages/a"
    ]
    assert names({"val/a.png": photo("PNG"), "valannot/a.png": label()}) == ["val/a"]
    # The same name in two folders belongs to the one beside it.
    both = {f"{folder}/a.{kind}": b"x" for folder in ("x", "y") for kind in ("jpg", "png")}
    found = find_items(MemoryFiles(both), "camvid", CAMVID)
    assert [(item.picture, item.labels) for item in found.items] == [
        ("x/a.jpg", "x/a.png"), ("y/a.jpg", "y/a.png"),
    ]  # fmt: skip
    # By name alone it would not be clear which.
    unclear = {"p/a.jpg": b"x", "x/a.png": b"x", "y/a.png": b"x"}
    with pytest.raises(DatasetError, match=r"hold none: p/a.jpg: no label map belongs"):
        find_items(MemoryFiles(unclear), "camvid", CAMVID)


def test_files_without_a_partner_do_not_stop_the_others():
    content = {**GOOD, "c.jpg": photo(), "d.png": label(), "readme.txt": b"hello"}
    found = judge_files("street", "camvid", MemoryFiles(content))
    assert [result.name for result in found.summary.results] == ["a", "b"]
    assert [str(finding) for finding in found.summary.findings] == [
        "c.jpg: no label map belongs to this picture: not judged",
        "d.png: no picture belongs to this label map: not judged",
    ]
    complete = judge_files("street", "camvid", MemoryFiles(GOOD))
    assert found.evaluation == complete.evaluation


def png(array):
    stream = io.BytesIO()
    PilImage.fromarray(array).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"b.png": label(truth()[:32, :48])}, "expected labels of the picture's size 96 × 64"),
        ({"b.png": png(np.full((64, 96), 77, np.uint8))}, "expected class ids of CamVid"),
        ({"b.png": png(np.zeros((64, 96, 3), np.uint8))}, "got 8-bit RGB"),
        ({"b.png": b"text"}, "expected a PNG picture, got a text file"),
        ({"b.jpg": photo()[:500]}, "b.jpg: "),
        ({"b.jpg": b""}, "the file is empty"),
    ],
)
def test_a_bad_picture_is_a_finding_and_the_others_go_on(change, sentence):
    found = judge_files("street", "camvid", MemoryFiles({**GOOD, **change}))
    (finding,) = found.summary.findings
    assert finding.place == "b"
    assert sentence in finding.sentence
    assert found.evaluation.images == 1
    assert found.evaluation.mean_iou == 1
    assert found.as_dict()["findings"][0]["place"] == "b"


def test_nothing_that_can_be_judged():
    with pytest.raises(DatasetError, match="no picture could be judged"):
        judge_files("street", "camvid", MemoryFiles({"a.jpg": photo(), "a.png": b"x"}))


def test_pooled_and_per_image_are_both_there():
    found = judge_files("street", "camvid", MemoryFiles(GOOD)).summary
    # a: all right. b: sky 1, pole 30 of 58 right, building 0 of 28.
    assert [result.mean_iou for result in found.results] == pytest.approx(
        [1, (1 + 0 + 30 / 58) / 3]
    )
    assert found.per_image_iou == pytest.approx((1 + (1 + 30 / 58) / 3) / 2)
    assert found.pooled.mean_iou == pytest.approx((1 + 28 / 56 + 60 / 88) / 3)
    assert found.pooled.mean_iou != pytest.approx(found.per_image_iou)
    assert found.class_means[1] == pytest.approx(0.5)
    assert np.isnan(found.class_means[8])
    assert [result.name for result in found.worst(1)] == ["b"]


def test_resuming_runs_only_what_is_new(monkeypatch):
    segmenter = models.load("street")
    items = find_items(MemoryFiles(GOOD), "camvid", CAMVID).items
    first = next(iter(evaluate_pairs(segmenter, items)))
    runs = []
    own = type(segmenter).segment
    monkeypatch.setattr(
        type(segmenter), "segment", lambda self, image: (runs.append(1), own(self, image))[1]
    )
    results = list(evaluate_pairs(segmenter, items, done={first.key: first}))
    assert results[0] is first
    assert len(runs) == 1
    assert [result.name for result in results] == ["a", "b"]
    # A truth that was changed is judged anew.
    changed = find_items(MemoryFiles({**GOOD, "a.png": label(wrong())}), "camvid", CAMVID).items
    again = list(evaluate_pairs(segmenter, changed, done={first.key: first}))
    assert again[0].key != first.key
    assert again[0].mean_iou < 1


def test_a_busy_engine_stops_and_keeps_what_is_done(monkeypatch):
    segmenter = models.load("street")
    items = find_items(MemoryFiles(GOOD), "camvid", CAMVID).items
    stream = evaluate_pairs(segmenter, items)
    assert next(stream).judged == 88 * 64

    def busy(*_args, **_options):
        raise EngineBusyError("the server is busy")

    monkeypatch.setattr("seglib.engine.LocalEngine.infer", busy)
    with pytest.raises(EngineBusyError):
        next(stream)


def coco_files(**changes):
    truth_map = SemanticMap(truth(), CAMVID)
    parts = [coco.from_semantic(truth_map, file_name=f"{n}.jpg", image_id=i)
             for i, n in ((1, "a"), (2, "b"))]  # fmt: skip
    content = {"a.jpg": photo(), "b.jpg": photo(), "labels.json": coco.write(coco.join(parts))}
    return MemoryFiles({**content, **changes})


def test_coco_gives_the_numbers_of_pairs():
    pairs = {"a.jpg": photo(), "a.png": label(), "b.jpg": photo(), "b.png": label()}
    ours = judge_files("street", "coco", coco_files())
    theirs = judge_files("street", "camvid", MemoryFiles(pairs))
    assert ours.summary.pooled.matrix.tolist() == theirs.summary.pooled.matrix.tolist()
    assert ours.evaluation.dataset == "coco"


def test_coco_names_are_mapped_and_the_rest_is_void():
    content = {
        "images": [{"id": 1, "width": 96, "height": 64, "file_name": "sub/a.jpg"}],
        "annotations": [
            {"id": k, "image_id": 1, "category_id": k, "area": 64, "iscrowd": 0,
             "bbox": [8 * k, 0, 8, 8], "segmentation": [[8 * k, 0, 8 * k + 8, 0, 8 * k + 8, 8,
                                                         8 * k, 8]]}
            for k in (1, 2, 3)
        ],
        "categories": [
            {"id": 1, "name": "person"}, {"id": 2, "name": "truck"}, {"id": 3, "name": "pizza"},
        ],
    }  # fmt: skip
    files = MemoryFiles({"images/a.jpg": photo(), "x.json": json.dumps(content).encode()})
    found = find_items(files, "coco", CAMVID)
    assert "1 of 3 categories are no class of CamVid" in found.findings[0].sentence
    assert found.findings[0].severity == "note"
    _, painted = found.items[0].read(CAMVID)
    assert np.unique(painted, return_counts=True)[0].tolist() == [8, 9, 255]
    assert (painted == 9).sum() == (painted == 8).sum() == 64


def test_every_mapped_name_is_a_class():
    for name, table in COCO_NAMES.items():
        known = labels.find(name)
        for there in table.values():
            known.id_of(there)


@pytest.mark.parametrize(
    ("changes", "place", "sentence"),
    [
        ({"c.jpg": b"x"}, "c.jpg", "no label belongs to this picture"),
        ({"b.jpg": images.encode_jpeg(np.zeros((9, 9, 3), np.uint8))}, "b", "b.jpg is 9 × 9"),
        ({"b.jpg": b"x"}, "b", "b.jpg: "),
    ],
)
def test_coco_findings(changes, place, sentence):
    found = judge_files("street", "coco", coco_files(**changes)).summary
    (finding,) = [each for each in found.findings if each.severity == "error"]
    assert finding.place == place
    assert sentence in finding.sentence
    assert len(found.results) >= 1


def test_coco_without_a_picture_or_a_file():
    content = {name: coco_files().read(name) for name in ("a.jpg", "labels.json")}
    found = judge_files("street", "coco", MemoryFiles(content)).summary
    assert [str(each) for each in found.findings] == [
        "b.jpg: no picture belongs to these annotations: not judged"
    ]
    with pytest.raises(DatasetError, match="expected one COCO JSON beside the pictures, got 0"):
        judge_files("street", "coco", MemoryFiles({"a.jpg": photo()}))
    with pytest.raises(DatasetError, match=r"labels\.json: expected JSON"):
        judge_files("street", "coco", coco_files(**{"labels.json": b"{"}))


def test_a_path_in_a_coco_file_reaches_nothing(tmp_path):
    (tmp_path / "secret.jpg").write_bytes(photo())
    root = tmp_path / "root"
    root.mkdir()
    content = json.loads(coco_files().read("labels.json"))
    content["images"][0]["file_name"] = "../secret.jpg"
    (root / "labels.json").write_text(json.dumps(content))
    (root / "b.jpg").write_bytes(photo())
    (root / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    files = FolderFiles(root)
    assert files.names() == ("b.jpg", "labels.json")
    found = find_items(files, "coco", CAMVID)
    assert [item.name for item in found.items] == ["b"]
    with pytest.raises(DatasetError, match="holds no"):
        files.read("../secret.jpg")


def test_folders_archives_and_memory_are_alike(tmp_path):
    memory = streets((101, 102), size=(160, 120))
    for name in memory.names():
        (tmp_path / name).write_bytes(memory.read(name))
        assert memory.size(name) == (tmp_path / name).stat().st_size
    (tmp_path / ".hidden.png").write_bytes(b"x")
    zipped = archive.open_zip(memory.to_zip())
    matrices = [
        judge_files("street", "camvid", files).summary.pooled.matrix.tolist()
        for files in (memory, FolderFiles(tmp_path), zipped)
    ]
    assert matrices[0] == matrices[1] == matrices[2]
    assert memory.to_zip() == streets((101, 102), size=(160, 120)).to_zip()
    with pytest.raises(UsageError, match="layout among camvid, coco"):
        streets((1,), layout="voc")


def test_what_an_archive_left_out_is_listed():
    data = MemoryFiles({**GOOD, "../evil.png": b"x"}).to_zip()
    found = judge_files("street", "camvid", archive.open_zip(data)).summary
    assert [finding.place for finding in found.findings] == ["../evil.png"]


def test_export():
    found = judge_files("street", "camvid", MemoryFiles({**GOOD, "=cmd.jpg": photo(),
                                                         "=cmd.png": label()}))  # fmt: skip
    rows = list(csv.reader(io.StringIO(classes_csv(found.summary).decode())))
    assert tuple(rows[0]) == CLASS_COLUMNS
    assert len(rows) == 12
    assert rows[4][:3] == ["road", "", ""]
    assert float(rows[1][1]) == found.summary.pooled.rows[0].iou
    rows = list(csv.reader(io.StringIO(pictures_csv(found.summary).decode())))
    assert tuple(rows[0]) == PICTURE_COLUMNS
    # A spreadsheet would run it otherwise.
    assert rows[1][0] == "'=cmd"
    report = json.loads(to_json(found.as_dict()))
    assert report["per_image"]["mean_iou"] == found.summary.per_image_iou
    assert report["classes"][3]["iou"] is None
    assert len(report["pictures"]) == 3


def test_answers_of_any_kind():
    semantic = SemanticMap(truth(), CAMVID)
    panoptic = Panoptic.from_ids(np.ones((2, 2), np.int32), {1: 3}, CAMVID)
    assert evaluate.semantic_answer(semantic, "m") is semantic
    assert evaluate.semantic_answer(Scene(semantic=semantic), "m") is semantic
    assert (evaluate.semantic_answer(panoptic, "m").labels == 3).all()
    assert (evaluate.semantic_answer(Scene(panoptic=panoptic), "m").labels == 3).all()
    with pytest.raises(UsageError, match="expected a model that answers a class for every pixel"):
        evaluate.semantic_answer(3, "m")


def run(capsys, *words):
    status = cli.main([str(word) for word in words])
    captured = capsys.readouterr()
    return status, captured.out, captured.err.splitlines()


def test_the_command_line_goes_on_and_says_so(capsys, tmp_path):
    for name, data in {**GOOD, "c.jpg": photo()}.items():
        (tmp_path / name).write_bytes(data)
    report = tmp_path / "out" / "r.json"
    words = ("evaluate", "--model", "street", "--dataset", "camvid", "--root", tmp_path)
    status, out, errors = run(capsys, *words, "--json", report)
    assert status == 1
    assert errors[-1] == "seglib: c.jpg: no label map belongs to this picture: not judged"
    assert "mean Dice" in out
    written = json.loads(report.read_text())
    found = judge_files("street", "camvid", FolderFiles(tmp_path), split=tmp_path.name)
    assert written == json.loads(to_json({"model": "street", **found.as_dict()}))
    with pytest.raises(DatasetError, match=r"^c\.jpg in .* without a label map"):
        evaluate.evaluate_folder("street", "camvid", tmp_path)


def test_the_command_line_judges_coco(capsys, tmp_path):
    files = coco_files()
    for name in files.names():
        (tmp_path / name).write_bytes(files.read(name))
    words = ("evaluate", "--model", "street", "--dataset", "coco", "--root", tmp_path)
    status, out, _ = run(capsys, *words)
    assert status == 0
    assert "mean IoU        100.0 %" in out
    assert evaluate.evaluate_folder("street", "coco", tmp_path).mean_iou == 1
    (tmp_path / "c.jpg").write_bytes(photo())
    with pytest.raises(DatasetError, match=r"c\.jpg: no label belongs"):
        evaluate.evaluate_folder("street", "coco", tmp_path)


def test_coco_s_own_pictures(shared):
    root = shared("data/coco")
    items = find_items(FolderFiles(root), "coco", CAMVID)
    assert len(items.items) > 300
    assert "categories are no class of CamVid" in str(items.findings[0])
    image, painted = items.items[0].read(CAMVID)
    assert painted.shape == (image.height, image.width)
