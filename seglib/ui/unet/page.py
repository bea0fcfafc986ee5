"""The page: skips or tiles, the picture and controls above, tabs below."""

from __future__ import annotations

from typing import Any, Protocol

import streamlit as st

from seglib.ui import address, lesson, tries
from seglib.ui.address import Param, one_of
from seglib.ui.tries import Try
from seglib.ui.unet import skips, tiles
from seglib.ui.upsampling.shared import segments

TOPICS = {"skips": "Skips", "tiles": "Overlap-tile"}
TOPIC = Param("unet", "skips", one_of(*TOPICS))
PARAMS = (TOPIC, *skips.PARAMS, *tiles.PARAMS)
"""Everything that this page keeps in the address, besides the picture and the open tab."""

PAGE = "pages/unet.py"
IDEAS: tuple[Try, ...] = (
    Try(
        "What do the fine skips carry?",
        "Close the skips at 1/4 and 1/2: lamp posts and the edges of people go, the road stays.",
        {
            "picture": "street",
            "seed": "40",
            "unet": "skips",
            "unet_open": "8",
            "unet_fill": "mean",
            "unet_show": "changed",
        },
    ),
    Try(
        "What do tiles without overlap cost?",
        "Four tiles side by side: classes break off along the seams. Compare the first two "
        "numbers.",
        {
            "picture": "street",
            "seed": "7",
            "unet": "tiles",
            "tile_overlap": "0",
            "tile_zoom": "2",
            "tab": "Numbers",
        },
    ),
    Try(
        "How much overlap is enough?",
        "Run nine tiles that share half their width, and compare with the whole picture.",
        {
            "picture": "street",
            "seed": "7",
            "unet": "tiles",
            "tile_overlap": "176",
            "tile_zoom": "2",
            "tab": "Numbers",
        },
    ),
)
"""Three things to try."""

_WORDS = {
    "skips": "The decoder enlarges coarse maps and joins each with the encoder's map of that size. "
    "Close a skip and see what it carried.",
    "tiles": "A picture larger than the network's input goes through tile by tile; only the middle "
    "of each answer is kept.",
}


class _Part(Protocol):
    """What a topic's module offers."""

    def read(self) -> Any: ...
    def controls(self, setup: Any) -> None: ...
    def stage(self, setup: Any) -> None: ...
    def numbers(self, setup: Any) -> None: ...
    def how(self, setup: Any) -> None: ...
    def code(self, setup: Any) -> None: ...


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Encoder and decoder",
        "The encoder finds what, skips remember where; large pictures go in tiles.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    segments(TOPIC, "Topic", TOPICS)
    topic = address.get(TOPIC)
    part: _Part = tiles if topic == "tiles" else skips
    left, right = st.columns([2, 1], gap="medium")
    with left:
        st.markdown(_WORDS[topic])
        setup = part.read()
        with st.container(key="unet_stage"):
            part.stage(setup)
    with right:
        part.controls(setup)
    lesson.tabs(
        numbers=lambda: part.numbers(setup),
        how=lambda: part.how(setup),
        tries=lambda: tries.show(PAGE, IDEAS),
        code=lambda: part.code(setup),
    )
