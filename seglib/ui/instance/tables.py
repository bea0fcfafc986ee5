"""Objects and classes as HTML: bars a class, a page of the table of objects."""

from __future__ import annotations

from html import escape

from seglib.ui.instance.facts import ClassCount
from seglib.ui.instance.state import Work
from seglib.ui.instance.truth import Judged
from seglib.ui.numbers import percent, sig3

PAGE_ROWS = 50

_TINTS = {"right": "0 158 115", "wrong": "213 94 0", "ignored": "138 138 138"}


def counts(rows: tuple[ClassCount, ...]) -> str:
    """Return one bar a class, most objects first."""
    if not rows:
        return '<p class="seg-note" data-testid="counts">No object, so no class.</p>'
    most = rows[0].count
    parts = []
    for row in rows:
        color = "rgb({} {} {})".format(*row.color)
        parts.append(
            f'<span><i class="sw" style="background:{color}"></i>{escape(row.name)}</span>'
            f'<span class="bar"><i style="width:{100 * row.count / most:.1f}%;'
            f'background:{color}"></i></span><span>{row.count:,}</span>'
        )
    spoken = ", ".join(f"{row.name} {row.count}" for row in rows)
    return (
        f'<div class="seg-counts" data-testid="counts" role="img" '
        f'aria-label="Objects a class: {escape(spoken)}">{"".join(parts)}</div>'
    )


def objects(work: Work, page: int, judged: Judged | None) -> str:
    """Return a page of the table of objects, from 1."""
    instances = work.instances
    width, height = instances.size
    heads = ["", "class", "score", "area, px", "share", "x, px", "y, px", "width, px", "height, px"]
    heads += ["at IoU 0.5", "IoU"] if judged is not None else []
    rows = []
    first = (page - 1) * PAGE_ROWS
    for row in range(first, min(first + PAGE_ROWS, len(instances))):
        label = work.label(row)
        color = "rgb({} {} {})".format(*label.color)
        area = instances.packed[row].area
        x1, y1, x2, y2 = (float(value) for value in instances.boxes[row])
        here = ' class="seg-here"' if row == work.pick else ""
        cells = (
            f'<th scope="row"{here}>{row + 1}</th><td class="seg-left" style="white-space:nowrap">'
            f'<i class="sw" style="background:{color}"></i>{escape(label.name)}</td>'
            f"<td>{instances.scores[row]:.3f}</td><td>{area:,}</td>"
            f"<td>{percent(area / (width * height))}</td>"
            f"<td>{x1:,.0f}</td><td>{y1:,.0f}</td><td>{x2 - x1:,.0f}</td><td>{y2 - y1:,.0f}</td>"
        )
        if judged is not None:
            cells += _outcome(judged, row)
        rows.append(f"<tr>{cells}</tr>")
    if not rows:
        rows = [f'<tr><th scope="row" colspan="{len(heads)}">no object</th></tr>']
    head = "".join(
        f'<th scope="col"{" class=seg-left" if each == "class" else ""}>{each}</th>'
        for each in heads
    )
    return (
        f'<div class="seg-table" data-testid="objects"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _outcome(judged: Judged, row: int) -> str:
    outcome, iou = judged.outcomes[row], judged.ious[row]
    tint = f' style="background:rgb({_TINTS[outcome]} / 0.3)"' if outcome in _TINTS else ""
    if iou is None:
        why = "no true object of its class reaches an IoU of 0.5"
        if outcome in ("ignored", "not judged"):
            why = "its class or place is not judged"
        return f'<td{tint}>{outcome}</td><td class="none" title="{why}">none</td>'
    return f"<td{tint}>{outcome}</td><td>{sig3(iou)}</td>"
