"""The inside of a file: palette and indices of a VOC PNG, the linked rows of a COCO JSON."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from seglib import render
from seglib.formats import polygons, rle, voc
from seglib.formats.coco import CocoFile, CocoImage, Runs
from seglib.formats.voc_inside import VocInside
from seglib.labels import VOID_COLOR
from seglib.ui import address
from seglib.ui.figures import matrix
from seglib.ui.figures.plate import Mark
from seglib.ui.formats import drawing, state
from seglib.ui.formats.state import LOOK, Opened, Subject, X, Y
from seglib.ui.numbers import percent

WINDOW = 14
_OUTLINED = 200
_TRACED = 4_000_000
_CUT = 60


def voc_stage(now: Opened, inside: VocInside) -> None:
    """Draw a VOC file as colours, as numbers, or its void."""
    look = address.get(LOOK)
    if look == "indices":
        _indices(inside)
        return
    size = inside.size
    if look == "void":
        photo = state.photo(now)
        pixels = np.zeros((size[1], size[0], 3), np.uint8) if photo is None else photo
        shown = render.faded(pixels).copy()
        shown[inside.indices == voc.VOID] = (0xE6, 0x9F, 0x00)
        share = np.count_nonzero(inside.indices == voc.VOID) / inside.indices.size
        drawing.show(
            drawing.background(shown, size, sharp=True),
            (0, 0, *size),
            alt="Void pixels in orange over the picture",
            testid="fm-stage",
        )
        st.html(
            f'<p class="seg-caption" data-testid="fm-void">Void (index 255): {percent(share)} of '
            "the pixels. No metric judges them: there the annotators themselves disagree.</p>"
        )
        return
    drawing.show(
        drawing.background(_coloured(inside), size, sharp=True),
        (0, 0, *size),
        alt="The label file in the colours of its palette",
        testid="fm-stage",
    )


def _coloured(inside: VocInside) -> drawing.Pixels:
    if inside.palette is None:
        return np.repeat(inside.indices[..., None], 3, axis=2)
    table = np.zeros((256, 3), np.uint8)
    table[: len(inside.palette)] = inside.palette[:256]
    colours: drawing.Pixels = table[inside.indices]
    return colours


def _indices(inside: VocInside) -> None:
    width, height = inside.size
    wide, high = min(WINDOW, width), min(WINDOW, height)
    x = round((width - wide) * int(address.get(X)) / 100)
    y = round((height - high) * int(address.get(Y)) / 100)
    part = inside.indices[y : y + high, x : x + wide]
    whole = _coloured(inside)
    thin = max(width, height) / 160
    box = f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" fill="none" stroke='
    over = f'{box}"#000" stroke-width="{2 * thin:g}"/>{box}"#E69F00" stroke-width="{thin:g}"/>'
    left, right = st.columns([3, 2], gap="medium")
    with left:
        matrix.show(
            part,
            title=f"Columns {x} to {x + wide - 1}, rows {y} to {y + high - 1}",
            numbers=True,
            scale="none",
            key="fm-indices",
            marks=_void_marks(part),
            caption="One byte a pixel: the class. Orange: 255, void.",
        )
    with right:
        drawing.show(
            drawing.background(whole, inside.size, sharp=True) + over,
            (0, 0, width, height),
            alt="Where the numbers are in the file",
            testid="fm-stage",
        )
        for param, label in ((X, "Across"), (Y, "Down")):
            key = f"{param.name}_box"
            st.session_state[key] = int(address.get(param))
            st.slider(label, 0, 100, key=key, on_change=_follow(param, key), format="%d %%")


def _follow(param: address.Param, key: str) -> Any:
    return lambda: address.put(param, str(st.session_state[key]))


def _void_marks(part: Any) -> list[Mark]:
    return [
        Mark((x, y, 1, 1), label="void", fill=True)
        for y, x in np.argwhere(part == voc.VOID).tolist()
    ]


def voc_table(now: Opened, inside: VocInside) -> None:
    """Draw the palette: every index that occurs, its colour, its class, its pixels."""
    counts = inside.counts()
    names = {label.id: label.name for label in now.label_set} | {voc.VOID: "void"}
    rows = []
    for value in np.flatnonzero(counts).tolist():
        color = (value, value, value)
        if inside.palette is not None and value < len(inside.palette):
            color = tuple(inside.palette[value].tolist())
        known = names.get(value)
        name = escape(known) if known else '<span class="none">no class</span>'
        rows.append(
            f'<tr data-index="{value}"><th scope="row"><i class="sw" style="background:'
            f'rgb{color}"></i>{value}</th><td>{name}</td><td>{color[0]}, {color[1]}, {color[2]}'
            f"</td><td>{counts[value]:,}</td><td>{percent(counts[value] / inside.indices.size)}"
            "</td></tr>"
        )
    entries = "none: grey" if inside.palette is None else f"{len(inside.palette)} colours"
    st.html(
        f'<p class="seg-caption">{inside.bits} bits an index; palette: {entries}; void is 255, '
        f"drawn {VOID_COLOR[0]}, {VOID_COLOR[1]}, {VOID_COLOR[2]} in VOC's own files.</p>"
        '<div class="seg-table" data-testid="fm-palette"><table><thead><tr><th>Index</th>'
        "<th>Class</th><th>Colour</th><th>Pixels</th><th>Share</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def coco_stage(now: Opened, image: CocoImage, chosen: Subject | None) -> None:
    """Draw the picture with all outlines, the chosen annotation thick."""
    size = image.size
    unit = max(size) / 700
    parts = [drawing.background(state.photo(now), size)]
    for subject in state.subjects(now)[:_OUTLINED]:
        if chosen is None or subject.title != chosen.title:
            color = "rgb({},{},{})".format(*subject.color)
            rings = outlines(subject) if size[0] * size[1] <= _TRACED else subject.polygons
            parts.append(drawing.outline(rings, color, 1.5 * unit, fill=0.25))
    if chosen is not None:
        parts.append(drawing.outline(outlines(chosen), "#E69F00", 3.5 * unit, fill=0.35))
        if chosen.annotation is not None:
            x, y, width, height = chosen.annotation.bbox
            parts.append(
                f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="none" '
                f'stroke="#fff" stroke-width="{1.5 * unit:g}" stroke-dasharray="{6 * unit:g} '
                f'{4 * unit:g}"/>'
            )
    drawing.show(
        "".join(parts),
        (0, 0, *size),
        alt=f"{len(state.subjects(now))} annotations on {image.file_name}",
        testid="fm-stage",
    )


def outlines(subject: Subject) -> tuple[Any, ...]:
    """Return the polygons of an annotation, traced where it has run lengths."""
    if subject.polygons:
        return subject.polygons
    return polygons.from_mask(subject.mask()).polygons


def coco_links(now: Opened, file: CocoFile, image: CocoImage, chosen: Subject | None) -> None:
    """Draw the rows of the file that belong together, as they stand in it."""
    if chosen is None or chosen.annotation is None:
        st.html('<p class="seg-note">This picture has no annotation.</p>')
        return
    row = chosen.annotation
    category = file.category(row.category_id)
    first, second, third = st.columns([2, 3, 2], gap="small")
    with first:
        st.markdown(f"**images**, id {image.id}")
        st.code(
            json.dumps(
                {"id": image.id, "width": image.width, "height": image.height,
                 "file_name": image.file_name},
                indent=1,
            ),
            language="json",
            wrap_lines=True,
        )  # fmt: skip
    with second:
        st.markdown(f"**annotations**, id {row.id}")
        st.code(annotation_json(row.as_dict()), language="json", wrap_lines=True)
    with third:
        st.markdown(f"**categories**, id {category.id}")
        st.code(
            json.dumps(
                {"id": category.id, "name": category.name,
                 "supercategory": category.supercategory},
                indent=1,
            ),
            language="json",
        )  # fmt: skip
    measured = rle.area(row.counts(image.size))
    st.html(
        f'<p class="seg-caption" data-testid="fm-link"><b>image_id {row.image_id}</b> names the '
        f"picture, <b>category_id {row.category_id}</b> the class {escape(category.name)}. "
        f"bbox is x, y, width, height (dashed); area says {row.area:,.0f} px, the mask has "
        f"{measured:,} px.</p>"
    )


def annotation_json(row: dict[str, Any]) -> str:
    """Return an annotation's JSON, its long lists cut in the middle of the file only to be read."""
    shown = dict(row)
    segmentation = row["segmentation"]
    if isinstance(segmentation, list):
        shown["segmentation"] = [_cut(part) for part in segmentation[:3]]
        if len(segmentation) > 3:
            shown["segmentation"].append(f"… {len(segmentation) - 3} more")
    else:
        counts = segmentation["counts"]
        cut = (
            _cut(counts)
            if isinstance(counts, list)
            else counts[:_CUT] + ("…" if len(counts) > _CUT else "")
        )
        shown["segmentation"] = {**segmentation, "counts": cut}
    lines = [f'"{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in shown.items()]
    return "{" + ",\n ".join(lines) + "}"


def _cut(values: list[Any]) -> list[Any]:
    if len(values) <= 12:
        return values
    return [*values[:10], f"… {len(values) - 10} more"]


def form_of(subject: Subject) -> str:
    """Say how the file stores a mask."""
    if subject.annotation is None:
        return "indices"
    segmentation = subject.annotation.segmentation
    if isinstance(segmentation, Runs):
        return "run lengths in a string" if segmentation.packed else "run lengths"
    return f"{len(segmentation)} polygon{'' if len(segmentation) == 1 else 's'}"
