"""The small named stylesheet, and talk mode."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

_TALK = """
html { font-size: 22.4px !important; }
[data-testid="stSidebar"], [data-testid="stSidebarCollapsedControl"],
[data-testid="stExpandSidebarButton"] { display: none !important; }
"""


@cache
def _sheet() -> str:
    return (Path(__file__).parent / "frontend" / "page.css").read_text(encoding="utf-8")


def apply() -> None:
    """Put the stylesheet on the page."""
    st.html(f"<style>{_sheet()}</style>")


def talk() -> None:
    """Make the type 1.4 times as large and hide the sidebar."""
    st.html(f"<style>{_TALK}</style>")
