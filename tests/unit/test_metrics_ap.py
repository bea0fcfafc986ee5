"""COCO mask AP: by hand, against pycocotools, and by its laws."""

from __future__ import annotations

import contextlib
import io
import json
import math
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from seglib.errors import FormatError, LabelError, ShapeError, UsageError
from seglib.labels import COCO_91
from seglib.metrics import RULES, AreaRange, ImageObjects, average_precision
from seglib.results import Instances
from tests.coco_peer import SIZE, agree, box, counts, ours

# pycocotools' decoder is older than numpy 2's rule on copies, and says nothing of our code.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_by_hand() -> None:
    # Two objects of 4x4. Detections by score: 0.9 covers the first but one column (IoU 12/16),
    # 0.8 is nowhere, 0.7 covers the second (IoU 1), 0.6 covers the first again (IoU 1).
    truth = ImageObjects(SIZE, [box(0, 0, 4, 4), box(8, 4, 12, 8)], [1, 1])
    found = ImageObjects(
        SIZE,
        [box(0, 0, 4, 4), box(4, 0, 8, 2), box(0, 0, 3, 4), box(8, 4, 12, 8)],
        [1, 1, 1, 1],
        [0.6, 0.8, 0.9, 0.7],
    )
    result = average_precision([truth], [found])
    # At 0.5 to 0.75: right, wrong, right, wrong (its object is taken). Precision 1 up to recall
    # 0.5 (51 of the 101 points), then 2/3.
    low = (51 * 1 + 50 * 2 / 3) / 101
    curve = result.curve(1, threshold=0.5)
    assert curve.rows.tolist() == [2, 1, 3, 0]
    assert curve.recall.tolist() == [0.5, 0.5, 1, 1]
    assert curve.precision == pytest.approx([1, 1 / 2, 2 / 3, 2 / 4])
    assert curve.envelope == pytest.approx([1, 2 / 3, 2 / 3, 1 / 2])
    assert curve.area == pytest.approx(low)
    # From 0.8: wrong, wrong, right, right: precision 1/3 then 1/2, so 1/2 everywhere.
    assert result.curve(1, threshold=0.8).area == pytest.approx(0.5)
    assert result.per_threshold() == pytest.approx([low] * 6 + [0.5] * 4)
    assert result.ap() == pytest.approx(0.6 * low + 0.4 * 0.5)
    assert result.summary()["AP75"] == pytest.approx(low)
    assert result.summary()["AR1"] == pytest.approx(0.6 * 0.5)
    assert result.summary()["AR100"] == 1
    # Both objects are small: nothing is medium or large.
    assert result.summary()["AP_small"] == result.ap()
    assert math.isnan(result.summary()["AP_large"])
    # And who matched whom: at 0.5 and at 0.8, rows of the truth.
    assert result.matches.truth[0, 0].tolist() == [-1, -1, 0, 1]
    assert result.matches.truth[6, 0].tolist() == [0, -1, -1, 1]
    assert result.matches.right[0, 0].tolist() == [False, False, True, True]
    assert result.matches.missed(0, 0).tolist() == [False, False]


def test_a_crowd_takes_any_number_and_judges_none() -> None:
    truth = ImageObjects(SIZE, [box(0, 0, 6, 8), box(8, 0, 12, 4)], [3, 3], crowd=[True, False])
    found = ImageObjects(
        SIZE, [box(0, 0, 2, 2), box(3, 3, 5, 5), box(8, 0, 12, 4)], [3] * 3, [0.9, 0.8, 0.7]
    )
    result = average_precision([truth], [found])
    assert result.matches.ignored[0, 0].tolist() == [True, True, False]
    assert result.positives.tolist() == [[1, 1, 0, 0]]
    assert result.ap() == pytest.approx(1, abs=1e-12)


def test_an_object_that_counts_is_preferred_to_one_that_does_not() -> None:
    # Both overlap the detection; the crowd more. The object that counts wins all the same.
    truth = ImageObjects(SIZE, [box(0, 0, 6, 8), box(0, 0, 4, 4)], [1, 1], crowd=[True, False])
    found = ImageObjects(SIZE, [box(0, 0, 4, 3)], [1], [0.5])
    result = average_precision([truth], [found])
    assert result.matches.truth[0, 0].tolist() == [1]
    assert result.matches.truth[-1, 0].tolist() == [0]  # at 0.95 only the crowd is left


