"""A matrix with its numbers in coloured cells; large ones as a map of coloured cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.ui.figures import plate
from seglib.ui.figures.plate import Arrow, Dot, Mark, Overlay, row, row_markup

__all__ = ["Arrow", "Dot", "Mark", "difference", "number", "row", "row_markup", "show", "svg"]

Scale = Literal["diverging", "sequential", "grey", "none"]

MOST_NUMBERS = 16
"""Cells a side up to which numbers are shown of themselves."""

_NEGATIVE, _POSITIVE = "#0072B2", "#D55E00"
# Mixed with the page's own background, so that the text keeps its contrast in both themes.
_STRONGEST = 62


def show(
    values: NDArray[Any],
    *,
    title: str = "",
    numbers: bool | None = None,
    marks: Sequence[Overlay] = (),
    scale: Scale = "diverging",
    digits: int = 3,
    key: str | None = None,
    caption: str = "",
    cell: float | None = None,
    limits: tuple[float, float] | None = None,
    muted: NDArray[np.bool_] | None = None,
) -> None:
    """Draw a matrix; the arguments are those of :func:`svg`, ``key`` names it for tests."""
    st.html(
        svg(
            values,
            title=title,
            numbers=numbers,
            marks=marks,
            scale=scale,
            digits=digits,
            key=key,
            caption=caption,
            cell=cell,
            limits=limits,
            muted=muted,
        )
    )


def svg(
    values: NDArray[Any],
    *,
    title: str = "",
    numbers: bool | None = None,
    marks: Sequence[Overlay] = (),
    scale: Scale = "diverging",
    digits: int = 3,
    key: str | None = None,
    caption: str = "",
    cell: float | None = None,
    limits: tuple[float, float] | None = None,
    muted: NDArray[np.bool_] | None = None,
) -> str:
    """Return a matrix as HTML, to be put in a :func:`row`.

    Parameters
    ----------
    values : (H, W) float or int
        ``nan`` is drawn as an empty cell.
    title, caption : str
        Above and below.
    numbers : bool, optional
        Write the numbers; up to 16 cells a side if not given.
    marks : sequence of Mark, Dot or Arrow
        On top, in cells.
    scale : {"diverging", "sequential", "grey", "none"}
        Blue below 0 and orange above; dark to bright from the least to the largest; the same in
        grey, for pictures; no colour.
    digits : int
        Significant digits at most.
    key : str, optional
        ``data-testid``; also where two matrices must be told apart.
    cell : float, optional
        Pixels of a cell where there is room; fitted to the size if not given.
    limits : (low, high), optional
        Values of the scale's ends; the matrix's own if not given. With "diverging" the larger of
        the two magnitudes rules on both sides.
    muted : (H, W) bool, optional
        Cells to draw hatched: what is not part of the data, such as padding. Without numbers they
        are grey.
    """
    values = np.asarray(values)
    if values.ndim != 2 or not values.size:
        raise ShapeError(f"expected a matrix (H, W), got {values.shape} {values.dtype}")
    high, wide = values.shape
    largest = max(high, wide)
    written = largest <= MOST_NUMBERS if numbers is None else numbers
    if cell is None:
        cell = max(3.0, min(56.0, 460.0 / largest)) if written else max(3.0, 420.0 / largest)
    if not written:
        from seglib.ui.figures import feature

        drawn = values.astype(np.float32)
        return feature.markup(
            drawn if muted is None else np.where(muted, np.float32(np.nan), drawn),
            title=title,
            marks=marks,
            caption=caption,
            limits=limits,
            scale="sequential" if scale == "none" else scale,
            width=round(wide * cell),
            key=key,
        )
    texts = [[number(value, digits) for value in line] for line in values.tolist()]
    longest = max((len(text) for line in texts for text in line), default=1)
    colors = _colors(values.astype(np.float64), scale, limits)
    cells = "".join(
        f"<b{' class=seg-muted' if muted is not None and muted[y, x] else colors[y][x]} "
        f'title="row {y}, column {x}: {_exact(values[y, x])}">{texts[y][x]}</b>'
        for y in range(high)
        for x in range(wide)
    )
    # The size of the type in hundredths of the plate's width: it fits at any size of the screen.
    share = min(0.40, 1.62 / max(longest, 1))
    inside = (
        f'<div class="seg-cells" style="grid-template-columns:repeat({wide},1fr);'
        f'font-size:{100 * share / wide:.4g}cqw">{cells}</div>'
    )
    return plate.markup(
        inside,
        (wide, high),
        cell=cell,
        title=title,
        caption=caption,
        marks=marks,
        alt=title or f"matrix of {high} rows and {wide} columns",
        testid=key or "matrix",
    )


def number(value: float, digits: int = 3) -> str:
    """Write a number short: at most ``digits`` significant digits, no trailing zeros.

    Examples
    --------
    >>> number(0.0625), number(-1.0), number(1234.5), number(float("nan"))
    ('0.0625', '−1', '1230', '')
    """
    if isinstance(value, bool):
        return str(int(value))
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    if not 1e-4 <= abs(rounded) < 1e6:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        text = f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}"
        text += f"e{int(exponent)}"
    else:
        text = f"{rounded:.{max(places, 0)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def difference(value: float) -> str:
    """Write how far two computations are apart: ``"1.2e-07"``, or ``"0"``."""
    return "0" if value == 0 else f"{value:.1e}"


def _exact(value: Any) -> str:
    return "empty" if isinstance(value, np.floating) and np.isnan(value) else f"{value:.9g}"


def _colors(
    values: NDArray[np.float64], scale: Scale, limits: tuple[float, float] | None
) -> list[list[str]]:
    high, wide = values.shape
    if scale == "none" or not np.isfinite(values).any():
        return [[""] * wide for _ in range(high)]
    if limits is None:
        finite = values[np.isfinite(values)]
        limits = float(finite.min()), float(finite.max())
    if scale == "diverging":
        most = max(abs(limits[0]), abs(limits[1])) or 1.0
        return [
            [
                ""
                if not np.isfinite(value) or value == 0
                else _mixed(
                    _POSITIVE if value > 0 else _NEGATIVE, min(1.0, float(abs(value)) / most)
                )
                for value in line
            ]
            for line in values
        ]
    from seglib.ui.figures.feature import colours

    low, top = limits if limits[0] < limits[1] else (limits[0] - 0.5, limits[0] + 0.5)
    pixels = colours(values, limits=(low, top), scale=scale)
    light = _luminance(pixels) > _MIDDLE
    return [
        [
            ""
            if np.isnan(values[y, x])
            else ' style="background:rgb({} {} {});color:{}"'.format(
                *pixels[y, x], "#000" if light[y, x] else "#fff"
            )
            for x in range(wide)
        ]
        for y in range(high)
    ]


# Between black and white type: at this luminance both have the same contrast, 4.58:1.
_MIDDLE = 0.179


def _luminance(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the relative luminance of sRGB pixels ``(…, 3)``, 0 to 1 (WCAG 2)."""
    share = pixels.astype(np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    luminance: NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return luminance


def _mixed(color: str, share: float) -> str:
    percent = 6 + (_STRONGEST - 6) * share
    return f' style="background:color-mix(in srgb,{color} {percent:.0f}%,transparent)"'
