"""The tabs: Numbers, How it works, Try this, Code."""

from __future__ import annotations

import numpy as np
import streamlit as st

from seglib.concepts import loss, loss_detection, loss_focal, loss_graph, loss_weights
from seglib.concepts.loss import ClassLosses
from seglib.concepts.loss_options import LossOptions
from seglib.ui import frame, knobs, lesson, tries
from seglib.ui.figures import matrix
from seglib.ui.loss import one_pixel, state
from seglib.ui.loss.judged import Judged
from seglib.ui.numbers import percent, sig3
from seglib.ui.tries import Try

PAGE = "pages/loss.py"
PREFIX = state.PREFIX
IDEAS: tuple[Try, ...] = (
    Try(
        "Who pays for the loss?",
        "Poles, signs and people are a small share of the pixels and a large share of the loss: "
        "compare the two columns of bars.",
        {"picture": "street", "seed": "28", **knobs.query(LossOptions, PREFIX, show="loss")},
    ),
    Try(
        "What do weights change?",
        "Inverse frequency gives every class the same say: the road's share shrinks to what its "
        "mean loss is worth.",
        {
            "picture": "street",
            "seed": "28",
            **knobs.query(LossOptions, PREFIX, weights="inverse", show="weighted"),
        },
    ),
    Try(
        "How much of it is borders?",
        "Ignore three cells along every border, as VOC's white border does: most of the loss is "
        "gone.",
        {"picture": "street", "seed": "28", **knobs.query(LossOptions, PREFIX, rim=3)},
    ),
)
"""The three."""


def show(found: Judged, options: LossOptions, plain: ClassLosses, weighted: ClassLosses) -> None:
    """Draw the tabs; only the open one is computed."""
    lesson.tabs(
        numbers=lambda: _numbers(found, options),
        how=lambda: _how(plain, weighted),
        tries=lambda: tries.show(PAGE, IDEAS),
        code=_code,
    )


