"""The tabs: qualities, the formulas with these numbers, why 0.5, the code."""

from __future__ import annotations

import math

import streamlit as st

from seglib.metrics import ClassQuality, Quality, SegmentMatch, panoptic
from seglib.ui import frame
from seglib.ui.numbers import sig3
from seglib.ui.panoptic_quality import tables
from seglib.ui.panoptic_quality.scene import Case


def numbers(case: Case) -> None:
    """Draw the means of things and stuff, and the table of classes."""
    found = case.quality
    with st.grid(3, min_column_width=120, gap="small"):
        for name, group in (("all", found.all), ("things", found.things), ("stuff", found.stuff)):
            for symbol in ("PQ", "SQ", "RQ"):
                st.metric(
                    f"{symbol}, {name}",
                    sig3(getattr(group, symbol.lower())),
                    help=f"Mean over the {group.classes} classes that have a segment",
                    border=True,
                )
    st.html(tables.classes(found, case.truth.label_set))


def how(case: Case, chosen: SegmentMatch | None) -> None:
    """Write out one class, the mean, and why the threshold is 0.5."""
    found = case.quality
    left, right = st.columns(2, gap="large")
    present = [row for row in found.rows if row.present]
    with left:
        st.markdown("#### One class")
        if not present:
            st.markdown("Undefined: there is no segment that counts, 0/0.")
            return
        row = _row(present, chosen)
        st.markdown(f"The class of the chosen segment: **{row.name}**.")
        st.latex(
            r"PQ = \underbrace{\frac{\sum_{TP} \text{IoU}}{TP}}_{SQ} \times "
            r"\underbrace{\frac{TP}{TP + \frac{1}{2} FP + \frac{1}{2} FN}}_{RQ}"
        )
        if row.tp:
            st.latex(
                rf"= \frac{{{sig3(row.iou_sum)}}}{{{row.tp}}} \times "
                rf"\frac{{{row.tp}}}{{{row.tp} + \frac{{{row.fp}}}{{2}} + \frac{{{row.fn}}}{{2}}}}"
                rf" = {sig3(row.sq)} \times {sig3(row.rq)} = {sig3(row.pq)}"
            )
        else:
            st.latex(rf"TP = 0, \quad FP = {row.fp}, \quad FN = {row.fn} \;\Rightarrow\; PQ = 0")
        st.markdown("#### All classes")
        st.latex(r"PQ = \frac{1}{|C|} \sum_c PQ_c " + _mean(present, found.all))
        st.markdown(
            "Only classes with a segment in either map count. The mean of products is not the "
            f"product of means: {_product(found.all)}."
        )
    with right:
        _why(chosen, found.threshold)


def _row(present: list[ClassQuality], chosen: SegmentMatch | None) -> ClassQuality:
    for row in present:
        if chosen is not None and row.class_id == chosen.class_id:
            return row
    return present[0]


def _mean(present: list[ClassQuality], mean: Quality) -> str:
    total = math.fsum(row.pq for row in present)
    return rf"= \frac{{{sig3(total)}}}{{{len(present)}}} = {sig3(mean.pq)}"


def _product(mean: Quality) -> str:
    return f"{sig3(mean.sq)} × {sig3(mean.rq)} = {sig3(mean.sq * mean.rq)}, PQ is {sig3(mean.pq)}"


def _why(chosen: SegmentMatch | None, threshold: float) -> None:
    st.markdown("#### Why above one half?")
    st.markdown(
        "Segments of one map share no pixel. If two of them each had an IoU above ½ with the same "
        "segment, each would cover more than half of it, and together more than all of it. So "
        "above ½ a segment has at most one partner: nothing has to be chosen."
    )
    st.latex(
        r"\text{IoU} = \frac{|p \cap g|}{|p \cup g|} > \tfrac{1}{2} \;\Rightarrow\; "
        r"|p \cap g| > \tfrac{1}{2} |g|"
    )
    if chosen is not None:
        sign = ">" if chosen.iou > threshold else r"\leq"
        st.latex(
            rf"\text{{IoU}} = \frac{{{chosen.shared}}}{{{chosen.union}}} = {sig3(chosen.iou)} "
            rf"{sign} {threshold:g}"
        )
    st.markdown(
        "**Void** pixels of the truth do not count in a union. A **crowd** need not be found. A "
        "predicted segment without a partner is forgiven if more than half of it lies in void or "
        "in a crowd of its class. ([Kirillov et al. 2019](https://arxiv.org/abs/1801.00868))"
    )


def code() -> None:
    """Show what matched and counted."""
    frame.show_code(
        panoptic._measure,
        panoptic._tally,
        intro="One picture is matched from the counts of all pairs of segments:",
    )
