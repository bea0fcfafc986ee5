"""A plate: a box whose unit is one cell, with outlines, points and arrows on top."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
SKY, VERMILLION, YELLOW, GREY = "#56B4E9", "#D55E00", "#F0E442", "#8A8A8A"
"""Okabe–Ito, for marks."""


@dataclass(frozen=True)
class Mark:
    """An outlined box.

    Parameters
    ----------
    box : (x, y, width, height)
        In cells: ``(0, 0, 1, 1)`` is the first cell, fractions are allowed.
    color : str
        CSS colour.
    dashed : bool
        Dashed instead of solid.
    label : str
        Shown when the pointer rests on it.
    fill : bool
        Tint the inside as well.
    """

    box: tuple[float, float, float, float]
    color: str = ORANGE
    dashed: bool = False
    label: str = ""
    fill: bool = False


@dataclass(frozen=True)
class Dot:
    """A point; ``at`` is (x, y) in cells, the middle of the first cell is ``(0.5, 0.5)``.

    Parameters
    ----------
    at : (x, y)
    color : str
        CSS colour.
    radius : float
        In cells.
    label : str
        Shown when the pointer rests on it.
    """

    at: tuple[float, float]
    color: str = ORANGE
    radius: float = 0.12
    label: str = ""


@dataclass(frozen=True)
class Arrow:
    """A straight arrow between two points in cells.

    Parameters
    ----------
    start, end : (x, y)
    color : str
        CSS colour.
    head : bool
        Draw the tip.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    color: str = ORANGE
    head: bool = True


Overlay = Mark | Dot | Arrow


def markup(
    inside: str,
    size: tuple[int, int],
    *,
    cell: float,
    title: str = "",
    caption: str = "",
    marks: Sequence[Overlay] = (),
    alt: str = "",
    testid: str = "figure",
    framed: bool = True,
) -> str:
    """Return a plate as HTML.

    Parameters
    ----------
    inside : str
        HTML that fills the box.
    size : (width, height)
        In cells.
    cell : float
        Pixels of one cell, where there is room; the plate shrinks with its column.
    title, caption : str
        Above and below; plain text.
    marks : sequence of Mark, Dot or Arrow
    alt : str
        What a screen reader says.
    testid : str
        For tests.
    framed : bool
        Draw a thin line around the box.
    """
    width, height = size
    head = f'<div class="seg-plate-title">{escape(title)}</div>' if title else ""
    foot = f'<div class="seg-plate-caption">{escape(caption)}</div>' if caption else ""
    over = "".join(_overlay(mark, width, height) for mark in marks)
    label = f' role="img" aria-label="{escape(alt or title)}"' if alt or title else ""
    border = " seg-plate-framed" if framed else ""
    return (
        f'<div class="seg-plate" style="width:{width * cell:.6g}px" '
        f'data-testid="{escape(testid)}">{head}'
        f'<div class="seg-plate-box{border}" style="aspect-ratio:{width}/{height}"{label}>'
        f"{inside}{over}</div>{foot}</div>"
    )


def _share(value: float, whole: int) -> str:
    return f"{100 * value / whole:.5g}%"


def _overlay(mark: Overlay, width: int, height: int) -> str:
    if isinstance(mark, Mark):
        x, y, wide, high = mark.box
        style = (
            f"left:{_share(x, width)};top:{_share(y, height)};"
            f"width:{_share(wide, width)};height:{_share(high, height)};"
            f"border:2.5px {'dashed' if mark.dashed else 'solid'} {mark.color}"
        )
        if mark.fill:
            style += f";background:color-mix(in srgb,{mark.color} 30%,transparent)"
        return f'<i class="seg-mark" style="{style}" title="{escape(mark.label)}"></i>'
    if isinstance(mark, Dot):
        x, y = mark.at
        style = (
            f"left:{_share(x - mark.radius, width)};top:{_share(y - mark.radius, height)};"
            f"width:{_share(2 * mark.radius, width)};height:{_share(2 * mark.radius, height)};"
            f"background:{mark.color}"
        )
        return f'<i class="seg-dot" style="{style}" title="{escape(mark.label)}"></i>'
    (x, y), (to_x, to_y) = mark.start, mark.end
    length, angle = math.hypot(to_x - x, to_y - y), math.degrees(math.atan2(to_y - y, to_x - x))
    style = (
        f"left:{_share(x, width)};top:{_share(y, height)};width:{_share(length, width)};"
        f"transform:rotate({angle:.5g}deg);--seg-arrow:{mark.color}"
    )
    tip = "" if mark.head else " seg-arrow-plain"
    return f'<i class="seg-arrow{tip}" style="{style}"></i>'


def row(parts: Sequence[str], *, align: str = "center", pairs: bool = False) -> None:
    """Draw plates and signs between them in one row, which wraps where it is too narrow.

    Parameters
    ----------
    parts : sequence of str
        HTML of a plate, or plain text such as ``"∗"`` and ``"="``.
    align : str
        CSS ``align-items``.
    pairs : bool
        On a phone, two plates and the sign between them share a line.
    """
    st.html(row_markup(parts, align=align, pairs=pairs))


def row_markup(parts: Sequence[str], *, align: str = "center", pairs: bool = False) -> str:
    """Return what :func:`row` draws."""
    body = "".join(
        part if part.startswith("<") else f'<div class="seg-sign">{escape(part)}</div>'
        for part in parts
    )
    more = " seg-pairs" if pairs else ""
    return f'<div class="seg-row{more}" style="align-items:{align}">{body}</div>'
