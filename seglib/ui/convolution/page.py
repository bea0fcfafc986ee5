"""The page: one output cell at a time, with any kernel, stride, padding and dilation that fit."""

from __future__ import annotations

import streamlit as st

from seglib.concepts import convolution as conv
from seglib.concepts.convolution import KERNELS, ConvolutionOptions
from seglib.ui import address, knobs, lesson, source, stepper, tries
from seglib.ui.convolution import how, ideas, numbers, picture, state
from seglib.ui.convolution.state import OWN, PARAMS, PREFIX, STEP, State

__all__ = ["PARAMS", "render"]


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Convolution",
        "A small window of weights slides over a map; each stop gives one number of the output.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    left, right = st.columns([2, 1], gap="medium")
    now = state.read()
    with left:
        if now.output is None:
            _too_large(now)
        picture.show(now)
        if now.output is not None:
            # Between the two: at once in reach, and both move with it.
            stepper.show(STEP, now.count, label="Output cell")
            picture.products(now)
        _remainder(now)
    with right:
        _controls(now)
    lesson.tabs(
        numbers=lambda: numbers.show(now),
        how=lambda: how.show(now),
        tries=lambda: tries.show(ideas.PAGE, ideas.IDEAS),
        code=lambda: how.code(now),
    )


def _controls(now: State) -> None:
    source.controls(PREFIX)
    own = now.options.kernel == "own"
    knobs.show(ConvolutionOptions, PREFIX, only=["kernel"], titles={"kernel": KERNELS})
    if own:
        source.edit_matrix(
            now.weights,
            key="conv_own",
            on_change=lambda weights: address.put(OWN, source.text_of(weights)),
            most=state.MOST_KERNEL,
            label="your kernel",
        )
    else:
        knobs.show(ConvolutionOptions, PREFIX, only=["size"])
    knobs.show(ConvolutionOptions, PREFIX, only=["stride", "padding"])
    with st.expander("More"):
        knobs.show(ConvolutionOptions, PREFIX, only=["dilation"])


def _too_large(now: State) -> None:
    """Say why these settings cannot be, and offer what can."""
    axis = (
        now.rows
        if now.rows.reach - now.rows.padded >= now.columns.reach - now.columns.padded
        else now.columns
    )
    st.warning(
        f"The window spans {axis.reach} cells, the input with its padding only {axis.padded}: "
        "there is no place to put it.",
        icon=":material/fit_screen:",
    )
    least = max(
        conv.least_padding(one.length, one.kernel, one.dilation) for one in (now.rows, now.columns)
    )
    if least <= 6:
        st.button(
            f"Pad with {least}",
            on_click=lambda: knobs.put(ConvolutionOptions, PREFIX, padding=least),
            key="conv_fit",
            type="primary",
        )
    else:
        st.button(
            "Dilation 1, kernel 3 × 3",
            on_click=lambda: knobs.put(
                ConvolutionOptions, PREFIX, dilation=1, size="3", kernel="vertical", padding=1
            ),
            key="conv_fit",
            type="primary",
        )


def _remainder(now: State) -> None:
    """Say what a stride leaves out; the line is always there, so that nothing jumps."""
    if now.output is None:
        return
    parts = []
    for axis, name in ((now.rows, "row"), (now.columns, "column")):
        if axis.remainder or axis.unseen:
            many = "s" if axis.unseen != 1 else ""
            left = (
                f"the last {axis.remainder} of the {axis.padded} padded {name}s fit no further step"
                if axis.remainder
                else f"windows leave gaps between {name}s"
            )
            parts.append(f"{left}, {axis.unseen} {name}{many} of the input never seen")
    text = "; ".join(parts)
    text = text[0].upper() + text[1:] if text else "Every cell of the input is seen"
    st.html(f'<p class="seg-caption" data-testid="conv-unseen">{text}.</p>')
