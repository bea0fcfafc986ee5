"""What the page shows, worked out of what the visitor set."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import convolution as conv
from seglib.concepts.convolution import Axis, ConvolutionOptions, LayerOptions, Step
from seglib.errors import UsageError
from seglib.ui import address, knobs, source, stepper
from seglib.ui.address import Param
from seglib.ui.source import Source

PREFIX, LAYER = "conv", "conv_layer_of"
MOST_KERNEL = 7
"""Cells a side of an own kernel, at most."""


def _valid_kernel(text: str) -> bool:
    try:
        return bool(max(source.parse(text).shape) <= MOST_KERNEL)
    except UsageError:
        return False


OWN = Param("conv_own", "0 1 0/1 -4 1/0 1 0", _valid_kernel)
STEP = stepper.param("conv_step")
PARAMS = (
    *knobs.params(ConvolutionOptions, PREFIX),
    *source.params(PREFIX, preset="edge"),
    *knobs.params(LayerOptions, LAYER),
    OWN,
    STEP,
)


@dataclass(frozen=True, eq=False)
class State:
    """One picture of the page.

    Parameters
    ----------
    options : ConvolutionOptions
    source : Source
    weights : (k, l) float32
    rows, columns : Axis
    output : (h, w) float32 or None
        What OpenVINO computed; ``None`` where the window does not fit.
    milliseconds : float
        OpenVINO's time for the whole output.
    index : int
        Output cell, row by row.
    step : Step or None
        How this cell comes about.
    """

    options: ConvolutionOptions
    source: Source
    weights: NDArray[np.float32]
    rows: Axis
    columns: Axis
    output: NDArray[np.float32] | None
    milliseconds: float
    index: int
    step: Step | None

    @property
    def how(self) -> dict[str, Any]:
        """Stride, padding and dilation as keywords."""
        own = self.options
        return {"stride": own.stride, "padding": own.padding, "dilation": own.dilation}

    @property
    def count(self) -> int:
        """Output cells."""
        return self.rows.output * self.columns.output


def read() -> State:
    """Read the address and compute."""
    options = knobs.read(ConvolutionOptions, PREFIX)
    origin = source.read(PREFIX)
    if options.kernel == "own":
        weights = source.parse(address.get(OWN))
    else:
        weights = conv.kernel(options.kernel, int(options.size))
    rows, columns = (
        Axis(
            origin.values.shape[axis],
            weights.shape[axis],
            options.stride,
            options.padding,
            options.dilation,
        )
        for axis in (0, 1)
    )
    if not (rows.fits and columns.fits):
        return State(options, origin, weights, rows, columns, None, 0.0, 0, None)
    how = {"stride": options.stride, "padding": options.padding, "dilation": options.dilation}
    conv.convolve_graph(origin.values, weights, **how)
    # Timed the second time: the first may have compiled the graph.
    start = time.perf_counter()
    output = conv.convolve_graph(origin.values, weights, **how)
    elapsed = 1e3 * (time.perf_counter() - start)
    index = stepper.read(STEP, output.size)
    cell = divmod(index, columns.output)
    found = conv.step(origin.values, weights, cell, **how)
    return State(options, origin, weights, rows, columns, output, elapsed, index, found)
