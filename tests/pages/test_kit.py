"""The parts that concept pages are made of: figures, stepper, sources, layers."""

from __future__ import annotations

import inspect
import re
import tomllib

import numpy as np
import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as hs
from streamlit.testing.v1 import AppTest

from seglib.errors import ShapeError
from seglib.render import RAMP
from seglib.ui import address, caches, source, stepper
from seglib.ui.figures import feature, histogram, matrix, plate
from seglib.ui.figures.plate import Arrow, Dot, Mark
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (True, "1"),
        (1.0, "1"),
        (-1.5, "−1.5"),
        (0.0625, "0.0625"),
        (0.3333333, "0.333"),
        (1234.5, "1230"),
        (99.96, "100"),
        (1e-7, "1e−7"),
        (-1.234e-9, "−1.23e−9"),
        (2.5e8, "2.5e8"),
        (float("nan"), ""),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
    ],
)
def test_numbers_in_cells_are_short(value: float, text: str) -> None:
    assert matrix.number(value) == text


@given(hs.floats(-1e5, 1e5))
def test_numbers_in_cells_keep_three_digits(value: float) -> None:
    shown = matrix.number(value)
    back = float(shown.replace("−", "-"))
    assert back == pytest.approx(value, rel=0.0051, abs=1e-300)


def _cells(text: str) -> list[str]:
    return re.findall(r"<b[^>]*>([^<]*)</b>", text)


def test_a_matrix_shows_its_numbers_and_the_exact_ones_on_pointing() -> None:
    text = matrix.svg(np.array([[1.23456, -2], [0, np.nan]]), title="<b>T</b>", key="k")
    assert _cells(text) == ["1.23", "−2", "0", ""]
    assert 'title="row 0, column 0: 1.23456"' in text
    assert 'title="row 1, column 1: empty"' in text
    assert "&lt;b&gt;T" in text
    assert 'data-testid="k"' in text


def test_of_large_matrices_colours_are_shown() -> None:
    assert _cells(matrix.svg(np.zeros((16, 16))))
    large = matrix.svg(np.zeros((17, 4)), title="x")
    assert not _cells(large)
    assert "data:image/png;base64," in large
    assert _cells(matrix.svg(np.zeros((17, 4)), numbers=True))


def test_muted_cells_are_hatched_and_empty_scales_are_no_error() -> None:
    muted = np.array([[True, False]])
    text = matrix.svg(np.array([[0.0, 5.0]]), muted=muted, scale="sequential")
    assert text.count("seg-muted") == 1
    for scale in ("diverging", "sequential", "grey", "none"):
        matrix.svg(np.full((2, 2), np.nan), scale=scale)
        matrix.svg(np.full((2, 2), 7.0), scale=scale)
    with pytest.raises(ShapeError, match=r"expected a matrix \(H, W\), got \(3,\)"):
        matrix.svg(np.zeros(3))
    with pytest.raises(ShapeError, match="expected a matrix"):
        matrix.svg(np.zeros((0, 3)))


def test_marks_lie_in_shares_of_the_plate() -> None:
    marks = [
        Mark((1, 2, 3, 1), "#123456", dashed=True, label='a"b'),
        Dot((0.5, 0.5), radius=0.25),
        Arrow((0, 0), (3, 4)),
    ]
    text = plate.markup("", (4, 8), cell=10, marks=marks)
    assert "left:25%;top:25%;width:75%;height:12.5%;border:2.5px dashed #123456" in text
    assert "a&quot;b" in text
    assert "left:6.25%;top:3.125%;width:12.5%;height:6.25%" in text
    assert "width:125%;transform:rotate(53.13deg)" in text
    assert "width:40px" in text
    assert "aspect-ratio:4/8" in text


def test_a_row_takes_plates_and_signs() -> None:
    text = plate.row_markup([matrix.svg(np.ones((1, 1))), "<", "="])
    assert '<div class="seg-sign">=</div>' in text


def _luminance(color: np.ndarray) -> float:
    share = np.asarray(color, float) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def _contrast(one: np.ndarray, other: np.ndarray) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _rgb(text: str) -> np.ndarray:
    return np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)])


