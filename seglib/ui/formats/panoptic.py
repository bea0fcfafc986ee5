"""COCO's panoptic pair: a PNG whose colours are numbers, and the JSON that explains them."""

from __future__ import annotations

import json
from html import escape

import numpy as np
import streamlit as st

from seglib.formats import coco_panoptic, polygons
from seglib.images import decode
from seglib.results import Panoptic, Segment
from seglib.ui import address
from seglib.ui.address import Param, integer, one_of
from seglib.ui.downloads import File, download_row
from seglib.ui.formats import builtin, drawing, state
from seglib.ui.numbers import percent

LOOKS = {"png": "PNG as it is", "picture": "On the picture"}
LOOK = Param("fm_pan_look", "png", one_of(*LOOKS))
SEGMENT = Param("fm_segment", "0", integer(0, 9_999))
PARAMS = (LOOK, SEGMENT)


@st.cache_resource(max_entries=4, show_spinner=False)
def files(seed: int) -> tuple[Panoptic, bytes, bytes]:
    """Return the street's segments, its PNG and its JSON.

    Ids are taken near the colour of the class, as panopticapi does: one can look at such a PNG.
    """
    truth = builtin.scene(seed).truth.panoptic
    if truth is None:
        raise ValueError("a street has segments")
    ids = np.zeros(truth.segment_ids.shape, np.int32)
    classes: dict[int, int] = {}
    for segment in truth.segments:
        red, green, blue = truth.label_set.label(segment.class_id).color
        number = max(1, red + 256 * green + 65536 * blue)
        while number in classes:
            # The next one of the class: another green, and another red where green runs out.
            number = (number + 23 * 256 + 5) % coco_panoptic.MAX_ID + 1
        classes[number] = segment.class_id
        ids[truth.segment_ids == segment.id] = number
    made = Panoptic.from_ids(ids, classes, truth.label_set)
    png, data = coco_panoptic.write(made, file_name=f"street-{seed:06d}.jpg")
    return made, png, data


def ordered(made: Panoptic) -> tuple[Segment, ...]:
    """Return the segments as they are offered: things first, then by area."""
    thing = {label.id: label.thing for label in made.label_set}
    return tuple(sorted(made.segments, key=lambda each: (not thing[each.class_id], -each.area)))


def stage() -> None:
    """Draw the PNG, the segment that is chosen, and its number put in."""
    made, png, data = files(state.seed())
    listed = ordered(made)
    own = listed[min(int(address.get(SEGMENT)), len(listed) - 1)]
    size = made.size
    pixels = decode(png).pixels
    if address.get(LOOK) == "picture":
        shown = builtin.picture(state.seed()).pixels // 2 + pixels // 2
    else:
        shown = pixels
    parts = [drawing.background(np.ascontiguousarray(shown), size, sharp=True)]
    rings = polygons.from_mask(made.segment_ids == own.id).polygons
    unit = max(size) / 700
    parts.append(drawing.outline(rings, "#E69F00", 3 * unit))
    drawing.show(
        "".join(parts), (0, 0, *size), alt="Segments of the street by number", testid="fm-stage"
    )
    row = next(
        each for each in json.loads(data)["annotations"][0]["segments_info"] if each["id"] == own.id
    )
    y, x = np.argwhere(made.segment_ids == own.id)[0].tolist()
    red, green, blue = pixels[y, x].tolist()
    st.latex(r"\mathrm{id} = R + 256\,G + 256^2\,B")
    st.latex(rf"{red} + 256\cdot{green} + 65536\cdot{blue} = {own.id}")
    st.html(
        f'<p class="seg-caption" data-testid="fm-segment" data-id="{own.id}"><i class="sw" '
        f'style="background:rgb({red} {green} {blue});display:inline-block;width:0.8rem;'
        f'height:0.8rem;vertical-align:-0.05rem"></i> The colour {red}, {green}, {blue} is the '
        f"number {own.id}; the JSON says what it is: category {own.class_id}, "
        f"{escape(made.label_set.label(own.class_id).name)}. Black, 0, is void.</p>"
    )
    st.code(json.dumps(row), language="json", wrap_lines=True)


def controls() -> None:
    """Draw what to show, the segment, and the files."""
    made, png, data = files(state.seed())
    key = "fm_pan_look_box"
    address.choose(LOOK, "Show", LOOKS, key=key)
    titles = [
        f"{made.label_set.label(each.class_id).name}, {each.area:,} px" for each in ordered(made)
    ]
    st.session_state["fm_segment_box"] = min(int(address.get(SEGMENT)), len(titles) - 1)
    st.selectbox(
        "Segment",
        range(len(titles)),
        format_func=lambda place: f"{place + 1}: {titles[place]}",
        key="fm_segment_box",
        on_change=lambda: address.put(SEGMENT, str(st.session_state["fm_segment_box"])),
    )
    download_row(
        (File("PNG", "panoptic.png", png), File("JSON", "panoptic.json", data)), "fm_panoptic"
    )


def table() -> None:
    """Draw the segments of the file."""
    made, _, data = files(state.seed())
    total = made.segment_ids.size
    rows = []
    for row in json.loads(data)["annotations"][0]["segments_info"]:
        red, green, blue = row["id"] & 255, row["id"] >> 8 & 255, row["id"] >> 16
        label = made.label_set.label(row["category_id"])
        rows.append(
            f'<tr data-id="{row["id"]}"><th scope="row"><i class="sw" style="background:'
            f'rgb({red} {green} {blue})"></i>{row["id"]:,}</th><td>{red}, {green}, {blue}</td>'
            f"<td>{escape(label.name)}</td><td>{'thing' if label.thing else 'stuff'}</td>"
            f"<td>{row['area']:,}</td><td>{percent(row['area'] / total)}</td>"
            f"<td>{', '.join(map(str, row['bbox']))}</td></tr>"
        )
    st.html(
        '<div class="seg-table" data-testid="fm-segments"><table><thead><tr><th>id</th>'
        "<th>R, G, B</th><th>Category</th><th></th><th>area</th><th>Share</th><th>bbox</th></tr>"
        f"</thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
