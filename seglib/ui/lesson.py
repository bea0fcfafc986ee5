"""The anatomy that every page shares: header, a body that reruns alone, tabs below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from seglib.ui import address, boundary, frame, model_card
from seglib.ui.address import Param

TITLES = ("Numbers", "How it works", "Try this", "Code")


def render(
    title: str, idea: str, body: Callable[[], None], *, params: tuple[Param, ...] = ()
) -> None:
    """Draw a page.

    Parameters
    ----------
    title, idea : str
        The idea is one sentence of at most 20 words.
    body : callable
        Draws stage, controls and tabs. It runs as a fragment: a control reruns it alone. Inside the
        error boundary.
    params : tuple of Param
        Values that the page keeps in the address; published after each run of the body.
    """
    frame.header(title, idea)
    _fragment(body, params)


@st.fragment
def _fragment(body: Callable[[], None], params: tuple[Param, ...]) -> None:
    with boundary.boundary():
        body()
        address.publish(params)


def again() -> NoReturn:
    """Run the body anew: work that goes on draws its progress between two slices."""
    context = get_script_run_ctx()
    # Only a run of the fragment alone may ask for another of its kind.
    alone = context is not None and bool(context.fragment_ids_this_run)
    st.rerun(scope="fragment" if alone else "app")


def tabs(
    *,
    numbers: Callable[[], None] | None = None,
    how: Callable[[], None] | None = None,
    tries: Callable[[], None] | None = None,
    code: Callable[[], None] | None = None,
    models: Sequence[str] = (),
) -> None:
    """Draw the tabs under the stage; only the open one is computed.

    The cards of the ``models`` whose answers a page shows end its numbers.
    """
    parts = dict(zip(TITLES, (numbers, how, tries, code), strict=True))
    present = {title: draw for title, draw in parts.items() if draw is not None}
    places = st.tabs(list(present), key="tab", bind="query-params", on_change="rerun")
    for place, draw in zip(places, present.values(), strict=True):
        if place.open:
            with place:
                draw()
                if draw is numbers:
                    for name in models:
                        model_card.show(name)
