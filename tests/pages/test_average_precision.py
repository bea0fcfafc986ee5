"""The page on average precision: the library's numbers, scores that move, every extreme."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from seglib.metrics import average_precision
from seglib.ui.average_precision.facts import judge
from seglib.ui.average_precision.ideas import IDEAS, PRESETS
from seglib.ui.average_precision.picture import draw
from seglib.ui.average_precision.scene import (
    SIZE,
    JudgeOptions,
    SceneOptions,
    case,
    format_scores,
    parse_scores,
    valid_scores,
)
from seglib.ui.numbers import sig3
from tests.pages.conftest import Open, html, metrics


def rows(text: str) -> list[list[str]]:
    """Cells of the table of detections."""
    found = re.search(r'data-testid="detections".*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    assert found
    lines = re.findall(r"<tr.*?</tr>", found.group(1), re.DOTALL)
    return [
        [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", line)]
        for line in lines
    ]


def test_numbers_are_the_library_s(open_page: Open) -> None:
    app = open_page("average_precision")
    own = case(SceneOptions())
    whole = average_precision([own.truth], [own.found])
    shown = metrics(app)
    for name, value in whole.summary().items():
        if name != "AP":  # that label is also above, for the classes as one
            assert shown[name.replace("_", " ")] == sig3(value)
    assert [each.value for each in app.metric if each.label == "AP"][1] == sig3(whole.ap())
    assert "equals pycocotools" in html(app)


def test_one_curve_for_all_classes_and_one_for_each() -> None:
    own = case(SceneOptions())
    as_one = judge(own, JudgeOptions(), class_id=None, scores={})
    assert as_one.curve is not None
    assert len(as_one.rows) == len(own.found)
    means = []
    for class_id in sorted(set(own.truth.class_ids.tolist())):
        alone = judge(own, JudgeOptions(), class_id=class_id, scores={})
        assert alone.curve is not None
        wanted = alone.whole.curve(class_id, threshold=0.5)
        assert alone.curve.read == pytest.approx(wanted.read)
        means.append(alone.curve.area)
    assert as_one.whole.ap(threshold=0.5) == pytest.approx(np.mean(means))


def test_stepping_tells_precision_and_recall_by_counting(open_page: Open) -> None:
    found = judge(case(SceneOptions()), JudgeOptions(), class_id=None, scores={})
    for step in (0, 4, len(found.rows) - 1):
        outcomes = [row.outcomes[0] for row in found.rows[: step + 1]]
        right, wrong = outcomes.count("tp"), outcomes.count("fp")
        app = open_page("average_precision", ap_step=str(step))
        assert metrics(app)["Precision so far"] == sig3(right / (right + wrong))
        assert metrics(app)["Recall so far"] == sig3(right / len(found.truth))
        assert f"{right} right" in html(app)
        assert f"{len(found.truth) - right} not found yet" in html(app)


def test_a_score_moves_its_detection(open_page: Open) -> None:
    app = open_page("average_precision")
    first = rows(html(app))
    app.slider(key="ap_score").set_value(1.0).run()
    assert not app.exception
    moved = rows(html(app))
    assert moved[0][1] == "1.000"
    assert moved[0][2:4] == first[-1][2:4]  # class and IoU came along
    assert len(moved) == len(first)
    assert app.query_params["ap_scores"].endswith(":1")
    assert app.query_params["ap_step"] == "0"
    # Its score still is that of the detection shown.
    assert app.slider(key="ap_score").value == 1.0


def test_outcomes_at_each_threshold_only_get_worse_alone() -> None:
    # With no detection of the same object, a detection right at 0.75 is right at 0.5.
    own = case(SceneOptions(twice=0, split=0, invent=0, relabel=0))
    for row in judge(own, JudgeOptions(), class_id=None, scores={}).rows:
        kinds = "".join("y" if each == "tp" else "n" for each in row.outcomes)
        assert re.fullmatch("y*n*", kinds)
        if kinds[0] == "y":
            assert row.iou >= 0.5


def test_a_double_is_wrong_and_a_crowd_is_ignored() -> None:
    twice = judge(
        case(SceneOptions(shift=0, ragged=0, drop=0, invent=0, split=0, relabel=0, twice=3)),
        JudgeOptions(),
        class_id=None,
        scores={},
    )
    assert [row.outcomes[0] for row in twice.rows].count("fp") == 3
    crowd = judge(twice.case, JudgeOptions(crowd=True), class_id=None, scores={})
    assert crowd.counts.sum() == twice.counts.sum() - 1
    assert any(row.outcomes[0] == "ignored" for row in crowd.rows)


def test_cutting_at_a_score_never_raises_ap() -> None:
    own = case(SceneOptions(**PRESETS["Ghosts"]))
    before = math.inf
    for floor in (0.0, 0.5, 0.7, 0.9, 1.0):
        value = judge(own, JudgeOptions(floor=floor), class_id=None, scores={}).view.ap()
        assert value <= before
        before = value
    assert before == 0


def test_the_picture_marks_the_current_detection() -> None:
    found = judge(case(SceneOptions()), JudgeOptions(), class_id=None, scores={})
    drawn = draw(found, 1)
    assert drawn.shape == (2 * SIZE[1], 2 * SIZE[0], 3)
    assert not np.array_equal(drawn, draw(found, 2))
    assert draw(found, 0).shape == drawn.shape


def test_scores_in_the_address_are_checked() -> None:
    assert parse_scores("3:0.95,0:0.1") == {3: 0.95, 0: 0.1}
    assert format_scores({3: 0.95, 0: 0.1}) == "0:0.1,3:0.95"
    assert valid_scores("")
    for text in ("3", "3:2", "3:nan", "x:0.5", "-1:0.5", "3:0.5,", "1:" + "0" * 700, "٣:0.5"):
        assert not valid_scores(text)


@pytest.mark.parametrize("tab", ["How it works", "Try this", "Code"])
def test_every_tab_opens(open_page: Open, tab: str) -> None:
    assert not open_page("average_precision", tab=tab, ap_scene="street").error


@pytest.mark.parametrize(
    "address",
    [
        {"ap_floor": "1"},
        {"ap_area": "large", "ap_threshold": "0.95"},
        {"ap_area": "small", "ap_crowd": "1", "ap_scene": "street"},
        {"ap_class": "5", "ap_seed": "0"},
        {"ap_class": "250", "ap_step": "99999", "ap_seed": "9999"},
        {f"ap_{name}": "8" for name in ("drop", "invent", "twice", "relabel", "ragged")},
        {"ap_shift": "12", "ap_split": "6", "ap_threshold": "0.75"},
        {"ap_scores": "999:0.5,0:nan", "ap_class": "x", "ap_step": "-3", "ap_threshold": "0.2"},
        *[dict(idea.query) for idea in IDEAS],
    ],
)
def test_every_extreme_opens(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("average_precision", **address)
    assert not app.error
    assert ">nan<" not in html(app)


def test_presets_set_the_scene(open_page: Open) -> None:
    app = open_page("average_precision", ap_scores="0:0.1", ap_step="2")
    app.button(key="ap_preset_Ghosts").click().run()
    assert not app.exception
    assert app.query_params["ap_invent"] == "6"
    assert "ap_scores" not in app.query_params
