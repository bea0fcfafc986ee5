"""The page "Salient object": map, threshold, box, classical methods, truth, downloads."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from seglib import images
from seglib.concepts.saliency import SalientOptions, classical, cut
from seglib.metrics import f_beta, mean_absolute_error, saliency_scores
from seglib.options import describe
from seglib.ui import caches, knobs
from seglib.ui.numbers import percent, sig3
from seglib.ui.salient import histogram, ideas, state
from tests.pages.conftest import Open, html, metrics
from tests.pages.mattes import (
    components,
    disc,
    download,
    faked,
    keep_downloads,
    pixels_of,
    png,
)


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A network that sees a disc in the middle of every picture."""
    faked(monkeypatch, disc())
    yield
    for cache in (caches.answer, caches.forward):
        cache.clear()


@pytest.fixture(autouse=True)
def _downloads(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_downloads(monkeypatch)


def send(app: AppTest, data: bytes) -> AppTest:
    app.file_uploader(key="upload").upload("mine.png", data, "image/png").run()
    assert not app.exception
    return app


def alpha(size: tuple[int, int]) -> np.ndarray:
    image = images.Image.from_array(np.zeros((size[1], size[0], 3), np.uint8))
    found: np.ndarray = caches.segmenter(state.MODEL).segment(image).result.alpha
    return found


def test_drawing_is_among_the_times(open_page: Open) -> None:
    for view in state.VIEWS:
        shown = html(open_page("salient", sal_view=view))
        drawn = re.search(r'data-stage="render_ms">([0-9.]+) ', shown)
        assert drawn
        assert float(drawn[1]) > 0


def test_the_box_and_the_mask_are_the_library_s(open_page: Open) -> None:
    app = open_page("salient", sal_threshold="0.3", sal_view="mask", tab="Numbers")
    assert "Coffee" in html(app)  # the page's own sample
    found = cut(alpha((600, 400)), 0.3, pieces="largest")
    assert found.box is not None
    x, y, width, height = found.box
    assert f"box x {x}, y {y}, {width} × {height} px" in html(app)
    (head, parts), *rest = components(app)
    assert not rest
    assert head["box"] == list(found.box)
    np.testing.assert_array_equal(pixels_of(parts["after"]), found.mask * np.uint8(255))
    shown = metrics(app)
    assert shown["Salient"] == percent(float(found.mask.mean()))
    assert shown["Pieces"] == "1"
    assert shown["Box"] == f"{width} × {height} px"
    assert 'data-testid="sal-no-truth"' in html(app)


def test_the_threshold_is_live(open_page: Open) -> None:
    app = open_page("salient", sal_view="mask")
    before = components(app)[0][1]["after"]
    app.slider(key="knob_sal_threshold").set_value(0.9).run()
    assert components(app)[0][1]["after"] != before
    assert app.query_params["sal_threshold"] == "0.9"
    app.button(key="sal_adaptive").click().run()
    mean = float(alpha((600, 400)).mean())
    assert app.slider(key="knob_sal_threshold").value == pytest.approx(2 * mean, abs=0.006)


def test_downloads(open_page: Open) -> None:
    app = open_page("salient", sal_threshold="0.4")
    values = alpha((600, 400))
    found = cut(values, 0.4, pieces="largest")
    assert found.box is not None
    np.testing.assert_array_equal(pixels_of(download("Map PNG")), np.rint(values * 255))
    np.testing.assert_array_equal(pixels_of(download("Mask PNG")), found.mask * np.uint8(255))
    x, y, width, height = found.box
    part = np.s_[y : y + height, x : x + width]
    rgba = pixels_of(download("Cut PNG"))
    np.testing.assert_array_equal(rgba[..., 3] == 255, found.chosen[part])
    picture = caches.sample("coffee", 0).image.pixels[part]
    np.testing.assert_array_equal(rgba[found.chosen[part]][:, :3], picture[found.chosen[part]])
    facts = json.loads(download("Numbers JSON"))
    assert facts["box"] == {"x": x, "y": y, "width": width, "height": height}
    assert facts["salient_pixels"] == int(found.mask.sum())
    assert facts["judged"] is None
    assert not app.exception


def test_a_street_is_judged_against_its_things(open_page: Open) -> None:
    app = open_page("salient", picture="street", seed="28", sal_threshold="0.6", tab="Numbers")
    picture = caches.sample("street", 28)
    assert picture.truth is not None
    things = [label.id for label in picture.truth.label_set if label.thing]
    mask = np.isin(picture.truth.labels, things)
    values = alpha((720, 540))
    scores = saliency_scores(mask, values, 0.6)
    shown = metrics(app)
    assert shown["Precision"] == sig3(scores.precision)
    assert shown["Recall"] == sig3(scores.recall)
    assert shown["F, β² = 0.3"] == sig3(float(f_beta(scores.precision, scores.recall)))
    assert shown["Mean absolute error"] == sig3(mean_absolute_error(mask, values))
    text = html(app)
    note = text.split('data-testid="sal-truth"')[1].split("</p>")[0]
    assert "car, pedestrian, bicyclist" in note
    assert percent(float(mask.mean())) in note
    assert 'data-testid="sal-best"' in text
    app = open_page("salient", picture="street", sal_threshold="0.6", tab="How it works")
    formulas = " ".join(element.value for element in app.latex)
    p, r = sig3(scores.precision), sig3(scores.recall)
    assert rf"\frac{{1.3\cdot{p}\cdot{r}}}{{0.3\cdot{p}+{r}}}={sig3(scores.f_beta)}" in formulas
    judged = json.loads(download("Numbers JSON"))["judged"]
    assert judged["truth"] == "union of car, pedestrian, bicyclist"
    assert judged["f_beta"] == pytest.approx(scores.f_beta)


def test_classical_methods_beside_the_network_with_their_times(open_page: Open) -> None:
    app = open_page("salient", sal_view="map", sal_against="spectral")
    both = components(app)
    assert [head["titles"][1] for head, _ in both] == ["Network", "Spectral residual"]
    assert not any(head["swipe"] for head, _ in both)
    text = html(app)
    for place in range(2):
        assert " ms, " in text.split(f'data-testid="sal-time-{place}"')[1].split("</p>")[0]
    app = open_page("salient", sal_method="fine", sal_view="mask", sal_threshold="0.2")
    pixels = caches.sample("coffee", 0).image.pixels
    expected = classical(pixels, "fine") >= 0.2
    np.testing.assert_array_equal(
        pixels_of(components(app)[0][1]["after"]), expected * np.uint8(255)
    )
    assert "no network" in html(app)


@pytest.mark.parametrize("method", ["network", "spectral", "fine"])
@pytest.mark.parametrize("tab", ["Numbers", "How it works", "Code"])
def test_every_tab_of_every_method(open_page: Open, method: str, tab: str) -> None:
    app = open_page("salient", sal_method=method, tab=tab, picture="street", sal_against="spectral")
    assert not app.error


def test_the_program_gives_the_box(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: Any
) -> None:
    app = open_page("salient", tab="Code", sal_method="spectral", sal_threshold="0.25")
    picture = caches.sample("coffee", 0).image.pixels
    (tmp_path / "picture.png").write_bytes(images.encode_png(picture))
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    exec(compile(app.code[0].value, "program", "exec"), {})
    found = cut(classical(picture, "spectral"), 0.25, pieces="largest")
    assert capsys.readouterr().out.startswith(f"{found.box} {found.pieces} ")


@pytest.mark.parametrize(
    "values",
    [
        {f"sal_{info.name}": knobs.text_of(info, value)}
        for info in describe(SalientOptions)
        for value in (info.choices or (info.low, info.high))
    ]
    + [{"sal_view": view} for view in state.VIEWS]
    + [{"sal_view": "x", "sal_threshold": "nan", "sal_method": "magic"}],
    ids=lambda values: "-".join(values.values()),
)
def test_every_control_at_its_ends(open_page: Open, values: dict[str, str]) -> None:
    app = open_page("salient", **values)
    assert not app.error
    assert components(app)[0][0]["size"] == [600, 400]


@pytest.mark.parametrize("idea", ideas.IDEAS, ids=lambda idea: idea.title)
def test_every_idea_opens(open_page: Open, idea: Any) -> None:
    app = open_page("salient", **idea.query)
    assert not app.error
    for name in idea.query:
        if name.startswith("sal_"):
            assert app.query_params[name] == idea.query[name]


def test_nothing_salient_offers_a_lower_threshold(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    faked(monkeypatch, disc(top=-0.6))
    app = open_page("salient", tab="Numbers")
    assert app.warning[0].value == (
        "Nothing is salient from 0.500 on: the highest value of the map is 0.354."
    )
    assert metrics(app)["Box"] == "undefined"
    assert json.loads(download("Numbers JSON"))["box"] is None
    assert pixels_of(download("Cut PNG")).shape == (1, 1, 4)
    app.button(key="sal_lower").click().run()
    assert not app.warning


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (2, 3)])
@pytest.mark.parametrize("method", ["network", "spectral", "fine"])
def test_tiny_pictures(open_page: Open, size: tuple[int, int], method: str) -> None:
    app = send(
        open_page("salient", sal_method=method, tab="How it works", sal_view="cut"), png(size)
    )
    assert not app.error
    assert components(app)[0][0]["size"] == list(size)
    if method != "network":  # one colour: nothing stands out, and no threshold helps
        assert app.warning[0].value == "Nothing stands out: the map is 0 everywhere."


