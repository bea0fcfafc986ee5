"""The page "Video": start, cancel, every source and model, strangers' files."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from seglib.models import load
from seglib.ui.numbers import percent, sig3
from seglib.ui.video import state
from seglib.ui.video.ideas import IDEAS
from seglib.video.clips import GeneratedClip
from seglib.video.judge import frame_iou
from seglib.video.reader import ClipLimits, ClipReader
from seglib.video.writer import ClipWriter
from tests.clips import broken_off, changing_size, sound_alone
from tests.pages.conftest import Open, html, metrics


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Smaller generated clips: the page is the same."""
    monkeypatch.setattr(state, "SIZE", (160, 120))


def start(app: AppTest) -> AppTest:
    app.button(key="vi_start").click().run()
    assert not app.exception
    return app


def run_of(app: AppTest) -> state.Run:
    found: state.Run = app.session_state["_vi_run"]
    return found


def test_a_generated_street_through_the_street_model(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    app = open_page("video", vi_frames="4", tab="Numbers")
    assert 'data-testid="vi-preview"' in html(app)
    assert metrics(app)["Frames"] == "–"
    start(app)
    job = run_of(app).job
    assert job.data is not None
    reader = ClipReader(job.data)
    assert len(list(reader)) == 4
    assert reader.info.rate == state.RATE
    own = load("street")
    ious = [
        frame_iou(frame, own.segment(frame.image).result)
        for frame in GeneratedClip(7, 4, "street", (160, 120))
    ]
    shown = metrics(app)
    assert shown["Mean IoU"] == sig3(float(np.mean([iou for iou in ious if iou is not None])))
    assert shown["Frames"] == "4"
    text = html(app)
    assert 'data-testid="stage-times"' in text
    assert 'data-stage="encode_ms"' in text
    assert 'data-testid="vi-caption"' in text
    assert not list(tmp_path.iterdir())
    # a look at the clip with other colours needs another run, and the page says so
    app.slider(key="knob_vi_opacity").set_value(0.9).run()
    assert 'data-testid="vi-stale"' in html(app)
    assert run_of(app).job is job


@pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea.title)
def test_every_idea_runs(open_page: Open, idea) -> None:  # type: ignore[no-untyped-def]
    app = start(open_page("video", **{**idea.query, "vi_frames": "5", "tab": "Numbers"}))
    assert not app.error
    assert metrics(app)["Frames"] == "5"
    if idea.query["vi_model"] != "street":
        assert 'data-testid="vi-tracks"' in html(app)
    if idea.query["vi_model"] == "truth":
        assert "Identity switches" in html(app)


