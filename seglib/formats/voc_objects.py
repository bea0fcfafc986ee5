"""Pascal VOC's second label file: which object a pixel belongs to.

``SegmentationObject/NAME.png`` beside ``SegmentationClass/NAME.png``: an indexed PNG whose byte is
the number of the object, 1 to 254; 0 is background. Objects cannot overlap there, so the better
score is on top.

Source: Everingham et al., The PASCAL Visual Object Classes Challenge, IJCV 2010.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage

from seglib.errors import FormatError
from seglib.formats.voc import rule_color
from seglib.results import Instances

MOST = 254
"""Objects that one byte can number beside background and void."""


def paint(instances: Instances) -> NDArray[np.int32]:
    """Return which object each pixel shows: ``(H, W) int32``, its row + 1, 0 for none.

    Where two overlap the better score is on top; of equal scores the first.
    """
    width, height = instances.size
    ids = np.zeros((height, width), np.int32)
    # painted from the worst to the best; reversed, so that the first of equals comes last
    for row in np.argsort(-instances.scores, kind="stable")[::-1].tolist():
        x0, y0, crop = instances.crop(row)
        ids[y0 : y0 + crop.shape[0], x0 : x0 + crop.shape[1]][crop] = row + 1
    return ids


def classes(instances: Instances) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return the class of the object that each pixel shows, ``(H, W)``; 0 where there is none."""
    wide = instances.label_set.num_classes > 255
    table = np.zeros(len(instances) + 1, np.uint16 if wide else np.uint8)
    table[1:] = instances.class_ids
    labels: NDArray[np.uint8] | NDArray[np.uint16] = table[paint(instances)]
    return labels


def write(instances: Instances) -> bytes:
    """Encode the numbers of the objects as an indexed PNG with Pascal VOC's colours.

    Raises
    ------
    FormatError
        There are more than 254 objects: one byte cannot number them.
    """
    if len(instances) > MOST:
        raise FormatError(
            f"expected at most {MOST} objects in a VOC file, got {len(instances)}: "
            "COCO's format has no such limit"
        )
    picture = PilImage.fromarray(paint(instances).astype(np.uint8))
    picture.putpalette([value for number in range(256) for value in rule_color(number)])
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
