"""The page "Evaluate a model": the same numbers as the library and the command line."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage
from streamlit.testing.v1 import AppTest

from seglib import cli
from seglib.evaluate import judge_files
from seglib.evaluate.generated import streets
from seglib.evaluate.summary import to_json
from seglib.ui.evaluate import state
from seglib.ui.numbers import sig3
from tests.pages.conftest import Open, html, metrics


def start(app: AppTest) -> AppTest:
    app.button(key="ev_start").click().run()
    assert not app.exception
    return app


def test_generated_streets_give_the_library_s_numbers(open_page: Open, tmp_path: Path) -> None:
    app = open_page("evaluate", ev_count="2")
    assert metrics(app)["Mean IoU"] == "–"
    assert 'data-testid="ev-preview"' in html(app)
    start(app)
    files = streets((101, 102))
    found = judge_files("street", "camvid", files, split="2 generated streets")
    shown = metrics(app)
    assert shown["Mean IoU"] == sig3(found.summary.pooled.mean_iou)
    assert shown["IoU per image"] == sig3(found.summary.per_image_iou)
    assert shown["Pixel accuracy"] == sig3(found.summary.pooled.pixel_accuracy)
    assert shown["Per-image acc."] == sig3(found.summary.per_image_accuracy)
    assert 'data-testid="ev-worst"' in html(app)
    # The command line, on the same files unpacked.
    for name in files.names():
        (tmp_path / name).write_bytes(files.read(name))
    report = tmp_path / "out" / "report.json"
    words = ["evaluate", "--model", "street", "--dataset", "camvid", "--root", str(tmp_path)]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        assert cli.main([*words, "--json", str(report)]) == 0
    theirs = json.loads(report.read_text())
    ours = json.loads(to_json({"model": "street", **found.as_dict()}))
    assert theirs.pop("split") == tmp_path.name
    ours.pop("split")
    assert theirs == ours
    run = app.session_state["_ev_run"]
    assert run.finished
    assert not run.running
    pooled = sum(result.matrix for result in run.results)
    assert pooled.tolist() == theirs["confusion_matrix"]


def test_results_are_kept_by_content(open_page: Open) -> None:
    app = start(open_page("evaluate", ev_count="2"))
    first = app.session_state["_ev_run"].results
    # A third street: the first two need no second run.
    app.slider(key="ev_count_box").set_value(3).run()
    run = app.session_state["_ev_run"]
    assert [result.key for result in run.results] == [result.key for result in first]
    assert app.button(key="ev_start").label == "Resume"
    start(app)
    assert len(app.session_state["_ev_run"].results) == 3
    assert len(app.session_state["_ev_run"].spent) == 1
    app.button(key="ev_forget").click().run()
    assert app.session_state["_ev_run"].results == []


def test_coco_gives_the_same_numbers(open_page: Open) -> None:
    pairs = metrics(start(open_page("evaluate", ev_count="2", ev_view="classes")))
    app = start(open_page("evaluate", ev_count="2", ev_layout="coco", ev_view="matrix"))
    assert metrics(app) == pairs


def test_cancel_keeps_what_is_done(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "SLICE_S", 0.0)
    app = open_page("evaluate", ev_count="3")
    run = app.session_state["_ev_run"]
    own = __import__("seglib.ui.caches", fromlist=["caches"]).segmenter("street")
    run.running = True
    assert state.work(run, own)
    run.running = False
    app.run()
    assert len(run.results) == 1
    assert run.seconds_left() > 0
    assert app.button(key="ev_start").label == "Resume"
    assert metrics(app)["Mean IoU"] != "–"


def zipped(files: dict[str, bytes]) -> bytes:
    from seglib.evaluate import MemoryFiles

    return MemoryFiles(files).to_zip()


def put_zip(app: AppTest, data: bytes) -> AppTest:
    app.session_state["_ev_zip"] = ("mine.zip", str(hash(data)), data)
    app.run()
    assert not app.exception
    return app


def test_a_zip_with_mistakes_is_judged_as_far_as_it_goes(open_page: Open) -> None:
    files = streets((101, 102, 103))
    content = {f"val/{name}": files.read(name) for name in files.names()}
    del content["val/street-000102.png"]
    content["val/alone.png"] = content["val/street-000103.png"]
    content["../evil.png"] = b"x"
    stream = io.BytesIO()
    PilImage.fromarray(np.full((360, 480), 77, np.uint8)).save(stream, "PNG")
    content["val/street-000103.png"] = stream.getvalue()
    app = put_zip(open_page("evaluate", ev_source="zip"), zipped(content))
    start(app)
    text = html(app)
    for place, sentence in (
        ("../evil.png", "climbs out of it"),
        ("val/street-000102.jpg", "No label map belongs to this picture"),
        ("val/alone.png", "No picture belongs to this label map"),
        ("val/street-000103", "expected class ids of CamVid"),
    ):
        assert f"<code>{place}</code>" in text
        assert sentence.lower() in text.lower()
    found = judge_files("street", "camvid", streets((101,)))
    assert metrics(app)["Mean IoU"] == sig3(found.summary.pooled.mean_iou)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"text", "Expected a ZIP archive, got another kind of file."),
        (zipped({"a.txt": b"1"}), "Expected pairs NAME.jpg + NAME.png, the files hold none."),
    ],
)
def test_archives_with_nothing_in_them(open_page: Open, data: bytes, sentence: str) -> None:
    app = put_zip(open_page("evaluate", ev_source="zip"), data)
    assert [error.value for error in app.error] == [sentence]
    assert app.button(key="ev_start").disabled


def test_folders_need_the_owner_s_word(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SEGLIB_LOCAL_FOLDERS", raising=False)
    app = open_page("evaluate", ev_source="folder", ev_count="1")
    assert state.SOURCES["folder"] not in str(app.segmented_control)
    assert not app.text_input
    monkeypatch.setenv("SEGLIB_LOCAL_FOLDERS", "1")
    app = open_page("evaluate", ev_source="folder")
    app.text_input(key="ev_folder_box").set_value(str(tmp_path / "none")).run()
    assert "is not one" in app.error[0].value
    files = streets((101,))
    for name in files.names():
        (tmp_path / name).write_bytes(files.read(name))
    app.text_input(key="ev_folder_box").set_value(str(tmp_path)).run()
    start(app)
    assert metrics(app)["Mean IoU"] != "–"


@pytest.mark.parametrize("tab", ["Numbers", "How it works", "Try this", "Code"])
@pytest.mark.parametrize("judged", [False, True])
def test_every_tab(open_page: Open, tab: str, judged: bool) -> None:
    app = open_page("evaluate", ev_count="1", tab=tab)
    if judged:
        start(app)
        if tab == "Numbers":
            assert 'data-testid="ev-pictures"' in html(app)
    assert not app.exception
