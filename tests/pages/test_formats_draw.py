"""Drawn shapes: what each format writes of them, with and without the canvas."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from seglib.annotate import fabric
from seglib.errors import ShapeError
from seglib.formats import coco, voc
from seglib.labels import VOC_21
from seglib.ui import canvas
from seglib.ui.formats import (
    draw_state,
    shapes,
)
from seglib.ui.formats.draw_state import EXAMPLES, SIZE
from tests.pages.conftest import Open, html

EVERYTHING = (
    "polygon 12,8 40,6 48,30 20,38;brush 2 5,5 20,9 30.5,9;ellipse 30,22 12,8 15;"
    "rect 30,22 12,8 300;brush 1.5 7,7"
)


def test_shapes_are_text_and_back_and_lie_on_the_canvas_as_they_are() -> None:
    drawn = shapes.parse(EVERYTHING)
    assert shapes.text_of(drawn) == EVERYTHING
    again = fabric.read(canvas._objects(drawn, 8.0, "#E69F00"), scale=8.0)
    assert shapes.text_of(again) == EVERYTHING
    assert (shapes.mask_of(again, SIZE) == shapes.mask_of(drawn, SIZE)).all()
    assert shapes.parse("none") == shapes.parse("") == ()
    assert shapes.text_of(()) == "none"


def test_long_drawings_are_thinned_until_they_fit_an_address() -> None:
    turn = np.linspace(0, 40 * np.pi, 4_000)
    path = np.stack([30 + turn / 6 * np.cos(turn), 22 + turn / 6 * np.sin(turn)], 1)
    spiral = canvas.Stroke("brush", tuple(map(tuple, path.tolist())), radius=0.5)
    for many in ((spiral,), (spiral,) * 40):
        text = shapes.text_of(many)
        assert 1 <= len(shapes.parse(text)) <= shapes.MOST_SHAPES
        assert len(text) <= shapes.MOST_TEXT


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("circle 1,2", "shape 1: expected polygon, brush, ellipse, rect, got 'circle'"),
        ("polygon 1,1", "shape 1: expected 3 to 20000 points of a polygon, got 1"),
        ("rect 9,9 2,2\npolygon 1,1 2,nan 3,3", "shape 2: expected a number below 100,000"),
        ("brush 0 1,1", "expected a stroke of some size"),
        ("brush", "expected a radius and points"),
        ("ellipse 9,9", "expected a centre, two half axes and a turn"),
        ("ellipse 9,9 -3,3", "expected a stroke of some size"),
        ("polygon 1,1 1e9,2 3,3", "expected a number below 100,000, got '1e9'"),
        ("rect 1,1 ٣,2", "expected a number below 100,000"),
        (";".join(["rect 9,9 2,2"] * 25), "expected at most 24 shapes, got 25"),
        ("x" * 2_000, "expected at most 1800 characters of shapes, got 2000"),
    ],
)
def test_shapes_that_cannot_be_read(text: str, sentence: str) -> None:
    with pytest.raises(ShapeError) as caught:
        shapes.parse(text)
    assert sentence in str(caught.value)
    assert not draw_state.SHAPES.valid(text)


def test_a_drawing_says_what_each_format_writes(open_page: Open) -> None:
    # By hand: centres of 4 × 3 pixels lie inside, and the polygon encloses 4 × 3.
    app = open_page("formats", fm_view="draw", fm_shapes="polygon 10,20 14,20 14,23 10,23")
    text = html(app)
    assert 'data-testid="fm-drawn" data-pixels="12"' in text
    said = json.loads(app.code[0].value)
    assert said["segmentation"] == [[10, 20, 14, 20, 14, 23, 10, 23]]
    assert said["bbox"] == [10, 20, 4, 3]
    assert (said["area"], said["category_id"]) == (12, VOC_21.id_of("bus"))
    rows = {each.form: each for each in made("polygon 10,20 14,20 14,23 10,23")}
    assert rows["drawn"].size == len("[[10,20,14,20,14,23,10,23]]")
    assert [each.iou for each in rows.values()] == [1.0] * 5
    for form, row in rows.items():
        assert f'data-form="{form}"' in text
        assert f"<td>{row.size:,}</td>" in text
    # Column order: 10 columns of 45 and 20 pixels, then 3 of the object and 42 between, four times.
    app.segmented_control(key="fm_form_box").set_value("counts").run()
    assert not app.exception
    assert '"counts": [470, 3, 42, 3, 42, 3, 42, 3, 2092]' in app.code[0].value


def made(text: str, tolerance: float = 0.0) -> tuple[draw_state.Written, ...]:
    drawn = shapes.parse(text)
    return draw_state.written(drawn, shapes.mask_of(drawn, SIZE), tolerance)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_lose_nothing_as_runs(name: str) -> None:
    rows = {each.form: each for each in made(EXAMPLES[name])}
    assert rows["counts"].iou == rows["rle"].iou == rows["voc"].iou == 1
    assert ("drawn" in rows) == ("brush" not in EXAMPLES[name])
    if name == "Ring":
        assert rows["polygons"].iou < 0.7  # its hole is filled
    else:
        assert rows["polygons"].iou == 1
    mask = shapes.mask_of(shapes.parse(EXAMPLES[name]), SIZE)
    png, data = draw_state.files(draw_state.indices(mask), rows["rle"].row)
    assert ((voc.read(png) > 0) == mask).all()
    (row,) = coco.read(data).annotations
    assert (row.mask(SIZE) == mask).all()


def typed(app: AppTest, text: str) -> None:
    app.text_area(key="fm_typed_box").set_value(text)
    app.button(key="fm_typed_go").click().run()


def test_drawing_without_a_canvas(open_page: Open) -> None:
    app = open_page("formats", fm_view="draw")
    app.button(key="fm_example_Ring").click().run()
    assert app.session_state["_address"]["fm_shapes"] == EXAMPLES["Ring"]
    assert '"counts": [' in app.code[0].value  # a brush has no corners
    typed(app, "polygon 1,1 5,x")
    assert "Shape 1: expected a number" in app.error[0].value
    assert app.text_area(key="fm_typed_box").value == "polygon 1,1 5,x"
    typed(app, "rect 30,22 3,2\n\n rect 9,9 1,1")
    assert not app.error
    assert 'data-pixels="28"' in html(app)
    app.button(key="fm_clear").click().run()
    assert 'data-pixels="0"' in html(app)
    assert not app.exception


def test_a_canvas_that_reports_becomes_text_once(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[Any] = [None]

    def mounted(**options: Any) -> Any:
        streamlit_ = __import__("streamlit")
        streamlit_.session_state[options["key"]] = True
        calls.append(options)
        return reported[0] or options["initial_drawing"]

    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(canvas, "_mounted", mounted)
    app = open_page("formats", fm_view="draw", fm_shapes="rect 30,22 3,2")
    app.segmented_control(key="fm_tool_box").set_value("Brush").run()
    # Not mounted anew: same key, same bytes, same drawing.
    for name in ("key", "background_image", "initial_drawing", "width", "height"):
        assert calls[-1][name] == calls[-2][name]
    strokes = shapes.parse("rect 30,22 3,2;polygon 1,1 9,1 9,9")
    reported[0] = canvas._objects(strokes, draw_state.HEIGHT / SIZE[1], "#E69F00")
    app.run()
    assert app.session_state["_address"]["fm_shapes"] == shapes.text_of(strokes)
    assert calls[-1]["key"] == calls[-2]["key"]
    # Everything undone in the browser: nothing is drawn.
    reported[0] = {"objects": []}
    app.run()
    assert app.session_state["_address"]["fm_shapes"] == "none"
    # An example opens a fresh canvas with its shapes.
    reported[0] = None
    app.button(key="fm_example_Ellipse").click().run()
    assert calls[-1]["key"] != calls[-2]["key"]
    assert calls[-1]["initial_drawing"]["objects"][0]["type"] == "Ellipse"


@pytest.mark.parametrize(
    "text",
    ["polygon 0,0 99999,0 99999,99999", "polygon 9,9 9,9 9,9", "rect 500,500 2,2", "brush 12 0,0"],
)
@pytest.mark.parametrize("form", ["drawn", "polygons"])
def test_strange_drawings(open_page: Open, text: str, form: str) -> None:
    app = open_page("formats", fm_view="draw", fm_shapes=text, fm_form=form, fm_tolerance="80")
    assert not app.exception
    assert 'data-testid="fm-drawn"' in html(app) or app.error
