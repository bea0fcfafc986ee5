"""A page of several topics: each topic is a module with the same six functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import streamlit as st

from seglib.ui import lesson, tries
from seglib.ui.tries import Try


class Part(Protocol):
    """What a topic's module offers; ``setup`` is what it read from the address."""

    def controls(self, setup: Any) -> None:
        """Draw the widgets."""
        ...

    def stage(self, setup: Any) -> None:
        """Draw the picture."""
        ...

    def numbers(self, setup: Any) -> None:
        """Draw the numbers of the first tab."""
        ...

    def how(self, setup: Any) -> None:
        """Explain, with the numbers put in."""
        ...

    def code(self, setup: Any) -> None:
        """Show what ran."""
        ...


def draw(
    part: Part,
    read: Callable[[], Any],
    *,
    words: str,
    key: str,
    page: str,
    ideas: Sequence[Try],
) -> None:
    """Draw a topic: words and stage on the left, controls on the right, tabs below.

    Parameters
    ----------
    part : Part
        The topic.
    read : callable
        Returns its setup; called where the stage will be, so that what it says of its progress is
        seen there.
    words : str
        A sentence above the stage.
    key : str
        Of the stage's container.
    page : str
        File of the page, for the links.
    ideas : sequence of Try
        What to try.
    """
    left, right = st.columns([2, 1], gap="medium")
    with left:
        st.markdown(words)
        setup = read()
        with st.container(key=key):
            part.stage(setup)
    with right:
        part.controls(setup)
    lesson.tabs(
        numbers=lambda: part.numbers(setup),
        how=lambda: part.how(setup),
        tries=lambda: tries.show(page, ideas),
        code=lambda: part.code(setup),
    )
