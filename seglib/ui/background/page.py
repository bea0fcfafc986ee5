"""The page: the picture before and after, its controls, several pictures at once, the tabs."""

from __future__ import annotations

import streamlit as st

from seglib.ui import lesson, picker, times_bar, tries
from seglib.ui.background import controls, downloads, how, ideas, several, stage, state, tabs
from seglib.ui.background.state import PARAMS

__all__ = ["PARAMS", "render"]


def render() -> None:
    """Draw the page."""
    picker.prefer(state.SAMPLE)
    lesson.render(
        "Background removal",
        "A soft matte says how much of every pixel is subject; put it on anything else.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    left, right = st.columns([2, 1], gap="medium")
    with left:
        done = state.work()
        with st.container(key="bg_stage"):
            stage.show(done)
            stage.legend(done)
        stage.notes(done)
        downloads.show(done)
        stage.under(done)
        going = several.show()
    with right:
        controls.show()
        refine = times_bar.Extra("refine_ms", "Refine the matte", done.made.refine_ms)
        times_bar.show(done.times, (refine,))
    lesson.tabs(
        numbers=lambda: tabs.numbers(done),
        how=lambda: how.show(done),
        tries=lambda: tries.show(ideas.PAGE, ideas.IDEAS),
        code=lambda: tabs.code(done),
        models=(state.MODEL,),
    )
    if going is not None:
        several.go_on(going)
