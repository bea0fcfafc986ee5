"""The file in other formats."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from seglib.errors import FormatError, LabelError
from seglib.formats import coco, convert, voc
from seglib.results import SemanticMap
from seglib.ui.downloads import File, download_row
from seglib.ui.formats import state
from seglib.ui.formats.state import Opened, Subject

_MOST_MASKS = 500


def buttons(now: Opened) -> None:
    """Draw the download buttons; each file is made at the click.

    It is made in a thread that knows no session: all that the address says is read here.
    """
    known = state.subjects(now)
    if not known:
        return
    image, tolerance = state.image(now), state.tolerance()
    stem = "labels"
    files = []
    as_voc = _voc(now)
    if as_voc is not None:
        what = "Indexed PNG; which object is which is lost, overlaps too."
        files.append(File("VOC", f"{stem}.png", as_voc, what))
    files += [
        File(
            "COCO, runs",
            f"{stem}-runs.json",
            lambda: coco.write(coco_file(now, known, image, "rle")),
            "JSON with run lengths: no pixel is lost.",
        ),
        File(
            "COCO, polygons",
            f"{stem}-polygons.json",
            lambda: coco.write(coco_file(now, known, image, "polygons", tolerance)),
            "JSON with polygons at the tolerance of “Convert”; holes are filled.",
        ),
        File(
            "Masks",
            f"{stem}-masks.zip",
            lambda: _masks(known),
            f"ZIP of a black and white PNG each, at most {_MOST_MASKS}.",
        ),
    ]
    download_row(files, "fm_download")


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


def coco_file(
    now: Opened,
    known: tuple[Subject, ...],
    image: coco.CocoImage | None,
    form: coco.Form,
    tolerance: float = 0.0,
) -> coco.CocoFile:
    """Return a picture of the file, with its masks, as a COCO file.

    Parameters
    ----------
    now : Opened
    known : tuple of Subject
        The masks of the picture.
    image : CocoImage or None
        The picture, in a COCO file.
    form : str
        How the masks are written.
    tolerance : float
        Of polygons, pixels.
    """
    if now.inside is not None:
        labels = now.inside.indices.copy()
        ids = {label.id for label in now.label_set}
        labels[~_among(labels, ids)] = voc.VOID
        result = SemanticMap(labels, now.label_set)
        return coco.from_semantic(result, file_name="picture.jpg", form=form, tolerance=tolerance)
    if now.file is None or image is None:
        raise LabelError("the file has no picture")
    rows = []
    for subject in known:
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
