"""The picture with a region that can be dragged: a small component of our own.

It draws what the server computed and reports where a hand has put the region: often while it is
dragged, with ``live`` set, and once when it is let go. Only the latter goes to the address; a
thousand places on the way there are none that one would want to go back to.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from seglib.concepts.roi import Box
from seglib.concepts.roi_options import FURTHEST, RoiOptions
from seglib.options import describe
from seglib.ui import knobs
from seglib.ui.figures import matrix
from seglib.ui.roi import drawing
from seglib.ui.roi.work import Work

PREFIX = "roi"
_KEY = "roi_field"
_LIVE, _SEQUENCE = "_roi_live", "_roi_sequence"
_BLEND = {"picture": 0.0, "both": 0.55, "features": 1.0}


@cache
def _file(name: str) -> str:
    return (Path(__file__).parents[1] / "frontend" / name).read_text(encoding="utf-8")


_FIELD = st.components.v2.component(
    "seglib_roi", html=_file("roi.html"), css=_file("roi.css"), js=_file("roi.js")
)


def options() -> RoiOptions:
    """Return the options as they are now: while a hand drags the region, with its place."""
    settled = knobs.read(RoiOptions, PREFIX)
    live: tuple[RoiOptions, RoiOptions] | None = st.session_state.get(_LIVE)
    if live is None:
        return settled
    # Anything that changed since (a slider, a link) ends the dragging.
    if live[0] != settled:
        del st.session_state[_LIVE]
        return settled
    return live[1]


def show(work: Work, number: int) -> None:
    """Draw the picture, the region and what lies over it; ``number`` is the chosen sample."""
    ground, chosen = work.ground, work.options
    data: dict[str, Any] = {
        "picture": ground.picture,
        "map": ground.map,
        "size": list(ground.size),
        "cells": list(ground.cells),
        "stride": ground.stride,
        "box": list(chosen.box),
        "view": view(work),
        "blend": _BLEND[chosen.view] if ground.picture else 1.0,
        "overlay": drawing.overlay(work, number),
        "sequence": st.session_state.get(_SEQUENCE, 0),
        "low": _low(),
        "high": FURTHEST,
    }
    if not ground.picture:
        data |= _texts(ground.key, ground.values)
    _FIELD(key=_KEY, data=data, on_box_change=_moved)


def view(work: Work) -> list[float]:
    """Return the part of the plane that is shown, ``x, y, width, height`` in picture pixels."""
    box, stride = work.options.box, work.ground.stride
    wide, high = work.ground.size
    if work.options.zoom == "close":
        margin = 1.5 * stride + 0.1 * max(box.width, box.height)
        left, top = box.x1 - margin, box.y1 - margin
        right, bottom = box.x2 + margin, box.y2 + margin
    else:
        # a region over the border widens the view, so that one sees where it goes
        left, top = min(0.0, box.x1 - 12), min(0.0, box.y1 - 12)
        right, bottom = max(float(wide), box.x2 + 12), max(float(high), box.y2 + 12)
        if (left, top, right, bottom) != (0, 0, wide, high):
            left, top, right, bottom = left - 8, top - 8, right + 8, bottom + 8
    # of the picture's own proportions, so that nothing is cut off
    scale = max((right - left) / wide, (bottom - top) / high)
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    return [
        middle_x - scale * wide / 2,
        middle_y - scale * high / 2,
        scale * wide,
        scale * high,
    ]


def parse(report: Any) -> tuple[Box, bool, int] | None:
    """Return region, whether it is still held, and the report's number; ``None`` for nonsense.

    The report comes from outside and may hold anything.
    """
    if not isinstance(report, dict):
        return None
    box: Any = report.get("box")
    sequence: Any = report.get("sequence")
    if (
        not isinstance(box, list)
        or len(box) != 4
        or not all(_is_number(value) for value in (*box, sequence))
        or not 0 <= sequence < 1e9
    ):
        return None
    x1, y1, x2, y2 = (float(value) for value in box)
    low = _low()
    if not (low <= x1 <= FURTHEST and low <= y1 <= FURTHEST):
        return None
    if not (0 <= x2 - x1 <= FURTHEST and 0 <= y2 - y1 <= FURTHEST):
        return None
    return Box(x1, y1, x2, y2), report.get("live") is True, int(sequence)


def _moved() -> None:
    component = st.session_state.get(_KEY)
    found = parse(getattr(component, "box", None) if component else None)
    if found is None:
        return
    box, live, sequence = found
    st.session_state[_SEQUENCE] = sequence
    place: dict[str, Any] = {"x": box.x1, "y": box.y1, "w": box.width, "h": box.height}
    if live:
        settled = knobs.read(RoiOptions, PREFIX)
        st.session_state[_LIVE] = (settled, replace(settled, **place))
    else:
        st.session_state.pop(_LIVE, None)
        knobs.put(RoiOptions, PREFIX, **place)


def _low() -> float:
    return float(next(info.low for info in describe(RoiOptions) if info.name == "x") or 0)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


@st.cache_resource(max_entries=4, show_spinner=False)
def _texts(key: str, _values: Any) -> dict[str, Any]:
    """Return the numbers to be written into the cells, and which of them need white type."""
    from seglib.render import heat

    pixels = heat(_values, low=0.0, high=float(_values.max()) or 1.0).astype(np.float64)
    return {
        "texts": [[matrix.number(value, 2) for value in line] for line in _values.tolist()],
        "dark": (pixels @ (0.2126, 0.7152, 0.0722) <= 118).tolist(),
    }
