"""Who worked on which frame, and when: the run itself, drawn as lanes."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from seglib.render import instance_color
from seglib.ui.numbers import milliseconds
from seglib.video.facts import Span

FRAMES = 6
_TITLES = {"read": "Read", "track": "Track", "draw": "Draw", "encode": "Encode"}
_CSS = """<style>
.vi-lanes { display: grid; grid-template-columns: 5.2rem 1fr; gap: 0.3rem 0.6rem; align-items: center; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.vi-lanes .lane { position: relative; height: 1.7rem; background: rgb(128 128 128 / 0.12); border-radius: 0.3rem; overflow: hidden; }
.vi-lanes .lane i { position: absolute; top: 0; bottom: 0; min-width: 2px; border-radius: 2px; font-style: normal; font-weight: 600; display: flex; align-items: center; justify-content: center; overflow: hidden; color: #000; box-shadow: inset 0 0 0 1px rgb(0 0 0 / 0.35); }
.vi-lanes .ends { grid-column: 2; display: flex; justify-content: space-between; opacity: 0.8; }
</style>"""  # noqa: E501


def window(spans: Iterable[Span], frames: int = FRAMES) -> list[Span]:
    """Return the work on some frames in a row: those that took the least time together."""
    by_frame: dict[int, list[Span]] = {}
    for span in spans:
        by_frame.setdefault(span.frame, []).append(span)
    # the earliest ones are no longer kept whole, the latest not yet
    whole = {k for k, of in by_frame.items() if {"read", "encode"} <= {s.lane for s in of}}
    candidates = [range(first, first + frames) for first in sorted(whole)]
    rows = [row for row in candidates if all(k in whole for k in row)]
    if not rows:
        return [span for k in sorted(whole)[:frames] for span in by_frame[k]]
    best = min(rows, key=lambda row: _length([span for k in row for span in by_frame[k]]))
    return [span for k in best for span in by_frame[k]]


def _length(spans: list[Span]) -> float:
    return max(span.end for span in spans) - min(span.start for span in spans)


def html(spans: Iterable[Span]) -> str:
    """Return the lanes as HTML; a colour and a number are a frame."""
    shown = window(spans)
    if not shown:
        return ""
    start, length = min(span.start for span in shown), max(_length(shown), 1e-6)
    present = {span.lane for span in shown}
    workers = sorted(lane for lane in present if lane.startswith("worker"))
    lanes = [lane for lane in ("read", *workers, "track", "draw", "encode") if lane in present]
    rows = []
    for lane in lanes:
        boxes = []
        for span in shown:
            if span.lane != lane:
                continue
            wide = 100 * (span.end - span.start) / length
            color = f"rgb{instance_color(span.frame % 7)}"
            took = milliseconds(1e3 * (span.end - span.start))
            text = str(span.frame + 1) if wide > 2.5 else ""
            boxes.append(
                f'<i style="left:{100 * (span.start - start) / length:.2f}%;width:{wide:.2f}%;'
                f'background:{color}" title="Frame {span.frame + 1}: {lane} {took}">{text}</i>'
            )
        title = escape(_TITLES.get(lane, lane.capitalize()))
        rows.append(f'<span>{title}</span><div class="lane">{"".join(boxes)}</div>')
    return (
        f'{_CSS}<div class="vi-lanes" data-testid="vi-lanes" role="img" aria-label="When which '
        f'part of the work was done for which frame">{"".join(rows)}'
        f'<div class="ends"><span>0</span><span>{milliseconds(1e3 * length)}</span></div></div>'
    )
