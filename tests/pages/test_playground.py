"""The metric playground: every number is the library's, paint counts, strangers' paint does not."""

from __future__ import annotations

import base64
import io
import json
import math
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from seglib import metrics as measure
from seglib import render
from seglib.disturb import DisturbOptions, disturb
from seglib.labels import CAMVID_11, VOC_21
from seglib.options import describe
from seglib.ui.playground import (
    board,
    downloads,
    formulas,
    pictures,
    scenes,
    tabs,
    tiles,
)
from seglib.ui.playground.measures import Facts, JudgeOptions, compute
from seglib.ui.playground.scenes import BY_KEY, HEIGHT, SCENES, WIDTH
from seglib.ui.playground.table import METRICS
from tests.pages.conftest import Open, html, metrics

JUDGE = JudgeOptions()
DRAWN = [scene.key for scene in SCENES if scene.key != scenes.NETWORK]


def facts(key: str, name: str = "") -> Facts:
    scene = BY_KEY[key]
    truth, prediction = scenes.maps(key)
    prediction = disturb(
        prediction,
        DisturbOptions(**scene.options),
        seed=0,
        label_set=scene.label_set,
        classes=scene.moved_ids,
    )
    focus = scene.label_set.id_of(name or scene.focus)
    return compute(truth, prediction, scene.label_set, focus, JUDGE)


def shown(app: AppTest) -> dict[str, float]:
    pairs = re.findall(r'data-testid="tile-(\w+)" data-value="([^"]+)"', html(app))
    return {key: float(value) for key, value in pairs}


def same(first: dict[str, float], second: dict[str, float]) -> bool:
    return first.keys() == second.keys() and all(
        value == second[key] or (math.isnan(value) and math.isnan(second[key]))
        for key, value in first.items()
    )


# What one can work out with a pencil. A bus of 16 x 12 = 192 of 19,200 px, not found.
BY_HAND: dict[str, dict[str, float]] = {
    "imbalance": {
        "iou": 0, "dice": 0, "precision": math.nan, "recall": 0, "pixel_accuracy": 0.99,
        "mean_iou": 0.99 / 2, "fw_iou": 0.99 * 0.99, "boundary_iou": 0, "boundary_f": 0,
        "hausdorff": math.inf, "nsd": 0, "ap": 0, "pq": 0, "sq": 0, "rq": 0,
    },
    # 2 x 80 px, one to the right: 80 in both, 80 in each alone. All of the outline within 2 px.
    "pole": {
        "iou": 80 / 240, "dice": 0.5, "precision": 0.5, "recall": 0.5, "boundary_iou": 80 / 240,
        "boundary_f": 1, "hausdorff": 1, "hausdorff_95": 1, "asd": 0.5, "nsd": 1, "ap": math.nan,
        "pq": 0,
    },
    # 6 x 6 px, one to the right. IoU 30/42 = 0.714: right at 0.50, 0.55, 0.60, 0.65 and 0.70.
    "shift": {
        "iou": 30 / 42, "dice": 60 / 72, "boundary_iou": 30 / 42, "hausdorff": 1, "ap50": 1,
        "ap": 0.5, "pq": 30 / 42, "sq": 30 / 42, "rq": 1,
    },
    # 4,200 of 4,520 px; 1 of 21 sheep. Recalls 0 to 0.04 of 101 are reached, at precision 1.
    "many": {
        "iou": 4200 / 4520, "precision": 1, "recall": 4200 / 4520, "ap": 5 / 101, "ap50": 5 / 101,
        "rq": 1 / (1 + 20 / 2), "sq": 1, "pq": 1 / 11,
    },
    # 62 columns, the 41st gone: 40 and 21 are left. 40/62 = 0.645: right at 0.50, 0.55 and 0.60.
    "split": {
        "iou": 61 / 62, "ap50": 1, "ap": 0.3, "sq": 40 / 62, "rq": 1 / 1.5, "pq": 40 / 62 / 1.5,
    },
    # 1,800 true px, 1,860 found: one object of IoU 900/1860 = 0.484 with each.
    "merged": {"iou": 1800 / 1860, "ap": 0, "ap50": 0, "pq": 0, "sq": 0, "rq": 0},
    # Columns 20 to 59, and one pixel in column 139.
    "stray": {
        "iou": 1600 / 1601, "hausdorff": 80, "hausdorff_95": 0, "recall": 1,
        "pixel_accuracy": 19199 / 19200, "ap": 1, "rq": 1 / 1.5, "sq": 1,
    },
}  # fmt: skip


