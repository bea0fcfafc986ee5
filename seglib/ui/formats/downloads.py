"""The file in other formats."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.errors import FormatError, LabelError
from seglib.formats import coco, convert, voc
from seglib.results import SemanticMap
from seglib.ui.formats import state
from seglib.ui.formats.state import Opened, Subject

_MOST_MASKS = 500


def buttons(now: Opened) -> None:
    """Draw the download buttons; each file is made at the click."""
    known = state.subjects(now)
    if not known:
        return
    stem = "labels"
    rows: list[tuple[str, str, Callable[[], bytes], str, str]] = []
    as_voc = _voc(now)
    if as_voc is not None:
        rows.append(
            (
                "VOC",
                "Indexed PNG; which object is which is lost, overlaps too.",
                as_voc,
                f"{stem}.png",
                "image/png",
            )
        )
    rows += [
        (
            "COCO, runs",
            "JSON with run lengths: no pixel is lost.",
            lambda: coco.write(_coco(now, "rle")),
            f"{stem}-runs.json",
            "application/json",
        ),
        (
            "COCO, polygons",
            "JSON with polygons at the tolerance of “Convert”; holes are filled.",
            lambda: coco.write(_coco(now, "polygons")),
            f"{stem}-polygons.json",
            "application/json",
        ),
        (
            "Masks",
            f"ZIP of a black and white PNG each, at most {_MOST_MASKS}.",
            lambda: _masks(known),
            f"{stem}-masks.zip",
            "application/zip",
        ),
    ]
    with st.container(horizontal=True, gap="small"):
        for label, text, data, name, mime in rows:
            st.download_button(
                label,
                data=data,
                file_name=name,
                mime=mime,
                help=text,
                icon=":material/download:",
                on_click="ignore",
                key=f"fm_download_{label}",
            )


def _voc(now: Opened) -> Callable[[], bytes] | None:
    """Return what writes the VOC file; ``None`` where a byte cannot hold the ids."""
    if now.kind == "voc":
        return lambda: now.data
    image = state.image(now)
    file = now.file
    if file is None or image is None:
        return None
    highest = max((category.id for category in file.categories), default=0)
    lowest = min((category.id for category in file.categories), default=0)
    if highest >= voc.VOID or lowest < 0:
        return None
    return lambda: convert.coco_to_voc(file, image.id)


def _coco(now: Opened, form: coco.Form) -> coco.CocoFile:
    """Return the picture that is looked at as a COCO file."""
    tolerance = state.tolerance() if form == "polygons" else 0.0
    if now.inside is not None:
        labels = now.inside.indices.copy()
        known = {label.id for label in now.label_set}
        labels[~_among(labels, known)] = voc.VOID
        result = SemanticMap(labels, now.label_set)
        return coco.from_semantic(result, file_name="picture.jpg", form=form, tolerance=tolerance)
    image = state.image(now)
    if now.file is None or image is None:
        raise LabelError("the file has no picture")
    rows = []
    for subject in state.subjects(now):
        row = subject.annotation
        if row is None:
            continue
        mask = row.mask(image.size)
        if not mask.any():
            continue
        try:
            made = coco.annotation(
                mask,
                id=row.id,
                image_id=image.id,
                category_id=row.category_id,
                form="counts" if row.iscrowd else form,
                tolerance=tolerance,
                iscrowd=row.iscrowd,
                score=row.score,
            )
        except FormatError:
            continue  # simplified to nothing
        rows.append(made)
    return coco.CocoFile((image,), tuple(rows), now.file.categories)


def _among(labels: NDArray[np.uint8], known: set[int]) -> NDArray[np.bool_]:
    table = np.zeros(256, bool)
    table[sorted(value for value in known if value < 256)] = True
    table[voc.VOID] = True
    found: NDArray[np.bool_] = table[labels]
    return found


def _masks(known: tuple[Subject, ...]) -> bytes:
    return convert.masks_zip((each.title, each.mask()) for each in known[:_MOST_MASKS])