def test_equal_scores_keep_their_order_and_the_last_of_equal_objects_is_taken() -> None:
    truth = ImageObjects(SIZE, [box(0, 0, 4, 4), box(0, 0, 4, 4)], [1, 1])
    found = ImageObjects(SIZE, [box(0, 0, 4, 4)] * 3, [1] * 3, [0.5] * 3)
    assert average_precision([truth], [found]).matches.truth[0, 0].tolist() == [1, 0, -1]


def test_classes_without_an_object_are_left_out() -> None:
    truth = ImageObjects(SIZE, [box(0, 0, 4, 4)], [1])
    found = ImageObjects(SIZE, [box(0, 0, 4, 4), box(6, 0, 9, 3)], [1, 2], [0.5, 0.9])
    result = average_precision([truth], [found])
    assert result.class_ids.tolist() == [1, 2]
    assert result.per_class() == pytest.approx([1, math.nan], nan_ok=True)
    assert result.ap() == pytest.approx(1)
    with pytest.raises(LabelError, match="class with an object to find, got 2"):
        result.curve(2)
    with pytest.raises(LabelError, match="got 77"):
        result.curve(77)


def test_nothing_at_all() -> None:
    rule = next(rule for rule in RULES if "average_precision" in rule.functions)
    none = ImageObjects(SIZE, [], [])
    some = ImageObjects(SIZE, [box(0, 0, 4, 4)], [1])
    for truth, found, value in (
        ([], [], rule.both),
        ([none], [none], rule.both),
        ([none], [some], rule.only_prediction),
        ([some], [none], rule.only_truth),
    ):
        assert average_precision(truth, found).ap() == pytest.approx(value, nan_ok=True)
    blank = ImageObjects(SIZE, [box(0, 0, 0, 0)], [1])  # a mask without a pixel matches nothing
    assert average_precision([some], [blank]).ap() == 0
    assert average_precision([blank], [blank]).ap() == 0


def random_rows(
    seed: int, *, pictures: int, classes: int, crowded: float, ties: bool
) -> tuple[list[dict], list[dict], dict[int, tuple[int, int]]]:
    """Objects as ellipses of all sizes and detections that miss, double and invent them."""
    rng = np.random.default_rng(seed)
    truth: list[dict] = []
    found: list[dict] = []
    sizes = {}

    def ellipse(center: np.ndarray, axes: np.ndarray, angle: float, size: tuple[int, int]) -> dict:
        mask = np.zeros((size[1], size[0]), np.uint8)
        ints = [int(each) for each in (*center, *axes)]
        cv2.ellipse(mask, (ints[0], ints[1]), (ints[2], ints[3]), angle, 0, 360, 1, -1)
        return coco_mask.encode(np.asfortranarray(mask))

    for image_id in range(1, pictures + 1):
        size = (int(rng.integers(60, 260)), int(rng.integers(60, 260)))
        sizes[image_id] = size
        for _ in range(int(rng.integers(0, 9))):
            center, axes = rng.uniform((0, 0), size), rng.uniform(2, 60, 2) ** rng.choice([0.7, 1])
            angle, class_id = rng.uniform(0, 180), int(rng.integers(1, classes + 1))
            rle = ellipse(center, axes, angle, size)
            truth.append(
                {
                    "image_id": image_id,
                    "category_id": class_id,
                    "segmentation": rle,
                    "area": float(coco_mask.area(rle)) * rng.uniform(0.9, 1.1),
                    "iscrowd": int(rng.random() < crowded),
                }
            )
            for _ in range(int(rng.integers(0, 4))):
                moved = ellipse(
                    center + rng.normal(0, 2, 2), axes * rng.uniform(0.7, 1.2, 2), angle, size
                )
                score = rng.random()
                found.append(
                    {
                        "image_id": image_id,
                        "category_id": int(rng.integers(1, classes + 2))
                        if rng.random() < 0.2
                        else class_id,
                        "segmentation": moved,
                        "score": round(score, 1) if ties else score,
                    }
                )
    return truth, found, sizes


@pytest.mark.parametrize("seed", range(6))
def test_all_tables_equal_pycocotools_on_random_scenes(seed: int) -> None:
    rows = random_rows(seed, pictures=8, classes=1 + seed % 3, crowded=0.2, ties=seed % 2 == 0)
    numbers = agree(*rows)
    assert (numbers[:3] > 0).all()