@pytest.mark.parametrize("key", BY_HAND)
def test_numbers_worked_out_by_hand(key: str) -> None:
    found = facts(key)
    for name, value in BY_HAND[key].items():
        assert found.values[name] == pytest.approx(value, nan_ok=True), name


def test_what_a_shift_does_to_the_large_bus_by_hand() -> None:
    bus = facts("shift", "bus")
    assert bus.values["iou"] == pytest.approx(79 / 81)
    # The ring, 4 px inside 80 x 60: 4800 - 72 * 52 = 1056 px.
    ring = bus.rings[0]
    assert np.count_nonzero(ring) == 1056
    assert bus.values["boundary_iou"] < 0.82 < bus.values["iou"]
    building = facts("pole", "building")
    assert building.values["iou"] == pytest.approx(59 / 61)


@pytest.mark.parametrize("key", DRAWN)
def test_every_situation_shows_what_the_library_says(open_page: Open, key: str) -> None:
    app = open_page("playground", pg_scene=key)
    assert not app.error
    found = facts(key)
    assert same(shown(app), dict(found.values))
    # Straight from seglib.metrics, without the page's own modules.
    scene = BY_KEY[key]
    truth, prediction, focus = found.truth, found.prediction, scene.focus_id
    matrix = measure.confusion_matrix(truth, prediction, num_classes=scene.label_set.num_classes)
    there, called = truth == focus, prediction == focus
    expected = {
        "iou": measure.iou(matrix)[focus],
        "dice": measure.dice(matrix)[focus],
        "mean_iou": measure.mean_iou(matrix),
        "pixel_accuracy": measure.pixel_accuracy(matrix),
        "fw_iou": measure.frequency_weighted_iou(matrix),
        "boundary_iou": measure.boundary_iou(
            truth, prediction, num_classes=scene.label_set.num_classes, radius=4
        )[focus],
        "boundary_f": measure.boundary_f(there, called, tolerance=2),
        "hausdorff": measure.hausdorff(there, called),
        "asd": measure.average_surface_distance(there, called),
    }
    for name, value in expected.items():
        assert shown(app)[name] == pytest.approx(float(value), nan_ok=True), name
    # The sentence has numbers and no braces left.
    said = re.search(r'data-testid="say">(.*?)</p>', html(app))
    assert said is not None
    assert "<b>" in said[1]
    assert "{" not in said[1]
    assert "At the start" not in said[1]


def test_where_nothing_is_judged_everything_is_undefined() -> None:
    truth = np.full((HEIGHT, WIDTH), 255, np.uint8)
    _, prediction = scenes.maps("split")
    found = compute(truth, prediction, VOC_21, VOC_21.id_of("cow"), JUDGE)
    assert all(math.isnan(value) for value in found.values.values())
    assert found.matches == ()
    for metric in METRICS:
        assert "undefined" in formulas.latex(metric.key, found)
    assert "undefined" in tiles.html(found, [found.values])
    json.loads(downloads.numbers_json(found, scene="x"))


def test_void_is_taken_out_of_every_metric() -> None:
    truth, prediction = (np.array(labels) for labels in scenes.maps("split"))
    truth[:, 85:95] = 255
    focus = VOC_21.id_of("cow")
    found = compute(truth, prediction, VOC_21, focus, JUDGE)
    assert found.values["iou"] == found.values["pq"] == found.values["ap"] == 1
    expected = measure.boundary_iou(truth, prediction, num_classes=21, radius=4)
    assert found.values["boundary_iou"] == expected[focus]
    assert found.values["hausdorff"] == 0
    # The cow is in two parts now, on both maps.
    assert [match.outcome for match in found.matches] == ["tp", "tp"]


