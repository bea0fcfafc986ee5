"""Where one label meets another."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.render._check import LabelMap, expect_labels

_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


def contour_mask(labels: LabelMap) -> NDArray[np.bool_]:
    """Mark the border between labels, one pixel wide.

    Parameters
    ----------
    labels : (H, W) uint8 or uint16

    Returns
    -------
    (H, W) bool
        True where the pixel to the right or below has another label. The picture's own edge is
        no border.
    """
    expect_labels(labels)
    differs = np.zeros(labels.shape, np.uint8)
    if labels.shape[1] > 1:
        differs[:, :-1] = cv2.compare(labels[:, :-1], labels[:, 1:], cv2.CMP_NE)
    if labels.shape[0] > 1:
        below = cv2.compare(labels[:-1], labels[1:], cv2.CMP_NE)
        cv2.bitwise_or(differs[:-1], below, dst=differs[:-1])
    return differs.astype(np.bool_)


def draw_contour(pixels: NDArray[np.uint8], labels: LabelMap) -> None:
    """Draw the borders of ``labels`` into ``pixels``: a white line with a black edge.

    Parameters
    ----------
    pixels : (H, W, 3) uint8, writable
        Changed in place.
    labels : (H, W) uint8 or uint16
    """
    line = contour_mask(labels).view(np.uint8)
    edge = cv2.dilate(line, _CROSS)
    # White over black is seen on any colour beneath.
    cv2.copyTo(np.zeros_like(pixels), edge, pixels)
    cv2.copyTo(np.full_like(pixels, 255), line, pixels)
