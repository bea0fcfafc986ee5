"""Truth and prediction with their segments coloured by what became of them, or by class."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.labels import VOID_COLOR, LabelSet
from seglib.metrics import SegmentMatch
from seglib.render import FALSE_NEGATIVE, FALSE_POSITIVE, TRUE_POSITIVE, contour_mask
from seglib.results import Panoptic
from seglib.ui.panoptic_quality.scene import Case

Pixels = NDArray[np.uint8]
Color = tuple[int, int, int]

IGNORED: Color = (138, 138, 138)
COLORS: dict[str, Color] = {
    "tp": TRUE_POSITIVE,
    "fp": FALSE_POSITIVE,
    "fn": FALSE_NEGATIVE,
    "ignored": IGNORED,
}
_VOID = VOID_COLOR
_ZOOM = 2


def draw(case: Case, chosen: SegmentMatch | None, *, by: str) -> tuple[Pixels, Pixels]:
    """Draw both maps, twice as large.

    Parameters
    ----------
    case : Case
        Truth and prediction.
    chosen : SegmentMatch or None
        The pair to outline.
    by : {"outcome", "class"}
        What colours mean.

    Returns
    -------
    truth, prediction : (H, W, 3) uint8
    """
    drawn = []
    for name, panoptic in (("truth_id", case.truth), ("prediction_id", case.prediction)):
        if by == "class":
            colors = _by_class(panoptic, panoptic.label_set)
        else:
            outcomes = {getattr(match, name): match for match in case.quality.matches}
            colors = {
                each.id: _outcome(COLORS[outcomes[each.id].outcome], thing=each.thing)
                for each in panoptic.segments
            }
        picked = getattr(chosen, name) if chosen is not None else None
        drawn.append(_draw(panoptic.segment_ids, colors, picked))
    return drawn[0], drawn[1]


def _outcome(color: Color, *, thing: bool) -> Color:
    """Stuff is paler, for it fills the picture and things are what one looks for."""
    if thing:
        return color
    red, green, blue = (round(0.45 * each + 0.55 * 235) for each in color)
    return red, green, blue


def _by_class(panoptic: Panoptic, labels: LabelSet) -> dict[int, Color]:
    return {each.id: labels.label(each.class_id).color for each in panoptic.segments}


def _draw(ids: NDArray[np.int32], colors: dict[int, Color], picked: int | None) -> Pixels:
    present, places = np.unique(ids, return_inverse=True)
    table = np.array([colors.get(each, _VOID) for each in present.tolist()], np.uint8)
    small = places.reshape(ids.shape).astype(np.uint16)
    large = np.repeat(np.repeat(small, _ZOOM, axis=0), _ZOOM, axis=1)
    pixels = table[large]
    # Two pixels wide, so that it survives being shown smaller.
    border = cv2.dilate(contour_mask(large).view(np.uint8), np.ones((2, 2), np.uint8))
    pixels[np.asarray(border, bool)] = 255
    if picked is not None:
        mask = (present[large] == picked).astype(np.uint8)
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(pixels, contours, -1, (0, 0, 0), 9, cv2.LINE_AA)
        cv2.drawContours(pixels, contours, -1, (255, 255, 255), 4, cv2.LINE_AA)
    return pixels
