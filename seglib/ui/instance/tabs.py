"""The tabs under the stage: Numbers, How it works, Try this, Code."""

from __future__ import annotations

import math

import streamlit as st

from seglib.ui import address, frame, lesson, tries
from seglib.ui.instance import facts, how, ideas, tables, truth
from seglib.ui.instance.state import MODEL, Work
from seglib.ui.instance.truth import Judged
from seglib.ui.numbers import percent, pixels, sig3

_NO_TRUTH = (
    "No comparison with the truth: nobody has marked the objects of this picture. Generated "
    "pictures have their exact objects."
)


def show(work: Work) -> None:
    """Draw the tabs; only the open one is computed."""
    lesson.tabs(
        numbers=lambda: _numbers(work),
        how=lambda: how.show(work),
        tries=lambda: tries.show(ideas.PAGE, ideas.IDEAS),
        code=lambda: _code(work),
        models=(address.get(MODEL),),
    )


def _numbers(work: Work) -> None:
    instances = work.instances
    rows = facts.per_class(instances)
    total = work.picture.image.width * work.picture.image.height
    inside = facts.covered(instances)
    mean = float(instances.scores.mean()) if len(instances) else math.nan
    cells = [
        ("Objects", f"{len(instances):,}", f"With a score from {work.threshold:.2f}"),
        ("Classes", str(len(rows)), "Classes with at least one object"),
        ("Mean score", sig3(mean), "Of the objects shown; undefined without one"),
        ("Covered", percent(inside / total), f"{pixels(inside)} lie in at least one object"),
    ]
    _metrics(cells)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Objects a class")
        st.html(tables.counts(rows))
    with right:
        st.markdown("#### Against the truth")
        judged = _truth(work)
    st.markdown("#### Every object")
    page = 1
    pages = -(-len(instances) // tables.PAGE_ROWS)
    if pages > 1:
        page = min(st.pagination(pages, key="in_page"), pages)
    st.html(tables.objects(work, page, judged))


def _metrics(cells: list[tuple[str, str, str]]) -> None:
    with st.grid(len(cells), min_column_width=120, gap="small"):
        for label, value, text in cells:
            st.metric(label, value, help=text, border=True)


def _truth(work: Work) -> Judged | None:
    objects = work.picture.objects
    if objects is None:
        st.html(f'<p class="seg-note" data-testid="truth">{_NO_TRUTH}</p>')
        return None
    judged = truth.judge(objects, work.instances)
    if judged is None:
        names = ", ".join(label.name for label in objects.label_set if label.thing)
        st.html(
            '<p class="seg-note" data-testid="truth">No comparison with the truth: this picture '
            f"has {names}, and {work.how.card.title.lower()} knows none of them.</p>"
        )
        return None
    why = "" if judged.true else " Undefined: no object is to be found, 0/0."
    _metrics(
        [
            ("Mask AP", sig3(judged.ap), f"COCO: mean over IoU 0.50 to 0.95 and classes.{why}"),
            ("AP50", sig3(judged.ap50), f"At IoU 0.50 alone.{why}"),
            ("AP75", sig3(judged.ap75), f"At IoU 0.75 alone.{why}"),
        ]
    )
    right, wrong = judged.count("right"), judged.count("wrong")
    matched = [iou for iou in judged.ious if iou is not None]
    mean = f", their mean IoU {sig3(sum(matched) / len(matched))}" if matched else ""
    notes = [
        f"At an IoU of 0.5: {right} of {judged.true} true objects found{mean}; {judged.missed} "
        f"missed; {wrong} detections wrong."
    ]
    if judged.bowl is not None:
        notes.append(
            f"As in the Data Science Bowl, without scores: mean AP {sig3(judged.bowl)} over IoU "
            f"0.50 to 0.90, {sig3(judged.bowl50)} at 0.50."
        )
    if judged.count("ignored"):
        notes.append(f"{judged.count('ignored')} lie on a bicyclist, who is person and bicycle.")
    if judged.count("not judged"):
        notes.append(
            f"{judged.count('not judged')} have a class that this picture's truth does not tell."
        )
    if judged.foreign:
        notes.append(f"Not to be found, the model has no such class: {', '.join(judged.foreign)}.")
    st.html(f'<p class="seg-note" data-testid="truth">{" ".join(notes)}</p>')
    return judged


def _code(work: Work) -> None:
    name = work.how.card.name
    st.markdown("The same in a notebook or a script:")
    objects = "result.instances" if work.how.card.task == "panoptic" else "result"
    st.code(
        "from seglib import images, models, render\n"
        "from seglib.formats import coco\n\n"
        'picture = images.load("picture.jpg")\n'
        f'result, times = models.load("{name}").segment(picture)\n'
        f"objects = {objects}\n"
        "print(len(objects), objects.areas, times.infer_ms)\n"
        "shown = render.instances_overlay(picture.pixels, objects)\n"
        "annotations = coco.write(coco.from_instances(objects, scores=True))",
        language="python",
    )
    frame.show_code(*how.functions(work), intro="What ran for this page, word for word:")
