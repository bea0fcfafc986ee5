"""The page "Label formats": every view of every file, uploads of strangers, downloads."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image as PilImage
from streamlit.testing.v1 import AppTest

from seglib.annotate import fabric
from seglib.errors import ShapeError
from seglib.formats import coco, coco_panoptic, convert, rle, validate, voc
from seglib.labels import CAMVID_11, VOC_21
from seglib.ui import canvas
from seglib.ui.formats import (
    builtin,
    downloads,
    draw_state,
    findings,
    masks,
    panoptic,
    shapes,
    state,
)
from seglib.ui.formats.draw_state import EXAMPLES, SIZE
from seglib.ui.formats.state import KINDS, LOOKS, OUTLINE_TITLES, VIEWS
from tests.pages.conftest import Open, html, metrics
from tests.unit.test_formats_coco import small


def upload(app: AppTest, data: bytes, name: str = "mine.json", **picture: bytes) -> AppTest:
    app.session_state["_fm_file"] = (name, str(hash(data)), data)
    for own, content in picture.items():
        app.session_state["_fm_picture"] = (own, str(hash(content)), content)
    app.run()
    assert not app.exception
    return app


FILE_VIEWS = [view for view in VIEWS if view != "draw"]


@pytest.mark.parametrize("view", FILE_VIEWS)
@pytest.mark.parametrize("source", ["good", "broken"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_view_of_every_file(open_page: Open, kind: str, source: str, view: str) -> None:
    app = open_page("formats", fm_kind=kind, fm_source=source, fm_view=view, seed="28")
    text = html(app)
    assert not app.error
    assert ("fm-runs" if view == "runs" else "fm-stage") in text
    assert ('data-severity="error"' in text) == (source == "broken")
    if source == "good" and kind == "voc":
        assert "Nothing is wrong with this file." in text


@pytest.mark.parametrize("look", LOOKS)
def test_a_voc_file_three_ways(open_page: Open, look: str) -> None:
    app = open_page("formats", fm_look=look, fm_x="40", fm_y="60")
    text = html(app)
    indices = voc.read(builtin.voc_file(28))
    if look == "void":
        share = np.count_nonzero(indices == 255) / indices.size
        assert f"{100 * share:.2f}"[:3] in text
    if look == "indices":
        assert 'data-testid="fm-indices"' in text
    # The palette table: every index that occurs, with its exact count.
    for value, count in zip(*np.unique(indices, return_counts=True), strict=True):
        assert f'data-index="{value}"' in text
        assert f"<td>{count:,}</td>" in text


def test_annotations_are_linked(open_page: Open) -> None:
    app = open_page("formats", fm_kind="coco", fm_row="3")
    file = coco.read(builtin.coco_file(28))
    row = file.annotations[3]
    name = file.category(row.category_id).name
    assert f"category_id {row.category_id}</b> the class {name}" in html(app)
    shown = [json.loads(code.value) for code in app.code[:1]]
    assert shown[0]["id"] == row.image_id
    assert f'"id": {row.id}' in app.code[1].value
    assert json.loads(app.code[2].value)["name"] == name


def test_the_file_with_mistakes_has_each_of_them() -> None:
    found = validate.coco(builtin.broken_coco(28))
    places = {finding.place for finding in found}
    assert {
        "annotations[0].area", "annotations[1].id", "annotations[2].image_id",
        "annotations[3].category_id", "annotations[4].segmentation[0]",
        "annotations[5].segmentation[0]", "annotations[6].segmentation[0]",
        "annotations[7].segmentation[0]", "annotations[8].bbox", "annotations[9].area",
        "annotations[10].segmentation.counts", "annotations[11]",
    } - places == set()  # fmt: skip
    assert validate.coco(builtin.coco_file(28)) == ()


@pytest.mark.parametrize("seed", [0, 7, 31, 40, 99])
def test_built_in_files_of_any_street(seed: int) -> None:
    errors = [each for each in validate.coco(builtin.coco_file(seed)) if each.severity == "error"]
    assert errors == []
    assert [each for each in validate.voc(builtin.voc_file(seed)) if each.severity != "note"] == []
    assert any(each.severity == "error" for each in validate.voc(builtin.broken_voc(seed)))
    validate.coco(builtin.broken_coco(seed))


def test_run_lengths_are_read_in_column_order(open_page: Open) -> None:
    app = open_page("formats", fm_kind="coco", fm_view="runs", fm_run="2")
    file = coco.read(builtin.coco_file(28))
    mask = masks.small(file.annotations[0].mask(file.images[0].size))
    counts = rle.encode(mask)
    text = html(app)
    start = int(counts[:2].sum())
    assert f"Run 3 of {len(counts)}: {counts[2]} pixels of background, black" in text
    assert f"from column {start // mask.shape[0]}, row {start % mask.shape[0]}" in text
    packed = rle.to_string(counts, (mask.shape[1], mask.shape[0]))
    assert packed.replace("<", "&lt;").replace(">", "&gt;") in text
    assert text.count('<b class="bg') + text.count('<b class="ob') == len(counts)


@pytest.mark.parametrize("outline", OUTLINE_TITLES)
@pytest.mark.parametrize("tolerance", [0, 15, 80])
def test_the_loss_is_measured(open_page: Open, outline: str, tolerance: int) -> None:
    app = open_page(
        "formats", fm_kind="coco", fm_view="convert", fm_outline=outline,
        fm_tolerance=str(tolerance),
    )  # fmt: skip
    file = coco.read(builtin.coco_file(28))
    mask = file.annotations[0].mask(file.images[0].size)
    found = convert.polygon_loss("", mask, tolerance=tolerance / 10, outline=outline)  # type: ignore[arg-type]
    shown = metrics(app)
    assert float(shown["IoU"]) == pytest.approx(found.iou, abs=0.0051)
    assert shown["Points"] == f"{found.corners:,}"
    assert shown["Runs"] == f"{found.runs:,}"
    if outline == "edges" and not tolerance and not found.holes:
        assert shown["IoU"] == "1.00"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"no json", "Expected JSON, got something else in line 1, column 1"),
        (b"[]", "Expected an object with images, annotations, categories, got a list of 0"),
        (b"", "The file is empty (0 bytes)"),
        (json.dumps(small(area=-4)).encode(), "Expected pixels from 0, got -4"),
        (json.dumps(small(segmentation=[[1, 1]])).encode(), "at least 3 points, got 1"),
        (
            json.dumps({"images": [], "annotations": [], "categories": []}).encode(),
            "Nothing is wrong with this file.",
        ),
    ],
)
@pytest.mark.parametrize("view", FILE_VIEWS)
def test_files_of_strangers(open_page: Open, data: bytes, sentence: str, view: str) -> None:
    app = open_page("formats", fm_kind="coco", fm_source="upload", fm_view=view)
    assert "Upload a label file" in app.info[0].value
    upload(app, data)
    assert sentence in html(app)
    assert not app.error


def test_names_of_strangers_are_no_markup(open_page: Open) -> None:
    content = small(image_id=8)
    content["images"][0]["file_name"] = "<script>alert(1)</script>"
    content["categories"][0]["name"] = "<img src=x onerror=alert(1)>"
    app = open_page("formats", fm_kind="coco", fm_source="upload")
    upload(app, json.dumps(content).encode())
    assert "<script>" not in html(app)
    assert "<img src=x" not in html(app)


def test_a_label_file_and_its_picture(open_page: Open) -> None:
    app = open_page("formats", fm_source="upload")
    labels = np.zeros((20, 30), np.uint8)
    labels[5:9, 5:9] = 7
    stream = io.BytesIO()
    PilImage.new("RGB", (30, 20)).save(stream, "PNG")
    upload(app, voc.write(labels, VOC_21), "a.png", photo=stream.getvalue())
    assert 'data-index="7"' in html(app)
    stream = io.BytesIO()
    PilImage.new("RGB", (9, 9)).save(stream, "PNG")
    upload(app, voc.write(labels, VOC_21), "a.png", photo=stream.getvalue())
    assert "Expected 9 × 9 pixels, the picture&#x27;s size, got 30 × 20." in html(app)
    upload(app, voc.write(labels, VOC_21), "a.png", photo=b"text")
    assert "got a text file" in html(app)


def test_rgb_is_no_label_file(open_page: Open) -> None:
    app = open_page("formats", fm_source="upload")
    stream = io.BytesIO()
    PilImage.new("RGB", (9, 9)).save(stream, "PNG")
    upload(app, stream.getvalue(), "a.png")
    assert "class ids cannot be read from colours" in html(app)
    assert "Nothing in this file can be drawn" in app.warning[0].value


def opened(kind: str, source: str = "good") -> state.Opened:
    data: Any = {
        ("voc", "good"): builtin.voc_file,
        ("voc", "broken"): builtin.broken_voc,
        ("coco", "good"): builtin.coco_file,
        ("coco", "broken"): builtin.broken_coco,
    }[kind, source](28)
    if kind == "voc":
        from seglib.formats import voc_inside

        inside, found = voc_inside.inspect(data)
        return state.Opened(kind, "a.png", data, found, inside, None, None, VOC_21)
    file, found = coco.inspect(data)
    assert file is not None
    return state.Opened(kind, "a.json", data, found, None, file, None, coco.label_set_of(file))


@pytest.mark.parametrize("source", ["good", "broken"])
@pytest.mark.parametrize("kind", KINDS)
def test_downloads_can_be_read_again(kind: str, source: str) -> None:
    now = opened(kind, source)
    for form in ("rle", "polygons"):
        file = coco.read(coco.write(downloads._coco(now, form)))  # type: ignore[arg-type]
        assert len(file.annotations) >= 2
    as_voc = downloads._voc(now)
    assert as_voc is not None
    voc.read(as_voc())
    if kind == "coco" and source == "good":
        # Run lengths hold every mask as it was.
        again = coco.read(coco.write(downloads._coco(now, "rle")))
        assert now.file is not None
        for mine, theirs in zip(now.file.annotations, again.annotations, strict=True):
            assert (mine.mask(builtin.SIZE) == theirs.mask(builtin.SIZE)).all()


@pytest.mark.parametrize("tab", ["Numbers", "How it works", "Try this", "Code"])
def test_every_tab(open_page: Open, tab: str) -> None:
    assert not open_page("formats", tab=tab, fm_kind="coco").exception


def test_findings_are_escaped_and_worst_first() -> None:
    from seglib.formats.findings import Finding

    text = findings.markup((Finding("<a>", "note", "x"), Finding("b", "error", "<y>")), good="fine")
    assert text.index('data-severity="error"') < text.index('data-severity="note"')
    assert "<a>" not in text
    assert "<y>" not in text


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
    png, data = draw_state.files(mask, rows["rle"].row)
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


def test_forged_values_of_the_address(open_page: Open) -> None:
    app = open_page(
        "formats", fm_kind="panoptic", fm_view="runs", fm_segment="9999", fm_shapes="<script>",
        fm_tool="x", fm_brush="-1", fm_class="<b>", fm_form="y", fm_row="4999", fm_pan_look="z",
    )  # fmt: skip
    assert 'data-testid="fm-segments"' in html(app)
    app.segmented_control(key="fm_view_box").set_value("draw").run()
    assert json.loads(app.code[0].value)["category_id"] == VOC_21.id_of("bus")
    assert not app.exception


def test_the_panoptic_pair_reads_as_its_segments(open_page: Open) -> None:
    segments, png, data = panoptic.files(28)
    again = coco_panoptic.read(png, data, CAMVID_11)
    assert (again.segment_ids == segments.segment_ids).all()
    app = open_page("formats", fm_kind="panoptic", fm_segment="1")
    own = panoptic.ordered(segments)[1]
    red, green, blue = own.id % 256, own.id // 256 % 256, own.id // 65536
    assert rf"{red} + 256\cdot{green} + 65536\cdot{blue} = {own.id}" in app.latex[1].value
    text = html(app)
    assert f'data-testid="fm-segment" data-id="{own.id}"' in text
    for segment in segments.segments:
        assert f'<tr data-id="{segment.id}">' in text
        assert f"<td>{segment.area:,}</td>" in text
    assert json.loads(app.code[0].value)["id"] == own.id
    app.segmented_control(key="fm_kind_box").set_value("coco").run()
    assert "fm-link" in html(app)


@pytest.mark.parametrize("seed", [0, 7, 31, 40, 99])
def test_panoptic_ids_of_any_street_are_unique(seed: int) -> None:
    segments, png, data = panoptic.files(seed)
    truth = builtin.scene(seed).truth.panoptic
    assert truth is not None
    assert len(segments.segments) == len(truth.segments)
    coco_panoptic.read(png, data, CAMVID_11)


def test_changing_the_format_with_a_file_of_the_other_one(open_page: Open) -> None:
    app = open_page("formats", fm_kind="coco", fm_source="upload", fm_view="runs", fm_row="3")
    upload(app, voc.write(np.zeros((20, 30), np.uint8), VOC_21), "a.png")
    assert "Expected JSON" in html(app)
    app.segmented_control(key="fm_kind_box").set_value("voc").run()
    assert not app.exception
    assert "fm-runs" in html(app)
    for view in VIEWS:
        app.segmented_control(key="fm_view_box").set_value(view).run()
        assert not app.exception
    app.segmented_control(key="fm_view_box").set_value("convert").run()
    app.segmented_control(key="fm_kind_box").set_value("panoptic").run()
    assert not app.exception
    assert 'data-testid="fm-segments"' in html(app)
