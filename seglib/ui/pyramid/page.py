"""The page: bins on the picture, the four levels, one bin, costs, tabs."""

from __future__ import annotations

import streamlit as st

from seglib.concepts import pyramid
from seglib.concepts.pyramid_options import PyramidOptions
from seglib.ui import address, knobs, lesson, picker, stepper
from seglib.ui.figures import feature, matrix, plate
from seglib.ui.figures.plate import Dot, Mark
from seglib.ui.numbers import percent, sig3
from seglib.ui.pyramid import held as holding
from seglib.ui.pyramid import tabs
from seglib.ui.pyramid.held import Held
from seglib.ui.roi import point

PREFIX = "pyramid"
BIN = stepper.param("pyramid_bin", 4)
PARAMS = (*knobs.params(PyramidOptions, PREFIX), BIN)
"""Everything that this page keeps in the address, besides the picture and the open tab."""

TITLES = {
    "under": {"picture": "Picture", "features": "Features"},
    "width": {"street": "this layer (320)", "paper": "the paper (2048)"},
}


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Pyramid pooling",
        "Averages over a few large bins tell each cell what kind of scene it belongs to.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    options = knobs.read(PyramidOptions, PREFIX)
    found = holding.read(picker.current().image)
    count = options.bins**2
    number = stepper.read(BIN, count)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _stage(options, found, number)
    with right:
        _presets()
        knobs.show(PyramidOptions, PREFIX, only=["bins", "group", "under"], titles=TITLES)
        stepper.show(BIN, count, label="Bin")
        _one_bin(options, found, number)
    _levels(options, found, number)
    tabs.show(options, found)


