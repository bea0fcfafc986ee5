"""Who wins a pixel: the merging of this very picture, turn by turn."""

from __future__ import annotations

import math
from html import escape

import numpy as np
import streamlit as st

from seglib.images import resize
from seglib.models.adapters.merging import Claim, MergeOptions, Merging, Rest
from seglib.render import segments_overlay
from seglib.results import Panoptic
from seglib.ui import stepper
from seglib.ui.figures import feature
from seglib.ui.numbers import percent, pixels, sig3
from seglib.ui.pack import display_size
from seglib.ui.panoptic.shown import Shown
from seglib.ui.panoptic.work import Work
from seglib.ui.shrink import places

TURN = stepper.param("pan_turn")
_SIDE = 640


def show(work: Work, shown: Shown, options: MergeOptions) -> None:
    """Draw the tab."""
    found = work.merging
    if found is None:
        st.markdown(
            "Nobody merged this map: the generator knows the owner of every pixel. Choose another "
            "source, and the turns of the merging are shown here."
        )
        return
    if not len(found):
        st.markdown("Nobody asked for a pixel: no object, and no class in the semantic map.")
        return
    st.markdown(
        "Objects may overlap and leave gaps; a panoptic map may not. So they take turns, best "
        "score first, and each gets what is still free. Then the classes of the semantic map get "
        "the rest ([Kirillov et al. 2019](https://arxiv.org/abs/1801.00868), section 7)."
    )
    left, right = st.columns(2, gap="large")
    with left:
        turn = stepper.show(TURN, len(found), label="Turn")
        st.html(_map(work, shown, found, turn))
    with right:
        _turn(work, shown, found, turn, options)
    st.html(turns(work, shown, found, turn))
    st.html(f'<p class="seg-note" data-testid="pan-sum">{summary(found)}</p>')


def _map(work: Work, shown: Shown, found: Merging, turn: int) -> str:
    """Draw what is taken after the turn; what is free steps back."""
    width, height = work.panoptic.size
    size = display_size((width, height), max_side=_SIDE)
    after = found.after(turn + 1)
    ids = after[places(size[1], height)[:, None], places(size[0], width)]
    classes = {segment.id: segment.class_id for segment in work.panoptic.segments}
    taken = Panoptic.from_ids(np.ascontiguousarray(ids, np.int32), classes, work.panoptic.label_set)
    image = work.picture.image.pixels
    drawn = segments_overlay(
        image if size == (width, height) else resize(image, size),
        taken,
        colors=shown.colors,
        opacity=0.7,
        only=[segment.id for segment in taken.segments],
    )
    free = int((after == 0).sum())
    return feature.pixels_markup(
        drawn,
        title=f"After turn {turn + 1} of {len(found)}",
        caption=f"{pixels(free)} still free, {percent(free / after.size)} of the picture, dark.",
        width=_SIDE,
        key="pan-turn",
        smooth=True,
    )


def _turn(work: Work, shown: Shown, found: Merging, turn: int, options: MergeOptions) -> None:
    if turn < len(found.claims):
        claim = found.claims[turn]
        st.markdown(f"#### Turn {turn + 1}: {_who(work, shown, claim)}")
        st.latex(
            r"\begin{gathered}F_i = M_i \setminus \bigcup_{j<i} S_j\\ S_i = \begin{cases} F_i & "
            r"|F_i| \ge \tau\,|M_i| \\ \varnothing & \text{otherwise} \end{cases}\end{gathered}"
        )
        st.latex(_substituted(claim, options.covered))
        st.html(f'<p data-testid="pan-claim">{claim_sentence(work, shown, claim, options)}</p>')
        return
    rest = found.rests[turn - len(found.claims)]
    name = work.panoptic.label_set.label(rest.class_id).name
    st.markdown(f"#### Turn {turn + 1}: what the semantic map calls {name}")
    st.latex(r"R_c = \{x : \hat y(x) = c\} \setminus \bigcup_j S_j")
    st.latex(
        rf"|R_c| = {_tex(rest.asked)} - {_tex(rest.asked - rest.free)} = {_tex(rest.free)}"
        r"\ \text{px}"
    )
    st.html(f'<p data-testid="pan-claim">{rest_sentence(work, rest)}</p>')


def _substituted(claim: Claim, covered: float) -> str:
    if not claim.asked:
        return r"\frac{|F_i|}{|M_i|} = \frac{0}{0}\ \text{undefined: the mask is empty}"
    sign = r"\ge" if claim.free >= covered * claim.asked else "<"
    return (
        rf"\frac{{|F_i|}}{{|M_i|}} = \frac{{{_tex(claim.free)}}}{{{_tex(claim.asked)}}} = "
        rf"{sig3(claim.share)} {sign} {covered:g} = \tau"
    )


def _tex(value: int) -> str:
    return f"{value:,}".replace(",", "{,}")


def _who(work: Work, shown: Shown, claim: Claim) -> str:
    if claim.segment:
        return shown.names[claim.segment]
    return f"a {work.panoptic.label_set.label(claim.class_id).name}, left out"


