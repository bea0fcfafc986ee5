"""The page: picture with the region, results, one sample, tabs. Nothing here computes."""

from __future__ import annotations

import streamlit as st

from seglib.concepts.roi_options import FURTHEST, RoiOptions
from seglib.ui import knobs, lesson, stepper
from seglib.ui.roi import field, ground, ideas, results, tabs
from seglib.ui.roi.work import Work

PREFIX = field.PREFIX
PARAMS = (*knobs.params(RoiOptions, PREFIX), results.STEP)
"""Everything that this page keeps in the address, besides the picture and the open tab."""

TITLES = {
    "source": {"street": "Street model", "lecture": "The lectures' example"},
    "bins": {"2": "2 × 2", "3": "3 × 3", "7": "7 × 7"},
    "sampling": {"1": "1", "2": "2", "4": "4", "0": "adaptive"},
    "mode": {"max": "maximum", "avg": "average"},
    "aligned": {
        "half_pixel_for_nn": "taken off",
        "asymmetric": "forgotten",
        "half_pixel": "pixel centres",
    },
    "stride": {"4": "4 px", "8": "8 px", "16": "16 px"},
    "view": {"picture": "Picture", "both": "Both", "features": "Features"},
    "draw": {"pool": "RoIPool", "align": "RoIAlign", "both": "Both"},
    "zoom": {"all": "Whole picture", "close": "Close up"},
}


def render() -> None:
    """Draw the page."""
    lesson.render(
        "RoI pooling and align",
        "A second stage looks at one region of the feature map: RoIPool rounds it to cells, "
        "RoIAlign does not.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    left, right = st.columns([2, 1], gap="medium")
    with left:
        stage = st.container(key="roi_stage")
        sliders = st.container()
    options = field.options()
    work = Work(options, ground.read(options))
    number = stepper.read(results.STEP, max(1, work.align_plan.samples))
    with stage:
        field.show(work, number)
    with right:
        _controls(options)
    with sliders:
        _place()
    # seven by seven needs the whole width
    tables, facts = (
        (st.container(), st.container()) if work.bins == 7 else st.columns([2, 1], gap="medium")
    )
    with tables:
        results.matrices(work, number)
    with facts:
        results.errors(work)
    results.one_sample(work)
    tabs.show(work)


def _place() -> None:
    for column, name in zip(st.columns(4, gap="small"), ("x", "y", "w", "h"), strict=True):
        with column:
            knobs.show(RoiOptions, PREFIX, only=[name])
    st.button(
        "Move by half a cell",
        icon=":material/south_east:",
        key="roi_half",
        on_click=_half,
        help="Right and down. A region with its edges at half cells is rounded to the same cells.",
    )


def _half() -> None:
    options = field.options()
    half = ground.stride(options) / 2
    knobs.put(
        RoiOptions,
        PREFIX,
        x=min(options.x + half, FURTHEST),
        y=min(options.y + half, FURTHEST),
    )


def _controls(options: RoiOptions) -> None:
    ideas.presets()
    lecture = options.source == "lecture"
    knobs.show(
        RoiOptions, PREFIX, only=["bins", "sampling", "mode", "aligned", "draw"], titles=TITLES
    )
    with st.expander("More"):
        knobs.show(
            RoiOptions,
            PREFIX,
            only=["source", "stride", "channel", "view", "zoom"],
            titles=TITLES,
            disabled=["stride", "channel", "view"] if lecture else [],
        )
