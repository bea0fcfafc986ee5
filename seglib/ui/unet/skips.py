"""The skips: open and close them, and see what the decoder makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib import render
from seglib.ui import address, colors, frame, picker
from seglib.ui.address import Param, one_of
from seglib.ui.figures import feature, matrix
from seglib.ui.numbers import percent, pixels, sig3
from seglib.ui.samples import Picture
from seglib.ui.unet import diagram, gates
from seglib.ui.unet.gates import FILLS, Anatomy, Decoded, Fill
from seglib.ui.upsampling import ways
from seglib.ui.upsampling.shared import formula
from seglib.ui.upsampling.ways import Scene

SHOWS = {"classes": "Classes", "changed": "What changes", "errors": "Errors"}
SKIPS = ("8", "4", "2")


def _valid(text: str) -> bool:
    return len(text) <= 5 and text in ("none", *_SETS)


_SETS = ("8,4,2", "8,4", "8,2", "4,2", "8", "4", "2")
OPEN = Param("unet_open", "8", _valid)
FILL = Param("unet_fill", "mean", one_of(*FILLS))
SHOW = Param("unet_show", "classes", one_of(*SHOWS))
JOIN = Param("unet_join", "2", one_of(*SKIPS))
PARAMS = (OPEN, FILL, SHOW, JOIN)


@dataclass(frozen=True, eq=False)
class Setup:
    """Everything of one run of the page."""

    picture: Picture
    scene: Scene
    shape: Anatomy
    open: tuple[bool, ...]
    fill: Fill
    show: str
    join: int
    whole: Decoded
    now: Decoded


def read() -> Setup:
    """Read the settings and run the network."""
    picture, shape = picker.current(), gates.anatomy()
    scene = ways.scene(picture)
    chosen = address.get(OPEN).split(",")
    open_ = tuple(str(join.scale) in chosen for join in shape.joins)
    fill: Fill = "mean" if address.get(FILL) == "mean" else "zeros"
    show = address.get(SHOW)
    if show == "errors" and scene.truth is None:
        show = "classes"
    scales = [str(join.scale) for join in shape.joins]
    at = address.get(JOIN)
    return Setup(
        picture,
        scene,
        shape,
        open_,
        fill,
        show,
        scales.index(at) if at in scales else len(scales) - 1,
        gates.decode(picture, (True,) * len(open_), fill),
        gates.decode(picture, open_, fill),
    )


def _chosen() -> None:
    picked = st.session_state[OPEN.name]
    address.put(OPEN, ",".join(scale for scale in SKIPS if scale in picked) or "none")


def controls(setup: Setup) -> None:
    """Draw the controls."""
    st.session_state[OPEN.name] = [
        str(join.scale) for join, on in zip(setup.shape.joins, setup.open, strict=True) if on
    ]
    st.pills(
        "Open skips",
        [str(join.scale) for join in setup.shape.joins],
        format_func=lambda scale: f"1/{scale}",
        selection_mode="multi",
        key=OPEN.name,
        on_change=_chosen,
        help="A closed skip hands its channels on without any place in them.",
    )
    address.choose(
        FILL,
        "A closed skip hands on",
        FILLS,
        help="Zeros are new to the decoder, which never saw them in training. The mean of each "
        "channel over the map keeps its level and takes only the places away.",
    )
    shows = {k: v for k, v in SHOWS.items() if k != "errors" or setup.scene.truth is not None}
    address.put(SHOW, setup.show)
    address.choose(SHOW, "Show", shows)
    address.choose(JOIN, "Look at the join at", {str(j.scale): j.title for j in setup.shape.joins})


def _drawn(setup: Setup, decoded: Decoded) -> NDArray[np.uint8]:
    scene = setup.scene
    if setup.show == "errors" and scene.truth is not None:
        return render.error_map(scene.truth, decoded.labels, pixels=scene.pixels)
    if setup.show == "changed":
        differs = (setup.whole.labels != decoded.labels)[..., None]
        return np.where(differs, np.array(colors.CHANGED, np.uint8), render.faded(scene.pixels))
    return render.colourise(decoded.labels, scene.label_set)


def _scores(decoded: Decoded) -> str:
    if decoded.mean_iou is None:
        return ""
    return f"mean IoU {sig3(decoded.mean_iou)} · boundary IoU {sig3(decoded.boundary_iou)}"


def stage(setup: Setup) -> None:
    """Draw the picture."""
    joins = setup.shape.joins
    closed = [j.title for j, on in zip(joins, setup.open, strict=True) if not on]
    left = render.colourise(setup.whole.labels, setup.scene.label_set)
    if setup.show == "errors":
        left = _drawn(setup, setup.whole)
    elif setup.show == "changed":
        left = render.colourise(setup.now.labels, setup.scene.label_set)
    title = "All skips open" if setup.show != "changed" else "Answer"
    now = "Closed: " + ", ".join(closed) if closed else "Nothing closed"
    matrix.row(
        [
            feature.pixels_markup(
                left,
                title=title,
                caption=_scores(setup.whole if setup.show != "changed" else setup.now),
                width=305,
                key="unet-whole",
            ),
            feature.pixels_markup(
                _drawn(setup, setup.now),
                title=now,
                caption=_scores(setup.now) if setup.show != "changed" else "orange: another class",
                width=305,
                key="unet-now",
            ),
        ],
        align="start",
    )
    diagram.show(setup.shape, setup.open)
    join = joins[setup.join]
    # One scale for both: what is dark adds little.
    below, skip = setup.now.below[setup.join], setup.now.skip[setup.join]
    verb = "adds" if setup.open[setup.join] else "would add"
    most = float(max(below.max(), skip.max(), 1e-6))
    matrix.row(
        [
            feature.markup(
                below,
                title=f"Comes up to {join.title}: {join.below} channels",
                caption=f"{percent(setup.now.detail_below[setup.join])} of its variation is finer "
                "than the grid below",
                limits=(0, most),
                width=305,
                key="unet-below",
            ),
            feature.markup(
                skip,
                title=f"The skip {verb}: {join.skip} channels",
                caption=f"{percent(setup.now.detail_skip[setup.join])} of its variation is finer",
                limits=(0, most),
                width=305,
                key="unet-skip",
            ),
        ],
        align="start",
    )


def numbers(setup: Setup) -> None:
    """Draw the numbers."""
    changed = float((setup.whole.labels != setup.now.labels).mean())
    with st.grid(4, min_column_width=150, gap="small"):
        st.metric(
            "Pixels that change",
            percent(changed),
            help=f"{pixels(round(changed * setup.now.labels.size))} get another class.",
            border=True,
        )
        if setup.now.mean_iou is not None:
            for label, value, whole in (
                ("Mean IoU", setup.now.mean_iou, setup.whole.mean_iou),
                ("Boundary IoU", setup.now.boundary_iou, setup.whole.boundary_iou),
            ):
                st.metric(
                    label,
                    sig3(value),
                    help=f"{sig3(whole)} with all skips open.",
                    border=True,
                )
        st.metric(
            "Finer detail, skip",
            percent(setup.now.detail_skip[setup.join]),
            help="Share of the variation at this join that a grid of half the cells cannot hold; "
            f"of what comes up from below: {percent(setup.now.detail_below[setup.join])}.",
            border=True,
        )
    if setup.now.mean_iou is None:
        st.html(
            '<p class="seg-note">No IoU: this picture has no ground truth. Generated streets have '
            "it, to the pixel.</p>"
        )
    rows = "".join(
        f'<tr><th scope="row">{j.title}</th><td>{j.encoder}</td><td>{j.skip}</td>'
        f"<td>{j.below}</td><td>{j.joined}</td><td>{j.size[1]} × {j.size[0]}</td>"
        f"<td>{percent(setup.now.detail_below[i])}</td>"
        f"<td>{percent(setup.now.detail_skip[i])}</td></tr>"
        for i, j in enumerate(setup.shape.joins)
    )
    heads = (
        "Join",
        "Encoder channels",
        "Skip",
        "From below",
        "Together",
        "Cells",
        "Finer, below",
        "Finer, skip",
    )
    st.html(
        '<div class="seg-table" data-testid="unet-table"><table><thead><tr>'
        + "".join(f'<th scope="col">{head}</th>' for head in heads)
        + f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def how(setup: Setup) -> None:
    """Explain."""
    join = setup.shape.joins[setup.join]
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### A join")
        formula(
            r"y &= f\,(\,[\,\text{enlarge}(x_{\text{below}}),\ g(x_{\text{encoder}})\,]\,)",
            rf"{join.joined} &= {join.below} + {join.skip}\quad\text{{channels at }}"
            rf"\tfrac1{{{join.scale}}}",
        )
        st.markdown(
            "What comes up from below knows *what* but was enlarged: nothing in it is finer than "
            "the grid it came from. The encoder's map at this size knows *where*. U-Net "
            "([Ronneberger et al. 2015](https://arxiv.org/abs/1505.04597)) stacks the two and lets "
            "convolutions sort them out; FCN adds scores; SegNet passes on places only."
        )
    with right:
        st.markdown("#### What a valve does")
        formula(r"\tilde g &= k\,g + (1 - k)\,m\,\bar g, \qquad k \in \{0, 1\}")
        st.markdown(
            "k closes the skip; m decides between zeros and the channel's mean over the map. "
            "It sits inside the compiled network: the weights are the bundled ones, and what you "
            "see is a real answer. It is not what a network *trained* without this skip would "
            "answer: that one would have learned to do without."
        )
        st.markdown("#### Finer detail")
        formula(
            r"d &= \frac{\lVert x - \text{enlarge}(\text{halve}(x)) \rVert^2}"
            r"{\lVert x - \bar x \rVert^2}"
        )
        st.markdown(
            f"At {join.title}: {percent(setup.now.detail_below[setup.join])} for what comes up, "
            f"{percent(setup.now.detail_skip[setup.join])} for the skip."
        )


def code(setup: Setup) -> None:
    """Show what ran."""
    frame.show_code(
        gates.put_valves,
        intro="How the valves come into the OpenVINO network, before it is compiled:",
    )
