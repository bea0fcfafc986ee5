"""The three pictures of a transposed convolution."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import transposed as tc
from seglib.concepts.transposed import Geometry
from seglib.ui.figures import matrix
from seglib.ui.figures.plate import BLUE, GREEN, ORANGE, SKY, Mark
from seglib.ui.upsampling import shared
from seglib.ui.upsampling.shared import formula, tex

Values = NDArray[np.float32]
Kernel = NDArray[np.float64]


def _limits(answer: Values) -> tuple[float, float]:
    return float(answer.min()), float(answer.max())


def copies(values: Values, kernel: Kernel, geometry: Geometry, answer: Values, step: int) -> None:
    """Draw how one input cell's copy of the kernel is added to the output."""
    i, j = divmod(step, values.shape[1])
    so_far = np.zeros_like(values)
    so_far.flat[: step + 1] = values.flat[: step + 1]
    done = tc.transposed_convolution(so_far, kernel, geometry)
    top, bottom = tc.window(i, geometry, answer.shape[0])
    left, right = tc.window(j, geometry, answer.shape[1])
    high, wide = values.shape
    shown = right > left and bottom > top
    matrix.row(
        [
            shared.stack(
                matrix.svg(
                    values,
                    title=f"Input, {wide} × {high}",
                    marks=[Mark((j, i, 1, 1), BLUE)],
                    cell=min(44.0, 190 / max(wide, high)),
                    key="tc-input",
                ),
                matrix.svg(
                    kernel,
                    title=f"· kernel, {geometry.kernel} × {geometry.kernel}",
                    digits=4,
                    cell=min(52.0, 190 / geometry.kernel),
                    key="tc-kernel",
                ),
            ),
            "→",
            matrix.svg(
                done,
                title=f"Output after {step + 1} of {values.size} copies",
                marks=[Mark((left, top, right - left, bottom - top), BLUE)] if shown else [],
                limits=_limits(answer),
                cell=min(48.0, 375 / max(answer.shape)),
                caption="" if shown else "The padding cuts this copy away altogether.",
                key="tc-output",
            ),
        ]
    )
    s, p = geometry.stride, geometry.padding
    formula(
        r"\text{out}_{s i + a - p,\; s j + b - p} &\mathrel{+}= \text{in}_{i,j}\cdot k_{a,b}",
        rf"\text{{out}}_{{{s * i - p} + a,\; {s * j - p} + b}} &\mathrel{{+}}= "
        rf"{tex(values[i, j])}\cdot k_{{a,b}}"
        rf"\qquad a, b = 0 \dots {geometry.kernel - 1}",
    )


def zeros(values: Values, kernel: Kernel, geometry: Geometry, answer: Values, step: int) -> None:
    """Draw the ordinary convolution over the picture with zeros between its cells."""
    y, x = divmod(step, answer.shape[1])
    k, border, s = geometry.kernel, geometry.border, geometry.stride
    room = tc.zero_inserted(values, geometry)
    turned = kernel[::-1, ::-1]
    real = np.zeros(room.shape, bool)
    rows = border + s * np.arange(values.shape[0])
    columns = border + s * np.arange(values.shape[1])
    real[rows[:, None], columns] = True
    marks = [
        Mark((float(c), float(r), 1, 1), SKY, label="an input cell") for r in rows for c in columns
    ]
    marks.append(Mark((x, y, k, k), ORANGE, label="the window"))
    inner = (border, border, room.shape[1] - 2 * border, room.shape[0] - 2 * border)
    if border and min(inner[2:]) > 0:
        marks.append(
            Mark(inner, GREEN, dashed=True, label=f"inside the p′ = {border} zeros around")
        )
    shown = answer.copy()
    shown.flat[step + 1 :] = np.nan
    matrix.row(
        [
            matrix.svg(
                room,
                title=f"Zeros between (s − 1 = {s - 1}) and around (p′ = {border})",
                marks=marks,
                limits=_limits(values),
                cell=min(48.0, 350 / max(room.shape)),
                key="tc-room",
            ),
            shared.stack(
                matrix.svg(
                    turned,
                    title="∗ kernel, turned by 180°",
                    digits=4,
                    cell=min(40.0, 170 / k),
                    key="tc-kernel",
                ),
                matrix.svg(
                    shown,
                    title=f"= output, {answer.shape[1]} × {answer.shape[0]}",
                    marks=[Mark((x, y, 1, 1), ORANGE)],
                    limits=_limits(answer),
                    cell=min(48.0, 260 / max(answer.shape)),
                    key="tc-output",
                ),
            ),
        ],
        align="start",
    )
    window = (slice(y, y + k), slice(x, x + k))
    terms = [
        (float(turned[a, b]), float(room[window][a, b]))
        for a, b in np.argwhere(real[window])
        if turned[a, b] != 0
    ]
    formula(
        r"\text{out}_{y,x} &= \textstyle\sum_{a,b} k_{k-1-a,\,k-1-b}\;\text{room}_{y+a,\,x+b}",
        *shared.products(rf"\text{{out}}_{{{y},{x}}}", terms, float(answer[y, x])),
    )
    st.html(
        f'<p class="seg-note">{len(terms)} of {k * k} products are not with an inserted zero: a '
        "real implementation skips the others.</p>"
    )


def overlap(geometry: Geometry, sides: tuple[int, ...]) -> None:
    """Draw how many copies reach each output cell, in one direction and in two."""
    rows, columns = tc.overlap(sides[0], geometry), tc.overlap(sides[1], geometry)
    both = np.outer(rows, columns)
    wide = len(columns)
    lines = []
    for place in range(sides[1]):
        line = np.full(wide, np.nan)
        low, high = tc.window(place, geometry, wide)
        line[low:high] = 1
        lines.append(line)
    cell = min(40.0, 640 / wide)
    small = wide <= 36
    st.html(
        matrix.svg(
            np.stack(lines),
            title=f"One direction: the copy of each of the {sides[1]} input cells",
            numbers=True,
            cell=cell,
            digits=1,
            key="tc-copies",
        )
    )
    st.html(
        matrix.svg(
            columns[None],
            title="added up",
            numbers=small,
            scale="sequential",
            limits=(0, float(max(both.max() ** 0.5, 1))),
            cell=cell,
            key="tc-counts",
        )
    )
    matrix.row(
        [
            matrix.svg(
                both,
                title=f"Two directions: {wide} × {len(rows)}",
                scale="sequential",
                limits=(0, float(max(both.max(), 1))),
                numbers=max(both.shape) <= 16,
                cell=min(34.0, 400 / max(both.shape)),
                key="tc-overlap",
            )
        ]
    )
    k, s = geometry.kernel, geometry.stride
    counts = tc.phases(geometry)
    if geometry.even:
        verdict = f"Even: k = {k} is a multiple of s = {s}, every inner cell gets {counts[0]}."
    elif k < s:
        verdict = f"Gaps: k = {k} is smaller than s = {s}, so some cells get nothing."
    else:
        verdict = (
            f"Checkerboard: k = {k} is no multiple of s = {s}, so inner cells get "
            f"{' or '.join(map(str, sorted(set(counts))))} copies in one direction."
        )
    st.html(f'<p class="seg-note" data-testid="tc-verdict">{verdict}</p>')
