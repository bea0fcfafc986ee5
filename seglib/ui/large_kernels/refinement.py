"""The boundary block on the real logits of the picture: before, after, what changed."""

from __future__ import annotations

import numpy as np
import streamlit as st

from seglib.concepts.large_kernels_options import LargeOptions
from seglib.concepts.large_kernels_refine import FIRST, SECOND
from seglib.render import colourise
from seglib.ui import colors, knobs
from seglib.ui.figures import feature, matrix
from seglib.ui.large_kernels import work as working
from seglib.ui.numbers import percent, sig3
from seglib.ui.samples import Picture


def show(picture: Picture, options: LargeOptions) -> None:
    """Draw the block's work."""
    from seglib.models import find

    found = working.refined(picture, options.strength)
    label_set = find("street").labels
    st.markdown("#### Boundary refinement: scores + R(scores)")
    left, right = st.columns([2, 1], gap="medium")
    with left:
        pixels = colourise(found.after, label_set)
        changed = (pixels * 0.35 + 160).astype(np.uint8)
        changed[found.before != found.after] = colors.CHANGED
        matrix.row(
            [
                feature.pixels_markup(
                    colourise(found.before, label_set), title="Before", width=330
                ),
                feature.pixels_markup(pixels, title="After", width=330),
                feature.pixels_markup(
                    changed, title="Changed cells (orange)", width=330, key="large-changed"
                ),
            ]
        )
    with right:
        knobs.show(LargeOptions, "large", only=["strength"])
        st.metric(
            "Cells that change",
            f"{found.changed:,}",
            help=f"{percent(found.changed / found.before.size)} of the map.",
            border=True,
        )
        if found.iou_before is None or found.iou_after is None:
            st.html(
                '<p class="seg-note">No mean IoU: this picture has no truth. Generated streets '
                "have it.</p>"
            )
        else:
            st.metric(
                "Mean IoU",
                sig3(found.iou_after),
                delta=f"{found.iou_after - found.iou_before:+.4f}",
                help=f"Before: {sig3(found.iou_before)}. In the network's own cells.",
                border=True,
            )
        matrix.row(
            [
                matrix.svg(FIRST, title="First 3×3", cell=34),
                "ReLU",
                matrix.svg(SECOND * options.strength, title="Second 3×3", cell=34),
            ]
        )
    st.html(
        '<p class="seg-note">R is made by hand, not learned: for each class by itself, what stands '
        "out above its neighbours is added again. It sharpens thin things; whether it helps, the "
        "mean IoU says.</p>"
    )
