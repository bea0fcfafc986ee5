"""The tabs: comparison, formulas at the chosen pixel and the ways between answers, the code."""

from __future__ import annotations

import math
from html import escape

import streamlit as st

from seglib.ui import frame
from seglib.ui.kinds import compare, facts, probe
from seglib.ui.kinds.answers import MATTE_MODEL, SCENE_MODEL, Answers
from seglib.ui.kinds.facts import Facts
from seglib.ui.numbers import percent, sig3


def numbers(answers: Answers, found: Facts) -> None:
    """Draw the comparison and what became of each class of things."""
    st.html(compare.table(answers))
    with st.grid(4, min_column_width=150, gap="small"):
        st.metric("Classes here", str(found.present), help="In the semantic answer", border=True)
        st.metric("Objects", str(found.objects), help="In the instance answer", border=True)
        st.metric(
            "Segments", str(found.things + found.stuff), help="In the panoptic answer", border=True
        )
        st.metric(
            "Between 0 and 1",
            percent(found.between),
            help="Pixels whose alpha is neither 0 nor 1 in 8 bits",
            border=True,
        )
    st.html(joined(answers, found))


def joined(answers: Answers, found: Facts) -> str:
    """Return objects against regions, class by class, as HTML."""
    if not found.joined:
        return '<p class="seg-note">No object was found in this picture.</p>'
    label = answers.semantic.label_set.label
    rows = "".join(
        f'<tr><th scope="row"><i class="sw" style="background:rgb'
        f'({" ".join(map(str, label(each.class_id).color))})"></i>'
        f"{escape(label(each.class_id).name)}</th><td>{each.objects}</td><td>{each.regions}</td>"
        f"</tr>"
        for each in found.joined
    )
    return (
        '<div class="seg-table" data-testid="kd-joined"><table><thead><tr><th scope="col">Class of '
        'things</th><th scope="col">Objects (instance)</th><th scope="col">Regions (semantic)</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def how(answers: Answers, found: Facts, x: int, y: int) -> None:
    """Write out the four answers at the pixel, and the ways from one to another."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"#### Four answers at pixel x {x}, y {y}")
        _at(answers, x, y)
    with right:
        st.markdown("#### From one answer to another")
        _ways(answers, found)


def _at(answers: Answers, x: int, y: int) -> None:
    semantic = int(answers.semantic.labels[y, x])
    readings = probe.read(answers, x, y)
    _pair_of_lines(
        r"\hat y(x) = \arg\max_c z_c(x) \in \{0, \dots, C-1\}",
        rf"\hat y = {semantic}\ \text{{({_words(readings[0].meaning)})}}",
    )
    rows = [row + 1 for row in probe.objects_at(answers.instances, x, y)]
    found = f"\\{{{', '.join(map(str, rows))}\\}}" if rows else r"\varnothing"
    _pair_of_lines(
        r"\{(m_i, c_i, s_i)\}_{i=1}^N, \quad m_i(x) \in \{0, 1\}",
        rf"\{{i : m_i(x) = 1\}} = {found}, \quad N = {len(answers.instances)}",
    )
    _pair_of_lines(r"\pi(x) = (c, \text{id})\ \text{or void}", rf"\pi = {_pair(answers, x, y)}")
    red, green, blue = answers.picture.image.pixels[y, x].tolist()
    alpha = float(answers.matte.alpha[y, x])
    _pair_of_lines(
        r"I(x) = \alpha F + (1-\alpha)\,B, \quad 0 \le \alpha(x) \le 1",
        rf"({red}, {green}, {blue}) = {sig3(alpha)}\,F + {sig3(1 - alpha)}\,B",
    )
    st.markdown(
        "The last is three equations, one a colour, for seven unknowns: α, F and B. So a matte "
        "needs more than its own pixel."
    )


def _pair_of_lines(symbols: str, numbers_: str) -> None:
    st.latex(rf"\begin{{gathered}}{symbols}\\{numbers_}\end{{gathered}}")


def _words(text: str) -> str:
    return text.replace("_", " ").replace("%", r"\%")


def _pair(answers: Answers, x: int, y: int) -> str:
    value = int(answers.panoptic.segment_ids[y, x])
    if not value:
        return r"\text{void}"
    name = answers.panoptic.label_set.label(answers.panoptic.segment(value).class_id).name
    return rf"(\text{{{_words(name)}}},\ {value})"


def _ways(answers: Answers, found: Facts) -> None:
    regions = sum(each.regions for each in found.joined)
    same = percent(found.same_class)
    st.markdown(
        "- **Panoptic → semantic**: forget the ids. Nothing is missing: here both say the same "
        f"class in {same} of the pixels that both judge.\n"
        f"- **Panoptic → instance**: take the things. {found.kept} of {found.objects} objects "
        "have a segment; where objects overlap, only one keeps the pixel.\n"
        "- **Semantic → instance**: connected regions are a guess. Here "
        f"{facts.count(regions, 'region')} for {facts.count(found.objects, 'object')}.\n"
        "- **Instance → panoptic**: not enough. "
        f"{percent(1 - found.objects_share)} of the pixels need the semantic answer.\n"
        "- **Matte → any**: α ≥ ½ is one mask without a name. Its IoU with the union of all "
        f"objects is {sig3(found.matte_iou)}"
        + (": there is neither subject nor object." if math.isnan(found.matte_iou) else ".")
    )
    st.latex(
        r"\text{semantic} \;\subset\; \text{panoptic} \;\supset\; \text{instance without overlap}"
    )
    if answers.source == "truth":
        st.markdown(
            "The answers are the exact truth of a generated picture, so they agree wherever they "
            "can. Its matte is the union of all things, hard at the rim: choose **Networks** for "
            "a soft one."
        )
    else:
        st.markdown(
            f"Semantic, instance and panoptic come from one network, **{SCENE_MODEL}**, the matte "
            f"from another, **{MATTE_MODEL}**. They need not agree on what the subject is."
        )


def code() -> None:
    """Draw the same as a script, and what measured."""
    st.markdown("The same in a notebook or a script:")
    st.code(
        "from seglib import images, models\n\n"
        'picture = images.load("picture.jpg")\n'
        f'scene, _ = models.load("{SCENE_MODEL}").segment(picture)\n'
        f'matte, _ = models.load("{MATTE_MODEL}").segment(picture)\n'
        "print(scene.semantic.labels.shape, len(scene.instances))\n"
        "print(scene.panoptic.segment_ids.shape, matte.alpha.shape)",
        language="python",
    )
    frame.show_code(
        facts.joined,
        facts.claims,
        facts.same_class,
        intro="What measured the differences on this page, word for word:",
    )
