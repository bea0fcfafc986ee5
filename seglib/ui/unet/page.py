"""The page: skips or tiles, the picture and controls above, tabs below."""

from __future__ import annotations

from seglib.ui import address, lesson, parts
from seglib.ui.address import Param, one_of
from seglib.ui.tries import Try
from seglib.ui.unet import skips, tiles

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


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Encoder and decoder",
        "The encoder finds what, skips remember where; large pictures go in tiles.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    address.choose(TOPIC, "Topic", TOPICS)
    topic = address.get(TOPIC)
    part = tiles if topic == "tiles" else skips
    parts.draw(part, part.read, words=_WORDS[topic], key="unet_stage", page=PAGE, ideas=IDEAS)
