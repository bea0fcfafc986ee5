"""Charts in the app's style: thin wrappers over Plotly, fixed height, no mode bar, no animation.

A chart loads a library of several megabytes in the browser once; what must answer a slider at once
is drawn with :mod:`seglib.ui.figures` instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8A8A8A")
"""Okabe–Ito, in the order in which series take them; yellow is left out, it vanishes on white."""


def line(
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    x: str,
    y: str,
    key: str,
    height: int = 280,
    alt: str = "",
    markers: bool = False,
    at: float | None = None,
    log_y: bool = False,
) -> None:
    """Draw lines.

    Parameters
    ----------
    series : mapping of str to (xs, ys)
        One entry a line.
    x, y : str
        Titles of the axes, with units.
    key : str
        Of the element, so that it is updated and not mounted anew.
    height : int
        Pixels.
    alt : str
        What a screen reader says.
    markers : bool
        Draw the points too.
    at : float, optional
        A vertical line at this x: where one is now.
    log_y : bool
        Logarithmic y axis.
    """
    data = [
        {
            "type": "scatter",
            "name": name,
            "x": list(xs),
            "y": list(ys),
            "mode": "lines+markers" if markers else "lines",
            "line": {"color": COLORS[place % len(COLORS)], "width": 2.5},
        }
        for place, (name, (xs, ys)) in enumerate(series.items())
    ]
    shapes = []
    if at is not None:
        shapes = [
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "x0": at,
                "x1": at,
                "y0": 0,
                "y1": 1,
                "line": {"color": "#E69F00", "width": 2, "dash": "dot"},
            }
        ]
    layout: dict[str, Any] = {"shapes": shapes, "showlegend": len(series) > 1}
    if log_y:
        layout["yaxis"] = {"type": "log"}
    _draw(data, layout, x=x, y=y, key=key, height=height, alt=alt)


def bars(
    series: Mapping[str, Sequence[float]],
    names: Sequence[Any],
    *,
    x: str,
    y: str,
    key: str,
    height: int = 280,
    alt: str = "",
    horizontal: bool = False,
    log_y: bool = False,
    gap: float = 0.25,
) -> None:
    """Draw bars, one group a name; ``gap`` is 0 for a histogram. See :func:`line`."""
    data = []
    for place, (name, values) in enumerate(series.items()):
        along, across = (list(values), list(names)) if horizontal else (list(names), list(values))
        data.append(
            {
                "type": "bar",
                "name": name,
                "x": along,
                "y": across,
                "orientation": "h" if horizontal else "v",
                "marker": {"color": COLORS[place % len(COLORS)]},
            }
        )
    layout: dict[str, Any] = {"bargap": gap, "showlegend": len(series) > 1}
    if log_y:
        layout["xaxis" if horizontal else "yaxis"] = {"type": "log"}
    _draw(data, layout, x=x, y=y, key=key, height=height, alt=alt)


def heat(
    values: Any,
    *,
    x: str,
    y: str,
    key: str,
    height: int = 320,
    alt: str = "",
    low: float | None = None,
    high: float | None = None,
) -> None:
    """Draw a map ``(H, W)`` with values under the pointer, first row on top. See :func:`line`."""
    from seglib.render import RAMP_STOPS

    last = len(RAMP_STOPS) - 1
    scale = [[i / last, "rgb({},{},{})".format(*stop)] for i, stop in enumerate(RAMP_STOPS)]
    data = [{"type": "heatmap", "z": values, "zmin": low, "zmax": high, "colorscale": scale}]
    layout = {"yaxis": {"autorange": "reversed", "scaleanchor": "x", "constrain": "domain"}}
    _draw(data, layout, x=x, y=y, key=key, height=height, alt=alt)


def _draw(
    data: list[dict[str, Any]],
    layout: dict[str, Any],
    *,
    x: str,
    y: str,
    key: str,
    height: int,
    alt: str,
) -> None:
    own = dict(layout)
    for axis, title in (("xaxis", x), ("yaxis", y)):
        own[axis] = {"title": {"text": title}, "fixedrange": True, **own.get(axis, {})}
    own |= {
        "height": height,
        "margin": {"l": 56, "r": 12, "t": 8, "b": 44},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        "hovermode": "closest",
    }
    # A plain dictionary: building a figure object checks every value and takes longer than drawing.
    st.plotly_chart(
        {"data": data, "layout": own},
        key=key,
        height=height,
        config={"displayModeBar": False},
        alt=alt or f"{y} over {x}",
    )
