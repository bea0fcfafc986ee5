"""Where a concept page takes its input from: a matrix, the chosen picture, or real activations."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.errors import UsageError
from seglib.images import Image
from seglib.ui import address, layers, picker
from seglib.ui.address import Param, one_of
from seglib.ui.numbers import milliseconds

Kind = Literal["preset", "edit", "picture", "layer"]
KINDS: dict[Kind, str] = {
    "preset": "Pattern",
    "edit": "Your numbers",
    "picture": "Picture",
    "layer": "Activations",
}
"""Kinds of input and what they are called."""

MOST_SIDE = 12
"""Rows and columns of an edited matrix, at most."""
LARGEST = 999.0
"""Magnitude of a number in an edited matrix, at most."""

Array = NDArray[np.float32]


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
    return _frozen(np.array([line.split() for line in text.strip().splitlines()], np.float32))


def _frozen(values: NDArray[Any]) -> Array:
    values = np.array(values, np.float32, order="C")
    values.setflags(write=False)
    return values


_DISC = np.hypot(*(np.mgrid[:9, :9] - 4.0)) <= 3.2
PRESETS: dict[str, tuple[str, Array]] = {
    "corner": (
        "Corner",
        _preset("0 0 0 0 0 0 0\n" * 2 + "0 0 9 9 9 9 9\n" * 5),
    ),
    "edge": ("Edge", _preset("1 1 1 1 8 8 8 8\n" * 8)),
    "ramp": ("Ramp", _frozen(np.add.outer(np.arange(7), np.arange(7)))),
    "count": ("1, 2, 3 …", _frozen(np.arange(1, 26).reshape(5, 5))),
    "checker": ("Checkerboard", _frozen(np.indices((8, 8)).sum(0) % 2)),
    "dot": ("One pixel", _frozen(np.eye(9)[4][:, None] * np.eye(9)[4])),
    "disc": ("Disc", _frozen(_DISC * 9.0)),
    "lines": ("Lines", _frozen(np.tile([[9, 0, 0, 9, 0, 0, 9, 0, 0]], (9, 1)))),
}
"""Small matrices by key: title and values, up to 9 a side."""

_CELLS = "1 2 3 4 5/6 7 8 9 10/11 12 13 14 15/16 17 18 19 20/21 22 23 24 25"


def parse(text: str) -> Array:
    """Read a matrix from the address: rows divided by ``/``, numbers by blanks.

    Raises
    ------
    UsageError
        It is no matrix of at most 12 × 12 finite numbers.
    """
    if len(text) > 1600 or not text.isascii():
        raise UsageError("expected rows of numbers, divided by '/'")
    try:
        rows = [[float(cell) for cell in line.split()] for line in text.split("/")]
    except ValueError:
        raise UsageError("expected rows of numbers, divided by '/'") from None
    return checked(rows)


def text_of(values: Array) -> str:
    """Write a matrix for the address; see :func:`parse`."""
    return "/".join(" ".join(f"{value:.6g}" for value in line) for line in values.tolist())


def checked(rows: Sequence[Sequence[object]]) -> Array:
    """Return a matrix that a visitor typed.

    Raises
    ------
    UsageError
        One sentence: which cell is wrong and what was expected.
    """
    widths = {len(line) for line in rows}
    if not 1 <= len(rows) <= MOST_SIDE or len(widths) != 1 or not 1 <= max(widths) <= MOST_SIDE:
        raise UsageError(
            f"expected 1 to {MOST_SIDE} rows of equally many numbers, 1 to {MOST_SIDE}"
        )
    for y, line in enumerate(rows, start=1):
        for x, cell in enumerate(line, start=1):
            place = f"row {y}, column {x}"
            if isinstance(cell, bool) or not isinstance(cell, (int, float, np.number)):
                raise UsageError(f"{place} is empty or no number")
            if not math.isfinite(float(cell)) or abs(float(cell)) > LARGEST:
                raise UsageError(
                    f"{place}: expected a number from −{LARGEST:g} to {LARGEST:g}, got {cell:g}"
                )
    return _frozen(np.array(rows, np.float32))


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
    return _frozen(cv2.resize(grey, size, interpolation=method).astype(np.float32) / 255)


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
        _segments(known["kind"], label, {k: KINDS[k] for k in kinds})
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


def _segments(param: Param, label: str, titles: dict[Kind, str]) -> None:
    follow = address.bound(param, param.name)
    st.segmented_control(
        label,
        list(titles),
        format_func=lambda key: titles[key],
        required=True,
        wrap=True,
        key=param.name,
        on_change=follow,
    )


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


def edit_matrix(
    values: Array,
    *,
    key: str,
    on_change: Callable[[Array], None],
    resizable: bool = True,
    most: int = MOST_SIDE,
    label: str = "",
) -> None:
    """Draw an editable matrix; a wrong cell is refused with one sentence and nothing changes.

    Parameters
    ----------
    values : (h, w) float32
        At most 12 a side.
    key : str
        Of the widgets.
    on_change : callable
        Gets the changed matrix.
    resizable : bool
        Offer the numbers of rows and columns.
    most : int
        Rows and columns, at most.
    label : str
        What a screen reader says.
    """
    problem = f"_{key}_problem"
    high, wide = values.shape
    if resizable:
        rows, columns = st.columns(2)
        for place, axis, name in ((rows, 0, "Rows"), (columns, 1, "Columns")):
            size_key = f"{key}_{axis}"
            st.session_state[size_key] = values.shape[axis]

            def resized(axis: int = axis, size_key: str = size_key) -> None:
                size = [high, wide]
                size[axis] = int(st.session_state[size_key])
                grown = np.zeros(size, np.float32)
                part = tuple(slice(min(a, b)) for a, b in zip(size, values.shape, strict=True))
                grown[part] = values[part]
                st.session_state.pop(problem, None)
                on_change(_frozen(grown))

            place.number_input(name, 1, most, key=size_key, on_change=resized)
    # The editor remembers edits of the data it was first given: other numbers, or a refused edit,
    # take another editor.
    tries = f"_{key}_refused"
    digest = f"{hash(values.tobytes()) & 0xFFFFFFFF:08x}_{high}x{wide}"
    editor = f"{key}_editor_{digest}_{st.session_state.get(tries, 0)}"

    def edited() -> None:
        changes = st.session_state.get(editor, {}).get("edited_rows", {})
        cells: list[list[object]] = [list(line) for line in values.tolist()]
        for y, line in changes.items():
            for column, cell in line.items():
                cells[int(y)][int(column)] = cell
        try:
            on_change(checked(cells))
            st.session_state.pop(problem, None)
        except UsageError as error:
            from seglib.ui.boundary import sentence

            st.session_state[problem] = sentence(error)
            st.session_state[tries] = st.session_state.get(tries, 0) + 1

    st.data_editor(
        {str(x): values[:, x].astype(np.float64) for x in range(wide)},
        key=editor,
        on_change=edited,
        hide_index=True,
        column_config={
            str(x): st.column_config.NumberColumn(str(x), width=58, format="%g")
            for x in range(wide)
        },
        width="content",
        alt=label or "editable matrix",
    )
    text = st.session_state.get(problem)
    if text:
        st.html(f'<p class="seg-problem" role="alert">{text} The last good matrix is kept.</p>')
