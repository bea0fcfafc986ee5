"""Real scores: every way beside another, on the whole picture and close up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib import render
from seglib.ui import address, frame, picker
from seglib.ui.address import Param, integer, one_of
from seglib.ui.figures import feature, matrix
from seglib.ui.figures.plate import ORANGE, Mark
from seglib.ui.numbers import percent, pixels, sig3
from seglib.ui.samples import Picture
from seglib.ui.upsampling import shared, ways
from seglib.ui.upsampling.shared import formula
from seglib.ui.upsampling.ways import REDUCES, WAYS, Outcome, Reduce, Scene

SHOWS = {"classes": "Classes", "errors": "Errors"}
WAY = Param("real_way", "half_pixel", one_of(*WAYS))
AGAINST = Param("real_against", "classes", one_of(*WAYS))
SHOW = Param("real_show", "classes", one_of(*SHOWS))
HOW = Param("real_reduce", "mean", one_of(*REDUCES))
RADIUS = Param("real_radius", "12", integer(1, 24))
PLACE = Param("real_place", "1", integer(1, 8))
PARAMS = (WAY, AGAINST, SHOW, HOW, RADIUS, PLACE)

_CROP = (72, 96)
"""Height and width of what is looked at closely, in pixels."""


@dataclass(frozen=True, eq=False)
class Setup:
    """Everything of one run of the page."""

    picture: Picture
    scene: Scene
    way: str
    against: str
    how: Reduce
    radius: int
    show: str
    first: Outcome
    second: Outcome


def read() -> Setup:
    """Read the settings and decide in two ways."""
    picture = picker.current()
    scene = ways.scene(picture)
    way, against, radius = address.get(WAY), address.get(AGAINST), int(address.get(RADIUS))
    how: Reduce = "every" if address.get(HOW) == "every" else "mean"
    show = address.get(SHOW) if scene.truth is not None else "classes"
    return Setup(
        picture,
        scene,
        way,
        against,
        how,
        radius,
        show,
        ways.outcome(picture, against, how, radius),
        ways.outcome(picture, way, how, radius),
    )


def controls(setup: Setup) -> None:
    """Draw the controls."""
    for param, label in ((WAY, "This way (right)"), (AGAINST, "against (left)")):
        follow = address.bound(param, param.name)
        st.selectbox(
            label,
            list(WAYS),
            format_func=lambda key: WAYS[key].title,
            key=param.name,
            on_change=follow,
        )
    if setup.scene.truth is not None:
        address.choose(SHOW, "Show", SHOWS)
    shared.slider(
        PLACE,
        "Look closely at the difference number",
        1,
        8,
        "Places by how many pixels the two ways decide differently, most first.",
    )
    with st.expander("More"):
        address.choose(
            HOW,
            "How the scores come to 1/8",
            REDUCES,
            help="The network answers at 1/2. The first cell of each block is what a layer with a "
            "stride keeps; its centre is not the block's.",
        )
        shared.slider(
            RADIUS,
            "Boundary width, pixels",
            1,
            24,
            "Boundary IoU counts only pixels this close to a border. 12 is 2 % of the diagonal, "
            "as its authors advise.",
        )


def _drawn(setup: Setup, outcome: Outcome) -> NDArray[np.uint8]:
    if setup.show == "errors" and setup.scene.truth is not None:
        return render.error_map(setup.scene.truth, outcome.labels, pixels=setup.scene.pixels)
    return render.colourise(outcome.labels, setup.scene.label_set)


def crop_at(differs: NDArray[np.bool_], number: int) -> tuple[int, int]:
    """Return row and column of the crop with the ``number``-th most differences, from 1."""
    high, wide = _CROP
    rows, columns = differs.shape[0] // high, differs.shape[1] // wide
    counts = differs[: rows * high, : columns * wide].reshape(rows, high, columns, wide)
    order = np.argsort(-counts.sum(axis=(1, 3)).ravel(), kind="stable")
    row, column = divmod(int(order[min(number, len(order)) - 1]), columns)
    return row * high, column * wide


def stage(setup: Setup) -> None:
    """Draw the picture."""
    scene = setup.scene
    differs = setup.first.labels != setup.second.labels
    top, left = crop_at(differs, int(address.get(PLACE)))
    high, wide = _CROP
    mark = [Mark((left, top, wide, high), ORANGE, label="looked at closely below")]
    both = (
        (setup.against, setup.first, "real-left"),
        (setup.way, setup.second, "real-right"),
    )
    drawn = [_drawn(setup, outcome) for _, outcome, _ in both]
    plates = []
    for (way, outcome, key), image in zip(both, drawn, strict=True):
        caption = ""
        if outcome.mean_iou is not None:
            caption = (
                f"mean IoU {sig3(outcome.mean_iou)} · boundary IoU {sig3(outcome.boundary_iou)}"
            )
        plates.append(
            feature.pixels_markup(
                image, title=WAYS[way].title, caption=caption, marks=mark, width=305, key=key
            )
        )
    matrix.row(plates, align="start")
    part = (slice(top, top + high), slice(left, left + wide))
    close = [
        feature.pixels_markup(scene.pixels[part], title="Picture", width=146),
        *(
            feature.pixels_markup(image[part], title=WAYS[way].title, width=146)
            for (way, _, _), image in zip(both, drawn, strict=True)
        ),
    ]
    if scene.truth is not None:
        truth = render.colourise(scene.truth, scene.label_set)[part]
        close.append(feature.pixels_markup(truth, title="Truth", width=146))
    st.html('<div style="height:0.5rem"></div>' + matrix.row_markup(close, align="start"))
    cells = f"{scene.size[1] // ways.COARSE} × {scene.size[0] // ways.COARSE}"
    count = int(differs.sum())
    st.html(
        f'<p class="seg-note" data-testid="real-note">{setup.picture.title}: the street model '
        f"answers at 1/2 ({scene.scores.shape[2]} × {scene.scores.shape[1]}); its scores are "
        f"brought to 1/8 ({cells}), then to its input's {scene.size[1]} × {scene.size[0]} px. "
        f"The two ways differ in {pixels(count)} ({percent(count / differs.size)}).</p>"
    )


def numbers(setup: Setup) -> None:
    """Draw the table of all ways."""
    found = ways.outcomes(setup.picture, setup.how, setup.radius)
    own = found["shuffle"].labels
    truth = setup.scene.truth is not None
    heads = ["Way", *(["Mean IoU", "Boundary IoU"] if truth else []), "Unlike the network's own"]
    body = []
    for key, outcome in found.items():
        unlike = float((outcome.labels != own).mean())
        cells = f"<td>{percent(unlike)}</td>"
        if truth:
            iou = f"<td>{sig3(outcome.mean_iou)}</td><td>{sig3(outcome.boundary_iou)}</td>"
            cells = iou + cells
        body.append(f'<tr data-way="{key}"><th scope="row">{WAYS[key].title}</th>{cells}</tr>')
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    st.html(
        f'<div class="seg-table" data-testid="real-table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )
    if truth:
        st.html(
            f'<p class="seg-note">Against the exact truth; boundary IoU within {setup.radius} px '
            "of a border ([Cheng et al. 2021]).</p>".replace(
                "[Cheng et al. 2021]",
                '<a href="https://arxiv.org/abs/2103.16562">Cheng et al. 2021</a>',
            )
        )
    else:
        st.html(
            '<p class="seg-note">No IoU: this picture has no ground truth. Generated streets have '
            "it, to the pixel.</p>"
        )


def how(setup: Setup) -> None:
    """Explain."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Deciding and enlarging do not commute")
        formula(
            r"\text{scores first:}\quad \hat y &= \arg\max_c\,(U z_c)",
            r"\text{classes first:}\quad \hat y &= U_{\text{nearest}}\,(\arg\max_c z_c)",
        )
        st.markdown(
            "With U = nearest the two are the same, pixel for pixel. With a U that mixes, the "
            "border between two classes runs where their mixed scores are equal, anywhere inside "
            "a cell; decided first, it can only run along cells."
        )
        st.markdown(f"**{WAYS[setup.way].title}.** {WAYS[setup.way].text}")
        if setup.against != setup.way:
            st.markdown(f"**{WAYS[setup.against].title}.** {WAYS[setup.against].text}")
    with right:
        st.markdown("#### The grid must be read as it was made")
        shift = (ways.COARSE - 1) / 2
        st.markdown(
            "The mean of a block stands for the block's middle: half-pixel is right. The first "
            f"cell of each block stands for a place {shift:g} pixels up and left of it: then "
            "asymmetric is right. Choose it under “More” and compare."
        )
        st.markdown(
            "Pixel shuffle loses nothing: a network that answers 16 times as many channels on the "
            "coarse grid can give every fine cell its own score."
        )


def code(setup: Setup) -> None:
    """Show what ran."""
    frame.show_code(ways.labels_of, ways.reduced, intro="What decided every pixel of this page:")
