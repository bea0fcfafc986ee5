"""From one label format to another, and what is lost on the way."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seglib.formats import polygons, rle, voc
from seglib.formats.coco_results import Form, from_semantic, to_semantic
from seglib.formats.coco_types import CocoFile
from seglib.formats.polygons import Outline, Polygon
from seglib.images import encode_png
from seglib.labels import LabelSet
from seglib.results import SemanticMap

_DAY = (2000, 1, 1, 0, 0, 0)


@dataclass(frozen=True, eq=False)
class Loss:
    """One mask as polygons and back.

    Parameters
    ----------
    title : str
        What the mask is of.
    pixels : int
        Of the mask.
    kept : int
        Pixels of the mask that the polygons cover as well.
    invented : int
        Pixels that only the polygons cover.
    corners, parts, holes, dropped : int
        Points of all polygons; polygons; holes filled in; parts too small for three corners.
    runs : int
        Run lengths that hold the same mask without loss.
    polygons : tuple of (N, 2) float64
    """

    title: str
    pixels: int
    kept: int
    invented: int
    corners: int
    parts: int
    holes: int
    dropped: int
    runs: int
    polygons: tuple[Polygon, ...]

    @property
    def iou(self) -> float:
        """Intersection over union; ``nan`` where both are empty."""
        union = self.pixels + self.invented
        return self.kept / union if union else float("nan")


def polygon_loss(
    title: str, mask: NDArray[np.bool_], *, tolerance: float = 0.0, outline: Outline = "edges"
) -> Loss:
    """Turn a mask into polygons and back, and count what changed.

    Parameters
    ----------
    title : str
    mask : (H, W) bool
    tolerance, outline
        As for :func:`seglib.formats.polygons.from_mask`.
    """
    traced = polygons.from_mask(mask, tolerance=tolerance, outline=outline)
    size = (mask.shape[1], mask.shape[0])
    again = polygons.to_mask(traced.polygons, size) if traced.polygons else np.zeros_like(mask)
    return Loss(
        title,
        pixels=int(np.count_nonzero(mask)),
        kept=int(np.count_nonzero(mask & again)),
        invented=int(np.count_nonzero(again & ~mask)),
        corners=traced.corners,
        parts=len(traced.polygons),
        holes=traced.holes,
        dropped=traced.dropped,
        runs=len(rle.encode(mask)),
        polygons=traced.polygons,
    )


def voc_to_coco(
    data: bytes,
    label_set: LabelSet,
    *,
    form: Form = "rle",
    tolerance: float = 0.0,
    file_name: str = "picture.jpg",
) -> CocoFile:
    """Turn a VOC label file into a COCO file: one annotation a class, void left out.

    Raises
    ------
    FormatError, LabelError
        As for :func:`seglib.formats.voc.read`.
    """
    labels = SemanticMap(voc.read(data, label_set=label_set), label_set)
    return from_semantic(labels, file_name=file_name, form=form, tolerance=tolerance)


def coco_to_voc(file: CocoFile, image_id: int, label_set: LabelSet | None = None) -> bytes:
    """Turn the annotations of a picture into a VOC label file; pixels of none become void.

    Which object is which is lost, and of overlapping annotations the larger one underneath.

    Raises
    ------
    FormatError
        A category id is over 254: a byte cannot hold it beside void.
    """
    result = to_semantic(file, image_id, label_set)
    return voc.write(result.labels, result.label_set)


def masks_zip(masks: Iterable[tuple[str, NDArray[np.bool_]]]) -> bytes:
    """Return a ZIP archive with a PNG of 0 and 255 for each named mask.

    The same masks give the same bytes.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (title, mask) in enumerate(masks, start=1):
            stem = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40] or "mask"
            entry = zipfile.ZipInfo(f"{number:03d}-{stem}.png", _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, encode_png(mask.astype(np.uint8) * np.uint8(255)))
    return file.getvalue()
