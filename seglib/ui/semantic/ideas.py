"""Three things to try: each link sets the whole page up through its address."""

from __future__ import annotations

import streamlit as st

PAGE = "pages/semantic.py"

IDEAS: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "Where does it doubt?",
        "The confidence map is dark along every border: there the network's coarse grid mixes "
        "two classes.",
        {"picture": "street", "seed": "40", "show": "confidence", "opacity": "85"},
    ),
    (
        "What does it miss?",
        "One class against the exact truth: green is found, orange wrongly claimed, purple "
        "missed. Thin poles suffer most.",
        {"picture": "street", "seed": "38", "show": "errors", "only": "pole", "opacity": "100"},
    ),
    (
        "How much do borders cost?",
        "Decide on the grid and repeat: stairs along every border. Compare the mean IoU under "
        "Numbers.",
        {"picture": "street", "seed": "7", "up": "labels", "show": "changed", "opacity": "100"},
    ),
)
"""Question, what one will see, and the address that shows it."""


def show() -> None:
    """Draw the three."""
    columns = st.columns(len(IDEAS), gap="medium", border=True)
    for column, (title, text, query) in zip(columns, IDEAS, strict=True):
        with column:
            st.markdown(f"**{title}**")
            st.markdown(text)
            st.page_link(
                PAGE,
                label="Look",
                icon=":material/arrow_forward:",
                icon_position="right",
                query_params=query,
            )