def test_the_segments_of_the_table_are_those_of_panoptic_quality() -> None:
    found = facts("town")
    outcomes = [match.outcome for match in found.matches]
    assert outcomes.count("tp") == found.quality.tp == 3
    total = sum(match.iou for match in found.matches if match.outcome == "tp")
    assert found.values["sq"] == pytest.approx(total / 3)
    assert "matched" in tabs.match_table(found)
    assert "larger objects count as surer" in tabs.match_table(found)
    assert "is stuff" in tabs.match_table(facts("pole"))
    nothing = compute(found.truth, found.prediction, CAMVID_11, CAMVID_11.id_of("fence"), JUDGE)
    assert "Neither map has any fence" in tabs.match_table(nothing)


@pytest.mark.parametrize("cell", [None, (0, 17)])
def test_the_server_s_pictures_are_exact(cell: tuple[int, int] | None) -> None:
    found = facts("merged")
    text = pictures.html(found, cell)
    files = [base64.b64decode(data) for data in re.findall(r"base64,([^\"]+)", text)]
    drawn = []
    for file in files:
        with Image.open(io.BytesIO(file)) as picture:
            drawn.append(np.asarray(picture.convert("RGB")))
    assert [pixels.shape for pixels in drawn] == [(HEIGHT, WIDTH, 3)] * 4
    assert (drawn[0] == VOC_21.palette[found.truth]).all()
    assert (drawn[1] == VOC_21.palette[found.prediction]).all()
    for color, count in (
        (render.TRUE_POSITIVE, found.tp),
        (render.FALSE_POSITIVE, found.fp),
        (render.FALSE_NEGATIVE, found.fn),
    ):
        assert (drawn[2] == color).all(axis=2).sum() == count
    marked = (drawn[3] == board.CELL_COLOR).all(axis=2)
    if cell:
        assert (marked == ((found.truth == 0) & (found.prediction == 17))).all()
    else:
        both = (drawn[3] == render.TRUE_POSITIVE).all(axis=2)
        assert (both == (found.rings[0] & found.rings[1])).all()


def test_the_radius_of_the_ring_is_the_authors_two_percent() -> None:
    assert math.hypot(WIDTH, HEIGHT) == 200
    assert JUDGE.radius == measure.boundary_radius((HEIGHT, WIDTH))


def test_the_network_s_own_answer_is_judged(open_page: Open) -> None:
    app = open_page("playground", pg_scene="network", seed="7")
    assert not app.error
    values = shown(app)
    assert 0.3 < values["mean_iou"] < 1
    assert values["pixel_accuracy"] > 0.7
    other = open_page("playground", pg_scene="network", seed="40")
    assert shown(other) != values


def test_a_chip_sets_its_own_sliders_and_a_slider_changes_the_numbers(open_page: Open) -> None:
    app = open_page("playground")
    app.button_group(key="pg_scene").set_value("pole").run()
    assert not app.exception
    assert app.query_params["pg_scene"] == "pole"
    assert app.query_params["pg_dx"] == "1"
    assert shown(app)["iou"] == pytest.approx(1 / 3)
    said = "leaves the building an IoU of <b>0.967</b>"
    assert said in html(app)
    app.slider(key="knob_pg_dx").set_value(2).run()
    # The sentence is about the start, and stays true.
    assert f"<i>At the start:</i> The same shift {said}" in html(app)
    assert shown(app)["iou"] == 0
    assert shown(app)["hausdorff"] == 2
    text = html(app)
    # The change is on the tile: from 1 px to 2 px is for the worse.
    tile = text[text.index('data-testid="tile-hausdorff"') :][:600]
    assert 'class="delta bad"><i>▲</i>1.00' in tile
    assert "data:image/svg+xml" in tile
    app.button_group(key="pg_scene").set_value("stray").run()
    assert "pg_dx" not in app.query_params
    assert shown(app)["hausdorff"] == 80


