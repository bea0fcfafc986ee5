"""The label table: counts, colours, things and stuff, finding, checking."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from seglib import labels
from seglib.errors import LabelError, SeglibError
from seglib.labels import VOID_COLOR, Label, LabelSet


@pytest.mark.parametrize(
    ("label_set", "count", "things", "axis"),
    [
        (labels.VOC_21, 21, 20, 21),
        (labels.CITYSCAPES_19, 19, 8, 19),
        (labels.CAMVID_11, 11, 3, 11),
        (labels.CAMVID_12, 12, 3, 12),
        (labels.ADE20K_150, 150, 100, 150),
        (labels.COCO_80, 80, 80, 80),
        (labels.COCO_91, 91, 91, 92),
        (labels.COCO_PANOPTIC_133, 133, 80, 201),
    ],
    ids=lambda value: value.name if isinstance(value, LabelSet) else str(value),
)
def test_counts(label_set: LabelSet, count: int, things: int, axis: int) -> None:
    assert len(label_set) == len(label_set.labels) == len(list(label_set)) == count
    assert len(label_set.things) == things
    assert len(label_set.stuff) == count - things
    assert label_set.num_classes == axis
    assert label_set.ignore == 255


@pytest.mark.parametrize(
    ("label_set", "name", "class_id", "color", "thing"),
    [
        (labels.VOC_21, "background", 0, (0, 0, 0), False),
        (labels.VOC_21, "person", 15, (192, 128, 128), True),
        (labels.VOC_21, "tv monitor", 20, (0, 64, 128), True),
        (labels.CITYSCAPES_19, "road", 0, (128, 64, 128), False),
        (labels.CITYSCAPES_19, "traffic light", 6, (250, 170, 30), False),
        (labels.CITYSCAPES_19, "rider", 12, (255, 0, 0), True),
        (labels.CITYSCAPES_19, "bicycle", 18, (119, 11, 32), True),
        (labels.CAMVID_11, "sidewalk", 4, (60, 40, 222), False),
        (labels.CAMVID_11, "bicyclist", 10, (0, 128, 192), True),
        (labels.CAMVID_12, "unlabelled", 11, (0, 0, 0), False),
        (labels.ADE20K_150, "wall", 0, (120, 120, 120), False),
        (labels.ADE20K_150, "bed", 7, (204, 5, 255), True),
        (labels.ADE20K_150, "person", 12, (150, 5, 61), True),
        (labels.ADE20K_150, "flag", 149, (92, 0, 255), True),
        (labels.COCO_80, "person", 0, (220, 20, 60), True),
        (labels.COCO_80, "toothbrush", 79, (191, 162, 208), True),
        (labels.COCO_91, "person", 1, (220, 20, 60), True),
        (labels.COCO_91, "toothbrush", 90, (191, 162, 208), True),
        (labels.COCO_PANOPTIC_133, "banner", 92, (255, 255, 128), False),
        (labels.COCO_PANOPTIC_133, "sky", 187, (70, 130, 180), False),
        (labels.COCO_PANOPTIC_133, "rug-merged", 200, (250, 141, 255), False),
    ],
)
def test_golden_rows(
    label_set: LabelSet, name: str, class_id: int, color: tuple[int, int, int], thing: bool
) -> None:
    label = label_set.label(class_id)
    assert label_set.id_of(name) == class_id
    assert (label.color, label.thing) == (color, thing)
    assert tuple(label_set.palette[class_id]) == color
    assert (class_id in label_set.things) is thing


def test_voc_palette_is_the_colormap_of_the_development_kit() -> None:
    def color(class_id: int) -> tuple[int, int, int]:
        red = green = blue = 0
        for shift in range(7, -1, -1):
            red |= (class_id & 1) << shift
            green |= (class_id >> 1 & 1) << shift
            blue |= (class_id >> 2 & 1) << shift
            class_id >>= 3
        return red, green, blue

    assert [label.color for label in labels.VOC_21] == [color(index) for index in range(21)]
    assert color(255) == VOID_COLOR == tuple(labels.VOC_21.palette[255])


def test_colors_are_distinct_but_for_the_published_exception() -> None:
    for label_set in labels.ALL:
        seen: dict[tuple[int, int, int], list[str]] = {}
        for label in label_set:
            seen.setdefault(label.color, []).append(label.name)
        shared = [names for names in seen.values() if len(names) > 1]
        assert shared == ([["road", "skyscraper"]] if label_set is labels.ADE20K_150 else [])


def test_coco_sets_agree_with_each_other() -> None:
    panoptic = [label for label in labels.COCO_PANOPTIC_133 if label.thing]
    assert [label.name for label in panoptic] == list(labels.COCO_80.names)
    assert [label.color for label in panoptic] == [label.color for label in labels.COCO_80]
    assert set(panoptic) < set(labels.COCO_91.labels)
    never = set(labels.COCO_91.labels) - set(panoptic)
    assert [label.id for label in sorted(never, key=lambda label: label.id)] == [
        12, 26, 29, 30, 45, 66, 68, 69, 71, 83, 91
    ]  # fmt: skip


def test_names_are_words() -> None:
    for label_set in labels.ALL:
        for name in label_set.names:
            assert re.fullmatch(r"[a-z]+( [a-z]+)*", name), name


@pytest.mark.shared
def test_agrees_with_the_collected_lists(shared: Callable[[str], Path]) -> None:
    facts = json.loads(shared("models/classes_palettes.json").read_text())
    classes, palettes = facts["classes"], facts["palettes_rgb"]

    def joined(names: list[str] | tuple[str, ...]) -> list[str]:
        return [name.replace(" ", "").lower() for name in names]

    assert joined(labels.VOC_21.names) == classes["voc_21"]
    assert list(labels.CITYSCAPES_19.names) == classes["cityscapes_19"]
    assert joined(labels.COCO_80.names) == classes["coco_80"]
    fixed = ["airplane" if name == "airplan" else name for name in classes["coco_91"]]
    assert list(labels.COCO_91.names) == fixed
    for index, name in enumerate(classes["camvid_12"]):
        assert labels.CAMVID_12.id_of(name) == index
    for label, words in zip(labels.ADE20K_150, classes["ade20k_150"], strict=True):
        assert set(label.name.split()) <= set(words.split(";")), (label.name, words)
    for label_set, key in (
        (labels.VOC_21, "pascal_voc_21cl"),
        (labels.CITYSCAPES_19, "cityscapes_20cl"),
        (labels.CAMVID_12, "camvid_12cl"),
        (labels.ADE20K_150, "ade20k_150cl"),
    ):
        wanted = [tuple(row["rgb"]) for row in palettes[key]][: len(label_set)]
        assert [label.color for label in label_set] == wanted


@pytest.mark.parametrize("name", ["voc-21", "VOC_21", " Voc 21 "])
def test_find(name: str) -> None:
    assert labels.find(name) is labels.VOC_21


def test_find_names_the_near_ones() -> None:
    with pytest.raises(LabelError, match=r"no label set is called 'citiscapes'.*cityscapes-19"):
        labels.find("citiscapes")
    with pytest.raises(LabelError, match=r"there are voc-21, .*coco-panoptic-133"):
        labels.find("zzz")


def test_all_is_complete_and_every_name_finds_its_set() -> None:
    constants = [value for value in vars(labels).values() if isinstance(value, LabelSet)]
    assert {each.name for each in constants} == {each.name for each in labels.ALL}
    assert all(labels.find(each.name) is each for each in labels.ALL)


def test_id_of_names_the_near_ones() -> None:
    assert labels.VOC_21.id_of("  Dining Table ") == labels.VOC_21.id_of("diningtable") == 11
    with pytest.raises(LabelError, match=r"no class called 'persn'; did you mean person\?"):
        labels.VOC_21.id_of("persn")
    with pytest.raises(LabelError, match=r"no class called '\?'$"):
        labels.VOC_21.id_of("?")


def test_label_of_a_gap_is_an_error() -> None:
    with pytest.raises(LabelError, match="no class with id 12"):
        labels.COCO_PANOPTIC_133.label(12)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.int64])
def test_check(dtype: type) -> None:
    labels.CAMVID_11.check(np.array([[0, 10], [255, 3]], dtype))
    labels.CAMVID_11.check(np.zeros((0, 4), dtype))
    with pytest.raises(LabelError, match=r"expected class ids of CamVid .*, got 11, 12 as well"):
        labels.CAMVID_11.check(np.array([[0, 12], [11, 255]], dtype))


def test_check_finds_gaps_negative_ids_and_shortens_long_lists() -> None:
    with pytest.raises(LabelError, match="got 12 as well"):
        labels.COCO_PANOPTIC_133.check(np.array([1, 12], np.uint8))
    with pytest.raises(LabelError, match="got -1 as well"):
        labels.VOC_21.check(np.array([-1, 0]))
    with pytest.raises(LabelError, match="got 21, 22, 23, 24, 25, 26, 27, 28 and 226 more"):
        labels.VOC_21.check(np.arange(256, dtype=np.uint8))


def test_palette_is_read_only_and_has_a_row_for_every_byte() -> None:
    palette = labels.CAMVID_11.palette
    assert palette.shape == (256, 3)
    assert palette.dtype == np.uint8
    assert not palette[11:255].any()
    with pytest.raises(ValueError, match="read-only"):
        palette[0] = 1
    wide = LabelSet("wide", "Wide", (Label(0, "a", (1, 2, 3)), Label(300, "b", (4, 5, 6))))
    assert wide.palette.shape == (301, 3)


@pytest.mark.parametrize(
    ("rows", "ignore", "message"),
    [
        ((), 255, "expected ascending ids"),
        ((Label(1, "a", (0, 0, 0)), Label(0, "b", (0, 0, 0))), 255, "expected ascending ids"),
        ((Label(-1, "a", (0, 0, 0)),), 255, "expected ascending ids"),
        ((Label(0, "a", (0, 0, 0)),), 0, "ignore label 0 is also a class"),
        ((Label(0, "a", (0, 0, 0)), Label(1, "a", (0, 0, 0))), 255, "got 'a' twice"),
        ((Label(0, "a", (0, 0, 0), False, ("a",)),), 255, "got 'a' twice"),
    ],
)
def test_a_bad_set_is_refused(rows: tuple[Label, ...], ignore: int, message: str) -> None:
    with pytest.raises(LabelError, match=message) as caught:
        LabelSet("bad", "Bad", rows, ignore)
    assert isinstance(caught.value, SeglibError)
    assert isinstance(caught.value, ValueError)
