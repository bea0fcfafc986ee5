"""Mean stage times of a clip, with tracking and encoding: the same bar as elsewhere."""

from __future__ import annotations

import streamlit as st

from seglib.ui import colors
from seglib.ui.numbers import milliseconds
from seglib.video.facts import STAGES
from seglib.video.job import ClipJob

COLORS = {**colors.STAGES, "track_ms": "#CC79A7", "encode_ms": "#D55E00"}


def html(job: ClipJob) -> str:
    """Return the bar and its legend."""
    values = job.mean_ms
    titles = dict(STAGES)
    work = {name: value for name, value in values.items() if name != "queue_ms"}
    busy, queue = sum(work.values()), values["queue_ms"]
    scale = 100 / max(busy, queue, 1e-9)
    segments = "".join(
        f'<i style="width:{value * scale:.2f}%;background:{COLORS[name]}" '
        f'title="{titles[name]} {milliseconds(value)}"></i>'
        for name, value in work.items()
        if value > 0
    )
    rows = "".join(
        f'<dt><i style="background:{COLORS[name]}"></i>{titles[name]}</dt>'
        f'<dd data-stage="{name}">{milliseconds(values[name])}</dd>'
        for name in [*work, "queue_ms"]
    )
    wall = 1e3 / job.per_second if job.per_second else None
    return (
        '<div class="seg-times" data-testid="stage-times" role="group" '
        'aria-label="Mean stage times of a frame">'
        f'<div class="bar">{segments}</div>'
        f'<div class="bar queue"><i style="width:{max(queue * scale, 0.5):.2f}%;'
        f'background:{COLORS["queue_ms"]}" title="Queue {milliseconds(queue)}"></i></div>'
        f'<dl>{rows}<dt class="sum">Work for a frame</dt><dd class="sum">{milliseconds(busy)}</dd>'
        f"<dt>Real time for a frame</dt><dd>{milliseconds(wall)}</dd></dl></div>"
    )


def show(job: ClipJob) -> None:
    """Draw the mean stage times of the frames so far."""
    st.html(html(job))
