"""An example of each tool: the marks that a careful visitor would make on one object.

Where the truth is known, the object is the largest connected part of the chosen class, and the
marks are derived from it: so all tools can be compared on the same object. Elsewhere it is an oval
in the middle of the picture.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seglib.annotate import shapes
from seglib.annotate._raster import Size
from seglib.annotate.morphology import MorphologyOptions, disc, morphology
from seglib.annotate.strokes import Stroke
from seglib.ui.annotate.work import Mark

Mask = NDArray[np.bool_]
_CLICKS = 40


def target(truth: Mask | None, size: Size) -> Mask | None:
    """Return the object of the example; ``None`` where the class is not in the picture."""
    if truth is None:
        width, height = size
        radii = (width / 5, height / 5)
        return shapes.ellipse((width / 2, height / 2), radii, 0, size)
    if not truth.any():
        return None
    return morphology(np.ascontiguousarray(truth), options=MorphologyOptions("largest"))


def strokes(tool: str, found: Mask, *, pieces: NDArray[np.int32] | None = None) -> list[Stroke]:
    """Return the strokes for one object; empty where the tool takes marks or nothing.

    Parameters
    ----------
    tool : str
        Name of the tool.
    found : (H, W) bool
        The object, not empty.
    pieces : (H, W) int32, optional
        Of a tool that takes pieces: those that lie mostly on the object are clicked, largest
        first, at most 40.
    """
    import cv2

    if tool in ("wand", "grow"):
        return [Stroke("point", (_deepest(found),))]
    if tool in ("superpixels", "kmeans", "meanshift"):
        return _clicks(found, pieces) if pieces is not None else []
    outline = _outline(found)
    if tool == "polygon":
        corners = cv2.approxPolyDP(outline, 1.5, True).reshape(-1, 2)
        if len(corners) < 3:
            corners = np.array(cv2.boxPoints(cv2.minAreaRect(outline)))
        return [Stroke("polygon", _tuples(corners))]
    if tool == "bezier":
        return [Stroke("bezier", _smooth(outline))]
    if tool == "brush":
        return _brush(found)
    if tool in ("ellipse", "rect"):
        (x, y), (width, height), angle = cv2.minAreaRect(outline)
        if tool == "ellipse" and len(outline) >= 5:
            # Same middle, area and second moments as the object: a better fit than its box.
            (x, y), (width, height), angle = _moments(found)
        half = (max(width / 2, 0.5), max(height / 2, 0.5))
        return [
            Stroke(
                "ellipse" if tool == "ellipse" else "rect",
                ((float(x), float(y)),),
                radii=(float(half[0]), float(half[1])),
                angle=float(angle),
            )
        ]
    return []


def marks(tool: str, found: Mask) -> list[Mark]:
    """Return the marks for one object: a box for GrabCut, two kinds of strokes for watershed."""
    import cv2

    rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    x1, x2, y1, y2 = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
    if tool == "grabcut":
        radii = ((x2 - x1) / 2 + 6, (y2 - y1) / 2 + 6)
        box = Stroke(
            "rect", (((x1 + x2) / 2, (y1 + y2) / 2),), radii=(float(radii[0]), float(radii[1]))
        )
        return [Mark(box, True)]
    depth = cv2.distanceTransform(np.pad(found.view(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    width = max(1.0, float(depth.max()) / 3)
    rim = np.asarray(cv2.dilate(found.view(np.uint8), disc(8))) > 0
    inner = Stroke("brush", _spine(np.asarray(depth)), radius=width)
    close = np.asarray(cv2.dilate(found.view(np.uint8), disc(4))) > 0
    outer = [Stroke("brush", path, radius=2.0) for path in _outside(_outline(rim), close)]
    return [Mark(inner, True), *(Mark(stroke, False) for stroke in outer)]


def _outside(outline: NDArray[np.float32], close: Mask) -> list[tuple[tuple[float, float], ...]]:
    """Keep the parts of a closed path that stay off: at the picture's rim it meets the object."""
    closed = np.concatenate([outline, outline[:1]])
    clear = ~close[closed[:, 1].astype(int), closed[:, 0].astype(int)]
    runs = np.split(np.arange(len(closed)), np.flatnonzero(np.diff(clear)) + 1)
    return [_tuples(closed[run]) for run in runs if clear[run[0]]][:40]


