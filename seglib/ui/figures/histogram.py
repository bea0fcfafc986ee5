"""A histogram of plain HTML columns: drawn with the page, without a chart library."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.ui.figures.matrix import number


def markup(
    values: NDArray[Any], *, bins: int = 40, color: str = "#0072B2", testid: str = "histogram"
) -> str:
    """Return the histogram of finite values as HTML; the height of a column is its count.

    Parameters
    ----------
    values : array of any shape
        Finite.
    bins : int
    color : str
        CSS colour.
    testid : str
        For tests.
    """
    low, high = float(values.min()), float(values.max())
    counts, edges = np.histogram(values, bins=bins, range=(low, high if high > low else low + 1.0))
    most = max(int(counts.max()), 1)
    columns = "".join(
        f'<i style="height:{100 * count / most:.2f}%;background:{color}" '
        f'title="{number(left)} to {number(right)}: {count:,}"></i>'
        for count, left, right in zip(counts.tolist(), edges[:-1], edges[1:], strict=True)
    )
    label = f"histogram of {values.size:,} values from {number(low)} to {number(high)}"
    return (
        f'<div class="seg-histogram" role="img" aria-label="{escape(label)}" '
        f'data-testid="{escape(testid)}"><div class="columns">{columns}</div>'
        f'<div class="ends"><span>{number(low)}</span><span>tallest column: {most:,} of '
        f"{values.size:,} cells</span><span>{number(high)}</span></div></div>"
    )
