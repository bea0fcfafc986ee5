"""Where a concept page takes its input from: a matrix, the chosen picture, or real activations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import streamlit as st

from seglib.errors import UsageError
from seglib.images import Image
from seglib.ui import address, layers, picker
from seglib.ui.address import Param, one_of
from seglib.ui.matrix_input import Array, checked, edit_matrix, frozen, parse, text_of
from seglib.ui.numbers import milliseconds

Kind = Literal["preset", "edit", "picture", "layer"]
KINDS: dict[Kind, str] = {
    "preset": "Pattern",
    "edit": "Your numbers",
    "picture": "Picture",
    "layer": "Activations",
}
"""Kinds of input and what they are called."""

__all__ = [
    "KINDS",
    "PARAMS",
    "PRESETS",
    "Kind",
    "Source",
    "checked",
    "controls",
    "edit_matrix",
    "params",
    "parse",
    "put",
    "query",
    "read",
    "text_of",
]


@dataclass(frozen=True, eq=False)
class Source:
    """An input.

    Parameters
    ----------
    values : (h, w) or (C, h, w) float32
        Read-only.
    title : str
        A few words.
    note : str
        One sentence about where it comes from, maybe empty.
    image : Image or None
        The picture that it comes from, where it does.
    key : str
        Short; equal for equal values, to key caches by.
    kind : str
        One of :data:`KINDS`.
    """

    values: Array
    title: str
    note: str = ""
    image: Image | None = None
    key: str = ""
    kind: Kind = "preset"

    @property
    def scale(self) -> Literal["diverging", "sequential", "grey"]:
        """Colour scale for the values: diverging where some are negative, grey for a picture."""
        if self.kind == "picture":
            return "grey"
        return "diverging" if self.values.min() < 0 else "sequential"

    @property
    def limits(self) -> tuple[float, float]:
        """Ends of the colour scale: a picture's 0 and 1, else the least and largest value."""
        if self.kind == "picture":
            return 0.0, 1.0
        return float(self.values.min()), float(self.values.max())


def _preset(text: str) -> Array:
    return frozen(np.array([line.split() for line in text.strip().splitlines()], np.float32))


_DISC = np.hypot(*(np.mgrid[:9, :9] - 4.0)) <= 3.2
PRESETS: dict[str, tuple[str, Array]] = {
    "corner": (
        "Corner",
        _preset("0 0 0 0 0 0 0\n" * 2 + "0 0 9 9 9 9 9\n" * 5),
    ),
    "edge": ("Edge", _preset("1 1 1 1 8 8 8 8\n" * 8)),
    "ramp": ("Ramp", frozen(np.add.outer(np.arange(7), np.arange(7)))),
    "count": ("1, 2, 3 …", frozen(np.arange(1, 26).reshape(5, 5))),
    "checker": ("Checkerboard", frozen(np.indices((8, 8)).sum(0) % 2)),
    "dot": ("One pixel", frozen(np.eye(9)[4][:, None] * np.eye(9)[4])),
    "disc": ("Disc", frozen(_DISC * 9.0)),
    "lines": ("Lines", frozen(np.tile([[9, 0, 0, 9, 0, 0, 9, 0, 0]], (9, 1)))),
}
"""Small matrices by key: title and values, up to 9 a side."""

_CELLS = "1 2 3 4 5/6 7 8 9 10/11 12 13 14 15/16 17 18 19 20/21 22 23 24 25"


def _valid_cells(text: str) -> bool:
    try:
        parse(text)
    except UsageError:
        return False
    return True


def params(
    prefix: str, *, kind: Kind = "preset", preset: str = "corner", cells: str = _CELLS
) -> tuple[Param, ...]:
    """Return the address values of a page's input.

    Parameters
    ----------
    prefix : str
        The page's own.
    kind, preset, cells : str
        What the page opens with.
    """
    return tuple(_params(prefix, kind=kind, preset=preset, cells=cells).values())


PARAMS = params

_DEFAULTS: dict[str, dict[str, Param]] = {}


def _params(prefix: str, **start: Any) -> dict[str, Param]:
    # A page says once what it opens with, where it lists its address values.
    if start or prefix not in _DEFAULTS:
        start = {"kind": "preset", "preset": "corner", "cells": _CELLS, **start}
        _DEFAULTS[prefix] = {
            "kind": Param(f"{prefix}_in", start["kind"], one_of(*KINDS)),
            "preset": Param(f"{prefix}_preset", start["preset"], one_of(*PRESETS)),
            "cells": Param(f"{prefix}_cells", start["cells"], _valid_cells),
            "layer": Param(f"{prefix}_layer", layers.USUAL, layers.valid),
            "channel": Param(f"{prefix}_channel", "0", address.integer(0, 4095)),
        }
    return _DEFAULTS[prefix]


def query(prefix: str, kind: Kind, **values: str) -> dict[str, str]:
    """Return the part of an address that sets an input: for links and presets.

    ``values`` may hold ``preset``, ``cells``, ``layer``, ``channel``.
    """
    known = _params(prefix)
    return {known["kind"].name: kind} | {known[k].name: v for k, v in values.items()}


