"""The tabs: the parts of each mean, the formulas with these numbers, the empty cases, the code."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from seglib.metrics import How, class_counts, reduce
from seglib.metrics.reductions import Reduction
from seglib.ui import frame
from seglib.ui.conventions import tables
from seglib.ui.conventions.cases import CLASSES
from seglib.ui.conventions.facts import HOW_TITLES, METRIC_TITLES, Facts
from seglib.ui.numbers import sig3


def numbers(found: Facts) -> None:
    """Draw the parts of the means, and every metric's empty cases."""
    st.html(tables.per_class(found))
    st.markdown("#### Nothing there, nothing claimed")
    st.markdown(
        "The formulas give 0/0. Each metric of this dashboard decides once, and these are its "
        "defaults: undefined is shown as undefined, and means leave it out."
    )
    st.html(tables.empty())


def _whole(value: int) -> str:
    return f"{value:,}".replace(",", r"{,}")


def _number(value: float) -> str:
    return r"\text{undefined}" if math.isnan(value) else sig3(value)


_FORMULAS = {
    "pixel_accuracy": r"\frac{\text{right}}{\text{judged}}",
    "iou": r"\frac{TP}{TP + FP + FN}",
    "dice": r"\frac{2\,TP}{2\,TP + FP + FN}",
    "recall": r"\frac{TP}{TP + FN}",
    "precision": r"\frac{TP}{TP + FP}",
}


def _fraction(
    found: Facts, matrix: np.ndarray[tuple[int, ...], np.dtype[np.int64]], at: int
) -> str:
    """Return the fraction of one class (or of all pixels) with its counts."""
    counts = class_counts(matrix)
    if found.metric == "pixel_accuracy":
        return rf"\frac{{{_whole(int(counts.tp.sum()))}}}{{{_whole(counts.total)}}}"
    tp, fp, fn = (int(each[CLASSES[at]]) for each in (counts.tp, counts.fp, counts.fn))
    top, bottom = {
        "iou": (tp, tp + fp + fn),
        "dice": (2 * tp, 2 * tp + fp + fn),
        "recall": (tp, tp + fn),
        "precision": (tp, tp + fp),
    }[found.metric]
    return rf"\frac{{{_whole(top)}}}{{{_whole(bottom)}}}"


def how(found: Facts, way: How) -> None:
    """Write out one way from pixels to a number."""
    reduction = found.table[way, "skip"]
    st.markdown(f"#### {HOW_TITLES[way]}: {METRIC_TITLES[found.metric]}")
    st.latex(_symbols(found, way))
    st.latex(_substituted(found, way, reduction))
    undefined = int(np.isnan(reduction.table).sum())
    if undefined:
        st.markdown(
            f"{undefined} of {reduction.table.size} fractions are 0/0 and skipped. As 0 the result "
            f"is {sig3(found.table[way, 'zero'].value)}, as 1 it is "
            f"{sig3(found.table[way, 'one'].value)}."
        )
    st.markdown(
        {
            "pooled": "Every **pixel** has one vote: large pictures and large objects decide. "
            "Cityscapes and VOC report this.",
            "per_image": "Every **picture** has one vote, however small: bad pictures show.",
            "per_image_per_class": "Every **class** has one vote, and within it every picture that "
            "holds it: classes in all pictures do not drown those in few.",
        }[way]
    )
    st.markdown(
        "The three are compared by [Wang et al. 2023](https://arxiv.org/abs/2310.19252); pooling "
        "is that of [Everingham et al. 2010](https://doi.org/10.1007/s11263-009-0275-4)."
    )


def _symbols(found: Facts, way: How) -> str:
    each = _FORMULAS[found.metric]
    if found.metric == "pixel_accuracy":
        if way == "pooled":
            return r"\frac{\sum_i \text{right}_i}{\sum_i \text{judged}_i}"
        return rf"\frac{{1}}{{N}} \sum_{{i=1}}^{{N}} {each}"
    inner = each.replace("TP", r"TP_{ic}").replace("FP", r"FP_{ic}").replace("FN", r"FN_{ic}")
    if way == "pooled":
        summed = inner
        for name in ("TP", "FP", "FN"):
            summed = summed.replace(f"{name}_{{ic}}", rf"\sum_i {name}_{{ic}}")
        return rf"\frac{{1}}{{|C|}} \sum_c {summed}"
    if way == "per_image":
        return rf"\frac{{1}}{{N}} \sum_i \frac{{1}}{{|C_i|}} \sum_{{c \in C_i}} {inner}"
    return rf"\frac{{1}}{{|C|}} \sum_c \frac{{1}}{{N_c}} \sum_{{i \ni c}} {inner}"


def _substituted(found: Facts, way: How, reduction: Reduction) -> str:
    matrices = found.matrices
    if way == "pooled":
        matrices = (np.stack(matrices).sum(axis=0),)
    terms = [
        [
            _fraction(found, matrices[row], column)
            for column in range(reduction.table.shape[1])
            if not math.isnan(reduction.table[row, column])
        ]
        for row in range(reduction.table.shape[0])
    ]
    if way == "per_image_per_class" and reduction.table.shape[1] > 1:
        terms = [
            [
                _fraction(found, matrices[row], column)
                for row in range(reduction.table.shape[0])
                if not math.isnan(reduction.table[row, column])
            ]
            for column in range(reduction.table.shape[1])
        ]
    means = [_mean(group) for group in terms if group]
    result = _number(reduction.value)
    return rf"= {_mean(means)} = {result}" if means else rf"= {result}"


def _mean(terms: list[str]) -> str:
    if len(terms) == 1:
        return terms[0]
    return rf"\frac{{1}}{{{len(terms)}}}\left({' + '.join(terms)}\right)"


def code() -> None:
    """Show what computed the numbers."""
    frame.show_code(reduce, intro="`seglib.metrics.reduce` makes one number of many pictures:")
