"""A label map laid over its picture."""

from __future__ import annotations

from collections.abc import Collection

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.labels import LabelSet
from seglib.render._check import (
    LabelMap,
    expect_classes,
    expect_labels,
    expect_picture,
    expect_same_size,
    lookup,
)
from seglib.render.contours import draw_contour

_DIM_SLOPE, _DIM_OFFSET = 0.45, 30
"""What stays of the picture's brightness where it steps back, of 255."""


def overlay(
    pixels: NDArray[np.uint8],
    labels: LabelMap,
    label_set: LabelSet,
    *,
    opacity: float = 0.6,
    only: Collection[int] | None = None,
    contour: bool = False,
) -> NDArray[np.uint8]:
    """Blend the colours of the classes into the picture.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The picture, RGB.
    labels : (H, W) uint8 or uint16
        Class ids. Pixels with the ignore label stay as they are.
    label_set : LabelSet
    opacity : float, 0 to 1
        0 shows the picture, 1 the colours alone.
    only : collection of int, optional
        Show these classes; everything else becomes a dim grey picture.
    contour : bool
        Draw the borders between classes (of ``only`` where given).

    Returns
    -------
    (H, W, 3) uint8

    Raises
    ------
    ShapeError
        An array has another shape or type, the two differ in size, or the opacity is no share.
    LabelError
        ``only`` names a class that the label set does not have.
    """
    expect_picture(pixels)
    expect_labels(labels)
    expect_same_size(pixels, labels, "a picture and labels")
    if not 0 <= opacity <= 1:
        raise ShapeError(f"expected an opacity from 0 to 1, got {opacity}")
    colours = lookup(labels, label_set.palette)
    drawn = np.asarray(cv2.addWeighted(colours, opacity, pixels, 1 - opacity, 0), np.uint8)
    if label_set.ignore is not None:
        cv2.copyTo(pixels, _mask(labels, {label_set.ignore}), drawn)
    if only is not None:
        expect_classes(only, label_set)
        shown = _mask(labels, only)
        cv2.copyTo(dimmed(pixels), cv2.bitwise_not(shown), drawn)
        # Classes that stepped back share one label, so that no border runs between them.
        labels = np.where(shown > 0, labels.astype(np.uint16), np.uint16(65535))
    if contour:
        draw_contour(drawn, labels)
    return drawn


def dimmed(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the picture in dark grey, (H, W, 3) uint8: what is not meant to be looked at."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    grey = cv2.convertScaleAbs(grey, alpha=_DIM_SLOPE, beta=_DIM_OFFSET)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)


def _mask(labels: LabelMap, class_ids: Collection[int]) -> NDArray[np.uint8]:
    table = np.zeros(256 if labels.dtype == np.uint8 else 65536, np.uint8)
    table[[class_id for class_id in class_ids if class_id < len(table)]] = 255
    return lookup(labels, table)
