"""The boundary block on the real logits of the picture: before, after, what changed."""

from __future__ import annotations

import numpy as np
import streamlit as st

from seglib.concepts.large_kernels_options import LargeOptions
from seglib.concepts.large_kernels_refine import FIRST, SECOND
from seglib.render import colourise
from seglib.ui import colors, knobs
from seglib.ui.figures import feature, matrix, plate
from seglib.ui.large_kernels import work as working
from seglib.ui.large_kernels.work import Refined
from seglib.ui.numbers import percent, sig3
from seglib.ui.samples import Picture


def show(picture: Picture, options: LargeOptions) -> None:
    """Draw the block's work."""
    found = working.refined(picture, options.strength)
    st.markdown("#### Boundary refinement: scores + R(scores)")
    control, cells, score, kernels = st.columns([3, 2, 2, 3], gap="medium")
    with control:
        knobs.show(LargeOptions, "large", only=["strength"])
    cells.metric(
        "Cells that change",
        f"{found.changed:,}",
        help=f"{percent(found.changed / found.before.size)} of the map.",
        border=True,
    )
    if found.iou_before is None or found.iou_after is None:
        score.html(
            '<p class="seg-note">No mean IoU: this picture has no truth. Generated streets have '
            "it.</p>"
        )
    else:
        score.metric(
            "Mean IoU",
            sig3(found.iou_after),
            delta=f"{found.iou_after - found.iou_before:+.4f}",
            help=f"Before: {sig3(found.iou_before)}. In the network's own cells.",
            border=True,
        )
    with kernels:
        matrix.row(
            [
                matrix.svg(FIRST, title="First 3×3", cell=30),
                "ReLU",
                matrix.svg(SECOND * options.strength, title="Second 3×3", cell=30),
            ]
        )
    st.html(_pictures(picture.image.digest, options.strength, found))
    st.html(
        '<p class="seg-note">R is made by hand, not learned: for each class by itself, what stands '
        "out above its neighbours is added again. It sharpens thin things; whether it helps, the "
        "mean IoU says.</p>"
    )


@st.cache_resource(max_entries=12, ttl="20m", show_spinner=False)
def _pictures(digest: str, strength: float, _found: Refined) -> str:
    from seglib.models import find

    label_set = find("street").labels
    pixels = colourise(_found.after, label_set)
    changed = (pixels * 0.35 + 160).astype(np.uint8)
    changed[_found.before != _found.after] = colors.CHANGED
    before = colourise(_found.before, label_set)
    return plate.row_markup(
        [
            feature.pixels_markup(before, title="Before", width=310),
            feature.pixels_markup(pixels, title="After", width=310),
            feature.pixels_markup(
                changed, title="Changed cells (orange)", width=310, key="large-changed"
            ),
        ]
    )