def test_a_huge_picture_has_its_downloads_in_full_size(open_page: Open) -> None:
    pixels = np.zeros((3000, 8000, 3), np.uint8)
    pixels[1000:2000, 3000:5000] = 200
    app = send(open_page("salient", sal_view="mask"), images.encode_png(pixels))
    assert components(app)[0][0]["size"] == [1280, 480]
    assert "1,280 × 480 px" in html(app).split('data-testid="sal-reduced"')[1]
    mask = pixels_of(download("Mask PNG"))
    assert mask.shape == (3000, 8000)
    facts = json.loads(download("Numbers JSON"))
    box = facts["box"]
    assert mask[box["y"] : box["y"] + box["height"], box["x"] : box["x"] + box["width"]].any()
    assert facts["map_computed_at"] == [1280, 480]


def test_the_histogram_counts_every_pixel_and_marks_the_threshold() -> None:
    values = np.array([[0.0, 0.01, 0.5, 1.0]], np.float32)
    found = histogram.counts(values)
    assert sum(found) == 4
    assert (found[0], found[25], found[49]) == (2, 1, 1)
    text = histogram.markup(values, 0.5)
    assert 'style="left:50.00%"' in text
    assert "50.0 % of the pixels" in text
    assert text.count(histogram.SALIENT) == 25
    assert not math.isnan(float(text.split("height:")[1].split("%")[0]))
