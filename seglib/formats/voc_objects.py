"""Pascal VOC's second label file: which object a pixel belongs to.

``SegmentationObject/NAME.png`` beside ``SegmentationClass/NAME.png``: an indexed PNG whose byte is
the number of the object, 1 to 254; 0 is background.

Source: Everingham et al., The PASCAL Visual Object Classes Challenge, IJCV 2010.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage

from seglib.errors import FormatError, ShapeError
from seglib.formats.voc import VOID, rule_color


def write(ids: NDArray[np.integer[Any]]) -> bytes:
    """Encode the numbers of objects as an indexed PNG with Pascal VOC's colours.

    Parameters
    ----------
    ids : (H, W) integer
        Number of the object that each pixel shows, 0 for none: ``render.instance_ids``.

    Raises
    ------
    FormatError
        A number is over 254: one byte cannot hold it beside background and void.
    """
    if ids.ndim != 2 or not ids.size or ids.dtype.kind not in "iu":
        raise ShapeError(f"expected object numbers (H, W) integer, got {ids.shape} {ids.dtype}")
    most = int(ids.max())
    if most >= VOID:
        raise FormatError(
            f"expected at most {VOID - 1} objects in a VOC file, got {most}: "
            "COCO's format has no such limit"
        )
    picture = PilImage.fromarray(ids.astype(np.uint8))
    picture.putpalette([value for number in range(256) for value in rule_color(number)])
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
