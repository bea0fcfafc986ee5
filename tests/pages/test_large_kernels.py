"""The page about large kernels: costs, what pairs hold, refinement, extremes."""

from __future__ import annotations

import numpy as np
import pytest

from seglib.concepts import large_kernels as large
from seglib.concepts.large_kernels_options import LargeOptions
from seglib.scenes import street
from seglib.ui.large_kernels import passes, work
from seglib.ui.numbers import percent
from seglib.ui.samples import STREET_SIZE
from tests.pages.conftest import Open, html, metrics


def _held(text: str) -> str:
    return text.split('data-testid="large-held"')[1].split("</p>")[0]


def test_weights_and_receptive_field(open_page: Open) -> None:
    shown = metrics(open_page("large_kernels", large_size="15"))
    dense = large.dense_cost(15, 96, 11, 1).parameters
    block = large.separable_cost(15, 96, 11, 1).parameters
    assert shown["Weights of k×1 + 1×k against k×k"] == percent(block / dense)
    assert shown["One output cell reads"] == "120 × 120 px"


def test_a_gaussian_is_one_pair_and_a_line_is_not(open_page: Open) -> None:
    one = html(open_page("large_kernels", large_kernel="gaussian", large_pairs="1"))
    assert "<b>100 %</b>" in _held(one)
    assert "its rank is 1" in _held(one)
    line = html(open_page("large_kernels", large_kernel="line", large_pairs="2"))
    held = large.separate(large.kernel("line", 15)).held
    assert f"<b>{percent(held)}</b>" in _held(line)


def test_refinement_without_strength_changes_nothing(open_page: Open) -> None:
    app = open_page("large_kernels", large_strength="0")
    assert metrics(app)["Cells that change"] == "0"
    assert metrics(open_page("large_kernels", large_strength="8"))["Cells that change"] != "0"


@pytest.mark.parametrize(
    "address",
    [
        {"large_size": "1", "large_pairs": "3"},
        {"large_size": "31", "large_kernel": "random", "large_x": "0", "large_y": "0"},
        {"large_size": "4", "large_kernel": "disk", "large_x": "59", "large_y": "44"},
        {"large_channel": "95", "large_kernel": "log", "picture": "coffee"},
        {"large_size": "33", "large_x": "60", "large_strength": "nan"},
    ],
)
def test_every_control_s_extremes(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("large_kernels", **address)
    assert not app.error
    text = html(app)
    assert 'data-testid="large-apart"' in text
    note = text.split('data-testid="large-agreement"')[1].split("</p>")[0]
    assert all(
        float(part) < 1e-4
        for part in (note.split("k×k ")[1].split(",")[0], note.split("pairs ")[1].rstrip("."))
    )


@pytest.mark.parametrize("tab", ["How it works", "Try this", "Code"])
def test_the_other_tabs(open_page: Open, tab: str) -> None:
    assert not open_page("large_kernels", tab=tab).error


@pytest.mark.parametrize("pairs", ["1", "3"])
def test_the_passes_add_up_to_the_block(pairs: str) -> None:
    options = LargeOptions(size=15, kernel="line", pairs=pairs)
    image = street(28, size=STREET_SIZE).image
    now = work.read(options, image)
    every = passes.passes(now)
    assert len(every) == 2 * int(pairs)
    np.testing.assert_allclose(every[-1].total, now.block, atol=1e-4)
    at = (0, 44)  # in the corner: half of each strip lies beyond the map
    for one in every:
        strip = passes.under(one.before, one.weights.shape, at)
        assert strip.shape == one.weights.shape
        product = float((strip * one.weights).sum())
        assert product == pytest.approx(float(one.after[at[1], at[0]]), abs=1e-4)


def test_a_pass_is_chosen_by_its_step(open_page: Open) -> None:
    for step, name in enumerate(("column 15 × 1", "row 1 × 15", "row 1 × 15", "column 15 × 1")):
        app = open_page("large_kernels", large_kernel="line", large_pass=str(step))
        assert not app.exception
        text = html(app).split('data-testid="large-sum"')[1]
        assert f"Pair {step // 2 + 1}, the {name}" in text
    # One pair has but two passes, whatever the address says.
    app = open_page("large_kernels", large_pairs="1", large_pass="9")
    assert "Pair 1, the row" in html(app)
