"""The page: stage and controls above, tabs below. Nothing here computes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

import streamlit as st

from seglib.ui import address, boundary, caches, caption, frame, picker, stage, times_bar
from seglib.ui.semantic import downloads, tabs
from seglib.ui.semantic.facts import ABSENT, Absent

if TYPE_CHECKING:
    from seglib.models import Upsampling

MODEL = "street"
UPSAMPLING = {"logits": "Scores, then decide", "labels": "Decide, then repeat"}
PRECISIONS = {"auto": "Automatic", "f32": "f32", "bf16": "bf16"}


def render() -> None:
    """Draw the page."""
    frame.header(
        "Semantic segmentation",
        "A network names every pixel of a picture: what is road, what is car, what is sky.",
    )
    # What a link has just set wins over what the browser reported before.
    if st.session_state.get("_adopted", set()) & set(stage.PARAMS):
        _session(anew=True)
    _body()


@st.fragment
def _body() -> None:
    with boundary.boundary():
        _draw()


def _session(*, anew: bool = False) -> stage.Session:
    from seglib.models import find

    return stage.session("semantic", stage.from_address(find(MODEL).labels), anew=anew)


def _draw() -> None:
    start = time.perf_counter()
    picture = picker.current()
    left, right = st.columns([2, 1], gap="medium")
    with left:
        box = st.container(key="stage_box")
        line = st.container()
    with right:
        side = st.container()
    session = _session()
    with right:
        upsampling = _upsampling()
        with st.expander("More"):
            precision = st.segmented_control(
                "Precision",
                list(PRECISIONS),
                format_func=PRECISIONS.__getitem__,
                default="auto",
                required=True,
                key="precision",
                bind="query-params",
                help="Arithmetic of the network. Automatic takes what this processor does best.",
            )
            absent = _absent()
    wanted = None if precision == "auto" else precision
    own = caches.segmenter(MODEL, wanted)
    view = caches.semantic(
        picture.image.digest,
        MODEL,
        wanted,
        upsampling,
        caches.source_of(picture),
        picture,
    )
    state = session.state(own.label_set)
    stage.to_address(state, own.label_set)
    address.publish(stage.PARAMS.values())
    with box:
        stage.show(session, view.packed)
    with line:
        caption.show(MODEL, wanted, view.times, picture=picture)
    with side:
        stage.controls(session, view.packed)
    with right:
        times_bar.show(view.times)
        st.html(
            f'<i hidden data-testid="page-ms" data-ms="{1e3 * (time.perf_counter() - start):.1f}"></i>'
        )
    downloads.buttons(
        view, state, model=MODEL, precision=wanted, upsampling=upsampling, absent=absent
    )
    tabs.show(view, state, own, upsampling=upsampling, absent=absent)


def _upsampling() -> Upsampling:
    choice = st.segmented_control(
        "From the network's grid to pixels",
        list(UPSAMPLING),
        format_func=UPSAMPLING.__getitem__,
        default="logits",
        required=True,
        key="up",
        bind="query-params",
        help="The network answers on a coarser grid. Either its scores are interpolated and the "
        "best class is taken at every pixel, or the best class is taken on the grid and repeated.",
    )
    return cast("Upsampling", choice or "logits")


def _absent() -> Absent:
    choice = st.segmented_control(
        "A class that is absent counts as",
        list(ABSENT),
        format_func={"skip": "skipped", "zero": "0", "one": "1"}.__getitem__,
        default="skip",
        required=True,
        key="absent",
        bind="query-params",
        help="A class in neither truth nor prediction has IoU 0/0. Means depend on what it counts "
        "for; skipping it is usual.",
    )
    return cast("Absent", choice or "skip")
