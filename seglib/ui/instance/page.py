"""The page: stage, chosen object and controls above, tabs below. Nothing here computes."""

from __future__ import annotations

import math

import streamlit as st

from seglib.ui import address, caption, knobs, lesson, picker, times_bar
from seglib.ui.address import Param
from seglib.ui.instance import decoding, downloads, field, panel, state, tabs
from seglib.ui.instance.decoding import Decoding
from seglib.ui.instance.state import MODEL, PICK, PRECISION, PRECISIONS, PREFIX, ViewOptions, Work

PARAMS = state.PARAMS
"""Everything that this page keeps in the address, besides the picture and the open tab."""

_SAMPLES = {"nuclei-2": "cells"}
"""The sample that shows what a model of these labels is for, until a visitor chooses one."""

_TITLES = {"colour": {"instance": "Object", "class": "Class"}}


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Instance segmentation",
        "Every object gets a mask of its own: two cats are two, not one region of cat.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    if st.session_state.pop("_in_model_changed", False):
        # another model may prefer another picture, and the picker must say so
        st.rerun()
    field.style()
    left, right = st.columns([2, 1], gap="medium")
    with left:
        box = st.container(key="stage_box")
        line = st.container()
    how = decoding.decoding(address.get(MODEL))
    if how is None:
        with right:
            _model()
        title = next(card.title for card in decoding.cards() if card.name == address.get(MODEL))
        box.info(f"This version cannot decode {title.lower()} yet. Choose another model.")
        return
    if how.card.label_set in _SAMPLES:
        picker.prefer(_SAMPLES[how.card.label_set])
    work = state.read(picker.current(), how)
    with box:
        field.show(work)
        _none(work)
    with right:
        panel.show(work)
        _controls(work)
        times_bar.show(work.times)
    with line:
        caption.show(how.card.name, work.precision, work.times, picture=work.picture)
        downloads.buttons(work)
    tabs.show(work)


def _none(work: Work) -> None:
    """Say what can be done where nothing is found."""
    if len(work.instances):
        return
    best = work.best_below
    if best is None:
        st.info(
            f"{work.how.card.title} finds no object in this picture, however low the score. "
            "Choose another picture, or set how objects are made under More.",
            icon=":material/search_off:",
        )
        return
    st.info(
        f"No object has a score of {work.threshold:.2f} or more. The best has {best:.2f}.",
        icon=":material/search_off:",
    )
    # rounded down to the slider's step, so that the object is really in
    lower = math.floor(best * 100 + 1e-6) / 100
    st.button(
        f"Show objects from {lower:.2f}",
        key="in_lower",
        type="primary",
        on_click=_lower,
        args=(work.how, lower),
    )


def _lower(how: Decoding, threshold: float) -> None:
    if how.score is None:
        knobs.put(ViewOptions, PREFIX, score=threshold)
    else:
        low = float(how.info(how.score).low or 0)
        knobs.put(how.options, how.prefix, **{how.score: max(low, threshold)})


def _controls(work: Work) -> None:
    how = work.how
    _model()
    if how.score is None:
        knobs.show(ViewOptions, PREFIX, only=["score"])
    knobs.show(how.options, how.prefix, only=how.main)
    knobs.show(ViewOptions, PREFIX, only=["colour", "opacity"], titles=_TITLES)
    with st.expander("More"):
        knobs.show(ViewOptions, PREFIX, only=["contour", "boxes", "labels"])
        knobs.show(how.options, how.prefix, only=how.more)
        _choice(PRECISION, "Precision", PRECISIONS, "Arithmetic of the network. Automatic takes "
                "what this processor does best.")  # fmt: skip


def _model() -> None:
    titles = {card.name: card.title for card in decoding.cards()}
    about = " ".join(f"{card.title}: {card.summary}" for card in decoding.cards())
    _choice(MODEL, "Model", titles, about)


def _choice(param: Param, label: str, options: dict[str, str], text: str) -> None:
    def changed() -> None:
        address.put(PICK, "")
        st.session_state["_in_model_changed"] = param is MODEL

    address.choose(param, label, options, key=f"{param.name}_box", help=text, then=changed)
