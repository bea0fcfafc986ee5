"""The picture: window on the padded input, kernel, output; the products and their sum."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from seglib.ui.convolution.state import State
from seglib.ui.figures import matrix, plate
from seglib.ui.figures.plate import Mark, Overlay
from seglib.ui.numbers import sig3

WINDOW = plate.ORANGE


def show(state: State) -> None:
    """Draw the window on the input, and the output."""
    if state.output is None or state.step is None:
        st.html(matrix.row_markup([_input(state), "∗", _kernel(state)]))
        return
    st.html(matrix.row_markup([_input(state), "→", _output(state)]))


def products(state: State) -> None:
    """Draw what lies under the window, times the kernel, and the sum."""
    st.html(matrix.row_markup(_sum(state)) + _sentence(state))


def _cell(count: int, room: float, most: float = 44) -> float:
    return min(most, room / count)


def _input(state: State) -> str:
    values, padding = state.source.values, state.options.padding
    padded = np.pad(values, padding)
    rim = np.ones(padded.shape, bool)
    rim[padding : padding + values.shape[0], padding : padding + values.shape[1]] = False
    if state.step is None:
        # Empty cells around, so that a window that is too large lies on the plate all the same.
        more = [max(0, axis.reach - axis.padded) for axis in (state.rows, state.columns)]
        room = ((0, more[0]), (0, more[1]))
        padded = np.pad(padded.astype(np.float64), room, constant_values=np.nan)
        rim = np.pad(rim, room)
    return matrix.svg(
        padded,
        title=f"Input {values.shape[0]} × {values.shape[1]}"
        + (f", padding {padding}" if padding else ""),
        marks=_window(state),
        scale=state.source.scale,
        limits=state.source.limits,
        muted=rim if padding else None,
        numbers=max(values.shape) <= 12,
        cell=_cell(max(padded.shape), 325),
        key="conv-input",
    )


def _window(state: State) -> list[Overlay]:
    options, step = state.options, state.step
    high, wide = state.rows.reach, state.columns.reach
    if step is None:
        # Too large: drawn all the same, so that one sees by how much.
        return [Mark((0, 0, wide, high), plate.VERMILLION, dashed=True, label="does not fit")]
    y, x = (place + options.padding for place in step.start)
    marks: list[Overlay] = [Mark((x, y, wide, high), WINDOW, dashed=options.dilation > 1)]
    if options.dilation > 1:
        marks += [
            Mark((x + j * options.dilation, y + i * options.dilation, 1, 1), WINDOW, fill=True)
            for i in range(state.weights.shape[0])
            for j in range(state.weights.shape[1])
        ]
    return marks


def _kernel(state: State) -> str:
    high, wide = state.weights.shape
    return matrix.svg(
        state.weights,
        title=f"Kernel {high} × {wide}",
        cell=_cell(max(high, wide), 130, 40),
        key="conv-kernel",
    )


def _output(state: State) -> str:
    assert state.output is not None
    assert state.step is not None
    y, x = state.step.cell
    high, wide = state.output.shape
    return matrix.svg(
        state.output,
        title=f"Output {high} × {wide}",
        marks=[Mark((x, y, 1, 1), WINDOW)],
        scale="diverging" if state.output.min() < 0 else "sequential",
        numbers=max(high, wide) <= 20,
        cell=_cell(max(high, wide), 255, 40),
        key="conv-output",
    )


def _sum(state: State) -> list[str]:
    step = state.step
    assert step is not None
    size = max(step.patch.shape)
    cell = _cell(size, 190, 46)
    return [
        matrix.svg(
            step.patch,
            title="Under the window",
            muted=~step.inside,
            marks=[Mark((0, 0, step.patch.shape[1], step.patch.shape[0]), WINDOW)],
            scale=state.source.scale,
            limits=state.source.limits,
            cell=cell,
            key="conv-patch",
        ),
        "·",
        matrix.svg(state.weights, title="Kernel", cell=cell, key="conv-weights"),
        "=",
        matrix.svg(step.products, title="Products", cell=cell, key="conv-products"),
        "Σ",
        matrix.svg(
            np.array([[step.total]]),
            title="Sum",
            cell=64,
            digits=4,
            marks=[Mark((0, 0, 1, 1), WINDOW)],
            key="conv-sum",
        ),
    ]


def _sentence(state: State) -> str:
    step = state.step
    assert step is not None
    outside = int((~step.inside).sum())
    text = (
        f"Output row {step.cell[0]}, column {step.cell[1]}: the window starts at input row "
        f"{step.start[0]}, column {step.start[1]}; the sum is <b>{matrix.number(step.total, 4)}</b>"
    )
    if outside:
        text += f"; {outside} of {step.inside.size} weights meet padding"
    about = f" {escape(state.source.note)}" if state.source.note else ""
    return (
        f'<p class="seg-caption" style="margin-top:0.6rem" data-testid="conv-cell" '
        f'data-index="{state.index}">{text.replace("-", "−")}.</p>'
        f'<p class="seg-caption">OpenVINO, f32, {sig3(state.milliseconds)} ms for all '
        f"{state.count:,} cells.{about}</p>"
    )
