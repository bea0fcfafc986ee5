"""The tabs: Numbers, How it works, Try this, Code."""

from __future__ import annotations

import streamlit as st

from seglib.ui import frame, lesson
from seglib.ui.numbers import sig3
from seglib.ui.roi import ideas, results
from seglib.ui.roi.results import tex
from seglib.ui.roi.work import Work


def show(work: Work) -> None:
    """Draw the tabs; only the open one is computed."""
    lesson.tabs(
        numbers=lambda: _numbers(work),
        how=lambda: _how(work),
        tries=ideas.show,
        code=_code,
    )


def _numbers(work: Work) -> None:
    pool, align = work.pool_plan, work.align_plan
    stride = work.ground.stride
    st.markdown(work.ground.note)
    rows = [
        (name, exact * stride, exact, new, new - exact)
        for name, exact, new in zip(
            ("left", "top", "right", "bottom"), pool.exact, pool.rounded, strict=True
        )
    ]
    body = "".join(
        f'<tr><th scope="row">{name}</th><td>{tex(px, 1)}</td><td>{tex(cells, 3)}</td>'
        f"<td>{new:g}</td><td>{tex(off, 3)}</td><td>{tex(off * stride, 1)}</td></tr>"
        for name, px, cells, new, off in rows
    )
    heads = ("Edge", "Region, px", "Region, cells", "Rounded, cells", "Error, cells", "Error, px")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    st.html(
        f'<div class="seg-table" data-testid="roi-edges"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    spans = ", ".join(f"{first}–{past - 1}" for first, past in pool.columns)
    lines = ", ".join(f"{first}–{past - 1}" for first, past in pool.rows)
    across, down = align.ratio
    st.markdown(
        f"RoIPool's bins take columns {spans} and rows {lines}. RoIAlign takes {across} × {down} "
        f"samples in each of {work.bins} × {work.bins} bins, {align.samples:,} in all; a bin is "
        f"{sig3(align.region.width / work.bins)} × {sig3(align.region.height / work.bins)} cells."
    )
    off_pool, off_align = results.agreement(work)
    graph = "computed by OpenVINO's operators"
    if work.placing == "thirds":
        graph = "RoIAlign by the numpy reference: no runtime places samples at thirds"
    elif work.mode == "avg":
        graph = "RoIPool by the numpy reference (OpenVINO's takes maxima), RoIAlign by OpenVINO"
    st.html(
        f'<p class="seg-note" data-testid="roi-agreement">Shown: {graph}. Largest difference from '
        f"the numpy reference: RoIPool {off_pool:.1e}, RoIAlign {off_align:.1e}.</p>"
    )


def _how(work: Work) -> None:
    pool, box, stride = work.pool_plan, work.options.box, work.ground.stride
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### RoIPool rounds twice")
        st.latex(r"\hat x_1 = \operatorname{round}(x_1 \cdot s), \quad s = 1/\text{stride}")
        st.latex(
            rf"\begin{{aligned}} \hat x_1 &= \operatorname{{round}}({tex(box.x1, 1)} / {stride}) = "
            rf"\operatorname{{round}}({tex(pool.exact.x1, 3)}) = {pool.left} \\ "
            rf"\hat x_2 &= \operatorname{{round}}({tex(box.x2, 1)} / {stride}) = "
            rf"\operatorname{{round}}({tex(pool.exact.x2, 3)}) = {pool.right} \end{{aligned}}"
        )
        st.markdown("Both cells belong to the region; bin *i* of *n* then takes the cells")
        st.latex(
            r"\begin{aligned} w &= \hat x_2 - \hat x_1 + 1 \\ \text{cells } & \hat x_1 + "
            r"\left\lfloor \tfrac{i\,w}{n} \right\rfloor \;\dots\; \hat x_1 + "
            r"\left\lceil \tfrac{(i+1)\,w}{n} \right\rceil - 1 \end{aligned}"
        )
        width = max(pool.right - pool.left + 1, 1)
        first, past = pool.columns[0]
        st.latex(
            rf"\begin{{aligned}} w &= {width}, \;\; i = 0: \\ & {pool.left} + 0 \;\dots\; "
            rf"{pool.left} + \left\lceil \tfrac{{{width}}}{{{work.bins}}} \right\rceil - 1 "
            rf"= {first} \dots {past - 1} \end{{aligned}}"
        )
        st.markdown(
            "[Girshick 2015, Fast R-CNN](https://arxiv.org/abs/1504.08083), as in its code and in "
            "OpenVINO's `ROIPooling`. Many drawings round down instead and leave the last cell "
            "out."
        )
    with right:
        align = work.align_plan
        st.markdown("#### RoIAlign does not")
        st.latex(r"u = x_1 \cdot s - \tfrac12 + \left(i + \tfrac{k + 1/2}{r}\right)\frac{w\,s}{n}")
        if align.samples:
            u = float(align.x.place[0])
            st.markdown("First sample along x (cell *k* has its centre at *k*):")
            st.latex(
                rf"u = {tex(align.region.x1, 4)} + {tex(u - align.region.x1, 4)} = {tex(u, 4)}"
            )
        st.markdown(
            "Without the −½ (“forgotten”) everything is read half a cell too far right and down. "
            "“Pixel centres” takes the box's numbers themselves for centres: (x + ½)·s − ½. "
            "A sample more than a cell outside the map is 0."
        )
        st.markdown(
            "[He et al. 2017, Mask R-CNN](https://arxiv.org/abs/1703.06870): mask AP 26.9 with "
            "RoIPool, 30.2 with RoIAlign (table 2c, ResNet-50-C4)."
        )


def _code() -> None:
    from seglib.concepts import roi_align, roi_graph, roi_pool

    frame.show_code(
        roi_pool.roi_pool,
        roi_align.sample,
        roi_align.roi_align,
        intro="The reference in numpy, word for word:",
    )
    frame.show_code(roi_graph.roi_align, intro="What ran for this page, on OpenVINO:")
