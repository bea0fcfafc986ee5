"""The page: a model, pictures with labels, and every number about them, in slices of work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from seglib.errors import EngineError, SeglibError
from seglib.evaluate import Judged
from seglib.ui import address, caches, lesson, tries
from seglib.ui.boundary import sentence
from seglib.ui.evaluate import confusion, controls, how, pictures, state
from seglib.ui.evaluate.state import (
    MODEL,
    PARAMS,
    RANK,
    RANK_TITLES,
    SHOW,
    SHOWS,
    VIEW,
    VIEWS,
    Run,
)
from seglib.ui.formats import findings
from seglib.ui.numbers import sig3

if TYPE_CHECKING:
    from seglib.models import Segmenter

__all__ = ["PARAMS", "render"]


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Evaluate a model",
        "One number says little: judge a model on many pictures and look at the worst ones.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    left, right = st.columns([2, 1], gap="medium")
    model = address.get(MODEL)
    own = caches.segmenter(model)
    with st.spinner("Reading pictures and labels …"):
        now, problem = _run(own)
    found = None if now is None else state.judged(now, own)
    with right:
        controls.choose()
        controls.buttons(now)
        if found is not None and now is not None and not now.running:
            controls.downloads(found, model)
    with left:
        progress = st.empty()
        _progress(now, progress)
        if problem:
            st.error(problem, icon=":material/folder_off:")
        elif now is None:
            _nothing()
        else:
            _stage(now, found, own)
    lesson.tabs(
        numbers=lambda: how.numbers(now, found),
        how=lambda: how.show(found),
        tries=lambda: tries.show(how.PAGE, how.IDEAS),
        code=how.code,
    )
    if now is not None and now.running:
        _go_on(now, own)


def _run(own: Segmenter) -> tuple[Run | None, str]:
    try:
        return state.run(own), ""
    except EngineError:
        raise
    except SeglibError as error:
        return None, sentence(error)


def _progress(now: Run | None, place: st.delta_generator.DeltaGenerator) -> None:
    """Draw how far it is; the place keeps its height."""
    if now is None:
        return
    done, total = len(now.results), len(now.items)
    text = f"{done} of {total} pictures"
    left = now.seconds_left()
    if now.running and left is not None:
        text += f", {_duration(left)} left"
    elif not now.finished:
        text += ", stopped" if done else ", ready"
    place.progress(done / total if total else 1.0, text=text)


def _duration(seconds: float) -> str:
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


def _go_on(now: Run, own: Segmenter) -> None:
    """Work for a moment, then draw again; a click on Cancel comes between two moments."""
    try:
        state.work(now, own)
    except SeglibError:
        now.running = False
        raise
    context = get_script_run_ctx()
    # Only a run of the fragment alone may ask for another of its kind.
    alone = context is not None and bool(context.fragment_ids_this_run)
    st.rerun(scope="fragment" if alone else "app")


def _nothing() -> None:
    st.info(
        "Upload a ZIP on the right: pictures with label maps of the same name, or pictures with "
        "one COCO JSON. Folders inside are fine."
        if state.source() == "zip"
        else "Name a folder on the right.",
        icon=":material/folder_zip:",
    )


def _stage(now: Run, found: Judged | None, own: Segmenter) -> None:
    _numbers(found)
    wrong = tuple(now.findings) if found is None else found.summary.findings
    if found is None:
        pictures.preview(now, own.label_set)
    else:
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            _pick(VIEW, "Look at", VIEWS)
            if address.get(VIEW) == "worst":
                _pick(RANK, "Worst by", RANK_TITLES)
                _pick(SHOW, "Show", SHOWS)
        view = address.get(VIEW)
        if view == "matrix":
            confusion.show(now, found.summary, address.get(MODEL))
        elif view == "classes":
            pictures.classes(found.summary)
        elif now.running:
            st.html('<p class="seg-note">The worst pictures come when the run ends.</p>')
        else:
            pictures.worst(now, found.summary, address.get(MODEL))
    if wrong:
        findings.show(wrong, good="", testid="ev-findings")


def _pick(param: address.Param, label: str, options: dict[str, str]) -> None:
    key = f"{param.name}_box"
    address.choose(param, label, options, key=key)


def _numbers(found: Judged | None) -> None:
    values: list[float | None] = [None] * 6
    if found is not None:
        summary, objects = found.summary, found.summary.objects
        values = [
            summary.pooled.mean_iou,
            summary.per_image_iou,
            summary.pooled.pixel_accuracy,
            summary.per_image_accuracy,
            None if objects is None else objects.ap(threshold=0.5),
            None if objects is None else objects.ap(),
        ]
    texts = [
        ("Mean IoU", "Pooled: one confusion matrix of all pictures"),
        ("IoU per image", "Each picture's mean IoU, averaged over the pictures"),
        ("Pixel accuracy", "Share of all judged pixels that are right"),
        ("Per-image acc.", "Each picture's share of right pixels, averaged over the pictures"),
        ("Mask AP50", "Objects: average precision at IoU 0.5, averaged over the classes there are"),
        ("Mask AP", "The same averaged over IoU 0.50, 0.55, … 0.95, as COCO measures it"),
    ]
    # mask AP only where there can be one
    texts = texts if state.with_objects() else texts[:4]
    with st.grid(len(texts), min_column_width=130, gap="small"):
        for (label, text), value in zip(texts, values, strict=False):
            shown = "–" if value is None else sig3(value)
            st.metric(label, shown, help=text, border=True)