def put(prefix: str, kind: Kind, **values: str) -> None:
    """Set an input from code; see :func:`query`."""
    known = _params(prefix)
    for name, text in {"kind": kind, **values}.items():
        address.put(known[name], text)


def read(
    prefix: str,
    *,
    kinds: Sequence[Kind] = tuple(KINDS),
    side: int = 64,
    channels: Literal["one", "all"] = "one",
) -> Source:
    """Return the input as it is set now, without drawing anything.

    Parameters
    ----------
    prefix : str
        The page's own.
    kinds : sequence of str
        Kinds that the page takes; another one in the address falls back to the first.
    side : int
        Pixels of the longer side of the picture, which is shown grey, 0 to 1.
    channels : {"one", "all"}
        Of a layer: one map ``(h, w)``, or all ``(C, h, w)``.
    """
    known = _params(prefix)
    kind = _kind(prefix, kinds)
    if kind == "preset":
        key = address.get(known["preset"])
        title, values = PRESETS[key]
        return Source(values, title, key=f"preset:{key}", kind="preset")
    if kind == "edit":
        text = address.get(known["cells"])
        return Source(parse(text), "Your numbers", key=f"edit:{text}", kind="edit")
    picture = picker.current()
    if kind == "picture":
        grey = _grey(picture.image.digest, side, picture.image)
        high, wide = grey.shape
        note = f"{picture.title}, grey, {wide} × {high} px, 0 to 1."
        key = f"picture:{picture.image.digest}:{side}"
        return Source(grey, picture.title, note, picture.image, key, "picture")
    layer = layers.named(address.get(known["layer"]))
    held = layers.read(picture.image, layer.name)
    maps = held.maps
    about = (
        f"{layer.title} of the street model for {picture.title}: "
        f"{maps.shape[0]} channels of {maps.shape[2]} × {maps.shape[1]}, "
        f"{milliseconds(held.milliseconds)}, {held.precision}."
    )
    key = f"layer:{picture.image.digest}:{layer.name}"
    if channels == "all":
        return Source(maps, layer.title, about, picture.image, key, "layer")
    channel = min(int(address.get(known["channel"])), len(maps) - 1)
    title = f"{layer.title}, channel {channel}"
    return Source(maps[channel], title, about, picture.image, f"{key}:{channel}", "layer")


def _kind(prefix: str, kinds: Sequence[Kind]) -> Kind:
    kind = address.get(_params(prefix)["kind"])
    return next((known for known in kinds if known == kind), kinds[0])


@st.cache_resource(max_entries=8, ttl="20m", show_spinner=False)
def _grey(digest: str, side: int, _image: Image) -> Array:
    import cv2

    wide, high = _image.size
    scale = side / max(wide, high)
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    # Areas are averaged, so that no detail is skipped; a small picture is enlarged smoothly.
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    grey = cv2.cvtColor(_image.pixels, cv2.COLOR_RGB2GRAY)
    return frozen(cv2.resize(grey, size, interpolation=method).astype(np.float32) / 255)


def controls(
    prefix: str,
    *,
    kinds: Sequence[Kind] = tuple(KINDS),
    channels: Literal["one", "all"] = "one",
    label: str = "Input",
) -> None:
    """Draw the controls; the arguments are those of :func:`read`."""
    known = _params(prefix)
    kind = _kind(prefix, kinds)
    if len(kinds) > 1:
        address.put(known["kind"], kind)
        address.choose(known["kind"], label, {k: KINDS[k] for k in kinds})
    if kind == "preset":
        follow = address.bound(known["preset"], known["preset"].name)
        st.selectbox(
            "Pattern",
            list(PRESETS),
            format_func=lambda key: PRESETS[key][0],
            key=known["preset"].name,
            on_change=follow,
        )
    elif kind == "edit":
        _editor(prefix)
    elif kind == "layer":
        _layer(prefix, one=channels == "one")


def _layer(prefix: str, *, one: bool) -> None:
    known = _params(prefix)
    choices = layers.main()
    current = layers.named(address.get(known["layer"]))
    names = [layer.name for layer in choices]
    if current.name not in names:
        # A layer chosen under "Look inside" stays, though this short list has it not.
        names.append(current.name)
    key = known["layer"].name
    st.session_state[key] = current.name

    def chosen() -> None:
        address.put(known["layer"], layers.named(st.session_state[key]).slug)

    st.selectbox(
        "Layer",
        names,
        format_func=lambda name: layers.by_name()[name].label,
        key=key,
        on_change=chosen,
        help="Where in the street model the activations are read.",
    )
    if not one or current.channels < 2:
        return
    channel_key = known["channel"].name
    value = min(int(address.get(known["channel"])), current.channels - 1)
    st.session_state[channel_key] = value
    st.slider(
        "Channel",
        0,
        current.channels - 1,
        key=channel_key,
        on_change=lambda: address.put(known["channel"], str(st.session_state[channel_key])),
    )


def _editor(prefix: str) -> None:
    param = _params(prefix)["cells"]
    values = parse(address.get(param))
    edit_matrix(
        values,
        key=param.name,
        on_change=lambda changed: address.put(param, text_of(changed)),
    )
