"""The picture one draws on, in the browser: everything goes there in one block of bytes.

Back come strokes as numbers, each with a running number, and again until they are answered: hands
that are quicker than the server lose nothing, and nothing counts twice.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.annotate.editor import EMPTY
from seglib.annotate.strokes import Stroke, parse
from seglib.errors import ShapeError
from seglib.images import encode_jpeg
from seglib.labels import LabelSet
from seglib.ui.annotate.subject import Subject
from seglib.ui.annotate.tools import BY_NAME
from seglib.ui.annotate.work import Mark

KEY = "annotate_pad"
MAX_ITEMS = 60
MAX_POINTS = 5_000
_MOUNTS = 8


@cache
def _file(name: str) -> str:
    return (Path(__file__).parents[1] / "frontend" / name).read_text(encoding="utf-8")


PARTS = ("layers.js", "annotate_layers.js", "annotate_draft.js", "annotate.js")
"""The script, in order."""

_PAD = st.components.v2.component(
    "seglib_annotate",
    html=_file("annotate.html"),
    css=_file("annotate.css"),
    js="".join(map(_file, PARTS)),
)


@dataclass(frozen=True)
class Received:
    """Something that the browser sent.

    Parameters
    ----------
    tool : str
        Name of the tool that was open when it was drawn.
    stroke : Stroke or None
        What was drawn.
    action : str
        ``undo`` or ``redo`` from the keyboard, else empty.
    problem : str
        Why it makes no sense, else empty.
    """

    tool: str
    stroke: Stroke | None = None
    action: str = ""
    problem: str = ""


def photo_id(subject: Subject) -> str:
    """Identity of the picture in the browser."""
    return f"{zlib.crc32(subject.key.encode()):08x}-{subject.size[0]}x{subject.size[1]}"


def inbox(photo: str) -> list[Received]:
    """Return what has been drawn since the last call; each stroke comes once.

    The report comes from outside and may hold anything. What was drawn on another picture is
    dropped.
    """
    component = st.session_state.get(KEY)
    report = component.get("strokes") if component else None
    return _taken(report, photo, _seen())


def _seen() -> dict[str, int]:
    """Last number answered, of each mount of the pad."""
    seen: dict[str, int] = st.session_state.setdefault("_annotate_seen", {})
    return seen


def _taken(report: Any, photo: str, seen: dict[str, int]) -> list[Received]:
    if not isinstance(report, dict):
        return []
    mount, items = report.get("mount"), report.get("items")
    if not isinstance(mount, str) or not 0 < len(mount) <= 16 or not isinstance(items, list):
        return []
    found = []
    for item in items[:MAX_ITEMS]:
        number = item.get("seq") if isinstance(item, dict) else None
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**31:
            continue
        if number <= seen.get(mount, 0):
            continue
        seen[mount] = number
        if report.get("photo") == photo:
            found.append(_one(item))
    seen[mount] = seen.pop(mount, 0)
    while len(seen) > _MOUNTS:
        seen.pop(next(iter(seen)))
    return found


def _one(item: dict[str, Any]) -> Received:
    tool = item.get("tool")
    if not isinstance(tool, str) or tool not in BY_NAME:
        return Received("", problem="the stroke belongs to no tool")
    if item.get("action") in ("undo", "redo"):
        return Received(tool, action=item["action"])
    try:
        return Received(tool, parse(item.get("stroke"), max_points=MAX_POINTS))
    except ShapeError as error:
        return Received(tool, problem=str(error))


def show(
    subject: Subject,
    labels: NDArray[np.uint8],
    label_set: LabelSet,
    *,
    owner: str,
    tool: str,
    color: tuple[int, int, int],
    hint: str | None = None,
    radius: float = 8.0,
    drag: bool = False,
    opacity: float = 0.55,
    pieces: NDArray[np.int32] | None = None,
    proposal: NDArray[np.bool_] | None = None,
    truth: NDArray[np.bool_] | None = None,
    marks: tuple[Mark, ...] = (),
) -> None:
    """Draw the picture to annotate.

    Parameters
    ----------
    subject : Subject
        The picture.
    labels : (H, W) uint8
        The map; 255 is empty.
    label_set : LabelSet
        Gives names and colours.
    owner, tool : str
        Tool of the page, and what the pointer does: ``brush``, ``polygon``, ``bezier``,
        ``ellipse``, ``rect``, ``box``, ``click`` or ``none``.
    color : (r, g, b)
        Of what is being drawn.
    hint : str, optional
        Said under the picture.
    radius : float
        Of the brush, pixels of the picture.
    drag : bool
        Whether a click may be dragged over several pieces.
    opacity : float
        Of the map over the picture, 0..1.
    pieces, proposal, truth : (H, W) arrays, optional
        Borders of pieces; what would be painted; where the class truly is.
    marks : tuple of Mark
        Drawn green (object) and orange (not).
    """
    parts: dict[str, bytes] = {
        "photo": _photo(subject.key, subject.size, subject.pixels),
        "labels": zlib.compress(np.ascontiguousarray(labels).data, 1),
        "palette": zlib.compress(np.ascontiguousarray(label_set.palette[:256]).data, 1),
    }
    if pieces is not None:
        parts["regions"] = zlib.compress(np.ascontiguousarray(pieces, np.uint32).data, 1)
    if proposal is not None:
        parts["proposal"] = zlib.compress(proposal.view(np.uint8).tobytes(), 1)
    if truth is not None:
        parts["truth"] = zlib.compress(truth.view(np.uint8).tobytes(), 1)
    places, offset = {}, 0
    for name, data in parts.items():
        places[name] = (offset, len(data), f"{zlib.crc32(data):08x}")
        offset += len(data)
    seen = _seen()
    mount = next(reversed(seen), "")
    head = {
        "size": subject.size,
        "photo_id": photo_id(subject),
        "photo_type": "image/jpeg",
        "owner": owner,
        "tool": tool,
        "hint": hint,
        "radius": radius,
        "drag": drag,
        "color": color,
        "opacity": opacity,
        "empty": EMPTY,
        "names": {str(label.id): label.name for label in label_set} | {str(EMPTY): "empty"},
        "marks": [_mark(mark) for mark in marks],
        "alt": f"{subject.title}: draw on it with the chosen tool. Arrow keys move, space presses.",
        "ack": {"mount": mount, "seq": seen.get(mount, 0)},
        "parts": places,
    }
    text = json.dumps(head, separators=(",", ":")).encode()
    blob = b"".join((struct.pack("<I", len(text)), text, *parts.values()))
    _PAD(key=KEY, data=blob, on_strokes_change=_nothing)


@st.cache_resource(max_entries=8, ttl="20m", show_spinner=False)
def _photo(key: str, size: tuple[int, int], _pixels: NDArray[np.uint8]) -> bytes:
    return encode_jpeg(_pixels, 90)


def _mark(mark: Mark) -> dict[str, Any]:
    stroke = mark.stroke
    return {
        "kind": stroke.kind,
        "points": [round(value, 2) for point in stroke.points for value in point],
        "radius": stroke.radius,
        "radii": stroke.radii,
        "angle": stroke.angle,
        "side": mark.inside,
    }


def _nothing() -> None:
    """Stand in as the callback that lets Streamlit know the name of the value."""
