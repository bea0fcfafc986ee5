"""The encoder and decoder as two stairs with skips between, drawn from the network's own shapes."""

from __future__ import annotations

from html import escape

import streamlit as st

from seglib.ui.unet.gates import Anatomy

_BLUE, _GREEN, _GREY = "#0072B2", "#009E73", "rgb(128 128 128 / 0.6)"


def _box(text: str, share: float, color: str) -> str:
    return (
        f'<div style="width:{100 * share:.4g}%;min-width:4.6rem;max-width:100%;'
        f"padding:0.3rem 0.2rem;border:2px solid {color};border-radius:0.35rem;text-align:center;"
        f'font-size:0.8rem;line-height:1.25;box-sizing:border-box">{text}</div>'
    )


def markup(shape: Anatomy, open_: tuple[bool, ...]) -> str:
    """Return the diagram as HTML.

    Parameters
    ----------
    shape : Anatomy
    open_ : tuple of bool
        One for each join, from the coarsest.
    """
    widest = shape.joins[-1].size[1]
    rows = []
    for join, on in reversed(list(zip(shape.joins, open_, strict=True))):
        high, wide = join.size
        share = 0.45 + 0.55 * wide / widest
        color = _GREEN if on else _GREY
        line = "solid" if on else "dashed"
        word = f"{join.skip} channels" if on else "closed"
        encoder = _box(f"<b>{join.encoder}</b><br>{wide} × {high}", share, _BLUE)
        decoder = _box(f"<b>{join.below} + {join.skip}</b><br>{wide} × {high}", share, color)
        rows.append(
            f'<div style="display:flex;justify-content:flex-end">{encoder}</div>'
            '<div style="text-align:center;font-size:0.8rem;line-height:1.3">'
            f"<b>{escape(join.title)}</b>"
            f'<div style="border-top:2.5px {line} {color};margin:0.15rem 0"></div>{word}</div>'
            f"<div>{decoder}</div>"
        )
    channels, high, wide = shape.deepest
    bottom = _box(f"<b>{channels}</b> · {wide} × {high}", 1, _BLUE)
    return (
        '<div data-testid="unet-diagram" role="img" aria-label="encoder and decoder with skips" '
        'style="display:grid;grid-template-columns:1fr minmax(5.5rem,0.7fr) 1fr;gap:0.5rem 0.6rem;'
        'align-items:center;margin:0.6rem 0;max-width:640px;font-variant-numeric:tabular-nums">'
        '<div style="text-align:right;font-size:0.8rem;opacity:0.8">Encoder ↓</div><div></div>'
        '<div style="font-size:0.8rem;opacity:0.8">↑ Decoder</div>'
        + "".join(rows)
        + f'<div></div><div style="display:flex;justify-content:center">{bottom}</div><div></div>'
        "</div>"
    )


def show(shape: Anatomy, open_: tuple[bool, ...]) -> None:
    """Draw it."""
    st.html(markup(shape, open_))
