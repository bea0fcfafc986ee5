"""What is drawn: text in the address, strokes on the canvas, and which of the two is the newer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.annotate.strokes import Stroke
from seglib.errors import ShapeError
from seglib.formats import coco, convert, polygons, rle, voc
from seglib.formats.coco_types import CocoAnnotation, Runs
from seglib.images import resize
from seglib.labels import VOC_21
from seglib.results import SemanticMap
from seglib.ui import address, canvas
from seglib.ui.address import Param, integer, one_of
from seglib.ui.formats import builtin, shapes, state

SIZE = (60, 45)
"""Of the picture that is drawn on: small enough that one sees every pixel."""

NAME = "formats"
HEIGHT = 360
TOOLS: dict[str, canvas.Mode] = {
    "Polygon": "polygon",
    "Brush": "freedraw",
    "Rectangle": "rect",
    "Ellipse": "ellipse",
}
FORMS = {"drawn": "As drawn", "polygons": "Polygon", "counts": "Runs", "rle": "Packed"}
EXAMPLES = {
    "Polygon": "polygon 10,30 14,24 24,22 31,22 37,28 46,30 47,36 9,36",
    "Thin pole": "rect 30,22 0.8,18 4",
    "Brush": "brush 5 14,16 26,14 36,24 46,22",
    "Ring": "brush 2.5 30,9 41,14 45,23 41,32 30,36 19,32 15,23 19,14 30,9",
    "Ellipse": "ellipse 30,22 18,9 -20",
    "Two parts": "polygon 6,8 24,6 22,22 8,24;polygon 34,20 54,18 52,38 36,36",
}
CLASSES = tuple(label.name for label in VOC_21 if label.id)


def _readable(text: str) -> bool:
    try:
        shapes.parse(text)
    except ShapeError:
        return False
    return True


SHAPES = Param("fm_shapes", EXAMPLES["Polygon"], _readable)
TOOL = Param("fm_tool", "Polygon", one_of(*TOOLS))
BRUSH = Param("fm_brush", "3", integer(1, 12))
CLASS = Param("fm_class", "bus", one_of(*CLASSES))
FORM = Param("fm_form", "drawn", one_of(*FORMS))
PARAMS = (SHAPES, TOOL, BRUSH, CLASS, FORM)


@dataclass
class _Held:
    """What the canvas shows: opened with ``initial``, last reported as ``seen``."""

    text: str
    initial: tuple[Stroke, ...]
    seen: tuple[Stroke, ...] | None = None


def ground() -> NDArray[np.uint8]:
    """Return the picture to draw on, ``(45, 60, 3) uint8``: the street made small."""
    return _ground(state.seed())


@st.cache_resource(max_entries=8, show_spinner=False)
def _ground(seed: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(resize(builtin.picture(seed).pixels, SIZE))


def board() -> tuple[Stroke, ...]:
    """Draw the canvas; return the shapes that count.

    A new drawing becomes the text in the address. Text from elsewhere (an example, a link, the back
    button) opens a fresh canvas with its shapes, and so does a canvas that was away meanwhile: the
    browser has forgotten its drawing then.
    """
    text = address.get(SHAPES)
    held: _Held | None = st.session_state.get("_fm_board")
    if held is None or held.text != text or canvas.key_of(NAME) not in st.session_state:
        canvas.clear(NAME)
        held = st.session_state["_fm_board"] = _Held(text, shapes.parse(text))
    reported = canvas.show(
        NAME,
        ground(),
        size=SIZE,
        mode=TOOLS[address.get(TOOL)],
        stroke_width=int(address.get(BRUSH)),
        height=HEIGHT,
        exact=True,
        initial=held.initial,
    )
    if held.seen is None:
        held.seen = reported
    elif reported != held.seen:
        held.seen = reported
        held.text = shapes.text_of(reported)
        address.put(SHAPES, held.text)
    return shapes.parse(held.text)


@dataclass(frozen=True, eq=False)
class Written:
    """A mask in one form, and what comes back of it.

    Parameters
    ----------
    form : str
        Of :data:`FORMS`, or ``voc``.
    title : str
    size : int
        Bytes of the segmentation (of the whole PNG).
    points : str
        Corners or runs that it holds.
    iou : float
        Of the drawn mask with the one read back; ``nan`` for two empty ones.
    row : CocoAnnotation or None
    """

    form: str
    title: str
    size: int
    points: str
    iou: float
    row: CocoAnnotation | None = None


def drawn_row(drawn: tuple[Stroke, ...], mask: NDArray[np.bool_]) -> CocoAnnotation | None:
    """Return the annotation as its annotator made it: corners as set, a brush as run lengths."""
    category = VOC_21.id_of(address.get(CLASS))
    rings = shapes.corners(drawn)
    if not rings:
        if not mask.any():
            return None
        return coco.annotation(mask, id=1, category_id=category, form="counts")
    for ring in rings:
        polygons.check(ring)
    area, (x, y, width, height) = coco.measure(rings)
    box = round(x, 2), round(y, 2), round(width, 2), round(height, 2)
    return CocoAnnotation(1, 1, category, rings, round(area, 2), box)


def written(
    drawn: tuple[Stroke, ...], mask: NDArray[np.bool_], tolerance: float
) -> tuple[Written, ...]:
    """Return the mask in every form."""
    if not mask.any():
        return ()
    category = VOC_21.id_of(address.get(CLASS))
    found: list[Written] = []
    own = drawn_row(drawn, mask)
    if own is not None and not isinstance(own.segmentation, Runs):
        found.append(_as_coco("drawn", "Polygon, as drawn", own, mask))
    loss = convert.polygon_loss("", mask, tolerance=tolerance)
    if loss.polygons:
        row = coco.annotation(
            mask, id=1, category_id=category, form="polygons", tolerance=tolerance
        )
        found.append(_as_coco("polygons", "Polygon, traced", row, mask))
    for form, title in (("counts", "Run lengths"), ("rle", "Run lengths, packed")):
        row = coco.annotation(mask, id=1, category_id=category, form=form)  # type: ignore[arg-type]
        found.append(_as_coco(form, title, row, mask))
    data = voc.write(indices(mask), VOC_21)
    again = voc.read(data) == category
    found.append(Written("voc", "VOC PNG", len(data), f"{mask.size:,} px", iou(mask, again)))
    return tuple(found)


def indices(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return the VOC indices: the class where something is drawn, 0 elsewhere."""
    return np.where(mask, np.uint8(VOC_21.id_of(address.get(CLASS))), np.uint8(0))


def _as_coco(form: str, title: str, row: CocoAnnotation, mask: NDArray[np.bool_]) -> Written:
    import json

    size = (mask.shape[1], mask.shape[0])
    text = json.dumps(coco.segmentation_json(row.segmentation), separators=(",", ":"))
    if isinstance(row.segmentation, Runs):
        points = f"{len(row.segmentation.counts):,} runs"
    else:
        points = f"{sum(map(len, row.segmentation)):,} points"
    again = rle.decode(row.counts(size), size)
    return Written(form, title, len(text.encode()), points, iou(mask, again), row)


def iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Return the intersection over union; ``nan`` where both are empty."""
    union = int(np.count_nonzero(one | other))
    return int(np.count_nonzero(one & other)) / union if union else float("nan")


def files(labels: NDArray[np.uint8], row: CocoAnnotation | None) -> tuple[bytes, bytes]:
    """Return the drawing as a VOC PNG (its indices are ``labels``) and as a COCO JSON."""
    base = coco.from_semantic(
        SemanticMap(np.zeros(labels.shape, np.uint8), VOC_21), file_name="drawing.png"
    )
    file = coco.CocoFile(base.images, () if row is None else (row,), base.categories)
    return voc.write(labels, VOC_21), coco.write(file)
