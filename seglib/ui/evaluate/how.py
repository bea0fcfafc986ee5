"""The tabs: numbers, formulas with the numbers put in, things to try, the code."""

from __future__ import annotations

import math
from html import escape

import streamlit as st

from seglib.evaluate import Judged, evaluate_pairs
from seglib.evaluate.summary import summarise_pictures
from seglib.ui import frame
from seglib.ui.evaluate import pictures
from seglib.ui.evaluate.state import Run
from seglib.ui.numbers import percent, pixels, sig3
from seglib.ui.tries import Try

PAGE = "pages/evaluate.py"
IDEAS = (
    Try(
        "Which classes are mixed up?",
        "Sixteen streets and the confusion matrix: press Start, then read the rows.",
        {"ev_count": "16", "ev_view": "matrix"},
    ),
    Try(
        "Where does it go wrong?",
        "The worst pictures with their mistakes in vermillion.",
        {"ev_count": "12", "ev_view": "worst", "ev_show": "errors"},
    ),
    Try(
        "Does the format matter?",
        "The same streets as a COCO file: press Start and compare every number.",
        {"ev_layout": "coco", "ev_view": "classes"},
    ),
)


def numbers(now: Run | None, found: Judged | None) -> None:
    """Draw the class table and the picture table."""
    if now is None or found is None:
        st.markdown("No picture is judged yet: press **Start**.")
        return
    st.html(pictures.class_table(found.summary))
    rows = "".join(
        f'<tr data-picture="{escape(result.name)}"><th scope="row">{escape(result.name)}</th>'
        f"<td>{percent(result.pixel_accuracy)}</td><td>{sig3(result.mean_iou)}</td>"
        f"<td>{pixels(result.judged)}</td></tr>"
        for result in found.summary.results[:300]
    )
    st.html(
        '<div class="seg-table" data-testid="ev-pictures"><table><thead><tr><th>Picture</th>'
        f"<th>Pixels right</th><th>Mean IoU</th><th>Judged</th></tr></thead><tbody>{rows}</tbody>"
        "</table></div>"
    )
    if len(found.summary.results) > 300:
        st.html('<p class="seg-note">The first 300; the CSV has them all.</p>')


def show(found: Judged | None) -> None:
    """Draw the formulas."""
    if found is None:
        st.markdown("No picture is judged yet: press **Start**.")
        return
    report = found.summary.pooled
    left, right = st.columns(2, gap="large")
    defined = [row for row in report.rows if not math.isnan(row.iou)]
    with left:
        st.markdown("#### One class, all pictures pooled")
        if defined:
            row = min(defined, key=lambda each: each.iou)
            st.markdown(f"The lowest: **{row.name}**.")
            st.latex(r"\mathrm{IoU}=\frac{\mathrm{TP}}{\mathrm{TP}+\mathrm{FP}+\mathrm{FN}}")
            st.latex(
                rf"=\frac{{{_whole(row.tp)}}}{{{_whole(row.tp)}+{_whole(row.fp)}+{_whole(row.fn)}}}"
                rf"={sig3(row.iou)}"
            )
        st.markdown(f"The mean over the {len(defined)} classes that occur:")
        st.latex(
            r"\frac{1}{C}\sum_c\mathrm{IoU}_c"
            rf"=\frac{{{sig3(sum(row.iou for row in defined))}}}{{{len(defined)}}}"
            rf"={sig3(report.mean_iou)}"
        )
    with right:
        st.markdown("#### Pooled or per image")
        count = len(found.summary.results)
        st.markdown(
            "Pooled, every pixel weighs the same, and a picture full of road outvotes one of "
            "people. Per image, every picture weighs the same."
        )
        st.latex(
            r"\frac{1}{N}\sum_i\mathrm{mIoU}_i"
            rf"=\frac{{{sig3(count * found.summary.per_image_iou)}}}{{{count}}}"
            rf"={sig3(found.summary.per_image_iou)}"
        )
        st.markdown(
            f"Averaged over the pictures of each class first, then over the classes: "
            f"**{sig3(found.summary.per_class_iou)}** "
            "([Wang et al. 2023](https://arxiv.org/abs/2310.19252)). Published CamVid and VOC "
            "numbers are pooled."
        )


def _whole(value: int) -> str:
    return f"{value:,}".replace(",", r"{,}")


def code() -> None:
    """Draw the same from the command line, and what ran."""
    st.markdown(
        "The command line gives the same numbers: download a set of your own or unpack your ZIP."
    )
    st.code(
        "python -m seglib evaluate --model street --dataset camvid --root FOLDER --json out.json",
        language="bash",
    )
    frame.show_code(evaluate_pairs, summarise_pictures, intro="What ran, word for word:")
