"""Picture files as strangers send them, made here so that nothing odd lies in the repository."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image

Size = tuple[int, int]


def _save(picture: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def noise(size: Size, seed: int = 1) -> Image.Image:
    """A coloured picture of this size."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (8, 8, 3), np.uint8)
    return Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)


def _chunk(name: bytes, data: bytes) -> bytes:
    body = name + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def bomb() -> bytes:
    """A PNG that claims 50,000 × 50,000 pixels."""
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(1000)))
        + _chunk(b"IEND", b"")
    )


def truncated() -> bytes:
    """The first half of a JPEG."""
    data = _save(noise((320, 240)), "JPEG")
    return data[: len(data) // 2]


BAD: dict[str, Callable[[], bytes]] = {
    "empty.png": lambda: b"",
    "text.jpg": lambda: b"This is not a picture.\n" * 20,
    "truncated.jpg": truncated,
    "drawing.png": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "bomb.png": bomb,
    "zeros.webp": lambda: bytes(4096),
    "page.gif": lambda: b"<!doctype html><html></html>",
}
"""Each is refused with one sentence."""


def _deep() -> tuple[bytes, Size]:
    ramp = np.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(np.uint16)
    return _save(Image.fromarray(ramp), "PNG"), (64, 48)


def _animated() -> tuple[bytes, Size]:
    frames = [noise((60, 40), seed) for seed in range(3)]
    return _save(frames[0], "GIF", save_all=True, append_images=frames[1:]), (60, 40)


GOOD: dict[str, Callable[[], tuple[bytes, Size]]] = {
    "dot.png": lambda: (_save(noise((1, 1)), "PNG"), (1, 1)),
    "tall.png": lambda: (_save(noise((1, 5000)), "PNG"), (1, 5000)),
    "wide.png": lambda: (_save(noise((5000, 1)), "PNG"), (5000, 1)),
    "deep.png": _deep,
    "print.jpg": lambda: (_save(noise((120, 90)).convert("CMYK"), "JPEG"), (120, 90)),
    "moving.gif": _animated,
    "clear.webp": lambda: (_save(noise((70, 50)).convert("RGBA"), "WEBP"), (70, 50)),
    "hd.jpg": lambda: (_save(noise((1280, 720)), "JPEG"), (1280, 720)),
}
"""Each is segmented; with the size it has."""
