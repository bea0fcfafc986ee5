"""What a VOC label file really stores: indices, palette, bits; and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

from seglib.errors import FormatError, ImageError
from seglib.formats.findings import Finding, Findings
from seglib.formats.voc import VOID
from seglib.images.decode import DEFAULT_LIMITS, Limits, decode_with
from seglib.labels import VOC_21, LabelSet

_COLOUR_TYPES = {0: "grey", 2: "RGB", 3: "indexed", 4: "grey with alpha", 6: "RGB with alpha"}
_LISTED = 8


@dataclass(frozen=True, eq=False)
class VocInside:
    """The inside of a label file.

    Parameters
    ----------
    indices : (H, W) uint8
        As stored, read-only.
    palette : (N, 3) uint8 or None
        As stored, read-only; ``None`` in a grey file.
    bits : int
        Bits an index.
    """

    indices: NDArray[np.uint8]
    palette: NDArray[np.uint8] | None
    bits: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.indices.shape
        return width, height

    def counts(self) -> NDArray[np.int64]:
        """Pixels of each index: ``(256,) int64``."""
        return np.bincount(self.indices.ravel(), minlength=256).astype(np.int64)


def inspect(
    data: bytes,
    *,
    label_set: LabelSet = VOC_21,
    expect_size: tuple[int, int] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[VocInside | None, tuple[Finding, ...]]:
    """Look inside a label file and list what is wrong with it.

    Parameters
    ----------
    data : bytes
        From anybody.
    label_set : LabelSet
        What the ids should be, and their palette.
    expect_size : (width, height), optional
        Of the picture that the labels belong to.
    limits : Limits

    Returns
    -------
    VocInside or None, tuple of Finding
        ``None`` where there are no indices to look at.
    """
    findings = Findings()
    inside = _open(data, findings, limits)
    if inside is not None:
        _look(inside, label_set, expect_size, findings)
    return inside, findings.all()


def _open(data: bytes, findings: Findings, limits: Limits) -> VocInside | None:
    palette: NDArray[np.uint8] | None = None

    def convert(picture: ImageFile.ImageFile, _kind: str) -> NDArray[np.uint8]:
        nonlocal palette
        # Asked of the header, not of Pillow's mode: Pillow spreads 2 and 4 bits of grey over 0..255
        bits, colour_type = data[24:26] if data[12:16] == b"IHDR" else (0, -1)
        if colour_type != 3 and (colour_type, bits) != (0, 8):
            what = _COLOUR_TYPES.get(colour_type, "unknown")
            raise FormatError(
                f"expected an indexed PNG, got {bits}-bit {what}: class ids cannot be read from "
                "colours"
            )
        picture.load()
        if colour_type == 3:
            entries = picture.getpalette("RGB") or []
            palette = np.array(entries, np.uint8).reshape(-1, 3)
        return np.array(picture, np.uint8)

    try:
        indices = decode_with(convert, data, kinds=("PNG",), limits=limits)
    except (ImageError, FormatError) as error:
        findings.error("", str(error))
        return None
    indices.setflags(write=False)
    if palette is not None:
        palette.setflags(write=False)
    return VocInside(indices, palette, int(data[24]))


def _look(
    inside: VocInside,
    label_set: LabelSet,
    expect_size: tuple[int, int] | None,
    findings: Findings,
) -> None:
    width, height = inside.size
    if expect_size is not None and (width, height) != tuple(expect_size):
        findings.error(
            "size",
            f"expected {expect_size[0]} × {expect_size[1]} pixels, the picture's size, got "
            f"{width} × {height}",
        )
    counts = inside.counts()
    known = {label.id for label in label_set} | {VOID}
    for value in [value for value in np.flatnonzero(counts).tolist() if value not in known]:
        y, x = np.argwhere(inside.indices == value)[0].tolist()
        findings.error(
            f"pixel ({x}, {y})",
            f"expected ids of {label_set.title} or {VOID}, got {value} at {counts[value]:,} "
            "pixels, first here",
        )
    if inside.palette is None:
        findings.note("palette", "the file is grey and has no palette: the id is the brightness")
    else:
        _palette(inside.palette, label_set, counts, findings)
    if counts[VOID] == width * height:
        findings.warning("", f"every pixel is void ({VOID}): nothing is judged")
    elif not counts[VOID]:
        findings.note("", f"no pixel is void ({VOID}); VOC's own files have a void border")


def _palette(
    palette: NDArray[np.uint8],
    label_set: LabelSet,
    counts: NDArray[np.int64],
    findings: Findings,
) -> None:
    wanted = label_set.palette[:256].copy()
    if label_set.ignore is not None and label_set.ignore < len(label_set.palette):
        wanted[VOID] = label_set.palette[label_set.ignore]
    present = np.flatnonzero(counts)
    missing = present[present >= len(palette)]
    if missing.size:
        findings.error(
            f"palette[{missing[0]}]",
            f"expected a colour for every index, got {len(palette)} colours and "
            f"index {_few(missing.tolist())}",
        )
    ids = [label.id for label in label_set if label.id < len(palette)]
    other = [i for i in ids if tuple(palette[i]) != tuple(wanted[i])]
    if other:
        first = other[0]
        findings.warning(
            f"palette[{first}]",
            f"expected the colours of {label_set.title}, got others for {len(other)} of "
            f"{len(ids)} ids, first {_rgb(palette[first])} instead of {_rgb(wanted[first])}; "
            "ids are read from the indices all the same",
        )


def _rgb(color: Iterable[int]) -> str:
    return f"({', '.join(str(int(value)) for value in color)})"


def _few(values: list[int]) -> str:
    more = f" and {len(values) - _LISTED} more" if len(values) > _LISTED else ""
    return ", ".join(map(str, values[:_LISTED])) + more
