"""A row of download buttons: each file is made at the click, from our own bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import streamlit as st

from seglib.ui.samples import Picture

MIMES = {
    "csv": "text/csv",
    "jpg": "image/jpeg",
    "json": "application/json",
    "mp4": "video/mp4",
    "png": "image/png",
    "zip": "application/zip",
}
"""By the end of the name."""


@dataclass(frozen=True)
class File:
    """One download.

    Parameters
    ----------
    title : str
        On the button.
    name : str
        Of the file; its end decides what it is.
    data : bytes or callable
        The file, or what makes it when the button is pressed.
    help : str
        What is in it.
    """

    title: str
    name: str
    data: bytes | Callable[[], bytes]
    help: str = ""


def stem(picture: Picture) -> str:
    """Return a harmless file name for a picture: letters, digits and dashes."""
    title = picture.title.rsplit(".", 1)[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", title).strip("-") or "picture"


def download_row(files: Iterable[File], key: str) -> None:
    """Draw the buttons side by side; ``key`` is the page's own."""
    with st.container(horizontal=True, gap="small"):
        for file in files:
            button(file, key)


def button(file: File, key: str) -> None:
    """Draw one button."""
    st.download_button(
        file.title,
        data=file.data,
        file_name=file.name,
        mime=MIMES[file.name.rsplit(".", 1)[-1]],
        help=file.help or None,
        icon=":material/download:",
        on_click="ignore",
        key=f"{key}_{file.title}",
    )
