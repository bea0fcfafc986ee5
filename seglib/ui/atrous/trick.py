"""The view of DeepLab v1's trick: stride to 1, rate to the stride; the values stay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from seglib.concepts import atrous
from seglib.concepts import convolution as conv
from seglib.concepts.atrous import Trick, TrickOptions
from seglib.ui import frame, knobs, lesson, source, stepper
from seglib.ui.atrous import ideas
from seglib.ui.atrous.state import INPUT, STEP, TRICK
from seglib.ui.figures import matrix, plate
from seglib.ui.figures.matrix import difference, number
from seglib.ui.figures.plate import Mark, Overlay
from seglib.ui.source import Source

FIRST, SECOND = conv.kernel("gauss", 3), conv.kernel("laplace", 3)


@dataclass(frozen=True, eq=False)
class State:
    """One picture of the view; ``index`` is the coarse output cell, row by row."""

    source: Source
    stride: int
    done: Trick
    index: int

    @property
    def cell(self) -> tuple[int, int]:
        """Row and column of the coarse output cell."""
        y, x = divmod(self.index, self.done.coarse.shape[1])
        return y, x


def read() -> State:
    """Read the address and compute."""
    options = knobs.read(TrickOptions, TRICK)
    origin = source.read(INPUT)
    done = atrous.trick(origin.values, FIRST, SECOND, stride=options.stride)
    return State(origin, options.stride, done, stepper.read(STEP, done.coarse.size))


def draw() -> None:
    """Draw the view."""
    left, right = st.columns([2, 1], gap="medium")
    now = read()
    with left:
        st.html(_picture(now))
        stepper.show(STEP, now.done.coarse.size, label="Cell that is kept")
    with right:
        source.controls(INPUT)
        knobs.show(TrickOptions, TRICK)
    lesson.tabs(
        numbers=lambda: _numbers(now),
        how=lambda: _how(now),
        tries=ideas.show,
        code=lambda: frame.show_code(
            atrous.trick, conv.convolve, intro="Both ways, and the convolution they are made of:"
        ),
    )


def _picture(now: State) -> str:
    done, s = now.done, now.stride
    (y, x), limit = now.cell, float(np.abs(done.dense).max()) or 1.0
    high, wide = done.dense.shape
    dots: list[Overlay] = []
    if max(high, wide) <= 16:
        dots = [
            Mark((j, i, 1, 1), plate.GREEN, dashed=True)
            for i in range(0, high, s)
            for j in range(0, wide, s)
        ]
    taps: list[Overlay] = [
        Mark((x * s + dx * s, y * s + dy * s, 1, 1), plate.ORANGE, fill=True)
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
        if 0 <= y * s + dy * s < high and 0 <= x * s + dx * s < wide
    ]
    unit = 286 / max(high, wide)
    common = {"scale": "diverging", "limits": (-limit, limit)}
    return (
        matrix.row_markup(
            [
                matrix.svg(
                    now.source.values,
                    title=f"Input {high} × {wide}",
                    marks=taps,
                    scale=now.source.scale,
                    limits=now.source.limits,
                    cell=unit,
                    numbers=max(high, wide) <= 12,
                    key="atr-input",
                ),
                "→",
                matrix.svg(
                    done.dense,
                    title=f"Stride 1, then rate {s}: {high} × {wide}",
                    marks=[*dots, Mark((x * s, y * s, 1, 1), plate.VERMILLION)],
                    cell=unit,
                    numbers=max(high, wide) <= 12,
                    key="atr-dense",
                    **common,  # type: ignore[arg-type]
                ),
            ]
        )
        + '<div style="height:0.9rem"></div>'
        + matrix.row_markup(
            [
                matrix.svg(
                    done.coarse,
                    title=f"Stride {s}, then rate 1: {done.coarse.shape[0]} × "
                    f"{done.coarse.shape[1]}",
                    marks=[Mark((x, y, 1, 1), plate.VERMILLION)],
                    cell=220 / max(done.coarse.shape),
                    numbers=max(done.coarse.shape) <= 12,
                    key="atr-coarse",
                    **common,  # type: ignore[arg-type]
                ),
                "=",
                matrix.svg(
                    done.kept,
                    title=f"Every {('second', 'third', 'fourth')[s - 2]} cell of the above",
                    marks=[Mark((x, y, 1, 1), plate.VERMILLION)],
                    cell=220 / max(done.coarse.shape),
                    numbers=max(done.coarse.shape) <= 12,
                    key="atr-kept",
                    **common,  # type: ignore[arg-type]
                ),
            ]
        )
        + f'<p class="seg-caption" style="margin-top:0.6rem" data-testid="atr-sentence">Cell '
        f"({y}, {x}): with the stride <b>{number(float(done.coarse[y, x]), 5)}</b>, atrous at "
        f"({y * s}, {x * s}) <b>{number(float(done.kept[y, x]), 5)}</b>. Largest difference of all "
        f"{done.coarse.size:,} cells: {difference(done.difference)}. Orange: where the second "
        "convolution looks.</p>"
    )


def _numbers(now: State) -> None:
    done, s = now.done, now.stride
    high, wide = done.dense.shape
    cells = [
        ("Cells", f"{done.dense.size:,}", f"With the stride there are {done.coarse.size:,}"),
        ("More cells", f"{done.dense.size / done.coarse.size:.3g} ×", "At most the stride squared"),
        ("Weights", "18 and 18", "Two 3 × 3 kernels in both ways"),
        (
            "Largest difference",
            difference(done.difference),
            "Between the two, where both have a cell",
        ),
        (
            "Multiply-adds",
            f"{18 * done.dense.size / (18 * done.coarse.size):.3g} ×",
            "More cells are computed: the price of the resolution",
        ),
    ]
    with st.grid(len(cells), min_column_width=140, gap="small"):
        for label, value, text in cells:
            st.metric(label, value, help=text, border=True)
    st.html(
        f'<p class="seg-note">The street model does the same: its last stage keeps 1/16 instead of '
        f"1/32 of the picture, with rate 2 in blocks 14 to 16. Here {high} × {wide} instead of "
        f"{done.coarse.shape[0]} × {done.coarse.shape[1]} cells, stride {s}.</p>"
    )


def _how(now: State) -> None:
    s = now.stride
    (y, x) = now.cell
    st.markdown("#### Why are the values the same?")
    st.latex(
        r"z^{\text{stride}}_{i} = \sum_j w_j\, y_{s(i + j)} \qquad "
        r"z^{\text{atrous}}_{m} = \sum_j w_j\, y_{m + s j} \qquad "
        r"m = s\,i \;\Rightarrow\; z^{\text{atrous}}_{s i} = z^{\text{stride}}_{i}"
    )
    st.latex(
        rf"s = {s},\; (i) = ({y}, {x}):\quad m = ({s * y}, {s * x}),\quad "
        rf"\text{{rows met: }} {s * (y - 1)},\, {s * y},\, {s * (y + 1)}"
    )
    st.markdown(
        "The strided map keeps every s-th cell and throws the others away; its neighbours lie s "
        "input cells apart. Keep all cells, and let the next kernel skip s − 1 between weights: "
        "it meets the very same numbers. Weights trained with the stride stay valid "
        "([Chen et al. 2015](https://arxiv.org/abs/1412.7062), section 3.1)."
    )
