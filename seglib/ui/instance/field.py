"""The picture whose objects can be pointed at and chosen: a small component of our own."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from seglib.ui import address
from seglib.ui.instance import packing
from seglib.ui.instance.state import MOST_TAGS, PICK, Work

_KEY = "in_field"
_SEQUENCE = "_in_sequence"


@cache
def _file(name: str) -> str:
    return (Path(__file__).parents[1] / "frontend" / name).read_text(encoding="utf-8")


_FIELD = st.components.v2.component(
    "seglib_instance",
    html=_file("instance.html"),
    css=_file("stage.css") + _file("instance.css"),
    js="".join(map(_file, ("store.js", "layers.js", "instance_draw.js", "instance.js"))),
)


def style() -> None:
    """Put the page's own small stylesheet on it."""
    st.html(f"<style>{_file('instance_page.css')}</style>")


def show(work: Work) -> None:
    """Draw the picture with its objects."""
    view = asdict(work.view) | {"most": MOST_TAGS}
    whole = None
    if work.pick is not None:
        whole = packing.chosen(work.instances, work.pick, work.packed.head["size"])
    data = work.packed.blob(
        view=view, pick=work.pick, whole=whole, sequence=st.session_state.get(_SEQUENCE, 0)
    )
    _FIELD(key=_KEY, data=data, on_pick_change=_picked)


def parse(report: Any) -> tuple[int | None, int] | None:
    """Return the row that a browser reported (or that none is chosen), and the report's number.

    ``None`` where it makes no sense: the report comes from outside and may hold anything.
    """
    if not isinstance(report, dict):
        return None
    row: Any = report.get("row")
    sequence: Any = report.get("sequence")
    if not _whole(sequence, 10**9) or not (row is None or _whole(row, packing.MOST)):
        return None
    return row, int(sequence)


def _whole(value: Any, end: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < end


def _picked() -> None:
    component = st.session_state.get(_KEY)
    found = parse(getattr(component, "pick", None) if component else None)
    if found is None:
        return
    row, sequence = found
    st.session_state[_SEQUENCE] = sequence
    address.put(PICK, "" if row is None else str(row + 1))
