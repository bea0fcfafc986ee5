"""The file that is open: read once, looked at in many ways."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.errors import ImageError, LabelError
from seglib.formats import coco, voc, voc_inside
from seglib.formats.findings import Finding
from seglib.formats.polygons import OUTLINES, Polygon
from seglib.formats.voc_inside import VocInside
from seglib.images import Image, decode
from seglib.labels import ALL, VOC_21, LabelSet
from seglib.ui import address, picker, stepper
from seglib.ui.address import Param, integer, one_of
from seglib.ui.formats import builtin

KINDS = {"voc": "VOC PNG", "coco": "COCO JSON"}
SOURCES = {"good": "Built in", "broken": "With mistakes", "upload": "Yours"}
FORMATS = {**KINDS, "panoptic": "COCO panoptic"}
VIEWS = {
    "inside": "Inside",
    "points": "Polygon",
    "runs": "Run lengths",
    "convert": "Convert",
    "draw": "Draw",
}
LOOKS = {"colours": "Colours", "indices": "Indices", "void": "Void"}
OUTLINE_TITLES = {"edges": "Along pixel edges", "centres": "Through pixel centres"}
LABEL_SETS = {each.name: each for each in ALL if each.num_classes <= 255}
MOST = 5_000
"""Objects that can be chosen from."""

KIND = Param("fm_kind", "voc", one_of(*FORMATS))
SOURCE = Param("fm_source", "good", one_of(*SOURCES))
VIEW = Param("fm_view", "inside", one_of(*VIEWS))
LOOK = Param("fm_look", "colours", one_of(*LOOKS))
LABELS = Param("fm_labels", "voc-21", one_of(*LABEL_SETS))
IMAGE = Param("fm_image", "0", integer(0, 10**9 - 1))
ROW = Param("fm_row", "0", integer(0, MOST - 1))
TOLERANCE = Param("fm_tolerance", "10", integer(0, 80))
OUTLINE = Param("fm_outline", "edges", one_of(*OUTLINES))
X = Param("fm_x", "42", integer(0, 100))
Y = Param("fm_y", "69", integer(0, 100))
STEP = stepper.param("fm_run")
PARAMS = (KIND, SOURCE, VIEW, LOOK, LABELS, IMAGE, ROW, TOLERANCE, OUTLINE, X, Y, STEP)


@dataclass(frozen=True, eq=False)
class Subject:
    """One mask of the file.

    Parameters
    ----------
    title : str
    color : (r, g, b)
    mask : callable
        Returns ``(H, W) bool``; decoded when asked for.
    polygons : tuple of (N, 2) float64
        As the file has them; empty where it has run lengths or indices.
    annotation : CocoAnnotation or None
    """

    title: str
    color: tuple[int, int, int]
    mask: Callable[[], NDArray[np.bool_]]
    polygons: tuple[Polygon, ...] = ()
    annotation: coco.CocoAnnotation | None = None


@dataclass(frozen=True, eq=False)
class Opened:
    """The open file.

    Parameters
    ----------
    kind : {"voc", "coco"}
    name : str
    data : bytes
    findings : tuple of Finding
    inside : VocInside or None
        Of a VOC file that has indices.
    file : CocoFile or None
        What is good of a COCO file.
    picture : Image or None
        That it belongs to, where it is known and of the right size.
    label_set : LabelSet
        What indices mean.
    """

    kind: str
    name: str
    data: bytes
    findings: tuple[Finding, ...]
    inside: VocInside | None
    file: coco.CocoFile | None
    picture: Image | None
    label_set: LabelSet


def seed() -> int:
    """Return the seed of the built-in files: that of the street chosen in the sidebar."""
    return picker.current().seed or 28


def take(data: bytes, name: str, *, picture: bool = False) -> None:
    """Keep an uploaded file in the session."""
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    st.session_state["_fm_picture" if picture else "_fm_file"] = (name, digest, data)


def opened() -> Opened | None:
    """Return the open file, read once; ``None`` where none is uploaded yet."""
    kind, source = address.get(KIND), address.get(SOURCE)
    upload = st.session_state.get("_fm_file")
    if source == "upload" and upload is None:
        return None
    picture = st.session_state.get("_fm_picture")
    marker = (
        kind,
        source,
        address.get(LABELS) if kind == "voc" else "",
        seed() if source != "upload" or upload is None else upload[1],
        picture[1] if source == "upload" and picture is not None else "",
    )
    held: tuple[object, Opened] | None = st.session_state.get("_fm_open")
    if held is not None and held[0] == marker:
        return held[1]
    now = _read(kind, source)
    st.session_state["_fm_open"] = (marker, now)
    return now


def _read(kind: str, source: str) -> Opened:
    picture: Image | None = None
    more: list[Finding] = []
    if source == "upload":
        name, _, data = st.session_state["_fm_file"]
        picture, more = _uploaded_picture()
    else:
        number = seed()
        makers = {
            ("voc", "good"): builtin.voc_file,
            ("voc", "broken"): builtin.broken_voc,
            ("coco", "good"): builtin.coco_file,
            ("coco", "broken"): builtin.broken_coco,
        }
        data = makers[kind, source](number)
        name = f"street-{number:06d}.{'png' if kind == 'voc' else 'json'}"
        picture = builtin.picture(number)
    if kind == "voc":
        label_set = LABEL_SETS[address.get(LABELS)] if source == "upload" else VOC_21
        expect = picture.size if picture is not None else None
        inside, found = voc_inside.inspect(data, label_set=label_set, expect_size=expect)
        if inside is not None and picture is not None and inside.size != picture.size:
            picture = None
        return Opened(kind, name, data, (*more, *found), inside, None, picture, label_set)
    file, found = coco.inspect(data, masks=True)
    label_set = VOC_21
    if file is not None and file.categories:
        # Ids that no label set has: the default's colours do, and the rows are shown all the same.
        with suppress(LabelError):
            label_set = coco.label_set_of(file)
    return Opened(kind, name, data, (*more, *found), None, file, picture, label_set)


def _uploaded_picture() -> tuple[Image | None, list[Finding]]:
    held = st.session_state.get("_fm_picture")
    if held is None:
        return None, []
    name, _, data = held
    try:
        return decode(data), []
    except ImageError as error:
        return None, [Finding(name, "error", str(error))]


def images(now: Opened) -> tuple[coco.CocoImage, ...]:
    """Return the pictures of a COCO file, at most 5,000 of them."""
    return () if now.file is None else now.file.images[:MOST]


def image(now: Opened) -> coco.CocoImage | None:
    """Return the picture of a COCO file that is looked at."""
    known = images(now)
    if not known:
        return None
    return known[min(int(address.get(IMAGE)), len(known) - 1)]


def size(now: Opened) -> tuple[int, int] | None:
    """Return width and height of what is looked at; ``None`` where there is nothing."""
    if now.inside is not None:
        return now.inside.size
    chosen = image(now)
    return None if chosen is None else chosen.size


def photo(now: Opened) -> NDArray[np.uint8] | None:
    """Return the pixels of the picture, where it is there and has the right size."""
    if now.picture is None or now.picture.size != size(now):
        return None
    return now.picture.pixels


def subjects(now: Opened) -> tuple[Subject, ...]:
    """Return the masks of the file (of the picture that is looked at)."""
    if now.inside is not None:
        return _of_indices(now.inside, now.label_set)
    chosen = image(now)
    if now.file is None or chosen is None:
        return ()
    found = []
    for row in now.file.of_image(chosen.id)[:MOST]:
        name = now.file.category(row.category_id).name
        label = {each.id: each for each in now.label_set}.get(row.category_id)
        crowd = ", crowd" if row.iscrowd else ""
        found.append(
            Subject(
                f"#{row.id} {name}, {row.area:,.0f} px{crowd}",
                (128, 128, 128) if label is None else label.color,
                lambda row=row: row.mask(chosen.size),  # type: ignore[misc]
                row.segmentation if isinstance(row.segmentation, tuple) else (),
                row,
            )
        )
    return tuple(found)


def _of_indices(inside: VocInside, label_set: LabelSet) -> tuple[Subject, ...]:
    counts = inside.counts()
    names = {label.id: label.name for label in label_set} | {voc.VOID: "void"}
    found = []
    # Objects before background and void, the largest first: what one wants to look at.
    order = sorted(
        np.flatnonzero(counts).tolist(), key=lambda value: (value in (0, voc.VOID), -counts[value])
    )
    for value in order:
        color = (128, 128, 128)
        if inside.palette is not None and value < len(inside.palette):
            red, green, blue = inside.palette[value].tolist()
            color = (red, green, blue)
        found.append(
            Subject(
                f"{value} {names.get(value, 'no class')}, {counts[value]:,} px",
                color,
                lambda value=value: inside.indices == value,  # type: ignore[misc]
            )
        )
    return tuple(found)


def subject(known: tuple[Subject, ...]) -> Subject | None:
    """Return the mask that is chosen."""
    return known[min(int(address.get(ROW)), len(known) - 1)] if known else None


def tolerance() -> float:
    """Return the tolerance of simplifying in pixels."""
    return int(address.get(TOLERANCE)) / 10
