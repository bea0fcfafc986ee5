"""Numbers as colours: one ramp, dark blue through teal to pale yellow.

The lightness (CIELAB L*) rises evenly from end to end, so the order is seen without colour vision
and in print.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.labels import Color

RAMP_STOPS: tuple[Color, ...] = (
    (16, 23, 74),
    (42, 75, 141),
    (63, 143, 150),
    (156, 195, 107),
    (251, 231, 161),
)
"""Evenly spaced control points, from low to high; straight lines in sRGB between them."""

UNDEFINED_COLOR: Color = (128, 128, 128)
"""Grey of what has no value (not a number)."""


def _table() -> NDArray[np.uint8]:
    stops = np.asarray(RAMP_STOPS, np.float64)
    places = np.linspace(0, len(stops) - 1, 256)
    channels = [np.interp(places, np.arange(len(stops)), channel) for channel in stops.T]
    table: NDArray[np.uint8] = np.rint(np.stack(channels, axis=1)).astype(np.uint8)
    table.setflags(write=False)
    return table


RAMP: NDArray[np.uint8] = _table()
"""(256, 3) uint8 RGB, read-only."""


def heat(
    values: NDArray[np.floating[Any]], *, low: float = 0.0, high: float = 1.0
) -> NDArray[np.uint8]:
    """Draw values as colours.

    Parameters
    ----------
    values : (H, W) float
    low, high : float
        Values of the first and the last colour; beyond them the colour stays at the end. Not a
        number is :data:`UNDEFINED_COLOR`.

    Returns
    -------
    (H, W, 3) uint8
    """
    if values.ndim != 2 or not values.size or not np.issubdtype(values.dtype, np.floating):
        raise ShapeError(f"expected values (H, W) float, got {values.shape} {values.dtype}")
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ShapeError(f"expected low < high, got {low} and {high}")
    import cv2

    scaled = np.clip(values, low, high)
    undefined = np.isnan(scaled)
    scaled = (scaled - low) * (255.0 / (high - low))
    scaled[undefined] = 0
    indices = np.rint(scaled).astype(np.uint8)
    colours = np.asarray(cv2.applyColorMap(indices, RAMP[:, None]), np.uint8)
    colours[undefined] = UNDEFINED_COLOR
    return colours
