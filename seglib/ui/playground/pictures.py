"""The same maps drawn by the server: what is seen where the board cannot run, and in downloads."""

from __future__ import annotations

import base64
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib import render
from seglib.images import encode_png
from seglib.ui.playground.board import CELL_COLOR, RING_BOTH, RING_PREDICTION, RING_TRUTH
from seglib.ui.playground.measures import Facts

Pixels = NDArray[np.uint8]
_ZOOM = 2


def errors(found: Facts) -> Pixels:
    """Return the class's true and false positives and false negatives, ``(H, W, 3) uint8``."""
    ground = render.colourise(found.prediction, found.label_set)
    return render.error_map(found.truth, found.prediction, class_id=found.focus, pixels=ground)


def ring(found: Facts) -> Pixels:
    """Return both rings on the faded prediction."""
    drawn = render.faded(render.colourise(found.prediction, found.label_set))
    truth, prediction = found.rings
    drawn[truth & ~prediction] = RING_TRUTH
    drawn[prediction & ~truth] = RING_PREDICTION
    drawn[truth & prediction] = RING_BOTH
    return drawn


def cell(found: Facts, chosen: tuple[int, int]) -> Pixels:
    """Return the pixels of one cell of the confusion matrix on the dimmed truth."""
    drawn = render.dimmed(render.colourise(found.truth, found.label_set))
    drawn[(found.truth == chosen[0]) & (found.prediction == chosen[1])] = CELL_COLOR
    return drawn


def show(found: Facts, marked: tuple[int, int] | None) -> None:
    """Draw truth, prediction, mistakes, and rings or the marked cell."""
    st.html(html(found, marked))


def html(found: Facts, marked: tuple[int, int] | None) -> str:
    """Return the pictures as HTML.

    They are inside it, not files beside it: a file of one stroke may be gone from the server
    before the browser asks for it, when the next stroke has come.
    """
    panels = [
        ("Truth", render.colourise(found.truth, found.label_set)),
        ("Prediction", render.colourise(found.prediction, found.label_set)),
        (f"{found.name}: found, claimed, missed", errors(found)),
    ]
    if marked is None:
        panels.append((f"{found.name}: rings of {found.judge.radius} px", ring(found)))
    else:
        names = [found.label_set.label(i).name for i in marked]
        panels.append((f"{names[0]}, called {names[1]}", cell(found, marked)))
    return f'<div class="pg-maps">{"".join(_figure(*panel) for panel in panels)}</div>'


def _figure(title: str, pixels: Pixels) -> str:
    data = base64.b64encode(encode_png(pixels)).decode()
    width, height = pixels.shape[1] * _ZOOM, pixels.shape[0] * _ZOOM
    return (
        f'<figure><img width="{width}" height="{height}" alt="{escape(title)}" '
        f'src="data:image/png;base64,{data}"><figcaption>{escape(title)}</figcaption></figure>'
    )
