"""From a network's soft answer to a clean cut-out: refine the matte, clean its colours, compose."""

from __future__ import annotations

from seglib.matting.colours import foreground_colours
from seglib.matting.compose import (
    BackgroundOptions,
    blurred_background,
    compose,
    cut_out,
    fill_background,
)
from seglib.matting.facts import Filled, MatteFacts, filled_holes, matte_facts
from seglib.matting.refine import MatteOptions, refine, trimap
from seglib.matting.replace import Replaced, replace_background

__all__ = [
    "BackgroundOptions",
    "Filled",
    "MatteFacts",
    "MatteOptions",
    "Replaced",
    "blurred_background",
    "compose",
    "cut_out",
    "fill_background",
    "filled_holes",
    "foreground_colours",
    "matte_facts",
    "refine",
    "replace_background",
    "trimap",
]
