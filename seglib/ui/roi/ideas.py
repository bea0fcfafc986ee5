"""Presets and the three things to try."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from seglib.concepts import roi_example
from seglib.concepts.roi_options import RoiOptions
from seglib.ui import address, knobs, tries
from seglib.ui.roi.results import STEP
from seglib.ui.tries import Try

PAGE = "pages/roi.py"
PREFIX = "roi"

_BOX = roi_example.BOX
LECTURE: Final[dict[str, Any]] = {
    "source": "lecture",
    "x": _BOX.x1,
    "y": _BOX.y1,
    "w": _BOX.width,
    "h": _BOX.height,
    "bins": "3",
    "sampling": "2",
    "mode": "max",
    "aligned": "half_pixel_for_nn",
    "draw": "align",
    "zoom": "close",
}
_START: Final[dict[str, Any]] = {"source": "street", "draw": "both", "zoom": "all"}
HALF: Final[dict[str, Any]] = {
    **_START,
    "x": 184.0,
    "y": 216.0,
    "w": 80.0,
    "h": 96.0,
    "stride": "16",
}
"""Edges at half cells: they round up, and so does a region half a cell further."""
PRESETS: Final[dict[str, dict[str, Any]]] = {
    "Lecture's example": LECTURE,
    "Street": {
        **_START, "x": 178.5, "y": 212.5, "w": 91.5, "h": 112.0, "stride": "16", "bins": "3",
        "sampling": "2", "mode": "max", "aligned": "half_pixel_for_nn",
    },
    "Half a cell": HALF,
    "Over the border": {**_START, "x": -40.5, "y": 190.0, "w": 118.0, "h": 200.5},
    "Tiny": {**_START, "x": 213.0, "y": 243.5, "w": 9.5, "h": 7.0, "zoom": "close"},
}  # fmt: skip


def presets() -> None:
    """Draw the presets as chips."""

    def chosen() -> None:
        name = st.session_state.get("roi_presets")
        if name in PRESETS:
            knobs.put(RoiOptions, PREFIX, **PRESETS[name])
            address.put(STEP, STEP.default)
        # a chip is a way to get there, not a state: it does not stay chosen
        st.session_state["roi_presets"] = None

    st.pills(
        "Presets",
        list(PRESETS),
        key="roi_presets",
        on_change=chosen,
        label_visibility="collapsed",
        wrap=True,
    )


def _query(**values: Any) -> dict[str, str]:
    return knobs.query(RoiOptions, PREFIX, **values)


IDEAS: tuple[Try, ...] = (
    Try(
        "Does half a cell matter?",
        "Press “Move by half a cell” (or Shift and an arrow key): RoIPool does not change at all, "
        "RoIAlign does. A mask half a cell off is 8 px off.",
        {"picture": "street", "seed": "28", **_query(**HALF)},
    ),
    Try(
        "Where does 0.14 come from?",
        "The lectures' example: the first sample between 0.1 and 0.2, four samples a bin, their "
        "maximum 0.51. Step through the samples.",
        _query(**LECTURE),
    ),
    Try(
        "What if the half cell is forgotten?",
        "All samples slide half a cell right and down of the region: the first code of Mask R-CNN. "
        "Switch between taken off and forgotten.",
        {
            "picture": "street",
            "seed": "28",
            **_query(**{**HALF, "aligned": "asymmetric", "draw": "align", "zoom": "close"}),
        },
    ),
)
"""The three."""


def show() -> None:
    """Draw them."""
    tries.show(PAGE, IDEAS)
