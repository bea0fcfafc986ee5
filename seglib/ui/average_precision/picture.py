"""The picture with true outlines and the detections so far."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.render import FALSE_NEGATIVE, FALSE_POSITIVE, TRUE_POSITIVE, faded
from seglib.ui.average_precision.facts import Facts

Pixels = NDArray[np.uint8]
Color = tuple[int, int, int]

IGNORED: Color = (138, 138, 138)
COLORS: dict[str, Color] = {"tp": TRUE_POSITIVE, "fp": FALSE_POSITIVE, "ignored": IGNORED}
_ZOOM = 2


def draw(found: Facts, steps: int) -> Pixels:
    """Draw the first ``steps`` detections; the last of them stands out.

    Returns
    -------
    (H, W, 3) uint8
        Twice as large as the picture.
    """
    case = found.case
    pixels = np.asarray(cv2.resize(faded(case.image.pixels), None, fx=_ZOOM, fy=_ZOOM), np.uint8)
    taken = {row.match for row in found.rows[:steps] if row.outcomes[found.at] == "tp"}
    for number, counts in zip(found.truth.tolist(), found.counts.tolist(), strict=True):
        mask = _large(case.truth.mask(number))
        if counts and number not in taken:
            _tint(pixels, mask, FALSE_NEGATIVE, 0.45)
        # White over black is seen on any colour beneath.
        _outline(pixels, mask, (0, 0, 0), 5)
        _outline(pixels, mask, (255, 255, 255), 2)
    for place, row in enumerate(found.rows[:steps], start=1):
        mask = _large(case.found.mask(row.detection))
        color = COLORS[row.outcomes[found.at]]
        now = place == steps
        _tint(pixels, mask, color, 0.55 if now else 0.3)
        if now:
            _outline(pixels, mask, (255, 255, 255), 9)
        _outline(pixels, mask, color, 5 if now else 3)
    for place, row in enumerate(found.rows[:steps], start=1):
        _number(pixels, case.found.boxes[row.detection], place, now=place == steps)
    return pixels


def _large(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    size = (mask.shape[1] * _ZOOM, mask.shape[0] * _ZOOM)
    large = cv2.resize(mask.view(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(large, np.uint8)


def _tint(pixels: Pixels, mask: NDArray[np.uint8], color: Color, share: float) -> None:
    inside = mask.astype(bool)
    mixed = (1 - share) * pixels[inside] + share * np.array(color)
    pixels[inside] = np.rint(mixed).astype(np.uint8)


def _outline(pixels: Pixels, mask: NDArray[np.uint8], color: Color, width: int) -> None:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(pixels, contours, -1, color, width, cv2.LINE_AA)


def _number(pixels: Pixels, box: NDArray[np.float32], number: int, *, now: bool) -> None:
    x, y = (_ZOOM * (box[:2] + box[2:]) / 2).astype(int).tolist()
    text, size = str(number), 1.0 if now else 0.75
    (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 2)
    at = (max(0, min(x - wide // 2, pixels.shape[1] - wide)), max(high, y + high // 2))
    cv2.putText(pixels, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), 6, cv2.LINE_AA)
    cv2.putText(pixels, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), 2, cv2.LINE_AA)
