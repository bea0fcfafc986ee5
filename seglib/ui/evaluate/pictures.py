"""The stage: the worst pictures, or the classes; before a run, what will be judged."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib import render
from seglib.errors import SeglibError
from seglib.evaluate import PictureResult, Summary, semantic_answer
from seglib.evaluate.pairs import Item, Truth
from seglib.evaluate.summary import class_aps
from seglib.images import encode_png, resize
from seglib.labels import LabelSet
from seglib.ui import address, caches
from seglib.ui.evaluate.state import RANK, RANKS, SHOW, SHOWS, Run
from seglib.ui.numbers import percent, sig3
from seglib.ui.pack import display_size

WORST = 6
_SIDE = 480


@dataclass(frozen=True, eq=False)
class Look:
    """A judged picture at the size of the screen; arrays read-only."""

    photo: NDArray[np.uint8]
    truth: Truth
    answer: Truth


@st.cache_resource(max_entries=48, ttl="20m", show_spinner=False)
def look(key: str, model: str, _item: Item) -> Look:
    """Return a judged picture with truth and answer, segmented again at most once in a while."""
    own = caches.segmenter(model)
    image, truth = _item.read(own.label_set)
    answer = semantic_answer(own.segment(image).result, model).labels
    size = display_size(image.size, max_side=_SIDE)
    arrays = resize(image.pixels, size), _smaller(truth, size), _smaller(answer, size)
    for each in arrays:
        each.setflags(write=False)
    return Look(*arrays)


@st.cache_resource(max_entries=192, ttl="20m", show_spinner=False)
def drawn(key: str, model: str, show: str, _item: Item) -> bytes:
    """Return a judged picture as PNG: ``photo``, ``truth``, ``answer``, ``errors`` or ``3-7``.

    The last shows only the pixels of class 3 that were given class 7.
    """
    seen = look(key, model, _item)
    labels = caches.segmenter(model).label_set
    if show == "photo":
        return encode_png(seen.photo)
    if show in ("truth", "answer"):
        return encode_png(render.colourise(getattr(seen, show), labels))
    if show == "errors":
        return encode_png(
            render.error_map(seen.truth, seen.answer, pixels=seen.photo, ignore=labels.ignore)
        )
    truth, answer = map(int, show.split("-"))
    pixels = render.faded(seen.photo).copy()
    color = render.TRUE_POSITIVE if truth == answer else render.FALSE_POSITIVE
    pixels[(seen.truth == truth) & (seen.answer == answer)] = color
    return encode_png(pixels)


def _smaller(labels: Truth, size: tuple[int, int]) -> Truth:
    """Label map at a size (width, height), every pixel copied and none mixed."""
    rows = (np.arange(size[1]) * labels.shape[0] + labels.shape[0] // 2) // size[1]
    columns = (np.arange(size[0]) * labels.shape[1] + labels.shape[1] // 2) // size[0]
    return np.ascontiguousarray(labels[rows[:, None], columns])


def worst(now: Run, summary: Summary, model: str) -> None:
    """Draw the worst pictures, worst first."""
    show = address.get(SHOW)
    found = [
        (result, f"{percent(result.pixel_accuracy)} right, mean IoU {sig3(result.mean_iou)}")
        for result in summary.worst(WORST, by=RANKS[address.get(RANK)])
    ]
    cards(now, found, show, model, testid="ev-worst", title=SHOWS[show])
    if show == "errors":
        st.html(
            '<p class="seg-note ev-legend"><i class="sw" '
            f'style="background:rgb{render.FALSE_POSITIVE}"></i>wrong; hatched: not judged</p>'
        )


def cards(
    now: Run,
    found: Sequence[tuple[PictureResult, str]],
    show: str,
    model: str,
    *,
    testid: str,
    title: str,
) -> None:
    """Draw pictures with a line of text each, as :func:`drawn` shows them."""
    by_name = {item.name: item for item in now.items}
    parts = []
    for result, text in found:
        item = by_name.get(result.name)
        if item is None:
            continue
        data = base64.b64encode(drawn(result.key, model, show, item)).decode()
        name = escape(result.name)
        parts.append(
            f'<figure data-picture="{name}"><img src="data:image/png;base64,{data}" '
            f'alt="{escape(title)} of {name}"><figcaption><b>{name}</b><br>'
            f"{escape(text)}</figcaption></figure>"
        )
    st.html(f'<div class="ev-cards" data-testid="{testid}">{"".join(parts)}</div>{_CSS}')


_CSS = """<style>
.ev-cards { display: grid; gap: 0.7rem; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); }
.ev-cards figure { margin: 0; }
.ev-cards img { width: 100%; display: block; border-radius: 0.3rem; }
.ev-cards figcaption { font-size: 0.8rem; line-height: 1.35; margin-top: 0.2rem; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.ev-legend .sw { display: inline-block; width: 0.8rem; height: 0.8rem; border-radius: 0.2rem; margin: 0 0.3rem 0 0.6rem; vertical-align: -0.05rem; }
</style>"""  # noqa: E501


def classes(summary: Summary) -> None:
    """Draw the class table."""
    st.html(class_table(summary))


def class_table(summary: Summary) -> str:
    """Return the class table as HTML."""
    colors = {label.id: label.color for label in summary.pooled.label_set}
    aps = class_aps(summary)
    body = []
    for row in summary.pooled.rows:
        color = "rgb({} {} {})".format(*colors[row.id])
        values = (
            row.iou,
            row.dice,
            row.precision,
            row.recall,
            summary.class_means[row.id],
            *(aps.get(row.id, (math.nan, math.nan)) if aps else ()),
        )
        cells = "".join(_cell(value) for value in values)
        body.append(
            f'<tr data-class="{escape(row.name)}"><th scope="row"><i class="sw" '
            f'style="background:{color}"></i>{escape(row.name)}</th>{cells}'
            f"<td>{row.truth_pixels:,}</td><td>{row.predicted_pixels:,}</td></tr>"
        )
    heads = ["Class", "IoU", "Dice", "Precision", "Recall", "IoU per image"]
    heads += [*(("Mask AP50", "Mask AP") if aps else ()), "True px", "Found px"]
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        f'<div class="seg-table" data-testid="ev-classes"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
        '<p class="seg-note">Undefined: no judged pixel has the class, neither in the truth nor in '
        "an answer, or the quotient is 0/0.</p>"
    )


def _cell(value: float) -> str:
    text = sig3(value)
    return f'<td class="none">{text}</td>' if text == "undefined" else f"<td>{text}</td>"


def preview(now: Run, labels: LabelSet) -> None:
    """Draw the first pictures with their truth, before anything is judged."""
    cards = []
    for item in now.items[:6]:
        try:
            image, truth = item.read(labels)
        except SeglibError:
            continue  # said as a finding when its turn comes
        size = display_size(image.size, max_side=320)
        pixels = resize(image.pixels, size)
        drawn = render.overlay(pixels, _smaller(truth, size), labels, opacity=0.55)
        data = base64.b64encode(encode_png(drawn)).decode()
        name = escape(item.name)
        cards.append(
            f'<figure data-picture="{name}"><img src="data:image/png;base64,{data}" '
            f'alt="{name} with its truth"><figcaption>{name}, with its truth</figcaption></figure>'
        )
    st.html(f'<div class="ev-cards" data-testid="ev-preview">{"".join(cards)}</div>{_CSS}')