def claim_sentence(work: Work, shown: Shown, claim: Claim, options: MergeOptions) -> str:
    """Say what an object asked for and got."""
    scored = f" with score {sig3(claim.score)}" if work.source == "network" else ""
    name = escape(work.panoptic.label_set.label(claim.class_id).name)
    if not claim.asked:
        return f"An object of class {name}{scored} has an empty mask: left out."
    share = "" if math.isnan(claim.share) else f" ({percent(claim.share)})"
    text = (
        f"An object of class <b>{name}</b>{scored} asks for {pixels(claim.asked)}. "
        f"{pixels(claim.free)}{share} are still free: "
    )
    if not claim.segment:
        if not claim.free:
            return text + "better objects cover all of it, and it is <b>left out</b>."
        return text + f"less than {percent(options.covered)}, and it is <b>left out</b>."
    name = escape(shown.names[claim.segment])
    text += f"it gets them and is <b>{name}</b>."
    if claim.given:
        text += (
            f" At the end it is given {pixels(claim.given)} more: the semantic map calls them "
            "its class, and it is the nearest."
        )
    return text


def rest_sentence(work: Work, rest: Rest) -> str:
    """Say what became of the pixels of a class that no object had taken."""
    name = escape(work.panoptic.label_set.label(rest.class_id).name)
    text = (
        f"The semantic map calls {pixels(rest.asked)} {name}; {pixels(rest.free)} of them belong "
        "to no object. "
    )
    if not rest.thing:
        return text + f"{name.capitalize()} is stuff: they become one segment."
    if rest.given:
        return text + f"Each goes to the nearest {name}."
    count = len(rest.segments)
    if count:
        text += f"No {name} was found, so {_count(count, 'piece')} become{'s' * (count == 1)} "
        text += "a segment each. " if count > 1 else "a segment. "
    if rest.void:
        text += f"{pixels(rest.void)} in crumbs become void."
    return text.strip()


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def summary(found: Merging) -> str:
    """Add up all turns."""
    asked, got = sum(c.asked for c in found.claims), sum(c.got for c in found.claims)
    out = sum(not c.segment for c in found.claims)
    void = int((found.panoptic.segment_ids == 0).sum())
    left = sum(rest.free for rest in found.rests)
    return (
        f"{_count(len(found.claims), 'object')} asked for {pixels(asked)} and got {pixels(got)}; "
        f"{out} left out. The classes of the semantic map got the other {pixels(left - void)}; "
        f"{pixels(void)} are void."
        if void <= left
        else f"{_count(len(found.claims), 'object')} asked for {pixels(asked)} and got "
        f"{pixels(got)}; {out} left out. {pixels(void)} are void: nothing was asked for there."
    )


def turns(work: Work, shown: Shown, found: Merging, turn: int) -> str:
    """Return the table of all turns as HTML."""
    body = []
    for place, claim in enumerate(found.claims):
        color = shown.colors.get(claim.segment, (138, 138, 138))
        outcome = "left out" if not claim.segment else "kept"
        given = f"{claim.given:,}" if claim.given else "–"
        score = sig3(claim.score) if work.source == "network" else "–"
        free = percent(claim.share) if claim.asked else "undefined"
        body.append(
            _row(place, turn, color, _who(work, shown, claim).removesuffix(", left out"))
            + f"<td>{score}</td><td>{claim.asked:,}</td><td>{claim.free:,}</td><td>{free}</td>"
            f'<td>{claim.got:,}</td><td>{given}</td><td class="seg-left">{outcome}</td></tr>'
        )
    for place, rest in enumerate(found.rests, start=len(found.claims)):
        color = (138, 138, 138)
        if len(rest.segments) == 1:
            color = shown.colors[rest.segments[0]]
        name = work.panoptic.label_set.label(rest.class_id).name
        if not rest.thing:
            outcome = "one segment"
        elif rest.given:
            outcome = "to the nearest"
        else:
            outcome = _count(len(rest.segments), "segment")
        if rest.void:
            outcome += f", {pixels(rest.void)} void"
        body.append(
            _row(place, turn, color, name)
            + f"<td>–</td><td>{rest.asked:,}</td><td>{rest.free:,}</td>"
            f"<td>{percent(rest.free / rest.asked)}</td><td>{rest.free - rest.void:,}</td>"
            f'<td>–</td><td class="seg-left">{outcome}</td></tr>'
        )
    heads = ("Turn", "Score", "Asked, px", "Free, px", "Free", "Got, px", "Given later, px", "")
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    return (
        '<div class="seg-table" data-testid="pan-turns" tabindex="0" '
        f'style="overflow:auto;max-height:26rem"><table><thead><tr>{head}</tr></thead><tbody>'
        f"{''.join(body)}</tbody></table></div>"
    )


def _row(place: int, turn: int, color: tuple[int, int, int], name: str) -> str:
    mark = ' class="seg-here"' if place == turn else ""
    red, green, blue = color
    return (
        f'<tr{mark}><th scope="row"><i class="sw" style="background:rgb({red} {green} {blue})">'
        f"</i>{place + 1}: {escape(name)}</th>"
    )
