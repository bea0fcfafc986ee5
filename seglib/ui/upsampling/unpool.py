"""Max-unpooling: arrows from each pooled cell to the place of its maximum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import unpooling
from seglib.concepts.unpooling import UnpoolingOptions
from seglib.ui import frame, knobs, stepper
from seglib.ui.figures import matrix, plate
from seglib.ui.figures.plate import BLUE, GREY, ORANGE, Arrow, Mark, Overlay
from seglib.ui.numbers import percent
from seglib.ui.source import Source
from seglib.ui.upsampling import shared
from seglib.ui.upsampling.shared import formula, tex

PREFIX = "unp"
STEP = stepper.param("unp_cell", 1)
PARAMS = (*knobs.params(UnpoolingOptions, PREFIX), STEP)

_SIDE = 24
_MOST_ARROWS = 40


@dataclass(frozen=True, eq=False)
class Setup:
    """Everything of one run of the page."""

    values: NDArray[np.float32]
    held: Source
    block: int
    pooled: NDArray[np.float32]
    indices: NDArray[np.int64]
    full: NDArray[np.float32]

    @property
    def step(self) -> int:
        """The pooled cell that is looked at."""
        return stepper.read(STEP, self.pooled.size)


def read() -> Setup:
    """Read the settings, pool and unpool, with OpenVINO."""
    values, held = shared.read(_SIDE)
    # A matrix of one's own may be smaller than the block: then the largest block that fits.
    block = min(knobs.read(UnpoolingOptions, PREFIX).block, *values.shape)
    return Setup(values, held, block, *unpooling.pool_and_unpool(values, block))


def controls(setup: Setup) -> None:
    """Draw the controls."""
    stepper.show(STEP, setup.pooled.size, label="Pooled cell")
    knobs.show(UnpoolingOptions, PREFIX)
    shared.controls()


def stage(setup: Setup) -> None:
    """Draw the picture."""
    i, j = divmod(setup.step, setup.pooled.shape[1])
    k = setup.block
    row, column = divmod(int(setup.indices[i, j]), setup.values.shape[1])
    high, wide = setup.values.shape
    limits = float(setup.values.min()), float(setup.values.max())
    # Pooled and unpooled on one plate, so that an arrow can lead from one to the other.
    rows, columns = setup.pooled.shape
    left, top = columns + (2 if wide <= 12 else 4), (high - rows) / 2
    whole = left + wide
    marks: list[Overlay] = [Mark((j, top + i, 1, 1), BLUE), Mark((left + column, row, 1, 1))]
    if setup.pooled.size <= _MOST_ARROWS:
        for place, index in enumerate(setup.indices.ravel().tolist()):
            if place != setup.step:
                marks.append(_arrow(place, index, columns, left, top, wide, GREY))
    marks.append(_arrow(setup.step, int(setup.indices[i, j]), columns, left, top, wide, ORANGE))
    parts = "".join(
        f'<div style="position:absolute;left:{100 * at[0] / whole:.5g}%;'
        f'top:{100 * at[1] / high:.5g}%;width:{100 * part.shape[1] / whole:.5g}%">'
        + matrix.svg(part, numbers=wide <= 12, limits=limits, cell=400, key=key)
        + "</div>"
        for at, part, key in (
            ((0, top), setup.pooled, "unp-pooled"),
            ((left, 0), setup.full, "unp-full"),
        )
    )
    matrix.row(
        [
            matrix.svg(
                setup.values,
                title=f"Input, {wide} × {high}",
                marks=[
                    Mark((j * k, i * k, k, k), BLUE, dashed=True, label="the block"),
                    Mark((column, row, 1, 1), ORANGE, label="its maximum"),
                ],
                limits=limits,
                cell=min(40.0, 190 / max(wide, high)),
                key="unp-input",
            ),
            "→",
            plate.markup(
                parts,
                (whole, high),
                cell=min(44.0, 385 / whole),
                title=f"Pooled, {columns} × {rows}  →  unpooled, {wide} × {high}",
                marks=marks,
                alt="pooled cells with arrows to the places of their maxima",
                testid="unp-output",
                framed=False,
            ),
        ]
    )
    block = setup.values[i * k : (i + 1) * k, j * k : (j + 1) * k]
    inside = ", ".join(tex(value) for value in block.ravel()[:9])
    dots = r", \dots" if block.size > 9 else ""
    formula(
        rf"\text{{pooled}}_{{{i},{j}}} &= \max({inside}{dots}) = {tex(setup.pooled[i, j], 4)}",
        rf"\text{{index}}_{{{i},{j}}} &= \text{{row}}\cdot w + \text{{column}} = "
        rf"{row}\cdot {wide} + {column} = {int(setup.indices[i, j])}",
        rf"\text{{out}}_{{{row},{column}}} &= {tex(setup.pooled[i, j], 4)}"
        r"\qquad\text{the rest is } 0",
    )
    shared.note(setup.values, setup.held)


def _arrow(
    place: int, index: int, columns: int, left: int, top: float, wide: int, color: str
) -> Arrow:
    i, j = divmod(place, columns)
    row, column = divmod(index, wide)
    # From the edge of one number to that of the other: an arrow through a number hides it.
    return Arrow((j + 0.8, top + i + 0.5), (left + column + 0.14, row + 0.5), color)


def numbers(setup: Setup) -> None:
    """Draw the numbers."""
    pooled, indices = unpooling.max_pool(setup.values, setup.block)
    full = unpooling.unpool(pooled, indices, (setup.values.shape[0], setup.values.shape[1]))
    energy = float((setup.values**2).sum())
    kept = float((setup.full**2).sum()) / energy if energy else float("nan")
    with st.grid(4, min_column_width=150, gap="small"):
        st.metric(
            "Cells filled",
            percent(setup.pooled.size / setup.values.size),
            help=f"{setup.pooled.size} of {setup.values.size}; the others are zero.",
            border=True,
        )
        st.metric(
            "Energy kept",
            percent(kept),
            help="Sum of squares after unpooling, of that before pooling.",
            border=True,
        )
        bits = max(1, int(np.ceil(np.log2(setup.block**2))))
        st.metric(
            "Bits for one index",
            str(bits),
            help=f"A place among {setup.block**2}; a whole float32 skip would need 32 a cell.",
            border=True,
        )
        st.metric(
            "numpy against OpenVINO",
            shared.difference(full, setup.full),
            help="Largest difference between the readable reference and the operators.",
            border=True,
        )


def how(setup: Setup) -> None:
    """Explain."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Encoder and decoder share places, not values")
        formula(
            r"m_{ij} &= \max_{a,b<k} x_{ki+a,\,kj+b}",
            r"(a,b)_{ij} &= \arg\max_{a,b<k} x_{ki+a,\,kj+b}",
            r"y_{ki+a,\,kj+b} &= m_{ij}\,[\,(a,b) = (a,b)_{ij}\,]",
        )
        st.markdown(
            "SegNet ([Badrinarayanan et al. 2017](https://arxiv.org/abs/1511.00561)) keeps the "
            "indices of each pooling and unpools with them: borders return to where they were, "
            "and there is nothing to learn. The convolutions that follow fill the zeros."
        )
    with right:
        st.markdown("#### What is lost")
        st.markdown(
            f"Of each {setup.block} × {setup.block} block one value survives. Pooling the result "
            "again gives the same maxima at the same places, as long as they are positive: after "
            "a ReLU they are never negative. Where several cells hold the maximum, the first in "
            "reading order counts, here and in OpenVINO."
        )


def code(setup: Setup) -> None:
    """Show what ran."""
    frame.show_code(
        unpooling.max_pool,
        unpooling.unpool,
        unpooling.pool_and_unpool,
        intro="The readable reference, and the OpenVINO operators that drew the picture:",
    )
