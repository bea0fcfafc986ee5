"""Objects from prototypes and coefficients: the peaks of a heat map say where, the rest says what.

Bolya et al. 2019, "YOLACT": every object is a linear combination of a few maps that the network
draws once for the whole picture. Here an object is proposed by a peak of a heat map of centres
(Zhou et al. 2019, "Objects as Points") instead of an anchor.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.images import Placement
from seglib.images.axis import Axis
from seglib.options import Checked, number, whole
from seglib.results import softmax

Maps = NDArray[np.float32]


@dataclass(frozen=True)
class PrototypeOptions(Checked):
    """What counts as an object."""

    threshold: float = number(
        0.15, 0.02, 0.95, "Score below which an object is not shown.", step=0.01
    )
    overlap: float = number(
        0.5, 0.1, 0.95, "IoU from which the weaker of two masks is taken for the same object."
    )
    most: int = whole(60, 1, 100, "Objects at most.")
    margin: float = number(0.25, 0.0, 0.5, "How far a mask may reach beyond its box, as a share.")


@dataclass(frozen=True, eq=False)
class PrototypeOutputs:
    """What the network answers, without the batch axis; all on one grid.

    Parameters
    ----------
    semantic : (C, h, w) float32
        Logits of the classes; 0 is the background.
    centre : (h, w) float32
        How likely a centre is here, 0..1.
    box : (4, h, w) float32
        Distances to left, top, right and bottom of the object's box, input pixels.
    coefficients : (K, h, w) float32
        Of the object whose centre is here.
    prototypes : (K, h, w) float32
    stride : int
        Input pixels of a cell.
    """

    semantic: Maps
    centre: Maps
    box: Maps
    coefficients: Maps
    prototypes: Maps
    stride: int


@dataclass(frozen=True, eq=False)
class Proposal:
    """An object on the network's grid.

    Parameters
    ----------
    x, y : int
        Cell of its centre.
    class_id : int
    score : float
        0..1: geometric mean of centre and class, times the square of how sure the mask is.
    window : (x0, y0, x1, y1)
        Cells that the mask may use, exclusive at the end.
    logits : (y1 - y0, x1 - x0) float32
        Of the mask: above 0 is inside.
    """

    x: int
    y: int
    class_id: int
    score: float
    window: tuple[int, int, int, int]
    logits: Maps


def peaks(centre: Maps, *, low: float, most: int) -> list[tuple[int, int, float]]:
    """Return x, y and value of the cells that no neighbour exceeds, best first."""
    highest = cv2.dilate(centre, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero((centre >= highest) & (centre >= low))
    values = centre[rows, columns]
    order = np.argsort(-values, kind="stable")[:most]
    return [(int(columns[i]), int(rows[i]), float(values[i])) for i in order]


def propose(
    outputs: PrototypeOutputs, options: PrototypeOptions, span: tuple[int, int, int, int]
) -> list[Proposal]:
    """Return the objects, best first, each found once.

    Parameters
    ----------
    outputs : PrototypeOutputs
    options : PrototypeOptions
    span : (x0, y0, x1, y1)
        Cells in which the picture lies; the rest is padding.
    """
    x0, y0, x1, y1 = span
    inside = np.zeros_like(outputs.centre)
    inside[y0:y1, x0:x1] = outputs.centre[y0:y1, x0:x1]
    classes = softmax(outputs.semantic)
    found = []
    # the score is a product of shares: a centre below its square cannot reach the threshold
    for x, y, value in peaks(inside, low=options.threshold**2, most=2 * options.most):
        window = _window(outputs, x, y, options.margin, span)
        left, top, right, bottom = window
        logits = np.tensordot(
            outputs.coefficients[:, y, x], outputs.prototypes[:, top:bottom, left:right], 1
        )
        mask = logits > 0
        if np.count_nonzero(mask) < 4:
            continue
        likely = classes[1:, top:bottom, left:right][:, mask].mean(1)
        sure = float((1 / (1 + np.exp(-logits[mask]))).mean())
        class_id = int(likely.argmax()) + 1
        score = float(np.sqrt(value * likely[class_id - 1]) * sure**2)
        if score >= options.threshold:
            found.append(Proposal(x, y, class_id, score, window, logits.astype(np.float32)))
    found.sort(key=lambda proposal: -proposal.score)
    return _once(found, options.overlap)[: options.most]


def to_picture(
    proposal: Proposal, placement: Placement, shape: tuple[int, int]
) -> tuple[int, int, NDArray[np.bool_]]:
    """Bring a mask to picture size: bilinear logits, decided at every pixel's centre.

    Parameters
    ----------
    proposal : Proposal
    placement : Placement
        Where the picture lies in the network's input.
    shape : (h, w)
        Of the grid.

    Returns
    -------
    x0, y0, mask
        Corner in the picture and ``(H, W) bool``, what
        :meth:`~seglib.results.Instances.from_crops` takes.
    """
    left, top, right, bottom = proposal.window
    rows = _pixels(placement.axis(1, shape[0]), top, bottom)
    columns = _pixels(placement.axis(0, shape[1]), left, right)
    first_y, low_y, high_y, weight_y = rows
    first_x, low_x, high_x, weight_x = columns
    wide = proposal.logits[:, low_x] * (1 - weight_x) + proposal.logits[:, high_x] * weight_x
    full = wide[low_y] * (1 - weight_y)[:, None] + wide[high_y] * weight_y[:, None]
    return first_x, first_y, full > 0


def _pixels(
    axis: Axis, first: int, last: int
) -> tuple[int, NDArray[np.int64], NDArray[np.int64], Maps]:
    """Pixels whose centre lies in cells ``first`` to ``last``: the first one, and their cells."""
    begin, end = np.searchsorted(axis.nearest(), (first, last))
    lower, upper, weight = axis.linear()
    return (
        int(begin),
        np.clip(lower[begin:end] - first, 0, last - first - 1),
        np.clip(upper[begin:end] - first, 0, last - first - 1),
        weight[begin:end],
    )


def _window(
    outputs: PrototypeOutputs, x: int, y: int, margin: float, span: tuple[int, int, int, int]
) -> tuple[int, int, int, int]:
    left, top, right, bottom = (float(v) / outputs.stride for v in outputs.box[:, y, x])
    wide, tall = (left + right) * margin / 2, (top + bottom) * margin / 2
    x0 = int(np.clip(np.floor(x + 0.5 - left - wide), span[0], x))
    y0 = int(np.clip(np.floor(y + 0.5 - top - tall), span[1], y))
    x1 = int(np.clip(np.ceil(x + 0.5 + right + wide), x + 1, span[2]))
    y1 = int(np.clip(np.ceil(y + 0.5 + bottom + tall), y + 1, span[3]))
    return x0, y0, x1, y1


def _once(proposals: list[Proposal], overlap: float) -> list[Proposal]:
    """Greedy non-maximum suppression on masks, best first, whatever the class."""
    kept: list[Proposal] = []
    for proposal in proposals:
        if all(_iou(proposal, other) < overlap for other in kept):
            kept.append(proposal)
    return kept


def _iou(one: Proposal, two: Proposal) -> float:
    a, b = one.window, two.window
    x0, y0, x1, y1 = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    if x1 <= x0 or y1 <= y0:
        return 0.0
    first = one.logits[y0 - a[1] : y1 - a[1], x0 - a[0] : x1 - a[0]] > 0
    second = two.logits[y0 - b[1] : y1 - b[1], x0 - b[0] : x1 - b[0]] > 0
    both = int(np.count_nonzero(first & second))
    either = int(np.count_nonzero(one.logits > 0) + np.count_nonzero(two.logits > 0)) - both
    return both / either if either else 0.0
