"""The stage: the worst pictures, the confusion matrix, or the classes."""

from __future__ import annotations

import base64
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib import render
from seglib.errors import SeglibError
from seglib.evaluate import PictureResult, Summary, semantic_answer
from seglib.evaluate.pairs import Item, Truth
from seglib.images import encode_png, resize
from seglib.labels import LabelSet
from seglib.metrics import Report
from seglib.ui import address, caches
from seglib.ui.evaluate.state import SHOW, SHOWS, Run
from seglib.ui.numbers import percent, sig3
from seglib.ui.pack import display_size

WORST = 6
_SIDE = 480


@st.cache_resource(max_entries=48, ttl="20m", show_spinner=False)
def look(key: str, model: str, _item: Item) -> dict[str, bytes]:
    """Return a judged picture four ways, as PNG: photo, truth, answer, errors."""
    own = caches.segmenter(model)
    image, truth = _item.read(own.label_set)
    answer = semantic_answer(own.segment(image).result, model).labels
    size = display_size(image.size, max_side=_SIDE)
    pixels = resize(image.pixels, size)
    truth, answer = _smaller(truth, size), _smaller(answer, size)
    labels = own.label_set
    errors = render.error_map(truth, answer, pixels=pixels, ignore=labels.ignore)
    return {
        "photo": encode_png(pixels),
        "truth": encode_png(render.colourise(truth, labels)),
        "answer": encode_png(render.colourise(answer, labels)),
        "errors": encode_png(errors),
    }


def _smaller(labels: Truth, size: tuple[int, int]) -> Truth:
    """Label map at a size (width, height), every pixel copied and none mixed."""
    rows = (np.arange(size[1]) * labels.shape[0] + labels.shape[0] // 2) // size[1]
    columns = (np.arange(size[0]) * labels.shape[1] + labels.shape[1] // 2) // size[0]
    return np.ascontiguousarray(labels[rows[:, None], columns])


def worst(now: Run, summary: Summary, model: str) -> None:
    """Draw the pictures with the fewest pixels right, worst first."""
    by_name = {item.name: item for item in now.items}
    show = address.get(SHOW)
    cards = []
    for result in summary.worst(WORST):
        item = by_name.get(result.name)
        if item is not None:
            cards.append(_card(result, look(result.key, model, item)[show]))
    legend = ""
    if show == "errors":
        legend = (
            '<p class="seg-note ev-legend"><i class="sw" '
            f'style="background:rgb{render.FALSE_POSITIVE}"></i>wrong; hatched: not judged</p>'
        )
    st.html(f'<div class="ev-cards" data-testid="ev-worst">{"".join(cards)}</div>{legend}{_CSS}')


_CSS = """<style>
.ev-cards { display: grid; gap: 0.7rem; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); }
.ev-cards figure { margin: 0; }
.ev-cards img { width: 100%; display: block; border-radius: 0.3rem; }
.ev-cards figcaption { font-size: 0.8rem; line-height: 1.35; margin-top: 0.2rem; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.ev-legend .sw { display: inline-block; width: 0.8rem; height: 0.8rem; border-radius: 0.2rem; margin: 0 0.3rem 0 0.6rem; vertical-align: -0.05rem; }
</style>"""  # noqa: E501


def _card(result: PictureResult, png: bytes) -> str:
    data = base64.b64encode(png).decode()
    name = escape(result.name)
    return (
        f'<figure data-picture="{name}"><img src="data:image/png;base64,{data}" '
        f'alt="{escape(SHOWS[address.get(SHOW)])} of {name}"><figcaption><b>{name}</b><br>'
        f"{percent(result.pixel_accuracy)} right, mean IoU {sig3(result.mean_iou)}"
        "</figcaption></figure>"
    )


def matrix(report: Report) -> None:
    """Draw the confusion matrix: rows are the truth, each row sums to 100 %."""
    rows = [row for row in report.rows if row.truth_pixels or row.predicted_pixels]
    ids = [row.id for row in rows]
    counts = report.matrix[np.ix_(ids, ids)]
    totals = report.matrix[ids].sum(axis=1, keepdims=True)
    shares: NDArray[np.float64] = np.full(counts.shape, np.nan)
    np.divide(100.0 * counts, totals, out=shares, where=totals > 0)
    names = [row.name for row in rows]
    few = len(rows) <= 14
    stops = render.RAMP_STOPS
    scale = [[i / (len(stops) - 1), "rgb({},{},{})".format(*each)] for i, each in enumerate(stops)]
    text = [
        ["" if np.isnan(share) or share < 0.05 else f"{share:.0f}" for share in line]
        for line in shares
    ]
    data: list[dict[str, Any]] = [
        {
            "type": "heatmap",
            "z": [[None if np.isnan(value) else float(value) for value in line] for line in shares],
            "x": names,
            "y": names,
            "zmin": 0,
            "zmax": 100,
            "colorscale": scale,
            "customdata": counts.tolist(),
            "text": text if few else None,
            "texttemplate": "%{text}" if few else None,
            "hovertemplate": "truth %{y}<br>answer %{x}<br>%{z:.2f} % of the class"
            "<br>%{customdata:,} px<extra></extra>",
            "colorbar": {"title": {"text": "% of the class"}, "thickness": 12},
        }
    ]
    height = max(320, min(760, 120 + 34 * len(rows)))
    layout = {
        "height": height,
        "margin": {"l": 90, "r": 10, "t": 8, "b": 90},
        "xaxis": {"title": {"text": "answer"}, "fixedrange": True, "tickangle": -45},
        "yaxis": {"title": {"text": "truth"}, "fixedrange": True, "autorange": "reversed"},
    }
    st.plotly_chart(
        {"data": data, "layout": layout},
        key="ev_matrix",
        height=height,
        config={"displayModeBar": False},
        alt="Confusion matrix: share of each true class by the class it was given",
    )


def classes(summary: Summary) -> None:
    """Draw the class table."""
    st.html(class_table(summary))


def class_table(summary: Summary) -> str:
    """Return the class table as HTML."""
    colors = {label.id: label.color for label in summary.pooled.label_set}
    body = []
    for row in summary.pooled.rows:
        color = "rgb({} {} {})".format(*colors[row.id])
        values = (
            row.iou,
            row.dice,
            row.precision,
            row.recall,
            summary.class_means[row.id],
        )
        cells = "".join(_cell(value) for value in values)
        body.append(
            f'<tr data-class="{escape(row.name)}"><th scope="row"><i class="sw" '
            f'style="background:{color}"></i>{escape(row.name)}</th>{cells}'
            f"<td>{row.truth_pixels:,}</td><td>{row.predicted_pixels:,}</td></tr>"
        )
    heads = ("Class", "IoU", "Dice", "Precision", "Recall", "IoU per image", "True px", "Found px")
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
    for item in now.items[:4]:
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
