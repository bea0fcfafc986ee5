"""The page: both maps and the match table above, tabs below."""

from __future__ import annotations

import streamlit as st

from seglib.metrics import SegmentMatch
from seglib.ui import address, knobs, lesson, stepper, tries
from seglib.ui.address import Param, one_of
from seglib.ui.average_precision import chips
from seglib.ui.figures import feature
from seglib.ui.numbers import sig3
from seglib.ui.panoptic_quality import picture, tables, tabs
from seglib.ui.panoptic_quality.ideas import IDEAS, PAGE, PRESETS
from seglib.ui.panoptic_quality.scene import Case, PqOptions, case

PREFIX = "pq"
STEP = stepper.param("pq_match")
BY = Param("pq_by", "outcome", one_of("outcome", "class"))
PARAMS = (*knobs.params(PqOptions, PREFIX), STEP, BY)
"""Everything that this page keeps in the address."""

_TITLES = {"scene": {"street": "Street", "shapes": "Shapes"}}
_BY = {"outcome": "What became of it", "class": "Class"}
_MORE = ("seed", "erode", "split", "drop", "invent", "relabel", "stuff", "crowd")


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Panoptic quality",
        "Every segment finds its partner or is a mistake; then overlaps are averaged.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    own = case(knobs.read(PqOptions, PREFIX))
    found = own.quality
    place = stepper.read(STEP, len(found.matches)) if found.matches else 0
    chosen = found.matches[place] if found.matches else None
    _presets()
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _maps(own, chosen)
        _headline(own)
        if found.matches:
            stepper.show(STEP, len(found.matches), label="Segment")
        st.html(_sentence(own, chosen))
    with right:
        _controls()
    st.html(tables.matches(found, own.truth.label_set, place))
    lesson.tabs(
        numbers=lambda: tabs.numbers(own),
        how=lambda: tabs.how(own, chosen),
        tries=lambda: tries.show(PAGE, IDEAS),
        code=tabs.code,
    )


def _presets() -> None:
    with st.container(horizontal=True, gap="small"):
        for name, values in PRESETS.items():
            st.button(name, key=f"pq_preset_{name}", on_click=_set, args=(values,))


def _set(values: dict[str, float]) -> None:
    knobs.put(PqOptions, PREFIX, **values)
    address.put(STEP, STEP.default)


def _controls() -> None:
    knobs.show(PqOptions, PREFIX, only=["scene"], titles=_TITLES)
    address.choose(BY, "Colour", _BY, help="What the colours of the segments mean.")
    knobs.show(PqOptions, PREFIX, only=["shift", "ragged", "merge", "threshold"])
    with st.expander("More"):
        knobs.show(PqOptions, PREFIX, only=_MORE)


def _maps(own: Case, chosen: SegmentMatch | None) -> None:
    drawn = picture.draw(own, chosen, by=address.get(BY))
    parts = [
        feature.pixels_markup(pixels, title=title, width=960, key=key)
        for pixels, title, key in zip(
            drawn,
            (
                f"Truth, {len(own.truth.segments)} segments",
                f"Prediction, {len(own.prediction.segments)} segments",
            ),
            ("pq-truth", "pq-prediction"),
            strict=True,
        )
    ]
    style = (
        "display:grid;gap:0.8rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr))"
    )
    st.html(f'<div style="{style}">{"".join(parts)}</div>{_legend(own)}')


def _legend(own: Case) -> str:
    if address.get(BY) == "class":
        labels = own.truth.label_set
        ids = sorted({each.class_id for each in (*own.truth.segments, *own.prediction.segments)})
        parts = [(labels.label(each).color, labels.label(each).name) for each in ids]
    else:
        outcomes = [match.outcome for match in own.quality.matches]
        parts = [
            (color, f"{sum(each == key for each in outcomes)} {tables.WORDS[key]}")
            for key, color in picture.COLORS.items()
        ]
        parts.append(((235, 235, 235), "pale: stuff"))
    return chips.legend(parts, testid="legend")


def _headline(own: Case) -> None:
    found = own.quality
    with st.grid(5, min_column_width=100, gap="small"):
        st.metric("PQ", sig3(found.pq), border=True, help="Mean over all classes with a segment.")
        st.metric("SQ", sig3(found.sq), border=True, help="How well the matched are cut out.")
        st.metric("RQ", sig3(found.rq), border=True, help="How many find a partner: F1.")
        st.metric("Things", sig3(found.things.pq), border=True, help="PQ of countable classes.")
        st.metric("Stuff", sig3(found.stuff.pq), border=True, help="PQ of the other classes.")


def _sentence(own: Case, chosen: SegmentMatch | None) -> str:
    if chosen is None:
        return '<p class="seg-note" data-testid="sentence">There is no segment at all.</p>'
    labels = own.truth.label_set
    name, iou = labels.label(chosen.class_id).name, sig3(chosen.iou)
    at = f"{own.quality.threshold:g}"
    text = {
        "tp": f"This {name} has a partner: {chosen.shared:,} of {chosen.union:,} px are shared, "
        f"IoU {iou}, above {at}.",
        "fn": f"This true {name} is missed: its best partner of the class has IoU {iou}, "
        f"not above {at}.",
        "fp": f"This predicted {name} is wrong: its best partner of the class has IoU {iou}, "
        f"not above {at}.",
        "ignored": f"This {name} is not judged: a crowd, or mostly in void or in a crowd.",
    }[chosen.outcome]
    return f'<p data-testid="sentence">{text}</p>'
