"""Detections by score, and the numbers of all classes, as HTML tables."""

from __future__ import annotations

import math
from html import escape

from seglib.ui.average_precision.facts import Facts
from seglib.ui.numbers import sig3

_WORDS = {"tp": "right", "fp": "wrong", "ignored": "ignored"}
_SIGNS = {"tp": "✓", "fp": "✗", "ignored": "–"}
_TINTS = {"tp": "0 158 115", "fp": "213 94 0", "ignored": "138 138 138"}


def number(value: float) -> str:
    """Return a table cell; undefined by name."""
    if math.isnan(value):
        return '<td class="none" title="undefined: no object to find, 0/0">undefined</td>'
    return f"<td>{sig3(value)}</td>"


def detections(found: Facts, steps: int) -> str:
    """Detections in the order of their scores, with what each is at every threshold."""
    heads = ["", "score", "class", "best IoU"]
    heads += [f"{each:.2f}" for each in found.view.thresholds]
    heads += ["precision", "recall"]
    rows = []
    for place, row in enumerate(found.rows, start=1):
        cells = []
        for column, outcome in enumerate(row.outcomes):
            chosen = column == found.at
            strength = 0.5 if chosen else 0.18
            cells.append(
                f'<td style="text-align:center;background:rgb({_TINTS[outcome]} / {strength})" '
                f'title="{_WORDS[outcome]} at {found.view.thresholds[column]:.2f}">'
                f"{_SIGNS[outcome]}</td>"
            )
        later = place > steps
        end = "<td></td><td></td>" if later else f"{number(row.precision)}{number(row.recall)}"
        style = ' style="opacity:0.55"' if later else ""
        here = ' class="seg-here"' if place == steps else ""
        rows.append(
            f'<tr{style}><th scope="row"{here}>{place}</th><td>{row.score:.3f}</td>'
            f'<td class="seg-left">{escape(row.class_name)}</td><td>{sig3(row.iou)}</td>'
            f"{''.join(cells)}{end}</tr>"
        )
    if not rows:
        rows = [f'<tr><th scope="row" colspan="{len(heads)}">no detection</th></tr>']
    left = ' class="seg-left"'
    head = "".join(
        f'<th scope="col"{left if each in ("class", "kind") else ""}>{each}</th>' for each in heads
    )
    return (
        '<div class="seg-table" data-testid="detections" tabindex="0" '
        f'style="overflow:auto;max-height:32rem"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def classes(found: Facts) -> str:
    """AP of each class, as COCO averages them."""
    names = {label.id: label.name for label in found.case.truth.label_set}
    area = found.judge.area
    whole = found.whole
    place = [each.name for each in whole.areas].index(area)
    rows = []
    for at, class_id in enumerate(whole.class_ids.tolist()):
        values = (
            whole.per_class(area=area)[at],
            whole.per_class(threshold=0.5, area=area)[at],
            whole.per_class(threshold=0.75, area=area)[at],
        )
        cells = "".join(number(float(value)) for value in values)
        rows.append(
            f'<tr><th scope="row">{escape(names[class_id])}</th>'
            f"<td>{int(whole.positives[at, place])}</td>{cells}</tr>"
        )
    heads = ["class", "objects to find", "AP", "AP50", "AP75"]
    left = ' class="seg-left"'
    head = "".join(
        f'<th scope="col"{left if each in ("class", "kind") else ""}>{each}</th>' for each in heads
    )
    return (
        f'<div class="seg-table" data-testid="classes"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
