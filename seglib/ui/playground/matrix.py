"""The confusion matrix: choose a cell, see its pixels on the board."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from seglib.metrics import safe_divide
from seglib.ui import address
from seglib.ui.playground import params
from seglib.ui.playground.measures import Facts

KEY = "playground_matrix"
_ALL = ""


@cache
def _file(name: str) -> str:
    return (Path(__file__).parents[1] / "frontend" / name).read_text(encoding="utf-8")


_MATRIX = st.components.v2.component(
    "seglib_playground_matrix",
    html=_file("playground_matrix.html"),
    css=_file("playground_matrix.css"),
    js=_file("store.js") + _file("playground_matrix.js"),
)


def show(found: Facts, cell: tuple[int, int] | None) -> None:
    """Draw the matrix, and the same choice as a list for those who cannot click it."""
    ids = list(found.present)
    square = found.matrix[np.ix_(ids, ids)]
    shares = safe_divide(square, square.sum(axis=1, keepdims=True), undefined=0.0)
    labels = [found.label_set.label(i) for i in ids]
    data: dict[str, Any] = {
        "classes": [{"id": one.id, "name": one.name, "color": one.color} for one in labels],
        "counts": square.tolist(),
        "shades": shares.tolist(),
        "cell": cell,
    }
    _MATRIX(key=KEY, data=data, on_pick_change=_picked)
    cells = {
        f"{row.id}-{column.id}": f"{row.name}, called {column.name}: {square[r, c]:,} px"
        for r, row in enumerate(labels)
        for c, column in enumerate(labels)
        if square[r, c]
    }
    if cell is not None:
        key = f"{cell[0]}-{cell[1]}"
        first, second = (found.label_set.label(i).name for i in cell)
        cells.setdefault(key, f"{first}, called {second}: 0 px")
    follow = address.bound(params.CELL, params.CELL.name)
    st.selectbox(
        "Pixels to mark",
        [_ALL, *cells],
        format_func=lambda key: cells.get(key, "all pixels"),
        key=params.CELL.name,
        on_change=follow,
        help="Rows are the truth, columns the prediction. What is marked stands out on the board.",
    )


def _picked() -> None:
    component = st.session_state.get(KEY)
    text = component.get("pick") if component else None
    # From outside: anything that is no cell marks nothing.
    if isinstance(text, str) and params.CELL.valid(text):
        address.put(params.CELL, text)
