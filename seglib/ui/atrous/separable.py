"""The view of depthwise separable convolution: parameters and multiply-adds against a full one."""

from __future__ import annotations

import streamlit as st

from seglib.concepts import convolution as conv
from seglib.concepts import cost
from seglib.concepts.cost import Measured, Separable, SeparableOptions
from seglib.ui import frame, knobs, lesson
from seglib.ui.atrous import ideas
from seglib.ui.atrous.state import COST
from seglib.ui.numbers import milliseconds, percent, sig3

FULL, DEEP, POINT = "#8A8A8A", "#E69F00", "#0072B2"
MOST = 2_000_000_000
"""Multiply-adds of a layer that may still be run here: several runs stay below two seconds."""


@st.cache_data(max_entries=32, show_spinner=False)
def _measured(options: SeparableOptions) -> Measured:
    return cost.measure(options)


def draw() -> None:
    """Draw the view."""
    left, right = st.columns([2, 1], gap="medium")
    options = knobs.read(SeparableOptions, COST)
    counted = cost.separable(
        options.inputs, options.outputs, (options.side, options.side), int(options.kernel)
    )
    with left:
        st.html(_picture(options, counted))
        _measure(options, counted)
    with right:
        knobs.show(SeparableOptions, COST)
    lesson.tabs(
        numbers=lambda: _numbers(counted),
        how=lambda: _how(options, counted),
        tries=ideas.show,
        code=lambda: frame.show_code(
            conv.cost, cost.separable, cost.measure, intro="Counting, and measuring with OpenVINO:"
        ),
    )


def _bar(title: str, parts: list[tuple[str, int, str]], most: int) -> str:
    pieces = "".join(
        f'<i style="width:{100 * value / most:.3f}%;background:{color}" '
        f'title="{name}: {value:,}"></i>'
        for name, value, color in parts
    )
    total = sum(value for _, value, _ in parts)
    return (
        f'<div>{title}<br><b>{total:,}</b></div><div class="seg-track" role="img" '
        f'aria-label="{title}: {total:,}">{pieces}</div>'
    )


def _picture(options: SeparableOptions, counted: Separable) -> str:
    full, deep, point = counted.full, counted.depthwise, counted.pointwise
    bars = ""
    for title, attribute in (("weights", "weights"), ("multiply-adds", "multiply_adds")):
        values = [int(getattr(one, attribute)) for one in (full, deep, point)]
        most = max(values[0], values[1] + values[2])
        bars += _bar(f"Full, {title}", [("full", values[0], FULL)], most)
        bars += _bar(
            f"Separable, {title}",
            [("depthwise", values[1], DEEP), ("1 × 1", values[2], POINT)],
            most,
        )
    ratio = counted.ratio
    told = (
        f"{sig3(1 / ratio)} times cheaper"
        if ratio < 1
        else "no cheaper: the 1 × 1 step alone costs as much"
    )
    k = options.kernel
    return (
        f'<div class="seg-meters" data-testid="atr-cost">{bars}</div>'
        f'<p class="seg-caption" style="margin-top:0.8rem" data-testid="atr-sentence">'
        f'<i class="seg-key" style="background:{FULL}"></i>full {k} × {k} over all channels &nbsp; '
        f'<i class="seg-key" style="background:{DEEP}"></i>depthwise {k} × {k} &nbsp; '
        f'<i class="seg-key" style="background:{POINT}"></i>1 × 1. '
        f"Separable is <b>{told}</b> ({percent(ratio)} of the multiply-adds).</p>"
    )


def _measure(options: SeparableOptions, counted: Separable) -> None:
    if counted.full.multiply_adds > MOST:
        st.html(
            '<p class="seg-caption">Too large to be timed while you wait: at most '
            f"{MOST / 1e9:g} billion multiply-adds.</p>"
        )
        return
    asked = st.session_state.get("_atr_timed")
    if st.button("Time both here", icon=":material/timer:", key="atr_time"):
        st.session_state["_atr_timed"] = asked = options
    if asked == options:
        found = _measured(options)
        st.html(
            f'<p class="seg-caption" data-testid="atr-timed">On this machine, f32: full '
            f"<b>{milliseconds(found.full_ms)}</b>, separable "
            f"<b>{milliseconds(found.separable_ms)}</b>: {sig3(found.full_ms / found.separable_ms)}"
            " times faster. Fewer multiply-adds are not the same as less time: a depthwise step "
            "waits for memory.</p>"
        )


def _numbers(counted: Separable) -> None:
    cells = [
        ("Full", f"{counted.full.weights:,}", "Weights"),
        ("Separable", f"{counted.weights:,}", "Weights of both steps"),
        ("Multiply-adds", percent(counted.ratio), "Separable as a share of full"),
    ]
    with st.grid(len(cells), min_column_width=150, gap="small"):
        for label, value, text in cells:
            st.metric(label, value, help=text, border=True)


def _how(options: SeparableOptions, counted: Separable) -> None:
    st.markdown("#### One kernel into two steps")
    st.latex(
        r"\frac{k^2 C_{in} h w + C_{in} C_{out} h w}{k^2 C_{in} C_{out} h w} = "
        r"\frac{1}{C_{out}} + \frac{1}{k^2}"
    )
    st.latex(
        rf"\frac{{1}}{{{options.outputs}}} + \frac{{1}}{{{int(options.kernel) ** 2}}} = "
        rf"{counted.ratio:.4g}"
    )
    st.markdown(
        "First every channel is filtered on its own, then a 1 × 1 convolution mixes channels. The "
        "street model is built of such pairs, its atrous pyramid too "
        "([Howard et al. 2017](https://arxiv.org/abs/1704.04861), "
        "[Chen et al. 2018](https://arxiv.org/abs/1802.02611))."
    )
