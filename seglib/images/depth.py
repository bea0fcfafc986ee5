"""Deep pixels to 8 bits: one fixed rule for each depth.

==========================  ==================================================================
what came                   what becomes of it
==========================  ==================================================================
16-bit grey PNG             65535 is white (the PNG specification scales every file that way)
16-bit grey TIFF            white is the end of the smallest of 8, 10, 12, 14 or 16 bits that
                            holds the largest value: cameras store 12 bits in 16
32-bit or signed TIFF       0 to 65535: as 16-bit TIFF; otherwise smallest value black, largest
                            white
float TIFF                  0 to 1: 1 is white; otherwise smallest finite value black, largest
                            finite value white; what is not finite becomes black
==========================  ==================================================================

A picture with one single value outside these ranges becomes black.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def grey16_to_8(grey: NDArray[np.uint16], *, white: int = 65535) -> NDArray[np.uint8]:
    """Scale 0…``white`` to 0…255, rounded; ``grey`` and the result are (H, W)."""
    # A table of all values: exact rounding, and faster than arithmetic on large pictures.
    values = np.arange(65536, dtype=np.float64) * (255.0 / white)
    table = np.minimum(np.rint(values), 255).astype(np.uint8)
    return table[grey]


def white_level(largest: int) -> int:
    """Return 2^k - 1 for the smallest k of 8, 10, 12, 14, 16 that holds ``largest``."""
    return next(top for top in (255, 1023, 4095, 16383, 65535) if largest <= top)


def int_to_8(grey: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Scale integers of any depth to 8 bits by the rule of the table above."""
    low, high = int(grey.min()), int(grey.max())
    if low >= 0 and high <= 65535:
        return grey16_to_8(grey.astype(np.uint16), white=white_level(high))
    return _span_to_8(grey.astype(np.float64), float(low), float(high))


def float_to_8(grey: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Scale floats to 8 bits by the rule of the table above."""
    finite = np.isfinite(grey)
    if not finite.any():
        return np.zeros(grey.shape, np.uint8)
    values = grey.astype(np.float64)
    low, high = float(values[finite].min()), float(values[finite].max())
    values = np.where(finite, values, low)
    scaled = (
        _span_to_8(values, 0.0, 1.0) if low >= 0 and high <= 1 else _span_to_8(values, low, high)
    )
    return np.where(finite, scaled, np.uint8(0))


def _span_to_8(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.uint8]:
    # Halved first: the difference of two huge floats would overflow to infinity.
    span = high / 2 - low / 2
    if span <= 0:
        return np.zeros(values.shape, np.uint8)
    return np.rint((values / 2 - low / 2) / span * 255.0).astype(np.uint8)
