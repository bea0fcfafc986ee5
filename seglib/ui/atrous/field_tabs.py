"""Receptive fields: the numbers, the formulas with the rates put in, the code."""

from __future__ import annotations

import streamlit as st

from seglib.concepts import receptive_field as rf
from seglib.ui import frame
from seglib.ui.atrous import real
from seglib.ui.atrous.field_state import State, influence
from seglib.ui.numbers import percent


def numbers(now: State) -> None:
    """Draw the numbers of the whole stack."""
    rule, stack = now.rule, [rf.Layer(3, 1, rate) for rate in now.rates]
    cells = [
        (
            "Receptive field",
            f"{now.reaches[-1].field} cells",
            "From first to last cell that can matter",
        ),
        ("Touched", percent(rf.coverage(stack)), "Share of the field that some path reaches"),
        (
            "Half the influence",
            f"{rf.central(influence(now.rates))} cells",
            "Side of the centred square with half of the sum",
        ),
        ("Weights", f"{9 * len(now.rates)}", "One channel; rates add none"),
        (
            "Hybrid rule",
            "holds" if rule.holds else "broken",
            "Wang et al. 2018: M₂ ≤ K, and rates without a common factor",
        ),
    ]
    with st.grid(len(cells), min_column_width=140, gap="small"):
        for label, value, text in cells:
            st.metric(label, value, help=text, border=True)
    real.show(now.picture)


def how(now: State) -> None:
    """Explain reach and holes, with the rates put in."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### How far does a stack see?")
        st.latex(
            r"k_{e} = k + (k-1)(d-1) \qquad r \mathrel{+}= (k_e - 1)\, j \qquad j \mathrel{*}= s"
        )
        lines = []
        for rate, before, after in zip(now.rates, now.reaches, now.reaches[1:], strict=False):
            reach = rf.Layer(3, 1, rate).reach
            lines.append(
                rf"d = {rate}:\quad k_e &= 3 + 2\cdot{rate - 1} = {reach}, & r &= {before.field} + "
                rf"{reach - 1}\cdot{before.jump} = {after.field}"
            )
        st.latex(r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}")
        st.markdown(
            "[Araujo et al. 2019](https://distill.pub/2019/computing-receptive-fields). What "
            "really counts is less: influence falls off like a bell curve "
            "([Luo et al. 2016](https://arxiv.org/abs/1701.04128))."
        )
    with right:
        st.markdown("#### Does it leave holes?")
        st.latex(r"M_i = \max\left(M_{i+1} - 2r_i,\; 2r_i - M_{i+1},\; r_i\right), \quad M_n = r_n")
        rule = now.rule
        found = [rf"M_{{{len(now.rates)}}} &= {rule.distances[-1]}"]
        for place in range(len(now.rates) - 2, -1, -1):
            rate, after_ = now.rates[place], rule.distances[place + 1]
            found.append(
                rf"M_{{{place + 1}}} &= \max({after_} - {2 * rate},\; {2 * rate} - {after_},\; "
                rf"{rate}) = {rule.distances[place]}"
            )
        st.latex(r"\begin{aligned}" + r" \\ ".join(found) + r"\end{aligned}")
        near = "holds" if rule.close else "does not hold"
        factor = "no common factor" if rule.divisor == 1 else f"the common factor {rule.divisor}"
        covered = rf.coverage([rf.Layer(3, 1, rate) for rate in now.rates])
        holes = "no holes" if covered == 1 else f"holes in {percent(1 - covered)} of the field"
        st.markdown(
            f"Wanted: $M_2 \\le K = 3$, which {near}; and rates without a common factor: these "
            f"have {factor}. Counted path by path, there are **{holes}** "
            "([Wang et al. 2018](https://arxiv.org/abs/1702.08502))."
        )


def code() -> None:
    """Show what ran."""
    frame.show_code(
        rf.paths,
        rf.effective,
        rf.gradient,
        rf.gradient_graph,
        intro="Counting paths, and measuring influence with OpenVINO's transposed convolutions:",
    )
