"""The precision–recall curve: every detection a point, the area that AP measures filled."""

from __future__ import annotations

from typing import Any

import streamlit as st

from seglib.metrics import Curve
from seglib.ui.average_precision.facts import Outcome

_COLORS: dict[Outcome, str] = {"tp": "#009E73", "fp": "#D55E00", "ignored": "#8A8A8A"}
_WORDS: dict[Outcome, str] = {"tp": "right", "fp": "wrong", "ignored": "ignored"}
_HEIGHT = 320


def show(curve: Curve, outcomes: list[Outcome], steps: int) -> None:
    """Draw the curve; ``outcomes`` are the detections' own, ``steps`` says where one is."""
    recall, precision = curve.recall.tolist(), curve.precision.tolist()
    now = max(0, steps - 1)
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "name": f"101 points, area {curve.area:.3f}",
            "x": curve.at.tolist(),
            "y": curve.read.tolist(),
            "mode": "lines",
            "line": {"color": "#0072B2", "width": 2, "shape": "vh"},
            "fill": "tozeroy",
            "fillcolor": "rgba(0,114,178,0.18)",
            "hovertemplate": "best from recall %{x:.2f} on: %{y:.3f}<extra></extra>",
        },
        {
            "type": "scatter",
            "name": "after each detection",
            "x": recall,
            "y": precision,
            "mode": "lines+markers",
            "line": {"color": "#8A8A8A", "width": 1},
            "marker": {"color": [_COLORS[each] for each in outcomes], "size": 7},
            "text": [f"{place}: {_WORDS[each]}" for place, each in enumerate(outcomes, start=1)],
            "hovertemplate": "%{text}<br>recall %{x:.3f}, precision %{y:.3f}<extra></extra>",
        },
        {
            "type": "scatter",
            "name": "here",
            "x": recall[now : now + 1],
            "y": precision[now : now + 1],
            "mode": "markers",
            "marker": {
                "size": 15,
                "color": "rgba(0,0,0,0)",
                "line": {"color": "#E69F00", "width": 3},
            },
            "hoverinfo": "skip",
        },
    ]
    axis = {"range": [-0.03, 1.05], "fixedrange": True, "dtick": 0.25}
    layout = {
        "xaxis": {"title": {"text": "recall"}, **axis},
        "yaxis": {"title": {"text": "precision"}, **axis},
        "height": _HEIGHT,
        "margin": {"l": 56, "r": 12, "t": 8, "b": 44},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        "hovermode": "closest",
    }
    # A plain dictionary: building a figure object checks every value and takes longer than drawing.
    st.plotly_chart(
        {"data": data, "layout": layout},
        key="ap_curve",
        height=_HEIGHT,
        config={"displayModeBar": False},
        alt=f"precision over recall; average precision, the area below, is {curve.area:.3f}",
    )
