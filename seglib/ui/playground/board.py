"""The painting board: both maps in the browser, exact ids, reported at the end of each stroke."""

from __future__ import annotations

import json
import struct
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib import render
from seglib.labels import LabelSet
from seglib.labels.label_set import VOID_COLOR
from seglib.ui.playground.state import session

Labels = NDArray[np.uint8]
KEY = "playground_board"

CELL_COLOR = (0xF0, 0xE4, 0x42)
"""Okabe–Ito yellow: the pixels of the chosen cell."""
RING_TRUTH, RING_PREDICTION = render.FALSE_NEGATIVE, render.FALSE_POSITIVE
RING_BOTH = render.TRUE_POSITIVE
"""A ring's pixel of the truth alone is a miss, of the prediction alone a false alarm."""


@cache
def _file(name: str) -> str:
    return (Path(__file__).parents[1] / "frontend" / name).read_text(encoding="utf-8")


# The stage's store comes along for its two helpers, element and rgb.
_SCRIPTS = ("store.js", "playground_map.js", "playground_draw.js", "playground.js")
_BOARD = st.components.v2.component(
    "seglib_playground",
    html=_file("playground.html"),
    css=_file("playground.css"),
    js="".join(map(_file, _SCRIPTS)),
)


def pack(
    truth: Labels,
    prediction: Labels,
    ring: Labels,
    *,
    nonce: str,
    label_set: LabelSet,
    classes: tuple[int, ...],
    focus: int,
    cell: tuple[int, int] | None,
    backdrop: int,
    radius: int,
    alt: str,
) -> bytes:
    """Return everything the board draws in one block: a head as JSON, then deflated maps.

    Parameters
    ----------
    truth, prediction : (H, W) uint8
    ring : (H, W) uint8
        1 in the truth's ring, 2 in the prediction's, 3 in both.
    nonce : str
        The browser takes the maps over where it has not seen this; else it keeps its own.
    label_set : LabelSet
    classes : tuple of int
        Ids that can be painted.
    focus : int
        Class that is judged.
    cell : tuple of int, optional
        Truth and prediction of the pixels that are marked.
    backdrop : int
        What the eraser leaves.
    radius : int
        Of the ring, pixels.
    alt : str
        What is seen, in words.
    """
    parts, offset, body = {}, 0, []
    for name, array in (("truth", truth), ("prediction", prediction), ("ring", ring)):
        data = zlib.compress(np.ascontiguousarray(array).data, 1)
        parts[name] = (offset, len(data))
        offset += len(data)
        body.append(data)
    head: dict[str, Any] = {
        "nonce": nonce,
        "stamp": f"{zlib.crc32(b''.join(body)):08x}-{focus}-{cell}-{classes}",
        "size": (truth.shape[1], truth.shape[0]),
        "classes": [
            {"id": label.id, "name": label.name, "color": label.color}
            for label in label_set
            if label.id in classes
        ],
        "ignore": label_set.ignore,
        "void_color": VOID_COLOR,
        "focus": focus,
        "cell": cell,
        "backdrop": backdrop,
        "radius": radius,
        "alt": alt,
        "parts": parts,
        "colors": {
            "true_positive": render.TRUE_POSITIVE,
            "false_positive": render.FALSE_POSITIVE,
            "false_negative": render.FALSE_NEGATIVE,
            "cell": CELL_COLOR,
            "ring_truth": RING_TRUTH,
            "ring_prediction": RING_PREDICTION,
            "ring_both": RING_BOTH,
        },
    }
    text = json.dumps(head, separators=(",", ":")).encode()
    return b"".join((struct.pack("<I", len(text)), text, *body))


def show(blob: bytes) -> None:
    """Draw the board."""
    _BOARD(key=KEY, data=blob, on_edit_change=_reported)


def _reported() -> None:
    component = st.session_state.get(KEY)
    session().take(component.get("edit") if component else None)
