"""The tabs: what the formats are, things to try, the code."""

from __future__ import annotations

import streamlit as st

from seglib.formats import polygons, rle
from seglib.ui import frame
from seglib.ui.formats.draw_state import EXAMPLES
from seglib.ui.tries import Try

PAGE = "pages/formats.py"
IDEAS = (
    Try(
        "How does a code become a mask?",
        "Run lengths read one by one, column by column: press play.",
        {"fm_kind": "coco", "fm_view": "runs"},
    ),
    Try(
        "Can a polygon hold a ring?",
        "Draw, and compare bytes and IoU: the traced polygon fills the hole.",
        {"fm_view": "draw", "fm_shapes": EXAMPLES["Ring"], "fm_form": "polygons"},
    ),
    Try(
        "What can be wrong with a file?",
        "A COCO file with a dozen mistakes, each with its place.",
        {"fm_kind": "coco", "fm_source": "broken"},
    ),
)


def show() -> None:
    """Draw the explanation."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Pascal VOC")
        st.markdown(
            "A PNG of **indices**: one byte a pixel is the class. The palette inside is for the "
            "eye only; reading classes from colours fails as soon as a program smooths or "
            "recolours. **255 is void**: the border that no metric judges. "
            "([Everingham et al. 2010](https://doi.org/10.1007/s11263-009-0275-4))"
        )
        st.latex(r"\mathrm{class}(x,y)=\mathrm{index}(x,y)\in\{0,\dots,20,255\}")
    with right:
        st.markdown("#### COCO")
        st.markdown(
            "One JSON for all pictures: **images**, **annotations** and **categories**, linked by "
            "ids. A mask is polygons, or run lengths where it is a crowd. "
            "([Lin et al. 2014](https://arxiv.org/abs/1405.0312))"
        )
        st.latex(
            r"\sum_k \mathrm{counts}_k = H\cdot W,\qquad \mathrm{area}=\sum_k\mathrm{counts}_{2k+1}"
        )
        st.markdown(
            "A polygon has no holes, and its corners lie *between* pixels: along pixel edges it is "
            "exact, through pixel centres it loses half a pixel all around."
        )
    st.markdown(
        "**COCO panoptic** is a PNG whose colours are numbers, and a JSON that says what each "
        "number is: here colours may be read, so nothing may ever smooth or recolour them. "
        "([Kirillov et al. 2019](https://arxiv.org/abs/1801.00868))"
    )
    st.markdown(
        "**Limits here:** 40 MB a file, 500,000 annotations, 20 million points, pictures of 50 "
        "million pixels, nesting of 32 levels. Checked before anything is decoded."
    )


def code() -> None:
    """Draw the same in a script, and what ran."""
    st.markdown("In a notebook or a script:")
    st.code(
        "from seglib.formats import coco, validate\n\n"
        'for finding in validate.coco("instances.json"):\n'
        "    print(finding.severity, finding)\n"
        'file = coco.read("instances.json")\n'
        "objects = coco.to_instances(file, file.images[0].id)",
        language="python",
    )
    frame.show_code(
        rle.encode, rle.decode, polygons.to_counts, polygons._along_edges,
        intro="What ran, word for word:",
    )  # fmt: skip
