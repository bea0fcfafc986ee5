"""A picture and its objects in one block of bytes: photograph, id map, table of rows.

The block is that of :mod:`seglib.ui.pack`; the id map and the table are deflated, so that ten
thousand objects stay a few hundred kilobytes.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.images import Image, encode_jpeg, resize
from seglib.render import instance_color
from seglib.render.id_map import MOST, crop_at, instance_ids
from seglib.results import Instances
from seglib.ui.pack import Packed, display_size

__all__ = ["MOST", "chosen", "pack"]

_CYCLE = 28
"""Colours of objects before they come again, see :func:`seglib.render.instance_color`."""


def pack(image: Image, instances: Instances, *, alt: str) -> Packed:
    """Pack a picture with its objects.

    Parameters
    ----------
    image : Image
        The picture.
    instances : Instances
        Of the same size, best first, at most 65,535.
    alt : str
        What the picture shows, for those who cannot see it.
    """
    size = display_size(image.size)
    small = image.pixels if size == image.size else resize(image.pixels, size)
    ids = instance_ids(instances, size)
    rows = {
        "classes": instances.class_ids.tolist(),
        "scores": np.round(instances.scores.astype(np.float64), 3).tolist(),
        "areas": instances.areas.tolist(),
        "boxes": np.round(instances.boxes.astype(np.float64), 1).tolist(),
    }
    parts = {
        "photo": encode_jpeg(small, 90),
        "ids": zlib.compress(ids.astype("<u2").tobytes(), 1),
        "rows": zlib.compress(json.dumps(rows, separators=(",", ":")).encode(), 1),
    }
    places, offset = {}, 0
    for name, data in parts.items():
        places[name] = (offset, len(data))
        offset += len(data)
    present = sorted(set(rows["classes"]))
    head: dict[str, Any] = {
        "id": f"{image.digest[:16]}-{zlib.crc32(parts['ids']):08x}{zlib.crc32(parts['rows']):08x}",
        "size": size,
        "source": image.size,
        "alt": alt,
        "photo_type": "image/jpeg",
        "count": len(instances),
        "names": {str(label.id): label.name for label in map(instances.label_set.label, present)},
        "class_colors": {
            str(label.id): label.color for label in map(instances.label_set.label, present)
        },
        "cycle": [instance_color(number) for number in range(_CYCLE)],
        "parts": places,
    }
    return Packed(head, b"".join(parts.values()))


def chosen(instances: Instances, row: int, size: tuple[int, int]) -> dict[str, Any]:
    """Return the whole mask of one object, the part under better objects too.

    Parameters
    ----------
    instances : Instances
    row : int
    size : (width, height)
        At which the picture is shown.
    """
    x, y, mask = crop_at(instances, row, size)
    bits: NDArray[np.uint8] = np.packbits(mask)
    return {
        "row": row,
        "box": [x, y, mask.shape[1], mask.shape[0]],
        "bits": base64.b64encode(zlib.compress(bits.tobytes(), 1)).decode(),
    }
