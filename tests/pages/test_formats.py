"""The page "Label formats": every view of every file, uploads of strangers, downloads."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image as PilImage
from streamlit.testing.v1 import AppTest

from seglib.formats import coco, coco_panoptic, convert, rle, validate, voc
from seglib.labels import CAMVID_11, VOC_21
from seglib.ui.formats import (
    builtin,
    downloads,
    findings,
    masks,
    panoptic,
    state,
)
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


def written(now: state.Opened, form: coco.Form) -> coco.CocoFile:
    return downloads.coco_file(now, state.subjects(now), state.image(now), form, 1.0)


@pytest.mark.parametrize("source", ["good", "broken"])
@pytest.mark.parametrize("kind", KINDS)
def test_downloads_can_be_read_again(kind: str, source: str) -> None:
    now = opened(kind, source)
    forms: tuple[coco.Form, ...] = ("rle", "polygons")
    for form in forms:
        file = coco.read(coco.write(written(now, form)))
        assert len(file.annotations) >= 2
    as_voc = downloads._voc(now)
    assert as_voc is not None
    voc.read(as_voc())
    if kind == "coco" and source == "good":
        # Run lengths hold every mask as it was.
        again = coco.read(coco.write(written(now, "rle")))
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
