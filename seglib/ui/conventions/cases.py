"""The small maps that conventions disagree on, and what can be changed about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seglib.options import Checked, choice, whole
from seglib.scenes import SHAPES

Map = NDArray[np.uint8]

VOID = 255
CLASSES: tuple[int, ...] = (0, 1, 2, 3)
"""Classes that the means run over: background, disc, square, triangle."""

CASES = {
    "lecture": "Large and small picture",
    "absent": "A class that is nowhere",
    "invented": "One pixel invented",
    "ignore": "Ignored and unanswered",
    "empty": "Nothing to find",
}
TEXTS = {
    "lecture": "A picture of 100 × 100 px and one of 10 × 10 px. Is a pixel or a picture one vote?",
    "absent": "No triangle is in the truth, and none was predicted. What is its IoU?",
    "invented": "The same, with one pixel called triangle: its IoU is 0, not undefined.",
    "ignore": "Hatched in the truth: not judged. Hatched in the prediction: not answered.",
    "empty": "The truth holds background only, and so does the prediction.",
}


@dataclass(frozen=True)
class CaseOptions(Checked):
    """What of the maps can be changed."""

    case: str = choice("lecture", tuple(CASES), "The maps.")
    large: int = whole(9000, 0, 10_000, "Right pixels of 10,000.", 100, title="Right, large")
    small: int = whole(1, 0, 100, "Right pixels of 100.", title="Right, small")
    wrong: int = whole(4, 0, 12, "Pixels of the disc that are called background.", title="Missed")
    rim: int = whole(1, 0, 2, "Width of the rim that the truth leaves open, pixels.", title="Rim")
    withheld: int = whole(
        2, 0, 12, "Judged pixels for which the prediction gives no class.", title="Unanswered"
    )


@dataclass(frozen=True, eq=False)
class Pair:
    """Truth and prediction of one picture, ``(H, W) uint8`` ids of :data:`SHAPES`, 255 = void."""

    truth: Map
    prediction: Map


def pairs(options: CaseOptions) -> tuple[Pair, ...]:
    """Return the pictures of a case."""
    if options.case == "lecture":
        return _part_right(100, options.large), _part_right(10, options.small)
    truth = _scene()
    if options.case == "empty":
        truth = np.zeros_like(truth)
        return (Pair(truth, truth.copy()),)
    prediction = _miss(truth, options.wrong)
    if options.case == "invented":
        prediction[0, -1] = 3
    if options.case == "ignore":
        rim = options.rim
        if rim:
            inside = truth[rim:-rim, rim:-rim].copy()
            truth = np.full_like(truth, VOID)
            truth[rim:-rim, rim:-rim] = inside
        # It keeps quiet about what it would get wrong first, then about the square's last pixels.
        hard = np.argwhere((truth == 1) & (prediction != 1))
        places = np.concatenate([hard, np.argwhere(truth == 2)[::-1]])[: options.withheld]
        prediction[tuple(places.T)] = VOID
    return (Pair(truth, prediction),)


def _part_right(side: int, right: int) -> Pair:
    """A picture of one class, of whose pixels so many are right, row by row."""
    truth = np.full((side, side), 1, np.uint8)
    prediction = np.zeros(side * side, np.uint8)
    prediction[:right] = 1
    return Pair(truth, prediction.reshape(side, side))


def _scene() -> Map:
    """A disc and a square on background, 14 × 10 pixels."""
    truth = np.zeros((10, 14), np.uint8)
    rows, columns = np.mgrid[:10, :14]
    truth[(rows - 4.5) ** 2 + (columns - 4) ** 2 < 7] = 1
    truth[3:7, 8:12] = 2
    return truth


def _miss(truth: Map, count: int) -> Map:
    prediction = truth.copy()
    places = np.argwhere(truth == 1)[:count]
    prediction[tuple(places.T)] = 0
    return prediction


LABELS = SHAPES
"""What the ids mean."""
