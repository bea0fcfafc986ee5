"""Shapes typed as numbers: what the mouse draws can be written instead."""

from __future__ import annotations

import math
import re

from seglib.annotate.paths import parse_path
from seglib.annotate.strokes import Stroke
from seglib.errors import ShapeError

EXAMPLES: dict[str, str] = {
    "polygon": "120,80 300,80 300,200",
    "brush": "120,80 200,120 300,100",
    "bezier": "M 120 80 C 200 20 300 60 300 150 Z",
    "ellipse": "220,150 90,40 30",
    "rect": "220,150 180,80 30",
    "box": "100,60 320,240",
    "click": "220,150",
}
HELP: dict[str, str] = {
    "polygon": "Corners x,y, at least three.",
    "brush": "Points x,y of the brush's path.",
    "bezier": "An SVG path (M L H V C S Q T Z), or points: anchor, handle, handle, anchor, …",
    "ellipse": "Centre x,y, half axes a,b, and degrees clockwise.",
    "rect": "Centre x,y, width,height, and degrees clockwise.",
    "box": "Two opposite corners x,y.",
    "click": "Points x,y to click on.",
}
MAX_TEXT = 20_000
_PAIR = re.compile(r"^([^\s,]+)\s*,\s*([^\s,]+)$")


def parse(text: str, kind: str, *, radius: float = 1.0) -> list[Stroke]:
    """Read what was typed.

    Parameters
    ----------
    text : str
        As in :data:`EXAMPLES`: pairs ``x,y`` with blanks between them.
    kind : str
        A key of :data:`HELP`.
    radius : float
        Of the brush, pixels.

    Returns
    -------
    list of Stroke
        One; several for several clicks.

    Raises
    ------
    ShapeError
        One sentence: what was expected, and what came.
    """
    text = text.strip()
    if not text:
        raise ShapeError(f"expected points such as {EXAMPLES[kind]}, got nothing")
    if len(text) > MAX_TEXT:
        raise ShapeError(f"expected at most {MAX_TEXT:,} characters, got {len(text):,}")
    if kind == "bezier" and text[0] in "Mm":
        return [_path(text)]
    angle = 0.0
    items = re.sub(r"\s*,\s*", ",", text.replace(";", " ")).split()
    if kind in ("ellipse", "rect"):
        if len(items) == 3:
            angle = _number(items.pop())
        if len(items) != 2:
            raise ShapeError(f"expected {HELP[kind].lower().rstrip('.')}, as {EXAMPLES[kind]}")
    points = tuple(_pair(item) for item in items)
    if kind in ("ellipse", "rect"):
        half = 0.5 if kind == "rect" else 1.0
        a, b = (abs(value) * half for value in points[1])
        return [Stroke(kind, points[:1], radii=(a, b), angle=angle)]  # type: ignore[arg-type]
    if kind == "box":
        if len(points) != 2:
            raise ShapeError(f"expected two corners, as {EXAMPLES[kind]}, got {len(points)}")
        (x1, y1), (x2, y2) = points
        center = ((x1 + x2) / 2, (y1 + y2) / 2)
        return [Stroke("rect", (center,), radii=(abs(x2 - x1) / 2, abs(y2 - y1) / 2))]
    if kind == "click":
        return [Stroke("point", (point,)) for point in points[:200]]
    if kind == "brush":
        return [Stroke("brush", points, radius=radius)]
    return [Stroke(kind, points)]  # type: ignore[arg-type]


def _path(text: str) -> Stroke:
    """A path with one outline becomes a polygon that follows its curves."""
    rings = parse_path(text)
    if len(rings) != 1:
        raise ShapeError(f"expected a path of one outline, got {len(rings)}")
    return Stroke("polygon", tuple((float(x), float(y)) for x, y in rings[0].tolist()))


def _pair(item: str) -> tuple[float, float]:
    found = _PAIR.match(item)
    if not found:
        raise ShapeError(f"expected pairs x,y with blanks between them, got {item[:30]!r}")
    return _number(found[1]), _number(found[2])


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e6:
        raise ShapeError(f"expected a number up to a million, got {text[:30]!r}")
    return value
