"""Pictures with outlines and numbered points on top, as one SVG image."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.formats.polygons import Polygon
from seglib.images import encode_jpeg, encode_png, resize
from seglib.ui.pack import display_size

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]

MOST_SIDE = 2048
"""Pixels a side of a layer that is sent."""


def grey(size: tuple[int, int]) -> Pixels:
    """Return what stands for a picture that is not there."""
    wide, high = display_size(size, max_side=640)
    return np.full((high, wide, 3), 205, np.uint8)


def image_tag(pixels: Pixels, box: tuple[float, float, float, float], *, sharp: bool) -> str:
    """Return an SVG image that fills a box; label maps stay ``sharp``."""
    data = encode_png(pixels) if sharp else encode_jpeg(pixels, 88)
    kind = "png" if sharp else "jpeg"
    style = ' style="image-rendering:pixelated"' if sharp else ""
    x, y, width, height = box
    return (
        f'<image x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
        f'preserveAspectRatio="none"{style} '
        f'href="data:image/{kind};base64,{base64.b64encode(data).decode()}"/>'
    )


def background(pixels: Pixels | None, size: tuple[int, int], *, sharp: bool = False) -> str:
    """Return a whole picture as the ground, made smaller where it is large."""
    if pixels is None:
        pixels = grey(size)
    elif sharp:
        pixels = thinned(pixels)
    else:
        pixels = resize(pixels, display_size((pixels.shape[1], pixels.shape[0])))
    return image_tag(pixels, (0, 0, *size), sharp=sharp)


def thinned(pixels: Pixels) -> Pixels:
    """Return every second, third … pixel of a layer that is larger than any screen."""
    step = -(-max(pixels.shape[:2]) // MOST_SIDE)
    return np.ascontiguousarray(pixels[::step, ::step])


def outline(polygons: Sequence[Polygon], color: str, width: float, *, fill: float = 0.0) -> str:
    """Return closed outlines; ``width`` in pixels of the picture."""
    parts = []
    for polygon in polygons:
        points = " ".join(f"{x:.6g},{y:.6g}" for x, y in polygon.tolist())
        parts.append(
            f'<polygon points="{points}" fill="{color}" fill-opacity="{fill:g}" stroke="#000" '
            f'stroke-opacity="0.6" stroke-width="{1.8 * width:g}" stroke-linejoin="round"/>'
            f'<polygon points="{points}" fill="none" stroke="{color}" stroke-width="{width:g}" '
            'stroke-linejoin="round"/>'
        )
    return "".join(parts)


def points(polygon: Polygon, unit: float, *, first: int = 1, most: int = 60) -> str:
    """Return corners as dots, numbered; of many, every second, third … has its number."""
    every = max(1, -(-len(polygon) // most))
    parts = []
    for index, (x, y) in enumerate(polygon.tolist()):
        start = index == 0
        parts.append(
            f'<circle cx="{x:.6g}" cy="{y:.6g}" r="{(5 if start else 3) * unit:g}" '
            f'fill="{"#E69F00" if start else "#fff"}" stroke="#000" stroke-width="{unit:g}"/>'
        )
        if index % every == 0:
            parts.append(
                f'<text x="{x + 5 * unit:.6g}" y="{y - 4 * unit:.6g}" font-size="{12 * unit:g}" '
                f'font-family="sans-serif" font-weight="600" fill="#fff" stroke="#000" '
                f'stroke-width="{3 * unit:g}" paint-order="stroke">{first + index}</text>'
            )
    return "".join(parts)


def show(inside: str, box: tuple[float, float, float, float], *, alt: str, testid: str) -> None:
    """Draw an SVG of the part ``x, y, width, height`` of a picture, in pixels."""
    st.html(markup(inside, box, alt=alt, testid=testid))


def markup(inside: str, box: tuple[float, float, float, float], *, alt: str, testid: str) -> str:
    """Return the SVG as an image that fills the column, at most three quarters as high."""
    x, y, width, height = box
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x:g} {y:g} {width:g} {height:g}" '
        f'width="{1000 * width / max(width, height):g}" '
        f'height="{1000 * height / max(width, height):g}">{inside}</svg>'
    )
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<img class="fm-picture" data-testid="{testid}" alt="{escape(alt)}" '
        f'src="data:image/svg+xml;base64,{data}" style="display:block;width:100%;'
        'max-height:68vh;object-fit:contain;object-position:left top"/>'
    )


def part(box: Box, size: tuple[int, int], *, least: int = 12) -> tuple[int, int, int, int]:
    """Return ``x, y, width, height`` of a part of a picture around a box, with a margin."""
    x1, y1, x2, y2 = box
    margin = max(2, round(0.12 * max(x2 - x1, y2 - y1)), (least - max(x2 - x1, y2 - y1)) // 2)
    left, top = max(0, x1 - margin), max(0, y1 - margin)
    right, bottom = min(size[0], x2 + margin), min(size[1], y2 + margin)
    return left, top, max(1, right - left), max(1, bottom - top)


def mask_box(mask: NDArray[np.bool_]) -> Box:
    """Return the tight box x1, y1, x2, y2 of a mask; the whole picture where it is empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return 0, 0, mask.shape[1], mask.shape[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
