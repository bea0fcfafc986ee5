"""From maps to nuclei: inside, border and distance around one object, its seed and its flood."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.models.adapters import NucleiAdapter, NucleiOptions
from seglib.models.adapters.basins import flood, join, seeds
from seglib.models.adapters.nuclei_decode import NucleiMaps, probability, relief
from seglib.render import instance_color
from seglib.ui.figures import feature
from seglib.ui.figures.plate import Dot
from seglib.ui.instance.state import Work
from seglib.ui.numbers import sig3

Maps = NDArray[np.float32]

FUNCTIONS = (relief, seeds, flood, join)
"""What ran."""

_MARGIN = 12
_LONGEST = 120
"""Cells around the object, and at most on each side of what is drawn."""


@dataclass(frozen=True, eq=False)
class Steps:
    """The maps around one object, step by step, ``(h, w)`` each.

    Parameters
    ----------
    inside, border, distance, height : float32
        Probabilities, the distance map, and the landscape that is flooded.
    ids : int32
        Objects of the whole picture, numbered anew.
    tops : list of (x, y)
        Seeds, in cells of the part shown.
    seeds, pieces, regions : int
        In the whole picture: seeds, connected pieces of inside, and what is left of the floods
        once shallow valleys are joined.
    """

    inside: Maps
    border: Maps
    distance: Maps
    height: Maps
    ids: NDArray[np.int32]
    tops: list[tuple[float, float]]
    seeds: int
    pieces: int
    regions: int


def steps(maps: NucleiMaps, options: NucleiOptions, apart: int, part: tuple[slice, slice]) -> Steps:
    """Walk from the maps to the objects; what is returned is cut to ``part``."""
    likely = probability(maps.inside)
    inside = likely >= options.threshold
    height = relief(maps, options)
    tops = seeds(height, inside, low=options.seed, apart=apart)
    floods = flood(height, inside, tops)
    ids = join(height, floods, depth=options.depth)
    points = []
    for number in np.unique(tops[part])[1:].tolist() if tops[part].any() else ():
        y, x = np.argwhere(tops[part] == number).mean(axis=0)
        points.append((float(x) + 0.5, float(y) + 0.5))
    return Steps(
        likely[part],
        probability(maps.border)[part],
        maps.distance[part],
        height[part],
        ids[part],
        points,
        int(tops.max()),
        int(cv2.connectedComponents(inside.astype(np.uint8), connectivity=4)[0]) - 1,
        int(np.count_nonzero(np.bincount(ids.reshape(-1))[1:])),
    )


def show(work: Work, adapter: NucleiAdapter) -> None:
    """Draw the explanation around the chosen object, or around the best one."""
    row = work.pick or 0
    forward, options = work.decoded.forward, adapter.options
    maps = adapter.maps(forward.inference)
    share = _share(maps, work)
    part = _part(maps, work, row)
    own = steps(maps, options, max(1, round(options.apart * share)), part)
    note = "" if work.pick is not None else " Choose another in the picture."
    st.markdown(
        f"Around object **{row + 1}**: five maps say of every cell what it is, and where the rim "
        f"and the middle of its nucleus are.{note}"
    )
    _pictures(own)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### The landscape and its seeds")
        st.latex(r"h = G_\sigma * \bigl(d - w\,\sigma(b)\bigr)")
        y, x = (size // 2 for size in own.height.shape)
        st.markdown("In the middle cell, before it is smoothed:")
        d, b = float(own.distance[y, x]), float(own.border[y, x])
        st.latex(
            rf"d - w\,\sigma(b) = {sig3(d)} - {sig3(options.border)} \cdot {sig3(b)} = "
            rf"{sig3(d - options.border * b)}"
        )
        st.markdown(
            f"Each top of at least {options.seed:.2f}, with nothing higher within "
            f"{options.apart} px, is a seed."
        )
    with right:
        st.markdown("#### Touching nuclei apart")
        st.markdown(
            f"{own.pieces:,} connected pieces are inside a nucleus; {own.seeds:,} seeds lie in "
            "them. A piece with one seed is one nucleus. One with several is flooded from its "
            "seeds (watershed): where two floods meet is the rim. If the lower top rises less than "
            f"{options.depth:.2f} above the pass, the two are one after all: {own.regions:,} are "
            "left."
        )
        st.markdown("#### Its score")
        score = sig3(float(work.instances.scores[row]))
        st.latex(rf"s = \frac{{1}}{{|m|}} \sum_{{i \in m}} \sigma(z_i) = {score}")
        st.markdown("The mean probability of its cells to be inside a nucleus.")


def _pictures(own: Steps) -> None:
    marks = tuple(Dot(top, radius=0.9, label="seed") for top in own.tops)
    colors = np.zeros((int(own.ids.max()) + 1, 3), np.uint8)
    for number in np.unique(own.ids).tolist():
        if number:
            colors[number] = instance_color(number - 1)
    common = {"width": 180, "limits": (0.0, 1.0)}
    parts = [
        feature.markup(own.inside, title="Inside", caption="probability", key="inside", **common),  # type: ignore[arg-type]
        feature.markup(own.border, title="Border", caption="probability", key="border", **common),  # type: ignore[arg-type]
        feature.markup(
            own.distance, title="Distance to the rim", caption="0 to 1", key="distance", **common  # type: ignore[arg-type]
        ),
        feature.markup(
            own.height, title="Landscape", caption="dots are seeds", marks=marks, width=180,
            key="landscape",
        ),
        feature.pixels_markup(
            colors[own.ids], title="Flooded", caption="a colour a nucleus", marks=marks, width=180,
            key="flooded",
        ),
    ]  # fmt: skip
    st.html(f'<div class="seg-row seg-half">{"".join(parts)}</div>')


def _share(maps: NucleiMaps, work: Work) -> float:
    """Cells for one pixel of the picture."""
    placement = work.decoded.forward.placement
    cells = maps.inside.shape[1]
    share: float = placement.box[2] / placement.target_size[0] * cells / placement.source_size[0]
    return share


def _part(maps: NucleiMaps, work: Work, row: int) -> tuple[slice, slice]:
    """Return the cells around an object."""
    share = _share(maps, work)
    x1, y1, x2, y2 = (float(value) * share for value in work.instances.boxes[row])
    spans = []
    for low, high, most in ((y1, y2, maps.inside.shape[0]), (x1, x2, maps.inside.shape[1])):
        half = min(_LONGEST / 2, (high - low) / 2 + _MARGIN)
        middle = (low + high) / 2
        first = int(np.clip(middle - half, 0, most - 1))
        spans.append(slice(first, int(np.clip(np.ceil(middle + half), first + 1, most))))
    return spans[0], spans[1]
