"""The annotation page without a browser: shapes are typed, clicks are numbers."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from seglib.annotate import shapes
from seglib.formats import coco, voc
from seglib.labels import CAMVID_11, VOC_21
from seglib.scenes import SHAPES, street
from seglib.scenes import shapes as scene
from seglib.ui.annotate import coordinates, example, export, pad, state, subject, work
from seglib.ui.annotate.tabs import IDEAS
from seglib.ui.annotate.tools import BY_NAME, TOOLS
from seglib.ui.numbers import percent, pixels, sig3
from seglib.ui.samples import STREET_SEEDS, STREET_SIZE
from tests.pages.conftest import Open, html, metrics

SHAPES_3 = {"ann_source": "shapes", "ann_shapes": "3"}
SIZE = (640, 480)


def _draw(app: AppTest, text: str) -> AppTest:
    app.text_area(key="ann_points").set_value(text)
    return app.button(key="ann_draw").click().run()


def _truth(name: str) -> np.ndarray:
    truth = scene(3, size=SIZE).truth.semantic
    assert truth is not None
    return truth.labels == SHAPES.id_of(name)


def test_a_typed_polygon_is_painted_and_measured(open_page: Open) -> None:
    app = open_page("annotate", ann_class="car")
    _draw(app, "100,100 300,100 300,200 100,200")
    assert not app.error
    mask = shapes.polygon([(100, 100), (300, 100), (300, 200), (100, 200)], STREET_SIZE)
    assert metrics(app)["Area"] == pixels(int(mask.sum())) == "20,000 px"
    truth = street(STREET_SEEDS[0], size=STREET_SIZE).truth.semantic
    assert truth is not None
    true = truth.labels == CAMVID_11.id_of("car")
    assert metrics(app)["IoU so far"] == sig3((mask & true).sum() / (mask | true).sum())
    assert metrics(app)["IoU per second"].endswith("/s")
    assert "20,000 px changed" in html(app)


def test_undo_redo_and_clear(open_page: Open) -> None:
    app = open_page("annotate", **SHAPES_3)
    assert app.button(key="ann_undo").disabled
    _draw(app, "10,10 110,10 110,60 10,60")
    _draw(app, "10,60 110,60 110,110 10,110")
    assert metrics(app)["Area"] == "10,000 px"
    app.button(key="ann_undo").click().run()
    assert metrics(app)["Area"] == "5,000 px"
    app.button(key="ann_redo").click().run()
    assert metrics(app)["Area"] == "10,000 px"
    app.button(key="ann_clear").click().run()
    assert metrics(app)["Area"] == "0 px"
    app.button(key="ann_undo").click().run()
    assert metrics(app)["Area"] == "10,000 px"


def test_the_three_modes(open_page: Open) -> None:
    app = open_page("annotate", ann_class="disc", **SHAPES_3)
    _draw(app, "10,10 110,10 110,60 10,60")
    app.selectbox(key="ann_class_widget").set_value("star").run()
    app.segmented_control(key="ann_mode_widget").set_value("empty").run()
    _draw(app, "10,10 110,10 110,110 10,110")
    assert metrics(app)["Area"] == "5,000 px"
    app.segmented_control(key="ann_mode_widget").set_value("erase").run()
    _draw(app, "10,10 60,10 60,110 10,110")
    assert metrics(app)["Area"] == "2,500 px"
    assert app.query_params["ann_mode"] == ["erase"] or app.query_params["ann_mode"] == "erase"
    assert metrics(app)["Annotated"] == percent(5000 / (640 * 480))


@pytest.mark.parametrize("tool", [tool.name for tool in TOOLS])
def test_each_tool_s_example_on_shapes(open_page: Open, tool: str) -> None:
    app = open_page("annotate", ann_tool=tool, ann_class="square", **SHAPES_3)
    assert not app.error
    app.button(key="ann_example").click().run()
    assert not app.error, [error.value for error in app.error]
    if BY_NAME[tool].family in ("marks", "whole"):
        app.button(key="ann_accept").click().run()
    assert not app.error
    # Otsu's threshold does not know squares; everything else finds most of one.
    if tool != "threshold":
        assert float(metrics(app)["IoU so far"]) > 0.15
    assert metrics(app)["Area"] != "0 px"
    assert BY_NAME[tool].helps.split(":")[0][:30] in html(app)


def test_a_click_by_sliders_takes_a_piece(open_page: Open) -> None:
    app = open_page("annotate", ann_tool="superpixels", ann_class="square", **SHAPES_3)
    rows, columns = np.nonzero(_truth("square"))
    app.slider(key="ann_x").set_value(int(np.median(columns)))
    app.slider(key="ann_y").set_value(int(np.median(rows))).run()
    app.button(key="ann_click").click().run()
    area = int(metrics(app)["Area"].split()[0].replace(",", ""))
    assert 50 < area < 5000
    assert "pieces, cut in" in html(app)


def test_watershed_needs_both_sides_and_undo_takes_marks_first(open_page: Open) -> None:
    app = open_page("annotate", ann_tool="watershed", ann_class="square", **SHAPES_3)
    assert "Mark the object first" in html(app)
    assert app.button(key="ann_accept").disabled
    _draw(app, "200,200 240,200")
    assert "Not object" in html(app)
    app.segmented_control(key="ann_side_widget").set_value("rest").run()
    _draw(app, "5,5 600,5")
    assert "proposes" in html(app)
    assert metrics(app)["Area"] == "0 px"
    app.button(key="ann_undo").click().run()
    assert app.button(key="ann_accept").disabled


@pytest.mark.parametrize(
    ("tool", "text"),
    [
        ("polygon", ""),
        ("polygon", "1,2 3,4"),
        ("polygon", "a,b c,d e,f"),
        ("polygon", "1 2 3"),
        ("polygon", "1,nan 2,2 3,3"),
        ("polygon", "1,1e99 2,2 3,3"),
        ("polygon", "-9,-9 -8,-9 -9,-8"),
        ("polygon", "<script>,1 2,2 3,3"),
        ("bezier", "M 1 1 A 5 5"),
        ("bezier", "1,1 2,2 3,3"),
        ("ellipse", "1,1"),
        ("ellipse", "5,5 0,0"),
        ("rect", "1,1 2,2 3 4"),
        ("wand", "9999,9999"),
        ("grabcut", "1,1"),
        ("brush", "x"),
    ],
)
def test_bad_coordinates_give_one_sentence(open_page: Open, tool: str, text: str) -> None:
    app = open_page("annotate", ann_tool=tool, **SHAPES_3)
    _draw(app, text)
    assert len(app.error) == 1
    sentence = app.error[0].value
    assert sentence.startswith("Expected")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert metrics(app)["Area"] == "0 px"


@pytest.mark.parametrize(
    "address",
    [
        {"ann_tool": "laser"},
        {"ann_class": "dragon"},
        {"ann_class": "<b>" * 10},
        {"ann_set": "own", "ann_names": ""},
        {"ann_set": "own", "ann_names": "a,a,,a," + "b" * 99},
        {"ann_set": "own", "ann_names": "<script>"},
        {"ann_set": "voc", "ann_class": "car"},
        {"ann_source": "shapes", "ann_shapes": "99999"},
        {"ann_opacity": "-1", "ann_truth": "2"},
        {"ann_tool": "superpixels", "ann_superpixels_side": "1"},
        {"ann_tool": "threshold", "ann_threshold_value": "NaN"},
        {"ann_demo": "1", "picture": "coffee"},
        {"ann_side": "box", "ann_tool": "watershed"},
    ],
)
def test_any_address_opens_the_page(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("annotate", **address)
    assert not app.error
    assert metrics(app)["Area"]


@pytest.mark.parametrize("tab", ["Numbers", "How it works", "Try this", "Code"])
def test_every_tab_opens(open_page: Open, tab: str) -> None:
    app = open_page("annotate", tab=tab, ann_demo="1", ann_class="square", **SHAPES_3)
    assert not app.error


@pytest.mark.parametrize("idea", [dict(idea.query) for idea in IDEAS])
def test_each_idea_s_address_works(open_page: Open, idea: dict[str, str]) -> None:
    app = open_page("annotate", **idea)
    assert not app.error


def test_all_tools_are_measured_on_one_object(open_page: Open) -> None:
    app = open_page("annotate", tab="Numbers", ann_class="square", **SHAPES_3)
    app.button(key="ann_measure").click().run()
    text = html(app)
    table = text[text.index("ann-trials") :]
    for tool in TOOLS:
        assert (f'data-tool="{tool.name}"' in table) is (tool.name != "morphology")
    assert "undefined" not in table
    assert metrics(app)["Area"] == "0 px"


def test_a_photograph_has_no_iou_and_a_class_of_the_truth_s_name_has(open_page: Open) -> None:
    app = open_page("annotate", picture="coffee")
    assert "IoU so far" not in metrics(app)
    other = open_page("annotate", ann_set="voc", ann_class="car")
    assert "IoU so far" in metrics(other)
    stranger = open_page("annotate", ann_set="voc", ann_class="sofa")
    assert "IoU so far" not in metrics(stranger)


def test_own_classes_have_ids_in_order() -> None:
    own = subject.own_labels(" Cat , dog,cat,, big  ball,background")
    assert own.names == ("background", "cat", "dog", "big ball")
    assert [label.color for label in own] == [label.color for label in VOC_21.labels[:4]]
    assert len(subject.own_labels(",".join(f"c{k}" for k in range(50)))) == 21
    assert subject.own_labels("").names == ("background",)


@pytest.mark.parametrize(
    ("size", "work_size"),
    [((720, 540), (720, 540)), ((1800, 900), (900, 450)), ((4000, 4000), (707, 707)),
     ((1, 5000), (1, 900)), ((901, 10), (900, 9))],
)  # fmt: skip
def test_large_pictures_are_reduced(size: tuple[int, int], work_size: tuple[int, int]) -> None:
    assert subject.working_size(size) == work_size
    assert work_size[0] * work_size[1] <= subject.MAX_PIXELS


def test_a_reduced_picture_says_so_and_files_have_its_own_size(open_page: Open) -> None:
    app = open_page("annotate")
    pixels_ = np.random.default_rng(0).integers(0, 255, (900, 1800, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels_).save(file, "PNG")
    app.file_uploader(key="upload").upload("wide.png", file.getvalue(), "image/png").run()
    text = html(app)
    assert "Map 900 × 450 px: reduced from 1800 × 900" in text
    assert "each pixel repeated" in text


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (7, 7)])
def test_tiny_pictures_open_with_every_kind_of_tool(open_page: Open, size: tuple[int, int]) -> None:
    file = io.BytesIO()
    Image.new("RGB", size, (90, 120, 40)).save(file, "PNG")
    for tool in ("polygon", "superpixels", "meanshift"):
        app = open_page("annotate", ann_tool=tool)
        app.file_uploader(key="upload").upload("dot.png", file.getvalue(), "image/png").run()
        assert not app.exception
        assert metrics(app)["Area"] == "0 px"


class _Session:
    """Stand in for the state of the page."""

    def __init__(self) -> None:
        made = scene(3, size=SIZE)
        self.subject = subject.Subject("k", "A b.png", made.image.pixels, (1280, 960), None)
        self.label_set = SHAPES
        self.label = SHAPES.labels[2]
        self.work = work.Work(work.LabelMapEditor.blank(SIZE, SHAPES))
        one = shapes.polygon([(10, 10), (60, 10), (60, 40), (10, 40)], SIZE)
        two = shapes.ellipse((200, 200), (30, 30), 0, SIZE)
        back = shapes.polygon([(300, 0), (640, 0), (640, 480), (300, 480)], SIZE)
        self.work.paint(one | two, 2, "paint", note="")
        self.work.paint(back, 0, "paint", note="")


def test_files_hold_the_map_at_the_picture_s_size() -> None:
    session: Any = _Session()
    labels = session.work.editor.labels
    wide = np.repeat(np.repeat(labels, 2, 0), 2, 1)
    assert export.stem(session) == "a-b"
    assert (voc.read(export.voc_png(session), label_set=SHAPES) == wide).all()
    with Image.open(io.BytesIO(export.mask_png(session))) as picture:
        assert (np.asarray(picture) == np.where(wide == 2, 255, 0)).all()
    file = coco.read(export.coco_json(session))
    # Two squares are two objects; the background is one region.
    assert sorted(row.category_id for row in file.annotations) == [0, 2, 2]
    for row in file.annotations:
        assert not (row.mask((1280, 960)) & (wide != row.category_id)).any()
    assert sum(row.mask((1280, 960)).sum() for row in file.annotations) == (wide != 255).sum()
    areas = {row.category_id: row.area for row in file.annotations}
    assert areas[0] == (wide == 0).sum()
    json.loads(export.coco_json(session))


def test_a_map_of_crumbs_is_refused_as_coco_with_a_reason() -> None:
    session: Any = _Session()
    crumbs = np.zeros((480, 640), bool)
    crumbs[::4, ::4] = True
    session.work.paint(crumbs, 2, "paint", note="")
    assert "at most 1,000 objects" in json.loads(export._coco_or_reason(session))["error"]


ITEM = {"seq": 1, "tool": "wand", "stroke": {"kind": "point", "points": [3, 4]}}


def test_each_stroke_counts_once() -> None:
    seen: dict[str, int] = {}
    report = {"mount": "m", "photo": "p", "items": [ITEM, {**ITEM, "seq": 2}]}
    assert len(pad._taken(report, "p", seen)) == 2
    assert pad._taken(report, "p", seen) == []
    more = {**report, "items": [*report["items"], {**ITEM, "seq": 3}]}
    assert len(pad._taken(more, "p", seen)) == 1
    # A new mount counts from 1 again; another picture's strokes are dropped, and still answered.
    assert len(pad._taken({**report, "mount": "n"}, "p", seen)) == 2
    assert pad._taken({**report, "mount": "o"}, "other", seen) == []
    assert seen == {"m": 3, "n": 2, "o": 2}
    for k in range(40):
        pad._taken({**report, "mount": f"x{k}"}, "p", seen)
    assert len(seen) <= 9


@pytest.mark.parametrize(
    "report",
    [
        None, 5, [], {}, {"mount": 1, "items": []}, {"mount": "m", "items": {}},
        {"mount": "m" * 99, "items": [ITEM]},
        {"mount": "m", "items": [None, 3, {}, {"seq": "1"}, {"seq": True}, {"seq": -4}]},
        {"mount": "m", "items": [{"seq": 10**30}]},
    ],
)  # fmt: skip
def test_a_forged_report_is_nothing(report: Any) -> None:
    assert pad._taken(report, "p", {}) == []


@pytest.mark.parametrize(
    "item",
    [
        {**ITEM, "tool": "laser"},
        {**ITEM, "tool": ["wand"]},
        {**ITEM, "stroke": None},
        {**ITEM, "stroke": {"kind": "point", "points": [1]}},
        {**ITEM, "stroke": {"kind": "brush", "points": [0] * 30_000, "radius": 4}},
        {**ITEM, "stroke": {"kind": "brush", "points": [0, 0], "radius": float("nan")}},
        {**ITEM, "action": "format"},
    ],
)
def test_a_forged_stroke_is_one_problem(item: dict[str, Any]) -> None:
    found = pad._taken({"mount": "m", "photo": "p", "items": [item]}, "p", {})
    assert len(found) == 1
    assert found[0].problem or found[0].stroke is not None
    if item.get("action") != "format":
        assert found[0].stroke is None


@pytest.mark.parametrize("kind", coordinates.HELP)
def test_each_placeholder_can_be_drawn(kind: str) -> None:
    found = coordinates.parse(coordinates.EXAMPLES[kind], kind, radius=5)
    assert len(found) == 1


def test_the_example_is_near_its_object() -> None:
    from seglib.annotate.strokes import to_mask

    found = example.target(_truth("square"), SIZE)
    assert found is not None
    for tool, wanted in (("polygon", 0.97), ("bezier", 0.8), ("rect", 0.6), ("brush", 0.75)):
        mask = np.zeros(found.shape, bool)
        for stroke in example.strokes(tool, found):
            mask |= to_mask(stroke, SIZE)
        assert (mask & found).sum() / (mask | found).sum() > wanted, tool
    assert example.target(np.zeros((5, 5), bool), (5, 5)) is None


def test_the_address_names_every_option_once() -> None:
    names = [param.name for param in state.PARAMS]
    assert len(names) == len(set(names))
    assert all(name.startswith("ann_") for name in names)


def test_adding_a_class_of_one_s_own_keeps_the_map(open_page: Open) -> None:
    app = open_page("annotate", ann_set="own", ann_names="cat, dog", ann_class="dog")
    _draw(app, "10,10 110,10 110,60 10,60")
    app.text_input(key="ann_names_widget").set_value("cat, dog, ball").run()
    assert metrics(app)["Area"] == "5,000 px"
    app.text_input(key="ann_names_widget").set_value("cat").run()
    assert not app.error
    assert metrics(app)["Annotated"] == "0 %"


def test_a_new_box_replaces_the_one_before_and_an_example_stops_the_clock(open_page: Open) -> None:
    app = open_page("annotate", ann_tool="grabcut", ann_class="square", **SHAPES_3)
    _draw(app, "10,10 200,200")
    first = html(app)
    _draw(app, "210,200 340,330")
    assert "proposes" in first
    assert "proposes" in html(app)
    app.button(key="ann_undo").click().run()
    assert "Drag a box" in html(app)
    app.button(key="ann_example").click().run()
    app.button(key="ann_accept").click().run()
    assert metrics(app)["IoU per second"] == "undefined"
    app.button(key="ann_clock").click().run()
    app.button(key="ann_undo").click().run()
    app.button(key="ann_redo").click().run()
    assert float(metrics(app)["IoU so far"]) > 0.2
