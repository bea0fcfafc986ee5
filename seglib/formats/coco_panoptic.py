"""COCO's panoptic files: a PNG whose colours are segment ids, and a JSON that lists the segments.

A pixel's id is R + 256·G + 65536·B; 0 is void. Here colours *are* ids, so the PNG must be stored
without loss and without a palette.

Source: Kirillov et al., Panoptic Segmentation, CVPR 2019; panopticapi's ``rgb2id``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import FormatError, ImageError, LabelError
from seglib.formats import safe_json
from seglib.formats.coco_types import DEFAULT_LIMITS, CocoLimits
from seglib.formats.safe_json import shown
from seglib.images import encode_png
from seglib.images.decode import DEFAULT_LIMITS as PICTURE_LIMITS
from seglib.images.decode import Limits, decode_with
from seglib.labels import LabelSet
from seglib.results import Panoptic

MAX_ID = 2**24 - 1
"""Three bytes a pixel."""


def ids_to_colours(segment_ids: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return the picture of segment ids, ``(H, W, 3) uint8``.

    Examples
    --------
    >>> ids_to_colours(np.array([[1, 256, 65536 + 7]], np.int32)).tolist()
    [[[1, 0, 0], [0, 1, 0], [7, 0, 1]]]
    """
    if segment_ids.size and not 0 <= int(segment_ids.min()) <= int(segment_ids.max()) <= MAX_ID:
        raise FormatError(
            f"expected segment ids from 0 to {MAX_ID}, got {segment_ids.min()} to "
            f"{segment_ids.max()}"
        )
    wide = segment_ids.astype(np.uint32)
    return np.stack([wide & 255, wide >> 8 & 255, wide >> 16], axis=-1).astype(np.uint8)


def colours_to_ids(pixels: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return the segment ids of a picture, ``(H, W) int32``."""
    wide = pixels.astype(np.int32)
    ids: NDArray[np.int32] = wide[..., 0] + 256 * wide[..., 1] + 65536 * wide[..., 2]
    return ids


def write(
    panoptic: Panoptic,
    *,
    image_id: int = 1,
    file_name: str = "picture.png",
    png_name: str | None = None,
) -> tuple[bytes, bytes]:
    """Write the PNG and the JSON of one picture.

    Parameters
    ----------
    panoptic : Panoptic
    image_id : int
    file_name : str
        Of the picture.
    png_name : str, optional
        Of the PNG; that of the picture with ``.png`` by default.

    Returns
    -------
    bytes, bytes
        PNG and JSON.
    """
    width, height = panoptic.size
    segments = [
        {
            "id": segment.id,
            "category_id": segment.class_id,
            "area": segment.area,
            "bbox": [
                segment.box[0],
                segment.box[1],
                segment.box[2] - segment.box[0],
                segment.box[3] - segment.box[1],
            ],
            "iscrowd": 0,
        }
        for segment in panoptic.segments
    ]
    content = {
        "images": [{"id": image_id, "width": width, "height": height, "file_name": file_name}],
        "annotations": [
            {
                "image_id": image_id,
                "file_name": png_name or str(Path(file_name).with_suffix(".png")),
                "segments_info": segments,
            }
        ],
        "categories": [
            {
                "id": label.id,
                "name": label.name,
                "supercategory": "thing" if label.thing else "stuff",
                "isthing": int(label.thing),
                "color": list(label.color),
            }
            for label in panoptic.label_set
        ],
    }
    png = encode_png(ids_to_colours(panoptic.segment_ids))
    return png, json.dumps(content, separators=(",", ":")).encode()


def join(documents: Iterable[bytes]) -> bytes:
    """Put JSON files that :func:`write` made, of the same categories, into one.

    Raises
    ------
    FormatError
        There is none, or the categories differ.
    """
    parts = [json.loads(document) for document in documents]
    if not parts:
        raise FormatError("expected at least one file to join, got none")
    if any(part["categories"] != parts[0]["categories"] for part in parts):
        raise FormatError("expected files of the same categories")
    content = {
        "images": [image for part in parts for image in part["images"]],
        "annotations": [row for part in parts for row in part["annotations"]],
        "categories": parts[0]["categories"],
    }
    return json.dumps(content, separators=(",", ":")).encode()


def read(
    png: bytes,
    data: bytes,
    label_set: LabelSet,
    *,
    image_id: int | None = None,
    limits: CocoLimits = DEFAULT_LIMITS,
    picture_limits: Limits = PICTURE_LIMITS,
) -> Panoptic:
    """Read the PNG and the JSON of one picture.

    Parameters
    ----------
    png, data : bytes
        From anybody.
    label_set : LabelSet
        What the category ids mean.
    image_id : int, optional
        Which annotation of the JSON; the first one by default.
    limits, picture_limits
        Checked before anything is decoded.

    Raises
    ------
    FormatError
        A file breaks the rules: the message names the place.
    LabelError
        A category is not in ``label_set``.
    """
    content = safe_json.parse(data, max_bytes=limits.max_bytes, max_depth=limits.max_depth)
    rows = content.get("annotations") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not rows:
        raise FormatError("expected an object with a list of annotations")
    index, row = _row(rows, image_id)
    classes = _segments(row.get("segments_info"), f"annotations[{index}].segments_info")
    try:
        pixels = decode_with(_rgb, png, kinds=("PNG",), limits=picture_limits)
    except ImageError as error:
        raise FormatError(str(error)) from None
    ids = colours_to_ids(pixels)
    present = set(np.unique(ids).tolist()) - {0}
    if strange := sorted(present - classes.keys()):
        raise FormatError(
            f"expected every id of the picture in annotations[{index}].segments_info, "
            f"got {strange[0]} in the picture alone"
        )
    if missing := sorted(classes.keys() - present):
        raise FormatError(
            f"expected every segment of annotations[{index}].segments_info in the picture, "
            f"got none with id {missing[0]}"
        )
    for segment_id, class_id in classes.items():
        try:
            label_set.label(class_id)
        except LabelError as error:
            raise LabelError(f"segment {segment_id}: {error}") from None
    return Panoptic.from_ids(ids, classes, label_set)


def _rgb(picture: Any, _kind: str) -> NDArray[np.uint8]:
    if picture.mode != "RGB":
        raise FormatError(f"expected an RGB PNG of segment ids, got one of mode {picture.mode}")
    picture.load()
    return np.array(picture, np.uint8)


def _row(rows: list[Any], image_id: int | None) -> tuple[int, dict[str, Any]]:
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise FormatError(f"annotations[{index}]: expected an object, got {shown(row)}")
        if image_id is None or row.get("image_id") == image_id:
            return index, row
    raise FormatError(f"no annotation belongs to the picture {image_id}")


def _segments(rows: Any, place: str) -> dict[int, int]:
    if not isinstance(rows, list):
        raise FormatError(f"{place}: expected a list, got {shown(rows)}")
    classes: dict[int, int] = {}
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise FormatError(f"{place}[{index}]: expected an object, got {shown(row)}")
        for key in ("id", "category_id"):
            value = row.get(key)
            if isinstance(value, bool) or not isinstance(value, int):
                raise FormatError(
                    f"{place}[{index}].{key}: expected a whole number, got {shown(value)}"
                )
        own = row["id"]
        if not 1 <= own <= MAX_ID:
            raise FormatError(f"{place}[{index}].id: expected 1 to {MAX_ID}, got {shown(own)}")
        if own in classes:
            raise FormatError(f"{place}[{index}].id: the id {own} is there twice")
        classes[own] = row["category_id"]
    return classes
