"""The stage: picture and map, one or two of them, and the histogram with the threshold."""

from __future__ import annotations

import time
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts.saliency import Cut
from seglib.images import encode_png
from seglib.metrics import adaptive_threshold
from seglib.render import RAMP_STOPS, dimmed, heat
from seglib.render.contours import draw_contour
from seglib.ui import caption, swipe
from seglib.ui.numbers import milliseconds, percent, sig3
from seglib.ui.salient import histogram, state
from seglib.ui.salient.state import METHODS, Map, Work
from seglib.ui.swipe import Side


def show(done: Work) -> float:
    """Draw one picture with the divider, or two beside each other.

    Returns the milliseconds that drawing and encoding the first one took.
    """
    before = Side(swipe.photo(done.image), "Picture", f"{done.picture.title}, as it came")
    if done.other is None:
        return _one(done, done.map, done.cut, before, swiped=True)
    columns = st.columns(2, gap="small")
    pairs = ((done.map, done.cut), done.other)
    took = []
    for place, (column, (one, found)) in enumerate(zip(columns, pairs, strict=True)):
        with column:
            took.append(_one(done, one, found, before, swiped=False, place=place))
            st.html(
                f'<p class="seg-note" data-testid="sal-time-{place}"><b>{METHODS[one.method]}</b>: '
                f"{milliseconds(one.ms)}, {percent(float(found.mask.mean()))} salient</p>"
            )
    return took[0]


def _one(done: Work, one: Map, found: Cut, before: Side, *, swiped: bool, place: int = 0) -> float:
    start = time.perf_counter()
    data = encode_png(drawn(done, one, found))
    took = 1e3 * (time.perf_counter() - start)
    title = METHODS[one.method]
    what = {
        "overlay": "everything that is not salient is dark grey",
        "map": "the saliency map",
        "mask": "salient pixels are white",
        "cut": "salient pixels alone",
    }[state.view()]
    packed = swipe.pack(
        before,
        Side(data, title, f"{done.picture.title}, {title}: {what}"),
        done.image.size,
        swipe=swiped,
        box=found.box,
    )
    swipe.show(packed, f"sal_swipe_{'one' if swiped else place}")
    return took


def drawn(done: Work, one: Map, found: Cut) -> NDArray[np.uint8]:
    """Draw the chosen view: ``(H, W, 3)`` or ``(H, W, 4)`` or ``(H, W)`` uint8."""
    picture, view = done.image.pixels, state.view()
    if view == "map":
        return heat(one.values)
    if view == "mask":
        return np.asarray(found.mask.astype(np.uint8) * np.uint8(255))
    if view == "cut":
        rgba = np.dstack([picture, found.chosen.astype(np.uint8) * np.uint8(255)])
        rgba[~found.chosen] = 0
        return np.ascontiguousarray(rgba)
    out = np.where(found.mask[..., None], picture, dimmed(picture))
    draw_contour(out, found.mask.astype(np.uint8))
    return out


def legend(done: Work) -> None:
    """Draw the line under the picture."""
    facts = f"<span>salient <b>{percent(done.share)}</b></span>"
    if done.cut.box is None:
        box = "<span>no box: nothing reaches the threshold</span>"
    else:
        x, y, width, height = done.cut.box
        box = (
            f'<span data-testid="sal-box"><i style="background:#E69F00"></i>box x {x}, y {y}, '
            f"{width} × {height} px</span>"
        )
    ramp = ""
    if state.view() == "map":
        stops = ",".join("rgb({},{},{})".format(*stop) for stop in RAMP_STOPS)
        ramp = (
            f'<span>0 <i style="width:6rem;background:linear-gradient(90deg,{stops})"></i> 1</span>'
        )
    st.html(f'<div class="seg-swipe-legend" data-testid="sal-legend">{ramp}{facts}{box}</div>')


def under(done: Work) -> None:
    """Draw the histogram, the caption and what is amiss."""
    st.html(histogram.markup(done.map.values, done.options.threshold))
    _notes(done)


def caption_of(done: Work) -> None:
    """Draw the caption: of the network, or of the formula."""
    if done.options.method == "network":
        caption.show(state.MODEL, None, done.map.times, picture=done.picture)
        return
    width, height = done.picture.image.size
    st.html(
        f'<p class="seg-caption" data-testid="caption"><b>{METHODS[done.options.method]}</b>'
        f" · no network · <span>{milliseconds(done.map.ms)}</span> · "
        f"{escape(done.picture.title)}, <span>{width} × {height} px</span></p>"
        f'<p class="seg-caption">{escape(done.picture.credit)}</p>'
    )


def _notes(done: Work) -> None:
    if done.reduced:
        width, height = done.image.size
        full_width, full_height = done.picture.image.size
        st.html(
            f'<p class="seg-note" data-testid="sal-reduced">The map is computed at {width:,} × '
            f"{height:,} px; in downloads it is enlarged to the picture's {full_width:,} × "
            f"{full_height:,} px.</p>"
        )
    if done.cut.box is not None:
        return
    top = float(done.map.values.max())
    message, button = st.columns([4, 2], vertical_alignment="center")
    if top == 0:
        message.warning(
            "Nothing stands out: the map is 0 everywhere.", icon=":material/visibility_off:"
        )
        return
    message.warning(
        f"Nothing is salient from {sig3(done.options.threshold)} on: the highest value of the map "
        f"is {sig3(top)}.",
        icon=":material/visibility_off:",
    )
    lower = max(0.01, min(round(0.8 * top, 2), adaptive_threshold(done.map.values)))
    button.button(
        f"Threshold {sig3(round(lower, 2))}",
        on_click=state.put_threshold,
        args=(lower,),
        key="sal_lower",
        type="primary",
        width="stretch",
        help="A threshold that finds something here.",
    )
