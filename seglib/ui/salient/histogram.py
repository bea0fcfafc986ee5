"""The histogram of a map with the threshold on it: plain HTML, drawn with the page."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seglib.ui.numbers import percent, sig3

BINS = 50
SALIENT, OTHER = "#E69F00", "#0072B2"


def counts(values: NDArray[np.float32]) -> list[int]:
    """Return how many values lie in each of :data:`BINS` equal parts of 0..1."""
    found: list[int] = np.histogram(values, bins=BINS, range=(0.0, 1.0))[0].tolist()
    return found


def markup(values: NDArray[np.float32], threshold: float) -> str:
    """Return the histogram as HTML; heights are logarithmic, for most pixels are near 0.

    Columns from the threshold on are orange; the one that it cuts is so where most of it is.
    """
    found = counts(values)
    top = math.log1p(max(found))
    columns = "".join(
        f'<i style="height:{100 * math.log1p(count) / top:.2f}%;background:'
        f'{SALIENT if (place + 0.5) / BINS >= threshold else OTHER}" title="'
        f'{place / BINS:.2f} to {(place + 1) / BINS:.2f}: {count:,} px"></i>'
        for place, count in enumerate(found)
    )
    share = float((values >= np.float64(threshold)).mean())
    label = f"Histogram of the map; {percent(share)} of the pixels are at {sig3(threshold)} or more"
    return (
        f'<div class="seg-histogram sal-histogram" role="img" aria-label="{label}" '
        f'data-testid="sal-histogram"><div class="columns">{columns}'
        f'<b style="left:{100 * threshold:.2f}%"></b></div>'
        '<div class="ends"><span>0</span><span>pixels by value of the map, logarithmic height; '
        f"threshold {sig3(threshold)}</span><span>1</span></div></div>"
    )
