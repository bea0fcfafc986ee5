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
from seglib.matting.refine import MatteOptions, refine, trimap

__all__ = [
    "BackgroundOptions",
    "MatteOptions",
    "blurred_background",
    "compose",
    "cut_out",
    "fill_background",
    "foreground_colours",
    "refine",
    "trimap",
]
