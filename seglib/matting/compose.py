"""Put the subject on something else: nothing, a colour, its own blurred ground, another picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.images import resize
from seglib.matting.colours import foreground_colours
from seglib.options import Checked, choice, number
from seglib.results import Matte

KINDS = ("transparent", "colour", "blur", "picture")


@dataclass(frozen=True)
class BackgroundOptions(Checked):
    """What is put behind the subject."""

    kind: str = choice("transparent", KINDS, "What is put behind the subject.", title="Background")
    blur: float = number(
        12.0, 1.0, 60.0, "Blur of the picture's own ground, in pixels.", step=1.0, title="Blur"
    )
    despill: float = number(
        1.0, 0.0, 1.0, "Take the old ground's colour out of the rim: 0 leaves it.", title="Despill"
    )


def cut_out(pixels: NDArray[np.uint8], matte: Matte, *, despill: float = 1.0) -> NDArray[np.uint8]:
    """Return the subject alone as RGBA, ``(H, W, 4) uint8``; alpha is not premultiplied.

    Where alpha is 0 the colour is black, so that the old ground cannot be brought back.
    """
    _expect_size(pixels, matte)
    alpha = np.rint(matte.alpha * 255).astype(np.uint8)
    colours = foreground_colours(pixels, matte.alpha, strength=despill)
    out = np.empty((*alpha.shape, 4), np.uint8)
    # copied where there is something, 0 elsewhere; then four channels from three and one
    kept = np.asarray(cv2.copyTo(colours, alpha), np.uint8)
    cv2.mixChannels([kept, alpha], [out], [0, 0, 1, 1, 2, 2, 3, 3])
    return out


def compose(rgba: NDArray[np.uint8], background: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Blend a cut-out over a background of the same size: ``(H, W, 3) uint8``.

    ``round(alpha F + (1 - alpha) B)``, alpha in 0..255 (Porter and Duff 1984, "over").
    """
    if rgba.shape[:2] != background.shape[:2] or background.shape[2:] != (3,):
        raise ShapeError(f"expected a background {rgba.shape[:2]} RGB, got {background.shape}")
    alpha = rgba[..., 3:].astype(np.uint16)
    mixed = rgba[..., :3] * alpha + background * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)


def blurred_background(
    pixels: NDArray[np.uint8], matte: Matte, *, blur: float
) -> NDArray[np.uint8]:
    """Blur the picture's ground without smearing the subject into it: ``(H, W, 3) uint8``.

    A mean weighted by ``1 - alpha``: the subject's pixels do not count, so that no halo of its
    colours appears around it.
    """
    _expect_size(pixels, matte)
    weight = (1 - matte.alpha)[..., None] + 1e-4
    # a small copy: the blur takes away more than the shrinking does
    scale = min(1.0, 4.0 / blur)
    height, width = matte.alpha.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    top = cv2.resize(pixels * weight, size, interpolation=cv2.INTER_AREA)
    bottom = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    sigma = max(0.5, blur * scale)
    top = cv2.GaussianBlur(top, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    bottom = cv2.GaussianBlur(bottom, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    ground = top.reshape(*bottom.shape[:2], 3) / bottom.reshape(*bottom.shape[:2], 1)
    ground = cv2.resize(ground.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(np.rint(ground), 0, 255).astype(np.uint8)


def fill_background(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Scale and cut a picture of any proportions so that it fills ``size`` (width, height)."""
    width, height = size
    rows, columns = picture.shape[:2]
    scale = max(width / columns, height / rows)
    # cut before growing: a panorama behind a portrait would be enormous
    cut_w, cut_h = min(columns, round(width / scale)), min(rows, round(height / scale))
    x, y = (columns - max(cut_w, 1)) // 2, (rows - max(cut_h, 1)) // 2
    part = np.ascontiguousarray(picture[y : y + max(cut_h, 1), x : x + max(cut_w, 1)])
    return resize(part, (width, height))


def _expect_size(pixels: NDArray[np.uint8], matte: Matte) -> None:
    height, width = pixels.shape[:2]
    if matte.size != (width, height):
        raise ShapeError(f"expected a matte of {width} x {height} pixels, got {matte.size}")
