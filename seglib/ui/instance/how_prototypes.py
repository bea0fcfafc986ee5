"""Prototypes and coefficients: one object's mask taken apart into the maps it is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.models.adapters import SceneAdapter
from seglib.models.adapters.prototypes import Proposal, PrototypeOutputs, propose, to_picture
from seglib.results import softmax
from seglib.ui.figures import feature
from seglib.ui.figures.plate import Dot, Mark
from seglib.ui.instance.state import Work
from seglib.ui.numbers import percent, sig3

Maps = NDArray[np.float32]

FUNCTIONS = (propose, to_picture)
"""What ran."""

SHOWN = 4
"""Prototypes that are drawn: those with the largest coefficients."""


@dataclass(frozen=True, eq=False)
class Anatomy:
    """One object taken apart.

    Parameters
    ----------
    proposal : Proposal
    coefficients : (K,) float32
    prototypes : (K, h, w) float32
        Of the whole picture.
    order : (K,) int64
        Prototypes, largest coefficient first, whatever its sign.
    logits : (h, w) float32
        The weighted sum, everywhere.
    centre, likely, sure : float
        What the score is made of: centre map at the peak, share of the class in the mask, mean
        probability of the mask inside itself.
    """

    proposal: Proposal
    coefficients: Maps
    prototypes: Maps
    order: NDArray[np.int64]
    logits: Maps
    centre: float
    likely: float
    sure: float

    @property
    def score(self) -> float:
        """The score from its parts."""
        return float(np.sqrt(self.centre * self.likely) * self.sure**2)


def anatomy(outputs: PrototypeOutputs, proposal: Proposal) -> Anatomy:
    """Take an object apart."""
    x, y = proposal.x, proposal.y
    left, top, right, bottom = proposal.window
    coefficients = outputs.coefficients[:, y, x]
    inside = proposal.logits > 0
    shares = softmax(np.ascontiguousarray(outputs.semantic[:, top:bottom, left:right]))
    return Anatomy(
        proposal,
        coefficients,
        outputs.prototypes,
        np.argsort(-np.abs(coefficients), kind="stable"),
        np.tensordot(coefficients, outputs.prototypes, 1).astype(np.float32),
        float(outputs.centre[y, x]),
        float(shares[proposal.class_id][inside].mean()),
        float((1 / (1 + np.exp(-proposal.logits[inside]))).mean()),
    )


def show(work: Work, adapter: SceneAdapter) -> None:
    """Draw the explanation for the chosen object, or for the best one."""
    row = work.pick or 0
    forward = work.decoded.forward
    placement = forward.placement
    maps = adapter.maps(forward.inference)
    own = anatomy(maps, adapter.proposals(forward.inference, placement)[row])
    name = work.label(row).name
    note = "" if work.pick is not None else " Choose another in the picture."
    st.markdown(
        f"Object **{row + 1}, {name}**: the network draws {len(own.coefficients)} prototypes, the "
        f"same for all objects, and gives each object a weight for every one of them.{note}"
    )
    _sum(own)
    left, right = st.columns(2, gap="large")
    with left:
        _weights(own)
    with right:
        _score(own, name)
    height, width = maps.centre.shape
    _maps(own, placement.axis(0, width).span(), placement.axis(1, height).span())
    _suppression(work)


def _sum(own: Anatomy) -> None:
    x, y = own.proposal.x, own.proposal.y
    values = own.prototypes[:, y, x]
    parts = own.coefficients * values
    first = own.order[:3].tolist()
    rest = float(parts.sum() - parts[first].sum())
    total = float(parts.sum())
    share = sig3(1 / (1 + math.exp(-total)))
    terms = " ".join(
        rf"{_signed(own.coefficients[k], lead=place == 0)} \cdot ({_tex(values[k])})"
        for place, k in enumerate(first)
    )
    st.latex(r"z(x, y) = \sum_{k=1}^{K} c_k\, P_k(x, y) \qquad m = \sigma(z) > \tfrac12")
    st.markdown(f"In the cell of its centre, x {x}, y {y} of the network's grid:")
    st.latex(
        rf"\begin{{aligned}} z &= {terms} {_signed(rest)} \;\text{{(the other "
        rf"{len(parts) - len(first)})}} \\ &= {_tex(total)} \\ \sigma(z) &= "
        rf"\frac{{1}}{{1 + e^{{{_tex(-total)}}}}} = {share} \end{{aligned}}"
    )


def _weights(own: Anatomy) -> None:
    count = len(own.coefficients)
    st.markdown(f"#### Its {count} coefficients")
    most = float(np.abs(own.coefficients).max()) or 1.0
    cells = []
    for k, value in enumerate(own.coefficients.tolist()):
        color = "213 94 0" if value > 0 else "0 114 178"
        strength = 0.65 * abs(value) / most
        cells.append(
            f'<b style="background:rgb({color} / {strength:.2f})"><span>P{k + 1}</span>'
            f"{_minus(sig3(value))}</b>"
        )
    st.html(f'<div class="seg-weights" data-testid="coefficients">{"".join(cells)}</div>')
    st.html(
        '<p class="seg-note">Orange adds its prototype, blue takes it away; pale ones hardly '
        "count.</p>"
    )


def _score(own: Anatomy, name: str) -> None:
    st.markdown("#### Its score")
    st.latex(
        r"s = \sqrt{\text{centre} \cdot \text{class}} \cdot \overline{\sigma(z)}_{\text{inside}}^2"
    )
    st.latex(
        rf"s = \sqrt{{{sig3(own.centre)} \cdot {sig3(own.likely)}}} \cdot {sig3(own.sure)}^2 = "
        rf"{sig3(own.score)}"
    )
    st.markdown(
        f"The centre map says {percent(own.centre)} at the peak, the class map {name} "
        f"{percent(own.likely)} on the mask, and the mask is sure of itself to "
        f"{percent(own.sure)}."
    )


def _maps(own: Anatomy, across: tuple[int, int], down: tuple[int, int]) -> None:
    left, top, right, bottom = own.proposal.window
    # what is shown is the picture; the padding around it is not
    x0, y0 = across[0], down[0]
    seen = np.s_[down[0] : down[1], across[0] : across[1]]
    window = Mark((left - x0, top - y0, right - left, bottom - top), label="where the mask may be")
    at = (own.proposal.x - x0 + 0.5, own.proposal.y - y0 + 0.5)
    centre = Dot(at, radius=1.2, label="its centre")
    limit = float(np.abs(own.prototypes[own.order[:SHOWN]]).max()) or 1.0
    parts = [
        feature.markup(
            own.prototypes[k][seen],
            title=f"P{k + 1} × {_minus(sig3(float(own.coefficients[k])))}",
            caption=f"{_minus(sig3(float(own.prototypes[k].min())))} to "
            f"{sig3(float(own.prototypes[k].max()))}",
            marks=(window,),
            limits=(-limit, limit),
            scale="diverging",
            width=220,
            key=f"prototype-{k + 1}",
        )
        for k in own.order[:SHOWN].tolist()
    ]
    st.markdown(f"#### The {SHOWN} prototypes that weigh most, and what all of them add up to")
    logits = feature.markup(
        own.logits[seen],
        title="z, the sum of all",
        caption="blue below 0, white 0, orange above",
        marks=(window, centre),
        scale="diverging",
        width=220,
        key="mask-logits",
    )
    shares = _sigmoid(own.logits)
    soft = feature.markup(
        shares[seen],
        title="σ(z)",
        caption="0 to 1",
        marks=(window,),
        limits=(0.0, 1.0),
        width=220,
        key="mask-sigmoid",
    )
    cropped = np.zeros_like(shares)
    cropped[top:bottom, left:right] = shares[top:bottom, left:right] > 0.5
    mask = feature.markup(
        cropped[seen],
        title="Cropped, over ½",
        caption="brought to picture size: bilinear z, decided at every pixel",
        marks=(window,),
        limits=(0.0, 1.0),
        scale="grey",
        width=220,
        key="mask-cells",
    )
    st.html(f'<div class="seg-row seg-half">{"".join((*parts, logits, soft, mask))}</div>')


def _suppression(work: Work) -> None:
    options = work.options
    st.markdown("#### Each object once")
    st.latex(
        r"\text{keep } i \iff \max_{j \text{ kept},\; s_j > s_i} "
        r"\frac{|m_i \cap m_j|}{|m_i \cup m_j|} < t"
    )
    st.markdown(
        f"Non-maximum suppression on masks, best first, with t = {options.overlap:.2f}: a mask "
        "that overlaps a better one by as much is the same object. "
        f"{len(work.instances)} objects are kept with a score from {work.threshold:.2f}, "
        f"{len(work.decoded.instances) - len(work.instances)} more are hidden below it."
    )


def _sigmoid(values: Maps) -> Maps:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -60, 60))), np.float32)


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _tex(value: float) -> str:
    return sig3(float(value)).replace(",", "{,}")


def _signed(value: float, *, lead: bool = False) -> str:
    text = _tex(abs(float(value)))
    if lead:
        return text if value >= 0 else f"-{text}"
    return f"+ {text}" if value >= 0 else f"- {text}"
