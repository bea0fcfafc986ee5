"""The card of a model: what it is, what it reached on which pictures, what it cannot do."""

from __future__ import annotations

from html import escape

import streamlit as st

from seglib.models import Evaluation, ModelCard, find
from seglib.ui.numbers import megabytes, percent, sig3

_DATASETS = {"camvid": "CamVid"}


def show(name: str) -> None:
    """Draw the card of a model, folded."""
    card = find(name)
    with st.expander(f"The model: {card.title.lower()}", icon=":material/id_card:"):
        st.html(html(card))


def html(card: ModelCard) -> str:
    """Return the card as HTML."""
    rows = [
        ("Answers", escape(card.summary)),
        ("Size", _size(card)),
        *(("Measured", _judged(each)) for each in _evaluations(card)),
        ("Time", _time(card)),
        ("Trained on", _trained(card)),
        ("Limits", escape(card.limitations)),
        ("Licence", escape(card.licence)),
        ("More", _links(card)),
    ]
    body = "".join(f"<dt>{title}</dt><dd>{text}</dd>" for title, text in rows if text)
    name = escape(card.name)
    return f'<dl class="seg-card" data-testid="model-card" data-model="{name}">{body}</dl>'


def _size(card: ModelCard) -> str:
    measured = card.measured
    width, height = card.input_size
    parts = [f"input {width} × {height} px" + (", tile by tile" if card.tiling else "")]
    if measured.parameters:
        parts.append(f"{sig3(measured.parameters / 1e6)} million parameters")
    if measured.gflops:
        parts.append(f"{sig3(measured.gflops)} GFLOPs (two a multiply-add)")
    if measured.files_bytes:
        parts.append(megabytes(measured.files_bytes))
    int8 = measured.int8
    if int8 is not None and int8.rejected is None and int8.files_bytes:
        parts.append(f"{megabytes(int8.files_bytes)} in int8")
    return ", ".join(parts)


def _evaluations(card: ModelCard) -> tuple[Evaluation, ...]:
    """Return what was measured in the precision that runs if nothing else is asked for."""
    measured = card.measured
    int8 = measured.int8
    if measured.default_precision == "int8" and int8 is not None and int8.evaluation is not None:
        return (int8.evaluation,)
    return measured.evaluations[-1:]


def _judged(found: Evaluation) -> str:
    numbers = {"mean IoU": found.mean_iou, **found.scores}
    said = "".join(
        f"<li>{escape(name)} <b>{sig3(value) if 'error' in name else percent(value)}</b></li>"
        for name, value in numbers.items()
        if value is not None
    )
    dataset = _DATASETS.get(found.dataset, found.dataset)
    on = f"{found.images} pictures ({escape(dataset)}, {escape(found.split)}), {found.precision}"
    method = f". How: {escape(found.method)}" if found.method else ""
    return f"<ul>{said}</ul>On {on}{method}."


def _time(card: ModelCard) -> str:
    measured = card.measured
    parts = []
    if measured.time_over_street and card.name != "street":
        ratios = ", ".join(
            f"<b>{sig3(ratio)}</b> in {escape(precision)}"
            for precision, ratio in measured.time_over_street.items()
        )
        what = "one tile" if card.tiling else "one inference"
        parts.append(f"{what} over one of the street model: {ratios}")
    int8 = measured.int8
    if int8 is not None and int8.rejected is None and int8.time_ratio:
        ratios = ", ".join(
            f"<b>{sig3(ratio)}</b> of {escape(precision)}"
            for precision, ratio in int8.time_ratio.items()
        )
        parts.append(f"int8 takes {ratios}")
    device = measured.timed_on or (int8.device if int8 else "")
    return "; ".join(parts) + (f" ({escape(device)})." if parts and device else "")


def _trained(card: ModelCard) -> str:
    return "; ".join(f"{escape(data.name)}: {escape(data.licence)}" for data in card.training_data)


def _links(card: ModelCard) -> str:
    return ", ".join(
        f'<a href="{escape(link.url)}" target="_blank" rel="noopener">{escape(link.title)}</a>'
        for link in card.links
    )
