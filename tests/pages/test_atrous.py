"""The page about atrous convolution: five views, golden numbers, any setting."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from seglib.concepts import cost
from seglib.models import find
from seglib.ui import caches, layers
from seglib.ui.atrous import real, strategies
from seglib.ui.atrous.ideas import IDEAS
from seglib.ui.atrous.state import VIEWS, parse_rates
from tests.pages.conftest import Open, html, metrics


def test_gridding_is_seen_and_cured(open_page: Open) -> None:
    app = open_page("atrous", atr_rates="2.2.2")
    assert metrics(app)["Receptive field"] == "13 cells"
    assert metrics(app)["Touched"] == "29.0 %"
    assert metrics(app)["Hybrid rule"] == "broken"
    assert "71.0 % of it holes" in html(app)
    app.pills(key="atr_preset").set_value("1.2.5").run()
    assert not app.exception
    assert app.query_params["atr_rates"] == "1.2.5"
    assert metrics(app)["Receptive field"] == "17 cells"
    assert metrics(app)["Hybrid rule"] == "holds"
    assert "no holes" in html(app)


def test_layers_and_rates_have_their_own_sliders(open_page: Open) -> None:
    app = open_page("atrous", atr_rates="1.2")
    app.slider(key="atr_count").set_value(4).run()
    assert app.query_params["atr_rates"] == "1.2.2.2"
    app.slider(key="atr_rate_3").set_value(12).run()
    assert app.query_params["atr_rates"] == "1.2.2.12"
    assert metrics(app)["Receptive field"] == f"{1 + 2 * 17} cells"


def test_the_trick_says_that_the_values_are_the_same(open_page: Open) -> None:
    app = open_page("atrous", atr_view="trick", atr_in="preset", atr_preset="disc", atr_step="7")
    assert float(metrics(app)["Largest difference"]) < 1e-4
    text = html(app)
    cell = text.split("with the stride <b>")[1].split("</b>")[0]
    assert text.split("atrous at")[1].split("<b>")[1].split("</b>")[0] == cell
    assert metrics(app)["Cells"] == "81"


def test_the_pyramid_runs_the_street_model_s_branches(open_page: Open) -> None:
    app = open_page("atrous", atr_view="pyramid", atr_set="v3")
    text = html(app)
    assert "rate 6: 6.44 of 9; rate 12: 4.30 of 9; rate 18: 2.58 of 9" in text
    for rate in (6, 12, 18):
        assert float(metrics(app)[f"NumPy − OpenVINO, rate {rate}"]) < 1e-4


def test_separable_cost(open_page: Open) -> None:
    app = open_page(
        "atrous",
        atr_view="cost",
        atr_cost_inputs="512",
        atr_cost_outputs="512",
        atr_cost_side="14",
    )
    assert metrics(app)["Full"] == "2,359,296"
    assert metrics(app)["Separable"] == "266,752"
    assert "8.84 times cheaper" in html(app)
    app.button(key="atr_time").click().run()
    assert not app.exception
    assert 'data-testid="atr-timed"' in html(app)


def test_a_layer_too_large_is_not_timed(open_page: Open) -> None:
    app = open_page(
        "atrous",
        atr_view="cost",
        atr_cost_inputs="512",
        atr_cost_outputs="512",
        atr_cost_side="64",
        atr_cost_kernel="7",
    )
    assert "Too large to be timed" in html(app)


def test_the_four_strategies_count_the_street_model() -> None:
    found = {one.key: one for one in strategies.strategies()}
    every = layers.listing()
    whole = strategies.multiply_adds(every)
    assert 2 * whole / 1e9 == pytest.approx(find("street").gflops, rel=1e-3)
    encoder = cost.image_pyramid(found["image"].adds, [1]) / 1.8125
    parts = found["decoder"].adds + found["spatial"].adds - 2 * encoder
    assert encoder + parts == pytest.approx(whole)
    assert encoder < found["spatial"].adds < found["deeper"].adds < found["image"].adds


def test_the_strategies_can_be_timed(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    # Compiling seven networks is not what this test is about; one of them is timed below.
    monkeypatch.setattr(strategies, "_median", lambda name, size: 1.0 + size[0] / 480)
    app = open_page("atrous", atr_view="scales")
    assert "not timed" in html(app)
    app.button(key="atr_time_four").click().run()
    assert not app.exception
    assert "not timed" not in html(app)
    assert "5.23 ms" in html(app)


def test_a_part_of_the_model_runs_at_another_size() -> None:
    assert strategies._median(layers.named("block-3").name, (240, 176), rounds=1) > 0


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("tab", ["How it works", "Code"])
def test_every_tab_of_every_view_opens(open_page: Open, view: str, tab: str) -> None:
    assert not open_page("atrous", atr_view=view, tab=tab).error


@pytest.mark.parametrize("idea", [dict(idea.query) for idea in IDEAS])
def test_each_idea_s_address_works(open_page: Open, idea: dict[str, str]) -> None:
    assert not open_page("atrous", **idea).error


@pytest.mark.parametrize(
    "address",
    [
        {"atr_rates": "12.12.12.12.12", "atr_x": "0", "atr_y": "100", "atr_weights": "equal"},
        {"atr_rates": "13"},
        {"atr_rates": "1.2.", "atr_view": "x"},
        {"atr_rates": "1", "atr_x": "100", "atr_y": "0", "tab": "How it works"},
        {"atr_view": "trick", "atr_trick_stride": "4", "atr_in": "edit", "atr_cells": "5"},
        {"atr_view": "trick", "atr_step": "99999"},
        {"atr_view": "pyramid", "atr_set": "own", "atr_rate": "40", "atr_feature": "95"},
        {"atr_view": "pyramid", "atr_set": "own", "atr_rate": "1", "atr_x": "0", "atr_y": "0"},
        {"atr_view": "cost", "atr_cost_inputs": "1", "atr_cost_outputs": "1",
         "atr_cost_kernel": "1", "atr_cost_side": "4"},
        {"picture": "rocket"},
    ],
)  # fmt: skip
def test_any_address_opens_the_page(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("atrous", **address)
    assert not app.error
    assert 'data-testid="atr-' in html(app)


@pytest.mark.parametrize("text", ["", "0", "13", "1..2", "1.2.3.4.5.6", "a", "²", "-1", "1" * 30])
def test_senseless_rates(text: str) -> None:
    assert parse_rates(text) == []


def test_what_the_model_looks_at_is_what_changes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in that sees one patch only: the measurement finds that one and no other."""
    picture = caches.sample("street", 28)
    high, wide = picture.image.pixels.shape[:2]
    row, column = 7, 2
    y = slice(round(high * row / real.ROWS), round(high * (row + 1) / real.ROWS))
    x = slice(round(wide * column / real.COLUMNS), round(wide * (column + 1) / real.COLUMNS))

    class OnePatch:
        def forward(self, image):  # type: ignore[no-untyped-def]
            seen = float(image.pixels[y, x].astype(float).sum())
            return SimpleNamespace(outputs={"logits": np.full((1, 2, 4, 5), seen)})

    monkeypatch.setattr(caches, "segmenter", lambda name, precision: OnePatch())
    found = real.measure(picture, 50, 60)
    assert found.shape == (real.ROWS, real.COLUMNS)
    assert np.flatnonzero(found).tolist() == [row * real.COLUMNS + column]


def test_the_field_grows_layer_by_layer_back_from_the_output(open_page: Open) -> None:
    said = []
    for depth in ("0", "1", "2"):
        app = open_page("atrous", atr_rates="1.2.5", atr_depth=depth)
        text = html(app)
        said.append(text.split('data-testid="atr-sentence">')[1].split("</b> cells")[0])
        assert text.count("opacity:0.3") == 2 - int(depth)
        # The numbers are those of the whole stack.
        assert metrics(app)["Receptive field"] == "17 cells"
        assert metrics(app)["Touched"] == "100 %"
    assert said == [
        "The last layer of 3 spans 1 + 2 · 5 = <b>11 × 11",
        "The last 2 layers of 3 span 1 + 2 · 5 + 2 · 2 = <b>15 × 15",
        "3 layers of 3 × 3 span 1 + 2 · 5 + 2 · 2 + 2 · 1 = <b>17 × 17",
    ]
    # A depth of a longer stack means all of a shorter one.
    app = open_page("atrous", atr_rates="3", atr_depth="2")
    assert "1 layer of 3 × 3 spans 1 + 2 · 3 = <b>7 × 7" in html(app)
