"""One mask of the file: its polygon's points, its run lengths, and what converting loses."""

from __future__ import annotations

import base64
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.formats import convert, polygons, rle
from seglib.images import encode_png
from seglib.render import FALSE_NEGATIVE, FALSE_POSITIVE, TRUE_POSITIVE
from seglib.ui import address, plots, stepper
from seglib.ui.figures import plate
from seglib.ui.figures.plate import Mark
from seglib.ui.formats import drawing, state
from seglib.ui.formats.state import OUTLINE, STEP, Opened, Subject
from seglib.ui.numbers import pixels, sig3

MOST_COLUMNS, MOST_ROWS = 24, 18
_UNREAD, _BLACK, _WHITE = (128, 128, 128), (0, 0, 0), (255, 255, 255)


def points_stage(now: Opened, subject: Subject) -> None:
    """Draw a mask's polygons with their points numbered."""
    size = state.size(now)
    if size is None:
        return
    own = subject.polygons
    traced = own or polygons.from_mask(subject.mask(), tolerance=state.tolerance()).polygons
    if not traced:
        st.html('<p class="seg-note">At this tolerance no polygon is left.</p>')
        return
    all_points = np.concatenate(traced)
    low, high = np.floor(all_points.min(axis=0)), np.ceil(all_points.max(axis=0))
    inside = (
        int(np.clip(low[0], 0, size[0] - 1)),
        int(np.clip(low[1], 0, size[1] - 1)),
        int(np.clip(high[0], 1, size[0])),
        int(np.clip(high[1], 1, size[1])),
    )
    box = drawing.part(inside, size)
    unit = max(box[2:]) / 640
    drawn = [
        drawing.background(state.photo(now), size),
        drawing.outline(traced, "#56B4E9", 2 * unit, fill=0.3),
    ]
    first, most = 1, max(6, 60 // len(traced))
    for polygon in traced:
        drawn.append(drawing.points(polygon, unit, first=first, most=most))
        first += len(polygon)
    drawing.show(
        "".join(drawn), box, alt=f"Polygon of {subject.title}, points numbered", testid="fm-stage"
    )
    start = traced[0][:4]
    listed = ", ".join(f"{x:g}, {y:g}" for x, y in start.tolist())
    where = "as the file has them" if own else "traced from the mask: the file has no polygon"
    st.html(
        f'<p class="seg-caption" data-testid="fm-points"><b>{len(all_points)} points in '
        f"{len(traced)} polygon{'' if len(traced) == 1 else 's'}</b>, {where}. The file reads "
        f"[[{listed}, …]]: x1, y1, x2, y2 …; point 1 is orange, and the last joins the first.</p>"
    )


def small(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask's box with a rim of one pixel, copied down to at most 24 × 18 pixels."""
    x1, y1, x2, y2 = drawing.mask_box(mask)
    cut = np.pad(mask[y1:y2, x1:x2], 1)
    height, width = cut.shape
    scale = max(1.0, width / MOST_COLUMNS, height / MOST_ROWS)
    wide, high = max(1, int(width / scale)), max(1, int(height / scale))
    rows = (np.arange(high) * height + height // 2) // high
    columns = (np.arange(wide) * width + width // 2) // wide
    return np.ascontiguousarray(cut[rows[:, None], columns])


def runs_stage(subject: Subject) -> None:
    """Draw run lengths as they are read: column by column, black and white."""
    mask = small(subject.mask())
    height, width = mask.shape
    counts = rle.encode(mask)
    step = stepper.read(STEP, len(counts)) + 1
    read = int(counts[:step].sum())
    flat = np.full((width * height, 3), _UNREAD, np.uint8)
    values = mask.T.reshape(-1)
    flat[:read] = np.where(values[:read, None], np.uint8(255), np.uint8(0))
    picture = np.ascontiguousarray(flat.reshape(width, height, 3).transpose(1, 0, 2))
    data = base64.b64encode(encode_png(picture)).decode()
    start = read - int(counts[step - 1])
    cell = max(14.0, min(34.0, 620 / width, 420 / height))
    plate_html = plate.markup(
        f'<img class="seg-map" alt="" src="data:image/png;base64,{data}">',
        (width, height),
        cell=cell,
        title=f"{width} × {height} pixels, read down each column",
        marks=_run_marks(start, read, height),
        alt=f"Run lengths read up to run {step} of {len(counts)}",
        testid="fm-runs",
    )
    st.html(plate_html)
    chips = "".join(_chip(index, int(count), step) for index, count in enumerate(counts.tolist()))
    color = "object, white" if step % 2 == 0 else "background, black"
    said = (
        f"Run {step} of {len(counts)}: {read - start} pixels of {color}, from column "
        f"{start // height}, row {start % height}. {read} of {mask.size} pixels are read."
    )
    st.html(
        f'<p class="seg-caption" data-testid="fm-run">{said}</p>'
        f'<div class="fm-chips" data-testid="fm-counts">{chips}</div>'
        f'<p class="seg-note">As COCO packs it: <code data-testid="fm-packed">'
        f"{escape(rle.to_string(counts, (width, height)))}</code></p>{_CHIPS}"
    )
    stepper.show(STEP, len(counts), label="Run")


_CHIPS = """<style>
.fm-chips { display: flex; flex-wrap: wrap; gap: 0.25rem; margin: 0.4rem 0; font-size: 0.8rem; font-variant-numeric: tabular-nums; }
.fm-chips b { font-weight: 500; padding: 0.05rem 0.4rem; border-radius: 0.25rem; border: 1px solid rgb(128 128 128 / 0.6); }
.fm-chips .bg { background: #000; color: #fff; } .fm-chips .ob { background: #fff; color: #000; }
.fm-chips .later { opacity: 0.4; } .fm-chips .now { outline: 3px solid #E69F00; }
</style>"""  # noqa: E501


def _chip(index: int, count: int, step: int) -> str:
    state_ = "now" if index == step - 1 else "later" if index >= step else ""
    return f'<b class="{"ob" if index % 2 else "bg"} {state_}">{count}</b>'


def _run_marks(start: int, end: int, height: int) -> list[Mark]:
    """Outline a run: one box for each column that it passes."""
    marks = []
    while start < end:
        column, row = divmod(start, height)
        length = min(end - start, height - row)
        marks.append(Mark((column, row, 1, length)))
        start += length
    return marks


def convert_stage(now: Opened, subject: Subject) -> None:
    """Draw a mask, its polygons at the tolerance, and what is kept, lost and invented."""
    size = state.size(now)
    if size is None:
        return
    mask = subject.mask()
    found = convert.polygon_loss(
        subject.title,
        mask,
        tolerance=state.tolerance(),
        outline="edges" if address.get(OUTLINE) == "edges" else "centres",
    )
    again = polygons.to_mask(found.polygons, size) if found.polygons else np.zeros_like(mask)
    layer = np.zeros((*mask.shape, 4), np.uint8)
    for where, color in (
        (mask & again, TRUE_POSITIVE),
        (mask & ~again, FALSE_NEGATIVE),
        (again & ~mask, FALSE_POSITIVE),
    ):
        layer[where] = (*color, 165)
    box = drawing.part(drawing.mask_box(mask | again), size)
    x, y, width, height = box
    cut = drawing.thinned(layer[y : y + height, x : x + width])
    unit = max(width, height) / 640
    drawing.show(
        drawing.background(state.photo(now), size)
        + drawing.image_tag(cut, (x, y, width, height), sharp=True)
        + drawing.outline(found.polygons, "#fff", 1.5 * unit),
        box,
        alt=f"{subject.title}: pixels kept, lost and invented by its polygons",
        testid="fm-stage",
    )
    legend = "".join(
        f'<span><i class="sw" style="background:rgb{color}"></i>{name} {pixels(count)}</span>'
        for name, color, count in (
            ("kept", TRUE_POSITIVE, found.kept),
            ("lost", FALSE_NEGATIVE, found.pixels - found.kept),
            ("invented", FALSE_POSITIVE, found.invented),
        )
    )
    st.html(
        f'<p class="seg-caption fm-legend" data-testid="fm-loss">{legend}</p><style>'
        ".fm-legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; } .fm-legend .sw { "
        "display: inline-block; width: 0.8rem; height: 0.8rem; border-radius: 0.2rem; "
        "margin-right: 0.35rem; vertical-align: -0.05rem; }</style>"
    )
    with st.grid(4, min_column_width=120, gap="small"):
        st.metric("IoU", sig3(found.iou), help="Mask with its polygons rasterised", border=True)
        st.metric("Points", f"{found.corners:,}", help="Of all polygons", border=True)
        st.metric("Runs", f"{found.runs:,}", help="Run lengths hold it without loss", border=True)
        st.metric("Holes filled", f"{found.holes:,}", help="A polygon has none", border=True)


def loss_curve(subject: Subject) -> None:
    """Draw IoU over tolerance, along pixel edges and through pixel centres."""
    mask = subject.mask()
    steps = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0]
    series: dict[str, tuple[list[float], list[float]]] = {}
    for outline, title in state.OUTLINE_TITLES.items():
        values = [
            convert.polygon_loss(
                "", mask, tolerance=each, outline="edges" if outline == "edges" else "centres"
            ).iou
            for each in steps
        ]
        series[title] = (steps, values)
    plots.line(
        series,
        x="tolerance in pixels",
        y="IoU with the mask",
        key="fm_curve",
        markers=True,
        at=state.tolerance(),
        alt="IoU of mask and polygons over the tolerance",
    )