def test_more_detections_than_are_looked_at() -> None:
    truth, found, sizes = random_rows(4, pictures=1, classes=1, crowded=0.2, ties=True)
    rng = np.random.default_rng(0)
    many = [{**row, "score": round(rng.random(), 2)} for row in found * 40]
    assert len(many) > 150
    agree(truth, many, sizes)


@pytest.mark.shared
def test_all_twelve_numbers_equal_pycocotools_on_coco(shared: Callable[[str], Path]) -> None:
    data = json.loads((shared("data/coco") / "instances_train.json").read_text())
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = data
        coco.createIndex()
    rng = np.random.default_rng(5)
    sizes = {row["id"]: (row["width"], row["height"]) for row in data["images"]}
    classes = [row["id"] for row in data["categories"]]
    truth, found = [], []
    for row in data["annotations"]:
        rle = coco.annToRLE(row)
        truth.append({**row, "segmentation": rle})
        for _ in range(int(rng.choice([0, 1, 1, 1, 2]))):
            mask = coco_mask.decode(rle)
            kernel = np.ones(rng.integers(1, 6, 2), np.uint8)
            mask = cv2.dilate(mask, kernel) if rng.random() < 0.5 else cv2.erode(mask, kernel)
            mask = np.roll(mask, rng.integers(-3, 4, 2), (0, 1))
            known = rng.random() < 0.9
            found.append(
                {
                    "image_id": row["image_id"],
                    "category_id": row["category_id"] if known else int(rng.choice(classes)),
                    "segmentation": coco_mask.encode(np.asfortranarray(mask)),
                    "score": round(rng.random(), 2),
                }
            )
    assert (len(sizes), len(truth)) == (320, 2671)
    numbers = agree(truth, found, sizes)
    assert (numbers > 0).all()
    assert (numbers < 1).all()


@given(st.integers(0, 10**6), st.booleans())
@settings(max_examples=15, deadline=None)
def test_laws(seed: int, ties: bool) -> None:
    truth, found, sizes = random_rows(seed, pictures=3, classes=2, crowded=0.1, ties=ties)
    pictures, guesses = ours(truth, sizes), ours(found, sizes)
    result = average_precision(pictures, guesses)
    numbers = np.array(list(result.summary().values()))
    defined = numbers[~np.isnan(numbers)]
    assert ((defined >= 0) & (defined <= 1)).all()
    # A stricter threshold never helps any class's recall, nor do fewer detections.
    recall = np.nan_to_num(result.recall)
    assert (np.diff(recall, axis=0) <= 1e-12).all()
    assert (np.diff(recall, axis=3) >= -1e-12).all()
    # Without its false positives every curve is at least as high.
    keep = ~result.matches.wrong[0, 0]
    fewer = []
    for at, picture in enumerate(guesses):
        kept = result.matches.index[(result.matches.picture == at) & keep]
        fewer.append(
            ImageObjects(
                picture.size,
                [picture.masks[i] for i in sorted(kept)],
                np.asarray(picture.class_ids)[np.sort(kept)],
                np.asarray(picture.scores)[np.sort(kept)] if len(picture.masks) else None,
            )
        )
    cleaned = average_precision(pictures, fewer)
    if not math.isnan(result.ap()):
        assert cleaned.ap(threshold=0.5) >= result.ap(threshold=0.5) - 1e-12
        if not any(row["iscrowd"] for row in truth):
            assert average_precision(pictures, pictures).ap() == pytest.approx(1)


