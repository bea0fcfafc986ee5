"""What the view of receptive fields shows, worked out of what the visitor set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import receptive_field as rf
from seglib.ui import address, picker, stepper
from seglib.ui.atrous.state import AT_X, AT_Y, DEPTH, RATES, WEIGHTS, parse_rates
from seglib.ui.samples import Picture

CELLS = 80
"""Cells along the longer side of the picture: one cell of the stack's input."""


@dataclass(frozen=True, eq=False)
class State:
    """One picture of the view.

    Parameters
    ----------
    picture : Picture
    rates : list of int
    depth : int
        Layers that are looked through, counted back from the output, at least 1.
    reaches : tuple of Reach
        Of the input and after each layer.
    field : (r, r) float
        Effective receptive field of these layers, 0 to 1.
    counts : (r,) int
        Paths through them along one axis.
    coverage : float
        Share of the field that is touched.
    rule : Hybrid
    size : (width, height)
        Cells of the picture.
    at : (x, y)
        The output cell.
    """

    picture: Picture
    rates: list[int]
    depth: int
    reaches: tuple[rf.Reach, ...]
    field: NDArray[np.float64]
    counts: NDArray[np.int64]
    coverage: float
    rule: rf.Hybrid
    size: tuple[int, int]
    at: tuple[int, int]

    @property
    def seen(self) -> list[int]:
        """Rates of the layers that are looked through."""
        return self.rates[-self.depth :]


@st.cache_resource(max_entries=32, show_spinner=False)
def _effective(rates: tuple[int, ...], networks: int) -> NDArray[np.float64]:
    found = rf.effective(rates, networks=networks)
    found.setflags(write=False)
    return found


def influence(rates: list[int]) -> NDArray[np.float64]:
    """Return the effective receptive field of a stack, with the weights that are chosen."""
    return _effective(tuple(rates), 24 if address.get(WEIGHTS) == "random" else 0)


def read() -> State:
    """Read the address and compute."""
    picture = picker.current()
    rates = parse_rates(address.get(RATES))
    depth = stepper.read(DEPTH, len(rates)) + 1
    stack = [rf.Layer(3, 1, rate) for rate in rates[-depth:]]
    wide, high = picture.image.size
    scale = CELLS / max(wide, high)
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    at = (
        round(int(address.get(AT_X)) / 100 * (size[0] - 1)),
        round(int(address.get(AT_Y)) / 100 * (size[1] - 1)),
    )
    return State(
        picture,
        rates,
        depth,
        rf.grow([rf.Layer(3, 1, rate) for rate in rates]),
        influence(rates[-depth:]),
        rf.paths(stack),
        rf.coverage(stack),
        rf.hybrid(rates),
        size,
        at,
    )
