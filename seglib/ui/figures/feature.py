"""Feature maps as pictures of one pixel a cell, enlarged by the browser without smoothing."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.images import encode_png
from seglib.ui.figures import plate
from seglib.ui.figures.plate import Overlay

Scale = Literal["sequential", "diverging", "grey"]

MOST_CELLS = 1_000_000
"""Cells of one map; a network's own maps have fewer."""


def colours(
    values: NDArray[np.floating[Any]],
    *,
    limits: tuple[float, float] | None = None,
    scale: Scale = "sequential",
) -> NDArray[np.uint8]:
    """Colour a map.

    Parameters
    ----------
    values : (h, w) float
        Not a number is grey.
    limits : (low, high), optional
        Values of the ends of the scale; the map's own if not given.
    scale : {"sequential", "diverging", "grey"}
        Dark blue to pale yellow; blue below 0, white at 0, orange above; black to white, for
        pictures.

    Returns
    -------
    (h, w, 3) uint8
    """
    values = np.asarray(values, np.float32)
    if values.ndim != 2 or not 0 < values.size <= MOST_CELLS:
        raise ShapeError(f"expected a map (h, w) of at most 1,000,000 cells, got {values.shape}")
    low, high = limits if limits is not None else span(values)
    if scale == "sequential":
        from seglib.render import heat

        return heat(values, low=low, high=high if high > low else low + 1.0)
    if scale == "grey":
        with np.errstate(invalid="ignore"):
            shade = np.clip((values - low) / ((high - low) or 1.0), 0, 1) * 255
        shade[np.isnan(values)] = 128
        grey: NDArray[np.uint8] = np.repeat(np.rint(shade)[..., None], 3, axis=2).astype(np.uint8)
        return grey
    most = max(abs(low), abs(high)) or 1.0
    ends = np.array([(0, 114, 178), (255, 255, 255), (213, 94, 0)], np.float32)
    place = np.clip(values / most, -1, 1) + 1
    drawn = np.stack([np.interp(place, (0, 1, 2), channel) for channel in ends.T], axis=-1)
    drawn[np.isnan(values)] = 128
    pixels: NDArray[np.uint8] = np.rint(drawn).astype(np.uint8)
    return pixels


def span(values: NDArray[np.floating[Any]]) -> tuple[float, float]:
    """Return the least and the largest finite value; (0, 1) where there is none."""
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


def data_uri(pixels: NDArray[np.uint8]) -> str:
    """Return pixels as the address of a PNG."""
    return "data:image/png;base64," + base64.b64encode(encode_png(pixels)).decode()


def show(
    values: NDArray[np.floating[Any]],
    *,
    title: str = "",
    marks: Sequence[Overlay] = (),
    caption: str = "",
    limits: tuple[float, float] | None = None,
    scale: Scale = "sequential",
    width: int | None = None,
    key: str | None = None,
) -> None:
    """Draw a map; the arguments are those of :func:`markup`."""
    st.html(
        markup(
            values,
            title=title,
            marks=marks,
            caption=caption,
            limits=limits,
            scale=scale,
            width=width,
            key=key,
        )
    )


def markup(
    values: NDArray[np.floating[Any]],
    *,
    title: str = "",
    marks: Sequence[Overlay] = (),
    caption: str = "",
    limits: tuple[float, float] | None = None,
    scale: Scale = "sequential",
    width: int | None = None,
    key: str | None = None,
) -> str:
    """Return a map as HTML, to be put in a row.

    Parameters
    ----------
    values : (h, w) float
    title, caption : str
        Above and below.
    marks : sequence of Mark, Dot or Arrow
        In cells of the map.
    limits, scale
        As in :func:`colours`.
    width : int, optional
        Pixels on the screen where there is room; a whole multiple of the map's if not given.
    key : str, optional
        ``data-testid``.
    """
    pixels = colours(values, limits=limits, scale=scale)
    return pixels_markup(pixels, title=title, marks=marks, caption=caption, width=width, key=key)


def pixels_markup(
    pixels: NDArray[np.uint8],
    *,
    title: str = "",
    marks: Sequence[Overlay] = (),
    caption: str = "",
    width: int | None = None,
    key: str | None = None,
    smooth: bool = False,
) -> str:
    """Return pixels ``(h, w, 3) uint8`` on a plate; ``smooth`` is for photographs only."""
    high, wide = pixels.shape[:2]
    if width is None:
        width = wide * max(1, 420 // max(wide, high))
    soft = " seg-smooth" if smooth else ""
    inside = f'<img class="seg-map{soft}" alt="" src="{data_uri(pixels)}">'
    return plate.markup(
        inside,
        (wide, high),
        cell=width / wide,
        title=title,
        caption=caption,
        marks=marks,
        alt=title or f"map of {high} rows and {wide} columns",
        testid=key or "feature",
    )


def grid(
    maps: NDArray[np.floating[Any]],
    names: Sequence[str],
    *,
    limits: tuple[float, float] | None = None,
    scale: Scale = "sequential",
    width: int = 120,
    chosen: int | None = None,
    key: str | None = None,
) -> None:
    """Draw many maps as one picture each, names below.

    Parameters
    ----------
    maps : (C, h, w) float
    names : sequence of str
        C of them.
    limits : (low, high), optional
        One scale for all; each map its own if not given.
    width : int
        Least pixels of one map on the screen; they grow to fill the rows.
    chosen : int, optional
        Place of the one to outline.
    key : str, optional
        ``data-testid``.
    """
    if len(maps) != len(names):
        raise ShapeError(f"expected a name for each of {len(maps)} maps, got {len(names)}")
    parts = []
    for place, (values, name) in enumerate(zip(maps, names, strict=True)):
        mark = ' class="seg-chosen"' if place == chosen else ""
        inside = pixels_markup(colours(values, limits=limits, scale=scale), caption=name, width=900)
        parts.append(f"<div{mark}>{inside}</div>")
    st.html(
        f'<div class="seg-maps" data-testid="{key or "maps"}" '
        f'style="grid-template-columns:repeat(auto-fill,minmax({width}px,1fr))">'
        f"{''.join(parts)}</div>"
    )
