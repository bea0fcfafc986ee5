"""The match table and the qualities of the classes, as HTML."""

from __future__ import annotations

import math
from html import escape

from seglib.labels import LabelSet
from seglib.metrics import PanopticQuality, SegmentMatch
from seglib.ui.numbers import sig3
from seglib.ui.panoptic_quality.picture import COLORS

WORDS = {"tp": "match", "fp": "wrong", "fn": "missed", "ignored": "ignored"}


def _number(value: float) -> str:
    if math.isnan(value):
        return '<td class="none" title="undefined: the class has no segment, 0/0">undefined</td>'
    return f"<td>{sig3(value)}</td>"


def title(match: SegmentMatch, labels: LabelSet) -> str:
    """Return a row's name in words."""
    return f"{labels.label(match.class_id).name}, {WORDS[match.outcome]}"


def matches(found: PanopticQuality, labels: LabelSet, chosen: int) -> str:
    """Every segment: its partner, their overlap, what it counts as."""
    rows = []
    for place, match in enumerate(found.matches):
        red, green, blue = COLORS[match.outcome]
        ids = "".join(
            f"<td>{'–' if each is None else each}</td>"
            for each in (match.truth_id, match.prediction_id)
        )
        mark = ' class="seg-here"' if place == chosen else ""
        rows.append(
            f'<tr><th scope="row"{mark}><i class="sw" style="background:rgb({red} {green} {blue})">'
            f"</i>{WORDS[match.outcome]}</th>"
            f'<td class="seg-left">{escape(labels.label(match.class_id).name)}</td>{ids}'
            f"<td>{match.shared:,}</td><td>{match.union:,}</td><td>{sig3(match.iou)}</td></tr>"
        )
    if not rows:
        rows = ['<tr><th scope="row" colspan="7">no segment at all</th></tr>']
    heads = ("", "class", "true id", "predicted id", "shared px", "union px", "IoU")
    left = ' class="seg-left"'
    head = "".join(
        f'<th scope="col"{left if each in ("class", "kind") else ""}>{each}</th>' for each in heads
    )
    return (
        '<div class="seg-table" data-testid="matches" tabindex="0" '
        f'style="overflow:auto;max-height:30rem"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def classes(found: PanopticQuality, labels: LabelSet) -> str:
    """TP, FP, FN and the three qualities of every class."""
    rows = []
    for row in found.rows:
        color = "rgb({} {} {})".format(*labels.label(row.class_id).color)
        counts = "".join(f"<td>{each}</td>" for each in (row.tp, row.fp, row.fn))
        values = "".join(_number(each) for each in (row.pq, row.sq, row.rq))
        kind = "thing" if row.thing else "stuff"
        rows.append(
            f'<tr><th scope="row"><i class="sw" style="background:{color}"></i>'
            f'{escape(row.name)}</th><td class="seg-left">{kind}</td>{counts}{values}</tr>'
        )
    heads = ("class", "kind", "TP", "FP", "FN", "PQ", "SQ", "RQ")
    left = ' class="seg-left"'
    head = "".join(
        f'<th scope="col"{left if each in ("class", "kind") else ""}>{each}</th>' for each in heads
    )
    return (
        f'<div class="seg-table" data-testid="classes"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