def _outline(found: Mask) -> NDArray[np.float32]:
    """Return the outer border in the picture's coordinates: ``(N, 2) float32``.

    OpenCV goes through the centres of the border's pixels. Drawn at twice the size, that path lies
    a quarter of a pixel inside the true edge.
    """
    import cv2

    double = np.repeat(np.repeat(found.view(np.uint8), 2, 0), 2, 1)
    contours, _ = cv2.findContours(double, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    longest = max(contours, key=len).reshape(-1, 2)
    return ((longest + 0.5) / 2).astype(np.float32)


def _deepest(found: Mask) -> tuple[float, float]:
    import cv2

    depth = cv2.distanceTransform(np.pad(found.view(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
    return float(column) + 0.5, float(row) + 0.5


def _clicks(found: Mask, pieces: NDArray[np.int32]) -> list[Stroke]:
    areas = np.bincount(pieces.ravel())
    inside = np.bincount(pieces.ravel(), weights=found.ravel())
    wanted = np.flatnonzero(inside > 0.5 * areas)
    if not wanted.size:
        return [Stroke("point", (_deepest(found),))]
    largest = wanted[np.argsort(-areas[wanted], kind="stable")][:_CLICKS]
    return [Stroke("point", (_deepest(pieces == piece),)) for piece in largest.tolist()]


def _smooth(outline: NDArray[np.float32]) -> tuple[tuple[float, float], ...]:
    """Close a chain of curves through eight to sixteen points of the outline (Catmull-Rom)."""
    count = int(np.clip(len(outline) // 40, 8, 16))
    anchors = outline[np.linspace(0, len(outline), count, endpoint=False).astype(int)]
    ahead, behind = np.roll(anchors, -1, 0), np.roll(anchors, 1, 0)
    slope = (ahead - behind) / 6
    chain = [anchors[0]]
    for k in range(count):
        nxt = (k + 1) % count
        chain += [anchors[k] + slope[k], anchors[nxt] - slope[nxt], anchors[nxt]]
    return _tuples(chain)


def _brush(found: Mask) -> list[Stroke]:
    """A few wide strokes along the rows: quick and rough, as by hand."""
    rows = np.flatnonzero(found.any(axis=1))
    height = int(rows[-1] - rows[0] + 1)
    radius = max(1.5, height / 14)
    strokes_: list[Stroke] = []
    for y in np.arange(rows[0] + radius, rows[-1] + 1, 1.6 * radius):
        columns = np.flatnonzero(found[min(int(y), found.shape[0] - 1)])
        if columns.size == 0:
            continue
        # Each run of the row is a stroke of its own: holes stay open.
        for run in np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1):
            left, right = run[0] + radius, run[-1] + 1 - radius
            if left > right:
                left = right = (run[0] + run[-1] + 1) / 2
            points = ((float(left), float(y)), (float(right), float(y)))
            strokes_.append(Stroke("brush", points, radius=float(radius)))
    return strokes_ or [Stroke("brush", (_deepest(found),), radius=float(radius))]


def _moments(found: Mask) -> tuple[tuple[float, float], tuple[float, float], float]:
    rows, columns = np.nonzero(found)
    x, y = columns + 0.5, rows + 0.5
    values, vectors = np.linalg.eigh(np.cov(np.stack([x, y]), ddof=0) + 1e-9 * np.eye(2))
    major = vectors[:, 1]
    angle = float(np.degrees(np.arctan2(major[1], major[0])))
    # An ellipse with half axis a has variance a² / 4 along it.
    a, b = 2 * np.sqrt(values[::-1])
    return (float(x.mean()), float(y.mean())), (float(2 * a), float(2 * b)), angle


def _spine(depth: NDArray[np.float32]) -> tuple[tuple[float, float], ...]:
    """A path through the middle: in some rows, the place deepest inside."""
    rows = np.flatnonzero(depth.max(axis=1) > 0.5 * depth.max())
    picked = rows[:: max(1, len(rows) // 12)]
    return tuple((float(depth[row].argmax()) + 0.5, float(row) + 0.5) for row in picked.tolist())


def _tuples(points: object) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in np.asarray(points).tolist())
