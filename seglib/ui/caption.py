"""The caption under every result: model, size, precision, time; and what the picture is."""

from __future__ import annotations

from html import escape

import streamlit as st

from seglib.results import StageTimes
from seglib.ui import caches
from seglib.ui.numbers import megabytes, milliseconds
from seglib.ui.samples import Picture


def show(name: str, precision: str | None, times: StageTimes, *, picture: Picture) -> None:
    """Draw the caption."""
    own = caches.segmenter(name, precision)
    bytes_ = own.card.size_bytes
    parts = [
        f"<b>{escape(own.card.name)}</b>",
        megabytes(bytes_) if bytes_ else "",
        escape(own.engine.info.precision),
        f'<span data-testid="infer-ms">{milliseconds(times.infer_ms)}</span> inference',
        f"{escape(picture.title)}, <span>{picture.image.width} × {picture.image.height} px</span>",
    ]
    about = [escape(picture.credit)]
    if picture.truth is None:
        # Else a visitor wonders why a cat is a tree.
        about.append(
            f"every pixel gets one of the {len(own.label_set)} street classes, whatever it is"
        )
    st.html(
        f'<p class="seg-caption" data-testid="caption" data-inferences="{caches.INFERENCES.value}">'
        f"{' · '.join(part for part in parts if part)}</p>"
        f'<p class="seg-caption">{" · ".join(about)}</p>'
    )
