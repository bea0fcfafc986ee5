"""Pass by pass: a column slides over the map, then a row over its answer; then the next pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import large_kernels_graph as graph
from seglib.ui import stepper
from seglib.ui.figures import feature, matrix, plate
from seglib.ui.figures.matrix import number
from seglib.ui.figures.plate import Mark
from seglib.ui.large_kernels.work import Values, Work

STEP = stepper.param("large_pass")
_MOST_TERMS = 5


@dataclass(frozen=True, eq=False)
class Pass:
    """One convolution of a pair.

    Parameters
    ----------
    pair : int
        From 0.
    first : bool
        Whether it is the pair's first.
    weights : (k, 1) or (1, k) float64
    before, after : (h, w) float32
        The map that it reads, and its answer.
    total : (h, w) float32
        The answers of all pairs that are done by now, summed.
    """

    pair: int
    first: bool
    weights: NDArray[np.float64]
    before: Values
    after: Values
    total: Values

    @property
    def name(self) -> str:
        """What slides, with its size."""
        high, wide = self.weights.shape
        return f"column {high} × 1" if wide == 1 and high > 1 else f"row 1 × {wide}"


def passes(work: Work) -> tuple[Pass, ...]:
    """Return all passes in the block's order, computed by OpenVINO.

    Pair 1 goes down, then across; pair 2 across, then down; and so on.
    """
    found: list[Pass] = []
    total = np.zeros(work.values.shape, np.float32)
    for pair, (column, row) in enumerate(zip(work.pairs.columns, work.pairs.rows, strict=True)):
        strips = (column[:, None], row[None]) if pair % 2 == 0 else (row[None], column[:, None])
        middle = graph.convolve(work.values, strips[0])
        found.append(Pass(pair, True, strips[0], work.values, middle, total))
        answer = graph.convolve(middle, strips[1])
        total = np.asarray(total + answer, np.float32)
        found.append(Pass(pair, False, strips[1], middle, answer, total))
    return tuple(found)


def under(values: Values, shape: tuple[int, ...], at: tuple[int, int]) -> NDArray[np.float64]:
    """Return what lies under a strip around the cell ``at`` (x, y), zeros beyond the map."""
    down, across = (side // 2 for side in shape)
    padded = np.pad(np.asarray(values, np.float64), ((down, down), (across, across)))
    x, y = at
    return padded[y : y + shape[0], x : x + shape[1]]


def show(work: Work, at: tuple[int, int]) -> None:
    """Draw one pass at the chosen cell, with its products and its sum."""
    every = passes(work)
    st.markdown("#### Pass by pass, at the chosen cell")
    here = every[stepper.read(STEP, len(every))]
    high, wide = here.weights.shape
    x, y = at
    window = (x - wide // 2, y - high // 2, wide, high)
    title = "The features" if here.first else "After the first pass"
    st.html(
        matrix.row_markup(
            [
                _map(here.before, title, Mark(_inside(window, here.before), plate.ORANGE)),
                "∗",
                _map(here.after, f"After the {here.name}", Mark((x, y, 1, 1), plate.ORANGE)),
                "⇒",
                _map(here.total, "Sum of the finished pairs", Mark((x, y, 1, 1), plate.ORANGE)),
            ],
            pairs=True,
        )
        + '<div style="height:0.9rem"></div>'
        + _products(here, at)
    )
    stepper.show(STEP, len(every), label="Pass")


def _inside(window: tuple[int, int, int, int], values: Values) -> tuple[float, float, float, float]:
    x, y, wide, high = window
    left, top = max(0, x), max(0, y)
    right, bottom = min(values.shape[1], x + wide), min(values.shape[0], y + high)
    return left, top, right - left, bottom - top


def _map(values: Values, title: str, mark: Mark) -> str:
    top = float(np.abs(values).max()) or 1.0
    return feature.markup(
        values, title=title, marks=[mark], limits=(-top, top), scale="diverging", width=240
    )


def _products(here: Pass, at: tuple[int, int]) -> str:
    """Draw the strip lying down: values, weights, products; and the sum in one line."""
    values = under(here.before, here.weights.shape, at).reshape(1, -1)
    weights = here.weights.reshape(1, -1)
    products = values * weights
    count = values.shape[1]
    few = count <= 7
    cell = min(46.0, 282 / count)
    parts = [
        matrix.svg(part, title=title, cell=cell, numbers=few, key=f"large-{title.lower()}")
        for title, part in (("Values", values), ("Weights", weights), ("Products", products))
    ]
    # The largest products tell the story; all of them are in the sum.
    order = np.argsort(-np.abs(products[0]), kind="stable")[:_MOST_TERMS]
    terms = " + ".join(f"({number(weights[0, i])} · {number(values[0, i])})" for i in sorted(order))
    more = f" + {count - len(order)} smaller" if count > len(order) else ""
    turned = ", drawn lying" if here.weights.shape[0] > 1 else ""
    return (
        matrix.row_markup([parts[0], "·", parts[1], "=", parts[2]])
        + f'<p class="seg-note" data-testid="large-sum" style="margin-top:0.5rem">Pair '
        f"{here.pair + 1}, the {here.name}{turned}: {terms}{more} = "
        f"<b>{number(float(products.sum()), 4)}</b> at column {at[0]}, row {at[1]}.</p>"
    )
