"""The stage: the picture before and after, what its colours mean, and what is amiss."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from seglib.images import encode_png
from seglib.matting import MatteOptions, trimap
from seglib.ui import address, caption, knobs, picker, swipe
from seglib.ui.background import state
from seglib.ui.background.state import Work
from seglib.ui.numbers import percent, pixels, sig3
from seglib.ui.swipe import Side

_KEY = "bg_swipe"
_TRIMAP = (
    ("Foreground", "#ffffff", "alpha from 0.95", "foreground"),
    ("Unknown", "#808080", "between", "unknown"),
    ("Background", "#000000", "alpha up to 0.05", "background"),
)


def show(done: Work) -> None:
    """Draw the two pictures."""
    view = address.get(state.VIEW)
    name = done.picture.title
    before = Side(swipe.photo(done.image), "Picture", f"{name}, as it came")
    after = before
    if view == "result":
        kind = state.KINDS[done.settings.background.kind].lower()
        after = Side(done.png, "Result", f"{name}, background {kind}")
    elif view == "matte":
        alpha = np.rint(done.made.matte.alpha * 255).astype(np.uint8)
        after = Side(encode_png(alpha), "Matte", f"Matte of {name}: white is subject")
    elif view == "trimap":
        after = Side(
            encode_png(trimap(done.made.matte)),
            "Trimap",
            f"Trimap of {name}: white is subject, grey unknown, black background",
        )
    packed = swipe.pack(
        before,
        after,
        done.image.size,
        swipe=view != "original",
        pixel=state.pixel(done) if st.session_state.get("tab") == "How it works" else None,
        pick=True,
    )
    swipe.show(packed, _KEY, picked=state.choose_pixel)


def legend(done: Work) -> None:
    """Draw the line under the picture: shares of the trimap, or what the view shows."""
    facts, view = done.facts, address.get(state.VIEW)
    total = done.image.width * done.image.height
    if view == "trimap":
        parts = [
            f'<span data-part="{part}"><i style="background:{color}"></i>{title} ({text}) '
            f"<b>{percent(getattr(facts, part) / total)}</b>, {pixels(getattr(facts, part))}</span>"
            for title, color, text, part in _TRIMAP
        ]
    elif view == "matte":
        parts = [
            '<span><i style="background:#fff"></i>alpha 1, subject</span>',
            '<span><i style="background:#000"></i>alpha 0, background</span>',
            f"<span>soft pixels <b>{percent(facts.soft_share)}</b></span>",
        ]
    elif view == "original":
        parts = ["<span>The picture as it came.</span>"]
    else:
        parts = [
            f"<span>subject <b>{percent(facts.subject_share)}</b></span>",
            f"<span>soft pixels <b>{percent(facts.soft_share)}</b></span>",
            "<span>Drag the line; click a pixel to see its sums under How it works.</span>",
        ]
    st.html(f'<div class="seg-swipe-legend" data-testid="bg-legend">{"".join(parts)}</div>')


def notes(done: Work) -> None:
    """Say what is amiss: no subject, or a picture so large that it is shown smaller."""
    if done.reduced:
        width, height = done.image.size
        full_width, full_height = done.picture.image.size
        st.html(
            f'<p class="seg-note" data-testid="bg-reduced">Computed and shown at {width:,} × '
            f"{height:,} px. Downloads are computed at the full {full_width:,} × "
            f"{full_height:,} px when you press them; that takes some seconds.</p>"
        )
    if done.found:
        return
    found = state.missing(done)
    text = (
        f"No subject in this picture: the highest alpha is {sig3(found.highest)}, the threshold "
        f"{sig3(done.settings.matte.threshold)}."
    )
    message, button = st.columns([4, 2], vertical_alignment="center")
    message.warning(text, icon=":material/person_off:")
    if found.threshold is not None:
        button.button(
            f"Threshold {sig3(found.threshold)}",
            on_click=_lower,
            args=(found.threshold,),
            key="bg_lower",
            type="primary",
            width="stretch",
            help="A threshold that finds something here.",
        )
    else:
        button.button(
            "Show a portrait",
            on_click=picker.choose,
            args=(state.SAMPLE,),
            key="bg_sample",
            type="primary",
            width="stretch",
            help="No threshold finds anything here.",
        )


def _lower(threshold: float) -> None:
    knobs.put(MatteOptions, "bg", threshold=threshold)


def under(done: Work) -> None:
    """Draw the caption."""
    caption.show(state.MODEL, None, done.times, picture=done.picture)
    if done.settings.background.kind == "picture":
        st.html(f'<p class="seg-caption">Behind: {escape(state.backdrop()[0])}</p>')
