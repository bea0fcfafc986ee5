"""The page: what a cell sees, a kernel and its pairs on real features, costs, boundaries, tabs."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import large_kernels as large
from seglib.concepts.large_kernels_options import LargeOptions
from seglib.ui import address, knobs, lesson, picker
from seglib.ui.address import Param
from seglib.ui.figures import feature, matrix
from seglib.ui.figures.plate import Mark
from seglib.ui.large_kernels import passes, refinement, tabs
from seglib.ui.large_kernels import work as working
from seglib.ui.large_kernels.work import STRIDE, Work
from seglib.ui.numbers import percent, sig3
from seglib.ui.roi import ground, point

PREFIX = "large"
X = Param("large_x", "30", address.integer(0, 59))
Y = Param("large_y", "24", address.integer(0, 44))
PARAMS = (*knobs.params(LargeOptions, PREFIX), X, Y, passes.STEP)
"""Everything that this page keeps in the address, besides the picture and the open tab."""

TITLES = {
    "kernel": {
        "gaussian": "Gaussian",
        "box": "box",
        "log": "Laplacian of a Gaussian",
        "line": "diagonal line",
        "disk": "disk",
        "random": "random",
    },
    "pairs": {"1": "1", "2": "2 (the block)", "3": "3"},
}


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Large kernels",
        "A column and a row see as far as a full square kernel, for a fraction of the weights.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    options = knobs.read(LargeOptions, PREFIX)
    picture = picker.current()
    work = working.read(options, picture.image)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _field(work)
    with right:
        _presets()
        knobs.show(LargeOptions, PREFIX, only=["size", "kernel", "pairs", "channel"], titles=TITLES)
        _facts(work)
    _kernels(work)
    _outputs(work)
    passes.show(work, _at(work))
    refinement.show(picture, options)
    tabs.show(work)


PRESETS: dict[str, dict[str, Any]] = {
    "3 × 3": {"size": 3},
    "15 × 15": {"size": 15},
    "Whole map": {"size": 31},
    "Rank 1": {"kernel": "gaussian", "size": 15},
    "Rank 2": {"kernel": "log", "size": 15},
    "Diagonal": {"kernel": "line", "size": 15},
}


def _presets() -> None:
    def chosen() -> None:
        name = st.session_state.get("large_presets")
        if name in PRESETS:
            knobs.put(LargeOptions, PREFIX, **PRESETS[name])
        st.session_state["large_presets"] = None

    st.pills(
        "Presets",
        list(PRESETS),
        key="large_presets",
        on_change=chosen,
        wrap=True,
        label_visibility="collapsed",
    )


def window(at: tuple[int, int], size: int) -> tuple[float, float, float, float]:
    """Return the cells ``x, y, width, height`` that a kernel of ``size`` covers around a cell."""
    half = size // 2
    return at[0] - half, at[1] - half, size, size


def _at(work: Work) -> tuple[int, int]:
    high, wide = work.values.shape
    return min(int(address.get(X)), wide - 1), min(int(address.get(Y)), high - 1)


def _field(work: Work) -> None:
    high, wide = work.values.shape
    at = _at(work)
    size, half = work.size, work.size // 2
    marks = [
        Mark(window(at, size), "#0072B2", label="k × k"),
        Mark((at[0] - half, at[1], size, 1), "#E69F00", fill=True, label="1 × k"),
        Mark((at[0], at[1] - half, 1, size), "#E69F00", fill=True, label="k × 1"),
        Mark(window(at, 3), "#D55E00", dashed=True, label="3 × 3"),
    ]

    def pointed(x: int, y: int) -> None:
        address.put(X, str(x))
        address.put(Y, str(y))

    point.show(
        "large_map",
        ground.seen(picker.current().image)[1],
        size=(wide, high),
        at=at,
        on_point=pointed,
        title=f"One cell sees {size} × {size} (blue); column and row (orange); 3 × 3 (red)",
        marks=marks,
        smooth=True,
    )
    for column, name, param, value, cells in zip(
        st.columns(2, gap="small"), ("x", "y"), (X, Y), at, (wide, high), strict=True
    ):
        key = f"large_slider_{name}"
        st.session_state[key] = value
        column.slider(
            f"Cell {name}",
            0,
            cells - 1,
            key=key,
            on_change=lambda param=param, key=key: address.put(
                param, str(int(st.session_state[key]))
            ),
        )


def _facts(work: Work) -> None:
    high, wide = work.values.shape
    at = _at(work)
    x, y, size, _ = window(at, work.size)
    inside = max(0, min(wide, x + size) - max(0, x)) * max(0, min(high, y + size) - max(0, y))
    field = large.receptive_field(work.size, STRIDE, before=STRIDE)
    cells = high * wide
    dense = large.dense_cost(work.size, work.channels, working.CLASSES, cells)
    block = large.separable_cost(work.size, work.channels, working.CLASSES, cells)
    st.metric(
        "One output cell reads",
        f"{field} × {field} px",
        help=f"{work.size} cells of {STRIDE} px. What these cells themselves have seen comes on "
        "top.",
        border=True,
    )
    st.metric(
        "Weights of k×1 + 1×k against k×k",
        percent(block.parameters / dense.parameters),
        help=f"{block.parameters:,} against {dense.parameters:,}, from {work.channels} channels "
        f"to {working.CLASSES} classes.",
        border=True,
    )
    st.html(
        f'<p class="seg-note" data-testid="large-inside">{percent(inside / size**2)} of the window '
        f"lies on the map; it covers {percent(inside / cells)} of the map.</p>"
    )


def _kernels(work: Work) -> None:
    pairs = work.pairs
    st.markdown("#### The kernel, and what its pairs hold of it")
    top = float(max(np.abs(work.kernel).max(), np.abs(pairs.kernel).max()))
    common: dict[str, Any] = {"limits": (-top, top), "scale": "diverging", "width": 170}
    parts = [
        feature.markup(
            _f32(work.kernel), title=f"{work.size} × {work.size}", key="large-kernel", **common
        )
    ]
    for place, (column, row) in enumerate(zip(pairs.columns, pairs.rows, strict=True)):
        parts.append("≈" if place == 0 else "+")
        order = "column, then row" if place % 2 == 0 else "row, then column"
        parts.append(
            feature.markup(
                _f32(np.outer(column, row)), title=f"Pair {place + 1}", caption=order, **common
            )
        )
    parts.append("+")
    parts.append(
        feature.markup(
            _f32(work.kernel - pairs.kernel), title="Left out", key="large-rest", **common
        )
    )
    matrix.row(parts, pairs=True)
    number = len(pairs.columns)
    word = "pair holds" if number == 1 else "pairs hold"
    st.html(
        f'<p class="seg-note" data-testid="large-held">{number} {word} '
        f"<b>{percent(pairs.held)}</b> of the kernel's energy; its rank is {pairs.rank}, so "
        f"{pairs.rank} would hold all of it.</p>"
    )


def _outputs(work: Work) -> None:
    st.markdown("#### Both on real features")
    difference = work.block - work.dense
    limits = feature.span(np.stack([work.dense, work.block]))
    top = max(abs(limits[0]), abs(limits[1]))
    common: dict[str, Any] = {"limits": (-top, top), "scale": "diverging", "width": 212}
    matrix.row(
        [
            feature.markup(work.values, title=f"Channel {work.channel}", width=212),
            "∗",
            feature.markup(
                work.dense, title=f"through {work.size} × {work.size}", key="large-dense", **common
            ),
            feature.markup(work.block, title="through the pairs", key="large-block", **common),
            feature.markup(difference, title="Difference", key="large-difference", **common),
        ],
        pairs=True,
    )
    spread = float(work.dense.std())
    apart = float(np.sqrt((difference**2).mean()))
    share = percent(apart / spread) if spread > 0 else "undefined"
    st.html(
        f'<p class="seg-note" data-testid="large-apart">Root mean square difference '
        f"{sig3(apart)}: {share} of the output's own spread.</p>"
    )


def _f32(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(values, np.float32)
