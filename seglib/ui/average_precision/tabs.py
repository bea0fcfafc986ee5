"""The tabs: COCO's twelve numbers, the formulas with these numbers, the code."""

from __future__ import annotations

import math

import streamlit as st

from seglib.metrics import _coco_curves, _coco_match
from seglib.ui import frame, plots
from seglib.ui.average_precision import tables
from seglib.ui.average_precision.facts import Facts
from seglib.ui.numbers import sig3

_HELP = {
    "AP": "Mean over ten IoU thresholds, 0.50 to 0.95, and over classes",
    "AP50": "At IoU 0.50 alone",
    "AP75": "At IoU 0.75 alone",
    "AP_small": "Objects below 32² pixels",
    "AP_medium": "Objects between 32² and 96² pixels",
    "AP_large": "Objects from 96² pixels",
    "AR1": "Mean recall with the one best detection of each class",
    "AR10": "Mean recall with the ten best",
    "AR100": "Mean recall with the hundred best",
    "AR_small": "Recall of objects below 32² pixels",
    "AR_medium": "Recall of those between 32² and 96² pixels",
    "AR_large": "Recall of those from 96² pixels",
}


def numbers(found: Facts) -> None:
    """Draw COCO's twelve numbers and the table of classes."""
    with st.grid(6, min_column_width=120, gap="small"):
        for name, value in found.whole.summary().items():
            st.metric(name.replace("_", " "), sig3(value), help=_HELP[name], border=True)
    st.html(
        '<p class="seg-note" data-testid="agreement">All classes apart, as COCO averages them. '
        "The same code equals pycocotools in all twelve numbers on 320 COCO pictures; a test "
        "holds it to that.</p>"
    )
    st.html(tables.classes(found))
    st.markdown("#### Average precision at each threshold")
    values = found.view.per_threshold(area=found.judge.area)
    if any(math.isnan(value) for value in values.tolist()):
        st.markdown("Undefined: no object of this class and size is to be found.")
        return
    plots.bars(
        {"AP": values.tolist()},
        [f"{each:.2f}" for each in found.view.thresholds],
        x="IoU threshold",
        y="AP",
        key="ap_bars",
        alt=", ".join(
            f"{value:.3f} at {each:.2f}"
            for each, value in zip(found.view.thresholds, values, strict=True)
        ),
    )


def how(found: Facts, steps: int) -> None:
    """Write out precision, recall, and the average."""
    right, wrong, missed = found.tally(steps)
    left, other = st.columns(2, gap="large")
    with left:
        st.markdown(f"#### After {steps} of {len(found.rows)} detections")
        st.latex(
            r"\text{precision} = \frac{TP}{TP + FP} = "
            rf"\frac{{{right}}}{{{right} + {wrong}}} = {_ratio(right, right + wrong)}"
        )
        st.latex(
            r"\text{recall} = \frac{TP}{TP + FN} = "
            rf"\frac{{{right}}}{{{right} + {missed}}} = {_ratio(right, right + missed)}"
        )
        st.markdown(
            "Detections choose in the order of their scores. Each takes the free object of its "
            "class that it overlaps most, if the IoU reaches the threshold. A second detection of "
            "an object finds it taken, and is wrong."
        )
    with other:
        st.markdown(f"#### Average precision at {found.judge.threshold:.2f}")
        st.latex(
            r"p(r) = \max_{r' \geq r} p(r') \qquad AP_t = \frac{1}{101} \sum_{k=0}^{100} p(k/100)"
        )
        if found.curve is None:
            st.markdown("Undefined: no object of this class and size is to be found, 0/0.")
        else:
            total = float(found.curve.read.sum())
            st.latex(rf"AP_t = \frac{{{sig3(total)}}}{{101}} = {sig3(found.curve.area)}")
            values = found.view.per_threshold(area=found.judge.area).tolist()
            parts = " + ".join([*map(sig3, values[:3]), r"\dots", sig3(values[-1])])
            st.latex(
                rf"\begin{{aligned}} AP &= \frac{{1}}{{10}} \sum_t AP_t \\ &= "
                rf"\frac{{{parts}}}{{10}} \\ &= {sig3(sum(values) / len(values))} \end{{aligned}}"
            )
        st.markdown(
            "COCO then takes the mean over classes ([Lin et al. "
            "2014](https://arxiv.org/abs/1405.0312), [evaluation](https://cocodataset.org/"
            "#detection-eval))."
        )


def _ratio(top: int, bottom: int) -> str:
    return sig3(top / bottom) if bottom else r"\text{undefined}"


def code() -> None:
    """Show what matched and averaged."""
    frame.show_code(
        _coco_match.match,
        _coco_curves.raw,
        _coco_curves.interpolate,
        intro="Matching for all pictures, thresholds and sizes at once, and the curve:",
    )
