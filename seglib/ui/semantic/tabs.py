"""The tabs under the stage: Numbers, How it works, Try this, Code."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from seglib.ui import frame, lesson
from seglib.ui.caches import View
from seglib.ui.numbers import percent, pixels, sig3
from seglib.ui.semantic import how, ideas
from seglib.ui.semantic.facts import Absent, Facts, facts
from seglib.ui.stage import StageState

if TYPE_CHECKING:
    from seglib.models import Segmenter

_WHY = "undefined: the class is neither in the truth nor in the prediction, so its IoU is 0/0"


def show(view: View, state: StageState, own: Segmenter, *, upsampling: str, absent: Absent) -> None:
    """Draw the tabs; only the open one is computed."""
    lesson.tabs(
        numbers=lambda: _numbers(facts(view, absent=absent), view, upsampling=upsampling),
        how=lambda: how.show(facts(view, absent=absent), view, state, own, upsampling, absent),
        tries=ideas.show,
        code=_code,
        models=(own.card.name,),
    )


def _numbers(found: Facts, view: View, *, upsampling: str) -> None:
    cells: list[tuple[str, str, str]] = []
    if found.scores is not None:
        cells += [
            ("Mean IoU", sig3(found.scores.mean_iou), "Intersection over union, mean of classes"),
            ("Pixel accuracy", sig3(found.scores.pixel_accuracy), "Share of pixels that are right"),
            ("Mean Dice", sig3(found.scores.mean_dice), "2·TP / (2·TP + FP + FN), mean of classes"),
            (
                "FW IoU",
                sig3(found.scores.frequency_weighted_iou),
                "Frequency-weighted: each IoU counts by how often its class is in the truth",
            ),
        ]
    others = [
        ("Classes found", f"{found.found} of {len(found.rows)}", "Classes with at least one pixel"),
        ("Mean confidence", percent(found.confidence), "Probability of the likeliest class"),
        (
            "Pixels that change",
            percent(found.changed / found.total),
            f"{pixels(found.changed)} get another class with the other way of upsampling",
        ),
    ]
    for row in (cells, others):
        if row:
            with st.grid(len(row), min_column_width=150, gap="small"):
                for label, value, text in row:
                    st.metric(label, value, help=text, border=True)
    if found.scores is None:
        st.html(f'<p class="seg-note">No metrics: {escape(view.picture.why_no_metrics)}</p>')
    elif found.scores_other is not None:
        other = "Decide, then repeat" if upsampling == "logits" else "Scores, then decide"
        st.html(
            f'<p class="seg-note" data-testid="other-upsampling">With “{other}” the mean IoU is '
            f"{sig3(found.scores_other.mean_iou)} instead of {sig3(found.scores.mean_iou)}; "
            f"{pixels(found.changed)} get another class.</p>"
        )
    st.html(table(found))


def _cell(value: float | None) -> str:
    text = sig3(value)
    if text == "undefined":
        return f'<td class="none" title="{_WHY}">undefined</td>'
    return f"<td>{text}</td>"


def table(found: Facts) -> str:
    """Return the table of classes as HTML."""
    truth = found.scores is not None
    heads = ["Class", "Pixels", "Share", "Mean confidence"]
    heads += ["IoU", "Dice", "True pixels"] if truth else []
    body = []
    for row in found.rows:
        color = "rgb({} {} {})".format(*row.color)
        confidence = "undefined" if row.pixels == 0 else percent(row.confidence)
        why = ' class="none" title="undefined: no pixel has this class"' if row.pixels == 0 else ""
        cells = (
            f'<th scope="row"><i class="sw" style="background:{color}"></i>{escape(row.name)}</th>'
            f"<td>{row.pixels:,}</td>"
            f'<td>{percent(row.share)}<span class="meter" aria-hidden="true">'
            f'<i style="width:{100 * row.share:.1f}%"></i></span></td>'
            f"<td{why}>{confidence}</td>"
        )
        if truth:
            cells += f"{_cell(row.iou)}{_cell(row.dice)}<td>{row.true_pixels:,}</td>"
        body.append(f'<tr data-class="{escape(row.name)}">{cells}</tr>')
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    undefined = any(row.iou is not None and row.iou != row.iou for row in found.rows)
    note = f'<p class="seg-note">{_WHY[0].upper()}{_WHY[1:]}.</p>' if undefined else ""
    return (
        f'<div class="seg-table" data-testid="class-table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>{note}"
    )


def _code() -> None:
    from seglib import metrics
    from seglib.models import Segmenter

    st.markdown("The same in five lines, in a notebook or a script:")
    st.code(
        "from seglib import images, models\n\n"
        'picture = images.load("street.jpg")\n'
        'result, times = models.load("street").segment(picture)\n'
        "print(result.shares(), times.infer_ms)",
        language="python",
    )
    frame.show_code(Segmenter.finish, metrics.iou, intro="What ran for this page, word for word:")
