"""The page: a window slid over the picture, or the same weights in one pass."""

from __future__ import annotations

import streamlit as st

from seglib.ui import address, lesson, tries
from seglib.ui.patches import cost, how, ideas, layer, state, window
from seglib.ui.patches.state import PARAMS, VIEW, VIEWS

__all__ = ["PARAMS", "render"]


def render() -> None:
    """Draw the page."""
    lesson.render(
        "From patches to FCN",
        "A network that judges one window becomes, with the same weights, one pass over a picture.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    view = address.get(VIEW)
    left, right = st.columns([2, 1], gap="medium")
    scene = state.scene() if view == "window" else None
    with left, st.container(key="patches_stage"):
        if scene is not None:
            window.show(scene)
        elif view == "layer":
            layer.show()
        else:
            cost.show()
    with right:
        address.choose(VIEW, "View", VIEWS)
        if scene is not None:
            window.controls(scene)
        elif view == "layer":
            layer.controls()
        else:
            cost.controls()
    lesson.tabs(
        numbers=lambda: how.numbers(scene),
        how=lambda: how.show(view),
        tries=lambda: tries.show(ideas.PAGE, ideas.IDEAS),
        code=lambda: how.code(view),
    )
