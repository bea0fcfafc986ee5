"""The page: four answers to one picture, a pixel to read, tabs below."""

from __future__ import annotations

from html import escape

import streamlit as st

from seglib.ui import address, caches, knobs, lesson, picker, tries
from seglib.ui.kinds import answers as answering
from seglib.ui.kinds import compare, facts, picture, probe, tabs
from seglib.ui.kinds.answers import (
    MATTE_MODEL,
    PARAMS,
    PREFIX,
    SCENE_MODEL,
    SOURCE,
    SOURCES,
    Answers,
    KindsOptions,
)
from seglib.ui.kinds.facts import Facts
from seglib.ui.kinds.ideas import IDEAS, PAGE
from seglib.ui.numbers import milliseconds
from seglib.ui.roi import point

__all__ = ["PARAMS", "render"]

_VIEWS = {"picture": "On the picture", "alone": "Alone"}


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Four kinds of segmentation",
        "One picture, four questions: what, which objects, which one, how much.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    left, right = st.columns([2, 1], gap="medium")
    options = knobs.read(KindsOptions, PREFIX)
    with left:
        box = st.container(key="kd_box")
    with box:
        own = answering.read(picker.current())
        found = measured(own.key, own)
        x, y = picture.place((options.x, options.y), own.picture.image.size)
        _four(own, found, options, (x, y))
        _caption(own)
    with right:
        _source(own)
        off = ("opacity",) if options.view == "alone" else ()
        knobs.show(
            KindsOptions,
            PREFIX,
            only=("view", "opacity", "x", "y"),
            titles={"view": _VIEWS},
            disabled=off,
        )
        st.html(probe.table(probe.read(own, x, y), x, y))
    lesson.tabs(
        numbers=lambda: tabs.numbers(own, found),
        how=lambda: tabs.how(own, found, x, y),
        tries=lambda: tries.show(PAGE, IDEAS),
        code=tabs.code,
        models=() if own.source == "truth" else (SCENE_MODEL, MATTE_MODEL),
    )


@st.cache_resource(max_entries=8, ttl="20m", show_spinner=False)
def measured(key: str, _answers: Answers) -> Facts:
    """Return the numbers of the answers, measured once."""
    return facts.facts(_answers)


def _four(own: Answers, found: Facts, options: KindsOptions, at: tuple[int, int]) -> None:
    size = own.picture.image.size
    wide, high = picture.shown_size(size)
    images = picture.uris(own.key, options.view == "alone", options.opacity, own)
    said = facts.says(found, own)
    cursor = at[0] * wide // size[0], at[1] * high // size[1]

    def pointed(column: int, row: int) -> None:
        pixel = column * size[0] // wide, row * size[1] // high
        x, y = picture.share(pixel, size)
        knobs.put(KindsOptions, PREFIX, x=x, y=y)

    with st.grid(2, min_column_width=280, gap="small"):
        for kind, title in compare.KINDS.items():
            with st.container(key=f"kd_{kind}", gap="small"):
                point.show(
                    f"kd_point_{kind}",
                    images[kind],
                    size=(wide, high),
                    at=cursor,
                    on_point=pointed,
                    title=f"{title}: {compare.QUESTIONS[kind].lower()}",
                    smooth=options.view == "picture" or kind == "matte",
                )
                says, cannot = said[kind]
                st.html(
                    f'<p class="seg-note" data-testid="kd-{kind}" style="min-height:5.6em">'
                    f"{says}<br>{cannot}</p>"
                )


def _source(own: Answers) -> None:
    generated = own.picture.scene is not None
    # What a visitor chose for streets stays chosen for the next one.
    address.choose(
        SOURCE,
        "Answers of",
        SOURCES,
        now=own.source,
        help="Generated pictures know their exact truth. Others are answered by networks: "
        f"{SCENE_MODEL} for three answers, {MATTE_MODEL} for the matte.",
        disabled=not generated,
    )


def _caption(own: Answers) -> None:
    width, height = own.picture.image.size
    names = ["<b>exact truth</b>"]
    if own.times:
        names = [
            f"<b>{name}</b> {milliseconds(times.infer_ms)}"
            for name, times in zip((SCENE_MODEL, MATTE_MODEL), own.times, strict=True)
        ]
    st.html(
        f'<p class="seg-caption" data-testid="caption" data-inferences="{caches.INFERENCES.value}">'
        f"{' · '.join(names)} · {escape(own.picture.title)}, <span>{width} × {height} px</span></p>"
        f'<p class="seg-caption">{escape(own.picture.credit)}</p>'
    )
