"""Strokes from the objects of a drawing canvas (Fabric.js, as streamlit-drawable-canvas reports).

An object has points of its own and a transform: scaled, turned and moved around its centre. The
points are put through it here, so a shape that was turned or stretched after drawing keeps its
exact outline. Colours are never read: strokes are anti-aliased on the screen.

Source: Fabric.js 6, ``Object.calcTransformMatrix`` and ``Path._calcDimensions``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from seglib.annotate._raster import MAX_POINTS, Points
from seglib.annotate.paths import cubic
from seglib.annotate.strokes import Stroke, number
from seglib.errors import ShapeError

MAX_OBJECTS = 200
"""Objects read from one canvas; the rest is left out."""
_ORIGIN = {"left": 0.0, "top": 0.0, "center": 0.5, "right": 1.0, "bottom": 1.0}


def read(drawing: Any, *, scale: float = 1.0) -> tuple[Stroke, ...]:
    """Read the objects of a canvas; whatever makes no sense is left out.

    Parameters
    ----------
    drawing : object
        What the canvas reported; from outside, so it may hold anything.
    scale : float
        Canvas pixels a picture pixel.

    Returns
    -------
    tuple of Stroke
        In the picture's pixels, in the order of drawing.
    """
    if not isinstance(drawing, Mapping):
        return ()
    objects = drawing.get("objects")
    if not isinstance(objects, (list, tuple)):
        return ()
    found = []
    for item in objects[:MAX_OBJECTS]:
        try:
            found.append(_stroke(item, scale))
        except ShapeError:
            continue
    return tuple(found)


def _stroke(item: Any, scale: float) -> Stroke:
    if not isinstance(item, Mapping):
        raise ShapeError("expected an object on the canvas")
    kind = str(item.get("type", "")).lower()
    if kind in ("circle", "ellipse"):
        return _round(item, kind, scale)
    if kind in ("rect", "labeledrect"):
        place = _Place(item, _get(item, "width"), _get(item, "height"))
        half = (abs(place.sx) * place.width / 2, abs(place.sy) * place.height / 2)
        return _centred("rect", place, half, scale)
    if kind == "line":
        ends = np.array(
            [[_get(item, "x1"), _get(item, "y1")], [_get(item, "x2"), _get(item, "y2")]]
        )
        return _along(item, ends, scale)
    if kind == "polygon":
        points = _points(item.get("points"))
        return Stroke("polygon", _tuples(_Place.of(item, points).through(points) / scale))
    if kind == "path":
        path, closed = _path(item.get("path"))
        if closed:
            return Stroke("polygon", _tuples(_Place.of(item, path).through(path) / scale))
        return _along(item, path, scale)
    raise ShapeError(f"expected a shape on the canvas, got {kind[:20]!r}")


class _Place:
    """The transform of an object: local points, relative to its centre, to the canvas."""

    def __init__(self, item: Mapping[str, Any], width: float, height: float) -> None:
        self.width, self.height = width, height
        flip_x = -1 if item.get("flipX") is True else 1
        flip_y = -1 if item.get("flipY") is True else 1
        self.sx, self.sy = _get(item, "scaleX", 1.0), _get(item, "scaleY", 1.0)
        self.angle = _get(item, "angle", 0.0)
        turn = math.radians(self.angle)
        self.turn = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        line = _get(item, "strokeWidth", 1.0)
        # The box that left and top refer to includes the line around the shape.
        if item.get("strokeUniform") is True:
            box = np.array([width * abs(self.sx) + line, height * abs(self.sy) + line])
        else:
            box = np.array([(width + line) * abs(self.sx), (height + line) * abs(self.sy)])
        origin = np.array([_origin(item, "originX", "left"), _origin(item, "originY", "top")])
        corner = np.array([_get(item, "left"), _get(item, "top")])
        self.center = corner + self.turn @ ((0.5 - origin) * box)
        self.scale = np.array([self.sx * flip_x, self.sy * flip_y])
        skew = [math.tan(math.radians(_get(item, name, 0.0))) for name in ("skewX", "skewY")]
        self.skew = np.array([[1, skew[0]], [0, 1]]) @ np.array([[1, 0], [skew[1], 1]])

    @classmethod
    def of(cls, item: Mapping[str, Any], points: Points) -> _Place:
        low, high = points.min(axis=0), points.max(axis=0)
        return cls(item, float(high[0] - low[0]), float(high[1] - low[1]))

    def through(self, points: Points) -> Points:
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        local = ((points - middle) * self.scale) @ self.skew.T
        moved: Points = local @ self.turn.T + self.center
        return moved


def _round(item: Mapping[str, Any], kind: str, scale: float) -> Stroke:
    if kind == "circle":
        a = b = _get(item, "radius")
    else:
        a, b = _get(item, "rx"), _get(item, "ry")
    place = _Place(item, 2 * a, 2 * b)
    return _centred("ellipse", place, (abs(place.sx) * a, abs(place.sy) * b), scale)


def _centred(kind: Any, place: _Place, radii: tuple[float, float], scale: float) -> Stroke:
    x, y = place.center / scale
    a, b = radii
    return Stroke(
        kind, ((float(x), float(y)),), radii=(a / scale, b / scale), angle=place.angle % 360
    )


def _along(item: Mapping[str, Any], path: Points, scale: float) -> Stroke:
    place = _Place.of(item, path)
    # A brush that was stretched unevenly would be an ellipse; its mean width is near enough.
    stretch = 1.0
    if item.get("strokeUniform") is not True:
        stretch = math.sqrt(abs(place.sx * place.sy))
    radius = _get(item, "strokeWidth", 1.0) * stretch / 2 / scale
    return Stroke("brush", _tuples(place.through(path) / scale), radius=radius)


def _path(raw: Any) -> tuple[Points, bool]:
    """Points of a path of M, L, Q and C commands, curves followed; and whether it is closed."""
    if not isinstance(raw, (list, tuple)) or not 0 < len(raw) <= MAX_POINTS:
        raise ShapeError("expected a path on the canvas")
    parts: list[Points] = []
    closed = False
    for command in raw:
        if not isinstance(command, (list, tuple)) or not command:
            raise ShapeError("expected commands in a path")
        letter, values = command[0], np.array([number(value) for value in command[1:]])
        if letter in ("M", "L") and len(values) == 2:
            parts.append(values[None])
        elif letter == "Q" and len(values) == 4 and parts:
            here, bend, end = parts[-1][-1], values[:2], values[2:]
            parts.append(cubic(here, here + (bend - here) * 2 / 3, end + (bend - end) * 2 / 3, end))
        elif letter == "C" and len(values) == 6 and parts:
            parts.append(cubic(parts[-1][-1], values[:2], values[2:4], values[4:]))
        elif letter in ("z", "Z"):
            closed = True
        else:
            raise ShapeError(f"expected M, L, Q, C or Z in a path, got {str(letter)[:8]!r}")
        if len(parts) and sum(map(len, parts[-1:])) > MAX_POINTS:
            raise ShapeError("expected a shorter path")
    points = np.concatenate(parts) if parts else np.zeros((0, 2))
    if not 0 < len(points) <= MAX_POINTS:
        raise ShapeError(f"expected at most {MAX_POINTS} points in a path, got {len(points)}")
    return points, closed


def _points(raw: Any) -> Points:
    if not isinstance(raw, (list, tuple)) or not 3 <= len(raw) <= MAX_POINTS:
        raise ShapeError("expected the corners of a polygon")
    if not all(isinstance(point, Mapping) for point in raw):
        raise ShapeError("expected the corners of a polygon")
    return np.array([[number(point.get("x")), number(point.get("y"))] for point in raw])


def _get(item: Mapping[str, Any], name: str, default: float | None = None) -> float:
    return number(item.get(name, default))


def _origin(item: Mapping[str, Any], name: str, default: str) -> float:
    value = item.get(name, default)
    if isinstance(value, str) and value in _ORIGIN:
        return _ORIGIN[value]
    return number(value)


def _tuples(points: Points) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in points.tolist())
