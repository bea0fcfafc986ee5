"""The page about convolution: what it shows is what the library computes; any setting opens."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from seglib.concepts import convolution as conv
from seglib.errors import UsageError
from seglib.ui import source
from seglib.ui.convolution.ideas import IDEAS
from seglib.ui.figures.matrix import number
from tests.pages.conftest import Open, html, metrics


def _sum(app: AppTest) -> str:
    text = html(app)
    return text.split("the sum is <b>")[1].split("</b>")[0]


def test_a_step_shows_window_products_and_sum(open_page: Open) -> None:
    app = open_page("convolution", conv_preset="count", conv_kernel="laplace", conv_step="6")
    x = source.PRESETS["count"][1]
    one = conv.step(x, conv.kernel("laplace", 3), (1, 1), padding=1)
    assert _sum(app) == number(one.total, 4) == "0"
    assert metrics(app)["Output"] == "5 × 5"
    assert metrics(app)["Multiply-adds"] == "225"
    assert metrics(app)["Weights"] == "9"
    assert metrics(app)["NumPy − OpenVINO"] == "0"
    assert 'data-testid="conv-products"' in html(app)


def test_the_slider_steps_and_the_address_follows(open_page: Open) -> None:
    app = open_page("convolution", conv_preset="count", conv_kernel="identity")
    for step in (2, 25, 13):
        app.slider(key="step_conv_step").set_value(step).run()
        assert not app.exception
        assert _sum(app) == str(step)
        assert app.query_params["conv_step"] == str(step - 1)


def test_a_window_that_is_too_large_says_why_and_offers_what_fits(open_page: Open) -> None:
    app = open_page("convolution", conv_preset="count", conv_dilation="3", conv_padding="0")
    assert "spans 7 cells, the input with its padding only 5" in app.warning[0].value
    app.button(key="conv_fit").click().run()
    assert not app.warning
    assert app.query_params.get("conv_padding", "1") == "1"
    assert metrics(app)["Output"] == "1 × 1"


def test_where_no_padding_helps_the_kernel_is_reset(open_page: Open) -> None:
    app = open_page("convolution", conv_preset="count", conv_dilation="4", conv_size="7")
    app.button(key="conv_fit").click().run()
    assert not app.warning
    assert metrics(app)["Output"] == "5 × 5"


def test_it_says_what_a_stride_leaves_out(open_page: Open) -> None:
    app = open_page(
        "convolution",
        conv_preset="lines",
        conv_kernel="identity",
        conv_size="1",
        conv_stride="3",
        conv_padding="0",
    )
    assert "6 columns of the input never seen" in html(app)
    app = open_page("convolution")
    assert "Every cell of the input is seen" in html(app)


def test_the_formula_holds_the_very_numbers(open_page: Open) -> None:
    app = open_page("convolution", tab="How it works", conv_stride="2", conv_size="5")
    lines = [element.value for element in app.latex]
    assert any(r"\frac{8 + 2\cdot1 - 1\,(5-1) - 1}{2}" in line for line in lines)


def test_one_s_own_numbers_and_kernel(open_page: Open) -> None:
    app = open_page(
        "convolution",
        conv_in="edit",
        conv_cells="1 2/3 4",
        conv_kernel="own",
        conv_own="1 1/1 1",
        conv_padding="0",
    )
    assert _sum(app) == "10"
    app.number_input(key="conv_cells_0").set_value(3).run()
    assert app.query_params["conv_cells"] == "1 2/3 4/0 0"
    assert metrics(app)["Output"] == "2 × 1"


@pytest.mark.parametrize("idea", [dict(idea.query) for idea in IDEAS])
def test_each_idea_s_address_works(open_page: Open, idea: dict[str, str]) -> None:
    app = open_page("convolution", **idea)
    assert not app.error
    assert not app.warning


@pytest.mark.parametrize("tab", ["Numbers", "How it works", "Try this", "Code"])
def test_every_tab_opens(open_page: Open, tab: str) -> None:
    assert not open_page("convolution", tab=tab).error


@pytest.mark.parametrize(
    "address",
    [
        {"conv_size": "1", "conv_stride": "4", "conv_padding": "6", "conv_dilation": "4"},
        {"conv_size": "7", "conv_stride": "4", "conv_padding": "6", "conv_dilation": "4"},
        {"conv_size": "7", "conv_padding": "0", "conv_dilation": "1", "conv_in": "picture"},
        {"conv_step": "99999"},
        {"conv_step": "-1", "conv_size": "2", "conv_stride": "0", "conv_kernel": "x"},
        {"conv_in": "layer", "conv_layer": "class-scores", "conv_channel": "4095"},
        {"conv_in": "layer", "conv_layer": "no-such-layer"},
        {"conv_in": "edit", "conv_cells": "1"},
        {"conv_in": "edit", "conv_cells": "nan inf/x"},
        {"conv_in": "edit", "conv_cells": "/".join([" ".join(["-999"] * 12)] * 12)},
        {"conv_kernel": "own", "conv_own": "/".join(["1 2 3 4 5 6 7"] * 7)},
        {"conv_kernel": "own", "conv_own": "1 2/3"},
        {"conv_kernel": "own", "conv_own": "0"},
        {"conv_layer_of_inputs": "512", "conv_layer_of_outputs": "512"},
    ],
)
def test_any_address_opens_the_page(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("convolution", **address)
    assert not app.error
    text = html(app)
    assert ">nan<" not in text
    assert ">inf<" not in text


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "expected 1 to 12 rows"),
        ([[1], [1, 2]], "equally many numbers"),
        ([[1, None]], "row 1, column 2 is empty"),
        ([[1], ["x"]], "row 2, column 1 is empty or no number"),
        ([[True]], "row 1, column 1 is empty or no number"),
        ([[1000.0]], "from −999 to 999, got 1000"),
        ([[float("nan")]], "got nan"),
        ([[1.0] * 13], "expected 1 to 12 rows"),
    ],
)
def test_bad_cells_are_refused_in_one_sentence(rows: list[list[object]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        source.checked(rows)


def test_a_matrix_survives_the_address() -> None:
    values = np.random.default_rng(0).normal(size=(12, 12)).round(3).astype(np.float32)
    text = source.text_of(values)
    assert len(text) <= 1600
    np.testing.assert_allclose(source.parse(text), values, rtol=1e-5)
    assert not source.parse(text).flags.writeable
