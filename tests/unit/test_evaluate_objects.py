"""Objects judged beside classes: mask AP in the report, by models that answer objects."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from seglib import cli, images, models
from seglib.errors import UsageError
from seglib.evaluate import MemoryFiles, find_items, judge_files
from seglib.evaluate.generated import streets
from seglib.evaluate.objects import Objects, found_objects, mask_ap, true_objects
from seglib.formats import coco
from seglib.labels import CAMVID_11, COCO_80, NUCLEI_2, VOC_21, LabelSet
from seglib.models import Segmentation
from seglib.results import Instances, Matte, Scene, SemanticMap, StageTimes

W, H = 40, 30
PERSON, CAR = VOC_21.id_of("person"), VOC_21.id_of("car")


def objects(
    *corners: tuple[int, int, int, int],
    classes: list[int],
    scores: list[float] | None = None,
    label_set: LabelSet = VOC_21,
) -> Instances:
    masks = np.zeros((len(corners), H, W), bool)
    for mask, (x1, y1, x2, y2) in zip(masks, corners, strict=True):
        mask[y1:y2, x1:x2] = True
    return Instances.from_masks(masks, classes, scores or [1.0] * len(corners), label_set)


ONE, TWO, FAR = (2, 2, 12, 12), (20, 5, 30, 15), (30, 20, 40, 30)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch):
    """Let a model of the catalogue answer these, picture after picture."""

    def use(name: str, *results: Instances) -> None:
        card = models.find(name)
        left = iter(results)

        def segment(_image: images.Image) -> Segmentation:
            found = next(left)
            if card.task == "instance":
                return Segmentation(found, StageTimes())
            semantic = np.zeros((H, W), np.uint8)
            for row in range(len(found)):
                semantic[found.mask(row)] = found.class_ids[row]
            return Segmentation(Scene(SemanticMap(semantic, VOC_21), found), StageTimes())

        own = SimpleNamespace(
            card=card,
            label_set=card.labels,
            info=SimpleNamespace(precision="f32"),
            segment=segment,
        )
        monkeypatch.setattr("seglib.models.load", lambda *_args, **_options: own)

    return use


def data_set(*truths: Instances) -> dict[str, bytes]:
    """Pictures and one JSON."""
    files, parts = {}, []
    for number, truth in enumerate(truths, start=1):
        name = f"p{number}.jpg"
        files[name] = images.encode_jpeg(np.full((H, W, 3), number, np.uint8))
        parts.append(coco.from_instances(truth, file_name=name, image_id=number))
    files["annotations.json"] = coco.write(coco.join(parts))
    return files


def test_ap_by_hand(answers) -> None:
    """Both people found in the first picture; in the second a false alarm comes before the car.

    Person: precision 1, 1. Car: 1/2 at every recall. AP50 = (1 + 1/2) / 2.
    """
    answers(
        "everyday",
        objects(ONE, TWO, classes=[PERSON, PERSON], scores=[0.9, 0.8]),
        objects(FAR, ONE, classes=[CAR, CAR], scores=[0.9, 0.7]),
    )
    truth = (objects(ONE, TWO, classes=[PERSON, PERSON]), objects(ONE, classes=[CAR]))
    found = judge_files("everyday", "coco", MemoryFiles(data_set(*truth)))
    assert found.evaluation.scores == pytest.approx({"mask AP50": 0.75, "mask AP": 0.75})
    assert "mask AP" in found.evaluation.method
    report = found.as_dict()
    assert report["objects"]["AP75"] == pytest.approx(0.75)
    assert report["objects"]["AP_large"] is None
    assert report["objects"]["per_class"]["car"]["AP50"] == pytest.approx(0.5)
    json.dumps(report, allow_nan=False)
    # classes are judged where something is annotated, as without objects
    assert found.evaluation.per_class["person"] == pytest.approx(1)


def test_a_picture_without_objects_counts_its_false_alarms(answers) -> None:
    alarm = objects(FAR, classes=[PERSON], scores=[0.95])
    right = objects(ONE, classes=[PERSON], scores=[0.5])
    files = MemoryFiles(data_set(objects(ONE, classes=[PERSON]), objects(classes=[])))
    answers("everyday", right, alarm)
    found = judge_files("everyday", "coco", files)
    assert found.evaluation.scores["mask AP50"] == pytest.approx(0.5)
    assert found.evaluation.images == 2
    assert found.summary.findings == ()
    # for classes alone such a picture says nothing
    alone = find_items(files, "coco", VOC_21)
    assert [item.name for item in alone.items] == ["p1"]


def test_a_model_of_objects_alone(answers) -> None:
    nuclei = objects(ONE, TWO, classes=[1, 1], label_set=NUCLEI_2)
    answers("nuclei", nuclei.select([0]))
    found = judge_files("nuclei", "coco", MemoryFiles(data_set(nuclei)))
    assert found.evaluation.mean_iou is None
    # one of two found: precision 1 up to recall 0.5, which is 51 of 101 points
    assert found.evaluation.scores["mask AP50"] == pytest.approx(51 / 101)
    with pytest.raises(UsageError, match="nuclei answers objects alone"):
        judge_files("nuclei", "camvid", MemoryFiles({}))
    with pytest.raises(UsageError, match="foreground answers a soft mask"):
        judge_files("foreground", "coco", MemoryFiles({}))


def test_nothing_found_is_0_and_nothing_to_find_is_undefined(answers) -> None:
    files = data_set(objects(ONE, classes=[PERSON]))
    answers("everyday", objects(classes=[]))
    found = judge_files("everyday", "coco", MemoryFiles(files))
    assert found.evaluation.scores == {"mask AP50": 0.0, "mask AP": 0.0}
    answers("everyday", objects(ONE, classes=[CAR]))
    found = judge_files("everyday", "coco", MemoryFiles(data_set(objects(classes=[]))))
    assert found.evaluation.scores == {"mask AP50": None, "mask AP": None}


def test_categories_go_by_name_and_stuff_is_no_object() -> None:
    couch, sky = COCO_80.id_of("couch"), CAMVID_11.id_of("sky")
    file = coco.from_instances(
        objects(ONE, TWO, classes=[couch, COCO_80.id_of("kite")], label_set=COCO_80)
    )
    truth = true_objects(file, 1, VOC_21)
    assert truth.class_ids.tolist() == [VOC_21.id_of("sofa")]
    assert truth.areas.tolist() == [100]
    labels = np.full((H, W), sky, np.uint8)
    region = coco.from_semantic(SemanticMap(labels, CAMVID_11))
    assert len(true_objects(region, 1, CAMVID_11).masks) == 0


def test_crowds_are_neither_right_nor_wrong() -> None:
    file = coco.from_instances(objects(ONE, classes=[PERSON]))
    crowd = coco.annotation(
        objects(FAR, classes=[PERSON]).mask(0),
        id=2,
        category_id=PERSON,
        form="counts",
        iscrowd=True,
    )
    file = coco.CocoFile(file.images, (*file.annotations, crowd), file.categories)
    found = found_objects(objects(FAR, ONE, classes=[PERSON, PERSON], scores=[0.9, 0.5]))
    assert found is not None
    measured = mask_ap([Objects(true_objects(file, 1, VOC_21), found)])
    assert measured is not None
    assert measured.ap() == pytest.approx(1)


def test_answers_without_objects() -> None:
    assert found_objects(Matte(np.zeros((H, W), np.float32))) is None
    assert mask_ap([]) is None


def test_generated_streets_have_objects_and_the_same_classes() -> None:
    files = streets([101], layout="coco", size=(160, 120))
    (item,) = find_items(files, "coco", CAMVID_11).items
    pairs = find_items(streets([101], size=(160, 120)), "camvid", CAMVID_11).items
    np.testing.assert_array_equal(item.read(CAMVID_11)[1], pairs[0].read(CAMVID_11)[1])
    truth = item.objects(CAMVID_11)
    assert len(truth.masks) > 1
    assert pairs[0].objects(CAMVID_11) is None
    # people and cars are things that the everyday model knows too
    assert {VOC_21.label(i).name for i in item.objects(VOC_21).class_ids} <= {"car", "person"}


def test_the_command_line_prints_ap(capsys, tmp_path: Path, answers) -> None:
    for name, data in data_set(objects(ONE, TWO, classes=[PERSON, CAR])).items():
        (tmp_path / name).write_bytes(data)
    answers("everyday", objects(ONE, classes=[PERSON]))
    report = tmp_path / "out.json"
    words = ("evaluate", "--model", "everyday", "--dataset", "coco", "--root", tmp_path)
    status = cli.main([str(word) for word in (*words, "--json", report)])
    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert lines[0].split() == ["class", "IoU", "Dice", "IoU", "per", "image", "AP50", "AP"]
    rows = {line.split()[0]: line.split() for line in lines[1:22]}
    assert rows["person"][-4:] == ["100.0", "%", "100.0", "%"]
    assert rows["car"][-4:] == ["0.0", "%", "0.0", "%"]
    assert rows["dog"][-1] == "undefined"
    assert "mask AP50       50.0 %" in lines
    assert "mask AP         50.0 %" in lines
    assert json.loads(report.read_text())["scores"]["mask AP50"] == pytest.approx(0.5)
