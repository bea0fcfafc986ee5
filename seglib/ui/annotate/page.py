"""The page: picture and controls above, tabs below."""

from __future__ import annotations

from html import escape

import streamlit as st

from seglib.errors import SeglibError
from seglib.ui import address, lesson
from seglib.ui.annotate import act, controls, export, pad, run, state, tabs
from seglib.ui.annotate import score as scores
from seglib.ui.annotate.score import Score
from seglib.ui.annotate.state import State
from seglib.ui.annotate.subject import MAX_PIXELS, MAX_SIDE, true_mask
from seglib.ui.boundary import sentence
from seglib.ui.numbers import milliseconds, percent, pixels, sig3

PARAMS = state.PARAMS


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Annotate",
        "Fourteen ways to draw a label map, each with its time and, where truth is known, its IoU.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    left, right = st.columns([2, 1], gap="medium")
    with left:
        box = st.container(key="annotate_box")
        status = st.container(key="annotate_status")
        line = st.container()
    now = state.read()
    now.work.start_clock(now.label.id)
    with box:
        # The place is reserved while the browser fetches the script.
        width, height = now.subject.size
        tall = f"calc(min(72vh,{100 * height / width:.3f}cqw) + 1.8rem)"
        st.html(
            "<style>[data-testid=stColumn]:has(.st-key-annotate_box){container-type:inline-size}"
            f".st-key-annotate_box{{min-height:{tall}}}</style>"
        )
    with status:
        cut, proposal = _compute(now)
    with box:
        _pad(now, cut, proposal)
    with right:
        st.html(f'<p class="seg-note" data-testid="ann-helps">{escape(now.tool.helps)}</p>')
        controls.show(now)
    found = scores.score(now)
    with line:
        controls.toolbar(now, proposal)
        _said(now, cut, proposal)
        _metrics(found)
    export.buttons(now)
    with st.expander("Without a mouse: coordinates", icon=":material/keyboard:"):
        controls.typed(now)
    tabs.show(now, found)


def _compute(now: State) -> tuple[run.Pieces | None, act.Proposal | None]:
    """Take over what was drawn, cut the picture and ask for the proposal: what may take seconds."""
    with st.spinner(f"{now.tool.title} is at work …", show_time=True):
        act.receive(now, pad.inbox(pad.photo_id(now.subject)))
        if address.get(state.DEMO) == "1" and not now.work.example_done:
            now.work.example_done = True
            if not now.work.editor.history.can_undo:
                act.show_example(now)
        cut = None
        if now.tool.family == "pieces":
            try:
                cut = run.pieces(now.subject.key, now.tool.name, now.options, now.subject.pixels)
            except SeglibError as error:
                now.work.problem = sentence(error)
        return cut, act.propose(now)


def _pad(now: State, cut: run.Pieces | None, proposal: act.Proposal | None) -> None:
    kind = controls.kind_of(now)
    marks = now.tool.family == "marks"
    color = now.label.color
    if marks:
        color = (213, 94, 0) if now.side == "rest" else (0, 158, 115)
    truth = None
    if address.get(state.TRUTH) == "1":
        truth = true_mask(now.subject, now.label_set, now.label.id)
    hint = None
    if now.tool.family == "pieces":
        hint = "Click a piece, or drag over several."
    elif now.tool.family == "whole":
        hint = "Orange is proposed: set the options, then accept."
    elif marks and kind == "brush":
        hint = "Paint a mark on the object." if now.side == "object" else "Paint a mark beside it."
    pad.show(
        now.subject,
        now.work.editor.labels,
        now.label_set,
        owner=now.tool.name,
        tool=kind,
        color=color,
        hint=hint,
        radius=controls.mark_radius(now) if marks else getattr(now.options, "radius", 8),
        drag=now.tool.family == "pieces",
        opacity=int(address.get(state.OPACITY)) / 100,
        pieces=None if cut is None else cut.regions,
        proposal=None if proposal is None else proposal.mask,
        truth=truth,
        marks=now.work.marks.get(now.tool.name, ()) if marks else (),
    )


def _said(now: State, cut: run.Pieces | None, proposal: act.Proposal | None) -> None:
    """One line about the last thing, one about the map; the place is always there."""
    words = []
    if now.work.problem:
        st.error(now.work.problem, icon=":material/error:")
    if now.work.note:
        words.append(escape(now.work.note))
    if cut is not None:
        words.append(f"{cut.count:,} pieces, cut in {milliseconds(cut.ms)}.")
    if proposal is not None:
        time = f", {milliseconds(proposal.ms)}." if proposal.mask is not None else ""
        words.append(escape(proposal.word) + time)
    (width, height), full = now.subject.size, now.subject.full_size
    size = f"Map {width} × {height} px, the picture’s own size."
    if now.subject.reduced:
        size = (
            f"Map {width} × {height} px: reduced from {full[0]} × {full[1]} (at most {MAX_SIDE} a "
            f"side, {MAX_PIXELS / 1e6:g} megapixels); files are written at {full[0]} × {full[1]}, "
            "each pixel repeated."
        )
    st.html(
        f'<p class="seg-caption" data-testid="ann-note">{" ".join(words) or "&nbsp;"}</p>'
        f'<p class="seg-caption" data-testid="ann-size">{escape(now.subject.title)}. {size}</p>'
    )


def _metrics(found: Score) -> None:
    cells = [
        ("Area", pixels(found.area), "Pixels of the chosen class in the map"),
        ("Annotated", percent(found.annotated / found.total), "Pixels of any class"),
    ]
    if found.iou is not None:
        cells += [
            ("IoU so far", sig3(found.iou), "Of the chosen class with the truth"),
            (
                "IoU per second",
                "undefined" if found.per_second is None else f"{sig3(found.per_second)} /s",
                "IoU ÷ seconds from choosing the class to its last change; undefined before one, "
                "and after an example, which took none of your time",
            ),
        ]
    elif found.seconds is not None:
        cells.append(("Time", f"{sig3(found.seconds)} s", "From choosing the class to now"))
    with st.grid(len(cells), min_column_width=130, gap="small"):
        for label, value, text in cells:
            st.metric(label, value, help=text, border=True)
