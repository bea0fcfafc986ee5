"""The tabs: Numbers, How it works, Try this, Code."""

from __future__ import annotations

import numpy as np
import streamlit as st

from seglib.concepts import large_kernels as large
from seglib.concepts import large_kernels_graph as graph
from seglib.concepts import large_kernels_refine as refine
from seglib.concepts.large_kernels import Cost
from seglib.concepts.large_kernels_options import LargeOptions
from seglib.ui import frame, knobs, lesson, tries
from seglib.ui.large_kernels.work import CLASSES, Work
from seglib.ui.numbers import percent, sig3
from seglib.ui.tries import Try

PAGE = "pages/large_kernels.py"
PREFIX = "large"
IDEAS: tuple[Try, ...] = (
    Try(
        "When does a pair say it all?",
        "A Gaussian is a column times a row: one pair holds 100 % of it and the difference is "
        "rounding.",
        knobs.query(LargeOptions, PREFIX, kernel="gaussian", pairs="1", size=15),
    ),
    Try(
        "And when not?",
        "A diagonal line is no sum of two products: the two branches blur it into a cross.",
        knobs.query(LargeOptions, PREFIX, kernel="line", pairs="2", size=15),
    ),
    Try(
        "From which size does it pay?",
        "From 96 channels to 11 classes at once; with as many outputs as inputs only from 5 × 5: "
        "4k against k² weights for each pair of channels.",
        knobs.query(LargeOptions, PREFIX, size=3) | {"tab": "Numbers"},
    ),
)
"""The three."""


def show(work: Work) -> None:
    """Draw the tabs; only the open one is computed."""
    lesson.tabs(
        numbers=lambda: _numbers(work),
        how=lambda: _how(work),
        tries=lambda: tries.show(PAGE, IDEAS),
        code=_code,
    )


def _numbers(work: Work) -> None:
    cells = work.values.size
    sizes = sorted({3, 5, 7, 15, 31, work.size})
    body = []
    for size in sizes:
        dense = large.dense_cost(size, work.channels, CLASSES, cells)
        block = large.separable_cost(size, work.channels, CLASSES, cells)
        stack = large.stacked_cost(size, work.channels, CLASSES, cells)
        mark = ' style="font-weight:700"' if size == work.size else ""
        body.append(
            f'<tr{mark}><th scope="row">k = {size}</th>{_cell(dense)}{_cell(block)}{_cell(stack)}'
            f"<td>{percent(block.parameters / dense.parameters)}</td></tr>"
        )
    heads = (
        "",
        "k×k: weights",
        "multiply-adds, M",
        "k×1 + 1×k: weights",
        "multiply-adds, M",
        "3×3 stacked: weights",
        "multiply-adds, M",
        "k×1 + 1×k of k×k",
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    st.html(
        f'<div class="seg-table" data-testid="large-cost"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )
    apart = np.abs(work.dense - large.convolve(work.values, work.kernel)).max()
    both = np.abs(work.block - large.block(work.values, work.pairs)).max()
    st.html(
        f'<p class="seg-note" data-testid="large-agreement">From {work.channels} channels to '
        f"{CLASSES} classes on {cells:,} cells, without biases. Shown: computed by OpenVINO; "
        f"largest difference from the numpy reference: k×k {apart:.1e}, pairs {both:.1e}.</p>"
    )


def _tex(count: int) -> str:
    return f"{count:,}".replace(",", "{,}")


def _cell(cost: Cost) -> str:
    return f"<td>{cost.parameters:,}</td><td>{sig3(cost.multiply_adds / 1e6)}</td>"


def _how(work: Work) -> None:
    size, inputs = work.size, work.channels
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Two branches")
        st.latex(
            r"y = \underbrace{W_{1 \times k}\,W_{k \times 1}\,x}_{\text{column, then row}} + "
            r"\underbrace{W'_{k \times 1}\,W'_{1 \times k}\,x}_{\text{row, then column}}"
        )
        st.markdown("Weights, from C to K channels:")
        dense = large.dense_cost(size, inputs, CLASSES, 1).parameters
        block = large.separable_cost(size, inputs, CLASSES, 1).parameters
        st.latex(
            rf"\begin{{aligned}} k^2\,C\,K &= {size}^2 \cdot {inputs} \cdot {CLASSES} = "
            rf"{_tex(dense)} \\ 2k\,(CK + K^2) &= 2 \cdot {size} \cdot ({inputs} \cdot "
            rf"{CLASSES} + {CLASSES}^2) \\ &= {_tex(block)} \end{{aligned}}"
        )
        st.markdown(
            "No nonlinearity lies between the two convolutions, so for one channel the block is a "
            "sum of two products of a column and a row: a kernel of rank 2 at most. With many "
            "channels it can mix more. "
            "[Peng et al. 2017](https://arxiv.org/abs/1703.02719), section 3.1."
        )
    with right:
        st.markdown("#### The best sum of pairs")
        st.latex(
            r"K = \sum_p \sigma_p\,u_p v_p^\top, \qquad \text{held} = "
            r"\frac{\sum_{p \le P} \sigma_p^2}{\sum_p \sigma_p^2}"
        )
        values = work.pairs.singular[:5]
        shown = r",\;".join(f"{value:.3g}" for value in values)
        more = r",\;\dots" if size > 5 else ""
        st.latex(rf"\sigma = ({shown}{more})")
        st.markdown(
            "Singular value decomposition; no other sum of as many products comes nearer (Eckart "
            "and Young 1936)."
        )
        st.markdown("#### Why large at all?")
        st.markdown(
            "To say what a pixel is, a classifier should see the whole object. The paper calls "
            "that the valid receptive field: it must cover the object even when it is enlarged. "
            "Boundary refinement then gives back what a large kernel blurs: a residual of two "
            "small convolutions, section 3.2."
        )


def _code() -> None:
    frame.show_code(
        large.separate, large.block, refine.refine, intro="The reference in numpy, word for word:"
    )
    frame.show_code(
        graph.convolve, graph.block, graph.refine, intro="What ran for this page, on OpenVINO:"
    )
