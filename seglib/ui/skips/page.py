"""The page: three networks from three score maps, beside each other and step by step."""

from __future__ import annotations

import streamlit as st

from seglib.concepts.fusion import STRIDES, FusionOptions
from seglib.ui import address, knobs, lesson, stepper, tries
from seglib.ui.numbers import sig3
from seglib.ui.patches import uris
from seglib.ui.samples import Picture
from seglib.ui.skips import how, ideas, state, steps
from seglib.ui.skips.state import CLASS, MAPS, PARAMS, PREFIX, STEP, VIEW

__all__ = ["PARAMS", "render"]


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Skip fusion",
        "Coarse scores know what; finer scores know where; FCN adds them.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    picture, options = state.picture(), state.options()
    left, right = st.columns([2, 1], gap="medium")
    with left:
        st.html(_results(picture, options))
        _step(picture, options)
        width, height = state.network_size()
        st.html(
            f'<p class="seg-caption" data-testid="skips-caption"><b>street</b> · frozen, f32 · '
            f"{picture.title}, {picture.image.width} × {picture.image.height} px, stretched to "
            f"{width} × {height} · three 1 × 1 heads, "
            f"{state.heads().facts['parameters']:,} parameters</p>"
        )
    with right:
        _controls()
        st.html(_given(picture))
    lesson.tabs(
        numbers=lambda: how.numbers(picture, options),
        how=lambda: how.show(picture, options),
        tries=lambda: tries.show(ideas.PAGE, ideas.IDEAS),
        code=how.code,
    )


def _results(picture: Picture, options: FusionOptions) -> str:
    parts = []
    for stride in STRIDES:
        found = state.judged(picture, options, stride)
        caption = "no truth for this picture"
        if found.mean_iou is not None:
            caption = f"IoU {sig3(found.mean_iou)}, boundary {sig3(found.boundary_iou)}"
        parts.append(
            uris.markup(
                found.uri,
                state.drawn_size(picture),
                title=f"FCN-{stride}s",
                caption=caption,
                key=f"skips-{stride}",
            )
        )
    return (
        '<div class="seg-maps" style="grid-template-columns:'
        'repeat(auto-fit,minmax(min(160px,100%),1fr))" '
        f'data-testid="skips-results">{"".join(parts)}</div>'
    )


def _given(picture: Picture) -> str:
    photo, truth = state.given(picture)
    size = state.drawn_size(picture)
    parts = uris.markup(photo, size, title="Picture", smooth=True)
    if truth is not None:
        parts += uris.markup(truth, size, title="Truth", key="skips-truth")
    return f'<div class="seg-maps" style="grid-template-columns:1fr 1fr">{parts}</div>{_legend()}'


def _legend() -> str:
    swatch = (
        "display:inline-block;width:0.8rem;height:0.8rem;border-radius:0.2rem;"
        "box-shadow:0 0 0 1px rgb(128 128 128 / 0.5);margin-right:0.35rem;background:"
    )
    entries = "".join(
        f'<span style="white-space:nowrap"><i style="{swatch}rgb({r} {g} {b})"></i>'
        f"{label.name}</span>"
        for label in state.label_set()
        for r, g, b in (label.color,)
    )
    return (
        '<p class="seg-note" style="display:flex;flex-wrap:wrap;gap:0.2rem 0.9rem;'
        f'margin-top:0.6rem" data-testid="skips-legend">{entries}</p>'
    )


def _step(picture: Picture, options: FusionOptions) -> None:
    place = stepper.read(STEP, len(steps.STEPS))
    step = steps.STEPS[place]
    class_id = state.chosen_class() if address.get(VIEW) == "scores" else None
    st.html(
        f'<p class="seg-note" data-testid="skips-step">Step {place + 1} of {len(steps.STEPS)}: '
        f"<b>{step.title}</b></p>"
        + steps.markup(
            step,
            state.fused(picture, options),
            options,
            palette=state.label_set().palette,
            class_id=class_id,
        )
    )
    stepper.show(STEP, len(steps.STEPS), label="Step")


def _controls() -> None:
    address.choose(
        VIEW,
        "Maps of the steps",
        MAPS,
        help="The likeliest class of each cell, or how much one class scores: blue below 0, orange "
        "above.",
    )
    names = [label.name for label in state.label_set()]
    st.session_state["skips_class_box"] = names[state.chosen_class()]
    st.selectbox(
        "Class",
        names,
        key="skips_class_box",
        disabled=address.get(VIEW) == "classes",
        on_change=lambda: address.put(CLASS, st.session_state["skips_class_box"]),
    )
    knobs.show(FusionOptions, PREFIX)
    with st.container(horizontal=True, gap="small"):
        for name, values in ideas.PRESETS.items():
            st.button(name, key=f"skips_{name}", on_click=_apply, args=(values,))


def _apply(values: dict[str, float]) -> None:
    knobs.put(FusionOptions, PREFIX, **values)
