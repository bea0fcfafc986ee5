"""Nearest and bilinear: one output cell at a time, three grids side by side, and the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import upsampling as up
from seglib.concepts.upsampling import COORDINATES, Coordinates, UpsamplingOptions
from seglib.ui import address, frame, knobs, stepper
from seglib.ui.address import Param, one_of
from seglib.ui.figures import matrix
from seglib.ui.figures.plate import BLUE, GREEN, ORANGE, PURPLE, Dot, Mark
from seglib.ui.numbers import sig3
from seglib.ui.source import Source
from seglib.ui.upsampling import shared
from seglib.ui.upsampling.shared import formula, tex

Method = Literal["nearest", "bilinear"]

TITLES: dict[str, str] = {
    "half_pixel": "Half-pixel",
    "align_corners": "Align corners",
    "asymmetric": "Asymmetric",
}
VIEWS = {"cell": "One cell", "grids": "Three grids", "weights": "Weights"}
VIEW = Param("ups_view", "cell", one_of(*VIEWS))
STEP = stepper.param("ups_cell", 34)
PARAMS = (*knobs.params(UpsamplingOptions, shared.PREFIX), VIEW, STEP)

# Top left, top right, bottom left, bottom right.
_COLOURS = (BLUE, ORANGE, GREEN, PURPLE)
_SIDE = 16


@dataclass(frozen=True, eq=False)
class Setup:
    """Everything of one run of the page."""

    method: Method
    values: NDArray[np.float32]
    held: Source
    options: UpsamplingOptions
    size: tuple[int, int]
    answer: NDArray[np.float32]

    @property
    def place(self) -> tuple[int, int]:
        """The output cell that is looked at."""
        return divmod(stepper.read(STEP, self.size[0] * self.size[1]), self.size[1])


def read(method: Method) -> Setup:
    """Read the settings and upsample, with OpenVINO."""
    values, held = shared.read(_SIDE)
    options = knobs.read(UpsamplingOptions, shared.PREFIX)
    size = values.shape[0] * options.factor, values.shape[1] * options.factor
    answer = up.interpolate(values, size, method=method, coordinates=options.coordinates)
    return Setup(method, values, held, options, size, answer)


def controls(setup: Setup) -> None:
    """Draw the controls."""
    view = address.get(VIEW)
    address.choose(VIEW, "Show", VIEWS)
    if view == "cell":
        stepper.show(STEP, setup.size[0] * setup.size[1], label="Output cell")
    knobs.show(UpsamplingOptions, shared.PREFIX, titles={"coordinates": TITLES})
    shared.controls()


def stage(setup: Setup) -> None:
    """Draw the picture."""
    draw = {"cell": _cell, "grids": _grids, "weights": _weights}[address.get(VIEW)]
    draw(setup)
    shared.note(setup.values, setup.held)


def _limits(setup: Setup) -> tuple[float, float]:
    return float(setup.values.min()), float(setup.values.max())


def _cell(setup: Setup) -> None:
    y, x = setup.place
    coordinates = setup.options.coordinates
    limits = _limits(setup)
    sample = up.sample(setup.values, setup.size, (y, x), coordinates=coordinates)
    marks: list[Mark | Dot] = []
    if setup.method == "nearest":
        row = int(up.nearest_index(setup.values.shape[0], setup.size[0], coordinates)[y])
        column = int(up.nearest_index(setup.values.shape[1], setup.size[1], coordinates)[x])
        marks.append(Mark((column, row, 1, 1), BLUE, label="the nearest cell"))
    else:
        for cell, colour in zip(sample.neighbours, _COLOURS, strict=True):
            if cell.weight > 0:
                marks.append(
                    Mark((cell.x, cell.y, 1, 1), colour, label=f"weight {cell.weight:.4g}")
                )
    raw_y = float(up.source_coordinates(setup.values.shape[0], setup.size[0], coordinates)[y])
    raw_x = float(up.source_coordinates(setup.values.shape[1], setup.size[1], coordinates)[x])
    marks.append(Dot((raw_x + 0.5, raw_y + 0.5), "#D55E00", 0.11, "the output cell's centre"))
    high, wide = setup.values.shape
    matrix.row(
        [
            matrix.svg(
                setup.values,
                title=f"Input, {wide} × {high}",
                marks=marks,
                limits=limits,
                cell=min(48.0, 225 / max(wide, high)),
                key="ups-input",
            ),
            "→",
            matrix.svg(
                setup.answer,
                title=f"Output, {setup.size[1]} × {setup.size[0]}",
                marks=[Mark((x, y, 1, 1), ORANGE)],
                limits=limits,
                cell=340 / max(setup.size),
                key="ups-output",
            ),
        ]
    )
    coordinate = _coordinate(setup, "y", y, raw_y), _coordinate(setup, "x", x, raw_x)
    if setup.method == "nearest":
        formula(
            *coordinate,
            rf"\text{{out}}_{{{y},{x}}} &= \text{{in}}_{{{row},{column}}} = "
            rf"{tex(setup.values[row, column], 4)}",
        )
        return
    terms = [(cell.weight, cell.value) for cell in sample.neighbours if cell.weight > 0]
    formula(
        *coordinate,
        *shared.products(rf"\text{{out}}_{{{y},{x}}}", terms, sample.value),
        rf"\textstyle\sum w &= {' + '.join(tex(w, 4) for w, _ in terms)} = 1",
    )


def _coordinate(setup: Setup, name: str, place: int, value: float) -> str:
    axis = 0 if name == "y" else 1
    n, m = setup.values.shape[axis], setup.size[axis]
    mode = setup.options.coordinates
    ways = {
        "half_pixel": rf"({place} + \tfrac12)\cdot\tfrac{{{n}}}{{{m}}} - \tfrac12",
        "align_corners": rf"{place}\cdot\tfrac{{{n} - 1}}{{{m} - 1}}",
        "asymmetric": rf"{place}\cdot\tfrac{{{n}}}{{{m}}}",
    }
    text = rf"{name} &= {ways[mode]} = {tex(value)}"
    if not 0 <= value <= n - 1:
        text += rf"\ \to\ {tex(min(max(value, 0), n - 1))}\text{{ (edge)}}"
    return text


def _upsample(setup: Setup, mode: Coordinates) -> NDArray[np.float32]:
    return up.interpolate(setup.values, setup.size, method=setup.method, coordinates=mode)


def _grids(setup: Setup) -> None:
    limits = _limits(setup)
    answers = {mode: _upsample(setup, mode) for mode in COORDINATES}
    wide, many = setup.values.shape[1], setup.size[1]
    for mode in COORDINATES:
        away = float(np.abs(answers[mode] - answers["half_pixel"]).max())
        differs = f"Differs from half-pixel by up to {sig3(away)}."
        if mode == "half_pixel":
            differs = "Both grids cover the same area."
        elif away == 0:
            differs = "The same cells as with half-pixel, here."
        strip = matrix.svg(
            np.arange(wide)[None],
            title=f"The {many} output centres of a row among its {wide} input cells",
            numbers=wide <= 16,
            scale="none",
            marks=[
                Dot((float(at) + 0.5, 0.8), BLUE, 0.07, f"output {i}: {at:.3g}")
                for i, at in enumerate(up.source_coordinates(wide, many, mode))
            ],
            cell=min(68.0, 340 / wide),
            caption=differs,
            key=f"ups-strip-{mode}",
        )
        answer = matrix.svg(
            answers[mode],
            title=TITLES[mode],
            numbers=max(setup.size) <= 10,
            limits=limits,
            cell=240 / max(setup.size),
            key=f"ups-grid-{mode}",
        )
        matrix.row([answer, strip])


def _weights(setup: Setup) -> None:
    inputs, outputs = setup.values.shape[1], setup.size[1]
    mode = setup.options.coordinates
    if setup.method == "bilinear":
        weights = up.weights(inputs, outputs, mode)
    else:
        weights = np.eye(inputs)[up.nearest_index(inputs, outputs, mode)]
    cell = min(46.0, 560 / max(outputs, inputs))
    small = outputs <= 24
    matrix.row(
        [
            matrix.svg(
                weights,
                title="Weights",
                caption=f"{outputs} outputs (rows), {inputs} inputs (columns)",
                numbers=small,
                digits=3,
                cell=cell,
                key="ups-weights",
            ),
            matrix.svg(
                weights.sum(axis=1)[:, None],
                title="Sums",
                numbers=small,
                scale="none" if small else "sequential",
                limits=(0, 1),
                cell=cell,
                key="ups-row-sums",
            ),
        ],
        align="start",
    )
    st.html(
        matrix.svg(
            weights.sum(axis=0)[None],
            title="Column sums",
            numbers=True,
            scale="none",
            cell=cell,
            key="ups-column-sums",
        )
    )
    formula(
        r"\text{out} &= A_{\text{rows}}\; \text{in}\; A_{\text{columns}}^{\mathsf T},"
        r"\qquad \textstyle\sum_j A_{ij} = 1"
    )


def numbers(setup: Setup) -> None:
    """Draw the numbers."""
    inputs, outputs = setup.values.shape[1], setup.size[1]
    mode = setup.options.coordinates
    weights = up.weights(inputs, outputs, mode)
    reference = up.nearest if setup.method == "nearest" else up.bilinear
    numpy = reference(setup.values, setup.size, coordinates=mode)
    with st.grid(4, min_column_width=150, gap="small"):
        st.metric("Output size", f"{setup.size[1]} × {setup.size[0]}", border=True)
        st.metric(
            "Row sums of the weights",
            shared.span(weights.sum(axis=1).min(), weights.sum(axis=1).max()),
            help="Partition of unity: an output is always a mean, so a constant stays constant.",
            border=True,
        )
        st.metric(
            "Column sums",
            shared.span(weights.sum(axis=0).min(), weights.sum(axis=0).max()),
            help=f"What an input counts for; {setup.options.factor} each would be fair.",
            border=True,
        )
        st.metric(
            "numpy against OpenVINO",
            shared.difference(numpy, setup.answer),
            help="Largest difference between the readable reference and the operator.",
            border=True,
        )


def how(setup: Setup) -> None:
    """Explain."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Where an output cell falls")
        formula(
            r"\text{half-pixel:}\quad y &= (i + \tfrac12)\,\tfrac{n}{n'} - \tfrac12",
            r"\text{align corners:}\quad y &= i\,\tfrac{n - 1}{n' - 1}",
            r"\text{asymmetric:}\quad y &= i\,\tfrac{n}{n'}",
        )
        n, m = setup.values.shape[0], setup.size[0]
        shift = (setup.options.factor - 1) / (2 * setup.options.factor)
        st.markdown(
            f"From n = {n} to n′ = {m}. Half-pixel lays two grids over the same area. Asymmetric "
            f"moves everything by (f − 1) / 2f = {sig3(shift)} cells, that is "
            f"{sig3(shift * setup.options.factor)} output cells, to the upper left. Align corners "
            "keeps the ends but stretches the step, so that a network trained with one and run "
            "with another puts borders in the wrong place."
        )
    with right:
        st.markdown("#### What is taken there")
        if setup.method == "nearest":
            st.markdown(
                "The one cell whose square holds the point. Nothing new is computed, so it is the "
                "only way to enlarge a map of class numbers: between class 2 and class 4 there is "
                "no class 3."
            )
            return
        formula(
            r"\text{out} &= (1-\delta_y)(1-\delta_x)\,v_{00} + (1-\delta_y)\,\delta_x\,v_{01}",
            r"&\quad + \delta_y(1-\delta_x)\,v_{10} + \delta_y\,\delta_x\,v_{11}",
        )
        y, x = setup.place
        sample = up.sample(setup.values, setup.size, (y, x), coordinates=setup.options.coordinates)
        dy, dx = tex(sample.dy), tex(sample.dx)
        v = [tex(cell.value) for cell in sample.neighbours]
        formula(
            rf"&= (1-{dy})(1-{dx})\cdot{v[0]} + (1-{dy})\cdot{dx}\cdot{v[1]}",
            rf"&\quad + {dy}\cdot(1-{dx})\cdot{v[2]} + {dy}\cdot{dx}\cdot{v[3]} "
            rf"= {tex(sample.value, 4)}",
        )
        st.markdown("The four weights are areas of a unit square, so they sum to one.")


def code(setup: Setup) -> None:
    """Show what ran."""
    reference = up.nearest if setup.method == "nearest" else up.bilinear
    frame.show_code(
        up.source_coordinates,
        reference,
        up.interpolate,
        intro="The readable reference, and the OpenVINO operator that drew the picture:",
    )
