"""Transposed convolution: copies laid down, zeros between, and how often each cell is hit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import transposed as tc
from seglib.concepts.transposed import Geometry, TransposedOptions
from seglib.errors import UsageError
from seglib.ui import address, frame, knobs, source, stepper
from seglib.ui.address import Param, integer, one_of
from seglib.ui.source import Source
from seglib.ui.upsampling import shared, transpose_stage
from seglib.ui.upsampling.shared import formula

PREFIX = "tc"
VIEWS = {"copies": "Copies", "zeros": "Zeros between", "overlap": "Overlap"}
VIEW = Param("tc_view", "copies", one_of(*VIEWS))
STEP = stepper.param("tc_cell", 6)
PADDING = Param("tc_padding", "1", integer(0, 6))
OUTPUT_PADDING = Param("tc_output_padding", "0", integer(0, 3))


def _valid_cells(text: str) -> bool:
    try:
        source.parse(text)
    except UsageError:
        return False
    return True


CELLS = Param("tc_cells", "1 2 1/2 4 2/1 2 1", _valid_cells)
PARAMS = (*knobs.params(TransposedOptions, PREFIX), VIEW, STEP, PADDING, OUTPUT_PADDING, CELLS)

_WEIGHTS = {"tent": "Bilinear", "ones": "Ones", "own": "Your own"}
_SIDE = 12


@dataclass(frozen=True, eq=False)
class Setup:
    """Everything of one run of the page."""

    values: NDArray[np.float32]
    held: Source
    options: TransposedOptions
    geometry: Geometry
    kernel: NDArray[np.float64]
    answer: NDArray[np.float32]
    view: str

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return self.answer.size if self.view == "zeros" else self.values.size

    @property
    def step(self) -> int:
        """The step as it is set now."""
        return stepper.read(STEP, self.steps)


def _kernel(options: TransposedOptions) -> NDArray[np.float64]:
    if options.weights == "ones":
        return np.ones((options.kernel, options.kernel))
    if options.weights == "tent":
        return tc.tent_kernel(options.kernel)
    cells = source.parse(address.get(CELLS))
    own = np.zeros((options.kernel, options.kernel))
    part = tuple(slice(min(options.kernel, side)) for side in cells.shape)
    own[part] = cells[part]
    return own


def read() -> Setup:
    """Read the settings and compute, with OpenVINO."""
    values, held = shared.read(_SIDE)
    options = knobs.read(TransposedOptions, PREFIX)
    most = tc.most_padding(min(values.shape), options.kernel, options.stride)
    geometry = Geometry(
        options.kernel,
        options.stride,
        shared.setting(PADDING, 0, most),
        shared.setting(OUTPUT_PADDING, 0, options.stride - 1),
    )
    kernel = _kernel(options)
    answer = tc.backprop_data(values, kernel, geometry)
    return Setup(values, held, options, geometry, kernel, answer, address.get(VIEW))


def _preset(kernel: int, stride: int, padding: int, weights: str) -> None:
    knobs.put(TransposedOptions, PREFIX, kernel=kernel, stride=stride, weights=weights)
    address.put(PADDING, str(padding))
    address.put(OUTPUT_PADDING, "0")


_PRESETS = {
    "Bilinear ×2": (4, 2, 1, "tent"),
    "Checkerboard": (3, 2, 0, "ones"),
    "Nearest ×3": (3, 3, 0, "ones"),
    "Bilinear ×3": (5, 3, 1, "tent"),
}


def controls(setup: Setup) -> None:
    """Draw the controls."""
    address.choose(VIEW, "Show", VIEWS)
    if setup.view != "overlap":
        label = "Output cell" if setup.view == "zeros" else "Input cell"
        stepper.show(STEP, setup.steps, label=label)
    with st.container(horizontal=True, gap="small"):
        for title, values in _PRESETS.items():
            st.button(title, on_click=partial(_preset, *values), key=f"tc_{title}")
    knobs.show(TransposedOptions, PREFIX, only=["kernel", "stride"])
    geometry = setup.geometry
    most = tc.most_padding(min(setup.values.shape), geometry.kernel, geometry.stride)
    why = "k − 1: p′ cannot be negative" if most == geometry.kernel - 1 else "something is left"
    shared.slider(
        PADDING,
        "Padding p",
        0,
        most,
        f"Cells cut off the output on every side; at most {most}, so that {why}.",
    )
    with st.expander("More"):
        shared.slider(
            OUTPUT_PADDING,
            "Output padding",
            0,
            geometry.stride - 1,
            "Cells added at the end, always fewer than the stride: it says which of the s sizes "
            "that a convolution would bring to this input is meant.",
        )
        knobs.show(TransposedOptions, PREFIX, only=["weights"], titles={"weights": _WEIGHTS})
        if setup.options.weights == "own":
            source.edit_matrix(
                setup.kernel.astype(np.float32),
                key=CELLS.name,
                on_change=lambda changed: address.put(CELLS, source.text_of(changed)),
                resizable=False,
                label="kernel",
            )
        shared.controls()


def stage(setup: Setup) -> None:
    """Draw the picture."""
    if setup.view == "overlap":
        transpose_stage.overlap(setup.geometry, setup.values.shape)
    elif setup.view == "zeros":
        transpose_stage.zeros(setup.values, setup.kernel, setup.geometry, setup.answer, setup.step)
    else:
        transpose_stage.copies(setup.values, setup.kernel, setup.geometry, setup.answer, setup.step)
    shared.note(setup.values, setup.held)


def numbers(setup: Setup) -> None:
    """Draw the numbers."""
    counts = tc.phases(setup.geometry)
    numpy = tc.transposed_convolution(setup.values, setup.kernel, setup.geometry)
    high, wide = setup.answer.shape
    with st.grid(4, min_column_width=150, gap="small"):
        st.metric("Output size", f"{wide} × {high}", border=True)
        st.metric("p′ = k − 1 − p", str(setup.geometry.border), border=True)
        st.metric(
            "Contributions in one direction",
            " or ".join(map(str, sorted(set(counts)))),
            help="To an inner output cell. Two different numbers make a checkerboard.",
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
    g, (high, wide) = setup.geometry, setup.values.shape
    k, s, p, op = g.kernel, g.stride, g.padding, g.output_padding
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### The output's size")
        formula(
            r"n' &= s\,(n - 1) + k - 2p + op",
            rf"&= {s}\cdot({high} - 1) + {k} - 2\cdot{p} + {op} = {g.size(high)}"
            r"\quad\text{rows}",
            rf"&= {s}\cdot({wide} - 1) + {k} - 2\cdot{p} + {op} = {g.size(wide)}"
            r"\quad\text{columns}",
        )
        st.markdown("The convolution the other way, with the same k, s and p, must give n again:")
        back = (g.size(high) + 2 * p - k) // s + 1
        formula(
            r"n &= \left\lfloor\tfrac{n' + 2p - k}{s}\right\rfloor + 1",
            rf"&= \left\lfloor\tfrac{{{g.size(high)} + {2 * p} - {k}}}{{{s}}}\right\rfloor + 1 "
            rf"= {back}",
        )
        st.markdown(
            f"The floor loses up to s − 1 = {s - 1} cells; output padding says how many. "
            "([Dumoulin and Visin 2016](https://arxiv.org/abs/1603.07285))"
        )
    with right:
        st.markdown("#### Why p becomes p′")
        formula(
            r"p' &= k - 1 - p",
            rf"&= {k} - 1 - {p} = {g.border}",
        )
        st.markdown(
            "Padding of the convolution is *cropping* of its transpose. Seen as an ordinary "
            "convolution over a picture with zeros between its cells, a full border would be "
            "k − 1; cropping p cells leaves p′."
        )
        st.markdown("#### Why “transposed”")
        picked = np.random.default_rng(0).normal(size=setup.answer.shape).round(1)
        down = tc.adjoint(picked, setup.kernel, g)
        one = float((setup.answer.astype(np.float64) * picked).sum())
        other = float((setup.values.astype(np.float64) * down).sum())
        formula(
            r"\langle T x,\, y\rangle &= \langle x,\, C y\rangle",
            rf"{one:.2f} &= {other:.2f}",
        )
        st.markdown(
            "T is the transposed convolution, C the convolution with the same kernel, x the input "
            "and y random: as matrices, one is the other's transpose."
        )


def code(setup: Setup) -> None:
    """Show what ran."""
    frame.show_code(
        tc.transposed_convolution,
        tc.as_convolution,
        tc.zero_inserted,
        tc.bilinear_kernel,
        tc.tent_kernel,
        tc.backprop_data,
        intro="The readable reference in both forms, and the OpenVINO operator:",
    )
