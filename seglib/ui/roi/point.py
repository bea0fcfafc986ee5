"""A map on which a visitor points at one cell; pages offer sliders as the other way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from seglib.ui.figures.plate import Mark


@cache
def _file(name: str) -> str:
    return (Path(__file__).parents[1] / "frontend" / name).read_text(encoding="utf-8")


_POINT = st.components.v2.component(
    "seglib_point",
    html=_file("roi_point.html"),
    css=_file("roi_point.css"),
    js=_file("roi_point.js"),
)


def show(
    key: str,
    image: str,
    *,
    size: tuple[int, int],
    at: tuple[int, int],
    on_point: Callable[[int, int], None],
    title: str = "",
    marks: Sequence[Mark] = (),
    smooth: bool = False,
) -> None:
    """Draw the map.

    Parameters
    ----------
    key : str
        Of the element.
    image : str
        Address of the picture.
    size : (width, height)
        In cells.
    at : (x, y)
        The cell chosen now.
    on_point : callable
        Gets x and y of the cell that a visitor chose, before the page runs again.
    title : str
        Above the map.
    marks : sequence of Mark
        In cells.
    smooth : bool
        For photographs.
    """

    def pointed() -> None:
        found = parse(getattr(st.session_state.get(key), "at", None), size)
        if found is not None:
            on_point(*found)

    _POINT(
        key=key,
        data={
            "image": image,
            "size": list(size),
            "at": list(at),
            "title": title,
            "smooth": smooth,
            "marks": [
                [*mark.box, mark.color, mark.dashed, 22 if mark.fill else 0] for mark in marks
            ],
        },
        on_at_change=pointed,
    )


def parse(report: Any, size: tuple[int, int]) -> tuple[int, int] | None:
    """Return the cell that a browser reported; ``None`` where it makes no sense.

    The report comes from outside and may hold anything.
    """
    if not isinstance(report, (list, tuple)) or len(report) != 2:
        return None
    for value, most in zip(report, size, strict=True):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        if not 0 <= value < most or value != int(value):
            return None
    return int(report[0]), int(report[1])
