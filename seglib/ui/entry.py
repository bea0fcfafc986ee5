"""Every page goes through ``app.py``, also on the first visit after a start.

Streamlit takes a folder called ``pages`` for its older kind of multipage app until ``app.py`` has
called ``st.navigation`` once in the process. A link straight to a page, opened first, would run the
page's file alone: without the picker, the navigation and the error boundary.
"""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

_APP = Path(__file__).resolve().parents[2] / "app.py"
_FLAG = "_through_app"


@contextmanager
def app() -> Iterator[None]:
    """Mark the run as one that went through ``app.py``."""
    st.session_state[_FLAG] = True
    try:
        yield
    finally:
        st.session_state[_FLAG] = False


def through_app() -> bool:
    """Say whether ``app.py`` runs this page; where it does not, run it instead."""
    if st.session_state.get(_FLAG):
        return True
    runpy.run_path(str(_APP), run_name="__main__")
    return False
