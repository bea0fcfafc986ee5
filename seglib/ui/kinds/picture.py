"""The four answers drawn, small enough to stand side by side."""

from __future__ import annotations

import base64

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib import render
from seglib.images import encode_jpeg, encode_png, resize
from seglib.labels import Color
from seglib.render import instance_color, segment_colors
from seglib.results import Matte
from seglib.ui.kinds.answers import Answers
from seglib.ui.pack import nearest
from seglib.ui.shrink import smaller_instances, smaller_panoptic
from seglib.video.draw import DrawOptions, draw

SIDE, LEAST = 640, 40
"""Pixels of the longer side; of the shorter one, to which a very narrow picture is stretched."""

Pixels = NDArray[np.uint8]


def shown_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return width and height of a drawn answer."""
    scale = min(1.0, SIDE / max(size))
    width, height = (max(1, round(side * scale)) for side in size)
    if max(width, height) >= LEAST * 4:
        # a line of one pixel could be neither seen nor pointed at
        width, height = max(width, LEAST), max(height, LEAST)
    return width, height


def place(at: tuple[float, float], size: tuple[int, int]) -> tuple[int, int]:
    """Return the pixel at a place in percent."""
    x, y = (min(side - 1, int(share * side / 100)) for share, side in zip(at, size, strict=True))
    return x, y


def share(pixel: tuple[int, int], size: tuple[int, int]) -> tuple[float, float]:
    """Return the middle of a pixel in percent; :func:`place` leads back to it."""
    x, y = (round(100 * (at + 0.5) / side, 3) for at, side in zip(pixel, size, strict=True))
    return x, y


def colors_of(answers: Answers) -> tuple[Pixels, dict[int, Color]]:
    """Return colours of objects and of segments: an object has one colour in both answers."""
    rows = np.array([instance_color(row) for row in range(len(answers.instances))], np.uint8)
    segments = segment_colors(answers.panoptic, by="shade")
    segments |= {segment: instance_color(row) for row, segment in answers.segment_of.items()}
    return rows.reshape(-1, 3), segments


def draw_all(answers: Answers, *, alone: bool, opacity: float) -> dict[str, Pixels]:
    """Draw the four answers.

    Parameters
    ----------
    answers : Answers
    alone : bool
        Without the picture: exact colours, alpha in grey.
    opacity : float, 0 to 1
        On the picture.

    Returns
    -------
    dict of str to (h, w, 3) uint8
        By kind.
    """
    size = shown_size(answers.picture.image.size)
    pixels = resize(answers.picture.image.pixels, size)
    labels = nearest(answers.semantic.labels, size)
    objects, segments = colors_of(answers)
    instances = smaller_instances(answers.instances, size)
    panoptic = smaller_panoptic(answers.panoptic, size)
    alpha = np.asarray(resize_alpha(answers.matte.alpha, size), np.float32)
    view = DrawOptions(view="mask" if alone else "overlay", opacity=opacity)
    matte = draw(pixels, Matte(alpha), view)
    if alone:
        black = np.zeros_like(pixels)
        return {
            "semantic": render.colourise(labels, answers.semantic.label_set),
            "instance": render.instances_overlay(
                black, instances, colors=objects, opacity=1.0, contour=False
            ),
            "panoptic": render.colourise_segments(panoptic, segments),
            "matte": matte,
        }
    return {
        "semantic": render.overlay(
            pixels, labels, answers.semantic.label_set, opacity=opacity, contour=True
        ),
        # all rows: the rest of the picture, which has no answer, steps back
        "instance": render.instances_overlay(
            pixels, instances, colors=objects, opacity=opacity, only=range(len(instances))
        ),
        "panoptic": render.segments_overlay(pixels, panoptic, colors=segments, opacity=opacity),
        "matte": matte,
    }


def resize_alpha(alpha: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Return alpha at another size (width, height), as means of what each pixel covers."""
    import cv2

    if size == (alpha.shape[1], alpha.shape[0]):
        return alpha
    smaller = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    return np.clip(np.asarray(smaller, np.float32), 0, 1)


@st.cache_resource(max_entries=8, ttl="20m", show_spinner=False)
def uris(key: str, alone: bool, opacity: float, _answers: Answers) -> dict[str, str]:
    """Return the drawn answers as addresses; label maps without loss."""
    drawn = draw_all(_answers, alone=alone, opacity=opacity)
    kind = "png" if alone else "jpeg"
    return {
        name: f"data:image/{kind};base64,"
        + base64.b64encode(encode_png(p) if alone else encode_jpeg(p, 92)).decode()
        for name, p in drawn.items()
    }
