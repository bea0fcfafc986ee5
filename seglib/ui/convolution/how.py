"""How it works, and the code: formulas with the very numbers put in."""

from __future__ import annotations

import streamlit as st

from seglib.concepts import convolution as conv
from seglib.concepts.convolution import Axis
from seglib.ui import frame
from seglib.ui.convolution.state import State
from seglib.ui.figures.matrix import number

MOST_TERMS = 12


def show(state: State) -> None:
    """Draw the explanation."""
    left, right = st.columns(2, gap="large")
    with left:
        _size(state)
    with right:
        _sum(state)


def _size(state: State) -> None:
    st.markdown("#### How large is the output?")
    st.latex(r"o = \left\lfloor \frac{n + 2p - d\,(k-1) - 1}{s} \right\rfloor + 1")
    for axis, name in ((state.rows, "rows"), (state.columns, "columns")):
        st.latex(size_line(axis, name))
        if state.rows == state.columns:
            break
    if not (state.rows.fits and state.columns.fits):
        st.markdown("Below 1: the window is larger than the padded input, so there is no output.")
        return
    for axis, name in ((state.rows, "row"), (state.columns, "column")):
        if axis.remainder:
            st.markdown(
                f"The division leaves a remainder of {axis.remainder}: that many {name}s at the "
                f"end of the padded input are in no window. {axis.unseen} {name}s of the input "
                "itself are never seen."
            )
    same = state.options.dilation * (state.rows.kernel - 1)
    if state.options.stride == 1 and same % 2 == 0:
        st.markdown(f"With stride 1, the padding $p = d(k-1)/2 = {same // 2}$ keeps the size.")
    st.markdown(
        "Arithmetic: [Dumoulin and Visin 2016](https://arxiv.org/abs/1603.07285). Networks do not "
        "flip the kernel; strictly, this is cross-correlation."
    )


def size_line(axis: Axis, name: str) -> str:
    """Return the formula of the output's size with the numbers put in, as LaTeX."""
    top = axis.padded - axis.reach
    inner = (
        rf"\frac{{{axis.length} + 2\cdot{axis.padding} - {axis.dilation}\,({axis.kernel}-1) - 1}}"
        rf"{{{axis.stride}}}"
    )
    return (
        rf"\begin{{aligned}} o_{{\text{{{name}}}}} &= \left\lfloor {inner} \right\rfloor + 1 \\ "
        rf"&= \left\lfloor {top / axis.stride:.4g} \right\rfloor + 1 = "
        rf"{top // axis.stride + 1} \end{{aligned}}"
    )


def _sum(state: State) -> None:
    st.markdown("#### What is one output cell?")
    st.latex(
        r"y_{r,c} = \sum_{i=0}^{k-1} \sum_{j=0}^{k-1} w_{i,j}\; x_{\,rs + id - p,\; cs + jd - p}"
    )
    step = state.step
    if step is None:
        return
    terms = [
        (float(weight), float(value))
        for weight, value in zip(state.weights.ravel(), step.patch.ravel(), strict=True)
        if weight != 0
    ]
    shown = terms[:MOST_TERMS]
    parts = [rf"{_bracket(weight)}\cdot{_bracket(value)}" for weight, value in shown]
    lines = [" + ".join(parts[i : i + 3]) for i in range(0, len(parts), 3)] or ["0"]
    if len(terms) > MOST_TERMS:
        lines.append(r"\cdots")
    body = r" \\ &\quad + ".join(lines)
    r, c = step.cell
    st.latex(
        rf"\begin{{aligned}} y_{{{r},{c}}} &= {body} \\ &= {_plain(step.total)} \end{{aligned}}"
    )
    if len(terms) < state.weights.size:
        st.markdown("Weights of 0 are left out.")
    outside = int((~step.inside).sum())
    if outside:
        st.markdown(f"{outside} weights meet the padding, whose cells are 0.")


def _plain(value: float) -> str:
    return number(value, 4).replace("−", "-")


def _bracket(value: float) -> str:
    text = _plain(value)
    return f"({text})" if value < 0 else text


def code(state: State) -> None:
    """Show the two computations and the call that made the picture."""
    own = state.options
    st.code(
        "from seglib.concepts import convolution\n\n"
        f"weights = convolution.kernel({own.kernel!r}, {int(own.size)})\n"
        "output = convolution.convolve_graph(\n"
        f"    values, weights, stride={own.stride}, padding={own.padding}, "
        f"dilation={own.dilation}\n)"
        if own.kernel != "own"
        else "from seglib.concepts import convolution\n\n"
        f"weights = np.array({state.weights.tolist()}, np.float32)\n"
        "output = convolution.convolve_graph(\n"
        f"    values, weights, stride={own.stride}, padding={own.padding}, "
        f"dilation={own.dilation}\n)",
        language="python",
    )
    frame.show_code(
        conv.convolve,
        conv.convolve_graph,
        intro="The reference in NumPy, and the OpenVINO operator that computed the picture:",
    )
