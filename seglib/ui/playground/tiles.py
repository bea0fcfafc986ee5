"""All metrics at once: a tile each with its value, the last change and the way it came."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from seglib.ui.playground.measures import Facts
from seglib.ui.playground.table import METRICS, Metric

_GROUPS = ("Pixels", "Boundary", "Objects")
_WHOLE = ("pixel_accuracy", "mean_iou", "fw_iou")
_WIDTH, _HEIGHT = 34, 14


@cache
def style() -> str:
    """Return the stylesheet of the page."""
    file = Path(__file__).parents[1] / "frontend" / "playground_page.css"
    return f"<style>{file.read_text(encoding='utf-8')}</style>"


def show(found: Facts, history: Sequence[Mapping[str, float]]) -> None:
    """Draw the tiles."""
    st.html(html(found, history))


def html(found: Facts, history: Sequence[Mapping[str, float]]) -> str:
    """Return the tiles as HTML; ``history`` ends with the present values."""
    parts = []
    for group in _GROUPS:
        tiles = "".join(_tile(one, found, history) for one in METRICS if one.group == group)
        parts.append(f'<h4>{group}</h4><div class="pg-group">{tiles}</div>')
    return f'{style()}<div class="pg-tiles" data-testid="tiles">{"".join(parts)}</div>'


def _tile(metric: Metric, found: Facts, history: Sequence[Mapping[str, float]]) -> str:
    value = found.values[metric.key]
    past = [state.get(metric.key, math.nan) for state in history]
    before = past[-2] if len(past) > 1 else math.nan
    whole = " of all classes" if metric.key in _WHOLE else f" of {found.name}"
    why = metric.undefined if math.isnan(value) else metric.sees
    text = metric.show(value)
    none = " none" if math.isnan(value) else ""
    return (
        f'<div class="pg-tile{none}" data-testid="tile-{metric.key}" data-value="{value!r}" '
        f'title="{escape(metric.title + whole + ": " + why)}">'
        f'<span class="name">{escape(metric.title)}</span><b>{escape(text)}</b>'
        f'<span class="row">{_delta(metric, before, value)}{spark(past, pixels=metric.pixels)}'
        "</span></div>"
    )


def _delta(metric: Metric, before: float, value: float) -> str:
    if not (math.isfinite(before) and math.isfinite(value)) or before == value:
        same = "" if math.isnan(before) or before != value else "±0"
        return f'<span class="delta">{same}</span>'
    change = value - before
    kind = "good" if metric.better(change) else "bad"
    arrow = "▲" if change > 0 else "▼"
    size = metric.show(abs(change)).removesuffix(" px")
    if len(size) > 5:
        size = "&lt;0.001" if abs(change) < 0.001 else size
    return f'<span class="delta {kind}"><i>{arrow}</i>{size}</span>'


def spark(past: Sequence[float], *, pixels: bool) -> str:
    """Return a line of past values, 0 at the bottom; gaps where undefined or infinite.

    As a picture, for Streamlit takes SVG out of HTML; grey and blue are seen in both themes.
    """
    drawn = spark_svg(past, pixels=pixels)
    if not drawn:
        return ""
    data = base64.b64encode(drawn.encode()).decode()
    return (
        f'<img alt="" width="{_WIDTH}" height="{_HEIGHT}" src="data:image/svg+xml;base64,{data}">'
    )


def spark_svg(past: Sequence[float], *, pixels: bool) -> str:
    """Return the line as SVG; empty where there is no line yet."""
    known = [value for value in past if math.isfinite(value)]
    if len(past) < 2 or not known:
        return ""
    top = max(max(known), 1.0) if pixels else 1.0
    step = (_WIDTH - 6) / (len(past) - 1)
    runs: list[list[str]] = [[]]
    for index, value in enumerate(past):
        if math.isfinite(value):
            y = _HEIGHT - 3 - (_HEIGHT - 6) * min(value / top, 1)
            runs[-1].append(f"{3 + step * index:.1f},{y:.1f}")
        elif runs[-1]:
            runs.append([])
    lines = "".join(f'<polyline points="{" ".join(run)}"/>' for run in runs if run)
    last = next((run[-1] for run in reversed(runs) if run), "0,0").split(",")
    dot = (
        f'<circle cx="{last[0]}" cy="{last[1]}" r="2.2" fill="#1F8FD0" stroke="none"/>'
        if math.isfinite(past[-1])
        else ""
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" fill="none" '
        f'stroke="#808080" stroke-width="1.4">{lines}{dot}</svg>'
    )
