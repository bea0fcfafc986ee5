"""SVG paths: read, and followed as short straight lines.

Source: W3C, Scalable Vector Graphics (SVG) 2, chapter 9.3 "Path data". Arcs (A) are not read: an
ellipse has a rasteriser of its own.
"""

from __future__ import annotations

import math
import re

import numpy as np

from seglib.annotate._raster import MAX_POINTS, Points, check_points
from seglib.errors import ShapeError

TOLERANCE = 0.05
"""Pixels that the straight lines may lie off the curve."""
MAX_TEXT = 200_000
_MAX_PIECES = 512
_TOKEN = re.compile(r"[MLHVCSQTZmlhvcsqtz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[^\s,]")
_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}


def cubic(p0: Points, c1: Points, c2: Points, p1: Points) -> Points:
    """Follow one cubic curve: ``(n, 2)`` points after ``p0``, the last being ``p1``.

    The number of pieces comes from the second differences: a piece of a curve with
    ``|B''| ≤ 6 d`` lies within ``6 d / (8 n²)`` of its chord (Sederberg, CAGD notes, 10.6).
    """
    d = max(
        float(np.hypot(*(p0 - 2 * c1 + c2))),
        float(np.hypot(*(c1 - 2 * c2 + p1))),
    )
    pieces = min(_MAX_PIECES, max(1, math.ceil(math.sqrt(0.75 * d / TOLERANCE))))
    t = (np.arange(1, pieces + 1) / pieces)[:, None]
    s = 1 - t
    followed: Points = s**3 * p0 + 3 * s * s * t * c1 + 3 * s * t * t * c2 + t**3 * p1
    return followed


def flatten_points(points: Points) -> Points:
    """Follow a chain of curves: anchor, handle, handle, anchor, and so on.

    Parameters
    ----------
    points : (3 N + 1, 2) float64
    """
    if len(points) < 4 or len(points) % 3 != 1:
        raise ShapeError(
            "expected 3 n + 1 points (anchor, handle, handle, anchor, …) for a Bézier path, "
            f"got {len(points)}"
        )
    parts = [points[:1]]
    parts += [cubic(*points[k : k + 4]) for k in range(0, len(points) - 1, 3)]
    return np.concatenate(parts)


def parse_path(text: str) -> list[Points]:
    """Read an SVG path and follow its curves.

    Parameters
    ----------
    text : str
        At most 200,000 characters and 20,000 curves and lines.

    Returns
    -------
    list of (N, 2) float64
        One outline a sub-path.

    Raises
    ------
    ShapeError
        It is no such path; the message names the place.
    """
    if len(text) > MAX_TEXT:
        raise ShapeError(f"expected a path of at most {MAX_TEXT:,} characters, got {len(text):,}")
    tokens = _TOKEN.findall(text)
    if not tokens or tokens[0] not in "Mm":
        raise ShapeError(f"expected a path that begins with M, got {text[:20]!r}")
    pen = _Pen()
    at = 0
    steps = 0
    while at < len(tokens):
        command = tokens[at]
        if command.upper() not in _COUNTS:
            raise ShapeError(
                f"expected a path command (M L H V C S Q T Z) at item {at + 1} of the path, "
                f"got {command!r}"
            )
        at += 1
        need = _COUNTS[command.upper()]
        if need == 0:
            pen.close()
            continue
        first = True
        while first or (at < len(tokens) and tokens[at].upper() not in _COUNTS):
            values = [_number(tokens, at + k, command, need) for k in range(need)]
            at += need
            steps += 1
            if steps > MAX_POINTS:
                raise ShapeError(f"expected at most {MAX_POINTS:,} steps in a path, got more")
            # Pairs after the first of an M are lines, says the specification.
            pen.step(command if first or command not in "Mm" else "lL"[command == "M"], values)
            first = False
    return pen.finish()


def _number(tokens: list[str], at: int, command: str, need: int) -> float:
    try:
        return float(tokens[at])
    except (IndexError, ValueError):
        got = repr(tokens[at]) if at < len(tokens) else "the end"
        raise ShapeError(
            f"expected {need} number{'s' * (need > 1)} after {command} (item {at + 1} of the "
            f"path), got {got}"
        ) from None


class _Pen:
    """Follows commands; keeps the outlines drawn so far."""

    def __init__(self) -> None:
        self.rings: list[list[Points]] = []
        self.here = np.zeros(2)
        self.start = np.zeros(2)
        self.handle: Points | None = None
        self.curve = ""

    def close(self) -> None:
        self.here, self.curve = self.start, ""

    def step(self, command: str, values: list[float]) -> None:
        kind, relative = command.upper(), command.islower()
        if kind in "HV":
            axis = "HV".index(kind)
            point = self.here.copy()
            point[axis] = values[0] + (self.here[axis] if relative else 0)
            points = [point]
        else:
            offset = self.here if relative else 0.0
            points = list(np.array(values).reshape(-1, 2) + offset)
        # Refused here, while nothing has been computed from it yet.
        check_points(np.array(points))
        if kind == "M":
            self.here = self.start = points[0]
            self.rings.append([points[0][None]])
            self.curve = ""
            return
        if self.curve == "" and np.array_equal(self.here, self.start) and len(self.rings[-1]) > 1:
            # Drawing goes on after Z: a new outline from the same start.
            self.rings.append([self.start[None]])
        self._draw(kind, points)

    def _draw(self, kind: str, points: list[Points]) -> None:
        here, end = self.here, points[-1]
        mirrored = 2 * here - self.handle if self.handle is not None else here
        if kind in "CS":
            c1 = points[0] if kind == "C" else (mirrored if self.curve == "C" else here)
            c2 = points[-2]
            self.handle, self.curve = c2, "C"
        elif kind in "QT":
            q = points[0] if kind == "Q" else (mirrored if self.curve == "Q" else here)
            c1, c2 = here + (q - here) * (2 / 3), end + (q - end) * (2 / 3)
            self.handle, self.curve = q, "Q"
        else:
            self.handle, self.curve = None, "L"
            self.rings[-1].append(end[None])
            self.here = end
            return
        self.rings[-1].append(cubic(here, c1, c2, end))
        self.here = end

    def finish(self) -> list[Points]:
        rings = [np.concatenate(parts) for parts in self.rings]
        if sum(map(len, rings)) > MAX_POINTS * 50:
            raise ShapeError("expected a simpler path: its curves need over a million lines")
        return rings
