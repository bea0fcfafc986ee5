"""Pixel shuffle: which channel goes where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import pixel_shuffle as ps
from seglib.concepts.pixel_shuffle import ShuffleOptions
from seglib.ui import address, frame, knobs, stepper
from seglib.ui.address import Param, one_of
from seglib.ui.figures import matrix
from seglib.ui.figures.plate import BLUE, ORANGE, Mark
from seglib.ui.upsampling.shared import difference, formula

PREFIX = "shf"
SHOWS = {"channel": "Channel numbers", "values": "Values"}
SHOW = Param("shf_show", "channel", one_of(*SHOWS))
STEP = stepper.param("shf_cell", 9)
PARAMS = (*knobs.params(ShuffleOptions, PREFIX), SHOW, STEP)

_ORDERS = {"depth_first": "Depth first", "blocks_first": "Blocks first"}
_HIGH, _WIDE = 3, 4


@dataclass(frozen=True, eq=False)
class Setup:
    """Everything of one run of the page."""

    options: ShuffleOptions
    values: NDArray[np.float32]
    answer: NDArray[np.float32]
    show: str

    @property
    def place(self) -> tuple[int, int, int]:
        """The output cell that is looked at: channel, row, column."""
        c, rest = divmod(stepper.read(STEP, self.answer.size), self.answer[0].size)
        y, x = divmod(rest, self.answer.shape[2])
        return c, y, x

    @property
    def origin(self) -> tuple[int, int, int]:
        """Where it comes from."""
        return ps.source(
            self.place, self.options.factor, self.options.channels, order=self.options.order
        )


def read() -> Setup:
    """Read the settings and shuffle, with OpenVINO."""
    options = knobs.read(ShuffleOptions, PREFIX)
    count = options.channels * options.factor**2
    show = address.get(SHOW)
    if show == "channel":
        flat = np.repeat(np.arange(count, dtype=np.float32), _HIGH * _WIDE)
    else:
        flat = np.arange(count * _HIGH * _WIDE, dtype=np.float32)
    values = flat.reshape(count, _HIGH, _WIDE)
    answer = ps.depth_to_space(values, options.factor, order=options.order)
    return Setup(options, values, answer, show)


def controls(setup: Setup) -> None:
    """Draw the controls."""
    stepper.show(STEP, setup.answer.size, label="Output cell")
    address.choose(SHOW, "Cells show", SHOWS)
    knobs.show(ShuffleOptions, PREFIX, titles={"order": _ORDERS})


def stage(setup: Setup) -> None:
    """Draw the picture."""
    c, y, x = setup.place
    channel, row, column = setup.origin
    count = len(setup.values)
    limits = 0.0, float(setup.values.max())
    cell = 30.0 if count <= 4 else 25.0 if count <= 16 else 17.0
    inputs = [
        matrix.svg(
            plane,
            title=f"channel {place}",
            scale="sequential",
            limits=limits,
            marks=[Mark((column, row, 1, 1), BLUE)] if place == channel else [],
            cell=cell,
            key="shf-input",
        )
        for place, plane in enumerate(setup.values)
    ]
    st.html(
        f'<div class="seg-plate-title">Input: {count} channels of {_WIDE} × {_HIGH}</div>'
        + matrix.row_markup(inputs, align="start")
    )
    high, wide = setup.answer.shape[1:]
    outputs = [
        matrix.svg(
            plane,
            title=f"output channel {place}"
            if len(setup.answer) > 1
            else f"Output, {wide} × {high}",
            scale="sequential",
            limits=limits,
            numbers=True,
            marks=[
                *(
                    [
                        Mark(
                            (
                                column * setup.options.factor,
                                row * setup.options.factor,
                                setup.options.factor,
                                setup.options.factor,
                            ),
                            BLUE,
                            dashed=True,
                        )
                    ]
                    if place == c
                    else []
                ),
                *([Mark((x, y, 1, 1), ORANGE)] if place == c else []),
            ],
            cell=min(44.0, (420 if len(setup.answer) == 1 else 300) / wide),
            key="shf-output",
        )
        for place, plane in enumerate(setup.answer)
    ]
    matrix.row(outputs, align="start")
    r, many = setup.options.factor, setup.options.channels
    i, j = y % r, x % r
    if setup.options.order == "depth_first":
        symbolic = r"c\,r^2 + i\,r + j"
        filled = rf"{c}\cdot{r * r} + {i}\cdot{r} + {j}"
    else:
        symbolic = r"(i\,r + j)\,C + c"
        filled = rf"({i}\cdot{r} + {j})\cdot{many} + {c}"
    formula(
        rf"\text{{out}}_{{c,\,y,\,x}} &= \text{{in}}_{{{symbolic},\;\lfloor y/r\rfloor,\;"
        r"\lfloor x/r\rfloor}\qquad i = y \bmod r,\ j = x \bmod r",
        rf"\text{{out}}_{{{c},{y},{x}}} &= \text{{in}}_{{{filled},\;{row},\;{column}}} = "
        rf"\text{{in}}_{{{channel},\,{row},\,{column}}}",
    )


def numbers(setup: Setup) -> None:
    """Draw the numbers."""
    numpy = ps.shuffle(setup.values, setup.options.factor, order=setup.options.order)
    back = ps.unshuffle(setup.answer, setup.options.factor, order=setup.options.order)
    with st.grid(4, min_column_width=150, gap="small"):
        st.metric("Input", " × ".join(map(str, setup.values.shape)), border=True)
        st.metric("Output", " × ".join(map(str, setup.answer.shape)), border=True)
        st.metric(
            "There and back",
            "identical" if np.array_equal(back, setup.values) else "different",
            help="Values only move, so nothing is lost.",
            border=True,
        )
        st.metric(
            "numpy against OpenVINO",
            difference(numpy, setup.answer),
            help="Largest difference between the readable reference and DepthToSpace.",
            border=True,
        )


def how(setup: Setup) -> None:
    """Explain."""
    r, many = setup.options.factor, setup.options.channels
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Channels become places")
        st.latex(r"(C\,r^2,\ h,\ w) \;\to\; (C,\ r h,\ r w)")
        st.latex(
            rf"({many}\cdot{r * r},\ {_HIGH},\ {_WIDE}) \;\to\; "
            rf"({many},\ {r * _HIGH},\ {r * _WIDE})"
        )
        st.markdown(
            "The convolution before it learns r² answers for each coarse cell, one for each place "
            "inside it ([Shi et al. 2016](https://arxiv.org/abs/1609.05158), equation 4). All "
            "arithmetic happens on the coarse grid."
        )
    with right:
        st.markdown("#### The same as a transposed convolution")
        st.markdown(
            f"A convolution with k × k kernels to C·r² = {many * r * r} channels and a shuffle is "
            f"a transposed convolution with kernels of k·r × k·r and stride r = {r}, weight for "
            "weight. As the kernel is a multiple of the stride, every cell gets equally many "
            "contributions. Different starts of the r² kernels can still make a checkerboard."
        )


def code(setup: Setup) -> None:
    """Show what ran."""
    frame.show_code(
        ps.shuffle,
        ps.source,
        ps.depth_to_space,
        intro="The readable reference, and the OpenVINO operator that drew the picture:",
    )
