"""Files to take home: VOC, COCO and a plain mask, at the picture's own size."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from seglib.errors import FormatError
from seglib.formats import coco, voc
from seglib.images import encode_png
from seglib.results import SemanticMap
from seglib.ui import downloads
from seglib.ui.annotate.state import State
from seglib.ui.downloads import File
from seglib.ui.pack import nearest


def full(state: State) -> NDArray[np.uint8]:
    """Return the map at the picture's size: each pixel of the working map is copied."""
    return nearest(state.work.editor.labels, state.subject.full_size)


def stem(state: State) -> str:
    """Return a harmless file name."""
    title = state.subject.title.rsplit(".", 1)[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", title).strip("-") or "picture"


def voc_png(state: State) -> bytes:
    """Return the map as an indexed PNG; what is not annotated is 255, void."""
    return voc.write(full(state), state.label_set)


def mask_png(state: State) -> bytes:
    """Return the class chosen as a grey PNG: 255 is the class, 0 everything else."""
    mask = full(state) == state.label.id
    return encode_png(mask.astype(np.uint8) * np.uint8(255))


def coco_json(state: State) -> bytes:
    """Return COCO's JSON: an annotation each connected part of a thing, one each class of stuff.

    Parts are polygons where polygons hold them exactly, else (holes) run lengths.
    """
    labels = full(state)
    result = SemanticMap(labels, state.label_set)
    rows: list[coco.CocoAnnotation] = []
    for class_id in np.flatnonzero(result.pixel_counts()).tolist():
        mask = labels == class_id
        if state.label_set.label(class_id).thing:
            for part, corner in _parts(mask):
                if len(rows) >= MAX_PARTS:
                    raise FormatError(
                        f"expected at most {MAX_PARTS:,} objects in a COCO file: keep the largest "
                        "with morphology first"
                    )
                rows.append(_object(part, corner, len(rows) + 1, class_id, mask.shape))
        else:
            rows.append(coco.annotation(mask, id=len(rows) + 1, category_id=class_id, form="rle"))
    image = coco.CocoImage(1, *state.subject.full_size, f"{stem(state)}.png")
    file = coco.CocoFile((image,), tuple(rows), coco.categories_of(state.label_set))
    return coco.write(file)


def _parts(mask: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.bool_], tuple[int, int]]]:
    """Yield each connected part (8-neighbours), cut to its box, with the box' corner (x, y)."""
    import cv2

    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    for number in range(1, count):
        x, y, width, height, _area = (int(value) for value in stats[number])
        yield np.asarray(parts)[y : y + height, x : x + width] == number, (x, y)


def _object(
    part: NDArray[np.bool_],
    corner: tuple[int, int],
    id: int,
    class_id: int,
    shape: tuple[int, ...],
) -> coco.CocoAnnotation:
    """Write one part; it is cut out, because a picture may have thousands of small ones."""
    try:
        row = coco.annotation(part, id=id, category_id=class_id, form="polygons")
        exact = np.array_equal(row.mask((part.shape[1], part.shape[0])), part)
    except FormatError:
        exact = False
    if not exact:
        whole = np.zeros(shape, np.bool_)
        whole[corner[1] : corner[1] + part.shape[0], corner[0] : corner[0] + part.shape[1]] = part
        return coco.annotation(whole, id=id, category_id=class_id, form="rle")
    x, y, width, height = row.bbox
    polygons = tuple(ring + np.array(corner) for ring in row.segmentation)  # type: ignore[union-attr]
    return replace(row, segmentation=polygons, bbox=(x + corner[0], y + corner[1], width, height))


MAX_PARTS = 1_000


def buttons(state: State) -> None:
    """Draw the download buttons; each file is made at the click."""
    name = stem(state)
    width, height = state.subject.full_size
    at = f"at {width} × {height} px"
    own = re.sub(r"[^a-z0-9]+", "-", state.label.name)
    downloads.download_row(
        (
            File(
                "VOC PNG",
                f"{name}-labels.png",
                partial(voc_png, state),
                f"Indexed PNG {at}; 255 is not annotated.",
            ),
            File(
                "COCO JSON",
                f"{name}-coco.json",
                partial(_coco_or_reason, state),
                f"Each connected object of a thing class, each stuff class as a whole, {at}.",
            ),
            File(
                "Mask PNG",
                f"{name}-{own}.png",
                partial(mask_png, state),
                f"255 where {state.label.name} is, else 0, {at}.",
            ),
        ),
        "ann_get",
    )


def _coco_or_reason(state: State) -> bytes:
    """A download cannot show an error: the file then says what is wrong."""
    try:
        return coco_json(state)
    except FormatError as error:
        return (json.dumps({"error": str(error)}) + "\n").encode()
