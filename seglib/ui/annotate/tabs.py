"""The tabs under the picture: Numbers, How it works, Try this, Code."""

from __future__ import annotations

import math
from html import escape

import numpy as np
import streamlit as st

from seglib.annotate import editor
from seglib.ui import frame, lesson, tries
from seglib.ui.annotate import act, example, run
from seglib.ui.annotate.score import Score
from seglib.ui.annotate.state import State
from seglib.ui.annotate.subject import true_mask
from seglib.ui.annotate.tools import TOOLS
from seglib.ui.numbers import milliseconds, percent, sig3
from seglib.ui.tries import Try

PAGE = "pages/annotate.py"
IDEAS: tuple[Try, ...] = (
    Try(
        "One box, no outline?",
        "GrabCut gets a box around the largest star, disc or ring and finds its outline. Compare "
        "the IoU with a polygon's.",
        {
            "ann_tool": "grabcut",
            "ann_source": "shapes",
            "ann_shapes": "8",
            "ann_class": "triangle",
            "ann_demo": "1",
        },
    ),
    Try(
        "Where do pieces end?",
        "Superpixels over a street: most borders follow the cars and poles, some run across. "
        "Click a few, or drag.",
        {"ann_tool": "superpixels", "picture": "street", "seed": "28", "ann_class": "car"},
    ),
    Try(
        "How does a wand leak?",
        "One click on the sky takes it all; raise the tolerance and it flows over the roofs.",
        {
            "ann_tool": "wand",
            "picture": "street",
            "seed": "28",
            "ann_class": "sky",
            "ann_truth": "1",
            "ann_demo": "1",
        },
    ),
)
"""The three."""


def show(now: State, found: Score) -> None:
    """Draw the tabs; only the open one is computed."""
    lesson.tabs(
        numbers=lambda: _numbers(now),
        how=lambda: _how(now, found),
        tries=lambda: tries.show(PAGE, IDEAS),
        code=lambda: _code(now),
    )


def _numbers(now: State) -> None:
    st.html(_classes(now))
    st.markdown("#### All tools on one object")
    truth = true_mask(now.subject, now.label_set, now.label.id)
    if truth is None or not truth.any():
        st.html(
            '<p class="seg-note">This needs a class with ground truth: a generated street, or '
            "shapes (More, Picture).</p>"
        )
        return
    st.html(
        f'<p class="seg-note">The largest {escape(now.label.name)}, with the marks that '
        "“Example” would make: derived from the truth, as a careful visitor’s. Times are computing "
        "only, measured here and now; drawing comes on top. Your map stays as it is.</p>"
    )
    if st.button("Measure all tools", icon=":material/speed:", key="ann_measure"):
        st.session_state["_annotate_trials"] = (_key(now), _trials(now))
    kept = st.session_state.get("_annotate_trials")
    if kept and kept[0] == _key(now):
        st.html(_table(kept[1]))


def _key(now: State) -> tuple[str, str]:
    return now.subject.key, now.label.name


def _trials(now: State) -> list[act.Trial]:
    truth = true_mask(now.subject, now.label_set, now.label.id)
    found = example.target(truth, now.subject.size)
    trials: list[act.Trial] = []
    if found is None:
        return trials
    bar = st.progress(0.0)
    chosen = [tool for tool in TOOLS if tool.name != "morphology"]
    for k, tool in enumerate(chosen):
        bar.progress(k / len(chosen), text=f"{tool.title} …")
        try:
            trials.append(act.trial(now, tool, found))
        except Exception as error:  # one tool must not take the others' numbers with it
            act.log(error)
            trials.append(act.Trial(tool, "none", math.nan, math.nan))
    bar.empty()
    return trials


def _table(trials: list[act.Trial]) -> str:
    rows = "".join(
        f'<tr data-tool="{trial.tool.name}"><th scope="row">{trial.tool.title}</th>'
        f"<td>{trial.marks}</td><td>{milliseconds(trial.ms)}</td><td>{sig3(trial.iou)}</td></tr>"
        for trial in sorted(trials, key=lambda trial: -np.nan_to_num(trial.iou))
    )
    return (
        '<div class="seg-table" data-testid="ann-trials"><table><thead><tr><th scope="col">Tool'
        '</th><th scope="col">Marks</th><th scope="col">Computing</th><th scope="col">IoU</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _classes(now: State) -> str:
    labels = now.work.editor.labels
    counts = np.bincount(labels.ravel(), minlength=256)
    body = []
    for label in sorted(now.label_set, key=lambda label: -counts[label.id]):
        painted = int(counts[label.id])
        truth = true_mask(now.subject, now.label_set, label.id)
        if painted == 0 and label.id != now.label.id:
            continue
        color = "rgb({} {} {})".format(*label.color)
        cells = (
            f'<th scope="row"><i class="sw" style="background:{color}"></i>{escape(label.name)}'
            f"</th><td>{painted:,}</td><td>{percent(painted / labels.size)}</td>"
        )
        if now.subject.truth is not None:
            cells += f"<td>{_iou(labels == label.id, truth)}</td>"
        body.append(f'<tr data-class="{escape(label.name)}">{cells}</tr>')
    heads = ["Class", "Pixels", "Share of the map"]
    heads += ["IoU so far"] if now.subject.truth is not None else []
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        f'<div class="seg-table" data-testid="ann-classes"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _iou(own: act.Mask, truth: act.Mask | None) -> str:
    if truth is None:
        return "no truth"
    union = int((own | truth).sum())
    return sig3(float((own & truth).sum() / union) if union else None)


def _how(now: State, found: Score) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"#### {now.tool.title}")
        st.markdown(f"{now.tool.helps}\n\n{now.tool.fails}\n\nSource: {now.tool.source}")
        st.markdown("#### From a shape to ids")
        st.markdown(
            "A stroke on the screen is anti-aliased: along its edge lie mixed colours that belong "
            "to no class. So colours are never read. The browser sends numbers, and a pixel "
            "belongs to the shape exactly when its centre does."
        )
    with right:
        st.markdown("#### IoU so far, and for each second of work")
        st.latex(r"\mathrm{IoU}=\frac{TP}{TP+FP+FN}")
        if found.tp is not None and found.iou is not None and not math.isnan(found.iou):
            st.latex(
                rf"\frac{{{_n(found.tp)}}}{{{_n(found.tp)}+{_n(found.fp)}+{_n(found.fn)}}}"
                rf"={sig3(found.iou)}"
            )
        st.latex(r"\mathrm{IoU\ per\ second}=\frac{\mathrm{IoU}}{t_\mathrm{last\ change}-t_0}")
        if found.per_second is not None and found.iou is not None:
            st.latex(
                rf"\frac{{{sig3(found.iou)}}}{{{sig3(found.seconds)}\,\mathrm{{s}}}}"
                rf"={sig3(found.per_second)}\,\mathrm{{s}}^{{-1}}"
            )
        st.markdown(
            "The clock is the wall clock: it starts when the class is chosen (or the map cleared) "
            "and counts up to the last change, looking and thinking included. It is your time and "
            "the computer’s together; restart it under More for the next object. An example takes "
            "no time of yours, so after one this number is undefined until the clock is restarted."
        )


def _n(value: int | None) -> str:
    return f"{value:,}".replace(",", r"{,}")


def _code(now: State) -> None:
    frame.show_code(
        run.FUNCTIONS[now.tool.name], editor.apply, intro="What runs for this tool, word for word:"
    )
