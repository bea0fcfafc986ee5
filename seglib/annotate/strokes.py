"""A stroke: one thing that somebody drew on a picture, as numbers, and its mask."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from seglib.annotate import shapes
from seglib.annotate._raster import MAX_COORDINATE, MAX_POINTS, Size, check_size
from seglib.errors import ShapeError

Kind = Literal["brush", "polygon", "bezier", "ellipse", "rect", "point"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_LEAST: dict[Kind, int] = {
    "brush": 1,
    "polygon": 3,
    "bezier": 4,
    "ellipse": 1,
    "rect": 1,
    "point": 1,
}


@dataclass(frozen=True)
class Stroke:
    """What was drawn, in pixels of the picture.

    Parameters
    ----------
    kind : str
        ``brush`` (a path and a radius), ``polygon`` (corners), ``bezier`` (anchor, handle, handle,
        anchor, …), ``ellipse`` or ``rect`` (one point, the centre, with ``radii`` and ``angle``),
        ``point`` (a click).
    points : tuple of (x, y)
        1 to 20,000, finite.
    radius : float
        Of the brush.
    radii : (a, b)
        Half axes of an ellipse; half sides of a rectangle.
    angle : float
        Turn in degrees, clockwise on the screen.

    Raises
    ------
    ShapeError
        A number is missing, not finite or out of range.
    """

    kind: Kind
    points: tuple[tuple[float, float], ...]
    radius: float = 0.0
    radii: tuple[float, float] = (0.0, 0.0)
    angle: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ShapeError(f"expected a stroke of {', '.join(KINDS)}, got {self.kind!r}")
        least = _LEAST[self.kind]
        if not least <= len(self.points) <= MAX_POINTS:
            raise ShapeError(
                f"expected {least} to {MAX_POINTS} points of a {self.kind}, got {len(self.points)}"
            )
        if self.kind == "bezier" and len(self.points) % 3 != 1:
            raise ShapeError(f"expected 3 n + 1 points of a bezier, got {len(self.points)}")
        numbers = [*(v for point in self.points for v in point), self.angle]
        sizes = [self.radius, *self.radii]
        if not all(math.isfinite(v) and abs(v) <= MAX_COORDINATE for v in [*numbers, *sizes]):
            raise ShapeError("expected finite coordinates of a stroke up to a million pixels")
        if min(sizes) < 0 or (self.kind == "brush" and self.radius == 0):
            raise ShapeError(f"expected a stroke of some size, got {sizes}")


def to_mask(stroke: Stroke, size: Size) -> NDArray[np.bool_]:
    """Return the pixels that a stroke covers.

    Parameters
    ----------
    stroke : Stroke
    size : (width, height)
        Of the picture.

    Returns
    -------
    (H, W) bool
        Read-only. A click covers the one pixel that it hits, or none outside the picture.
    """
    if stroke.kind == "brush":
        return shapes.brush(stroke.points, stroke.radius, size)
    if stroke.kind == "polygon":
        return shapes.polygon(stroke.points, size)
    if stroke.kind == "bezier":
        return shapes.bezier(stroke.points, size)
    if stroke.kind == "ellipse":
        return shapes.ellipse(stroke.points[0], stroke.radii, stroke.angle, size)
    if stroke.kind == "rect":
        a, b = stroke.radii
        return shapes.rotated_rectangle(stroke.points[0], (2 * a, 2 * b), stroke.angle, size)
    width, height = check_size(size)
    mask = np.zeros((height, width), np.bool_)
    for x, y in stroke.points:
        if 0 <= x < width and 0 <= y < height:
            mask[int(y), int(x)] = True
    mask.setflags(write=False)
    return mask


def parse(report: Any, *, max_points: int = MAX_POINTS) -> Stroke:
    """Read a stroke that a browser reported; it comes from outside and may hold anything.

    Parameters
    ----------
    report : object
        A mapping with ``kind``, ``points`` (pairs, or one flat list of numbers) and, by kind,
        ``radius``, ``radii`` and ``angle``.
    max_points : int
        Refuse longer ones before looking at them.

    Raises
    ------
    ShapeError
        It is no stroke.
    """
    if not isinstance(report, Mapping):
        raise ShapeError(f"expected a stroke, got {type(report).__name__}")
    raw = report.get("points")
    if not isinstance(raw, (list, tuple)) or len(raw) > 2 * max_points:
        raise ShapeError(f"expected at most {max_points} points of a stroke")
    if raw and not isinstance(raw[0], (list, tuple)):
        if len(raw) % 2:
            raise ShapeError("expected an x and a y for each point of a stroke")
        raw = list(zip(raw[::2], raw[1::2], strict=True))
    points = tuple(_pair(pair) for pair in raw)
    if len(points) > max_points:
        raise ShapeError(f"expected at most {max_points} points of a stroke, got {len(points)}")
    kind = report.get("kind")
    return Stroke(
        kind=kind if isinstance(kind, str) else "",  # type: ignore[arg-type]
        points=points,
        radius=number(report.get("radius", 0.0)),
        radii=_pair(report.get("radii", (0.0, 0.0))),
        angle=number(report.get("angle", 0.0)),
    )


def number(value: Any) -> float:
    """Return a finite number from outside or raise :class:`~seglib.errors.ShapeError`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ShapeError(f"expected a number in a stroke, got {type(value).__name__}")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found) or abs(found) > MAX_COORDINATE:
        raise ShapeError("expected finite coordinates of a stroke up to a million pixels")
    return found


def _pair(value: Any) -> tuple[float, float]:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise ShapeError("expected pairs of numbers in a stroke")
    return number(value[0]), number(value[1])
