"""The page about pyramid pooling: bins, levels, costs, extremes."""

from __future__ import annotations

import pytest

from seglib.concepts import pyramid
from tests.pages.conftest import Open, html, metrics


def test_a_bin_with_its_numbers(open_page: Open) -> None:
    app = open_page("pyramid", pyramid_bins="6", pyramid_bin="13")
    assert not app.error
    # bin 13 of 6 × 6: third row, second column
    rows, columns = pyramid.spans(23, 6)[2], pyramid.spans(30, 6)[1]
    assert (rows, columns) == ((7, 12), (5, 10))
    formulas = " ".join(element.value for element in app.latex)
    assert r"= 7 \dots 11" in formulas
    assert r"= 5 \dots 9" in formulas
    assert "5 × 5 = 25 cells" in html(app)


def test_the_single_bin_is_the_same_everywhere(open_page: Open) -> None:
    values = {
        metrics(open_page("pyramid", pyramid_bins="3", pyramid_bin=number))["Level 1 × 1"]
        for number in ("0", "8")
    }
    assert len(values) == 1


def test_costs_and_agreement_under_numbers(open_page: Open) -> None:
    text = html(open_page("pyramid", pyramid_width="paper"))
    assert f"{2048 * 512:,}" in text
    assert f"{4096 * 512 * 9 * 3600:,}" in text
    note = text.split('data-testid="pyramid-agreement"')[1].split("</p>")[0]
    assert float(note.split(":")[-1].strip(" .")) < 1e-4
    assert "640 channels" in text


@pytest.mark.parametrize(
    "address",
    [
        {"pyramid_bins": "1", "pyramid_bin": "9999"},
        {"pyramid_bins": "12", "pyramid_bin": "143", "pyramid_under": "features"},
        {"pyramid_group": "79", "picture": "cat"},
        {"pyramid_bins": "0", "pyramid_group": "-1", "pyramid_bin": "x"},
    ],
)
def test_every_control_s_extremes(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("pyramid", **address)
    assert not app.error
    assert 'data-testid="pyramid-bin"' in html(app)


@pytest.mark.parametrize("tab", ["How it works", "Try this", "Code"])
def test_the_other_tabs(open_page: Open, tab: str) -> None:
    assert not open_page("pyramid", tab=tab).error
