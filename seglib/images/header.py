"""What the first bytes of a file say: which kind it is and how large the picture claims to be.

Nothing here decodes. The kinds that can be read are named by :data:`READABLE`; other kinds are
recognised only so that the message can name them.
"""

from __future__ import annotations

import re
import struct

READABLE = ("JPEG", "PNG", "WebP", "BMP", "TIFF", "GIF")
"""Kinds of picture files that are decoded."""

# (offset, bytes) -> kind. WebP and the ISO media family need a second look, below.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (0, b"BM", "BMP"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (0, b"II+\x00", "TIFF"),
    (0, b"MM\x00+", "TIFF"),
    (8, b"WEBP", "WebP"),
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript document"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"\x00\x00\x01\x00", "an icon file"),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", "a JPEG XL picture"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"\x89HDF", "an HDF5 file"),
    (0, b"\x1aE\xdf\xa3", "a video"),
    (128, b"DICM", "a DICOM file"),
)

_FTYP_BRANDS = {
    b"avif": "an AVIF picture",
    b"avis": "an AVIF picture",
    b"heic": "a HEIC picture",
    b"heix": "a HEIC picture",
    b"hevc": "a HEIC picture",
    b"heim": "a HEIC picture",
    b"mif1": "a HEIC picture",
    b"msf1": "a HEIC picture",
}


def sniff(data: bytes) -> str:
    """Name the kind of a file by its first bytes.

    Parameters
    ----------
    data : bytes
        The file, or at least its first 1,024 bytes.

    Returns
    -------
    str
        One of :data:`READABLE`, ``"SVG"``, ``"text"``, another kind with its article
        (``"a PDF document"``), or ``""`` where nothing is recognised.
    """
    head = data[:1024]
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset) and (kind != "WebP" or head.startswith(b"RIFF")):
            return kind
    if head[4:8] == b"ftyp":
        return _FTYP_BRANDS.get(head[8:12], "a video")
    return _sniff_text(head)


def _sniff_text(head: bytes) -> str:
    try:
        # A cut in the middle of a UTF-8 character is no reason to doubt that it is text.
        text = head.decode("utf-8-sig", errors="strict")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return ""
        text = head[: error.start].decode("utf-8-sig")
    if any(ord(character) < 32 and character not in "\t\n\r\f" for character in text):
        return ""
    if re.search(r"<svg[\s>]", text, re.IGNORECASE):
        return "SVG"
    if re.match(r"\s*<(!doctype html|html)", text, re.IGNORECASE):
        return "a web page"
    return "text"


def claimed_size(data: bytes, kind: str) -> tuple[int, int] | None:
    """Read (width, height) from a header with a fixed place for it.

    PNG, GIF, BMP and WebP are read here, so that a forged size is refused before any decoder sees
    the file; JPEG and TIFF have no fixed place and are checked once their header is parsed.

    Returns
    -------
    tuple of int or None
        ``None`` where the header is too short or the kind has no fixed place.
    """
    try:
        if kind == "PNG" and data[12:16] == b"IHDR":
            return _pair(">II", data, 16)
        if kind == "GIF":
            return _pair("<HH", data, 6)
        if kind == "BMP":
            if struct.unpack_from("<I", data, 14)[0] == 12:  # OS/2 header: 16-bit sizes
                return _pair("<HH", data, 18)
            width, height = _pair("<ii", data, 18)
            return abs(width), abs(height)  # a negative height means "top row first"
        if kind == "WebP":
            return _webp_size(data)
    except struct.error:
        pass
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    chunk = data[12:16]
    if chunk == b"VP8X":
        wide, high = data[24:27], data[27:30]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if chunk == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = _pair("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _pair(layout: str, data: bytes, offset: int) -> tuple[int, int]:
    first, second = struct.unpack_from(layout, data, offset)
    return int(first), int(second)
