"""What the page keeps in the address: the options, the chosen pixel, and one's own weights."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seglib.concepts.loss_options import LossOptions
from seglib.ui import address, knobs, stepper
from seglib.ui.address import Param

PREFIX = "loss"
CLASSES = 11
MOST_WEIGHT = 100.0


def _numbers(text: str) -> list[float] | None:
    if len(text) > 200 or not text.isascii():
        return None
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        return None
    fine = len(values) == CLASSES and all(
        math.isfinite(value) and 0 <= value <= MOST_WEIGHT for value in values
    )
    return values if fine else None


OWN = Param("loss_own", ",".join(["1"] * CLASSES), lambda text: _numbers(text) is not None)
CLASS = Param("loss_class", "2", address.integer(0, CLASSES - 1))
# In thousandths of the picture, so that a link means the same in cells and in pixels.
X = Param("loss_x", "93", address.integer(0, 999))
Y = Param("loss_y", "636", address.integer(0, 999))
STEP = stepper.param("loss_step", 4)
PARAMS = (*knobs.params(LossOptions, PREFIX), OWN, CLASS, X, Y, STEP)


def own_weights() -> NDArray[np.float64]:
    """Return the weights that a visitor has set."""
    return np.array(_numbers(address.get(OWN)) or [1.0] * CLASSES)


def put_own(weights: NDArray[np.float64]) -> None:
    """Keep weights as one's own, from now on used."""
    held = np.clip(weights, 0, MOST_WEIGHT)
    address.put(OWN, ",".join(f"{value:.4g}" for value in held))
    knobs.put(LossOptions, PREFIX, weights="own")


def pixel(size: tuple[int, int]) -> tuple[int, int]:
    """Return the chosen pixel, x and y, on a grid of ``size`` (width, height)."""
    return (
        int((int(address.get(X)) + 0.5) / 1000 * size[0]),
        int((int(address.get(Y)) + 0.5) / 1000 * size[1]),
    )


def put_pixel(x: int, y: int, size: tuple[int, int]) -> None:
    """Choose a pixel."""
    for param, value, cells in ((X, x, size[0]), (Y, y, size[1])):
        # the middle of the cell: read back, it is the same cell, as there are fewer than 1000
        address.put(param, str(min(999, int((value + 0.5) / cells * 1000))))
