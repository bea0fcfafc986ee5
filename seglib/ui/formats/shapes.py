"""Drawn shapes as a line of text each: what one types, and what the address keeps.

``polygon 12,8 40,6 48,30`` has corners, ``brush 2 5,5 20,9`` a radius and a path, ``ellipse 30,22
12,8 15`` and ``rect 30,22 12,8 15`` a centre, half axes (half sides) and a turn in degrees. In the
address a semicolon stands for the end of a line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seglib.annotate import shapes, strokes
from seglib.annotate.strokes import Kind, Stroke
from seglib.errors import ShapeError
from seglib.formats.polygons import Polygon

EMPTY = "none"
MOST_SHAPES, MOST_TEXT = 24, 1_800
_KINDS: tuple[Kind, ...] = ("polygon", "brush", "ellipse", "rect")
_NUMBER = re.compile(r"-?\d{1,5}(\.\d{1,4})?\Z", re.ASCII)
_ELLIPSE_POINTS = 32


def parse(text: str) -> tuple[Stroke, ...]:
    """Read shapes, from anybody.

    Raises
    ------
    ShapeError
        The message names the shape that cannot be read.
    """
    if len(text) > MOST_TEXT:
        raise ShapeError(f"expected at most {MOST_TEXT} characters of shapes, got {len(text)}")
    lines = [line.strip() for line in re.split(r"[;\n]", text) if line.strip()]
    if [line.lower() for line in lines] in ([], [EMPTY]):
        return ()
    if len(lines) > MOST_SHAPES:
        raise ShapeError(f"expected at most {MOST_SHAPES} shapes, got {len(lines)}")
    found = []
    for place, line in enumerate(lines, start=1):
        try:
            found.append(_shape(line))
        except ShapeError as error:
            raise ShapeError(f"shape {place}: {error}") from None
    return tuple(found)


def _shape(line: str) -> Stroke:
    kind, *words = line.split()
    kind = kind.lower()
    if kind not in _KINDS:
        raise ShapeError(f"expected {', '.join(_KINDS)}, got {kind[:20]!r}")
    if kind == "polygon":
        return Stroke("polygon", tuple(_pair(word) for word in words))
    if kind == "brush":
        if not words:
            raise ShapeError("expected a radius and points of a brush")
        return Stroke("brush", tuple(map(_pair, words[1:])), radius=_number(words[0]))
    if len(words) not in (2, 3):
        raise ShapeError(f"expected a centre, two half axes and a turn of the {kind}")
    angle = _number(words[2]) if len(words) == 3 else 0.0
    a, b = _pair(words[1])
    own: Kind = "ellipse" if kind == "ellipse" else "rect"
    return Stroke(own, (_pair(words[0]),), radii=(a, b), angle=angle)


def _pair(word: str) -> tuple[float, float]:
    parts = word.split(",")
    if len(parts) != 2:
        raise ShapeError(f"expected x,y, got {word[:20]!r}")
    return _number(parts[0]), _number(parts[1])


def _number(word: str) -> float:
    if not _NUMBER.match(word):
        raise ShapeError(f"expected a number below 100,000, got {word[:20]!r}")
    return float(word)


def text_of(drawn: Sequence[Stroke]) -> str:
    """Return shapes as text, in tenths of a pixel.

    A freehand path is thinned out until all fits; of more than :data:`MOST_SHAPES` shapes the
    latest are kept.
    """
    kept = [each for each in drawn if each.kind in _KINDS][-MOST_SHAPES:]
    for tolerance in (0.15, 0.3, 0.6, 1.2, 2.4, 5.0):
        text = ";".join(_line(each, tolerance) for each in kept)
        if len(text) <= MOST_TEXT:
            return text or EMPTY
    while len(text) > MOST_TEXT:
        kept = kept[1:]
        text = ";".join(_line(each, 5.0) for each in kept)
    return text or EMPTY


def _line(stroke: Stroke, tolerance: float) -> str:
    if stroke.kind in ("ellipse", "rect"):
        turn = f" {_short(stroke.angle)}" if stroke.angle else ""
        return f"{stroke.kind} {_xy(stroke.points[0])} {_xy(stroke.radii)}{turn}"
    points = _thinned(stroke, tolerance)
    # Both ends of a polygon are one corner where the pointer closed it by hand.
    listed = " ".join(dict.fromkeys(map(_xy, points)) if stroke.kind == "polygon" else
                      _runs(map(_xy, points)))  # fmt: skip
    if stroke.kind == "polygon":
        if listed.count(" ") < 2:
            listed = " ".join(map(_xy, stroke.points[:3]))
        return f"polygon {listed}"
    return f"brush {_short(max(0.1, stroke.radius))} {listed}"


def _runs(words: object) -> list[str]:
    found: list[str] = []
    for word in words:  # type: ignore[attr-defined]
        if not found or word != found[-1]:
            found.append(word)
    return found


def _thinned(stroke: Stroke, tolerance: float) -> list[tuple[float, float]]:
    closed = stroke.kind == "polygon"
    # Corners set one by one are meant as they are.
    if len(stroke.points) <= (40 if closed else 2) and tolerance < 1:
        return list(stroke.points)
    import cv2

    path = np.array(stroke.points, np.float32)[:, None]
    found: list[tuple[float, float]] = cv2.approxPolyDP(path, tolerance, closed)[:, 0].tolist()
    return found


def _xy(point: Sequence[float]) -> str:
    return f"{_short(point[0])},{_short(point[1])}"


def _short(value: float) -> str:
    return f"{round(max(-99_999.0, min(99_999.0, value)), 1) + 0.0:g}"


def mask_of(drawn: Sequence[Stroke], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the pixels whose centre lies in any shape, ``(H, W) bool``."""
    mask = np.zeros((size[1], size[0]), bool)
    for each in drawn:
        mask |= strokes.to_mask(each, size)
    return mask


def corners(drawn: Sequence[Stroke]) -> tuple[Polygon, ...]:
    """Return the shapes as polygons with the points that were drawn; none where a brush was used.

    An ellipse becomes 32 points: COCO has no curves.
    """
    found: list[Polygon] = []
    for each in drawn:
        if each.kind == "polygon":
            found.append(np.array(each.points, np.float64))
        elif each.kind == "rect":
            a, b = each.radii
            found.append(shapes.rectangle_corners(each.points[0], (2 * a, 2 * b), each.angle))
        elif each.kind == "ellipse":
            found.append(_ellipse(each))
        else:
            return ()
    # Points in hundredths of a pixel, as COCO's own files have them.
    return tuple(np.round(ring, 2) for ring in found)


def _ellipse(stroke: Stroke) -> Polygon:
    turn = np.linspace(0, 2 * np.pi, _ELLIPSE_POINTS, endpoint=False)
    angle = np.radians(stroke.angle)
    u, v = stroke.radii[0] * np.cos(turn), stroke.radii[1] * np.sin(turn)
    x, y = stroke.points[0]
    ring: Polygon = np.stack(
        [x + u * np.cos(angle) - v * np.sin(angle), y + u * np.sin(angle) + v * np.cos(angle)], 1
    )
    return ring