def _numbers(found: Judged, options: LossOptions) -> None:
    known = ~np.isnan(found.losses)
    values = found.losses[known]
    unit = "cells" if options.at == "cells" else "pixels"
    if values.size:
        order = np.sort(values)[::-1]
        worst = float(order[: max(1, len(order) // 100)].sum() / max(float(order.sum()), 1e-12))
        st.markdown(
            f"{int(known.sum()):,} {unit} are judged, {int((~known).sum()):,} ignored. The "
            f"median loss is {sig3(float(np.median(values)))} nats; the worst 1 % of them "
            f"hold {percent(worst)} of the total."
        )
    st.html(
        '<p class="seg-note" data-testid="loss-agreement">Shown: computed by OpenVINO (LogSoftmax, '
        f"GatherElements). Largest difference from the numpy reference: {found.apart:.1e} nats.</p>"
    )
    one_pixel.cube(found)


def _how(plain: ClassLosses, weighted: ClassLosses) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        _totals(plain, weighted)
    with right:
        _mask_rcnn()


def _totals(plain: ClassLosses, weighted: ClassLosses) -> None:
    st.markdown("#### From pixels to one number")
    st.latex(r"L = \frac{\sum_i w_{t_i}\,\ell_i}{\sum_i w_{t_i}}")
    top = float(weighted.parts.sum())
    below = float((weighted.weights * weighted.pixels).sum())
    st.latex(
        rf"L = \frac{{{top:,.0f}}}{{{below:,.0f}}} = {sig3(weighted.total)}".replace(",", "{,}")
    )
    st.markdown("#### Class weights")
    st.latex(
        r"\begin{aligned} f_c &= \frac{n_c}{\sum_k n_k} & "
        r"\text{inverse:}\; w_c &= \frac{1}{K f_c} \\ "
        r"\text{median:}\; w_c &= \frac{\tilde f}{f_c} & "
        r"\text{ENet:}\; w_c &= \frac{1}{\ln(1.02 + f_c)} \end{aligned}"
    )
    here = int(np.argmin(np.where(plain.pixels > 0, plain.pixels, np.iinfo(np.int64).max)))
    share = plain.pixels[here] / max(1, plain.pixels.sum())
    if share > 0:
        kinds = {
            kind: loss_weights.class_weights(plain.pixels, kind) for kind in loss_weights.KINDS
        }
        st.markdown(
            f"K classes occur, f̃ is their median share. The rarest has "
            f"f = {percent(float(share))}: weight "
            f"{sig3(float(kinds['inverse'][here]))} (inverse), "
            f"{sig3(float(kinds['median'][here]))} (median), "
            f"{sig3(float(kinds['log'][here]))} (ENet)."
        )
    st.markdown(
        "[Eigen and Fergus 2015](https://arxiv.org/abs/1411.4734) (median, there over the whole "
        "training set), [Paszke et al. 2016](https://arxiv.org/abs/1606.02147) (ENet)."
    )
    st.markdown("#### Instead of weights")
    st.latex(
        r"\begin{aligned} \text{focal:}\quad & (1-p)^\gamma\,(-\log p) \\ "
        r"\text{soft Dice:}\quad & 1 - \frac{2\sum p\,y}{\sum p + \sum y} \end{aligned}"
    )
    easy = loss_focal.focal(np.array([[-np.log(0.9)]], np.float32))[0, 0]
    hard = loss_focal.focal(np.array([[-np.log(0.1)]], np.float32))[0, 0]
    st.markdown(
        f"With γ = 2, a pixel with p = 0.9 costs {sig3(float(easy))} instead of 0.105 nats (a "
        f"hundredth), one with p = 0.1 still {sig3(float(hard))} instead of 2.30. "
        "[Lin et al. 2017](https://arxiv.org/abs/1708.02002), "
        "[Milletari et al. 2016](https://arxiv.org/abs/1606.04797)."
    )


def _mask_rcnn() -> None:
    example = loss_detection.EXAMPLE
    result = loss_detection.region_loss(example)
    st.markdown("#### Mask R-CNN: L = Lcls + Lbox + Lmask")
    st.markdown(
        "For one region with a car (class 1 of background, car, person); the numbers are made up, "
        "the arithmetic is the library's."
    )
    scores = ", ".join(f"{value:g}" for value in example.class_logits)
    st.latex(
        rf"L_{{cls}} = -\log \operatorname{{softmax}}({scores})_1 = {result.classification:.4f}"
    )
    wanted = ",\\,".join(f"{value:g}" for value in np.round(result.wanted, 4))
    given = ",\\,".join(f"{value:g}" for value in example.offsets[1])
    parts = " + ".join(f"{value:.5g}" for value in result.box_parts)
    st.latex(
        rf"\begin{{aligned}} t &= ({given}) \quad t^* = ({wanted}) \\ "
        rf"L_{{box}} &= \sum \operatorname{{smooth}}_{{L1}}(t - t^*) \\ "
        rf"&= {parts} = {result.box:.4f} "
        r"\end{aligned}"
    )
    matrix.row(
        [
            matrix.svg(example.mask_logits[1], title="Mask scores of the car", cell=52),
            "vs",
            matrix.svg(example.mask, title="True mask", scale="sequential", cell=52),
            "→",
            matrix.svg(result.mask_parts, title="Binary cross-entropy", scale="none", cell=52),
        ]
    )
    st.latex(rf"L_{{mask}} = \operatorname{{mean}} = {result.mask:.4f}")
    st.latex(
        rf"L = {result.classification:.4f} + {result.box:.4f} + {result.mask:.4f} = "
        rf"\mathbf{{{result.total:.4f}}}"
    )
    st.markdown(
        "The person's mask is quite wrong and costs nothing: each class has its own mask, and only "
        "the true class's counts. A background region has Lcls alone. "
        "[He et al. 2017](https://arxiv.org/abs/1703.06870)."
    )


def _code() -> None:
    frame.show_code(
        loss.cross_entropy, loss.log_softmax, loss_weights.class_weights, intro="The reference:"
    )
    frame.show_code(loss_graph.cross_entropy, intro="What ran for this page, on OpenVINO:")
    frame.show_code(
        loss_detection.smooth_l1, loss_detection.region_loss, intro="Mask R-CNN's loss:"
    )