def test_every_form_of_a_mask_gives_the_same() -> None:
    truth, found, sizes = random_rows(11, pictures=2, classes=2, crowded=0, ties=False)
    text = average_precision(ours(truth, sizes), ours(found, sizes))
    sides = []
    for rows in (truth, found):
        pictures = []
        for image_id, size in sizes.items():
            mine = [row for row in rows if row["image_id"] == image_id]
            masks = [coco_mask.decode(row["segmentation"]).astype(bool) for row in mine]
            scores = [row.get("score", 1.0) for row in mine]
            stack = np.stack(masks) if masks else np.zeros((0, size[1], size[0]), bool)
            ids = [row["category_id"] for row in mine]
            pictures.append((size, masks, stack, ids, np.array(scores, np.float32)))
        sides.append(pictures)
    numbers = [
        [
            ImageObjects(size, [counts(mask) for mask in masks], ids, scores)
            for size, masks, _, ids, scores in side
        ]
        for side in sides
    ]
    packed = [
        [Instances.from_masks(stack, ids, scores, COCO_91) for _, _, stack, ids, scores in side]
        for side in sides
    ]
    mixed = [numbers[0][0], packed[0][1]]
    areas = [AreaRange("all", 0, 1e10)]  # the text's areas are stated, not measured
    wanted = text.ap()
    for one, other in (numbers, packed, (mixed, [packed[1][0], numbers[1][1]])):
        assert average_precision(one, other, areas=areas).ap() == pytest.approx(wanted)


def test_own_thresholds_and_ranges() -> None:
    truth = ImageObjects(SIZE, [box(0, 0, 4, 4)], [1])
    found = ImageObjects(SIZE, [box(0, 0, 4, 2)], [1], [0.5])
    result = average_precision(
        [truth],
        [found],
        thresholds=[0.3, 0.5, 1.0],
        recalls=[0.0, 0.5, 1.0],
        max_detections=[5],
        areas=[AreaRange("tiny", 0, 20)],
    )
    assert result.per_threshold() == pytest.approx([1, 1, 0])
    assert result.ap(threshold=0.3, area="tiny") == pytest.approx(1)
    assert result.ar(area="tiny") == pytest.approx(2 / 3)
    assert math.isnan(result.summary()["AR10"])
    with pytest.raises(UsageError, match=r"threshold of 0\.3, 0\.5, 1, got 0\.75"):
        result.ap(threshold=0.75, area="tiny")
    with pytest.raises(UsageError, match="area of tiny, got 'all'"):
        result.curve(1, area="all")
    with pytest.raises(UsageError, match="limit of"):
        result.ar(limit=7, area="tiny")
    # A threshold of 1 can be reached.
    assert average_precision([truth], [truth], thresholds=[1.0]).ap() == pytest.approx(1)
    with pytest.raises(ValueError, match="read-only"):
        result.precision[0] = 0


def test_bad_input_is_one_sentence() -> None:
    good = ImageObjects(SIZE, [box(0, 0, 4, 4)], [1], [0.5])
    with pytest.raises(ShapeError, match="detections for 1 pictures, got 2"):
        average_precision([good], [good, good])
    with pytest.raises(ShapeError, match="12 x 8 pixels in picture 0, got 8 x 12"):
        average_precision([good], [ImageObjects((8, 12), [], [])])
    with pytest.raises(ShapeError, match=r"scores \(1,\), got \(2,\)"):
        ImageObjects(SIZE, [box(0, 0, 4, 4)], [1], [0.5, 0.5])
    with pytest.raises(ShapeError, match="scores that are numbers"):
        ImageObjects(SIZE, [box(0, 0, 4, 4)], [1], [math.nan])
    with pytest.raises(ShapeError, match="class ids of integers"):
        ImageObjects(SIZE, [box(0, 0, 4, 4)], [1.5])
    for masks, sentence in (
        ([[0, 5]], "sum to 12 x 8 = 96 pixels, got 5 in detection 0 of picture 0"),
        ([[0, -4, 100]], "counts from 0, got -4 in detection 0 of picture 0"),
        ([[0.5, 95.5]], "counts .* of integers"),
        (["PP\x01"], "characters '0' to 'o'"),
        (["PPp"], "characters '0' to 'o'"),
        (["0P"], "cut off in detection 0 of picture 0"),
        (["PPPPPPPPPP0"], "at most 7 characters"),
        ([""], "sum to 12 x 8 = 96 pixels, got 0"),
        (["é"], "characters '0' to 'o'"),
    ):
        with pytest.raises(FormatError, match=sentence):
            average_precision([good], [ImageObjects(SIZE, masks, [1], [0.5])])
    for name, value in (
        ("thresholds", [0.5, 0.5]),
        ("thresholds", [0.0]),
        ("thresholds", [1.5]),
        ("thresholds", []),
        ("recalls", [1.0, 0.0]),
        ("max_detections", [0]),
        ("areas", []),
    ):
        with pytest.raises(UsageError, match="expected"):
            average_precision([good], [good], **{name: value})  # type: ignore[arg-type]
