"""Short texts at objects: what each is, on a plate of its colour."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage
from PIL import ImageDraw, ImageFont

from seglib.errors import ShapeError
from seglib.render._check import expect_picture
from seglib.results import Instances

Box = tuple[int, int, int, int]

_LINES = 46
"""Lines of text that a picture has room for, along its mean side."""


def ink(color: Sequence[int]) -> tuple[int, int, int]:
    """Return black or white, whichever is read better on a colour (WCAG 2 relative luminance)."""
    share = np.asarray(color, np.float64) / 255
    linear = np.where(share <= 0.03928, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    light = float(linear @ (0.2126, 0.7152, 0.0722))
    # contrast with white is 1.05 / (light + 0.05), with black (light + 0.05) / 0.05
    return (255, 255, 255) if (light + 0.05) ** 2 < 0.05 * 1.05 else (0, 0, 0)


def draw_tags(
    pixels: NDArray[np.uint8],
    instances: Instances,
    texts: Sequence[str],
    colors: NDArray[np.uint8],
    *,
    only: Collection[int] | None = None,
) -> NDArray[np.uint8]:
    """Write a text at every object, the best score first; one that would hide another is left out.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB.
    instances : Instances
        Of the same size.
    texts : sequence of str
        One an object.
    colors : (N, 3) uint8
        Of the plates; the text is black or white, whichever is read better.
    only : collection of int, optional
        Rows to write.

    Returns
    -------
    (H, W, 3) uint8
    """
    expect_picture(pixels)
    if not len(texts) == len(colors) == len(instances):
        raise ShapeError(f"expected {len(instances)} texts and colours, got {len(texts)}")
    height, width = pixels.shape[:2]
    image = PilImage.fromarray(np.ascontiguousarray(pixels))
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(max(10.0, (width + height) / 2 / _LINES))
    taken = np.zeros((0, 4), np.int64)
    for row in np.argsort(-instances.scores, kind="stable").tolist():
        if only is not None and row not in only:
            continue
        place = _place(draw.textbbox((0, 0), texts[row], font=font), instances.boxes[row], width)
        if place[2] > width or place[3] > height or _meets(place, taken):
            continue
        taken = np.vstack([taken, place])
        color = tuple(int(value) for value in colors[row])
        draw.rectangle((place[0], place[1], place[2] - 1, place[3] - 1), fill=color)
        middle = ((place[0] + place[2]) / 2, (place[1] + place[3]) / 2)
        draw.text(middle, texts[row], fill=ink(color), font=font, anchor="mm")
    return np.array(image)


def _place(text: tuple[float, float, float, float], box: NDArray[np.float32], width: int) -> Box:
    """Plate above the object's box; inside it where the picture ends, and never over its side."""
    wide = round(text[2] - text[0]) + 8
    high = round(text[3] - text[1]) + 8
    x = max(0, min(int(box[0]), width - wide))
    y = int(box[1]) - high
    y = y if y >= 0 else max(0, int(box[1]))
    return x, y, x + wide, y + high


def _meets(place: Box, taken: NDArray[np.int64]) -> bool:
    x1, y1, x2, y2 = place
    apart = (taken[:, 0] >= x2) | (taken[:, 2] <= x1) | (taken[:, 1] >= y2) | (taken[:, 3] <= y1)
    return not bool(apart.all())
