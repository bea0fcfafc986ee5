"""The page: picture, stepper and curve above, the table of detections, tabs below."""

from __future__ import annotations

import math

import streamlit as st

from seglib.render import FALSE_NEGATIVE, FALSE_POSITIVE, TRUE_POSITIVE
from seglib.ui import address, knobs, lesson, stepper, tries
from seglib.ui.address import Param
from seglib.ui.average_precision import chart, chips, picture, tables, tabs
from seglib.ui.average_precision.facts import Facts, judge
from seglib.ui.average_precision.ideas import IDEAS, PAGE, PRESETS
from seglib.ui.average_precision.scene import (
    Case,
    JudgeOptions,
    SceneOptions,
    case,
    format_scores,
    parse_scores,
    valid_scores,
)
from seglib.ui.figures import feature
from seglib.ui.numbers import sig3

PREFIX = "ap"
STEP = stepper.param("ap_step", stepper.MOST)
SCORES = Param("ap_scores", "", valid_scores)
CLASS = Param("ap_class", "all", lambda text: text == "all" or address.integer(0, 255)(text))
PARAMS = (
    *knobs.params(SceneOptions, PREFIX),
    *knobs.params(JudgeOptions, PREFIX),
    STEP,
    SCORES,
    CLASS,
)
"""Everything that this page keeps in the address."""

_SCENES = {"scene": {"shapes": "Shapes", "street": "Street"}}
_WRONG = ("shift", "ragged", "drop", "invent", "twice", "split", "relabel")


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Average precision",
        "Detections line up by score; each is right or wrong; the curve keeps account.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    own = case(knobs.read(SceneOptions, PREFIX))
    options = knobs.read(JudgeOptions, PREFIX)
    chosen = _class(own)
    found = judge(own, options, class_id=chosen, scores=parse_scores(address.get(SCORES)))
    steps = stepper.read(STEP, len(found.rows)) + 1 if found.rows else 0
    _presets()
    left, right = st.columns([2, 1], gap="medium")
    with left:
        pixels = picture.draw(found, steps)
        st.html(feature.pixels_markup(pixels, width=960, smooth=True, key="ap-picture"))
        st.html(_legend(found, steps))
        if found.rows:
            stepper.show(STEP, len(found.rows), label="Detection")
        _headline(found, steps)
    with right:
        _controls(own, found, steps)
        _curve(found, steps)
    st.html(tables.detections(found, steps))
    lesson.tabs(
        numbers=lambda: tabs.numbers(found),
        how=lambda: tabs.how(found, steps),
        tries=lambda: tries.show(PAGE, IDEAS),
        code=tabs.code,
    )


def _class(own: Case) -> int | None:
    """Return the class looked at, if this scene has it."""
    text = address.get(CLASS)
    present = {*own.truth.class_ids.tolist(), *own.found.class_ids.tolist()}
    return int(text) if text != "all" and int(text) in present else None


def _presets() -> None:
    with st.container(horizontal=True, gap="small"):
        for name, values in PRESETS.items():
            st.button(name, key=f"ap_preset_{name}", on_click=_set, args=(values,))


def _set(values: dict[str, int]) -> None:
    knobs.put(SceneOptions, PREFIX, **values)
    address.put(STEP, STEP.default)
    address.put(SCORES, "")


def _controls(own: Case, found: Facts, steps: int) -> None:
    knobs.show(SceneOptions, PREFIX, only=["scene"], titles=_SCENES)
    names = {label.id: label.name for label in own.truth.label_set}
    present = sorted({*own.truth.class_ids.tolist(), *own.found.class_ids.tolist()})
    st.session_state["ap_class_box"] = "all" if found.class_id is None else str(found.class_id)

    def follow() -> None:
        address.put(CLASS, st.session_state["ap_class_box"])
        address.put(STEP, STEP.default)

    st.selectbox(
        "Class",
        ["all", *(str(each) for each in present)],
        format_func=lambda text: "all as one" if text == "all" else names[int(text)],
        key="ap_class_box",
        on_change=follow,
        help="Each class has a curve of its own; “all as one” forgets the classes.",
    )
    knobs.show(JudgeOptions, PREFIX, only=["threshold", "floor"])
    _score(found, steps)
    with st.expander("More"):
        knobs.show(JudgeOptions, PREFIX, only=["area", "crowd"])
        knobs.show(SceneOptions, PREFIX, only=["seed", *_WRONG])


def _score(found: Facts, steps: int) -> None:
    """Draw the slider of the current detection's score."""
    if not found.rows:
        st.slider("Its score", 0.0, 1.0, disabled=True, key="ap_score_none")
        return
    row = found.rows[steps - 1]
    st.session_state["ap_score"] = row.score

    def follow() -> None:
        scores = parse_scores(address.get(SCORES))
        scores[row.detection] = float(st.session_state["ap_score"])
        address.put(SCORES, format_scores(scores))
        # Stay with this detection where the new score puts it.
        above = [
            each
            for each in found.rows
            if each.detection != row.detection
            and (each.score, -each.detection) > (scores[row.detection], -row.detection)
        ]
        address.put(STEP, str(len(above)))

    st.slider(
        f"Score of detection {steps}",
        0.0,
        1.0,
        step=0.01,
        key="ap_score",
        on_change=follow,
        help="Changes its place in the line. Only the order matters, not the value.",
    )


def _legend(found: Facts, steps: int) -> str:
    right, wrong, missed = found.tally(steps)
    parts = (
        (TRUE_POSITIVE, f"{right} right"),
        (FALSE_POSITIVE, f"{wrong} wrong"),
        (FALSE_NEGATIVE, f"{missed} not found yet"),
        (picture.IGNORED, "ignored"),
        ((255, 255, 255), "true outline"),
    )
    return chips.legend(parts, testid="tally")


def _headline(found: Facts, steps: int) -> None:
    row = found.rows[steps - 1] if steps else None
    at = f"{found.judge.threshold:.2f}"
    mean = found.view.ap(area=found.judge.area)
    area = math.nan if found.curve is None else found.curve.area
    with st.grid(4, min_column_width=110, gap="small"):
        st.metric("Precision so far", sig3(row.precision if row else math.nan), border=True)
        st.metric("Recall so far", sig3(row.recall if row else math.nan), border=True)
        st.metric(f"AP at {at}", sig3(area), border=True, help="All detections, 101 recalls.")
        st.metric("AP", sig3(mean), border=True, help="Mean of ten IoU thresholds.")


def _curve(found: Facts, steps: int) -> None:
    if found.curve is None or not found.rows:
        st.markdown("No curve: there is no object of this class and size, or no detection.")
        return
    outcomes = [row.outcomes[found.at] for row in found.rows]
    chart.show(found.curve, outcomes, steps)
