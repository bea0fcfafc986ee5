"""A small matrix that a visitor types: in the address, in an editor, checked cell by cell."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.errors import UsageError

Array = NDArray[np.float32]

MOST_SIDE = 12
"""Rows and columns of an edited matrix, at most."""
LARGEST = 999.0
"""Magnitude of a number in an edited matrix, at most."""


def frozen(values: NDArray[Any]) -> Array:
    """Return a read-only float32 copy."""
    values = np.array(values, np.float32, order="C")
    values.setflags(write=False)
    return values


def parse(text: str) -> Array:
    """Read a matrix from the address: rows divided by ``/``, numbers by blanks.

    Raises
    ------
    UsageError
        It is no matrix of at most 12 × 12 finite numbers.
    """
    if len(text) > 1600 or not text.isascii():
        raise UsageError("expected rows of numbers, divided by '/'")
    try:
        rows = [[float(cell) for cell in line.split()] for line in text.split("/")]
    except ValueError:
        raise UsageError("expected rows of numbers, divided by '/'") from None
    return checked(rows)


def text_of(values: Array) -> str:
    """Write a matrix for the address; see :func:`parse`."""
    return "/".join(" ".join(f"{value:.6g}" for value in line) for line in values.tolist())


def checked(rows: Sequence[Sequence[object]]) -> Array:
    """Return a matrix that a visitor typed.

    Raises
    ------
    UsageError
        One sentence: which cell is wrong and what was expected.
    """
    widths = {len(line) for line in rows}
    if not 1 <= len(rows) <= MOST_SIDE or len(widths) != 1 or not 1 <= max(widths) <= MOST_SIDE:
        raise UsageError(
            f"expected 1 to {MOST_SIDE} rows of equally many numbers, 1 to {MOST_SIDE}"
        )
    for y, line in enumerate(rows, start=1):
        for x, cell in enumerate(line, start=1):
            place = f"row {y}, column {x}"
            if isinstance(cell, bool) or not isinstance(cell, (int, float, np.number)):
                raise UsageError(f"{place} is empty or no number")
            if not math.isfinite(float(cell)) or abs(float(cell)) > LARGEST:
                raise UsageError(
                    f"{place}: expected a number from −{LARGEST:g} to {LARGEST:g}, got {cell:g}"
                )
    return frozen(np.array(rows, np.float32))


def edit_matrix(
    values: Array,
    *,
    key: str,
    on_change: Callable[[Array], None],
    resizable: bool = True,
    most: int = MOST_SIDE,
    label: str = "",
) -> None:
    """Draw an editable matrix; a wrong cell is refused with one sentence and nothing changes.

    Parameters
    ----------
    values : (h, w) float32
        At most 12 a side.
    key : str
        Of the widgets.
    on_change : callable
        Gets the changed matrix.
    resizable : bool
        Offer the numbers of rows and columns.
    most : int
        Rows and columns, at most.
    label : str
        What a screen reader says.
    """
    problem = f"_{key}_problem"
    high, wide = values.shape
    if resizable:
        rows, columns = st.columns(2)
        for place, axis, name in ((rows, 0, "Rows"), (columns, 1, "Columns")):
            size_key = f"{key}_{axis}"
            st.session_state[size_key] = values.shape[axis]

            def resized(axis: int = axis, size_key: str = size_key) -> None:
                size = [high, wide]
                size[axis] = int(st.session_state[size_key])
                grown = np.zeros(size, np.float32)
                part = tuple(slice(min(a, b)) for a, b in zip(size, values.shape, strict=True))
                grown[part] = values[part]
                st.session_state.pop(problem, None)
                on_change(frozen(grown))

            place.number_input(name, 1, most, key=size_key, on_change=resized)
    # The editor remembers edits of the data it was first given: other numbers, or a refused edit,
    # take another editor.
    tries = f"_{key}_refused"
    digest = f"{hash(values.tobytes()) & 0xFFFFFFFF:08x}_{high}x{wide}"
    editor = f"{key}_editor_{digest}_{st.session_state.get(tries, 0)}"

    def edited() -> None:
        changes = st.session_state.get(editor, {}).get("edited_rows", {})
        cells: list[list[object]] = [list(line) for line in values.tolist()]
        for y, line in changes.items():
            for column, cell in line.items():
                cells[int(y)][int(column)] = cell
        try:
            on_change(checked(cells))
            st.session_state.pop(problem, None)
        except UsageError as error:
            from seglib.ui.boundary import sentence

            st.session_state[problem] = sentence(error)
            st.session_state[tries] = st.session_state.get(tries, 0) + 1

    st.data_editor(
        {str(x): values[:, x].astype(np.float64) for x in range(wide)},
        key=editor,
        on_change=edited,
        hide_index=True,
        column_config={
            str(x): st.column_config.NumberColumn(str(x), width=58, format="%g")
            for x in range(wide)
        },
        width="content",
        alt=label or "editable matrix",
    )
    text = st.session_state.get(problem)
    if text:
        st.html(f'<p class="seg-problem" role="alert">{text} The last good matrix is kept.</p>')
