"""Several pictures to a ZIP: limits, broken files, cancel, two visitors, nothing on disk."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PilImage
from streamlit.testing.v1 import AppTest

from seglib import images
from seglib.images import Image, Limits
from seglib.matting import BackgroundOptions, MatteOptions, Replaced, replace_background
from seglib.results import Matte
from seglib.ui import caches
from seglib.ui.background import several, state
from seglib.ui.background.batch import BatchJob, BatchLimits
from tests.pages.conftest import Open, html
from tests.pages.mattes import disc, faked, png


@dataclass
class Sent:
    """A file as a visitor sends it."""

    name: str
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def getvalue(self) -> bytes:
        return self.data


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A network that sees a disc; whatever writes a temporary file is found out."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    faked(monkeypatch, disc())
    yield tmp_path
    assert not list(tmp_path.iterdir())
    for cache in (caches.answer, caches.forward):
        cache.clear()


def answer(image: Image) -> Replaced:
    alpha = np.zeros(image.pixels.shape[:2], np.float32)
    alpha[: image.height // 2] = 1
    return replace_background(image.pixels, Matte(alpha), MatteOptions(edges=False, softness=0.0))


def encode(made: Replaced) -> bytes:
    return images.encode_png(made.pixels)


def job(files: list[Sent], **more: Any) -> BatchJob:
    return BatchJob(files, answer, encode, **more)


def finish(one: BatchJob) -> BatchJob:
    while one.step():
        pass
    return one


def names(data: bytes | None) -> list[str]:
    assert data is not None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def read(data: bytes | None, name: str) -> np.ndarray:
    assert data is not None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return np.asarray(PilImage.open(io.BytesIO(archive.read(name))))


def test_names_are_safe_and_unique_whatever_their_case() -> None:
    sent = ["cat.png", "CAT.jpg", "../../cat.tif", "a/b<c>.png", "...", "settings.json.png", "x"]
    done = finish(job([Sent(name, png()) for name in sent], note=b"{}"))
    assert names(done.data) == [
        "cat.png",
        "CAT-2.png",
        "cat-3.png",
        "b_c_.png",
        "picture.png",
        "settings.json.png",
        "x.png",
        "settings.json",
    ]


def test_a_broken_picture_is_one_line_and_the_rest_goes_on() -> None:
    files = [
        Sent("good.png", png((8, 6))),
        Sent("torn.png", png()[:70]),
        Sent("empty.jpg", b""),
        Sent("<script>.png", b"text that is no picture"),
        Sent("last.png", png((4, 4))),
    ]
    done = finish(job(files))
    assert [one.source for one in done.done] == ["good.png", "last.png"]
    assert [finding.name for finding in done.findings] == [
        "torn.png",
        "empty.jpg",
        "_script_.png",
    ]
    for finding in done.findings:
        assert finding.sentence.endswith(".")
        assert finding.sentence[0].isupper()
    rgba = read(done.data, "good.png")
    np.testing.assert_array_equal(rgba, answer(images.decode(png((8, 6)))).pixels)


def test_where_nothing_can_be_used_there_is_no_zip() -> None:
    done = finish(job([Sent("a.png", b"?"), Sent("b.png", b"")]))
    assert done.finished
    assert done.data is None
    assert len(done.findings) == 2
    assert finish(job([])).finished


def test_limits_on_count_bytes_zip_and_pixels() -> None:
    files = [Sent(f"{i}.png", png((30, 20), value=i)) for i in range(5)]
    done = finish(job(files, limits=BatchLimits(files=3)))
    assert len(done.done) == 3
    assert [f.sentence for f in done.findings] == ["A batch takes 3 pictures at most."] * 2
    assert done.progress.total == 3

    size = len(files[0].data)
    done = finish(job(files, limits=BatchLimits(total_bytes=2 * size + size // 2)))
    assert len(done.done) == 2
    assert len(done.findings) == 3

    one = len(encode(answer(images.decode(files[1].data))))
    done = finish(job(files, limits=BatchLimits(zip_bytes=3 * one)))
    assert len(done.done) == 2  # a header comes to each file
    assert done.data is not None
    assert len(done.findings) == 3
    assert {f.sentence for f in done.findings} == {"The ZIP is full at 0 MiB."}

    done = finish(job(files[:1], limits=BatchLimits(picture=Limits(max_pixels=100))))
    assert "pixels" in done.findings[0].sentence


def test_large_pictures_are_scaled_down_if_wished() -> None:
    done = finish(job([Sent("a.png", png((300, 100)))], longest=120))
    assert read(done.data, "a.png").shape == (40, 120, 4)


def test_cancel_keeps_what_is_done() -> None:
    one = job([Sent(f"{i}.png", png(value=i)) for i in range(6)], note=b'{"a": 1}')
    one.step()
    one.step()
    assert one.data is None
    one.stop()
    one.stop()
    assert one.stopped
    assert one.finished
    assert not one.step()
    assert names(one.data) == ["0.png", "1.png", "settings.json"]
    early = job([Sent("0.png", png())])
    early.stop()
    assert early.data is None


def test_a_picture_without_a_subject_is_told_apart() -> None:
    # one row has no upper half, and so no subject
    done = finish(job([Sent("flat.png", png((20, 1))), Sent("full.png", png((20, 10)))]))
    assert [(one.found, one.share) for one in done.done] == [(False, 0.0), (True, 0.5)]


def test_equal_input_gives_an_equal_file() -> None:
    files = [Sent("a.png", png()), Sent("b.png", png((9, 9)))]
    assert finish(job(files)).data == finish(job(files)).data


def test_two_jobs_in_turns_do_not_mix() -> None:
    first = job([Sent(f"a{i}.png", png((10 + i, 8), value=10)) for i in range(3)])
    second = job([Sent(f"b{i}.png", png((20 + i, 8), value=200)) for i in range(3)])
    while first.step() | second.step():
        pass
    assert names(first.data)[:3] == ["a0.png", "a1.png", "a2.png"]
    assert names(second.data)[:3] == ["b0.png", "b1.png", "b2.png"]
    assert read(first.data, "a1.png")[0, 0, 0] == 10
    assert read(second.data, "b1.png")[0, 0, 0] == 200


# on the page


def send(app: AppTest, files: dict[str, bytes]) -> AppTest:
    for name, data in files.items():
        app.file_uploader(key="bg_files").upload(name, data, "image/png")
    app.run()
    assert not app.exception
    return app


def run_of(app: AppTest) -> several.Run:
    found: several.Run = app.session_state["_bg_run"]
    return found


def start(app: AppTest) -> AppTest:
    app.button(key="bg_start").click().run()
    assert not app.exception
    assert not app.error
    return app


def test_a_batch_has_the_settings_of_the_page(open_page: Open) -> None:
    app = open_page("background", bgb_kind="colour", bg_colour="#102030", picture="cat")
    assert app.button(key="bg_start").disabled
    send(app, {"one.png": png((64, 48)), "broken.png": b"nothing", "two.png": png((30, 60))})
    start(app)
    now = run_of(app)
    assert names(now.job.data) == ["one.png", "two.png", "settings.json"]
    shown = read(now.job.data, "one.png")
    assert shown.shape == (48, 64, 3)
    assert shown[0, 0].tolist() == [0x10, 0x20, 0x30]
    image = images.decode(png((64, 48)))
    matte = caches.segmenter(state.MODEL).segment(image).result
    expected = replace_background(
        image.pixels,
        matte,
        background=BackgroundOptions(kind="colour"),
        colour=(0x10, 0x20, 0x30),
    )
    np.testing.assert_array_equal(shown, expected.pixels)
    with zipfile.ZipFile(io.BytesIO(now.job.data or b"")) as archive:
        assert json.loads(archive.read("settings.json")) == now.settings.as_dict()
    text = html(app)
    assert text.count('data-testid="bg-finding"') == 1
    assert 'data-name="one.png"' in text
    assert 'data-testid="bg-stale"' not in text
    app.slider(key="knob_bg_threshold").set_value(0.7).run()
    assert 'data-testid="bg-stale"' in html(app)
    assert run_of(app).job is now.job


def test_jpeg_is_for_what_is_opaque(open_page: Open) -> None:
    app = send(open_page("background", bg_format="jpg", picture="cat"), {"a.png": png()})
    assert names(run_of(start(app)).job.data)[0] == "a.png"
    app = send(
        open_page("background", bg_format="jpg", bgb_kind="blur", picture="cat"), {"a.png": png()}
    )
    assert names(run_of(start(app)).job.data)[0] == "a.jpg"


def test_cancel_in_the_middle_of_a_batch(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = start(send(open_page("background", picture="cat"), {"a.png": png()}))
    # the same run, half way: AppTest itself follows a run to its end
    half = job([Sent(f"{i}.png", png(value=i)) for i in range(8)])
    for _ in range(3):
        assert half.step()
    run_of(app).job = half
    monkeypatch.setattr(several, "go_on", lambda now: None)
    app.run()
    assert app.button(key="bg_start").disabled
    assert not app.button(key="bg_cancel").disabled
    app.button(key="bg_cancel").click().run()
    assert half.stopped
    assert len(names(half.data)) == 4
    assert app.button(key="bg_cancel").disabled
    assert 'data-name="2.png"' in html(app)


def test_two_visitors_with_batches_at_once(open_page: Open) -> None:
    first = send(open_page("background", picture="cat"), {"a.png": png((20, 10))})
    second = send(
        open_page("background", picture="cat", bgb_kind="colour"),
        {"a.png": png((40, 30)), "b.png": png((6, 6))},
    )
    start(first)
    start(second)
    first.run()
    assert names(run_of(first).job.data) == ["a.png", "settings.json"]
    assert names(run_of(second).job.data) == ["a.png", "b.png", "settings.json"]
    assert read(run_of(first).job.data, "a.png").shape == (10, 20, 4)
    assert read(run_of(second).job.data, "a.png").shape == (30, 40, 3)
