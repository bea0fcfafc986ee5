"""The page: map, threshold and box above, tabs below."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from seglib.concepts.saliency import SalientOptions
from seglib.metrics import adaptive_threshold
from seglib.ui import address, knobs, lesson, picker, times_bar, tries
from seglib.ui.downloads import File, download_row
from seglib.ui.numbers import sig3
from seglib.ui.salient import ideas, stage, state, tabs
from seglib.ui.salient.state import AGAINST, PARAMS, PIECES, SHORT, VIEWS, Work

__all__ = ["PARAMS", "render"]


def render() -> None:
    """Draw the page."""
    picker.prefer(state.SAMPLE)
    lesson.render(
        "Salient object",
        "A map says how much each pixel stands out; a threshold cuts the object out of it.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    left, right = st.columns([2, 1], gap="medium")
    with left:
        done = state.work()
        # a pair is half as high, and needs no room kept
        with st.container(key="sal_stage" if done.other is None else "sal_pair"):
            render_ms = stage.show(done)
            stage.legend(done)
        stage.under(done)
        _downloads(done)
        stage.caption_of(done)
    with right:
        _controls(done)
        times_bar.show(replace(done.map.times, render_ms=render_ms))
    lesson.tabs(
        numbers=lambda: tabs.numbers(done),
        how=lambda: tabs.how(done),
        tries=lambda: tries.show(ideas.PAGE, ideas.IDEAS),
        code=lambda: tabs.code(done),
        models=(state.MODEL,) if "network" in done.methods else (),
    )


def _controls(done: Work) -> None:
    address.choose(
        state.VIEW,
        "View",
        VIEWS,
        key="sal_view_box",
        help="Overlay greys out what is not salient; the map is the probability in colours.",
    )
    titles = {"method": SHORT, "pieces": PIECES, "against": AGAINST}
    knobs.show(SalientOptions, "sal", only=["method", "threshold"], titles=titles)
    adaptive = max(0.01, round(adaptive_threshold(done.map.values), 2))
    st.button(
        f"Twice the mean{', at most 1' if adaptive == 1 else ''}: {sig3(adaptive)}",
        on_click=state.put_threshold,
        args=(adaptive,),
        key="sal_adaptive",
        icon=":material/auto_fix:",
        disabled=adaptive == done.options.threshold,
        help="The adaptive threshold of Achanta et al. 2009: twice the mean of the map.",
    )
    knobs.show(SalientOptions, "sal", only=["pieces", "against"], titles=titles)


def _downloads(done: Work) -> None:
    download_row(
        [
            File("Map PNG", "saliency.png", lambda: state.map_png(done), "Grey, 0 to 255."),
            File("Mask PNG", "mask.png", lambda: state.mask_png(done), "Black and white."),
            File(
                "Cut PNG",
                "salient-object.png",
                lambda: state.cut_png(done),
                "The picture cut to the box; outside the mask it is transparent.",
            ),
            File(
                "Numbers JSON",
                "salient-object.json",
                lambda: state.facts_json(done),
                "Box, shares and scores, in pixels of the whole picture.",
            ),
        ],
        "sal_get",
    )
