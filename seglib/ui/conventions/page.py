"""The page: maps above, every convention's number beside them, formulas below."""

from __future__ import annotations

from typing import cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.metrics import How, Metric
from seglib.render import FALSE_POSITIVE, TRUE_POSITIVE, colourise
from seglib.ui import address, knobs, lesson, tries
from seglib.ui.address import Param, one_of
from seglib.ui.average_precision import chips
from seglib.ui.conventions import tables, tabs
from seglib.ui.conventions.cases import CASES, LABELS, TEXTS, VOID, CaseOptions, Map, Pair, pairs
from seglib.ui.conventions.facts import HOW_TITLES, METRIC_TITLES, Facts, facts
from seglib.ui.conventions.ideas import IDEAS, PAGE
from seglib.ui.figures import feature
from seglib.ui.numbers import sig3

PREFIX = "cv"
METRIC = Param("cv_metric", "", one_of("", *METRIC_TITLES))
HOW = Param("cv_how", "pooled", one_of(*HOW_TITLES))
PARAMS = (*knobs.params(CaseOptions, PREFIX), METRIC, HOW)
"""Everything that this page keeps in the address."""

Pixels = NDArray[np.uint8]

_OWN = {"lecture": ("large", "small"), "ignore": ("wrong", "rim", "withheld"), "empty": ()}
_USUAL = {"lecture": "pixel_accuracy"}


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Conventions",
        "The same prediction has many scores: someone decided what counts.",
        _draw,
        params=PARAMS,
    )


def _metric(options: CaseOptions) -> Metric:
    """Return the metric that was chosen, else the one that shows most in this case."""
    return cast("Metric", address.get(METRIC) or _USUAL.get(options.case, "iou"))


def _draw() -> None:
    options = knobs.read(CaseOptions, PREFIX)
    metric = _metric(options)
    how = cast("How", address.get(HOW))
    pictures = pairs(options)
    found = facts(pictures, metric)
    _cases()
    left, right = st.columns([2, 1], gap="medium")
    with left:
        st.markdown(TEXTS[options.case])
        _maps(pictures)
        _headline(found)
        st.html(tables.conventions(found, how))
        st.html(tables.void(found))
    with right:
        _controls(options, metric)
    lesson.tabs(
        numbers=lambda: tabs.numbers(found),
        how=lambda: tabs.how(found, how),
        tries=lambda: tries.show(PAGE, IDEAS),
        code=tabs.code,
    )


def _cases() -> None:
    case = PARAMS[0]
    follow = address.bound(case, case.name)
    st.pills(
        "Maps",
        list(CASES),
        format_func=CASES.__getitem__,
        required=True,
        key=case.name,
        on_change=follow,
        label_visibility="collapsed",
    )


def _controls(options: CaseOptions, metric: Metric) -> None:
    # The widget shows the metric in force; the address holds one only where it was chosen.
    st.session_state["cv_metric_box"] = metric

    def follow() -> None:
        address.put(METRIC, st.session_state["cv_metric_box"])

    st.selectbox(
        "Metric",
        list(METRIC_TITLES),
        format_func=METRIC_TITLES.__getitem__,
        key="cv_metric_box",
        on_change=follow,
        help="What is measured under every convention.",
    )
    address.choose(
        HOW,
        "Explained below",
        HOW_TITLES,
        help="Which way from pixels to one number is written out under How it works.",
    )
    knobs.show(CaseOptions, PREFIX, only=_OWN.get(options.case, ("wrong",)))


def _maps(pictures: tuple[Pair, ...]) -> None:
    largest = max(pair.truth.shape[1] for pair in pictures)
    parts = []
    for number, pair in enumerate(pictures, start=1):
        name = f" {number}" if len(pictures) > 1 else ""
        right = (pair.truth == pair.prediction) & (pair.truth != VOID)
        judged = int((pair.truth != VOID).sum())
        height, width = pair.truth.shape
        # All pictures in one scale: the small one is small.
        share = 100 * width / largest
        for title, pixels, text in (
            (f"Truth{name}", _colours(pair.truth), f"{width} × {height} px"),
            (f"Prediction{name}", _colours(pair.prediction), f"{judged:,} px are judged"),
            ("Right and wrong", _mistakes(pair), f"{int(right.sum()):,} px are right"),
        ):
            plate = feature.pixels_markup(pixels, width=900)
            parts.append(
                f'<div><div class="seg-plate-title">{title}</div><div style="width:{share:.4g}%">'
                f'{plate}</div><div class="seg-plate-caption">{text}</div></div>'
            )
    style = "display:grid;gap:0.9rem;grid-template-columns:repeat(3,minmax(0,1fr))"
    st.html(f'<div data-testid="maps" style="{style}">{"".join(parts)}</div>{_legend(pictures)}')


def _legend(pictures: tuple[Pair, ...]) -> str:
    present = {int(each) for pair in pictures for each in np.unique((pair.truth, pair.prediction))}
    parts: list[tuple[tuple[int, int, int] | str, str]] = [
        (label.color, label.name) for label in LABELS if label.id in present
    ]
    if VOID in present:
        parts.append(
            ("repeating-linear-gradient(135deg,#787878 0 2px,#d7d7d7 2px 4px)", "no class")
        )
    parts += [(TRUE_POSITIVE, "right"), (FALSE_POSITIVE, "wrong")]
    return chips.legend(parts, testid="legend")


def _colours(labels: Map) -> Pixels:
    return _hatched(colourise(labels, LABELS), labels == VOID)


def _mistakes(pair: Pair) -> Pixels:
    right = (pair.truth == pair.prediction)[..., None]
    drawn = np.where(right, TRUE_POSITIVE, FALSE_POSITIVE).astype(np.uint8)
    return _hatched(drawn, pair.truth == VOID)


def _hatched(
    pixels: Pixels,
    void: NDArray[np.bool_],
) -> Pixels:
    """Draw void pixels as stripes, four to a pixel: no class looks so."""
    side = 4
    large = np.repeat(np.repeat(pixels, side, axis=0), side, axis=1)
    rows, columns = np.indices(large.shape[:2])
    stripes = np.where((rows + columns) % 4 < 2, np.uint8(120), np.uint8(215))
    hidden = np.repeat(np.repeat(void, side, axis=0), side, axis=1)
    large[hidden] = stripes[hidden][:, None]
    return large


def _headline(found: Facts) -> None:
    with st.grid(4, min_column_width=130, gap="small"):
        for how, title in HOW_TITLES.items():
            st.metric(title, sig3(found.table[how, "skip"].value), border=True)
        ends = found.extremes
        spread = "undefined" if ends is None else sig3(ends[1] - ends[0])
        text = "" if ends is None else f"From {sig3(ends[0])} to {sig3(ends[1])}."
        st.metric(
            "Spread of all",
            spread,
            border=True,
            help=f"Largest less smallest number of the tables below. {text}",
        )
