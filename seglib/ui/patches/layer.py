"""The second view: a fully connected layer, slid as a convolution over larger maps."""

from __future__ import annotations

import numpy as np
import streamlit as st

from seglib.concepts import convolutionalise as fc
from seglib.concepts.convolutionalise import FcOptions
from seglib.ui import knobs, stepper
from seglib.ui.figures import matrix
from seglib.ui.figures.plate import BLUE, ORANGE, Mark
from seglib.ui.patches.state import CELL, FC

PRESETS: dict[str, dict[str, int]] = {
    "VGG fc6": {"channels": 512, "kernel": 7, "outputs": 4096, "side": 10},
    "VGG fc6 as it was": {"channels": 512, "kernel": 7, "outputs": 4096, "side": 7},
    "Ciresan's N4": {"channels": 48, "kernel": 3, "outputs": 200, "side": 6},
    "1 × 1 convolution": {"channels": 256, "kernel": 1, "outputs": 21, "side": 8},
}


def options() -> FcOptions:
    """Return the layer as it is set; maps are never smaller than its own."""
    found = knobs.read(FcOptions, FC)
    if found.side < found.kernel:
        knobs.put(FcOptions, FC, side=found.kernel)
        found = knobs.read(FcOptions, FC)
    return found


def show() -> None:
    """Draw maps, kernel and answers, and count the parameters of both shapes."""
    now = options()
    grid = fc.output_grid(now.side, now.kernel)
    cell = stepper.read(CELL, grid * grid)
    y, x = divmod(cell, grid)
    first = now.side == now.kernel
    maps = np.zeros((now.side, now.side))
    maps[y : y + now.kernel, x : x + now.kernel] = 1
    answers = np.full((grid, grid), np.nan)
    answers.flat[: cell + 1] = 0.4
    answers[y, x] = 1
    unit = min(26.0, 340 / now.side)
    matrix.row(
        [
            matrix.svg(
                maps,
                title=f"{now.channels} maps, {now.side} × {now.side}",
                caption=f"kernel: {now.kernel} × {now.kernel} × {now.channels}, "
                f"rows {y} to {y + now.kernel - 1}, columns {x} to {x + now.kernel - 1}",
                numbers=True,
                digits=1,
                scale="diverging",
                limits=(-2.2, 2.2),
                cell=unit,
                marks=(Mark((x, y, now.kernel, now.kernel), ORANGE, label="what the layer reads"),),
                key="patches-maps",
            )
            .replace(">1</b>", "></b>")
            .replace(">0</b>", "></b>"),
            "→",
            matrix.svg(
                answers,
                title=f"{now.outputs:,} × {grid} × {grid}",
                caption="one answer: the layer as it was" if first else f"row {y}, column {x}",
                numbers=True,
                scale="diverging",
                limits=(-1.6, 1.6),
                cell=max(unit, 150 / grid),
                marks=(Mark((x, y, 1, 1), BLUE),),
                key="patches-answers",
            )
            .replace(">1</b>", "></b>")
            .replace(">0.4</b>", "></b>"),
        ],
        align="start",
    )
    stepper.show(CELL, grid * grid, label="Answer")
    dense = fc.dense_parameters(now.channels, now.kernel, now.outputs)
    conv = fc.conv_parameters(now.channels, now.kernel, now.outputs)
    with st.grid(3, min_column_width=150, gap="small"):
        st.metric("Fully connected", f"{dense:,}", help="Weights and biases", border=True)
        st.metric("As a convolution", f"{conv:,}", help="Weights and biases", border=True)
        st.metric("Answers", f"{grid} × {grid}", help="Places where the kernel fits", border=True)


def controls() -> None:
    """Draw the presets and the sizes."""
    st.markdown("**Layer**")
    with st.container(horizontal=True, gap="small"):
        for name, values in PRESETS.items():
            st.button(name, key=f"patches_fc_{name}", on_click=_apply, args=(values,))
    knobs.show(FcOptions, FC, only=["side", "kernel", "channels", "outputs"])


def _apply(values: dict[str, int]) -> None:
    knobs.put(FcOptions, FC, **values)
