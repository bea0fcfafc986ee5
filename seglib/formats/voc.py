"""Pascal VOC's label files: indexed PNG, one byte a pixel, with the palette inside.

The byte is the class id; 255 is void (the cream border around objects), which no metric judges.
The palette is for the eye only: ids are read from the indices, never from colours.

Source: Everingham et al., The PASCAL Visual Object Classes Challenge, IJCV 2010.
"""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage
from PIL import ImageFile

from seglib.errors import FormatError, ImageError, LabelError, ShapeError
from seglib.images.decode import DEFAULT_LIMITS, Limits, decode_with, read_bytes
from seglib.labels import LabelSet

VOID = 255
"""The index of pixels that are not judged."""

# PNG colour type and bits -> what to call it when it is not wanted.
_COLOUR_TYPES = {0: "grey", 2: "RGB", 3: "indexed", 4: "grey with alpha", 6: "RGB with alpha"}


def write(labels: NDArray[np.uint8] | NDArray[np.uint16], label_set: LabelSet) -> bytes:
    """Encode a label map as an indexed PNG.

    Parameters
    ----------
    labels : (H, W) uint8 or uint16
        Class ids; the label set's ignore label is written as 255.
    label_set : LabelSet
        Gives the palette.

    Returns
    -------
    bytes
        A PNG file, 8 bits an index, with all 256 palette entries.

    Raises
    ------
    LabelError
        An id is outside the label set.
    FormatError
        A class id is over 254: one byte cannot hold it beside void.
    ShapeError
        The array has another shape or type.
    """
    if labels.ndim != 2 or not labels.size or labels.dtype not in (np.uint8, np.uint16):
        raise ShapeError(
            f"expected labels (H, W) uint8 or uint16, got {labels.shape} {labels.dtype}"
        )
    label_set.check(labels)
    indices = labels
    if label_set.ignore not in (None, VOID):
        indices = np.where(labels == label_set.ignore, VOID, labels)
    classes = labels if label_set.ignore is None else labels[labels != label_set.ignore]
    if classes.size and int(classes.max()) >= VOID:
        raise FormatError(f"expected class ids up to 254 in a VOC file, got {int(classes.max())}")
    palette = label_set.palette[:256].copy()
    if label_set.ignore is not None and label_set.ignore < len(label_set.palette):
        palette[VOID] = label_set.palette[label_set.ignore]
    picture = PilImage.fromarray(np.ascontiguousarray(indices, np.uint8))
    picture.putpalette(palette.tobytes())
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def rule_color(number: int) -> tuple[int, int, int]:
    """Return the colour that VOC's rule gives a number.

    Three bits at a time; the lowest ones are the strongest red, green and blue.
    """
    color = [0, 0, 0]
    for bit in range(24):
        color[bit % 3] |= (number >> bit & 1) << (7 - bit // 3)
    return color[0], color[1], color[2]


def read(
    source: bytes | str | Path,
    *,
    label_set: LabelSet | None = None,
    expect_size: tuple[int, int] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> NDArray[np.uint8]:
    """Read class ids from an indexed PNG, or from an 8-bit grey one.

    Grey label files (CamVid's are) hold the id as brightness, so the byte is the id as well. No
    EXIF orientation and no transparency is applied: the indices come as they are stored.

    Parameters
    ----------
    source : bytes, str or Path
        The file's bytes (from anybody), or where it is.
    label_set : LabelSet, optional
        Checks the ids; 255 becomes its ignore label.
    expect_size : (width, height), optional
        Size of the picture that the labels belong to.
    limits : Limits
        As for pictures, checked before decoding.

    Returns
    -------
    (H, W) uint8

    Raises
    ------
    FormatError
        Not such a PNG, damaged, too large, or of another size than expected.
    LabelError
        Ids outside the label set, which are listed.
    """
    if isinstance(source, bytes):
        return _read(source, label_set, expect_size, limits)
    name = Path(source).name
    try:
        data = read_bytes(source, limits=limits)
    except ImageError as error:
        raise FormatError(str(error)) from error
    try:
        return _read(data, label_set, expect_size, limits)
    except (FormatError, LabelError) as error:
        raise type(error)(f"{name}: {error}") from error


def _read(
    data: bytes, label_set: LabelSet | None, expect_size: tuple[int, int] | None, limits: Limits
) -> NDArray[np.uint8]:
    try:
        labels = decode_with(partial(_indices, data=data), data, kinds=("PNG",), limits=limits)
    except ImageError as error:
        raise FormatError(str(error)) from error
    height, width = labels.shape
    if expect_size is not None and (width, height) != tuple(expect_size):
        raise FormatError(
            f"expected labels of the picture's size {expect_size[0]} × {expect_size[1]}, "
            f"got {width} × {height}"
        )
    if label_set is None:
        return labels
    if label_set.ignore is not None and label_set.ignore < VOID:
        labels[labels == VOID] = label_set.ignore
    label_set.check(labels)
    return labels


def _indices(picture: ImageFile.ImageFile, _kind: str, *, data: bytes) -> NDArray[np.uint8]:
    # Asked of the header, not of Pillow's mode: Pillow spreads 2 and 4 bits of grey over 0..255.
    bits, colour_type = data[24:26] if data[12:16] == b"IHDR" else (0, -1)
    if colour_type != 3 and (colour_type, bits) != (0, 8):
        what = _COLOUR_TYPES.get(colour_type, "unknown")
        raise FormatError(
            f"expected an indexed PNG (or an 8-bit grey one), got {bits}-bit {what}: "
            "class ids cannot be read from colours"
        )
    picture.load()
    return np.array(picture, dtype=np.uint8)
