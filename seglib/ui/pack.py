"""Everything the stage needs in one block of bytes.

Layout: the length of the head (little-endian uint32), the head (JSON, UTF-8), then the parts that
the head's ``parts`` names with offset and length. The photograph is a JPEG or PNG; maps are plain
bytes, deflated: they pass through no picture decoder, so no id can change on the way.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib import render
from seglib.images import Image, Placement, encode_jpeg, resize
from seglib.labels.label_set import VOID_COLOR
from seglib.results import SemanticMap
from seglib.ui import colors

MAX_SIDE = 1280
"""Pixels: a larger picture is shown smaller. Downloads keep its full size."""

_KEPT = 24
_STEP = 1 / 16

Labels = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True)
class Packed:
    """A picture and its results, ready for the browser.

    Parameters
    ----------
    head : mapping
        What the head says about the picture; a session adds its own state to it.
    body : bytes
        The parts, one after another.
    """

    head: Mapping[str, Any]
    body: bytes

    def blob(self, **session: Any) -> bytes:
        """Return the whole block with the session's own entries in the head."""
        head = json.dumps({**self.head, **session}, separators=(",", ":")).encode()
        return b"".join((struct.pack("<I", len(head)), head, self.body))


def display_size(size: tuple[int, int], *, max_side: int = MAX_SIDE) -> tuple[int, int]:
    """Width and height at which a picture is shown: its own where it is small enough."""
    scale = min(1.0, max_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def nearest(labels: Labels, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Label map at ``size`` (width, height): every pixel is copied, none is mixed.

    Parameters
    ----------
    labels : ndarray
        ``(H, W)`` ids under 256.

    Returns
    -------
    ndarray
        ``(h, w) uint8``, contiguous.
    """
    height, width = labels.shape
    rows = (np.arange(size[1]) * 2 + 1) * height // (2 * size[1])
    columns = (np.arange(size[0]) * 2 + 1) * width // (2 * size[0])
    if size == (width, height):
        return np.ascontiguousarray(labels, np.uint8)
    return np.ascontiguousarray(labels[rows[:, None], columns], np.uint8)


def smaller(result: SemanticMap, size: tuple[int, int]) -> SemanticMap:
    """Return a result at another size: labels copied, evidence as it is."""
    if size == result.size:
        return result
    placement = result.placement
    return SemanticMap(
        nearest(result.labels, size),
        result.label_set,
        logits=result.logits,
        placement=None if placement is None else replace(placement, source_size=size),
    )


def quantise(logits: NDArray[np.float32]) -> tuple[list[int], NDArray[np.uint8]]:
    """Logits as bytes: how far each class lies under the best one, in sixteenths.

    Softmax does not see an offset common to all classes, not even after interpolation between
    cells; so nothing but the rounding (1/32 at most) is lost down to a probability of 1e-7.

    Parameters
    ----------
    logits : ndarray
        ``(C, h, w) float32``.

    Returns
    -------
    list of int
        Class ids kept: all of them, or the 24 that come closest to winning somewhere.
    ndarray
        ``(kept, h, w) uint8``.
    """
    below = logits.max(axis=0, keepdims=True) - logits
    kept = np.arange(len(logits))
    if len(logits) > _KEPT:
        closest = below.reshape(len(logits), -1).min(axis=1)
        kept = np.sort(np.argsort(closest, kind="stable")[:_KEPT])
        below = below[kept]
    # Rounded by adding a half: np.rint costs a second pass over half a million values.
    steps = np.minimum(below * np.float32(1 / _STEP) + np.float32(0.5), np.float32(255))
    return [int(i) for i in kept], steps.astype(np.uint8)


def _box(placement: Placement | None, grid: tuple[int, int]) -> list[float]:
    """Where the picture lies on the network's output grid: x, y, width, height in cells."""
    width, height = grid
    if placement is None:
        return [0.0, 0.0, float(width), float(height)]
    sx, sy = width / placement.target_size[0], height / placement.target_size[1]
    x, y, w, h = placement.box
    return [x * sx, y * sy, w * sx, h * sy]


def heat_table() -> list[list[int]]:
    """Colours of the confidence map: 256 RGB rows from 0 to 1."""
    ramp = np.linspace(0.0, 1.0, 256, dtype=np.float32)[None]
    table: list[list[int]] = render.heat(ramp, low=0.0, high=1.0)[0].tolist()
    return table


def pack(
    image: Image,
    result: SemanticMap,
    *,
    alt: str,
    upsampling: str,
    truth: Labels | None = None,
    other: Labels | None = None,
) -> Packed:
    """Pack a picture with its segmentation.

    Parameters
    ----------
    image : Image
        The picture.
    result : SemanticMap
        Its segmentation, at the same size; logits are used where they were kept.
    alt : str
        What the picture shows, for those who cannot see it.
    upsampling : str
        ``"logits"`` or ``"labels"``: how ``result`` came from the network's grid.
    truth : ndarray, optional
        ``(H, W)`` ground truth of the same label set.
    other : ndarray, optional
        ``(H, W)`` the result with the other upsampling, for the map of changed pixels.

    Returns
    -------
    Packed
    """
    size = display_size(image.size)
    label_set = result.label_set
    parts: dict[str, bytes] = {}
    small = image.pixels if size == image.size else resize(image.pixels, size)
    parts["photo"] = encode_jpeg(small, 90)
    parts["labels"] = _deflate(nearest(result.labels, size))
    shows = ["classes"]
    if truth is not None:
        parts["truth"] = _deflate(nearest(truth, size))
        shows += ["truth", "errors"]
    head: dict[str, Any] = {}
    if result.logits is not None:
        kept, steps = quantise(result.logits)
        grid = (result.logits.shape[2], result.logits.shape[1])
        parts["scores"] = _deflate(steps)
        shows.append("confidence")
        head |= {
            "kept": kept,
            "grid": grid,
            "box": _box(result.placement, grid),
            "step": _STEP,
            "heat": heat_table(),
        }
    if other is not None:
        parts["other"] = _deflate(nearest(other, size))
        shows.append("changed")
    places, offset = {}, 0
    for name, data in parts.items():
        places[name] = (offset, len(data))
        offset += len(data)
    shares = result.shares()
    classes = [
        {
            "id": label.id,
            "name": label.name,
            "color": label.color,
            "share": None if np.isnan(shares[label.id]) else float(shares[label.id]),
        }
        for label in sorted(label_set, key=lambda label: -shares[label.id])
    ]
    head |= {
        "id": f"{image.digest[:16]}-{upsampling}-{zlib.crc32(parts['labels']):08x}",
        "size": size,
        "source": image.size,
        "alt": alt,
        "upsampling": upsampling,
        "photo_type": "image/jpeg",
        "classes": classes,
        "ignore": label_set.ignore,
        "void_color": VOID_COLOR,
        "shows": shows,
        "parts": places,
        "colors": {
            "true_positive": render.TRUE_POSITIVE,
            "false_positive": render.FALSE_POSITIVE,
            "false_negative": render.FALSE_NEGATIVE,
            "changed": colors.CHANGED,
        },
    }
    return Packed(head, b"".join(parts.values()))


def _deflate(array: NDArray[np.uint8]) -> bytes:
    # Level 1: this runs while a visitor waits, and label maps are small at any level.
    return zlib.compress(np.ascontiguousarray(array).data, 1)
