"""From patches to FCN: both ways agree, the race is run, the table is the lecture's."""

from __future__ import annotations

import pytest

from seglib.concepts import cost_table
from seglib.ui.patches import ideas, layer
from tests.files import GOOD
from tests.pages.conftest import Open, html, metrics


def test_window_and_pass_say_the_same(open_page: Open) -> None:
    app = open_page("patches", patches_across="31", patches_down="64")
    shown = metrics(app)
    assert shown["Window"] == shown["One pass"]
    assert float(shown["Difference"]) <= 1e-4
    text = html(app)
    assert "patches-heat" in text
    assert "the truth is exact" in text
    assert float(shown["F of membrane"]) > 0.7


def test_the_race_is_measured_and_both_agree(open_page: Open) -> None:
    app = open_page("patches")
    assert "One pass is faster" not in metrics(app)
    app.button(key="patches_race").click().run()
    assert not app.exception
    assert not app.error
    ratio = float(metrics(app)["One pass is faster"].rstrip(" ×"))
    assert ratio > 2
    text = html(app)
    assert "1,089 windows" in text
    difference = text.split("largest difference of a logit <b>")[1].split("<")[0]
    assert float(difference) <= 1e-4
    # another picture has not been raced over yet
    app.slider(key="knob_patches_seed").set_value(11).run()
    assert "One pass is faster" not in metrics(app)


@pytest.mark.parametrize("across", ["0", "100"])
@pytest.mark.parametrize("down", ["0", "100"])
def test_the_window_reaches_every_corner(open_page: Open, across: str, down: str) -> None:
    shown = metrics(open_page("patches", patches_across=across, patches_down=down))
    assert shown["Window"] == shown["One pass"]


def test_a_picture_of_one_s_own(open_page: Open) -> None:
    app = open_page("patches", patches_from="picture", picture="cat", patches_show="decision")
    assert not app.error
    assert "electron micrographs only" in html(app)
    assert "F of membrane" not in metrics(app)


@pytest.mark.parametrize("name", ["dot.png", "tall.png", "wide.png"])
def test_an_odd_picture_is_judged_and_raced_over(open_page: Open, name: str) -> None:
    app = open_page("patches", patches_from="picture")
    app.file_uploader(key="upload").upload(name, GOOD[name]()[0], "image/png").run()
    assert not app.error
    assert metrics(app)["Window"] == metrics(app)["One pass"]
    app.button(key="patches_race").click().run()
    assert not app.exception
    assert not app.error


def test_fc6_has_its_parameters_either_way(open_page: Open) -> None:
    app = open_page("patches", patches_view="layer", tab="How it works")
    shown = metrics(app)
    assert shown["Fully connected"] == shown["As a convolution"] == "102,764,544"
    assert shown["Answers"] == "4 × 4"
    app.button(key="patches_fc_VGG fc6 as it was").click().run()
    assert metrics(app)["Answers"] == "1 × 1"


def test_maps_are_never_smaller_than_the_kernel(open_page: Open) -> None:
    app = open_page("patches", patches_view="layer", patchfc_side="3", patchfc_kernel="9")
    assert not app.error
    assert metrics(app)["Answers"] == "1 × 1"
    assert app.query_params["patchfc_side"] == ["9"] or app.query_params["patchfc_side"] == "9"


def test_the_lecture_s_costs(open_page: Open) -> None:
    app = open_page("patches", patches_view="cost", tab="How it works")
    shown = metrics(app)
    assert shown == {
        "Windows": "262,144",
        "Sliding": "31.8 T",
        "One pass": "57.4 G",
        "Ratio": f"{cost_table.cost(512, 512).ratio:.0f} ×",
    }
    text = html(app)
    for size in (92, 46, 42, 21, 18, 9, 6, 3):
        assert f"48 × {size} × {size}" in text
    app.slider(key="patches_side_slider").set_value(1024).run()
    assert metrics(app)["Windows"] == "1,048,576"
    assert metrics(app)["Ratio"] == shown["Ratio"]


@pytest.mark.parametrize("tab", ["Numbers", "How it works", "Try this", "Code"])
@pytest.mark.parametrize("view", ["window", "layer", "cost"])
def test_every_tab_opens(open_page: Open, tab: str, view: str) -> None:
    assert not open_page("patches", tab=tab, patches_view=view, patches_net="ours").error


@pytest.mark.parametrize("idea", [dict(idea.query) for idea in ideas.IDEAS])
def test_each_idea_s_address_works(open_page: Open, idea: dict[str, str]) -> None:
    assert not open_page("patches", **idea).error


@pytest.mark.parametrize("name", list(layer.PRESETS))
def test_each_preset_is_a_valid_layer(open_page: Open, name: str) -> None:
    app = open_page("patches", patches_view="layer")
    app.button(key=f"patches_fc_{name}").click().run()
    assert not app.error
    values = layer.PRESETS[name]
    grid = values["side"] - values["kernel"] + 1
    assert metrics(app)["Answers"] == f"{grid} × {grid}"


@pytest.mark.parametrize(
    "address",
    [
        {"patches_across": "-1", "patches_down": "101", "patches_threshold": "nan"},
        {"patches_view": "<b>", "patches_from": "x", "patches_seed": "1e9"},
        {"patches_view": "layer", "patchfc_side": "32", "patchfc_kernel": "1"},
        {"patches_view": "layer", "patches_cell": "9999"},
        {"patches_view": "layer", "patchfc_channels": "1", "patchfc_outputs": "1"},
        {"patches_view": "cost", "patches_side": "99999"},
        {"patches_view": "cost", "patches_side": "97"},
    ],
)
def test_any_address_opens_the_page(open_page: Open, address: dict[str, str]) -> None:
    assert not open_page("patches", **address).error
