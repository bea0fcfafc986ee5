"""Countable objects over their picture: one colour each, rims of holes and of all parts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.labels import Color
from seglib.render._check import expect_picture
from seglib.render.overlays import dimmed
from seglib.results import Instances

ColorBy = Literal["instance", "class"]

_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)

# Okabe and Ito's eight without black and grey: told apart by colour-blind eyes. From the ninth
# object on, the same hues lighter, then darker.
_HUES: tuple[Color, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
)
_MIXES = ((0, 0.0), (255, 0.45), (0, 0.4), (255, 0.7))


def instance_color(number: int) -> Color:
    """Return the colour of the object with this number: neighbours in number differ most.

    The same number always has the same colour, so that a tracked object keeps its own.
    """
    hue = _HUES[number % len(_HUES)]
    towards, share = _MIXES[number // len(_HUES) % len(_MIXES)]
    red, green, blue = (round(value + (towards - value) * share) for value in hue)
    return red, green, blue


def instance_colors(
    instances: Instances, *, by: ColorBy = "instance", numbers: Sequence[int] | None = None
) -> NDArray[np.uint8]:
    """Return the colours of all objects, ``(N, 3) uint8``.

    Parameters
    ----------
    instances : Instances
    by : {"instance", "class"}
        A colour an object, or that of its class in the label set.
    numbers : sequence of int, optional
        Number of each object, where it has one of its own (a track id); its row otherwise.
    """
    if by == "class":
        return np.asarray(instances.label_set.palette[instances.class_ids], np.uint8).reshape(-1, 3)
    chosen = range(len(instances)) if numbers is None else numbers
    if len(chosen) != len(instances):
        raise ShapeError(f"expected {len(instances)} numbers, one an object, got {len(chosen)}")
    return np.array([instance_color(n) for n in chosen], np.uint8).reshape(-1, 3)


def instances_overlay(
    pixels: NDArray[np.uint8],
    instances: Instances,
    *,
    colors: NDArray[np.uint8] | None = None,
    opacity: float = 0.55,
    contour: bool = True,
    boxes: bool = False,
    only: Collection[int] | None = None,
) -> NDArray[np.uint8]:
    """Blend the objects into the picture; where two overlap the better score is on top.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The picture, RGB.
    instances : Instances
        Of the same size.
    colors : (N, 3) uint8, optional
        From :func:`instance_colors`; a colour an object if not given.
    opacity : float, 0 to 1
    contour : bool
        Draw the rim of every part and every hole, white inside and black outside.
    boxes : bool
        Draw the boxes, one pixel wide.
    only : collection of int, optional
        Rows to show; the rest of the picture steps back.

    Returns
    -------
    (H, W, 3) uint8

    Raises
    ------
    ShapeError
        The picture is of another size or type, or the opacity is no share.
    """
    expect_picture(pixels)
    height, width = pixels.shape[:2]
    if instances.size != (width, height):
        raise ShapeError(f"expected objects of {width} x {height} pixels, got {instances.size}")
    if not 0 <= opacity <= 1:
        raise ShapeError(f"expected an opacity from 0 to 1, got {opacity}")
    colors = instance_colors(instances) if colors is None else colors
    if colors.shape != (len(instances), 3):
        raise ShapeError(f"expected colours ({len(instances)}, 3), got {colors.shape}")
    rows = np.argsort(instances.scores, kind="stable")
    if only is not None:
        rows = rows[np.isin(rows, list(only))]
    drawn = pixels.copy() if only is None else dimmed(pixels)
    for row in rows.tolist():
        x0, y0, crop = instances.crop(row)
        box = (slice(y0, y0 + crop.shape[0]), slice(x0, x0 + crop.shape[1]))
        if not crop.size:
            continue
        under = pixels[box]
        flat = np.full_like(under, colors[row])
        mixed = cv2.addWeighted(flat, opacity, under, 1 - opacity, 0)
        cv2.copyTo(mixed, crop.view(np.uint8), drawn[box])
        if contour:
            _rim(drawn, crop, x0, y0)
    if boxes:
        for row in rows.tolist():
            x1, y1, x2, y2 = (int(v) for v in np.round(instances.boxes[row]))
            cv2.rectangle(drawn, (x1, y1), (x2 - 1, y2 - 1), tuple(int(c) for c in colors[row]), 2)
    return drawn


def _rim(drawn: NDArray[np.uint8], crop: NDArray[np.bool_], x0: int, y0: int) -> None:
    """Draw the white inner and black outer line of a mask; what leaves the picture is cut off."""
    height, width = drawn.shape[:2]
    # one pixel more on each side, where the black line goes
    mask = np.zeros((crop.shape[0] + 2, crop.shape[1] + 2), np.uint8)
    mask[1:-1, 1:-1] = crop
    black = cv2.dilate(mask, _CROSS) - mask
    white = mask - cv2.erode(mask, _CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    top, left = max(0, 1 - y0), max(0, 1 - x0)
    bottom = min(mask.shape[0], height - y0 + 1)
    right = min(mask.shape[1], width - x0 + 1)
    part = drawn[y0 - 1 + top : y0 - 1 + bottom, x0 - 1 + left : x0 - 1 + right]
    inner = (slice(top, bottom), slice(left, right))
    # White over black is seen on any colour beneath.
    cv2.copyTo(np.zeros_like(part), black[inner], part)
    cv2.copyTo(np.full_like(part, 255), white[inner], part)
