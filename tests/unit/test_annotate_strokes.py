"""Strokes as a browser reports them: read exactly, forged ones refused or left out."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seglib.annotate import fabric, shapes
from seglib.annotate.strokes import KINDS, Stroke, parse, to_mask
from seglib.errors import ShapeError

SIZE = (60, 40)


def _object(kind: str, **values: Any) -> dict[str, Any]:
    common = {
        "type": kind, "originX": "center", "originY": "center", "left": 30, "top": 20,
        "strokeWidth": 2, "scaleX": 1, "scaleY": 1, "angle": 0, "flipX": False, "flipY": False,
        "skewX": 0, "skewY": 0, "strokeUniform": False, "stroke": "#fff", "fill": "#000",
    }  # fmt: skip
    return {**common, **values}


def _one(item: dict[str, Any], scale: float = 1.0) -> Stroke:
    found = fabric.read({"objects": [item]}, scale=scale)
    assert len(found) == 1
    return found[0]


def test_a_box_by_its_corner() -> None:
    # The line of 2 lies around the box: the corner at (10, 5) is the line's, the box is 1 within.
    item = _object("Rect", originX="left", originY="top", left=10, top=5, width=20, height=12)
    assert _one(item) == Stroke("rect", ((21.0, 12.0),), radii=(10.0, 6.0))
    assert to_mask(_one(item), SIZE).sum() == 240


def test_a_box_that_was_turned_and_stretched() -> None:
    item = _object("Rect", width=20, height=10, scaleX=1.5, scaleY=0.5, angle=90, strokeWidth=0)
    found = _one(item)
    assert found.radii == (15.0, 2.5)
    assert (to_mask(found, SIZE) == shapes.rotated_rectangle((30, 20), (5, 30), 0, SIZE)).all()
    # Turned around its upper left corner, as the canvas does with that origin.
    item |= {"originX": "left", "originY": "top", "left": 30, "top": 5}
    x, y = _one(item).points[0]
    assert (x, y) == (pytest.approx(30 - 2.5), pytest.approx(5 + 15))


def test_a_stretched_circle_is_an_ellipse() -> None:
    found = _one(_object("Circle", radius=8, scaleX=2, angle=30))
    assert found.kind == "ellipse"
    assert found.radii == (16.0, 8.0)
    assert found.angle == 30
    assert found.points == ((30.0, 20.0),)


def test_the_scale_of_the_canvas_is_taken_out() -> None:
    found = _one(_object("Circle", radius=8, left=60, top=40), scale=2.0)
    assert found == Stroke("ellipse", ((30.0, 20.0),), radii=(4.0, 4.0))


def test_a_polygon_where_it_was_drawn_and_where_it_was_moved() -> None:
    corners = [(10, 10), (30, 10), (30, 20)]
    item = _object(
        "Polygon", points=[{"x": x, "y": y} for x, y in corners], left=20, top=15, strokeWidth=4
    )
    assert _one(item).points == tuple((float(x), float(y)) for x, y in corners)
    moved = _one({**item, "left": 25, "top": 11, "flipX": True})
    # Mirrored around the middle (20, 15), then moved by (5, -4).
    assert moved.points == ((35.0, 6.0), (15.0, 6.0), (15.0, 16.0))


def test_a_brush_stroke_follows_its_curves() -> None:
    path = [["M", 10, 20], ["Q", 20, 0, 30, 20], ["L", 40, 20]]
    # Its box: x 10..40, y 10..20 (the curve's own extent, not the handle's).
    found = _one(_object("Path", path=path, left=25, top=15, strokeWidth=6))
    assert found.kind == "brush"
    assert found.radius == 3
    # The box of the curve is taken from the lines that follow it: right to 0.05 pixels.
    assert found.points[0] == pytest.approx((10, 20), abs=0.05)
    assert found.points[-1] == pytest.approx((40, 20), abs=0.05)
    assert min(y for _, y in found.points) == pytest.approx(10, abs=0.06)


def test_a_closed_path_is_a_polygon() -> None:
    path = [["M", 10, 10], ["L", 30, 10], ["L", 30, 20], ["z"]]
    found = _one(_object("Path", path=path, left=20, top=15))
    assert found == Stroke("polygon", ((10.0, 10.0), (30.0, 10.0), (30.0, 20.0)))


def test_a_line_has_its_width() -> None:
    found = _one(_object("Line", x1=-10, y1=0, x2=10, y2=0, strokeWidth=6))
    assert found == Stroke("brush", ((20.0, 20.0), (40.0, 20.0)), radius=3.0)


FORGED: list[Any] = [
    None,
    7,
    "objects",
    [],
    {},
    {"objects": None},
    {"objects": {"0": {}}},
    {"objects": [None, 1, "x", [], {}]},
    {"objects": [_object("Rect")]},
    {"objects": [_object("Rect", width="5", height=5)]},
    {"objects": [_object("Rect", width=math.nan, height=5)]},
    {"objects": [_object("Rect", width=10**400, height=5)]},
    {"objects": [_object("Rect", width=1e300, height=5)]},
    {"objects": [_object("Rect", width=5, height=5, scaleX=1e6)]},
    {"objects": [_object("Rect", width=5, height=5, originX=[1])]},
    {"objects": [_object("Circle", radius=-4)]},
    {"objects": [_object("Circle", radius=True)]},
    {"objects": [_object("Polygon", points=[{"x": 1}] * 3)]},
    {"objects": [_object("Polygon", points=[{"x": 1, "y": 1}] * 2)]},
    {"objects": [_object("Polygon", points=[{"x": 1, "y": 1}] * 30_000)]},
    {"objects": [_object("Path", path=[["A", 1, 2]])]},
    {"objects": [_object("Path", path=[["Q", 1, 2, 3, 4]])]},
    {"objects": [_object("Path", path="M 1 2")]},
    {"objects": [_object("Path", path=[["M", 1, 2]] * 30_000)]},
    {"objects": [_object("Path", path=[["M", 1, 2], ["z"]])]},
    {"objects": [_object("Path", path=[])]},
    {"objects": [_object("IText", text="hello")]},
    {"objects": [_object("Image", src="http://example.org")]},
]


@pytest.mark.parametrize("drawing", FORGED, ids=range(len(FORGED)))
def test_a_forged_drawing_is_nothing(drawing: Any) -> None:
    assert fabric.read(drawing) == ()


def test_a_forged_object_does_not_take_the_others_with_it() -> None:
    good = _object("Circle", radius=8)
    assert len(fabric.read({"objects": [good, {"type": "Rect"}, good]})) == 2
    assert len(fabric.read({"objects": [good] * 100_000})) == fabric.MAX_OBJECTS


trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["M", "Q", "z", "Path", "Rect", "Polygon", "left", "point", "brush"]),
    lambda inner: st.lists(inner, max_size=5)
    | st.dictionaries(
        st.sampled_from(
            ["type", "points", "path", "objects", "left", "top", "x", "y", "width", "height",
             "radius", "kind", "radii", "angle", "scaleX"]
        ),
        inner,
        max_size=8,
    ),
    max_leaves=25,
)  # fmt: skip


@given(trees)
@settings(max_examples=60, deadline=None)
def test_nothing_that_a_browser_sends_can_crash(tree: Any) -> None:
    for found in fabric.read({"objects": [tree, {"type": "Path", "path": tree}]}):
        to_mask(found, SIZE)
    try:
        found = parse(tree)
    except ShapeError:
        pass
    else:
        assert to_mask(found, SIZE).shape == (40, 60)


STROKES = [
    Stroke("brush", ((5.0, 5.0), (20.0, 9.5)), radius=3.5),
    Stroke("polygon", ((5.0, 5.0), (20.0, 5.0), (9.0, 30.0))),
    Stroke("bezier", ((5.0, 5.0), (30.0, 0.0), (40.0, 30.0), (9.0, 30.0))),
    Stroke("ellipse", ((20.0, 20.0),), radii=(10.0, 4.0), angle=33.0),
    Stroke("rect", ((20.0, 20.0),), radii=(10.0, 4.0), angle=33.0),
    Stroke("point", ((7.9, 3.2),)),
]


@pytest.mark.parametrize("stroke", STROKES, ids=[stroke.kind for stroke in STROKES])
def test_a_stroke_survives_the_way_through_json(stroke: Stroke) -> None:
    report = json.loads(
        json.dumps(
            {
                "kind": stroke.kind,
                "points": [value for point in stroke.points for value in point],
                "radius": stroke.radius,
                "radii": stroke.radii,
                "angle": stroke.angle,
            }
        )
    )
    assert parse(report) == stroke
    mask = to_mask(stroke, SIZE)
    assert mask.shape == (40, 60)
    assert mask.any()


def test_every_kind_has_a_case() -> None:
    assert {stroke.kind for stroke in STROKES} == set(KINDS)


def test_a_click_covers_the_pixel_that_it_hits() -> None:
    assert np.argwhere(to_mask(Stroke("point", ((7.9, 3.2),)), SIZE)).tolist() == [[3, 7]]
    for outside in ((-0.1, 5), (60, 5), (5, 40), (5, -1e5)):
        assert not to_mask(Stroke("point", (outside,)), SIZE).any()


def test_too_many_points_are_refused_before_they_are_read() -> None:
    with pytest.raises(ShapeError, match="at most 10 points"):
        parse({"kind": "brush", "points": [0] * 22, "radius": 1}, max_points=10)
