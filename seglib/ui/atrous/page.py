"""The page: a choice of views, and the one that is chosen."""

from __future__ import annotations

import importlib

import streamlit as st

from seglib.ui import address, lesson
from seglib.ui.atrous.state import PARAMS, VIEW, VIEWS

__all__ = ["PARAMS", "render"]

_MODULES = {
    "field": "field",
    "trick": "trick",
    "pyramid": "pyramid",
    "cost": "separable",
    "scales": "strategies",
}


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Atrous convolution",
        "Holes between the weights: a kernel sees farther, costs the same, keeps the resolution.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    follow = address.bound(VIEW, VIEW.name)
    st.segmented_control(
        "View",
        list(VIEWS),
        format_func=lambda key: VIEWS[key],
        required=True,
        wrap=True,
        key=VIEW.name,
        on_change=follow,
        label_visibility="collapsed",
    )
    module = importlib.import_module(f"seglib.ui.atrous.{_MODULES[address.get(VIEW)]}")
    module.draw()
