"""Run-length encoding of masks as COCO writes it: column by column, background first.

A mask of 2 × 3 pixels is read down the first column, then down the second. The counts are the
lengths of the runs, and the first run is background even where it is empty::

    0 1 1        counts [2, 4]: two pixels of background, four of the object
    0 1 1

COCO also packs the counts into a string of printable characters: the differences to the count
before the last, five bits a character.

Sizes are (width, height) as everywhere in this library; COCO's files say ``[height, width]``.

Strings from strangers never reach pycocotools: its reader runs over the end of one that is cut
off. They are read here, and checked.

Source: Lin et al., Microsoft COCO, ECCV 2014; ``maskApi.c`` of pycocotools.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import FormatError, ShapeError
from seglib.formats._pycoco import coco_mask

Size = tuple[int, int]
Counts = NDArray[np.int64]

_MAX_CHARACTERS = 7
"""Characters a count: 35 bits, more than any picture has pixels."""


def encode(mask: NDArray[np.bool_]) -> Counts:
    """Return the counts of a mask.

    Parameters
    ----------
    mask : (H, W) bool

    Returns
    -------
    (R,) int64, read-only
        Background, object, background, … in column order; they sum to W · H.
    """
    if not isinstance(mask, np.ndarray) or mask.ndim != 2 or mask.dtype != np.bool_:
        got = f"{mask.shape} {mask.dtype}" if isinstance(mask, np.ndarray) else type(mask).__name__
        raise ShapeError(f"expected a mask (H, W) bool, got {got}")
    flat = np.ascontiguousarray(mask.T).reshape(-1)
    if not flat.size:
        raise ShapeError(f"expected a mask with pixels, got {mask.shape}")
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    start = [0, 0] if flat[0] else [0]
    counts = np.diff(np.concatenate([start, edges, [flat.size]])).astype(np.int64)
    counts.setflags(write=False)
    return counts


def encode_crop(x0: int, y0: int, mask: NDArray[np.bool_], size: Size) -> Counts:
    """Return the counts of a mask that is known only inside a box; all else is background.

    The same as :func:`encode` of the whole mask, in the time that the box takes.

    Parameters
    ----------
    x0, y0 : int
        Corner of the box in the picture, pixels.
    mask : (h, w) bool
        Inside the box.
    size : (width, height)
        Of the picture.

    Returns
    -------
    (R,) int64, read-only

    Raises
    ------
    ShapeError
        The box is not inside the picture.
    """
    width, height = size
    high, wide = mask.shape
    if x0 < 0 or y0 < 0 or x0 + wide > width or y0 + high > height or not width * height:
        raise ShapeError(
            f"expected a box inside {width} x {height} pixels, got {wide} x {high} at ({x0}, {y0})"
        )
    # one row more keeps the columns apart, so that a run that goes on in the next is cut there
    columns = np.zeros((wide, high + 1), np.int8)
    columns[:, :-1] = mask.T
    edges = np.flatnonzero(np.diff(columns.reshape(-1), prepend=0, append=0))
    column, row = np.divmod(edges, high + 1)
    places = (x0 + column) * height + y0 + row
    # a run to the foot of one column and one from the head of the next are one in the picture
    joined = np.flatnonzero(places[1:-1:2] == places[2::2]) * 2 + 1
    places = np.delete(places, np.concatenate([joined, joined + 1]))
    total = width * height
    if not places.size or places[-1] != total:
        places = np.append(places, total)
    counts = np.diff(places, prepend=0).astype(np.int64)
    counts.setflags(write=False)
    return counts


def check(counts: Sequence[int] | NDArray[Any], size: Size) -> Counts:
    """Return counts as an array after checking that they describe a mask of this size.

    Raises
    ------
    FormatError
        They are no whole numbers, negative, or do not sum to width × height.
    """
    width, height = size
    values = _whole(counts)
    if values.size and int(values.min()) < 0:
        at = int(np.argmax(values < 0))
        raise FormatError(f"expected run lengths from 0, got {values[at]} at place {at}")
    total, wanted = int(values.sum()), width * height
    if total != wanted:
        how = "longer" if total > wanted else "shorter"
        raise FormatError(
            f"expected runs that sum to {width} × {height} = {wanted:,} pixels, got {total:,}: "
            f"the code is {how} than the picture"
        )
    return values


def _whole(counts: Sequence[Any] | NDArray[Any]) -> Counts:
    if isinstance(counts, np.ndarray):
        if counts.ndim != 1 or counts.dtype.kind not in "iu":
            raise FormatError(
                f"expected run lengths (R,) of integers, got {counts.shape} {counts.dtype}"
            )
        if counts.dtype.kind == "u" and counts.size and int(counts.max()) > 2**62:
            raise FormatError(f"expected run lengths below 2⁶², got {counts.max()}")
        return counts.astype(np.int64, copy=False)
    if set(map(type, counts)) <= {int} and all(-(2**40) < value < 2**40 for value in counts):
        return np.array(counts, np.int64).reshape(-1)
    for at, value in enumerate(counts):
        # True is an int to Python, and 3.0 is a length to nobody
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise FormatError(f"expected whole run lengths, got {_short(value)} at place {at}")
        if not -(2**40) < value < 2**40:
            raise FormatError(f"expected run lengths below 2⁴⁰, got one of place {at} beyond")
    return np.array(counts, np.int64).reshape(-1)


def _short(value: object) -> str:
    text = repr(value) if isinstance(value, (int, float, str, bool)) else type(value).__name__
    return text if len(text) <= 24 else f"{text[:21]}…"


def decode(counts: Sequence[int] | NDArray[Any], size: Size) -> NDArray[np.bool_]:
    """Return the mask of counts.

    Parameters
    ----------
    counts : (R,) whole numbers
    size : (width, height)

    Returns
    -------
    (H, W) bool

    Raises
    ------
    FormatError
        As for :func:`check`.
    """
    width, height = size
    values = check(counts, size)
    runs = np.arange(values.size, dtype=np.int64) % 2 == 1
    flat: NDArray[np.bool_] = np.repeat(runs, values)
    return np.ascontiguousarray(flat.reshape(width, height).T)


def area(counts: Sequence[int] | NDArray[Any]) -> int:
    """Return the pixels of the object: the sum of every second count. Nothing is decoded."""
    return int(np.asarray(counts, np.int64)[1::2].sum())


def box(counts: Sequence[int] | NDArray[Any], size: Size) -> tuple[int, int, int, int]:
    """Return the tight box ``x1, y1, x2, y2`` in pixels without decoding the mask.

    x2 and y2 are one past the last pixel; all 0 for an empty mask.
    """
    height = size[1]
    values = check(counts, size)
    starts, ends = _runs(values)
    if not starts.size:
        return 0, 0, 0, 0
    first, last = starts // height, (ends - 1) // height
    # a run that goes on in the next column touches the lower and the upper edge
    through = first != last
    top = np.where(through, 0, starts % height)
    bottom = np.where(through, height - 1, (ends - 1) % height)
    return int(first.min()), int(top.min()), int(last.max()) + 1, int(bottom.max()) + 1


def crop(counts: Sequence[int] | NDArray[Any], size: Size) -> tuple[int, int, NDArray[np.bool_]]:
    """Decode only the tight box: x0, y0 and the mask inside, ``(h, w) bool``.

    What :meth:`seglib.results.Instances.from_crops` takes; ``(0, 0)`` pixels for an empty mask.
    """
    x1, y1, x2, y2 = box(counts, size)
    height = size[1]
    starts, ends = _runs(check(counts, size))
    # runs clipped to the columns of the box, their ends marked, then summed up
    marks = np.zeros((x2 - x1) * height + 1, np.int8)
    np.add.at(marks, starts - x1 * height, 1)
    np.add.at(marks, ends - x1 * height, -1)
    columns = np.cumsum(marks[:-1], dtype=np.int8).astype(bool).reshape(x2 - x1, height)
    return x1, y1, np.ascontiguousarray(columns[:, y1:y2].T)


def _runs(values: Counts) -> tuple[Counts, Counts]:
    """Start and end of each run of the object that is not empty, in column order."""
    edges = np.cumsum(values)
    inside = slice(1, None, 2)
    starts, ends = edges[inside] - values[inside], edges[inside]
    filled = ends > starts
    return starts[filled], ends[filled]


def to_string(counts: Sequence[int] | NDArray[Any], size: Size) -> str:
    """Pack counts into COCO's string.

    Examples
    --------
    >>> to_string([2, 4], (3, 2))
    '24'
    """
    width, height = size
    values = check(counts, size)
    code = {"size": [height, width], "counts": values.tolist()}
    packed: bytes = coco_mask().frPyObjects(code, height, width)["counts"]
    return packed.decode("ascii")


def from_string(text: str | bytes, size: Size) -> Counts:
    """Unpack COCO's string.

    Returns
    -------
    (R,) int64, read-only

    Raises
    ------
    FormatError
        It holds other characters, is cut off, or does not describe a mask of this size.
    """
    counts = _unpacked(text)
    if counts.size and int(counts.min()) < 0:
        raise FormatError("expected a packed run-length code, got one with a negative run")
    counts = check(counts, size)
    counts.setflags(write=False)
    return counts


def _unpacked(text: str | bytes) -> Counts:
    try:
        data = text.encode("ascii") if isinstance(text, str) else bytes(text)
    except UnicodeEncodeError:
        raise FormatError("expected a packed run-length code, got characters beyond it") from None
    codes = np.frombuffer(data, np.uint8).astype(np.int64) - 48
    if codes.size and (int(codes.min()) < 0 or int(codes.max()) > 63):
        at = int(np.argmax((codes < 0) | (codes > 63)))
        raise FormatError(
            f"expected characters from '0' to 'o' in a packed run-length code, "
            f"got {chr(data[at])!r} at place {at}"
        )
    if not codes.size:
        return codes
    last = (codes & 0x20) == 0
    if not last[-1]:
        raise FormatError("the packed run-length code is cut off in the middle of a run")
    ends = np.flatnonzero(last)
    starts = np.concatenate([[0], ends[:-1] + 1])
    if int((ends - starts).max()) >= _MAX_CHARACTERS:
        raise FormatError("the packed run-length code holds a run longer than any picture")
    place = np.arange(codes.size) - np.repeat(starts, ends - starts + 1)
    values: Counts = np.add.reduceat((codes & 0x1F) << (5 * place), starts)
    # five bits a character, the highest one of the last character is the sign
    negative = (codes[ends] & 0x10) != 0
    values = values - (negative.astype(np.int64) << (5 * (ends - starts + 1)))
    # from the fourth run on, what is stored is the difference to the run before the last
    for stream in (values[1::2], values[2::2]):
        np.cumsum(stream, out=stream)
    return values
