"""The tables of conventions as HTML."""

from __future__ import annotations

import math
from html import escape

from seglib.metrics import RULES, How
from seglib.ui.conventions.facts import (
    ABSENT_TITLES,
    HOW_TITLES,
    METRIC_TITLES,
    VOID_TITLES,
    Facts,
)
from seglib.ui.numbers import sig3

_WHY = "undefined: there is nothing to measure on, 0/0"


def cell(value: float, *, here: bool = False) -> str:
    """Return one number as a table cell; infinite and undefined by name."""
    if math.isinf(value):
        return "<td>∞</td>"
    if math.isnan(value):
        return f'<td class="none" title="{_WHY}">undefined</td>'
    mark = ' class="seg-here"' if here else ""
    return f"<td{mark}>{sig3(value)}</td>"


def _table(testid: str, heads: list[str], rows: list[str]) -> str:
    # A column of words begins at its left.
    head = "".join(
        f'<th scope="col"{" class=seg-left" if each == "why" else ""}>{escape(each)}</th>'
        for each in heads
    )
    return (
        f'<div class="seg-table" data-testid="{testid}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def conventions(found: Facts, how: How) -> str:
    """Every way to one number, and every value of an absent class; ``how`` is marked."""
    heads = [METRIC_TITLES[found.metric]]
    heads += [f"absent class {title}" for title in ABSENT_TITLES.values()]
    rows = []
    for way, title in HOW_TITLES.items():
        cells = "".join(
            cell(found.table[way, absent].value, here=way == how and absent == "skip")
            for absent in ABSENT_TITLES
        )
        rows.append(f'<tr><th scope="row">{escape(title)}</th>{cells}</tr>')
    return _table("conventions", heads, rows)


def void(found: Facts) -> str:
    """What to do with pixels without a class, and the two readings of mean pixel accuracy."""
    rows = [
        f'<tr><th scope="row" class="seg-left">{escape(VOID_TITLES[key])}</th>'
        f"{cell(reduction.value)}</tr>"
        for key, reduction in found.void.items()
    ]
    for name, value in zip(("of the true pixels", "of the predicted"), found.readings, strict=True):
        rows.append(
            f'<tr><th scope="row" class="seg-left">Mean pixel accuracy, share {name}</th>'
            f"{cell(value)}</tr>"
        )
    return _table("void", ["Pooled, absent classes skipped", "value"], rows)


def per_class(found: Facts) -> str:
    """Each class in each picture: what the means are made of."""
    from seglib.ui.conventions.cases import CLASSES, LABELS

    table = found.table["per_image", "skip"].table
    pooled = found.table["pooled", "skip"].table[0]
    names = ["all pixels"] if table.shape[1] == 1 else [LABELS.label(c).name for c in CLASSES]
    heads = [METRIC_TITLES[found.metric].removeprefix("Mean ")]
    heads += [f"picture {number}" for number in range(1, len(table) + 1)] + ["pooled"]
    rows = []
    for column, name in enumerate(names):
        cells = "".join(cell(float(value)) for value in (*table[:, column], pooled[column]))
        rows.append(f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>')
    return _table("per-class", heads, rows)


def empty() -> str:
    """What every metric says of empty masks."""
    heads = ["Metric", "both empty", "only the truth is", "only the prediction is", "why"]
    rows = [
        f'<tr><th scope="row">{escape(rule.metric)}</th>{cell(rule.both)}'
        f"{cell(rule.only_prediction)}{cell(rule.only_truth)}"
        f'<td class="seg-left" style="min-width:16rem">{escape(rule.why)}</td></tr>'
        for rule in RULES
    ]
    return _table("empty", heads, rows)
