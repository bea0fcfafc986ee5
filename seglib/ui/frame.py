"""The frame of a page: title, idea, talk mode, share; and what went wrong with an upload."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from seglib.ui import picker, style


@cache
def _file(name: str) -> str:
    return (Path(__file__).parent / "frontend" / name).read_text(encoding="utf-8")


_SHARE = st.components.v2.component(
    "seglib_share", html=_file("share.html"), css=_file("share.css"), js=_file("share.js")
)


def header(title: str, idea: str) -> None:
    """Draw title and idea on the left, talk mode and share on the right."""
    left, right = st.columns([3, 2], vertical_alignment="center", gap="medium")
    with left:
        st.html(
            f'<h1 class="seg-title" data-testid="title">{escape(title)}</h1>'
            f'<p class="seg-idea" style="margin-top:0.3rem">{escape(idea)}</p>'
        )
    with (
        right,
        st.container(horizontal=True, horizontal_alignment="right", wrap=False, gap="small"),
    ):
        on = st.toggle(
            "Talk mode",
            key="talk",
            bind="query-params",
            help="Larger type, no sidebar: readable from the last row.",
        )
        if on:
            style.talk()
        _SHARE(key="share", width="content", data={"private": picker.current().key in PRIVATE})
    # The place is always there: a sentence that comes or goes must not mount the page anew.
    place = st.container(key="problem")
    text = picker.problem()
    if text:
        message, button = place.columns([5, 1], vertical_alignment="center")
        message.error(text, icon=":material/broken_image:")
        button.button("Dismiss", on_click=picker.forget_problem, key="dismiss", width="stretch")


PRIVATE = ("upload", "camera")
"""Pictures that a link cannot carry."""


def show_code(*functions: Callable[..., Any], intro: str) -> None:
    """Show the source of functions that really ran."""
    st.markdown(intro)
    for function in functions:
        st.code(textwrap.dedent(inspect.getsource(function)), language="python")
