"""How it works: each formula, and under it the same with this picture's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from seglib.ui.caches import View
from seglib.ui.numbers import sig3
from seglib.ui.semantic.facts import Absent, Facts
from seglib.ui.stage import StageState

if TYPE_CHECKING:
    from seglib.models import Segmenter


_ABSENT = {"skip": "skipped", "zero": "counted as 0", "one": "counted as 1"}


def _integer(value: int) -> str:
    return f"{value:,}".replace(",", r"{,}")


def show(
    found: Facts,
    view: View,
    state: StageState,
    own: Segmenter,
    upsampling: str,
    absent: Absent,
) -> None:
    """Draw the explanation."""
    left, right = st.columns(2, gap="large")
    with left:
        _network(found, view, own, upsampling)
    with right:
        if view.matrix is None:
            st.markdown("#### Metrics")
            st.markdown(f"A metric needs the truth: {view.picture.why_no_metrics}")
        else:
            _metrics(found, view, state, absent)


def _network(found: Facts, view: View, own: Segmenter, upsampling: str) -> None:
    logits = view.result.logits
    st.markdown("#### From scores to classes")
    if logits is not None:
        classes, height, width = logits.shape
        picture = view.picture.image
        st.markdown(
            f"The network sees {own.card.input_size[0]} × {own.card.input_size[1]} px and answers "
            f"with {classes} scores in each of {width} × {height} cells; the picture has "
            f"{picture.width} × {picture.height} px."
        )
    st.latex(r"p_c = \frac{e^{z_c}}{\sum_k e^{z_k}} \qquad \hat y = \arg\max_c z_c")
    if logits is not None:
        y, x = height // 2, width // 2
        cell = logits[:, y, x]
        best, second = (int(i) for i in cell.argsort()[::-1][:2])
        total = float(sum(2.718281828459045 ** float(z - cell[best]) for z in cell))
        names = {label.id: label.name for label in own.label_set}
        st.markdown(
            f"In the middle cell, with the largest score subtracted, **{names[best]}** comes "
            f"before **{names[second]}**:"
        )
        st.latex(
            rf"\begin{{aligned}} p_{{\text{{{names[best]}}}}} &= "
            rf"\frac{{e^{{0}}}}{{{sig3(total)}}} = {sig3(1 / total)} \\ "
            rf"p_{{\text{{{names[second]}}}}} &= "
            rf"\frac{{e^{{{sig3(float(cell[second] - cell[best]))}}}}}{{{sig3(total)}}} = "
            rf"{sig3(2.718281828459045 ** float(cell[second] - cell[best]) / total)}"
            r"\end{aligned}"
        )
    st.markdown("#### From cells to pixels")
    st.latex(
        r"\begin{aligned} \text{scores first:}\quad \hat y &= \arg\max_c\,(U z_c) \\ "
        r"\text{classes first:}\quad \hat y &= U_{\text{nearest}}(\arg\max_c z_c) \end{aligned}"
    )
    now = "the scores are interpolated first" if upsampling == "logits" else "the grid is repeated"
    st.markdown(
        f"Now {now}. The two disagree in {found.changed:,} of {found.total:,} px "
        "([Long et al. 2015](https://arxiv.org/abs/1411.4038) learn the interpolation)."
    )


def _metrics(found: Facts, view: View, state: StageState, absent: Absent) -> None:
    matrix = view.matrix
    scores = found.scores
    if matrix is None or scores is None:
        return
    st.markdown("#### Metrics of one class")
    names = {row.id: row.name for row in found.rows}
    ids = list(names)
    start = ids.index(state.only[0]) if state.only and state.only[0] in ids else 0
    chosen = st.selectbox("Class", ids, index=start, format_func=names.__getitem__, key="how_class")
    hit = int(matrix[chosen, chosen])
    extra = int(matrix[:, chosen].sum()) - hit
    missed = int(matrix[chosen].sum()) - hit
    tp, fp, fn = (_integer(value) for value in (hit, extra, missed))
    row = found.row(chosen)
    value = sig3(row.iou) if hit + extra + missed else r"\text{undefined}"
    dice = sig3(row.dice) if hit + extra + missed else r"\text{undefined}"
    st.latex(
        rf"\begin{{aligned}} \text{{IoU}} &= \frac{{TP}}{{TP + FP + FN}} \\ "
        rf"&= \frac{{{tp}}}{{{tp} + {fp} + {fn}}} = {value} \end{{aligned}}"
    )
    st.latex(
        rf"\begin{{aligned}} \text{{Dice}} &= \frac{{2\,TP}}{{2\,TP + FP + FN}} \\ "
        rf"&= \frac{{2 \cdot {tp}}}{{2 \cdot {tp} + {fp} + {fn}}} = {dice} \end{{aligned}}"
    )
    if hit + extra + missed == 0:
        st.markdown(
            "Undefined: the class is neither in the truth nor in the prediction, so this is 0/0. "
            f"In the mean it is **{_ABSENT[absent]}**."
        )
    st.markdown("#### Metrics of the picture")
    total, right = int(matrix.sum()), int(matrix.trace())
    st.latex(
        rf"\begin{{aligned}} \text{{pixel accuracy}} &= "
        rf"\frac{{\sum_c n_{{cc}}}}{{\sum_{{cd}} n_{{cd}}}} \\ "
        rf"&= \frac{{{_integer(right)}}}{{{_integer(total)}}} = {sig3(scores.pixel_accuracy)} "
        r"\end{aligned}"
    )
    values = [row.iou for row in found.rows if row.iou is not None and row.iou == row.iou]
    st.latex(
        rf"\begin{{aligned}} \text{{mIoU}} &= \frac{{1}}{{|C|}}\sum_c \text{{IoU}}_c \\ "
        rf"&= \frac{{{sig3(sum(values))}}}{{{len(values)}}} = {sig3(scores.mean_iou)} "
        r"\end{aligned}"
    )
    st.latex(
        rf"\text{{FW IoU}} = \sum_c \frac{{n_c}}{{n}}\,\text{{IoU}}_c = "
        rf"{sig3(scores.frequency_weighted_iou)}"
    )
    st.markdown(
        "Definitions: [Everingham et al. 2010](https://doi.org/10.1007/s11263-009-0275-4) (IoU), "
        "[Long et al. 2015](https://arxiv.org/abs/1411.4038) (the four together)."
    )
