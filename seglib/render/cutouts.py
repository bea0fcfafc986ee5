"""Objects cut out of their picture: one with a transparent ground, or all of them in a ZIP."""

from __future__ import annotations

import io
import re
import zipfile

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.images import encode_png
from seglib.render._check import expect_picture
from seglib.results import Instances


def instance_cut_out(
    pixels: NDArray[np.uint8], instances: Instances, index: int
) -> NDArray[np.uint8]:
    """Cut one object out, to its tight box.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The picture, RGB.
    instances : Instances
        Of the same size.
    index : int
        Row of the object.

    Returns
    -------
    (h, w, 4) uint8
        RGBA at the picture's own size; alpha is 255 on the object and 0 elsewhere, where the
        colour is black, so that nothing of the ground is left. ``(1, 1, 4)`` for an empty mask.

    Raises
    ------
    ShapeError
        The picture is of another size or type.
    """
    expect_picture(pixels)
    height, width = pixels.shape[:2]
    if instances.size != (width, height):
        raise ShapeError(f"expected objects of {width} x {height} pixels, got {instances.size}")
    x0, y0, crop = instances.crop(index)
    high, wide = crop.shape
    if not crop.size:
        return np.zeros((1, 1, 4), np.uint8)
    out = np.zeros((high, wide, 4), np.uint8)
    out[crop, :3] = pixels[y0 : y0 + high, x0 : x0 + wide][crop]
    out[crop, 3] = 255
    return out


def cut_out_name(number: int, of: int, class_name: str, score: float) -> str:
    """Name of an object's file: ``03-cat-0.93.png``.

    Parameters
    ----------
    number : int
        From 1.
    of : int
        Objects in all: numbers have as many digits, and two at least, so that names sort.
    class_name : str
    score : float
        0..1.
    """
    digits = max(2, len(str(of)))
    word = re.sub(r"[^a-z0-9]+", "-", class_name.lower()).strip("-") or "object"
    return f"{number:0{digits}d}-{word}-{score:.2f}.png"


def cut_outs_zip(pixels: NDArray[np.uint8], instances: Instances) -> bytes:
    """Cut out all objects, one RGBA PNG each, numbered in the order of their rows.

    Objects without a pixel are left out. The same objects make the same bytes.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The picture, RGB.
    instances : Instances
        Of the same size.
    """
    names = {label.id: label.name for label in instances.label_set}
    file = io.BytesIO()
    # stored: PNG is packed already
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for index in np.flatnonzero(instances.areas).tolist():
            name = cut_out_name(
                index + 1,
                len(instances),
                names[int(instances.class_ids[index])],
                float(instances.scores[index]),
            )
            # a fixed date: without one, the same cut-outs would be another file each second
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, encode_png(instance_cut_out(pixels, instances, index)))
    return file.getvalue()
