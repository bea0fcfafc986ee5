"""The caption under every result: model, size, precision, time; and what the picture is."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from seglib.results import StageTimes
from seglib.ui import caches
from seglib.ui.numbers import megabytes, milliseconds
from seglib.ui.samples import Picture

if TYPE_CHECKING:
    from seglib.models import ModelCard

_FEW = 3
"""Things that are listed by name; of more, only these many are."""


def show(name: str, precision: str | None, times: StageTimes, *, picture: Picture) -> None:
    """Draw the caption."""
    own = caches.segmenter(name, precision)
    bytes_ = own.size_bytes
    parts = [
        f"<b>{escape(own.card.name)}</b>",
        megabytes(bytes_) if bytes_ else "",
        escape(own.engine.info.precision),
        f'<span data-testid="infer-ms">{milliseconds(times.infer_ms)}</span> inference',
        f"{escape(picture.title)}, <span>{picture.image.width} × {picture.image.height} px</span>",
    ]
    about = [escape(picture.credit)]
    if picture.truth is None or picture.truth.label_set != own.label_set:
        # Else a visitor wonders why a cat is a tree.
        about.append(escape(scope(own.card)))
    about.append(own.describe_tiles(picture.image.size))
    about = [part for part in about if part]
    st.html(
        f'<p class="seg-caption" data-testid="caption" data-inferences="{caches.INFERENCES.value}">'
        f"{' · '.join(part for part in parts if part)}</p>"
        f'<p class="seg-caption">{" · ".join(about)}</p>'
    )


def scope(card: ModelCard) -> str:
    """Say in half a sentence what a model can answer at all."""
    if card.task == "matte":
        return "every pixel gets a share of the subject, 0 to 1, whatever the subject is"
    if card.task == "semantic":
        return (
            f"every pixel gets one of the {len(card.labels)} classes of {card.title.lower()}, "
            "whatever it is"
        )
    things = [label.name for label in card.labels if label.thing]
    if len(things) <= _FEW:
        return f"finds each {' and '.join(things)}; all else is background"
    return f"knows {len(things)} things ({', '.join(things[:_FEW])}, …); all else is background"
