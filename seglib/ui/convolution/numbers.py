"""The Numbers tab: sizes, agreement of the two computations, cost of a layer."""

from __future__ import annotations

import numpy as np
import streamlit as st

from seglib.concepts import convolution as conv
from seglib.concepts.convolution import LayerOptions
from seglib.ui import knobs
from seglib.ui.convolution.state import LAYER, State
from seglib.ui.figures import matrix
from seglib.ui.numbers import sig3


def show(state: State) -> None:
    """Draw it."""
    if state.output is None:
        st.markdown("There is no output: the window does not fit.")
        return
    reference = conv.convolve(state.source.values, state.weights, **state.how)
    difference = float(np.abs(reference - state.output).max())
    once = conv.cost(1, 1, state.output.shape, state.weights.shape, bias=False)
    cells = [
        ("Output", f"{state.rows.output} × {state.columns.output}", "Rows × columns"),
        ("Weights", f"{once.weights:,}", "One kernel, one input map"),
        (
            "Multiply-adds",
            f"{once.multiply_adds:,}",
            "Weights times output cells, padding counted like any other cell",
        ),
        (
            "NumPy − OpenVINO",
            matrix.difference(difference),
            "Largest difference between the reference and the OpenVINO operator",
        ),
    ]
    with st.grid(len(cells), min_column_width=150, gap="small"):
        for label, value, text in cells:
            st.metric(label, value, help=text, border=True)
    st.markdown("#### The same window as a layer of a network")
    chosen = knobs.read(LayerOptions, LAYER)
    for place, name in zip(st.columns(2), ("inputs", "outputs"), strict=True):
        with place:
            knobs.show(LayerOptions, LAYER, only=[name])
    inputs, outputs = chosen.inputs, chosen.outputs
    layer = conv.cost(inputs, outputs, state.output.shape, state.weights.shape)
    high, wide = state.weights.shape
    st.latex(
        rf"\begin{{aligned}} \text{{parameters}} &= k_h k_w C_{{in}} C_{{out}} + C_{{out}} = "
        rf"{high} \cdot {wide} \cdot {inputs} \cdot {outputs} + {outputs} = "
        rf"{_tex(layer.parameters)} \\ "
        rf"\text{{multiply-adds}} &= k_h k_w C_{{in}} C_{{out}}\, h\, w = {_tex(layer.weights)} "
        rf"\cdot {state.rows.output} \cdot {state.columns.output} = {_tex(layer.multiply_adds)} "
        r"\end{aligned}"
    )
    st.html(
        f'<p class="seg-caption" data-testid="conv-cost">{layer.parameters:,} parameters, '
        f"{sig3(layer.multiply_adds / 1e6)} million multiply-adds. Dilation and padding add no "
        "weights.</p>"
    )


def _tex(value: int) -> str:
    return f"{value:,}".replace(",", r"{,}")
