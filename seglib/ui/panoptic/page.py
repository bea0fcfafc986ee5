"""The page: stage and controls above, tabs below. Nothing here computes."""

from __future__ import annotations

from dataclasses import asdict, replace
from html import escape

import streamlit as st

from seglib.models.adapters.merging import MergeOptions
from seglib.models.adapters.prototypes import PrototypeOptions
from seglib.ui import address, caption, knobs, lesson, picker, stage, times_bar, tries
from seglib.ui.numbers import percent, sig3
from seglib.ui.panoptic import downloads, how, shown, table, tabs, work
from seglib.ui.panoptic.ideas import IDEAS, PAGE
from seglib.ui.panoptic.shown import Shown
from seglib.ui.panoptic.work import (
    LOOK,
    MERGING,
    OBJECTS,
    OPTION_PARAMS,
    SOURCE,
    SOURCES,
    LookOptions,
    Work,
)

STAGE_PARAMS = stage.params("pan_", contour="1")
PARAMS = (SOURCE, *OPTION_PARAMS, *STAGE_PARAMS.values(), how.TURN)
"""Everything that this page keeps in the address, besides the picture and the open tab."""

LOW = 0.05
"""Threshold that is offered where nothing was found."""

_COLOURS = {"shade": "Shades", "object": "Objects", "class": "Classes"}


def render() -> None:
    """Draw the page."""
    if st.session_state.get("_adopted", set()) & {param.name for param in STAGE_PARAMS.values()}:
        st.session_state.pop("_pan_shown", None)
    lesson.render(
        "Panoptic segmentation",
        "Every pixel in exactly one segment: things one by one, stuff by its kind.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    left, right = st.columns([2, 1], gap="medium")
    with left:
        box = st.container(key="stage_box")
        line = st.container()
    look = knobs.read(LookOptions, LOOK)
    with box:
        own = work.read(picker.current())
        seen = shown.of(own, look.by)
        session = _session(own, seen)
        state = session.state(seen.label_set)
        stage.to_address(state, seen.label_set, STAGE_PARAMS)
        packed = seen.with_names(names=look.names)
        stage.show(session, packed)
    with right:
        _source(own)
        stage.controls(session, packed, items=("view", "opacity", "contour"))
        knobs.show(LookOptions, LOOK, titles={"colour": _COLOURS})
        _more(own, seen, state)
        if own.times is not None:
            times_bar.show(replace(own.times, render_ms=seen.pack_ms))
    with line:
        _said(own)
        _caption(own)
        downloads.buttons(own, seen, state, names=look.names, settings=_settings(own))
    lesson.tabs(
        numbers=lambda: tabs.numbers(own, seen, state),
        how=lambda: how.show(own, seen, knobs.read(MergeOptions, MERGING)),
        tries=lambda: tries.show(PAGE, IDEAS),
        code=tabs.code,
        models=() if own.model is None else (own.model,),
    )


def _session(own: Work, seen: Shown) -> stage.Session:
    """Return the stage of this session; other segments start with what the address says of them."""
    # The browser keeps which segments it shows by their numbers, and other segments have others.
    table.remember(seen.label_set)
    stamp = (own.key, seen.label_set.names)
    anew = st.session_state.get("_pan_shown") != stamp
    st.session_state["_pan_shown"] = stamp
    initial = stage.from_address(seen.label_set, STAGE_PARAMS)
    return stage.session(table.STAGE, initial, anew=anew)


def _source(own: Work) -> None:
    there = work.sources(own.picture)
    # nothing jumps: a photograph shows the choice too, greyed out
    listed = there if len(there) > 1 else SOURCES
    # What a visitor chose for a street stays chosen for the next one.
    address.choose(
        SOURCE,
        "Source",
        {source: SOURCES[source] for source in listed},
        now=own.source,
        disabled=len(there) < 2,
        help="Whose segments: those of the everyday network; the street network's classes merged "
        "with the true objects of a generated street; or the exact truth of a generated picture.",
    )


def _more(own: Work, seen: Shown, state: stage.StageState) -> None:
    with st.expander("More"):
        table.pick(seen, state)
        # The true objects are not proposed, and nobody merges the truth.
        network, merged = own.source == "network", own.merging is not None
        options = ("threshold", "overlap", "most")
        knobs.show(PrototypeOptions, OBJECTS, only=options, disabled=() if network else options)
        merging = ("covered", "crumbs")
        knobs.show(MergeOptions, MERGING, only=merging, disabled=() if merged else merging)


def _said(own: Work) -> None:
    """Say in one line what is there, and offer a way where nothing is."""
    segments = own.panoptic.segments
    things = [segment for segment in segments if segment.thing]
    total = own.panoptic.segment_ids.size
    share = percent(sum(segment.area for segment in things) / total)
    stuff = len(segments) - len(things)
    if things:
        many = f"{len(things)} thing{'s' * (len(things) != 1)}"
        text = f"{many} on {share} of the picture, {stuff} kind{'s' * (stuff != 1)} of stuff."
    elif own.source != "network":
        text = f"No thing in this picture, {stuff} kinds of stuff."
    else:
        threshold = knobs.read(PrototypeOptions, OBJECTS).threshold
        text = f"No thing was found at a threshold of {sig3(threshold)}: all is stuff."
        if not segments:
            text = "Every pixel is void: the network names nothing here."
    sentence, button = st.columns([3, 2], vertical_alignment="center")
    sentence.html(f'<p data-testid="pan-said" style="margin:0">{escape(text)}</p>')
    if not things and own.source == "network":
        if knobs.read(PrototypeOptions, OBJECTS).threshold > LOW:
            button.button(f"Threshold {LOW:g}", key="pan_lower", on_click=_lower, width="stretch")
        elif "truth" in work.sources(own.picture):
            button.button("Exact truth", key="pan_truth", on_click=_truth, width="stretch")


def _lower() -> None:
    knobs.put(PrototypeOptions, OBJECTS, threshold=LOW)


def _truth() -> None:
    address.put(SOURCE, "truth")


def _caption(own: Work) -> None:
    if own.model is not None and own.times is not None:
        caption.show(own.model, None, own.times, picture=own.picture)
        return
    width, height = own.panoptic.size
    st.html(
        '<p class="seg-caption" data-testid="caption"><b>exact truth</b> · '
        f"{escape(own.picture.title)}, <span>{width} × {height} px</span></p>"
        f'<p class="seg-caption">{escape(own.picture.credit)}</p>'
    )


def _settings(own: Work) -> dict[str, object]:
    settings: dict[str, object] = {}
    if own.source == "network":
        settings["objects"] = asdict(knobs.read(PrototypeOptions, OBJECTS))
    if own.merging is not None:
        settings["merging"] = asdict(knobs.read(MergeOptions, MERGING))
    return settings
