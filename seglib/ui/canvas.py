"""A canvas to draw on a picture, around streamlit-drawable-canvas: shapes as numbers, never pixels.

What comes back are strokes in the picture's own coordinates; :func:`to_mask` turns each into a
mask. The canvas reports from a stranger's browser, so everything is checked on the way. Where the
component is missing (tests without a browser), nothing was drawn.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.annotate import fabric
from seglib.annotate.strokes import Stroke, to_mask
from seglib.images import encode_jpeg, encode_png, resize

__all__ = ["MODES", "Mode", "Stroke", "clear", "heard", "show", "to_mask"]

Mode = Literal["freedraw", "polygon", "rect", "ellipse", "line", "point"]
MODES: tuple[Mode, ...] = ("freedraw", "polygon", "rect", "ellipse", "line", "point")
MAX_WIDTH = 720
"""Pixels on the screen; a narrower place shows the canvas smaller."""

_STEP, _NARROWEST = 16, 240


def show(
    name: str,
    background: NDArray[np.uint8] | None,
    *,
    size: tuple[int, int],
    mode: Mode = "freedraw",
    stroke_width: float = 12.0,
    color: str = "#E69F00",
    height: int | None = None,
    exact: bool = False,
    initial: Sequence[Stroke] = (),
) -> tuple[Stroke, ...]:
    """Draw a canvas; return what has been drawn on it.

    Parameters
    ----------
    name : str
        Unique in the app, letters, digits and ``_``.
    background : (H, W, 3) uint8 or None
        Picture beneath, of any resolution; it is stretched over the canvas.
    size : (width, height)
        Of the picture whose coordinates the strokes have.
    mode : str
        One of :data:`MODES`: what the pointer draws. A circle or box drawn can be stretched and
        turned with the canvas' own edit button.
    stroke_width : float
        Of the brush, in the picture's pixels.
    color : str
        CSS colour of the lines, ``#RRGGBB``.
    height : int, optional
        Largest height on the screen, pixels.
    exact : bool
        The background is a map of labels: it is scaled by whole pixels only and never as JPEG.
    initial : sequence of Stroke
        What lies on the canvas when it is opened, to be changed with its edit button. Another one
        needs :func:`clear`; the same one again changes nothing.

    Returns
    -------
    tuple of Stroke
        All strokes on the canvas, first drawn first; ``()`` where there are none.
    """
    width, high = size
    scale = MAX_WIDTH / width
    if height is not None:
        scale = min(scale, height / high)
    # Small pictures are shown larger, but not so large that one pixel fills the screen.
    scale = min(scale, 24.0)
    shown = max(1, round(width * scale)), max(1, round(high * scale))
    with st.container(key=f"canvasbox_{name}"):
        st.html(f"<style>{_fit(name, shown[0])}</style>")
        with st.container(key=f"canvas_{name}"):
            drawing = _mounted(
                fill_color=f"{color}40",
                stroke_width=max(1, round(stroke_width * scale))
                if mode in ("freedraw", "line")
                else 2,
                stroke_color=f"{color}B0" if mode in ("freedraw", "line") else color,
                background_image=_encoded(background, shown, exact=exact),
                initial_drawing=_objects(initial, scale, color) if initial else None,
                width=shown[0],
                height=shown[1],
                drawing_mode="circle" if mode == "ellipse" else mode,
                point_display_radius=4,
                key=key_of(name),
            )
    return _clicks(fabric.read(drawing, scale=scale), mode)


def clear(name: str) -> None:
    """Empty the canvas at its next drawing."""
    st.session_state[_nonce(name)] = secrets.token_hex(4)


def heard(name: str) -> bool:
    """Say whether the browser has told of the canvas that is open, and so of its picture."""
    report = st.session_state.get(key_of(name))
    return isinstance(report, Mapping) and bool(report.get("backgroundFit"))


def key_of(name: str) -> str:
    """Return the key of the canvas: the same until :func:`clear`, so a rerun keeps the canvas."""
    return f"canvas_{name}_{st.session_state.get(_nonce(name), '')}"


def _nonce(name: str) -> str:
    return f"_canvas_nonce_{name}"


def _mounted(**options: Any) -> Any:
    try:
        from streamlit_drawable_canvas import st_canvas
    except ImportError:
        st.info("Drawing needs streamlit-drawable-canvas; everything else works without it.")
        return None
    return st_canvas(**options).json_data


def _clicks(strokes: tuple[Stroke, ...], mode: Mode) -> tuple[Stroke, ...]:
    """Points come as little circles: only their centre means anything."""
    if mode != "point":
        return strokes
    return tuple(Stroke("point", each.points[:1]) for each in strokes)


def _objects(strokes: Sequence[Stroke], scale: float, color: str) -> dict[str, Any]:
    """Return strokes as the objects of Fabric.js, which :func:`fabric.read` reads back."""
    return {"objects": [each for stroke in strokes for each in _object(stroke, scale, color)]}


def _object(stroke: Stroke, scale: float, color: str) -> list[dict[str, Any]]:
    points = [(x * scale, y * scale) for x, y in stroke.points]
    xs, ys = zip(*points, strict=True)
    common: dict[str, Any] = {
        "left": (min(xs) + max(xs)) / 2,
        "top": (min(ys) + max(ys)) / 2,
        "originX": "center",
        "originY": "center",
        "fill": f"{color}40",
        "stroke": color,
        "strokeWidth": 2,
        "angle": stroke.angle,
        "scaleX": 1,
        "scaleY": 1,
        "strokeUniform": True,
    }
    a, b = (scale * radius for radius in stroke.radii)
    if stroke.kind == "polygon":
        return [{**common, "type": "Polygon", "points": [{"x": x, "y": y} for x, y in points]}]
    if stroke.kind == "rect":
        return [{**common, "type": "Rect", "width": 2 * a, "height": 2 * b}]
    if stroke.kind == "ellipse":
        # A circle that was stretched: the canvas has no tool of its own for ellipses.
        return [{**common, "type": "Ellipse", "rx": a, "ry": b}]
    if stroke.kind == "brush":
        path = [["M", *points[0]], *(["L", *point] for point in (points[1:] or points))]
        line = {
            "fill": None,
            "stroke": f"{color}B0",
            "strokeWidth": max(1.0, 2 * stroke.radius * scale),
            "strokeLineCap": "round",
            "strokeLineJoin": "round",
        }
        return [{**common, **line, "type": "Path", "path": path}]
    return []


def _encoded(
    background: NDArray[np.uint8] | None, shown: tuple[int, int], *, exact: bool
) -> bytes | None:
    if background is None:
        return None
    return _bytes(background.tobytes(), background.shape[:2], shown, exact)


@lru_cache(maxsize=16)
def _bytes(data: bytes, shape: tuple[int, int], shown: tuple[int, int], exact: bool) -> bytes:
    """Encode once: the same bytes at every rerun, so that the canvas need not load them again."""
    background = np.frombuffer(data, np.uint8).reshape(*shape, 3)
    height, width = shape
    if exact:
        factor = max(1, min(shown[0] // width, shown[1] // height))
        return encode_png(np.repeat(np.repeat(background, factor, 0), factor, 1))
    # Twice the size on the screen is as sharp as any display needs it.
    if width > 2 * shown[0]:
        background = resize(background, (2 * shown[0], 2 * shown[1]))
    return encode_jpeg(np.ascontiguousarray(background), 90)


def _fit(name: str, width: int) -> str:
    """Style that shows the canvas smaller where its place is narrower.

    The canvas has a fixed width in pixels; a phone has 358. CSS cannot divide one length by
    another everywhere yet, so the zoom goes in steps of 16 pixels of the place's width.
    """
    outer, inner = f".st-key-canvasbox_{name}", f".st-key-canvas_{name}"
    rules = [
        f"{outer}{{container-type:inline-size;width:100%}}",
        # Room for the toolbar that the canvas shows above itself.
        f"{inner}{{padding-top:2.2rem}}",
    ]
    for limit in range(_ceil(width), _NARROWEST - 1, -_STEP):
        zoom = max(0.1, (limit - _STEP) / width)
        rules.append(f"@container (max-width:{limit - 1}px){{{inner}{{zoom:{zoom:.4f}}}}}")
    return "".join(rules)


def _ceil(width: int) -> int:
    return -(-width // _STEP) * _STEP