@pytest.mark.parametrize("name", ["everyday", "foreground", "nuclei"])
def test_any_model_makes_a_clip(
    open_page: Open, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    app = start(open_page("video", vi_model=name, vi_frames="3", tab="Numbers"))
    assert not app.error
    job = run_of(app).job
    assert [frame.image.size for frame in ClipReader(job.data)] == [(160, 120)] * 3
    shown = metrics(app)
    assert shown["Frames"] == "3"
    if name == "foreground":
        mean = sum(fact.subject for fact in job.facts) / 3
        assert shown["Subject"] == percent(mean)
    assert not list(tmp_path.iterdir())


def test_a_subject_gets_another_ground(open_page: Open) -> None:
    app = open_page("video", vi_model="foreground", vi_frames="2", tab="How it works")
    assert any("A steady matte" in part.value for part in app.markdown)
    app.selectbox(key="knob_vi_ground").set_value("green").run()
    start(app)
    assert run_of(app).job.options.ground == "green"
    assert app.slider(key="knob_vi_opacity").disabled
    assert "knob_vit_overlap" not in {slider.key for slider in app.slider}
    app.slider(key="knob_vis_steadiness").set_value(0.0).run()
    assert 'data-testid="vi-stale"' in html(app)
    # classes and objects have no ground, but objects have a tracker
    other = open_page("video", vi_source="shapes", vi_model="truth", vi_frames="2")
    assert "knob_vi_ground" not in {box.key for box in other.selectbox}
    assert "knob_vit_overlap" in {slider.key for slider in other.slider}


@pytest.mark.parametrize("tab", ["How it works", "Try this", "Code"])
def test_every_tab_before_and_after(open_page: Open, tab: str) -> None:
    app = open_page("video", vi_source="shapes", vi_model="motion", vi_frames="3", tab=tab)
    assert not app.error
    start(app)
    assert not app.error
    if tab == "How it works":
        assert 'data-testid="vi-lanes"' in html(app)


def test_cancel_in_the_middle_keeps_what_is_done(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    app = open_page("video", vi_source="shapes", vi_model="truth", vi_frames="30")
    start(app)
    job = run_of(app).job
    # the same run, half way: AppTest itself follows a run to its end
    again = state.ClipJob(job.clip, state._truth, tracker=state.Tracker())
    for _ in range(7):
        assert again.step()
    assert list(tmp_path.iterdir())
    run = run_of(app)
    run.job = again
    app.session_state["_vi_run"] = run
    monkeypatch.setattr("seglib.ui.video.page._go_on", lambda now: None)
    app.run()
    assert not app.button(key="vi_cancel").disabled
    (bar,) = app.get("progress")
    assert re.match(r"\d+ of 30 frames, [\d.]+ a second, \d+ s left$", bar.proto.text)
    assert app.button(key="vi_start").disabled
    app.button(key="vi_cancel").click().run()
    assert again.stopped
    assert again.data is not None
    done = len(list(ClipReader(again.data)))
    assert 7 <= done < 12
    assert not list(tmp_path.iterdir())
    assert metrics(app)["Frames"] == str(done)
    assert not app.button(key="vi_start").disabled


def test_two_visitors_at_once(open_page: Open) -> None:
    first = open_page("video", vi_source="shapes", vi_model="truth", vi_frames="4", vi_seed="1")
    second = open_page("video", vi_source="shapes", vi_model="truth", vi_frames="6", vi_seed="2")
    start(first)
    start(second)
    first.run()
    assert metrics(first)["Frames"] == "4"
    assert metrics(second)["Frames"] == "6"
    assert run_of(first).job.data != run_of(second).job.data


def clip_bytes(frames: int = 6, rate: int = 10) -> bytes:
    with ClipWriter((64, 48), rate) as writer:
        for index in range(frames):
            pixels = np.full((48, 64, 3), 60, np.uint8)
            pixels[10:30, 4 * index : 4 * index + 16] = (220, 180, 60)
            writer.write(pixels)
        return writer.finish()


def send(app: AppTest, data: bytes, name: str = "mine.mp4") -> AppTest:
    app.file_uploader(key="vi_file").upload(name, data, "video/mp4").run()
    assert not app.exception
    return app


def test_an_upload_is_processed_and_keeps_rate_and_length(open_page: Open) -> None:
    app = send(open_page("video", vi_source="upload", vi_model="motion"), clip_bytes())
    assert "<b>mine.mp4</b>: 64 × 48 px, 6 frames, 10.0 a second, h264" in html(app)
    start(app)
    data = run_of(app).job.data
    assert data is not None
    reader = ClipReader(data)
    frames = list(reader)
    assert reader.info.rate == 10
    np.testing.assert_allclose([f.seconds for f in frames], np.arange(6) / 10, atol=1e-3)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (clip_bytes()[:200], "mine.mp4: Expected a clip with pictures, got"),
        (b"no clip but text" * 50, "mine.mp4: Expected a clip such as MP4, WebM or GIF, got"),
        (sound_alone(), "mine.mp4: Expected a clip with pictures, got a file with sound alone."),
    ],
    ids=["no frame", "text", "sound"],
)
def test_what_is_no_clip_is_refused_in_a_sentence(
    open_page: Open, data: bytes, sentence: str
) -> None:
    app = send(open_page("video", vi_source="upload"), data)
    assert len(app.error) == 1
    assert app.error[0].value.startswith(sentence)
    assert app.button(key="vi_start").disabled


def test_a_clip_that_is_too_long_is_refused(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "LIMITS", ClipLimits(max_seconds=0.3))
    app = send(open_page("video", vi_source="upload"), clip_bytes())
    assert app.error[0].value == "mine.mp4: Expected a clip of at most 0 s, got 1 s."


def test_a_clip_that_turns_out_too_long_keeps_its_beginning(open_page: Open) -> None:
    app = send(open_page("video", vi_source="upload", vi_model="motion"), clip_bytes(9))
    own = app.session_state["_vi_upload"]
    reader = ClipReader(own.data)
    reader._limits = ClipLimits(max_frames=5)
    clip = state.clip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "clip", lambda: (reader, own.name))
        start(app)
    assert state.clip is clip
    assert app.error[0].value == (
        "Expected a clip of at most 5 frames, got more. The 5 frames before it are kept."
    )
    assert len(list(ClipReader(run_of(app).job.data))) == 5


def test_a_truncated_clip_gives_what_it_has(open_page: Open) -> None:
    app = start(
        send(
            open_page("video", vi_source="upload", vi_model="motion"),
            broken_off(10, codec="mjpeg", pix_fmt="yuvj420p", rate=10),
        )
    )
    count = len(run_of(app).job.facts)
    assert 0 < count < 10
    assert not app.error
    assert len(list(ClipReader(run_of(app).job.data))) == count


def test_frames_of_another_size_are_scaled_and_counted(open_page: Open) -> None:
    app = start(send(open_page("video", vi_source="upload", vi_model="motion"), changing_size()))
    assert [info.value for info in app.info] == [
        "2 frames had another size than the first and were scaled to it."
    ]
    assert metrics(app)["Frames"] == "4"


@pytest.mark.parametrize(
    "values",
    [
        {"vi_source": "upload"},
        {"vi_source": "upload", "vi_model": "truth"},
        {"vi_source": "x", "vi_model": "y", "vi_seed": "-1", "vi_frames": "9999"},
        {"vi_source": "shapes", "vi_only": "circle,dragon", "vi_view": "side", "vi_model": "truth"},
        {"vi_opacity": "NaN", "vib_history": "0", "vit_overlap": "2", "vi_model": "motion"},
    ],
)
def test_any_address_opens_the_page(open_page: Open, values: dict[str, str]) -> None:
    app = open_page("video", **values)
    assert not app.error
