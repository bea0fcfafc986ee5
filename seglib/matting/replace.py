"""The whole way from a network's matte to the picture that is shown, with the time of each part."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from seglib.errors import UsageError
from seglib.matting.compose import (
    BackgroundOptions,
    blurred_background,
    compose,
    cut_out,
    fill_background,
)
from seglib.matting.refine import MatteOptions, refine
from seglib.results import Matte

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, eq=False)
class Replaced:
    """A picture on its new background.

    Parameters
    ----------
    matte : Matte
        Refined.
    rgba : (H, W, 4) uint8
        The subject alone.
    ground : (H, W, 3) uint8 or None
        What lies behind it; ``None`` where that is transparent.
    pixels : (H, W, 3) or (H, W, 4) uint8
        What is seen: the composed picture, or ``rgba`` itself where nothing lies behind it.
    refine_ms, compose_ms : float
        Milliseconds that the matte and the picture took.
    """

    matte: Matte
    rgba: NDArray[np.uint8]
    ground: NDArray[np.uint8] | None
    pixels: NDArray[np.uint8]
    refine_ms: float
    compose_ms: float


def replace_background(
    pixels: NDArray[np.uint8],
    matte: Matte,
    options: MatteOptions | None = None,
    background: BackgroundOptions | None = None,
    *,
    colour: Colour = WHITE,
    picture: NDArray[np.uint8] | None = None,
    scale: float = 1.0,
) -> Replaced:
    """Refine a matte, cut the subject out and put it on something else.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The picture, RGB.
    matte : Matte
        As the network answered, at picture size.
    options : MatteOptions, optional
    background : BackgroundOptions, optional
    colour : (red, green, blue)
        0..255, for a background of kind ``"colour"``.
    picture : (h, w, 3) uint8, optional
        For a background of kind ``"picture"``; of any size and proportions.
    scale : float
        Size of ``pixels`` against the picture that the options are meant for: lengths in pixels
        shrink with it, so that a small copy looks as the whole will.

    Raises
    ------
    ShapeError
        Matte and picture differ in size.
    UsageError
        A background of kind ``"picture"`` without one.
    """
    options = options or MatteOptions()
    background = background or BackgroundOptions()
    start = time.perf_counter()
    refined = refine(matte, pixels, replace(options, feather=options.feather * scale))
    middle = time.perf_counter()
    rgba = cut_out(pixels, refined, despill=background.despill)
    ground = _ground(pixels, refined, background, colour, picture, scale)
    seen = rgba if ground is None else compose(rgba, ground)
    end = time.perf_counter()
    return Replaced(refined, rgba, ground, seen, 1e3 * (middle - start), 1e3 * (end - middle))


def _ground(
    pixels: NDArray[np.uint8],
    matte: Matte,
    background: BackgroundOptions,
    colour: Colour,
    picture: NDArray[np.uint8] | None,
    scale: float,
) -> NDArray[np.uint8] | None:
    if background.kind == "colour":
        return np.full_like(pixels, np.array(colour, np.uint8))
    if background.kind == "blur":
        return blurred_background(pixels, matte, blur=background.blur * scale)
    if background.kind == "picture":
        if picture is None:
            raise UsageError("expected a picture to put behind the subject, got none")
        return fill_background(picture, matte.size)
    return None
