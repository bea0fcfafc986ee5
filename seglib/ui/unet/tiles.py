"""Overlap-tile: the plan on the picture, the answer with its seams, and what they cost."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib import render
from seglib.concepts import overlap_tile
from seglib.concepts.overlap_tile import Plan, TileOptions
from seglib.ui import address, colors, knobs, stepper
from seglib.ui.figures import feature, matrix
from seglib.ui.figures.plate import BLUE, GREEN, ORANGE, Arrow, Mark, Overlay
from seglib.ui.numbers import sig3
from seglib.ui.unet import tiling
from seglib.ui.unet.tile_report import code, how, numbers
from seglib.ui.unet.tile_setup import (
    PARAMS,
    PREFIX,
    SHOW,
    SHOWS,
    STEP,
    Setup,
    ask,
    read,
    whole_key_of,
)
from seglib.ui.unet.tiling import Labels

__all__ = ["PARAMS", "code", "controls", "how", "numbers", "read", "stage"]


def controls(setup: Setup) -> None:
    """Draw the controls."""
    key = tiling.key(setup.picture, setup.options)
    if setup.labels is None:
        st.button(
            f"Run {len(setup.plan)} tiles",
            on_click=partial(ask, key),
            key="tile_run",
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
        )
    elif setup.whole is None:
        st.button(
            "Compare with the whole picture at once",
            on_click=partial(ask, whole_key_of(setup.picture, setup.options)),
            key="tile_whole",
            icon=":material/compare:",
            width="stretch",
            help="The network is fully convolutional: compiled for this size, it answers for the "
            "whole picture in one call. Compiling takes a few seconds, once.",
        )
    else:
        address.choose(SHOW, "Show", SHOWS)
    knobs.show(TileOptions, PREFIX, only=["overlap", "mirror"])
    stepper.show(STEP, len(setup.plan), label="Tile")
    with st.expander("More"):
        knobs.show(
            TileOptions,
            PREFIX,
            only=["zoom", "spread", "blend"],
            titles={"zoom": {"2": "2 × the input", "3": "3 × the input"}},
        )


def _layout(plan: Plan, number: int) -> list[Overlay]:
    """Outline all cores, and the window and core of one tile."""
    width, height = plan.size
    upright, level = plan.seams
    marks: list[Overlay] = [Arrow((x, 0), (x, height), "#fff", head=False) for x in upright]
    marks += [Arrow((0, y), (width, y), "#fff", head=False) for y in level]
    tile = plan.tiles[number]
    x, y, wide, high = tile.window
    left, top = max(x, 0), max(y, 0)
    seen = (left, top, min(x + wide, width) - left, min(y + high, height) - top)
    marks.append(Mark(seen, ORANGE, dashed=True, label="what the network sees"))
    marks.append(Mark(tile.core, BLUE, label="what is kept"))
    return marks


def _answer(setup: Setup, labels: Labels) -> NDArray[np.uint8]:
    if setup.show == "unlike" and setup.whole is not None:
        differs = (labels != setup.whole)[..., None]
        faded = render.faded(setup.scene.pixels)
        return np.where(differs, np.array(colors.CHANGED, np.uint8), faded)
    return _colours(setup, labels)


def stage(setup: Setup) -> None:
    """Draw the picture."""
    scene, plan = setup.scene, setup.plan
    width, height = scene.size
    parts = [
        feature.pixels_markup(
            resize_half(scene.pixels),
            title=f"Picture, {width} × {height} px",
            caption="Dashed: what the network sees of this tile. Blue: what is kept.",
            marks=_halved(_layout(plan, setup.tile)),
            width=305,
            smooth=True,
            key="tile-plan",
        )
    ]
    if setup.labels is not None:
        caption = f"{len(plan)} network calls"
        iou = tiling.mean_iou(scene, setup.labels)
        if iou is not None:
            caption += f" · mean IoU {sig3(iou)}"
        parts.append(
            feature.pixels_markup(
                _answer(setup, setup.labels),
                title="Put together" if setup.show == "classes" else "Unlike the whole at once",
                caption=caption,
                width=305,
                key="tile-answer",
            )
        )
    else:
        parts.append(
            f'<div data-testid="tile-waiting" style="width:305px;max-width:100%;padding:1rem;'
            f'border:2px dashed rgb(128 128 128 / 0.6);border-radius:0.5rem;text-align:center">'
            f"This plan needs <b>{len(plan)} network calls</b>. Press “Run {len(plan)} tiles”."
            "</div>"
        )
    matrix.row(parts, align="start")
    if setup.labels is not None:
        _close_up(setup, setup.labels)
    tile = plan.tiles[setup.tile]
    seen = overlap_tile.cut(scene.pixels, plan, tile)
    inner: list[Overlay] = [Mark(tuple(v / 2 for v in tile.inner), BLUE, label="kept")]  # type: ignore[arg-type]
    x, y, wide, high = tile.window
    over = [max(-x, 0), max(-y, 0), max(x + wide - width, 0), max(y + high - height, 0)]
    if any(over):
        box = (
            over[0] / 2,
            over[1] / 2,
            (wide - over[0] - over[2]) / 2,
            (high - over[1] - over[3]) / 2,
        )
        inner.append(Mark(box, GREEN, dashed=True, label="the picture's border"))
    beyond = "mirrored" if plan.mirror else "filled with black"
    text = f"Green: the picture's border; what is beyond is {beyond}." if any(over) else ""
    matrix.row(
        [
            feature.pixels_markup(
                resize_half(seen),
                title=f"Tile {setup.tile + 1}: what the network sees",
                caption=text,
                marks=inner,
                width=230,
                smooth=True,
                key="tile-seen",
            ),
            _facts(setup),
        ],
        align="start",
    )


_CROP = (144, 192)
"""Height and width of what is looked at closely, in pixels."""


def _close_up(setup: Setup, labels: Labels) -> None:
    """Draw the part of a seam where the classes break off most."""
    at = tiling.worst(labels, setup.plan, _CROP)
    if at is None:
        return
    (top, left), (high, wide) = at, _CROP
    part = (slice(top, top + high), slice(left, left + wide))
    upright, level = setup.plan.seams
    lines: list[Overlay] = [
        Arrow((x - left, 0), (x - left, 8), ORANGE, head=False)
        for x in upright
        if left < x < left + wide
    ]
    lines += [
        Arrow((0, y - top), (8, y - top), ORANGE, head=False) for y in level if top < y < top + high
    ]
    shown = [("The worst seam", setup.scene.pixels), ("Put together", _colours(setup, labels))]
    if setup.whole is not None:
        shown.append(("The whole at once", _colours(setup, setup.whole)))
    matrix.row(
        [
            feature.pixels_markup(
                pixels[part], title=title, marks=lines, width=200, key="tile-close"
            )
            for title, pixels in shown
        ],
        align="start",
    )


def _colours(setup: Setup, labels: Labels) -> NDArray[np.uint8]:
    return render.colourise(labels, setup.scene.label_set)


def resize_half(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture at half its size, for the screen."""
    from seglib.images import resize

    return resize(pixels, (max(1, pixels.shape[1] // 2), max(1, pixels.shape[0] // 2)))


def _halved(marks: list[Overlay]) -> list[Overlay]:
    halved: list[Overlay] = []
    for mark in marks:
        if isinstance(mark, Mark):
            x, y, wide, high = (value / 2 for value in mark.box)
            halved.append(Mark((x, y, wide, high), mark.color, mark.dashed, mark.label))
        elif isinstance(mark, Arrow):
            ends = [(x / 2, y / 2) for x, y in (mark.start, mark.end)]
            halved.append(Arrow(ends[0], ends[1], mark.color, mark.head))
    return halved


def _facts(setup: Setup) -> str:
    plan = setup.plan
    shared = [
        min((a[0] + t - b[0] for a, b in pairwise(parts)), default=0)
        for parts, t in ((plan.columns, plan.tile[0]), (plan.rows, plan.tile[1]))
    ]
    counts = (len(plan.columns), len(plan.rows))
    context = min((s // 2 for s, count in zip(shared, counts, strict=True) if count > 1), default=0)
    lines = [
        f"<b>{len(plan.columns)} × {len(plan.rows)} = {len(plan)}</b> network calls",
        f"<b>{sig3(plan.work)}</b> pixels computed for each one kept",
        f"neighbours really share <b>{shared[0]}</b> px across, <b>{shared[1]}</b> px down",
        f"so a kept pixel has <b>{context}</b> px of context towards a seam",
    ]
    body = "".join(f"<li>{line}</li>" for line in lines)
    return (
        '<ul data-testid="tile-facts" style="margin:1.4rem 0 0;padding-left:1.1rem;'
        f'max-width:21rem;line-height:1.6">{body}</ul>'
    )
