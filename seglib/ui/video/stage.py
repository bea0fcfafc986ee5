"""The stage: the first frame, then the latest one, then the clip."""

from __future__ import annotations

import base64
import math
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.images import encode_jpeg
from seglib.ui.boundary import sentence
from seglib.ui.numbers import percent, sig3
from seglib.ui.video import state
from seglib.ui.video.state import Run

_CSS = """<style>
.vi-shot { position: relative; }
.vi-shot img { width: 100%; display: block; border-radius: 0.6rem; background: rgb(128 128 128 / 0.15); }
.vi-shot figcaption { font-size: 0.875rem; opacity: 0.8; margin-top: 0.3rem; font-variant-numeric: tabular-nums; }
figure.vi-shot { margin: 0; }
.vi-empty { aspect-ratio: 4 / 3; max-height: 24rem; width: 100%; border: 2px dashed rgb(128 128 128 / 0.5); border-radius: 0.6rem; display: grid; place-content: center; text-align: center; padding: 1rem; }
.st-key-vi_stage video { border-radius: 0.6rem; display: block; }
</style>"""  # noqa: E501


def _shot(pixels: NDArray[np.uint8], text: str, frame: int) -> None:
    data = base64.b64encode(encode_jpeg(pixels, 85)).decode()
    st.html(
        f'{_CSS}<figure class="vi-shot" data-testid="vi-preview" data-frame="{frame}">'
        f'<img src="data:image/jpeg;base64,{data}" alt="{escape(text)}" '
        f'width="{pixels.shape[1]}" height="{pixels.shape[0]}" style="height:auto">'
        f"<figcaption>{escape(text)}</figcaption></figure>"
    )


def progress(now: Run | None) -> None:
    """Draw how far it is, with the time left; the place keeps its height."""
    if now is None:
        st.progress(0.0, text="Ready")
        return
    job = now.job
    done, total = len(job.facts), job.progress.total
    text = f"{done} of {total} frames" if total else f"{done} frames"
    pace, left = job.per_second, job.progress.seconds_left
    if not job.finished:
        if pace is not None and done > 1:
            text += f", {sig3(pace)} a second"
        if left is not None and done > 1:
            text += f", {duration(left)} left"
        share = job.progress.share
    else:
        text += ", stopped" if job.stopped else ", broke off" if job.problem else ""
        text += f", in {duration(job.seconds)}"
        share = 1.0 if not (job.stopped or job.problem) else job.progress.share
    st.progress(share or 0.0, text=text)


def duration(seconds: float) -> str:
    """``"8 s"``, ``"2 min 05 s"``."""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


def show(now: Run | None) -> None:
    """Draw the clip, or the frame that there is."""
    if now is None or (now.job.latest is None and now.job.finished):
        _first()
        return
    job = now.job
    if job.data is not None:
        st.video(job.data, loop=True, autoplay=True, muted=True, alt=_alt(now))
        height, width = job.latest.shape[:2] if job.latest is not None else (0, 0)
        # The style goes with the text: Streamlit puts a style alone where the whole page has
        # one place for it, and the thumbnails' style is there.
        st.html(
            f'{_CSS}<p class="seg-caption" data-testid="vi-caption">{escape(now.title)}, '
            f"<span>{width} × {height} px</span>, <span>{len(job.facts)} frames</span>, "
            f"<span>{sig3(float(job.clip.info.rate))} a second</span>, "
            f"<span>{sig3(len(job.data) / 1e6)} MB</span></p>"
        )
    elif job.latest is not None:
        _shot(job.latest, f"Frame {len(job.facts)}: the clip comes at the end", len(job.facts))
    else:
        _first()
    _notes(now)


def _first() -> None:
    problem = state.problem()
    if problem:
        st.error(problem, icon=":material/video_file:")
    found = state.first()
    if found is None:
        st.html(
            f'{_CSS}<div class="vi-empty" data-testid="vi-empty"><div><b>No clip yet</b><br>'
            "Choose a file on the right, or take a generated clip.</div></div>"
        )
        return
    _shot(state.drawn(found), "First frame, as the clip will look", 0)


def _alt(now: Run) -> str:
    return f"{now.title}, segmented: {len(now.job.facts)} frames"


def _notes(now: Run) -> None:
    job, reader = now.job, now.reader
    if job.problem is not None:
        text = sentence(job.problem)
        kept = len(job.facts)
        more = f" The {kept} frames before it are kept." if kept else ""
        st.error(text + more, icon=":material/error:")
    if reader is not None and reader.truncated and job.finished:
        st.warning(
            f"The file breaks off: {len(job.facts)} frames could be read, and all of them are in "
            "the clip.",
            icon=":material/content_cut:",
        )
    if reader is not None and reader.resized and job.finished:
        st.info(
            f"{reader.resized} frames had another size than the first and were scaled to it.",
            icon=":material/aspect_ratio:",
        )
    if job.finished and now.key != state.key():
        st.html(
            '<p class="seg-note" data-testid="vi-stale">Settings have changed since this clip was '
            "made: <b>Start</b> makes it anew.</p>"
        )


def numbers(now: Run | None) -> None:
    """Draw the four numbers of the run."""
    shown: list[tuple[str, str, str]] = []
    job: Any = None if now is None else now.job
    done = job is not None and bool(job.facts)
    shown.append(("Frames", str(len(job.facts)) if done else "–", "In the clip so far"))
    shown.append(
        (
            "FPS",
            sig3(job.per_second) if done else "–",
            "Frames a second of real time, with encoding and with redrawing this page",
        )
    )
    values = [f.iou for f in job.facts if f.iou is not None] if done else []
    if done and job.switches is not None:
        values = []
        text = "How often a true object got another number than before"
        shown.append(("Switches", str(job.switches.count), text))
    if values:
        text = "IoU of what moves" if now and now.model == state.MOTION_MODEL else "Mean IoU"
        defined = [value for value in values if not math.isnan(value)]
        mean = sum(defined) / len(defined) if defined else None
        shown.append((text, sig3(mean), "Against the exact truth, averaged over the frames"))
    if done and job.tracks:
        shown.append(("Objects", str(len(job.tracks)), "Numbers given so far; none is used twice"))
    subjects = [f.subject for f in job.facts if f.subject is not None] if done else []
    if subjects or state.task() == "matte":
        mean = percent(sum(subjects) / len(subjects)) if subjects else "–"
        shown.append(("Subject", mean, "Share of the picture, averaged over the frames"))
    if len(shown) < 3:
        shown.append(("Mean IoU", "–", "For generated clips, whose truth is known"))
    with st.grid(len(shown), min_column_width=130, gap="small"):
        for label, value, text in shown:
            st.metric(label, value, help=text, border=True)
