"""The Numbers tab: the enlarged map's statistics and histogram, and all layers."""

from __future__ import annotations

from html import escape

import streamlit as st

from seglib.ui import layers
from seglib.ui.figures import histogram
from seglib.ui.inside.state import State
from seglib.ui.numbers import percent, sig3


def show(state: State) -> None:
    """Draw it."""
    facts, channel = state.facts, state.channel
    cells = [
        ("Least", sig3(float(facts.least[channel])), "Smallest value of this map"),
        ("Mean", sig3(float(facts.mean[channel])), "Mean of this map"),
        ("Largest", sig3(float(facts.most[channel])), "Largest value of this map"),
        ("Spread", sig3(float(facts.spread[channel])), "Standard deviation of this map"),
        ("Zeros", percent(float(facts.zeros[channel])), "Share of cells that are exactly 0"),
        (
            "Idle maps",
            f"{int((facts.most == facts.least).sum())} of {len(facts.most)}",
            "Maps of this layer that hold one value only",
        ),
    ]
    with st.grid(len(cells), min_column_width=130, gap="small"):
        for label, value, text in cells:
            st.metric(label, value.replace("-", "−"), help=text, border=True)
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.markdown(f"#### Values of channel {state.names[channel]}")
        st.html(histogram.markup(state.values))
        st.markdown("#### Values of the whole layer")
        st.html(histogram.markup(state.held.maps, color="#009E73", testid="histogram-layer"))
    with right:
        st.markdown("#### All layers")
        st.html(table(state))


def table(state: State) -> str:
    """Return the layers grouped by stage; within the chosen stage every step."""
    rows: list[str] = []
    stage = ""
    for layer in layers.listing(state.model):
        if not layer.last and layer.stage != state.layer.stage:
            continue
        if layer.stage != stage:
            stage = layer.stage
            rows.append(f'<tr><th scope="rowgroup" colspan="3">{escape(stage)}</th></tr>')
        here = ' class="seg-here" aria-current="true"' if layer.name == state.layer.name else ""
        rows.append(
            f'<tr{here}><td class="seg-left">{escape(layer.title)}</td>'
            f'<td class="seg-left">{escape(layer.what)}</td><td>{layer.shape_text}</td></tr>'
        )
    head = (
        '<th scope="col">Layer</th><th scope="col" class="seg-left">What it does</th>'
        '<th scope="col">Maps</th>'
    )
    return (
        '<div class="seg-table" data-testid="layer-table" style="max-height:26rem;overflow:auto">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
