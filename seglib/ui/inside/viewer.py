"""One map enlarged and many small ones, drawn in the browser: pointing reads a value at once."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.images import Image, encode_jpeg, encode_png
from seglib.ui import address
from seglib.ui.figures import feature
from seglib.ui.inside.state import CHANNEL, PAGE_OF, State
from seglib.ui.layers import Held

_THUMB = 96
"""Pixels of the longer side of a small map, at most."""


@cache
def _file(name: str) -> str:
    return (Path(__file__).parents[1] / "frontend" / name).read_text(encoding="utf-8")


_VIEWER = st.components.v2.component(
    "seglib_maps", html=_file("maps.html"), css=_file("maps.css"), js=_file("maps.js")
)


def show(state: State) -> None:
    """Draw the viewer."""

    def pressed() -> None:
        asked = getattr(st.session_state.get("inside_maps"), "channel", None)
        # It comes from a browser, which may send anything.
        if isinstance(asked, int) and not isinstance(asked, bool) and 0 <= asked < len(state.order):
            address.put(CHANNEL, str(asked))

    _VIEWER(key="inside_maps", data=data(state), on_channel_change=pressed)


def data(state: State) -> dict[str, Any]:
    """Return what the browser draws."""
    values = state.values
    low, high = state.limits or feature.span(values)
    channels = state.order[state.grid * PAGE_OF : (state.grid + 1) * PAGE_OF].tolist()
    sprite, columns = _sprite(
        state.picture.image.digest,
        state.model,
        state.layer.name,
        state.precision,
        state.sort,
        state.scale,
        state.grid,
        state,
    )
    names = state.names
    statistic = None if state.sort == "index" else getattr(state.facts, state.sort)
    steps, least, most = quantise(values)
    return {
        "width": values.shape[1],
        "height": values.shape[0],
        "values": base64.b64encode(steps.tobytes()).decode(),
        "least": least,
        "most": most,
        "low": low,
        "high": high,
        "table": _table(diverging=state.diverging, low=low, high=high),
        "photo": _photo(state.picture.image.digest, state.model, state.picture.image, state.held),
        "overlay": state.overlay,
        "channel": state.channel,
        "channels": channels,
        "labels": [
            names[channel] if statistic is None else f"{names[channel]}: {statistic[channel]:.3g}"
            for channel in channels
        ],
        "sprite": sprite,
        "columns": columns,
        "alt": f"{state.layer.title}, channel {names[state.channel]}, for {state.picture.title}",
    }


def quantise(values: NDArray[np.float32]) -> tuple[NDArray[np.uint16], float, float]:
    """Return a map in 65,535 steps from its least to its largest value, and these two."""
    least, most = feature.span(values)
    scale = 65534.0 / (most - least) if most > least else 0.0
    steps = np.rint((values.astype(np.float64) - least) * scale).astype(np.uint16)
    return steps, least, most


def _table(*, diverging: bool, low: float, high: float) -> str:
    """Return 256 colours from low to high, as the browser takes them."""
    ramp = np.linspace(low, high if high > low else low + 1.0, 256, dtype=np.float32)[None]
    scale = feature.colours(ramp, scale="diverging" if diverging else "sequential")
    return base64.b64encode(scale.tobytes()).decode()


@st.cache_resource(max_entries=8, ttl="20m", show_spinner=False)
def _photo(digest: str, model: str, _image: Image, _held: Held) -> str:
    """Return what of the picture the network sees, as the address of a JPEG."""
    x, y, wide, high = _held.placement.box
    full = _held.placement.target_size
    small = cv2.resize(_image.pixels, (wide, high), interpolation=cv2.INTER_AREA)
    # Where the picture keeps its proportions, the network sees grey beside it.
    seen = np.full((full[1], full[0], 3), 114, np.uint8)
    seen[y : y + high, x : x + wide] = small
    return "data:image/jpeg;base64," + base64.b64encode(encode_jpeg(seen, 85)).decode()


@st.cache_resource(max_entries=8, ttl="20m", show_spinner=False)
def _sprite(
    digest: str,
    model: str,
    name: str,
    precision: str | None,
    sort: str,
    scale: str,
    grid: int,
    _state: State,
) -> tuple[str, int]:
    """Return the small maps side by side as one PNG, and how many are in a row."""
    channels = _state.order[grid * PAGE_OF : (grid + 1) * PAGE_OF]
    high, wide = _state.held.maps.shape[1:]
    factor = min(1.0, _THUMB / max(high, wide))
    size = max(1, round(wide * factor)), max(1, round(high * factor))
    columns = min(len(channels), 8)
    rows = -(-len(channels) // columns)
    sheet = np.zeros((rows * size[1], columns * size[0], 3), np.uint8)
    for place, channel in enumerate(channels):
        values = _state.held.maps[channel]
        limits = _state.limits or feature.span(values)
        if factor < 1:
            values = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
        top, left = (place // columns) * size[1], (place % columns) * size[0]
        sheet[top : top + size[1], left : left + size[0]] = feature.colours(
            values, limits=limits, scale="diverging" if _state.diverging else "sequential"
        )
    return "data:image/png;base64," + base64.b64encode(encode_png(sheet)).decode(), columns
