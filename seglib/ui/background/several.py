"""Several pictures through the settings above into one ZIP, in slices of work."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from html import escape
from typing import Any, cast

import streamlit as st

from seglib.images import Image
from seglib.matting import Replaced
from seglib.ui import address, caches, lesson
from seglib.ui.background import state
from seglib.ui.background.batch import BatchJob, BatchLimits, Source
from seglib.ui.background.state import Settings
from seglib.ui.downloads import File, button
from seglib.ui.numbers import megabytes, percent, sig3
from seglib.ui.video.stage import duration

SLICE_S = 0.8
"""Seconds of work between two looks at the buttons."""

LIMITS = BatchLimits()
_KINDS = ("jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", "gif")


@dataclass
class Run:
    """A batch in work, or done, and the settings that it was started with."""

    job: BatchJob
    settings: Settings


class _Keeper:
    """Holds the job of a session, so that it ends with the session."""

    job: BatchJob | None = None

    def stop(self) -> None:
        if self.job is not None:
            self.job.stop()


@st.cache_resource(scope="session", on_release=_Keeper.stop, show_spinner=False)
def _keeper() -> _Keeper:
    return _Keeper()


def run() -> Run | None:
    """Return the batch of this session; ``None`` before the first."""
    found: Run | None = st.session_state.get("_bg_run")
    return found


def suffix(now: Settings) -> str:
    """Return the kind of file in the ZIP: what is transparent cannot be a JPEG."""
    return "png" if now.background.kind == "transparent" else address.get(state.FORMAT)


def start(files: list[Any]) -> None:
    """Begin with these files and the settings of now; whatever ran before ends."""
    cancel()
    now = state.settings()
    own = caches.segmenter(state.MODEL)
    behind = state.backdrop()[1] if now.background.kind == "picture" else None
    kind = suffix(now)

    def answer(image: Image) -> Replaced:
        return state.make_whole(image, own, now, behind)

    job = BatchJob(
        cast("list[Source]", files),
        answer,
        lambda made: state.encoded(made, kind),
        suffix=kind,
        longest=int(address.get(state.LONGEST_SIDE)) or None,
        note=json.dumps(now.as_dict(), indent=2).encode(),
        limits=LIMITS,
    )
    _keeper().job = job
    st.session_state["_bg_run"] = Run(job, now)


def cancel() -> None:
    """End the batch; what is done is kept."""
    now = run()
    if now is not None:
        now.job.stop()


def show() -> Run | None:
    """Draw the batch; returns it while there is work to do."""
    now = run()
    with st.expander("Several pictures to a ZIP", icon=":material/folder_zip:", key="bg_several"):
        st.html(
            f'<p class="seg-note">With the settings above. At most {LIMITS.files} pictures and '
            f"{LIMITS.total_bytes // 2**20} MiB; they stay in memory and are never stored.</p>"
        )
        files = st.file_uploader(
            "Pictures",
            type=list(_KINDS),
            accept_multiple_files=True,
            key="bg_files",
            max_upload_size=LIMITS.picture.max_bytes // 2**20,
            help="JPEG, PNG, WebP, BMP, TIFF or GIF.",
        )
        left, right = st.columns([3, 2], gap="medium")
        with left:
            _choice(
                state.LONGEST_SIDE,
                "Longest side",
                state.LONGEST,
                "Larger pictures are scaled down.",
            )
        with right:
            _choice(
                state.FORMAT,
                "Files",
                state.FORMATS,
                "Where the background is transparent it is always PNG.",
                disabled=state.settings().background.kind == "transparent",
            )
        _buttons(now, files)
        # begun between the buttons and the progress, so that both tell of the same run
        if st.session_state.pop("_bg_go", False) and files:
            start(files)
            lesson.again()
        _progress(now)
        if now is not None:
            _results(now)
    return now if now is not None and not now.job.finished else None


def go_on(now: Run) -> None:
    """Work for a moment, then draw again; a click on Cancel comes between two moments."""
    now.job.run(SLICE_S)
    lesson.again()


def _choice(
    param: address.Param, label: str, options: dict[str, str], text: str, *, disabled: bool = False
) -> None:
    key = f"{param.name}_box"
    address.choose(param, label, options, key=key, help=text, disabled=disabled)


def _buttons(now: Run | None, files: list[Any]) -> None:
    def go() -> None:
        st.session_state["_bg_go"] = True

    running = now is not None and not now.job.finished
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Start",
            on_click=go,
            key="bg_start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=running or not files,
        )
        st.button(
            "Cancel",
            on_click=cancel,
            key="bg_cancel",
            icon=":material/stop:",
            disabled=not running,
            help="The ZIP then has the pictures that are done.",
        )
        if now is not None and now.job.data is not None:
            button(
                File(
                    "ZIP",
                    "background-removed.zip",
                    now.job.data,
                    "The pictures and settings.json.",
                ),
                "bg_get",
            )


def _progress(now: Run | None) -> None:
    if now is None:
        st.progress(0.0, text="Ready")
        return
    job = now.job
    seen, total = job.progress.done, job.progress.total or 0
    text = f"{seen} of {total} pictures"
    left = job.progress.seconds_left
    if not job.finished:
        if left is not None and seen:
            text += f", {duration(left)} left"
    else:
        text += f"{', stopped' if job.stopped else ''}, in {duration(job.seconds)}"
    st.progress(min(1.0, job.progress.share or 0.0), text=text)


def _results(now: Run) -> None:
    job = now.job
    for finding in job.findings:
        st.html(
            f'<p class="seg-problem" data-testid="bg-finding"><b>{escape(finding.name)}</b>: '
            f"{escape(finding.sentence)}</p>"
        )
    if not job.done:
        if job.finished:
            st.html('<p class="seg-note">No picture could be used, so there is no ZIP.</p>')
        return
    if job.finished and now.settings != state.settings():
        st.html(
            '<p class="seg-note" data-testid="bg-stale">Settings have changed since: <b>Start</b> '
            "makes the ZIP anew.</p>"
        )
    cards = "".join(
        f'<figure data-name="{escape(one.name)}"><img alt="" src="data:image/png;base64,'
        f'{base64.b64encode(one.thumb).decode()}"><figcaption><b>{escape(one.name)}</b>'
        f"<span>{one.size[0]:,} × {one.size[1]:,} px, {megabytes(one.length)}</span>"
        f"<span>{f'subject {percent(one.share)}' if one.found else 'no subject'}, "
        f"{sig3(one.seconds)} s</span></figcaption></figure>"
        for one in reversed(job.done)
    )
    st.html(f'<div class="seg-batch" data-testid="bg-done">{cards}</div>')
