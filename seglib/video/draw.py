"""A frame and what is known of it, as the picture that goes into the clip."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import UsageError
from seglib.labels import LabelSet
from seglib.options import Checked, choice, number, switch
from seglib.render import (
    dimmed,
    instance_color,
    instance_colors,
    instances_overlay,
    overlay,
)
from seglib.render.tags import ink
from seglib.results import Instances, Matte, Scene, SemanticMap
from seglib.video.draw_matte import GROUNDS, draw_matte, grey_matte

PLAIN = ("background", "still")
"""Classes that stay as they are: they say that nothing is there."""


@dataclass(frozen=True)
class DrawOptions(Checked):
    """How a frame is drawn."""

    view: str = choice(
        "overlay", ("overlay", "mask", "side"), "Colours on the picture, alone, or beside it."
    )
    opacity: float = number(0.6, 0.0, 1.0, "0 shows the picture, 1 the colours alone.")
    contour: bool = switch(False, "Draw the borders, white in black.")
    numbers: bool = switch(True, "Write the number of each object that is followed beside it.")
    colour: str = choice(
        "object",
        ("object", "class"),
        "Each object its own colour for the whole clip, or that of its class.",
        title="Colour of objects",
    )
    ground: str = choice(
        "dim",
        GROUNDS,
        "What is put behind the subject: its own ground, dark or out of focus, or a colour.",
        title="Behind the subject",
    )


def instances_of(result: Any) -> Instances | None:
    """Return the countable objects of a result, where it has some."""
    if isinstance(result, Instances):
        return result
    return result.instances if isinstance(result, Scene) else None


def semantic_of(result: Any) -> SemanticMap | None:
    """Return the classes of a result, where it has some."""
    if isinstance(result, SemanticMap):
        return result
    return result.semantic if isinstance(result, Scene) else None


def draw(
    pixels: NDArray[np.uint8],
    result: SemanticMap | Instances | Scene | Matte,
    options: DrawOptions | None = None,
    *,
    numbers: Sequence[int] | None = None,
    only: Collection[int] | None = None,
) -> NDArray[np.uint8]:
    """Draw a frame.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The frame, RGB.
    result : SemanticMap, Instances, Scene or Matte
        Of the same size. Of a scene, the things that are objects get their own colours and the
        rest that of its class.
    options : DrawOptions, optional
    numbers : sequence of int, optional
        Of each object, from a :class:`~seglib.video.tracker.Tracker`; its row otherwise.
    only : collection of int, optional
        Class ids to show; everything else steps back.

    Returns
    -------
    (H, W, 3) uint8, or (H, 2 W, 3) for the view ``side``.
    """
    options = options or DrawOptions()
    # alone: the colours on black, without the picture
    under = np.zeros_like(pixels) if options.view == "mask" else pixels
    opacity = 1.0 if options.view == "mask" else options.opacity
    if isinstance(result, Matte):
        drawn = (
            grey_matte(result)
            if options.view == "mask"
            else draw_matte(pixels, result, ground=options.ground, opacity=opacity)
        )
    elif isinstance(result, (SemanticMap, Instances, Scene)):
        drawn = _classes(under, result, options, opacity, only)
        objects = instances_of(result)
        if objects is not None:
            drawn = _objects(drawn, objects, options, opacity, numbers, only)
    else:
        raise UsageError(f"expected a result that can be drawn, got {type(result).__name__}")
    return np.hstack([pixels, drawn]) if options.view == "side" else drawn


def _classes(
    pixels: NDArray[np.uint8],
    result: SemanticMap | Instances | Scene,
    options: DrawOptions,
    opacity: float,
    only: Collection[int] | None,
) -> NDArray[np.uint8]:
    classes, objects = semantic_of(result), instances_of(result)
    if classes is None:
        return pixels if only is None else dimmed(pixels)
    labels, label_set = classes.labels, classes.label_set
    drawn = overlay(pixels, labels, label_set, opacity=opacity, only=only, contour=options.contour)
    if only is None:
        drawn = _bare(pixels, drawn, labels, label_set)
    if objects is not None and len(objects):
        # what is drawn once more as an object must not show its class's colour through
        back = pixels if only is None else dimmed(pixels)
        for row in range(len(objects)):
            x, y, crop = objects.crop(row)
            box = (slice(y, y + crop.shape[0]), slice(x, x + crop.shape[1]))
            if crop.size:
                cv2.copyTo(back[box], crop.view(np.uint8), drawn[box])
    return drawn


def _bare(
    pixels: NDArray[np.uint8],
    drawn: NDArray[np.uint8],
    labels: NDArray[np.uint8] | NDArray[np.uint16],
    label_set: LabelSet,
) -> NDArray[np.uint8]:
    plain = [label.id for label in label_set if label.name in PLAIN]
    for class_id in plain:
        cv2.copyTo(pixels, (labels == class_id).view(np.uint8), drawn)
    return drawn


def _objects(
    drawn: NDArray[np.uint8],
    objects: Instances,
    options: DrawOptions,
    opacity: float,
    numbers: Sequence[int] | None,
    only: Collection[int] | None,
) -> NDArray[np.uint8]:
    colors = instance_colors(
        objects, by="class" if options.colour == "class" else "instance", numbers=numbers
    )
    if only is not None:
        rows = np.flatnonzero(np.isin(objects.class_ids, list(only)))
        objects, colors = objects.select(rows), colors[rows]
        numbers = None if numbers is None else [numbers[row] for row in rows.tolist()]
    drawn = instances_overlay(
        drawn, objects, colors=colors, opacity=opacity, contour=options.contour
    )
    if options.numbers and numbers is not None:
        for row, number_ in enumerate(numbers):
            _tag(drawn, objects, row, int(number_))
    return drawn


def _tag(drawn: NDArray[np.uint8], objects: Instances, row: int, number_: int) -> None:
    """Write a number on the middle of an object: black on the object's own colour."""
    x1, y1, x2, y2 = objects.packed[row].box
    height = drawn.shape[0]
    scale = max(0.4, height / 900)
    text = str(number_)
    (wide, high), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    # a number larger than its object would hide it
    if x2 - x1 < wide or y2 - y1 < high:
        return
    x, y = (x1 + x2 - wide) // 2, (y1 + y2 + high) // 2
    color = tuple(int(value) for value in instance_color(number_))
    cv2.rectangle(drawn, (x - 3, y - high - 3), (x + wide + 2, y + below - 1), color, -1)
    font, at = cv2.FONT_HERSHEY_SIMPLEX, (x, y)
    cv2.putText(drawn, text, at, font, scale, ink(color), 1, lineType=cv2.LINE_AA)
