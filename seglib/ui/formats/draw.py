"""Draw a mask and read at once what each format writes."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.annotate.strokes import Stroke
from seglib.errors import ShapeError
from seglib.formats import coco
from seglib.formats.coco_types import CocoAnnotation, Runs
from seglib.labels import VOC_21
from seglib.ui import address, canvas
from seglib.ui.boundary import sentence
from seglib.ui.downloads import File, download_row
from seglib.ui.figures import matrix
from seglib.ui.formats import draw_state, drawing, inside, shapes, state
from seglib.ui.formats.draw_state import (
    BRUSH,
    CLASS,
    CLASSES,
    EXAMPLES,
    FORM,
    FORMS,
    SHAPES,
    SIZE,
    TOOL,
    TOOLS,
    Written,
)
from seglib.ui.numbers import sig3

WINDOW = (14, 12)


def stage() -> None:
    """Draw the canvas, and under it the mask, the JSON and every form."""
    drawn = draw_state.board()
    mask = shapes.mask_of(drawn, SIZE)
    rows = draw_state.written(drawn, mask, state.tolerance())
    row = chosen(rows)
    if row is None:
        st.html(
            '<p class="seg-caption" data-testid="fm-drawn" data-pixels="0" '
            f'data-heard="{_heard()}">Nothing is drawn: drag on the picture, or take'
            " an example on the right. A polygon is closed at its first "
            "point.</p>"
        )
        return
    left, right = st.columns(2, gap="medium")
    with left:
        _mask(mask, row)
    with right:
        st.code(inside.annotation_json(row.as_dict()), language="json", wrap_lines=True)
        st.html(_said(mask, row))
    st.html(table(rows))


def chosen(rows: tuple[Written, ...]) -> CocoAnnotation | None:
    """Return the annotation in the form that is looked at; a brush is drawn as run lengths."""
    known = {each.form: each.row for each in rows if each.row is not None}
    form = address.get(FORM)
    if form == "polygons" and form not in known:
        form = "counts"  # at this tolerance nothing is left to write
    return known.get(form) or known.get("counts")


def _mask(mask: NDArray[np.bool_], row: CocoAnnotation) -> None:
    color = VOC_21.label(row.category_id).color
    pixels = (draw_state.ground() // 3 + 40).astype(np.uint8)
    pixels[mask] = color
    parts = [drawing.background(pixels, SIZE, sharp=True)]
    unit = SIZE[0] / 420
    if not isinstance(row.segmentation, Runs):
        parts.append(drawing.outline(row.segmentation, "#fff", 2 * unit))
        parts += [drawing.points(ring, unit, most=12) for ring in row.segmentation]
    x, y, width, height = row.bbox
    parts.append(
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="none" '
        f'stroke="#E69F00" stroke-width="{1.5 * unit:g}" stroke-dasharray="{6 * unit:g} '
        f'{4 * unit:g}"/>'
    )
    drawing.show(
        "".join(parts),
        (0, 0, *SIZE),
        alt=f"The mask at its own {SIZE[0]} × {SIZE[1]} pixels, with the outline of the file",
        testid="fm-stage",
    )


def _said(mask: NDArray[np.bool_], row: CocoAnnotation) -> str:
    count = int(np.count_nonzero(mask))
    if isinstance(row.segmentation, Runs):
        how = "area is the sum of every second count"
    else:
        # Our own writer counts the pixels that the polygons cover; an annotator's tool does not.
        enclosed = abs(row.area - coco.measure(row.segmentation)[0]) < 0.01
        how = (
            "area is what the corners enclose"
            if enclosed
            else "area counts the pixels that the polygons cover"
        )
    return (
        f'<p class="seg-caption" data-testid="fm-drawn" data-pixels="{count}" '
        f'data-heard="{_heard()}"><b>{count:,} px</b> have their centre inside. '
        f"The file says area {row.area:,.6g}: {how}; bbox is x, y, "
        "width, height (dashed).</p>"
    )


def _heard() -> str:
    """For the browser tests: a canvas that is not there yet loses what is drawn on it."""
    return "true" if canvas.heard(draw_state.NAME) else "false"


def table(rows: tuple[Written, ...]) -> str:
    """Return a row a form: what it holds, its bytes, and the IoU of writing and reading."""
    body = "".join(
        f'<tr data-form="{each.form}"><th scope="row">{escape(each.title)}</th>'
        f"<td>{each.points}</td><td>{each.size:,}</td><td>{sig3(each.iou)}</td></tr>"
        for each in rows
    )
    return (
        '<div class="seg-table" data-testid="fm-forms"><table><thead><tr><th>The same mask</th>'
        "<th>Holds</th><th>Bytes</th><th>IoU, read back</th></tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def numbers() -> None:
    """Draw the VOC indices around the upper left corner of the drawing."""
    drawn = shapes.parse(address.get(SHAPES))
    mask = shapes.mask_of(drawn, SIZE)
    x1, y1, _, _ = drawing.mask_box(mask)
    wide, high = WINDOW
    x = int(np.clip(x1 - 2, 0, SIZE[0] - wide))
    y = int(np.clip(y1 - 2, 0, SIZE[1] - high))
    index = VOC_21.id_of(address.get(CLASS))
    matrix.show(
        draw_state.indices(mask)[y : y + high, x : x + wide],
        title=f"VOC indices, columns {x} to {x + wide - 1}, rows {y} to {y + high - 1}",
        numbers=True,
        scale="none",
        key="fm-drawn-indices",
        muted=~mask[y : y + high, x : x + wide],
        caption=f"One byte a pixel: {index} is {address.get(CLASS)}, 0 is background. No void: "
        "nobody drew where they were unsure.",
    )


def controls() -> None:
    """Draw examples, tools, class, form, and the text behind it all."""
    # Buttons, not pills: a canvas reports while one clicks, and a report that carries the pill as
    # it was before would choose the old example again.
    st.caption("Examples")
    with st.container(horizontal=True, gap="xsmall", key="fm_examples"):
        for name, text in EXAMPLES.items():
            st.button(
                name,
                key=f"fm_example_{name}",
                on_click=put,
                args=(text,),
                type="primary" if text == address.get(SHAPES) else "secondary",
            )
    _choose(TOOL, "Tool", {name: name for name in TOOLS})
    if address.get(TOOL) == "Brush":
        st.session_state["fm_brush_box"] = int(address.get(BRUSH))
        st.slider(
            "Brush in pixels",
            1,
            12,
            key="fm_brush_box",
            on_change=lambda: address.put(BRUSH, str(st.session_state["fm_brush_box"])),
        )
    follow = address.bound(CLASS, "fm_class_box")
    st.selectbox("Class", CLASSES, key="fm_class_box", on_change=follow)
    _choose(FORM, "Written as", FORMS)
    st.button("Clear", key="fm_clear", icon=":material/delete:", on_click=_clear)
    with st.expander("Type it"):
        _typed()


def _choose(param: address.Param, label: str, options: dict[str, str]) -> None:
    key = f"{param.name}_box"
    address.choose(param, label, options, key=key)


def _clear() -> None:
    put(shapes.EMPTY)


def put(text: str) -> None:
    """Draw something else: the canvas opens afresh with it."""
    st.session_state.pop("_fm_typed", None)
    st.session_state.pop("_fm_board", None)
    address.put(SHAPES, text)


def _typed() -> None:
    wrong: tuple[str, str] | None = st.session_state.get("_fm_typed")
    text = address.get(SHAPES)
    lines = "" if text == shapes.EMPTY else text.replace(";", "\n")
    st.session_state["fm_typed_box"] = wrong[0] if wrong else lines
    with st.form("fm_typed_form", border=False):
        st.text_area(
            "Shapes, one a line",
            key="fm_typed_box",
            max_chars=shapes.MOST_TEXT,
            help="polygon x,y x,y x,y · brush radius x,y x,y · ellipse x,y a,b turn · rect x,y "
            f"a,b turn. Pixels of a picture of {SIZE[0]} × {SIZE[1]}; a and b are half axes.",
        )
        st.form_submit_button("Draw it", key="fm_typed_go", on_click=_read)
    if wrong:
        st.error(wrong[1], icon=":material/error:")


def _read() -> None:
    text = str(st.session_state.get("fm_typed_box") or "")
    try:
        drawn: tuple[Stroke, ...] = shapes.parse(text)
    except ShapeError as error:
        st.session_state["_fm_typed"] = (text, sentence(error))
        return
    # As it was typed, not as our own writer would: the numbers keep their decimals.
    put(";".join(line.strip() for line in text.splitlines() if line.strip()) if drawn else "none")


def downloads() -> None:
    """Draw the buttons for the files of the drawing; made at the click.

    They are made in a thread that knows no session: all that the address says is read here.
    """
    drawn = shapes.parse(address.get(SHAPES))
    mask = shapes.mask_of(drawn, SIZE)
    labels = draw_state.indices(mask)
    row = chosen(draw_state.written(drawn, mask, state.tolerance()))

    def both() -> tuple[bytes, bytes]:
        return draw_state.files(labels, row)

    download_row(
        (
            File("VOC", "drawing.png", lambda: both()[0]),
            File("COCO", "drawing.json", lambda: both()[1]),
        ),
        "fm_drawn",
    )
