"""The page about regions: the library's numbers, the lectures' example, every extreme."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from seglib.concepts import roi_align, roi_graph
from seglib.concepts.roi_options import RoiOptions
from seglib.options import describe
from seglib.ui import knobs
from seglib.ui.roi import field, ground, ideas, point
from seglib.ui.roi.work import Work
from tests.pages.conftest import Open, html, metrics

LECTURE = knobs.query(RoiOptions, "roi", **ideas.LECTURE)


def test_the_lectures_example_is_there_to_read(open_page: Open) -> None:
    app = open_page("roi", **LECTURE)
    assert not app.error
    formulas = " ".join(element.value for element in app.latex)
    assert r"\max(0.14,\, 0.21,\, 0.51,\, 0.43) &= 0.51" in formulas
    assert r"\text{average} &= 0.3225" in formulas
    assert "0.1449" in formulas
    text = html(app)
    assert "x = 9.944, y = 6.503" in text
    assert 'data-testid="roi-cells"' in text


def test_half_a_cell_is_nothing_to_pool_and_something_to_align(open_page: Open) -> None:
    app = open_page("roi", seed="28", **knobs.query(RoiOptions, "roi", **ideas.HALF))
    shown = metrics(app)
    assert shown["RoIPool, moved by ½ cell, changes by"] == "0"
    assert float(shown["RoIAlign, moved by ½ cell, changes by"]) > 0.05
    before = html(app)
    app.button(key="roi_half").click().run()
    assert not app.exception
    assert app.query_params["roi_x"] == "192"
    after = html(app)

    def cells(text: str, name: str) -> str:
        return text.split(f'data-testid="{name}"')[1].split("seg-plate-caption")[0]

    assert cells(before, "roi-pool") == cells(after, "roi-pool")
    assert cells(before, "roi-align") != cells(after, "roi-align")


def test_what_is_shown_is_openvino_s_and_agrees_with_the_reference(open_page: Open) -> None:
    text = html(open_page("roi"))
    note = text.split('data-testid="roi-agreement"')[1].split("</p>")[0]
    numbers = [float(part.strip(" .")) for part in (note.split("RoIPool")[1].split(",")[0],)]
    assert "OpenVINO" in note
    assert all(number < 1e-4 for number in numbers)


EXTREMES: dict[str, dict[str, str]] = {
    "far right and below": {"roi_x": "600", "roi_y": "600"},
    "far left and above": {"roi_x": "-100", "roi_y": "-100", "roi_w": "600", "roi_h": "600"},
    "no area": {"roi_w": "0", "roi_h": "0"},
    "no area, adaptive": {"roi_w": "0", "roi_sampling": "0"},
    "no area, adaptive, maximum forgotten": {
        "roi_w": "0",
        "roi_sampling": "0",
        "roi_aligned": "asymmetric",
    },
    "everything, adaptive, fine": {
        "roi_x": "-100",
        "roi_y": "-100",
        "roi_w": "600",
        "roi_h": "600",
        "roi_sampling": "0",
        "roi_stride": "4",
        "roi_bins": "7",
        "roi_sample": "9999",
    },
    "average, pixel centres": {"roi_mode": "avg", "roi_aligned": "half_pixel", "roi_draw": "pool"},
    "last channel of the narrow layer": {"roi_channel": "127", "roi_stride": "4"},
    "close up": {"roi_zoom": "close", "roi_view": "features", "roi_w": "0", "roi_h": "0"},
    "lecture, far away": {"roi_source": "lecture", "roi_x": "600", "roi_y": "-100"},
    "nonsense": {
        "roi_x": "nan",
        "roi_w": "-1",
        "roi_bins": "9",
        "roi_sample": "-3",
        "roi_h": "1e9",
    },
}


@pytest.mark.parametrize("name", EXTREMES)
def test_every_control_s_extremes(open_page: Open, name: str) -> None:
    app = open_page("roi", **EXTREMES[name])
    assert not app.error
    assert 'data-testid="roi-pool"' in html(app)
    if name == "no area, adaptive":
        assert any("undefined" in element.value for element in app.markdown)


def test_a_slider_goes_to_the_address_and_back(open_page: Open) -> None:
    app = open_page("roi")
    app.slider(key="knob_roi_x").set_value(200.0).run()
    assert app.query_params["roi_x"] == "200"
    again = open_page("roi", roi_x="200")
    assert again.slider(key="knob_roi_x").value == 200
    assert html(app).split("roi-edges")[1][:900] == html(again).split("roi-edges")[1][:900]


def test_only_a_sample_outside_the_centres_reads_the_border(open_page: Open) -> None:
    def says(app: AppTest) -> bool:
        return any("reads the border" in element.value for element in app.markdown)

    assert not says(open_page("roi", roi_sample="5"))
    assert not says(open_page("roi", roi_x="184", roi_y="216", roi_w="80", roi_h="96"))
    # half a cell outside the first centres
    assert says(open_page("roi", roi_x="0", roi_y="0", roi_w="16", roi_h="16"))


@pytest.mark.parametrize("tab", ["How it works", "Try this", "Code"])
def test_the_other_tabs(open_page: Open, tab: str) -> None:
    app = open_page("roi", tab=tab)
    assert not app.error
    if tab == "Code":
        assert any("def roi_align(" in block.value for block in app.code)


@pytest.mark.parametrize("name", ideas.PRESETS)
def test_presets_hold_what_may_be_set(name: str) -> None:
    RoiOptions(**ideas.PRESETS[name])


def test_another_picture_gives_other_features(open_page: Open) -> None:
    one, two = html(open_page("roi")), html(open_page("roi", picture="cat"))
    assert one.split("roi-align")[1][:2000] != two.split("roi-align")[1][:2000]


@pytest.mark.parametrize(
    "report",
    [
        None,
        3,
        {},
        {"box": [1, 2, 3], "sequence": 1},
        {"box": [1, 2, "3", 4], "sequence": 1},
        {"box": [1, 2, float("nan"), 4], "sequence": 1},
        {"box": [5, 5, 4, 9], "sequence": 1},
        {"box": [0, 0, 5000, 9], "sequence": 1},
        {"box": [-500, 0, 5, 9], "sequence": 1},
        {"box": [0, 0, 5, 9], "sequence": True},
        {"box": [0, 0, 5, 9], "sequence": -1},
        {"box": [True, 0, 5, 9], "sequence": 1},
    ],
)
def test_nonsense_from_a_browser_is_no_region(report: object) -> None:
    assert field.parse(report) is None


def test_what_a_browser_may_report() -> None:
    assert field.parse({"box": [1, 2.5, 30, 40], "live": True, "sequence": 7}) == (
        (1, 2.5, 30, 40),
        True,
        7,
    )
    assert point.parse([3, 4.0], (9, 9)) == (3, 4)
    for wrong in (None, [1], [9, 0], [-1, 0], [0.5, 1], ["1", 2], [True, 0], "12"):
        assert point.parse(wrong, (9, 9)) is None


def test_the_view_holds_the_region_in_the_picture_s_proportions() -> None:
    low = next(info for info in describe(RoiOptions) if info.name == "x").low
    assert low is not None
    lecture = {**ideas.LECTURE, "zoom": "all"}
    for changes in ({}, {"x": low, "y": low}, {"x": 600.0}, {"zoom": "close"}):
        options = RoiOptions(**{**lecture, **changes})
        x, y, width, height = field.view(Work(options, ground.read(options)))
        assert width == pytest.approx(height)
        assert x <= options.x
        assert y <= options.y
        assert x + width >= options.x + options.w
        assert y + height >= options.y + options.h


def test_work_by_the_reference_where_no_operator_does_it() -> None:
    options = RoiOptions(**{**ideas.LECTURE, "mode": "avg"})
    work = Work(options, ground.read(options))
    assert work.placing == "thirds"
    np.testing.assert_array_equal(work.aligned_values, work.align_reference(options.box))
    usual = roi_align.roi_align(work.ground.values, options.box, bins=3, scale=1 / 32)
    assert np.abs(usual[0] - work.aligned_values).max() > 0.01
    graph = roi_graph.roi_align(work.ground.values, options.box, bins=3, scale=1 / 32)
    np.testing.assert_allclose(usual, graph, atol=1e-4)