def _presets() -> None:
    def chosen() -> None:
        name = st.session_state.get("pyramid_presets")
        if name:
            knobs.put(PyramidOptions, PREFIX, bins=int(name[0]))
            address.put(BIN, str(int(name[0]) ** 2 // 2))
        st.session_state["pyramid_presets"] = None

    st.pills(
        "Levels of the paper",
        [f"{bins} × {bins}" for bins in pyramid.BINS],
        key="pyramid_presets",
        on_change=chosen,
        wrap=True,
        label_visibility="collapsed",
    )


def _spans(options: PyramidOptions, found: Held) -> tuple[tuple[tuple[int, int], ...], ...]:
    wide, high = found.size
    return pyramid.spans(wide, options.bins), pyramid.spans(high, options.bins)


def _box(
    columns: tuple[tuple[int, int], ...], rows: tuple[tuple[int, int], ...], number: int
) -> tuple[int, int, int, int]:
    row, column = divmod(number, len(columns))
    left, past_x = columns[column]
    top, past_y = rows[row]
    return left, top, past_x - left, past_y - top


def _stage(options: PyramidOptions, found: Held, number: int) -> None:
    columns, rows = _spans(options, found)
    chosen = _box(columns, rows, number)
    marks = [
        Mark(_box(columns, rows, other), "#0072B2", dashed=True)
        for other in range(options.bins**2)
        if other != number
    ]
    marks.append(Mark(chosen, "#E69F00", fill=True))
    bare = options.under == "picture"
    wide, high = found.size
    image = found.picture if bare else holding.map_uri(found.reduced[options.group])

    def pointed(x: int, y: int) -> None:
        # a cell that two bins share belongs to the first
        column = next(place for place, (_, past) in enumerate(columns) if x < past)
        row = next(place for place, (_, past) in enumerate(rows) if y < past)
        address.put(BIN, str(row * options.bins + column))

    point.show(
        "pyramid_map",
        image,
        size=(wide, high),
        at=(chosen[0] + chosen[2] // 2, chosen[1] + chosen[3] // 2),
        on_point=pointed,
        title=f"{options.bins} × {options.bins} bins on {wide} × {high} cells of 16 px",
        marks=marks,
        smooth=bare,
    )


def _one_bin(options: PyramidOptions, found: Held, number: int) -> None:
    columns, rows = _spans(options, found)
    wide, high = found.size
    row, column = divmod(number, options.bins)
    left, top, across, down = _box(columns, rows, number)
    average = float(found.reduced[options.group, top : top + down, left : left + across].mean())
    st.latex(
        r"\left\lfloor \tfrac{i\,h}{n} \right\rfloor \;\dots\; "
        r"\left\lceil \tfrac{(i+1)\,h}{n} \right\rceil - 1"
    )
    lines = [
        _formula(name, place, cells, options.bins, first, size)
        for name, place, cells, first, size in (
            ("rows", row, high, top, down),
            ("columns", column, wide, left, across),
        )
    ]
    st.latex(r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}")
    share = across * down / (wide * high)
    st.html(
        f'<p class="seg-note" data-testid="pyramid-bin">Bin {row + 1}, {column + 1} averages '
        f"{across} × {down} = {across * down} cells, {percent(share)} of the map: "
        f"<b>{sig3(average)}</b>.</p>"
    )


def _formula(name: str, place: int, cells: int, bins: int, first: int, size: int) -> str:
    """Write one side of a bin, with the numbers put in."""
    low = rf"\left\lfloor \tfrac{{{place} \cdot {cells}}}{{{bins}}} \right\rfloor"
    high = rf"\left\lceil \tfrac{{{place + 1} \cdot {cells}}}{{{bins}}} \right\rceil"
    return (
        rf"\text{{{name}}}\;\; & {low} \dots {high} - 1 \\ "
        rf"& = {first} \dots {first + size - 1}"
    )


def _levels(options: PyramidOptions, found: Held, number: int) -> None:
    st.markdown("#### The four levels of the paper: averaged, then brought back to the map's size")
    group = options.group
    values = found.reduced[group]
    limits = feature.span(values)
    columns, rows = _spans(options, found)
    left, top, across, down = _box(columns, rows, number)
    at = Dot((left + across / 2, top + down / 2), radius=0.6)
    wide, high = found.size
    parts = []
    for level in found.levels:
        name = f"{level.bins} × {level.bins}"
        pooled = feature.markup(
            level.pooled[group],
            title=f"{name}: {sig3(float(level.pooled[group, 0, 0]))}",
            limits=limits,
            width=164,
            key=f"pyramid-{level.bins}",
        )
        numbers = matrix.svg(
            level.pooled[group],
            title=name,
            scale="sequential",
            limits=limits,
            numbers=True,
            cell=164 / level.bins,
            key=f"pyramid-{level.bins}",
        )
        full = feature.markup(
            level.full[group],
            caption=f"back at {wide} × {high}",
            limits=limits,
            width=164,
            marks=[at],
        )
        first = numbers if level.bins > 1 else pooled
        parts.append(f'<div style="display:grid;gap:0.6rem">{first}{full}</div>')
    own = feature.markup(
        values,
        title="The features",
        caption=f"reduced channel {group}",
        limits=limits,
        width=164,
        marks=[at],
        key="pyramid-features",
    )
    st.html(plate.row_markup([own, *parts], align="flex-end"))
    channels = len(found.features)
    st.html(
        f'<p class="seg-note" data-testid="pyramid-together">Side by side: {channels} channels of '
        f"features + {len(found.levels)} × {channels // len(found.levels)} of the levels = "
        f"{len(found.together)} channels for the next convolution.</p>"
    )
    x, y = min(wide - 1, left + across // 2), min(high - 1, top + down // 2)
    with st.grid(5, min_column_width=130, gap="small"):
        st.metric("Features at the dot", sig3(float(values[y, x])), border=True)
        for level in found.levels:
            share = 1 / level.bins**2
            st.metric(
                f"Level {level.bins} × {level.bins}",
                sig3(float(level.full[group, y, x])),
                help=f"What the same cell hears of its surroundings; a bin covers about "
                f"{percent(share)} of the picture.",
                border=True,
            )
