"""The tabs Numbers and Code: the matte in figures, the settings to copy."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import streamlit as st

from seglib.matting import (
    BackgroundOptions,
    MatteOptions,
    compose,
    cut_out,
    filled_holes,
    foreground_colours,
    refine,
    replace_background,
)
from seglib.ui import frame, plots
from seglib.ui.background import state
from seglib.ui.background.state import Settings, Work
from seglib.ui.numbers import milliseconds, percent, pixels, sig3

_BINS = 32


def numbers(done: Work) -> None:
    """Draw the figures and the histogram of alpha."""
    facts = done.facts
    filled = filled_holes(done.matte, done.image.pixels, done.settings.matte)
    edge = "undefined" if facts.edge_px is None else f"{sig3(facts.edge_px)} px"
    shown = [
        ("Subject", percent(facts.subject_share), "Mean alpha: its share of the picture"),
        ("Soft pixels", percent(facts.soft_share), "Neither 0 nor 255 of 255"),
        ("Pieces", f"{facts.pieces:,}", "Connected, at alpha from one half"),
        (
            "Holes filled",
            f"{filled.count:,}",
            f"{pixels(filled.pixels)} of ground inside the subject that became opaque",
        ),
        (
            "Edge width",
            edge,
            "Unknown pixels of the trimap for each pixel of outline at one half; undefined where "
            "there is no outline",
        ),
    ]
    with st.grid(len(shown), min_column_width=130, gap="small"):
        for label, value, text in shown:
            st.metric(label, value, help=text, border=True)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Alpha of all pixels**, before and after refinement")
        counts = {
            title: np.histogram(alpha, bins=_BINS, range=(0, 1))[0].tolist()
            for title, alpha in (("network", done.matte.alpha), ("refined", done.made.matte.alpha))
        }
        middles = [(i + 0.5) / _BINS for i in range(_BINS)]
        plots.bars(
            counts,
            middles,
            x="Alpha",
            y="Pixels",
            key="bg_histogram",
            log_y=True,
            gap=0.1,
            alt="How many pixels have which alpha, on a logarithmic scale",
        )
    with right:
        _table(done)


def _table(done: Work) -> None:
    facts, total = done.facts, done.image.width * done.image.height
    rows = [
        ("Worked on at", f"{done.image.width:,} × {done.image.height:,} px"),
        ("Picture", f"{done.picture.image.width:,} × {done.picture.image.height:,} px"),
        ("Trimap: foreground", f"{pixels(facts.foreground)}, {percent(facts.foreground / total)}"),
        ("Trimap: unknown", f"{pixels(facts.unknown)}, {percent(facts.unknown / total)}"),
        ("Trimap: background", f"{pixels(facts.background)}, {percent(facts.background / total)}"),
        ("Highest alpha of the network", sig3(float(done.matte.alpha.max()))),
        ("Refine the matte", milliseconds(done.made.refine_ms)),
        ("Clean the rim and blend", milliseconds(done.made.compose_ms)),
        ("File as shown", f"{len(done.png):,} bytes"),
    ]
    body = "".join(f'<tr><th scope="row">{a}</th><td>{b}</td></tr>' for a, b in rows)
    st.html(
        f'<div class="seg-table" data-testid="bg-facts"><table><tbody>{body}</tbody></table></div>'
    )


def code(done: Work) -> None:
    """Draw the settings as JSON and as a program, and what ran."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown("**Settings used**")
        st.code(as_json(done.settings), language="json")
    with right:
        st.markdown("**The same in a notebook or a script**")
        st.code(as_program(done.settings), language="python")
    frame.show_code(
        replace_background,
        refine,
        foreground_colours,
        cut_out,
        compose,
        intro="What ran for this page, word for word:",
    )


def as_json(now: Settings) -> str:
    """Return the settings as JSON."""
    return json.dumps(now.as_dict(), indent=2)


def as_program(now: Settings) -> str:
    """Return the library call that gives the very download, as a program."""
    ground = now.background
    arguments = ""
    behind = ""
    if ground.kind == "colour":
        arguments = f"    colour={now.colour},\n"
    if ground.kind == "picture":
        behind = 'behind = images.load("behind.jpg")\n'
        arguments = "    picture=behind.pixels,\n"
    return (
        "from pathlib import Path\n\n"
        "from seglib import images, models\n"
        "from seglib.matting import BackgroundOptions, MatteOptions, replace_background\n\n"
        'picture = images.load("picture.png")\n'
        f"{behind}"
        f'matte, times = models.load("{state.MODEL}").segment(picture)\n'
        "made = replace_background(\n"
        "    picture.pixels,\n"
        "    matte,\n"
        f"    {_call(MatteOptions, now.matte)},\n"
        f"    {_call(BackgroundOptions, ground)},\n"
        f"{arguments}"
        ")\n"
        'Path("result.png").write_bytes(images.encode_png(made.pixels))\n'
    )


def _call(kind: type[MatteOptions] | type[BackgroundOptions], value: object) -> str:
    """Return how to make the options: only what differs from the defaults."""
    usual = asdict(kind())
    own = {name: now for name, now in asdict(value).items() if now != usual[name]}  # type: ignore[call-overload]
    return f"{kind.__name__}({', '.join(f'{name}={now!r}' for name, now in own.items())})"
