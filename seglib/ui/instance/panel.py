"""The chosen object beside the picture: cut out on a checkerboard, in numbers, to take home."""

from __future__ import annotations

import base64
from html import escape

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib import render
from seglib.images import encode_png
from seglib.ui import address, downloads
from seglib.ui.instance.downloads import cut_out_file
from seglib.ui.instance.facts import ObjectFacts, object_facts
from seglib.ui.instance.state import PICK, Work
from seglib.ui.numbers import percent, pixels, sig3

LISTED = 500
"""Objects in the list; the others are chosen in the picture."""

_SIDE = 304
"""Pixels: twice what the cut-out measures on the page."""


def show(work: Work) -> None:
    """Draw the list of objects and what is known of the chosen one."""
    with st.container(key="in_object"):
        _list(work)
        if work.pick is None:
            st.html(f'<div class="seg-empty" data-testid="object"><span>{_hint(work)}</span></div>')
            return
        st.html(markup(work, work.pick))
        downloads.button(cut_out_file(work, work.pick), "in_cut")


def _hint(work: Work) -> str:
    if not len(work.instances):
        return "There is no object to choose."
    return "Choose an object in the picture or in this list: its cut-out, box and area appear here."


def _list(work: Work) -> None:
    count = len(work.instances)
    numbers = list(range(1, min(count, LISTED) + 1))
    if work.pick is not None and work.pick >= len(numbers):
        numbers.append(work.pick + 1)
    key = "in_object_box"
    st.session_state[key] = 0 if work.pick is None else work.pick + 1
    more = (
        f" The list has the best {LISTED}; click others in the picture." if count > LISTED else ""
    )
    st.selectbox(
        "Object",
        [0, *numbers],
        format_func=lambda number: _entry(work, number),
        key=key,
        on_change=lambda: address.put(PICK, str(st.session_state[key] or "")),
        disabled=not count,
        help=f"Best score first. The chosen one is shown alone.{more}",
    )


def _entry(work: Work, number: int) -> str:
    count = len(work.instances)
    if number == 0 or number > count:
        return "All objects" if count else "No object"
    return f"{number} · {work.text(number - 1)}"


def markup(work: Work, row: int) -> str:
    """Return the panel as HTML."""
    own = object_facts(work.instances, row)
    cut = render.instance_cut_out(work.picture.image.pixels, work.instances, row)
    small = thumbnail(cut)
    crisp = ' class="seg-pixels"' if max(cut.shape[:2]) < _SIDE // 4 else ""
    data = base64.b64encode(encode_png(small)).decode()
    body = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in _rows(own))
    return (
        f'<div class="seg-object" data-testid="object" data-number="{own.number}">'
        f'<div class="seg-cut"><img{crisp} alt="Object {own.number}, {escape(own.label.name)}, '
        f'cut out" src="data:image/png;base64,{data}"></div><dl>{body}</dl></div>'
    )


def _rows(own: ObjectFacts) -> list[tuple[str, str]]:
    x1, y1, x2, y2 = own.box
    color = "rgb({} {} {})".format(*own.label.color)
    return [
        ("Class", f'<i class="sw" style="background:{color}"></i>{escape(own.label.name)}'),
        ("Score", sig3(own.score)),
        ("Area", pixels(own.area)),
        ("Share", percent(own.share)),
        ("Box", f"{x2 - x1:,.0f} × {y2 - y1:,.0f} px"),
        ("Corner", f"{x1:,.0f}, {y1:,.0f}"),
        ("Parts", str(own.parts)),
        ("Holes", str(own.holes)),
    ]


def thumbnail(rgba: NDArray[np.uint8], side: int = _SIDE) -> NDArray[np.uint8]:
    """Return a cut-out ``(h, w, 4)`` brought to at most ``side`` pixels.

    Colours are weighted by alpha on the way, so that the black ground leaves no dark rim.
    """
    high, wide = rgba.shape[:2]
    scale = side / max(high, wide)
    if scale >= 1:
        return rgba
    size = (max(1, round(wide * scale)), max(1, round(high * scale)))
    alpha = rgba[..., 3:].astype(np.float32) / 255
    premultiplied = np.concatenate([rgba[..., :3] * alpha, 255 * alpha], axis=2)
    small = cv2.resize(premultiplied, size, interpolation=cv2.INTER_AREA)
    cover = small[..., 3:] / 255
    colours = np.divide(small[..., :3], cover, out=np.zeros_like(small[..., :3]), where=cover > 0)
    out = np.concatenate([colours, small[..., 3:]], axis=2)
    return np.asarray(np.clip(np.rint(out), 0, 255), np.uint8)
