"""The page "Evaluate a model": the same numbers as the library and the command line."""

from __future__ import annotations

import contextlib
import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage
from streamlit.testing.v1 import AppTest

from seglib import cli
from seglib.evaluate import judge_files
from seglib.evaluate.generated import streets
from seglib.evaluate.summary import to_json
from seglib.ui import caches
from seglib.ui.evaluate import confusion, state
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


def test_worst_by_either_number(open_page: Open) -> None:
    app = start(open_page("evaluate", ev_count="3"))
    results = judge_files("street", "camvid", streets((101, 102, 103))).summary.results
    for rank, number in (("accuracy", "pixel_accuracy"), ("iou", "mean_iou")):
        app.segmented_control(key="ev_rank_box").set_value(rank).run()
        shown = re.findall(r'<figure data-picture="([^"]+)"', html(app))
        assert shown == [each.name for each in sorted(results, key=lambda r: getattr(r, number))]


def test_the_pictures_behind_a_cell(open_page: Open) -> None:
    app = start(open_page("evaluate", ev_count="3", ev_view="matrix"))
    found = judge_files("street", "camvid", streets((101, 102, 103))).summary
    off = found.pooled.matrix[:, : len(found.pooled.matrix)].copy()
    np.fill_diagonal(off, 0)
    (truth, answer, count), *_ = found.confusions(1)
    assert count == off.max() == off[truth, answer]
    assert 'data-testid="ev-confused"' not in html(app)
    app.selectbox(key="ev_cell_box").set_value(f"{truth}-{answer}").run()
    assert not app.exception
    counts = {each.name: int(each.matrix[truth, answer]) for each in found.results}
    shown = re.findall(r'data-picture="([^"]+)".*?<br>([\d,]+) px', html(app))
    assert [int(pixels.replace(",", "")) for _, pixels in shown] == sorted(
        (n for n in counts.values() if n), reverse=True
    )
    assert all(int(pixels.replace(",", "")) == counts[name] for name, pixels in shown)
    assert f"{count:,} px" in "".join(each.value for each in app.markdown)
    # A class that is right, from a link; then nothing again.
    same = start(open_page("evaluate", ev_count="1", ev_view="matrix", ev_cell="0-0"))
    assert "right" in "".join(each.value for each in same.markdown)


def test_a_click_in_the_matrix(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    class Session(dict[str, object]):
        pass

    session = Session()
    monkeypatch.setattr(confusion.st, "session_state", session)
    for cell, put in (
        (["3-7", 12, "1 %"], "3-7"), ("4-4", "4-4"), (["<b>"], "4-4"), ([], "4-4"), (5, "4-4"),
        (None, "4-4"),
    ):  # fmt: skip
        session["ev_matrix"] = {"selection": {"points": [{"customdata": cell}]}}
        confusion._clicked()
        assert session["_address"] == {"ev_cell": put}
    session["ev_matrix"] = {"selection": {"points": []}}
    confusion._clicked()
    assert session["_address"] == {"ev_cell": "4-4"}


@pytest.mark.parametrize("text", ["99-0", "3-", "<b>", "0-0-0", "٣-1", "9999-9999"])
def test_forged_values_of_the_address(open_page: Open, text: str) -> None:
    app = open_page(
        "evaluate", ev_count="1", ev_view="matrix", ev_cell=text, ev_rank="x", ev_model="../x",
        ev_layout="voc", ev_source="ftp",
    )  # fmt: skip
    start(app)
    assert app.selectbox(key="ev_cell_box").value == ""
    assert 'data-testid="ev-confused"' not in html(app)


def test_changing_everything_while_a_run_goes(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "SLICE_S", 0.0)
    app = open_page("evaluate", ev_count="3")
    run = app.session_state["_ev_run"]
    run.running = True
    state.work(run, caches.segmenter("street"))
    app.session_state["_ev_done"] = {run.results[0].key: run.results[0]}
    # Another layout in the middle of a run: its own run, not started; the old one is left alone.
    app.segmented_control(key="ev_layout_box").set_value("coco").run()
    assert not app.exception
    other = app.session_state["_ev_run"]
    assert other is not run
    assert not other.running
    assert app.button(key="ev_start").disabled is False
    app.segmented_control(key="ev_layout_box").set_value("camvid").run()
    again = app.session_state["_ev_run"]
    assert [each.name for each in again.results] == [run.results[0].name]
    assert app.button(key="ev_start").label == "Resume"
    # Cancel, forget and start in any order.
    app.button(key="ev_forget").click().run()
    assert app.button(key="ev_forget").disabled
    app.segmented_control(key="ev_source_box").set_value("zip").run()
    assert app.button(key="ev_start").disabled
    assert not app.exception


def coco_zip(**change: object) -> bytes:
    files = streets((101,), layout="coco")
    content = {name: files.read(name) for name in files.names()}
    (name,) = [each for each in content if each.endswith(".json")]
    rows = json.loads(content[name])
    rows["annotations"][0].update(change)
    content[name] = json.dumps(rows).encode()
    return zipped(content)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"area": -3}, "expected pixels from 0, got -3"),
        ({"segmentation": [[1, 1]]}, "at least 3 points, got 1"),
        ({"segmentation": [[1, 1, float("nan"), 4, 5, 6]]}, "NaN"),
        ({"segmentation": {"size": [360, 480], "counts": [10**7]}}, "counts"),
        ({"category_id": 77}, "77"),
        ({"id": 2}, "2"),
    ],
)
def test_broken_annotations_are_findings(
    open_page: Open, change: dict[str, object], sentence: str
) -> None:
    app = put_zip(open_page("evaluate", ev_source="zip", ev_layout="coco"), coco_zip(**change))
    text = html(app)
    assert 'data-testid="ev-findings"' in text
    assert "annotations[" in text
    assert sentence.lower() in text.lower()
    start(app)
    assert metrics(app)["Mean IoU"] != "–"


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for place in range(3):
            archive.writestr(f"{place}.png", bytes(200_000_000))
    return stream.getvalue()


def test_a_bomb_is_refused(open_page: Open) -> None:
    app = put_zip(open_page("evaluate", ev_source="zip"), bomb())
    assert len(app.error) == 1
    assert "unpack" in app.error[0].value.lower() or "expected" in app.error[0].value.lower()
    assert app.button(key="ev_start").disabled


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


def test_a_model_of_objects_shows_mask_ap(open_page: Open) -> None:
    app = open_page("evaluate", ev_model="everyday", ev_count="2", tab="Numbers")
    assert metrics(app)["Mask AP"] == "–"
    start(app)
    found = judge_files("everyday", "coco", streets((101, 102), layout="coco"))
    objects = found.summary.objects
    assert objects is not None
    assert metrics(app)["Mask AP50"] == sig3(objects.ap(threshold=0.5))
    assert metrics(app)["Mask AP"] == sig3(objects.ap())
    assert '<th scope="col">Mask AP50</th>' in html(app)
    # classes alone have none
    assert "Mask AP" not in metrics(open_page("evaluate", ev_count="2"))