def test_every_disturbance_has_a_slider(open_page: Open) -> None:
    app = open_page("playground")
    keys = {slider.key for slider in app.slider}
    assert {f"knob_pg_{info.name}" for info in describe(DisturbOptions)} <= keys


def test_an_address_with_sliders_of_its_own_keeps_them(open_page: Open) -> None:
    app = open_page("playground", pg_scene="pole", pg_dx="0", pg_dy="3")
    assert shown(app)["iou"] > 0.9
    assert app.slider(key="knob_pg_dy").value == 3


def test_another_class_and_a_cell_come_by_the_address(open_page: Open) -> None:
    app = open_page("playground", pg_scene="pole", pg_class="building", pg_cell="0-2")
    assert shown(app)["iou"] == pytest.approx(59 / 61)
    assert app.selectbox(key="pg_cell").value == "0-2"
    app.button(key="pg_unmark").click().run()
    assert "pg_cell" not in app.query_params
    app.selectbox(key="pg_class").set_value("pole").run()
    assert "pg_class" not in app.query_params
    assert shown(app)["iou"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "address",
    [
        {"pg_scene": "dragon"},
        {"pg_class": "dragon"},
        {"pg_scene": "stray", "pg_class": "sky"},
        {"pg_cell": "99-1"},
        {"pg_cell": "<b>"},
        {"pg_cell": "3-255"},
        {"pg_dx": "1e9", "pg_erode": "-1", "pg_speckle": "nan"},
        {"pg_dx": "20", "pg_dy": "-20", "pg_erode": "10", "pg_dilate": "10", "pg_ragged": "8"},
        {"pg_speckle": "0.3", "pg_invent": "12", "pg_holes": "12", "pg_split": "6"},
        {"pg_drop": "12", "pg_merge": "6", "pg_relabel": "8", "pg_rotate": "-45"},
        {"pg_scene": "many", "pg_drop": "12"},
        {"pg_radius": "20", "pg_tolerance": "10", "pg_seed": "9999"},
        {"pg_seed": "-1", "pg_metric": "nonsense"},
    ],
)
def test_any_address_opens_the_page(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("playground", **address)
    assert not app.error
    assert len(shown(app)) == len(METRICS)


@pytest.mark.parametrize("tab", ["Numbers", "How it works", "Try this", "Code"])
def test_every_tab_opens(open_page: Open, tab: str) -> None:
    app = open_page("playground", pg_scene="imbalance", tab=tab)
    assert not app.error
    if tab == "How it works":
        assert metrics(app)["IoU"] == "0"


@pytest.mark.parametrize("key", [metric.key for metric in METRICS])
@pytest.mark.parametrize("scene", ["town", "imbalance"])
def test_every_formula_ends_in_the_value_on_its_tile(key: str, scene: str) -> None:
    found = facts(scene)
    text = formulas.latex(key, found)
    value = found.values[key]
    metric = next(one for one in METRICS if one.key == key)
    end = metric.show(value).removesuffix(" px")
    if math.isnan(value):
        assert text.rstrip().removesuffix(r"\end{aligned}").rstrip().endswith(r"\text{undefined}")
    else:
        assert f"= {end}" in text or math.isinf(value)
    assert text.count("{") == text.count("}")
    assert r"\begin{aligned}" in text


def test_the_formula_has_the_counts_put_in() -> None:
    assert r"\frac{80}{80 + 80 + 80} = 0.333" in formulas.latex("iou", facts("pole"))
    assert r"\max(0,\ 80.0) = 80.0" in formulas.latex("hausdorff", facts("stray"))


@pytest.mark.parametrize("one", tabs.TRIES)
def test_each_idea_s_address_works(open_page: Open, one: Any) -> None:
    app = open_page("playground", **one.query)
    assert not app.error
