"""The page: which method, its picture and controls above, tabs below."""

from __future__ import annotations

from typing import Any

from seglib.ui import address, lesson, parts
from seglib.ui.address import Param, one_of
from seglib.ui.parts import Part
from seglib.ui.upsampling import real, resample, shared, subpixel, transpose, unpool
from seglib.ui.upsampling.ideas import IDEAS, PAGE

METHODS = {
    "nearest": "Nearest",
    "bilinear": "Bilinear",
    "transposed": "Transposed convolution",
    "unpool": "Max-unpooling",
    "shuffle": "Pixel shuffle",
    "scores": "Real scores",
}
METHOD = Param("ups", "bilinear", one_of(*METHODS))
PARAMS = (
    METHOD,
    *shared.INPUT,
    *resample.PARAMS,
    *transpose.PARAMS,
    *unpool.PARAMS,
    *subpixel.PARAMS,
    *real.PARAMS,
)
"""Everything that this page keeps in the address, besides the picture and the open tab."""

_WORDS = {
    "nearest": "Each output cell repeats the input cell in which its centre falls.",
    "bilinear": "Each output cell is a weighted mean of the four input cells around its centre.",
    "transposed": "Each input cell lays a weighted copy of the kernel into the output.",
    "unpool": "Each maximum returns to the place that pooling took it from; the rest is zero.",
    "shuffle": "r² channels lay their cells beside each other; nothing is computed.",
    "scores": "The street model's scores, from 1/8 back to every pixel.",
}


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Upsampling",
        "Networks think on coarse grids; six ways back to every pixel, step by step.",
        _draw,
        params=PARAMS,
    )


def _read(method: str) -> tuple[Part, Any]:
    if method == "nearest":
        return resample, resample.read("nearest")
    if method == "bilinear":
        return resample, resample.read("bilinear")
    if method == "transposed":
        return transpose, transpose.read()
    if method == "unpool":
        return unpool, unpool.read()
    if method == "shuffle":
        return subpixel, subpixel.read()
    return real, real.read()


def _draw() -> None:
    address.choose(METHOD, "Method", METHODS)
    method = address.get(METHOD)
    part, setup = _read(method)
    parts.draw(part, lambda: setup, words=_WORDS[method], key="ups_stage", page=PAGE, ideas=IDEAS)
