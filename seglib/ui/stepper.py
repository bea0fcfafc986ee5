"""Step by step: first, back, play, next, last, and a slider that shows where one is.

The slider alone does everything; the buttons are a component in the browser. Playing asks for the
next step only when the last one has been drawn, so it can never flood the server, and stops at the
end.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from seglib.ui import address
from seglib.ui.address import Param

MOST = 99_999
"""Steps at most."""


@cache
def _file(name: str) -> str:
    return (Path(__file__).parent / "frontend" / name).read_text(encoding="utf-8")


_BUTTONS = st.components.v2.component(
    "seglib_stepper",
    html=_file("stepper.html"),
    css=_file("stepper.css"),
    js=_file("stepper.js"),
)


def param(name: str, default: int = 0) -> Param:
    """Return an address value for a stepper, counted from 0."""
    return Param(name, str(default), address.integer(0, MOST))


def read(param: Param, count: int) -> int:
    """Return the step as it is set now, 0 to ``count - 1``, without drawing anything."""
    return max(0, min(int(address.get(param)), count - 1))


def show(param: Param, count: int, *, label: str = "Step") -> int:
    """Draw the stepper.

    Parameters
    ----------
    param : Param
        From :func:`param`; keeps the step in the address.
    count : int
        Number of steps, at least 1.
    label : str
        What a step is: "Output cell".

    Returns
    -------
    int
        The step, 0 to ``count - 1``. Steps are shown counted from 1.
    """
    position = read(param, count)
    slider, buttons = f"step_{param.name}", f"stepper_{param.name}"

    def slid() -> None:
        address.put(param, str(int(st.session_state[slider]) - 1))

    def pressed() -> None:
        asked = getattr(st.session_state.get(buttons), "go", None)
        # It comes from a browser, which may send anything.
        if isinstance(asked, (int, float)) and not isinstance(asked, bool) and 0 <= asked < count:
            address.put(param, str(int(asked)))

    with st.container(key=f"seg_stepper_{param.name}", gap=None):
        st.session_state[slider] = position + 1
        st.slider(
            f"{label}, {count:,} in all",
            1,
            max(count, 2),
            step=1,
            key=slider,
            on_change=slid,
            disabled=count < 2,
        )
        _BUTTONS(
            key=buttons,
            data={"position": position, "count": count, "label": label},
            on_go_change=pressed,
        )
    return position
