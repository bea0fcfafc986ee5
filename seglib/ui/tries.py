"""Three things to try: each link sets a whole page up through its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Try:
    """One link.

    Parameters
    ----------
    title : str
        A question.
    text : str
        What one will see.
    query : mapping
        The address that shows it.
    """

    title: str
    text: str
    query: Mapping[str, str]


def show(page: str, tries: Sequence[Try]) -> None:
    """Draw the links; ``page`` is the page's file, ``"pages/semantic.py"``."""
    columns = st.columns(len(tries), gap="medium", border=True)
    for column, one in zip(columns, tries, strict=True):
        with column:
            st.markdown(f"**{one.title}**")
            st.markdown(one.text)
            st.page_link(
                page,
                label="Look",
                icon=":material/arrow_forward:",
                icon_position="right",
                query_params=dict(one.query),
            )
