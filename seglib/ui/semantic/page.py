"""The page: stage and controls above, tabs below. Nothing here computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import streamlit as st

from seglib.ui import address, caches, caption, lesson, picker, stage, times_bar
from seglib.ui.address import Param, one_of
from seglib.ui.semantic import downloads, tabs
from seglib.ui.semantic.facts import ABSENT, Absent

if TYPE_CHECKING:
    from seglib.models import Upsampling

MODEL = "street"
UPSAMPLING = {"logits": "Scores, then decide", "labels": "Decide, then repeat"}
PRECISIONS = {"auto": "Automatic", "f32": "f32", "bf16": "bf16", "int8": "int8"}
ABSENT_TITLES = {"skip": "skipped", "zero": "0", "one": "1"}


def _offered(precision: str) -> bool:
    """Whether the model can be asked for it: int8 only where its card has that."""
    from seglib.models import find

    return precision == "auto" or (precision in PRECISIONS and precision in find(MODEL).precisions)


UP = Param("up", "logits", one_of(*UPSAMPLING))
PRECISION = Param("precision", "auto", _offered)
ABSENT_AS = Param("absent", "skip", one_of(*ABSENT))
PARAMS = (*stage.PARAMS.values(), UP, PRECISION, ABSENT_AS)
"""Everything that this page keeps in the address, besides the picture and the open tab."""


def render() -> None:
    """Draw the page."""
    # What a link has just set wins over what the browser reported before.
    if st.session_state.get("_adopted", set()) & set(stage.PARAMS):
        _session(anew=True)
    lesson.render(
        "Semantic segmentation",
        "A network names every pixel of a picture: what is road, what is car, what is sky.",
        _draw,
        params=PARAMS,
    )


def _session(*, anew: bool = False) -> stage.Session:
    from seglib.models import find

    return stage.session("semantic", stage.from_address(find(MODEL).labels), anew=anew)


def _draw() -> None:
    left, right = st.columns([2, 1], gap="medium")
    with left:
        box = st.container(key="stage_box")
        line = st.container()
    # Drawn first, before all other controls: the picture is what a visitor waits for, and the
    # browser fetches the scripts of the parts in the order in which they come. That is possible
    # because values are read from the address, not from the widgets below.
    picture = picker.current()
    upsampling = cast("Upsampling", address.get(UP))
    absent = cast("Absent", address.get(ABSENT_AS))
    precision = None if address.get(PRECISION) == "auto" else address.get(PRECISION)
    own = caches.segmenter(MODEL, precision)
    view = caches.semantic(
        picture.image.digest,
        MODEL,
        precision,
        upsampling,
        caches.source_of(picture),
        picture,
    )
    session = _session()
    state = session.state(own.label_set)
    stage.to_address(state, own.label_set)
    with box:
        stage.show(session, view.packed)
    with right:
        stage.controls(session, view.packed)
        _controls()
        times_bar.show(view.times)
    with line:
        caption.show(MODEL, precision, view.times, picture=picture)
        downloads.buttons(
            view, state, model=MODEL, precision=precision, upsampling=upsampling, absent=absent
        )
    tabs.show(view, state, own, upsampling=upsampling, absent=absent)


def _controls() -> None:
    address.choose(
        UP,
        "From the network's grid to pixels",
        UPSAMPLING,
        help="The network answers on a coarser grid. Either its scores are interpolated and the "
        "best class is taken at every pixel, or it is taken on the grid and repeated.",
    )
    with st.expander("More"):
        address.choose(
            PRECISION,
            "Precision",
            {key: title for key, title in PRECISIONS.items() if _offered(key)},
            help="Arithmetic of the network. Automatic takes what was measured to be best, or what "
            "this processor does best.",
        )
        address.choose(
            ABSENT_AS,
            "A class that is absent counts as",
            ABSENT_TITLES,
            help="A class in neither truth nor prediction has IoU 0/0. Means depend on what it "
            "counts for; skipping it is usual.",
        )
