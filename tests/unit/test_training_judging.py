"""Judging and quantising what was trained: by hand. Needs PyTorch, which the app does not."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is installed by `make train` only")

from seglib import models
from seglib.engine import FakeEngine
from seglib.labels import VOC_21
from seglib.models import Evaluation, Quantised, store
from seglib.results import Instances, Panoptic, Scene, SemanticMap
from training import calibration, everyday, foreground, judge_everyday, judge_foreground, quantise
from training.everyday_data import UNKNOWN, VOID, Sample
from training.export import JUDGES
from training.foreground_data import Subject
from training.loop import ROOT

CAT, DOG = VOC_21.id_of("cat"), VOC_21.id_of("dog")


def sample(source: str = "coco") -> Sample:
    """Two cats side by side, a crowd of dogs below, one row of void."""
    labels, ids = np.zeros((8, 10), np.uint8), np.zeros((8, 10), np.uint8)
    labels[1:4, 1:4], ids[1:4, 1:4] = CAT, 1
    labels[1:4, 4:8], ids[1:4, 4:8] = CAT, 2
    labels[5:7, 0:6], ids[5:7, 0:6] = DOG, UNKNOWN
    labels[7], ids[7] = VOID, 0
    return Sample(np.zeros((8, 10, 3), np.uint8), labels, ids, source)


def scene(of: Sample, rows: list[tuple[slice, slice, int, float]]) -> Scene:
    """An answer whose classes are right and whose objects are boxes."""
    labels = np.where(of.labels == VOID, 0, of.labels).astype(np.uint8)
    masks = np.zeros((len(rows), *labels.shape), bool)
    ids, classes = np.ones(labels.shape, np.int32), {1: 0}
    for number, (ys, xs, class_id, _) in enumerate(rows):
        masks[number, ys, xs] = True
        ids[ys, xs] = number + 2
        classes[number + 2] = class_id
    return Scene(
        SemanticMap(labels, VOC_21),
        Instances.from_masks(masks, [row[2] for row in rows], [row[3] for row in rows], VOC_21),
        Panoptic.from_ids(ids, classes, VOC_21),
    )


TWO_CATS = [
    (slice(1, 4), slice(1, 4), CAT, 0.9),
    (slice(1, 4), slice(4, 8), CAT, 0.8),
    (slice(5, 7), slice(0, 3), DOG, 0.7),
]


def test_objects_and_crowds_of_a_sample() -> None:
    found = judge_everyday.objects(sample())
    assert found.size == (10, 8)
    assert list(found.class_ids) == [CAT, CAT, DOG]
    assert list(found.crowd) == [False, False, True]
    assert [mask.area for mask in found.masks] == [9, 12, 12]


def test_a_crowd_of_two_classes_is_two() -> None:
    mixed = sample()
    mixed.labels[5:7, 3:6] = CAT
    found = judge_everyday.objects(mixed)
    assert list(zip(found.class_ids.tolist(), found.crowd.tolist(), strict=True)) == [
        (CAT, False), (CAT, False), (CAT, True), (DOG, True)
    ]  # fmt: skip


def test_segments_leave_void_out_and_name_the_crowds() -> None:
    truth, crowds = judge_everyday.segments(sample())
    assert (truth.segment_ids[7] == 0).all()
    assert {s.id: (s.class_id, s.area) for s in truth.segments} == {
        1: (0, 70 - 9 - 12 - 12), 2: (CAT, 9), 3: (CAT, 12), 4: (DOG, 12),
    }  # fmt: skip
    assert crowds == (4,)


def test_what_finds_everything_has_one_everywhere() -> None:
    of = sample()
    scores = judge_everyday.judge_objects([(of, scene(of, TWO_CATS))])
    # the crowd of dogs need not be found, so dogs are not judged
    assert scores["mask AP50"] == scores["mask AP"] == 1
    assert scores["mask AP50 of common things with VOC"] == 1
    assert scores["panoptic quality of things"] == 1


def test_two_cats_taken_for_one() -> None:
    of = sample()
    one = [(slice(1, 4), slice(1, 8), CAT, 0.9)]
    scores = judge_everyday.judge_objects([(of, scene(of, one))])
    # 12 of 21 pixels are the larger cat: right at 0.5 and 0.55, for one of two cats. Recalls 0 to
    # 0.5 of 101 are reached.
    assert scores["mask AP50"] == pytest.approx(51 / 101)
    assert scores["mask AP"] == pytest.approx(2 / 10 * 51 / 101)
    assert scores["panoptic quality of things"] == pytest.approx(12 / 21 / (1 + 0.5))


def test_classes_are_judged_on_voc_alone() -> None:
    wrong = scene(sample(), TWO_CATS)
    pairs = [(sample("voc"), wrong), (sample("coco"), wrong)]
    matrix = judge_everyday.judge_classes(pairs)
    assert matrix.sum() == 70  # void is not judged, nor is the other picture
    assert matrix[CAT, CAT] == 21


def test_subjects_are_judged_where_they_are_known() -> None:
    truth = np.array([[1, 1, 0, 0], [1, -1, -1, 0]], np.float32)
    alpha = np.array([[0.5, 0.4, 0.6, 0], [1, 0, 1, 0]], np.float32)
    subject = Subject(np.zeros((2, 4, 3), np.uint8), truth, "voc")
    found = judge_foreground.judge_one(alpha, subject)
    assert found.iou == pytest.approx(2 / 4)
    assert found.error == pytest.approx((0.5 + 0.6 + 0.6) / 6)
    assert found.matrix.tolist() == [[2, 1], [1, 2]]


def test_a_source_weighs_as_much_as_another() -> None:
    card = models.find("foreground")
    segmenter = models.Segmenter(card, FakeEngine({"logits": np.zeros((1, 1, 4, 4), np.float32)}))
    matrix = np.array([[5, 1], [1, 3]])
    scores = [judge_foreground.Score("voc", value, 0.1, matrix) for value in (0.5, 0.7, math.nan)]
    scores.append(judge_foreground.Score("clothing", 1.0, 0.3, matrix))
    found = judge_foreground.conclude(segmenter, scores)
    assert found.scores["mean IoU at 0.5, VOC things"] == pytest.approx(0.6)
    assert found.scores["mean IoU at 0.5, horses"] is None
    assert found.mean_iou == pytest.approx(0.8)
    assert found.scores["mean absolute error of alpha"] == pytest.approx(0.15)
    assert found.per_class == {"background": 5 / 7, "subject": 3 / 5}
    assert found.images == 4
    json.dumps(found.as_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("scores", "size", "expected"),
    [
        ({"mean IoU": (0.77, 0.765)}, 10, None),
        ({"mean IoU": (0.77, 0.78)}, 10, None),
        ({"mean IoU": (0.77, 0.75)}, 10, "mean IoU falls by 2.0 points to 75.0 %"),
        ({"a": (0.5, 0.5), "b": (0.5, 0.4)}, 10, "b falls by 10.0 points to 40.0 %"),
        ({"mean IoU": (0.5, None)}, 10, "mean IoU is undefined with int8"),
        ({"mean IoU": (None, None)}, 10, None),
        ({"mean IoU": (0.5, 0.5)}, 6_100_000, "its files take 6.1 MB of 6 MB"),
    ],
)
def test_the_verdict_on_a_quantised_model(
    scores: dict[str, tuple[float | None, float | None]], size: int, expected: str | None
) -> None:
    assert quantise.verdict(scores, size) == expected


def test_every_model_that_is_judged_can_be_quantised() -> None:
    assert set(quantise.MAIN_SCORES) == set(calibration.PICTURES) == set(store_names())
    assert set(JUDGES) <= set(quantise.MAIN_SCORES)


def store_names() -> list[str]:
    return [card.name for card in models.CARDS]


def test_a_score_by_its_name() -> None:
    evaluation = Evaluation(
        "d", "s", 1, (1, 1), "f32", None, 0.5, None, {}, scores={"mask AP50": 0.25}
    )
    assert quantise.score(evaluation, "mean IoU") == 0.5
    assert quantise.score(evaluation, "mask AP50") == 0.25


def test_figures_and_choice_are_added_to_the_facts(tmp_path: Path) -> None:
    (tmp_path / "measured.json").write_text(json.dumps({"parameters": 7}))
    quantise.write(tmp_path, Quantised(rejected="too bad"), None)
    facts = json.loads((tmp_path / "measured.json").read_text())
    assert facts["parameters"] == 7
    assert facts["int8"]["rejected"] == "too bad"
    assert facts["default_precision"] is None


def test_work_on_a_copy_touches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEGLIB_ASSETS", raising=False)
    card = models.find("street")
    own = store.locate(card)
    before = own.with_name("measured.json").read_bytes()
    with quantise.elsewhere(card) as work:
        assert store.locate(card) == work / own.name != own
        quantise.write(work, Quantised(rejected="only here"), None)
        assert card.measured.int8.rejected == "only here"
    assert store.locate(card) == own
    assert own.with_name("measured.json").read_bytes() == before
    assert not work.exists()


def test_what_the_network_was_given_is_recorded() -> None:
    inner = FakeEngine({"logits": np.zeros((1, 11, 4, 4), np.float32)})
    recorder = quantise.Recorder(inner, "image")
    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(1, 4, 5, 3)
    assert recorder.infer({"image": pixels}).outputs["logits"].shape == (1, 11, 4, 4)
    np.testing.assert_array_equal(recorder.seen[0], pixels[0])


def test_drawing_from_a_stream_is_fair_and_leaves_held_out_ones_out() -> None:
    rng = np.random.default_rng(0)
    assert calibration.draw([1, 2], 5, rng) == [1, 2]
    counts = np.zeros(20)
    for _ in range(600):
        for item in calibration.draw(calibration.learned(range(20), 4), 3, rng):
            counts[item] += 1
    assert (counts[::4] == 0).all()
    rest = counts[[n for n in range(20) if n % 4]]
    assert rest.sum() == 1800
    assert rest.min() > 80  # 120 expected each


def test_held_out_pictures_are_those_of_the_trainings(monkeypatch: pytest.MonkeyPatch) -> None:
    numbered = [SimpleNamespace(number=n) for n in range(40)]
    monkeypatch.setattr(judge_everyday, "read_voc", lambda _folder: iter(numbered))
    monkeypatch.setattr(judge_everyday, "read_coco", lambda *_: iter(numbered))
    monkeypatch.setattr(judge_foreground, "read_subjects", lambda _folder: iter(numbered))
    for module in (judge_everyday, judge_foreground):
        module.held_out.cache_clear()
    every = everyday.Recipe().held_out
    kept = judge_everyday.held_out(ROOT)
    assert list(kept) == numbered[::every] + numbered[:: every // 2]
    assert list(judge_foreground.held_out(ROOT)) == numbered[:: foreground.HELD_OUT]
    for module in (judge_everyday, judge_foreground):
        module.held_out.cache_clear()
