"""The controls: view, preset, background, threshold; everything else under More."""

from __future__ import annotations

import streamlit as st

from seglib.images import DEFAULT_LIMITS
from seglib.matting import BackgroundOptions, MatteOptions
from seglib.ui import address, knobs
from seglib.ui.background import state
from seglib.ui.background.state import KEEPS, KINDS, PRESETS, VIEWS

_MB = DEFAULT_LIMITS.max_bytes // 2**20
_PICTURES = ("jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", "gif")


def show() -> None:
    """Draw them."""
    address.choose(
        state.VIEW,
        "View",
        VIEWS,
        key="bg_view_box",
        help="What lies right of the line. The matte is alpha itself; the trimap says which pixels "
        "are sure.",
    )
    _presets()
    knobs.show(BackgroundOptions, "bgb", only=["kind"], titles={"kind": KINDS})
    _background()
    knobs.show(MatteOptions, "bg", only=["threshold", "softness"])
    with st.expander("More"):
        off = [] if address.get(_edges()) == "1" else ["reach"]
        knobs.show(
            MatteOptions,
            "bg",
            only=["edges", "reach", "feather", "holes", "keep"],
            titles={"keep": KEEPS},
            disabled=off,
        )
        knobs.show(BackgroundOptions, "bgb", only=["despill"])


def _edges() -> address.Param:
    return next(param for param in state.PARAMS if param.name == "bg_edges")


def _presets() -> None:
    st.session_state["bg_preset_box"] = state.preset()

    def chosen() -> None:
        name = st.session_state["bg_preset_box"]
        if name is not None:
            state.use(name)

    st.pills(
        "Preset",
        list(PRESETS),
        format_func=lambda name: PRESETS[name].title,
        wrap=True,
        key="bg_preset_box",
        on_change=chosen,
        help="Sets every option below at once. "
        + " ".join(f"**{one.title}**: {one.help}." for one in PRESETS.values()),
    )


def _background() -> None:
    """Draw the one control that the chosen background has."""
    kind = state.settings().background.kind
    if kind == "colour":
        follow = address.bound(state.COLOUR, "bg_colour_box")
        st.color_picker(
            "Colour", key="bg_colour_box", on_change=follow, help="Lies behind the subject."
        )
    elif kind == "blur":
        knobs.show(BackgroundOptions, "bgb", only=["blur"])
    elif kind == "picture":
        st.file_uploader(
            "Picture behind",
            type=list(_PICTURES),
            key="bg_file",
            on_change=_uploaded,
            max_upload_size=_MB,
            help="Of any size and proportions: it is scaled and cut so that it fills the picture. "
            "A generated street stands there until you choose one.",
        )
        problem = state.backdrop_problem()
        if problem:
            st.error(problem, icon=":material/broken_image:")


def _uploaded() -> None:
    file = st.session_state.get("bg_file")
    if file is not None:
        state.take_backdrop(file.getvalue(), file.name)
