"""Before and after with a divider that can be dragged: a small component of our own.

The pictures go to the browser as the very bytes that a download has. Where a part is transparent, a
checkerboard is seen.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from seglib.images import Image, encode_jpeg
from seglib.ui.pack import Packed

Pixel = tuple[int, int]


@cache
def _file(name: str) -> str:
    return (Path(__file__).parent / "frontend" / name).read_text(encoding="utf-8")


# layers.js has the reader of the packed head
_SWIPE = st.components.v2.component(
    "seglib_swipe",
    html=_file("swipe.html"),
    css=_file("swipe.css"),
    js=_file("layers.js") + _file("swipe.js"),
)


@dataclass(frozen=True)
class Side:
    """One of the two pictures.

    Parameters
    ----------
    data : bytes
        A PNG or JPEG file.
    title : str
        In a corner of the picture.
    alt : str
        For those who cannot see it.
    """

    data: bytes
    title: str
    alt: str

    @property
    def mime(self) -> str:
        """Media type, by the first bytes."""
        return "image/png" if self.data.startswith(b"\x89PNG") else "image/jpeg"


def photo(image: Image) -> bytes:
    """Return a picture as it came, as a JPEG file for one of the sides."""
    return _photo(image.digest, image)


@st.cache_resource(max_entries=6, ttl="20m", show_spinner=False)
def _photo(digest: str, _image: Image) -> bytes:
    return encode_jpeg(_image.pixels, 92)


def pack(
    before: Side,
    after: Side,
    size: tuple[int, int],
    *,
    swipe: bool = True,
    box: tuple[int, int, int, int] | None = None,
    pixel: Pixel | None = None,
    pick: bool = False,
) -> Packed:
    """Put two pictures of one size (width, height) together for the browser; see :func:`show`."""
    sides = {"before": before, "after": after}
    offset, parts = 0, {}
    for name, side in sides.items():
        parts[name] = (offset, len(side.data))
        offset += len(side.data)
    head: dict[str, Any] = {
        "size": size,
        "parts": parts,
        "types": {name: side.mime for name, side in sides.items()},
        "stamps": {name: f"{zlib.crc32(side.data):08x}" for name, side in sides.items()},
        "titles": [side.title for side in sides.values()],
        "alts": {name: side.alt for name, side in sides.items()},
        "swipe": swipe,
        "box": box,
        "pixel": pixel,
        "pick": pick,
    }
    return Packed(head, before.data + after.data)


def show(packed: Packed, key: str, *, picked: Callable[[Pixel], None] | None = None) -> None:
    """Draw the two pictures.

    Parameters
    ----------
    packed : Packed
        From :func:`pack`. ``swipe`` says whether there is a divider or ``after`` alone, ``box`` is
        an outline (x, y, width, height), ``pixel`` a marked pixel, ``pick`` whether a click
        chooses one; all in pixels of the pictures.
    key : str
        Of the component, unique on its page.
    picked : callable, optional
        Called with the pixel that was clicked.
    """

    def clicked() -> None:
        component = st.session_state.get(key)
        found = parse(getattr(component, "pixel", None) if component else None, packed.head["size"])
        if found is not None and picked is not None:
            picked(found)

    _SWIPE(key=key, data=packed.blob(), on_pixel_change=clicked)


def parse(report: Any, size: tuple[int, int]) -> Pixel | None:
    """Return the pixel that a browser reported, or ``None`` where it makes no sense.

    The report comes from outside and may hold anything.
    """
    if not isinstance(report, dict):
        return None
    place = report.get("x"), report.get("y")
    for value, limit in zip(place, size, strict=True):
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < limit:
            return None
    return int(place[0] or 0), int(place[1] or 0)
