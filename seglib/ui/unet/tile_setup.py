"""What the overlap-tile part is set to, and the runs that it asks for."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from seglib.concepts.overlap_tile import Plan, TileOptions
from seglib.ui import address, knobs, picker, stepper
from seglib.ui.address import Param, one_of
from seglib.ui.samples import Picture
from seglib.ui.unet import tiling
from seglib.ui.unet.tiling import Labels, Large

PREFIX = "tile"
SHOWS = {"classes": "Classes", "unlike": "Unlike the whole"}
SHOW = Param("tile_show", "classes", one_of(*SHOWS))
STEP = stepper.param("tile_number")
PARAMS = (*knobs.params(TileOptions, PREFIX), SHOW, STEP)

AT_ONCE = 4
"""Network calls that are made without being asked for."""
_ASKED = "_tile_asked"


@dataclass(frozen=True, eq=False)
class Setup:
    """Everything of one run of the page."""

    picture: Picture
    scene: Large
    options: TileOptions
    plan: Plan
    tile: int
    show: str
    labels: Labels | None
    whole: Labels | None
    bare: Labels | None


def _bare(options: TileOptions) -> TileOptions:
    return TileOptions(zoom=options.zoom)


def bare_plan(scene: Large) -> Plan:
    """Return the plan without overlap."""
    return tiling.plan(scene, TileOptions())


def whole_key_of(picture: Picture, options: TileOptions) -> tuple[object, ...]:
    """Return under which key the answer for the whole picture is kept."""
    return picture.image.digest, options.zoom, "whole"


def read() -> Setup:
    """Read the settings; run what is quick or was asked for."""
    picture = picker.current()
    options = knobs.read(TileOptions, PREFIX)
    scene = tiling.large(picture, options.zoom)
    plan = tiling.plan(scene, options)
    key, whole_key = tiling.key(picture, options), whole_key_of(picture, options)
    asked: set[tuple[object, ...]] = st.session_state.setdefault(_ASKED, set())
    kept = tiling.kept()
    labels = kept.get(key)
    if labels is None and (len(plan) <= AT_ONCE or key in asked):
        labels = _run(scene, options, plan)
        kept.put(key, labels)
    whole = kept.get(whole_key)
    if whole is None and whole_key in asked:
        with st.spinner("Compiling the network for the whole picture", show_time=True):
            whole = tiling.whole(scene)
        kept.put(whole_key, whole)
    bare = None
    if whole is not None:
        # Tiles without overlap are few; the comparison needs them as its starting point.
        bare_key = tiling.key(picture, _bare(options))
        bare = kept.get(bare_key)
        if bare is None:
            bare = tiling.tiled(scene, _bare(options))
            kept.put(bare_key, bare)
    asked.clear()
    return Setup(
        picture,
        scene,
        options,
        plan,
        stepper.read(STEP, len(plan)),
        address.get(SHOW) if whole is not None else "classes",
        labels,
        whole,
        bare,
    )


def _run(scene: Large, options: TileOptions, plan: Plan) -> Labels:
    if len(plan) <= AT_ONCE:
        return tiling.tiled(scene, options)
    bar = st.progress(0.0, f"Tile 0 of {len(plan)}")

    def progress(done: int, of: int) -> None:
        bar.progress(done / of, f"Tile {done} of {of}")

    labels = tiling.tiled(scene, options, progress=progress)
    bar.empty()
    return labels


def ask(key: tuple[object, ...]) -> None:
    """Note that a visitor asked for a run; the next :func:`read` makes it."""
    st.session_state.setdefault(_ASKED, set()).add(key)