def test_numbers_can_be_read_on_every_colour_of_the_ramp() -> None:
    values = np.arange(256.0)[None]
    text = matrix.svg(values, numbers=True, scale="sequential")
    inks = re.findall(r"background:rgb\((\d+) (\d+) (\d+)\);color:(#\w+)", text)
    assert len(inks) == 256
    for place, (*color, ink) in enumerate(inks):
        shade = np.array(color, int)
        assert (shade == RAMP[place]).all()
        assert _contrast(shade, np.zeros(3) if ink == "#000" else np.full(3, 255)) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("value", [1.0, -1.0, 0.5, -0.5])
def test_numbers_can_be_read_on_diverging_colours(theme: str, value: float) -> None:
    colors = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][theme]
    text = matrix.svg(np.array([[value]]), limits=(-1, 1))
    found = re.search(r"color-mix\(in srgb,(#\w+) (\d+)%", text)
    assert found
    share = int(found[2]) / 100
    mixed = share * _rgb(found[1]) + (1 - share) * _rgb(colors["backgroundColor"])
    assert _contrast(mixed, _rgb(colors["textColor"])) >= 4.5


def test_a_histogram_counts_every_value() -> None:
    values = np.random.default_rng(0).normal(size=500)
    counts = re.findall(r": ([\d,]+)\"></i>", histogram.markup(values, bins=7))
    assert sum(int(count.replace(",", "")) for count in counts) == 500
    assert "from 3 to 3" in histogram.markup(np.full((2, 2), 3.0))


def test_a_grid_needs_a_name_for_each_map() -> None:
    with pytest.raises(ShapeError, match="a name for each of 2 maps, got 1"):
        feature.grid(np.zeros((2, 3, 3)), ["a"])


def test_a_map_has_a_limit() -> None:
    with pytest.raises(ShapeError, match="at most 1,000,000 cells"):
        feature.colours(np.zeros((1001, 1000), np.float32))


@pytest.mark.parametrize(("text", "count", "step"), [("0", 5, 0), ("99", 5, 4), ("3", 1, 0)])
def test_a_step_stays_within_its_count(text: str, count: int, step: int) -> None:
    param = stepper.param("kit_step")
    address.put(param, text)
    assert stepper.read(param, count) == step


def test_sources_are_read_only_and_differ_by_key() -> None:
    seen = set()
    source.params("kit")
    picture = caches.sample("street", 28)
    st.session_state["_own"], st.session_state["_own_chosen"] = picture, True
    for kind in source.KINDS:
        source.put("kit", kind)
        found = source.read("kit")
        assert found.values.ndim == 2
        assert found.values.dtype == np.float32
        assert not found.values.flags.writeable
        assert found.kind == kind
        seen.add(found.key)
    assert len(seen) == 4
    whole = source.read("kit", channels="all")
    assert whole.values.shape == (24, 90, 120)
    source.put("kit", "picture")
    assert source.read("kit", side=32).values.shape == (24, 32)
    # a kind that a page does not take falls back to its first
    assert source.read("kit", kinds=("preset", "edit")).kind == "preset"


def test_presets_are_small() -> None:
    for _, values in source.PRESETS.values():
        assert max(values.shape) <= 9
        assert not values.flags.writeable


def _charts() -> None:
    from seglib.ui import plots

    plots.line({"a": ([1, 2], [3, 4]), "b": ([1, 2], [4, 3])}, x="x", y="y", key="l", at=1.5)
    plots.bars({"a": [1, 2]}, ["p", "q"], x="x", y="y", key="b", horizontal=True, log_y=True)
    plots.heat(np.eye(3), x="x", y="y", key="h", low=0, high=1)


def test_charts_are_drawn() -> None:
    app = AppTest.from_string(
        f"import numpy as np\n{inspect.getsource(_charts)}\n_charts()", default_timeout=150
    ).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 3


def test_differences_are_short() -> None:
    assert matrix.difference(0) == "0"
    assert matrix.difference(1.234e-7) == "1.2e-07"
