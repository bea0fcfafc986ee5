"""The two results, their difference, and one sample with its four cells and the formula."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from seglib.ui import stepper
from seglib.ui.address import Param
from seglib.ui.figures import matrix
from seglib.ui.figures.plate import ORANGE, Mark
from seglib.ui.numbers import UNDEFINED, sig3
from seglib.ui.roi.work import Work

STEP: Param = stepper.param("roi_sample")


def tex(value: float, digits: int = 4) -> str:
    """Write a number for a formula: at most ``digits`` decimals, no trailing zeros."""
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def matrices(work: Work, number: int) -> None:
    """Draw RoIPool − RoIAlign = difference."""
    pooled, aligned = work.pooled, work.aligned_values
    difference = pooled - aligned
    top = float(np.nanmax(np.concatenate([pooled.ravel(), aligned.ravel(), [0]]))) or 1.0
    cell = {2: 74.0, 3: 56.0, 7: 39.0}[work.bins]
    marks = []
    if work.align_plan.samples:
        row, column = work.align_plan.bin_of(number)
        marks = [Mark((column, row, 1, 1), ORANGE, label="the chosen sample's bin")]
    word = "maximum" if work.mode == "max" else "average"
    common: dict[str, Any] = {
        "cell": cell,
        "limits": (0.0, top),
        "scale": "sequential",
        "numbers": True,
    }
    matrix.row(
        [
            matrix.svg(
                pooled,
                title="RoIPool",
                caption=f"{word} of cells",
                key="roi-pool",
                marks=marks,
                **common,
            ),
            "−",
            matrix.svg(
                aligned,
                title="RoIAlign",
                caption=f"{word} of samples",
                key="roi-align",
                marks=marks,
                **common,
            ),
            "=",
            matrix.svg(
                difference,
                title="Difference",
                caption="blue: RoIAlign is larger",
                digits=2 if work.bins == 7 else 3,
                key="roi-difference",
                cell=cell,
                limits=(-top, top),
                numbers=True,
                marks=marks,
            ),
        ],
        pairs=work.bins <= 3,
    )


def one_sample(work: Work) -> None:
    """Draw the stepper over samples, the four cells, and the bilinear formula with the numbers."""
    plan = work.align_plan
    st.markdown("#### One sample of RoIAlign")
    if plan.samples == 0:
        st.markdown(
            "Adaptive sampling takes one sample a cell: in a region without area there is none, so "
            f"its average is **{UNDEFINED}** (0/0)."
        )
        return
    left, right = st.columns([1, 1], gap="large")
    with left:
        number = stepper.show(STEP, plan.samples, label="Sample")
    row, column = plan.sample(number)
    x, y = plan.x, plan.y
    cells = plan.neighbours(row, column)
    values = [float(work.ground.values[cell.row, cell.column]) for cell in cells]
    weights = np.array([cell.weight for cell in cells]).reshape(2, 2)
    result = float(work.samples[row, column])
    bin_row, bin_column = plan.bin_of(number)
    with left:
        matrix.row(
            [
                matrix.svg(
                    np.array(values).reshape(2, 2),
                    title="Four cells",
                    scale="none",
                    cell=58,
                    key="roi-cells",
                ),
                "×",
                matrix.svg(
                    weights,
                    title="Weights",
                    scale="sequential",
                    limits=(0, 1),
                    cell=58,
                    key="roi-weights",
                ),
                "→",
                matrix.svg(
                    np.array([[result]]), title="Sample", scale="none", cell=58, key="roi-value"
                ),
            ]
        )
        st.html(
            f'<p class="seg-note" data-testid="roi-place">Bin {bin_row + 1}, {bin_column + 1}; '
            f"sample at x = {tex(x.place[column] + 0.5, 3)}, y = {tex(y.place[row] + 0.5, 3)} "
            f"cells from the map's corner; cells ({cells[0].row}, {cells[0].column}) to "
            f"({cells[3].row}, {cells[3].column}), row and column.</p>"
        )
    with right:
        _formula(work, row, column, values, result)
        _bin(work, bin_row, bin_column)


def _formula(work: Work, row: int, column: int, values: list[float], result: float) -> None:
    x, y = work.align_plan.x, work.align_plan.y
    st.latex(
        r"\begin{aligned} v = {} & (1-b)\,\bigl[(1-a)\,f_{00} + a\,f_{01}\bigr] \\ "
        r"{} + {} & b\,\bigl[(1-a)\,f_{10} + a\,f_{11}\bigr] \end{aligned}"
    )
    if not (x.inside[column] and y.inside[row]):
        st.markdown("This sample lies more than one cell outside the map: it counts as **0**.")
        return
    a, b = float(x.part[column]), float(y.part[row])
    f = [tex(value) for value in values]
    st.latex(
        rf"\small\begin{{aligned}} a = {tex(a)},\; b &= {tex(b)} \\ "
        rf"v = {tex(1 - b)} \cdot [\,{tex(1 - a)} \cdot {f[0]} &+ {tex(a)} \cdot {f[1]}\,] \\ "
        rf"{{}} + {tex(b)} \cdot [\,{tex(1 - a)} \cdot {f[2]} &+ {tex(a)} \cdot {f[3]}\,] \\ "
        rf"= {tex(result)} \quad & \end{{aligned}}"
    )
    off = abs(x.place[column] - x.low[column] - a) + abs(y.place[row] - y.low[row] - b)
    if off > 1e-9:
        st.markdown("The sample lies outside the outermost centres, so it reads the border.")


def _bin(work: Work, bin_row: int, bin_column: int) -> None:
    across, down = work.align_plan.ratio
    part = work.samples[
        bin_row * down : (bin_row + 1) * down, bin_column * across : (bin_column + 1) * across
    ]
    final = float(work.aligned_values[bin_row, bin_column])
    # column by column, as the lectures list them
    values = part.T.ravel()
    shown = ", ".join(tex(float(value)) for value in values[:16])
    more = r",\, \dots" if len(values) > 16 else ""
    name = r"\max" if work.mode == "max" else r"\operatorname{mean}"
    st.latex(rf"\text{{bin}} = {name}({shown}{more}) = {tex(final)}")
    if work.options.source == "lecture" and (bin_row, bin_column) == (0, 0) and len(values) == 4:
        rounded = np.round(values.astype(np.float64), 2)
        listed = ",\\, ".join(f"{value:.2f}" for value in rounded)
        st.markdown("With two decimals, as in the lectures:")
        st.latex(
            rf"\begin{{aligned}} \max({listed}) &= {rounded.max():.2f} \\ "
            rf"\text{{average}} &= {rounded.mean():.4f} \end{{aligned}}"
        )


def errors(work: Work) -> None:
    """Show what rounding did, in cells and pixels."""
    error, stride = work.pool_plan.error, work.ground.stride
    worst = max(abs(value) for value in error)
    pool, align = work.shifted
    places = st.columns(3, gap="small") if work.bins == 7 else (st, st, st)
    places[0].metric(
        "Rounding moves an edge by",
        f"{sig3(worst * stride)} px",
        help=f"Largest of the four edges after the first rounding: {sig3(worst)} cells.",
        border=True,
    )
    places[1].metric(
        "RoIPool, moved by ½ cell, changes by",
        sig3(pool),
        help="Largest change of a bin when the region moves half a cell right and down.",
        border=True,
    )
    places[2].metric(
        "RoIAlign, moved by ½ cell, changes by",
        sig3(align),
        help="The same for RoIAlign.",
        border=True,
    )
    st.html(
        f'<p class="seg-note" data-testid="roi-error">Rounding moved the edges by '
        f"{_signed(error.x1, stride)} left, {_signed(error.y1, stride)} top, "
        f"{_signed(error.x2, stride)} right, {_signed(error.y2, stride)} bottom; bins then by up "
        f"to {sig3(work.pool_plan.bin_error)} cells ({sig3(work.pool_plan.bin_error * stride)} px)."
        "</p>"
    )


def _signed(cells: float, stride: int) -> str:
    sign = "−" if cells < 0 else "+" if cells > 0 else ""
    return f"{sign}{sig3(abs(cells))} cells ({sign}{sig3(abs(cells) * stride)} px)"


def agreement(work: Work) -> tuple[float, float]:
    """Largest difference between what is shown and the numpy reference: RoIPool, RoIAlign."""
    box = work.options.box
    pool = np.abs(work.pool_reference(box) - work.pooled).max()
    align = np.abs(work.align_reference(box) - work.aligned_values)
    return float(pool), float(np.nanmax(align)) if np.isfinite(align).any() else 0.0
