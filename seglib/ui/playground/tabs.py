"""The tabs under the board: Numbers, How it works, Try this, Code."""

from __future__ import annotations

import math
from html import escape

import streamlit as st

from seglib.ui import address, frame, lesson, tries
from seglib.ui.numbers import sig3
from seglib.ui.playground import formulas, matrix, params, pictures
from seglib.ui.playground.measures import Facts
from seglib.ui.playground.table import BY_KEY, METRICS
from seglib.ui.tries import Try

_MOST_ROWS = 24
_SYMBOLS = {
    "Pixels": "$TP$, $FP$ and $FN$ are its pixels found, wrongly claimed and missed; $n_{cd}$ are "
    "the pixels of class $c$ called $d$, $n_c$ all of class $c$.",
    "Boundary": "$G$ is the truth's mask and $P$ the prediction's; $G_r$ and $P_r$ their rings, "
    r"$\partial G$ and $\partial P$ their outermost pixels, $d$ the distance to the nearest.",
    "Objects": "$TP$ are its matched segments, $FP$ those without a match, $FN$ the missed ones; "
    "$p(r)$ is the precision at recall $r$. "
    "Objects are connected regions; the larger, the surer.",
}
_VERDICTS = {"tp": "matched", "fn": "missed", "fp": "no match", "ignored": "not judged"}

TRIES: tuple[Try, ...] = (
    Try(
        "When is a pixel a lot?",
        "A pole two pixels wide, one pixel off. Move the slider to 2: IoU falls to 0, the outline "
        "is two pixels off.",
        params.query("pole"),
    ),
    Try(
        "What does a thin line cost?",
        "One column of pixels makes two cows of one. Paint it shut with the tool Correct and "
        "watch PQ.",
        params.query("split"),
    ),
    Try(
        "What does a network get wrong?",
        "The street model against the exact truth: which pixels of poles does it call something "
        "else?",
        params.query("network", pg_class="pole", pg_metric="boundary_iou"),
    ),
)
"""The three."""


def show(found: Facts, cell: tuple[int, int] | None) -> None:
    """Draw the tabs; only the open one is computed."""
    lesson.tabs(
        numbers=lambda: _numbers(found, cell),
        how=lambda: _how(found),
        tries=lambda: tries.show("pages/playground.py", TRIES),
        code=_code,
    )


def _numbers(found: Facts, cell: tuple[int, int] | None) -> None:
    left, right = st.columns([7, 3], gap="medium")
    with left:
        st.markdown("#### Confusion matrix")
        matrix.show(found, cell)
        st.markdown("#### Maps")
        pictures.show(found, cell)
    with right:
        st.markdown("#### Classes, in pixels")
        st.html(class_table(found))
        st.markdown(f"#### Segments: {found.name}")
        st.html(match_table(found))


def class_table(found: Facts) -> str:
    """Return counts and IoU of every class in either map, as HTML."""
    rows = []
    for i in found.present:
        label = found.label_set.label(i)
        counts = (found.counts.tp[i], found.counts.fp[i], found.counts.fn[i])
        cells = "".join(f"<td>{int(count):,}</td>" for count in counts)
        color = "rgb({} {} {})".format(*label.color)
        rows.append(
            f'<tr data-class="{escape(label.name)}"><th scope="row"><i class="sw" '
            f'style="background:{color}"></i>{escape(label.name)}</th>{cells}'
            f"<td>{sig3(float(found.ious[i]))}</td></tr>"
        )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Class", "TP", "FP", "FN", "IoU"))
    return (
        f'<div class="seg-table pg-narrow" data-testid="pg-classes"><table><thead><tr>{head}</tr>'
        "</thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def match_table(found: Facts) -> str:
    """Return the objects of the class and what they match, as HTML."""
    label = found.label_set.label(found.focus)
    rule = (
        "An object is a connected region; a pair with an IoU above one half is a match. For AP, "
        "larger objects count as surer."
        if label.thing
        else f"{label.name.capitalize()} is stuff: all its pixels are one segment, and AP, which "
        "counts objects, is undefined."
    )
    if not found.matches:
        return f'<p class="seg-note">Neither map has any {escape(label.name)}.</p>'
    rows = []
    for match in found.matches[:_MOST_ROWS]:
        areas = (
            "–" if one is None else f"{known[one]:,}"
            for one, known in zip((match.truth_id, match.prediction_id), found.areas, strict=True)
        )
        cells = (*areas, sig3(match.iou), _VERDICTS[match.outcome])
        rows.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    more = len(found.matches) - _MOST_ROWS
    note = f" And {more:,} more rows." if more > 0 else ""
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("Truth, px", "Pred., px", "Best IoU", "")
    )
    return (
        '<div class="seg-table pg-narrow pg-segments" data-testid="pg-segments"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        f'<p class="seg-note">{rule}{note}</p>'
    )


def _how(found: Facts) -> None:
    left, right = st.columns([1, 2], gap="large")
    with left:
        follow = address.bound(params.METRIC, params.METRIC.name)
        st.selectbox(
            "Metric",
            [metric.key for metric in METRICS],
            format_func=lambda key: f"{BY_KEY[key].group}: {BY_KEY[key].title}",
            key=params.METRIC.name,
            on_change=follow,
        )
    metric = BY_KEY[address.get(params.METRIC)]
    with left:
        st.metric(metric.title, metric.show(found.values[metric.key]), help=metric.sees)
    with right:
        st.latex(formulas.latex(metric.key, found))
        text = f"**Sees** {_low(metric.sees)}  \n**Misses** {_low(metric.misses)}"
        value = found.values[metric.key]
        if math.isnan(value):
            text += f"  \n**Here** undefined. {metric.undefined}"
        if math.isinf(value):
            text += "  \n**Here** infinite: only one of the two has an outline."
        title, link = metric.source
        st.markdown(f"{text}  \nSource: [{title}]({link})")
        st.markdown(f"The class is **{found.name}**. {_SYMBOLS[metric.group]}")


def _low(text: str) -> str:
    return text[0].lower() + text[1:]


def _code() -> None:
    from seglib import metrics
    from seglib.disturb import disturb

    st.markdown("The same in a notebook or a script:")
    st.code(
        "from seglib import metrics\n"
        "from seglib.disturb import DisturbOptions, disturb\n"
        "from seglib.formats import voc\n"
        "from seglib.labels import VOC_21\n\n"
        'truth = voc.read("truth.png", label_set=VOC_21)\n'
        "prediction = disturb(truth, DisturbOptions(dx=1), seed=0, label_set=VOC_21)\n"
        "matrix = metrics.confusion_matrix(truth, prediction, num_classes=21)\n"
        "print(metrics.iou(matrix), metrics.hausdorff(truth == 6, prediction == 6))",
        language="python",
    )
    frame.show_code(
        metrics.iou, metrics.boundary_iou_mask, disturb, intro="What this page really calls:"
    )
