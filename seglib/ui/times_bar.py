"""Stage times as a stacked bar; the wait in the queue is a bar of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from seglib.results import StageTimes
from seglib.results.times import STAGES
from seglib.ui import colors
from seglib.ui.numbers import milliseconds, sig3


@dataclass(frozen=True)
class Extra:
    """A stage of one page alone; it comes right before rendering.

    Parameters
    ----------
    name, title : str
        For tests, and for people.
    ms : float
        Milliseconds.
    color : str
        CSS colour.
    """

    name: str
    title: str
    ms: float
    color: str = "#CC79A7"


def html(times: StageTimes, extra: Sequence[Extra] = ()) -> str:
    """Return the bar and its legend as HTML.

    Plain HTML and not a chart: it is drawn with the page instead of after a chart library of
    several megabytes, a screen reader can read it, and it follows the theme.
    """
    values = times.as_dict()
    last = values.pop("render_ms")
    values |= {one.name: one.ms for one in extra} | {"render_ms": last}
    work = {name: value for name, value in values.items() if name != "queue_ms"}
    busy = sum(work.values())
    scale = 100 / max(busy, times.queue_ms, 1e-9)
    titles = dict(STAGES) | {one.name: one.title for one in extra}
    shades = colors.STAGES | {one.name: one.color for one in extra}
    segments = "".join(
        f'<i style="width:{value * scale:.2f}%;background:{shades[name]}" '
        f'title="{titles[name]} {milliseconds(value)}"></i>'
        for name, value in work.items()
        if value > 0
    )
    queue = (
        f'<div class="bar queue"><i style="width:{max(times.queue_ms * scale, 0.5):.2f}%;'
        f'background:{shades["queue_ms"]}" title="Queue {milliseconds(times.queue_ms)}">'
        "</i></div>"
    )
    rows = "".join(
        f'<dt><i style="background:{shades[name]}"></i>{titles[name]}</dt>'
        f'<dd data-stage="{name}">{milliseconds(values[name])}</dd>'
        for name in [*work, "queue_ms"]
    )
    busy_fps = sig3(1000 / busy) if busy > 0 else "undefined"
    return (
        f'<div class="seg-times" data-testid="stage-times" role="group" aria-label="Stage times">'
        f'<div class="bar">{segments}</div>{queue}<dl>{rows}'
        f'<dt class="sum">Work without queue</dt><dd class="sum">{milliseconds(busy)}</dd>'
        f"<dt>One after another</dt><dd>{busy_fps} FPS</dd></dl></div>"
    )


def show(times: StageTimes, extra: Sequence[Extra] = ()) -> None:
    """Draw the stage times."""
    st.html(html(times, extra))
