"""The page: a clip through any model, in slices of work, so that Cancel always works."""

from __future__ import annotations

import contextlib

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from seglib.errors import SeglibError
from seglib.ui import address, lesson, tries
from seglib.ui.video import controls, ideas, stage, state, tabs, times
from seglib.ui.video.state import PARAMS, Run

__all__ = ["PARAMS", "render"]


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Video",
        "Any model over a clip: several frames at once, results in order.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    left, right = st.columns([2, 1], gap="medium")
    if st.session_state.pop("_vi_go", False):
        with left, st.spinner("Getting the model ready …"):
            state.start()
    now = state.run()
    with left:
        with st.container(key="vi_stage"):
            stage.progress(now)
            stage.show(_shown(now))
        # under the picture and not among the settings: on a phone one sees what they do
        controls.buttons(now, possible=address.get(state.SOURCE) != "upload" or _uploaded())
        stage.numbers(_shown(now))
    with right:
        controls.choose()
        controls.more()
        if now is not None and now.job.facts:
            times.show(now.job)
    lesson.tabs(
        numbers=lambda: tabs.numbers(now),
        how=lambda: tabs.how(now),
        tries=lambda: tries.show(ideas.PAGE, ideas.IDEAS),
        code=tabs.code,
        models=state.cards(),
    )
    if now is not None and not now.job.finished:
        _go_on(now)


def _uploaded() -> bool:
    return state.upload() is not None


def _shown(now: Run | None) -> Run | None:
    """Leave the last clip on the stage until another clip is chosen."""
    if now is None or not now.job.finished:
        return now
    return now if now.source == state.source_key() else None


def _go_on(now: Run) -> None:
    """Work for a moment, then draw again; a click on Cancel comes between two moments."""
    # The job keeps its own problem and what was done before it; the stage says both.
    with contextlib.suppress(SeglibError):
        now.job.run(state.SLICE_S)
    context = get_script_run_ctx()
    # Only a run of the fragment alone may ask for another of its kind.
    alone = context is not None and bool(context.fragment_ids_this_run)
    st.rerun(scope="fragment" if alone else "app")
