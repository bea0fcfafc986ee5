"""The confusion matrix, and the pictures behind each of its cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib import render
from seglib.evaluate import Summary
from seglib.metrics import Report
from seglib.ui import address
from seglib.ui.evaluate import pictures, state
from seglib.ui.evaluate.state import CELL, Run
from seglib.ui.numbers import percent
from seglib.ui.numbers import pixels as px

LARGEST = 15
_MOST_CLICKED = 1_000
_KEY = "ev_matrix"


def show(now: Run, summary: Summary, model: str) -> None:
    """Draw the matrix, and of the cell that is chosen the pictures with most of it."""
    report = summary.pooled
    names = {label.id: label.name for label in report.label_set}
    chosen = _choose(summary, names)
    matrix(report, chosen)
    if chosen is None:
        return
    truth, answer = chosen
    total = int(report.matrix[truth].sum())
    count = int(report.matrix[truth, answer])
    share = percent(count / total) if total else "none"
    how = "right" if truth == answer else f"taken for {names[answer]}"
    if now.running:
        st.html('<p class="seg-note">The pictures come when the run ends.</p>')
        return
    found = summary.most_confused(truth, answer, pictures.WORST)
    st.markdown(f"**{names[truth]} {how}**: {px(count)}, {share} of the class")
    if not found:
        st.html('<p class="seg-note" data-testid="ev-confused">In no picture.</p>')
        return
    pictures.cards(
        now,
        [
            (result, f"{px(pixels)}, {percent(pixels / count)} of this cell")
            for result, pixels in found
        ],
        f"{truth}-{answer}",
        model,
        testid="ev-confused",
        title=f"{names[truth]} {how}",
    )


def _choose(summary: Summary, names: dict[int, str]) -> tuple[int, int] | None:
    """Draw the list of the largest confusions; return the cell, from the list or a click."""
    titles = {
        f"{truth}-{answer}": f"{names[truth]} taken for {names[answer]}, {px(count)}"
        for truth, answer, count in summary.confusions(LARGEST)
        if truth in names and answer in names
    }
    now = state.cell(len(summary.pooled.matrix))
    if now is not None and (now[0] not in names or now[1] not in names):
        now = None
    text = "" if now is None else f"{now[0]}-{now[1]}"
    if now is not None and text not in titles:
        titles = {text: f"{names[now[0]]}, answered {names[now[1]]}", **titles}
    st.session_state["ev_cell_box"] = text
    st.selectbox(
        "Mixed up where? Click a cell, or choose",
        ["", *titles],
        format_func=lambda value: titles.get(value, "–"),
        key="ev_cell_box",
        on_change=lambda: address.put(CELL, st.session_state["ev_cell_box"]),
    )
    return now


def _clicked() -> None:
    """Follow a click in the matrix; a click beside it changes nothing."""
    event: Any = st.session_state.get(_KEY)
    points = event["selection"]["points"] if event else []
    cell = points[0].get("customdata") if points else None
    text = cell[0] if isinstance(cell, (list, tuple)) and cell else cell
    if isinstance(text, str) and CELL.valid(text):
        address.put(CELL, text)


def matrix(report: Report, chosen: tuple[int, int] | None = None) -> None:
    """Draw the confusion matrix, one cell outlined: rows are the truth, each sums to 100 %."""
    rows = [row for row in report.rows if row.truth_pixels or row.predicted_pixels]
    ids = [row.id for row in rows]
    counts = report.matrix[np.ix_(ids, ids)]
    totals = report.matrix[ids].sum(axis=1, keepdims=True)
    shares: NDArray[np.float64] = np.full(counts.shape, np.nan)
    np.divide(100.0 * counts, totals, out=shares, where=totals > 0)
    names = [row.name for row in rows]
    few = len(rows) <= 14
    stops = render.RAMP_STOPS
    scale = [[i / (len(stops) - 1), "rgb({},{},{})".format(*each)] for i, each in enumerate(stops)]
    text = [
        ["" if np.isnan(share) or share < 0.05 else f"{share:.0f}" for share in line]
        for line in shares
    ]
    data: list[dict[str, Any]] = [
        {
            "type": "heatmap",
            "z": [[None if np.isnan(value) else float(value) for value in line] for line in shares],
            "x": names,
            "y": names,
            "zmin": 0,
            "zmax": 100,
            "colorscale": scale,
            "showscale": not few,  # the numbers say it, and a phone has no room for both
            "customdata": counts.tolist(),
            "text": text if few else None,
            "texttemplate": "%{text}" if few else None,
            "hovertemplate": "truth %{y}<br>answer %{x}<br>%{z:.2f} % of the class"
            "<br>%{customdata:,} px<extra></extra>",
            "colorbar": {"title": {"text": "% of the class"}, "thickness": 12},
        }
    ]
    height = max(320, min(760, 120 + 34 * len(rows)))
    if len(rows) ** 2 <= _MOST_CLICKED:
        data.append(
            _targets(ids, names, counts, shares, side=int(0.8 * (height - 110) / len(rows)))
        )
    layout = {
        "height": height,
        "margin": {"l": 90, "r": 10, "t": 8, "b": 90},
        "showlegend": False,
        "dragmode": False,
        "clickmode": "event+select",
        "shapes": [_outlined(ids, chosen)] if chosen and set(chosen) <= set(ids) else [],
        "xaxis": {
            "title": {"text": "answer"},
            "fixedrange": True,
            "tickangle": -45,
            "range": [-0.5, len(rows) - 0.5],
        },
        "yaxis": {"title": {"text": "truth"}, "fixedrange": True, "range": [len(rows) - 0.5, -0.5]},
    }
    st.plotly_chart(
        {"data": data, "layout": layout},
        key=_KEY,
        height=height,
        on_select=_clicked,
        selection_mode="points",
        config={"displayModeBar": False},
        alt="Confusion matrix: share of each true class by the class it was given",
    )


def _outlined(ids: list[int], cell: tuple[int, int]) -> dict[str, Any]:
    row, column = map(ids.index, cell)
    return {
        "type": "rect",
        "x0": column - 0.5,
        "x1": column + 0.5,
        "y0": row - 0.5,
        "y1": row + 0.5,
        "line": {"color": "#E69F00", "width": 3},
    }


def _targets(
    ids: list[int],
    names: list[str],
    counts: NDArray[np.int64],
    shares: NDArray[np.float64],
    *,
    side: int,
) -> dict[str, Any]:
    """Return an invisible mark on each cell: Plotly lets nobody select in a heatmap."""
    cells = [(row, column) for row in range(len(ids)) for column in range(len(ids))]
    clear = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [names[column] for _, column in cells],
        "y": [names[row] for row, _ in cells],
        "customdata": [
            [f"{ids[row]}-{ids[column]}", int(counts[row, column]), _share(shares[row, column])]
            for row, column in cells
        ],
        "marker": {"symbol": "square", "size": max(8, side), "opacity": 0},
        "selected": clear,
        "unselected": clear,
        "hovertemplate": "truth %{y}<br>answer %{x}<br>%{customdata[2]}"
        "<br>%{customdata[1]:,} px<extra></extra>",
    }


def _share(value: float) -> str:
    return "no pixel of the class" if np.isnan(value) else f"{value:.2f} % of the class"
