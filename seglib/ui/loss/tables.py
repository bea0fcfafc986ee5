"""Two tables: what each class adds to the loss, and one pixel from scores to loss."""

from __future__ import annotations

import math
from html import escape

import numpy as np
from numpy.typing import NDArray

from seglib.concepts.loss import ClassLosses
from seglib.labels import LabelSet
from seglib.ui.numbers import percent, sig3


def _swatch(label_set: LabelSet, class_id: int) -> str:
    label = label_set.label(class_id)
    color = "rgb({} {} {})".format(*label.color)
    return f'<i class="sw" style="background:{color}"></i>{escape(label.name)}'


def _bar(share: float) -> str:
    held = min(1.0, share) if math.isfinite(share) else 0.0
    return f'<span class="meter" aria-hidden="true"><i style="width:{100 * held:.1f}%"></i></span>'


def _share(value: float) -> str:
    """Percent with one decimal, short enough for a column of them."""
    return "undefined" if not math.isfinite(value) else f"{100 * value:.1f} %"


def classes(plain: ClassLosses, weighted: ClassLosses, label_set: LabelSet) -> str:
    """Return pixels, weight, mean loss and share of the total for each class."""
    total = max(1, int(plain.pixels.sum()))
    heads = (
        "Class",
        "Share of pixels",
        "Mean loss, nats",
        "Share of the loss",
        "Weight",
        "Share of the weighted loss",
    )
    body = []
    for class_id in range(len(plain.pixels)):
        here = plain.pixels[class_id] / total
        mean = float(plain.mean[class_id])
        why = ' class="none" title="undefined: the class has no pixel, so its mean is 0/0"'
        body.append(
            f'<tr><th scope="row">{_swatch(label_set, class_id)}</th>'
            f"<td>{_share(here)}{_bar(here)}</td>"
            f"<td{why if math.isnan(mean) else ''}>{sig3(mean)}</td>"
            f"<td>{_share(float(plain.shares[class_id]))}{_bar(float(plain.shares[class_id]))}</td>"
            f"<td>{sig3(float(weighted.weights[class_id]))}</td>"
            f"<td>{_share(float(weighted.shares[class_id]))}"
            f"{_bar(float(weighted.shares[class_id]))}</td></tr>"
        )
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        f'<div class="seg-table" data-testid="loss-classes"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


STEPS = ("scores z", "powers e^(z − max)", "divided by their sum", "the label y", "−log of p at y")
"""From scores to loss, a column of :func:`pixel` each."""


def pixel(
    logits: NDArray[np.float32],
    probabilities: NDArray[np.float32],
    true: int,
    label_set: LabelSet,
    *,
    step: int = len(STEPS) - 1,
) -> str:
    """Return scores, powers, probabilities and the one-hot label of one pixel.

    The column of the ``step`` is marked; those of later steps are faint.
    """
    shifted = np.exp(logits - logits.max())
    styles = [
        ' class="seg-here"' if place == step else ' style="opacity:0.2"' if place > step else ""
        for place in range(len(STEPS))
    ]
    body = []
    for class_id in np.argsort(-logits, kind="stable"):
        known = class_id == true
        p = float(probabilities[class_id])
        strong = ' style="font-weight:700"' if known else ""
        loss = sig3(-math.log(max(p, 1e-300)) + 0) if known else ""
        body.append(
            f'<tr{strong}><th scope="row">{_swatch(label_set, int(class_id))}</th>'
            + "".join(
                f"<td{style}>{text}</td>"
                for style, text in zip(
                    styles,
                    (
                        f"{logits[class_id]:.2f}".replace("-", "−"),
                        f"{shifted[class_id]:.3g}",
                        f"{percent(p)}{_bar(p)}",
                        f"{int(known)}",
                        loss,
                    ),
                    strict=True,
                )
            )
            + "</tr>"
        )
    heads = ("Class", "z", "e^(z − max)", "Softmax p", "y", "−y·log p")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        f'<div class="seg-table" data-testid="loss-pixel"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )
