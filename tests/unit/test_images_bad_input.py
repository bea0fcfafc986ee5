"""Bytes from strangers: each kind of wrong gets one clear sentence, and nothing else escapes."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PilImage

from seglib.errors import ImageError, ImageTooLargeError
from seglib.images import Limits, decode, load
from seglib.images.header import claimed_size, sniff


def photo(width: int = 64, height: int = 48) -> PilImage.Image:
    rng = np.random.default_rng(7)
    return PilImage.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))


def encoded(kind: str, picture: PilImage.Image | None = None, **options: object) -> bytes:
    file = io.BytesIO()
    (picture or photo()).save(file, kind, **options)
    return file.getvalue()


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_header(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    ihdr = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", ihdr)


def forged_png(width: int, height: int) -> bytes:
    body = zlib.compress(bytes(1000))
    return png_header(width, height) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


def forged_webp(width: int, height: int) -> bytes:
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<II", 10, 0) + sizes
    return b"RIFF" + struct.pack("<I", len(body)) + body


def forged_gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x00\x00\x00"


def gif_with_a_large_frame() -> bytes:
    frame = b"," + struct.pack("<HHHH", 0, 0, 65535, 65535) + b"\x80" + bytes(6) + b"\x02\x00;"
    return forged_gif(4, 4) + frame


def forged_bmp(width: int, height: int) -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + info


def forged_tiff(*, width: int, height: int, extra: tuple[tuple[int, int], ...] = ()) -> bytes:
    tags = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: 9}
    tags.update(extra)
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, tags[tag]) for tag in sorted(tags))
    return b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + rows + bytes(4)


def forged_jpeg(width: int, height: int) -> bytes:
    whole = bytearray(encoded("JPEG"))
    place = whole.index(b"\xff\xc0") + 5
    whole[place : place + 4] = struct.pack(">HH", height, width)
    return bytes(whole)


SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9"></svg>'
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(50)
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + bytes(50)

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "text named .jpg": (lambda: b"this is no picture, only words\n", "text file"),
    "text in another language": (lambda: "Bäume und Straßen ".encode() * 99, "text file"),
    "one letter": (lambda: b"x", "text file"),
    "web page": (lambda: b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
    "SVG": (lambda: SVG, "save it as PNG first"),
    "SVG with a byte order mark": (lambda: b"\xef\xbb\xbf" + SVG, "save it as PNG first"),
    "PDF": (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
    "EPS": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "PostScript"),
    "HEIC": (lambda: HEIC, "HEIC"),
    "AVIF": (lambda: AVIF, "AVIF"),
    "MP4": (lambda: b"\x00\x00\x00\x18ftypisom" + bytes(99), "video"),
    "JPEG 2000": (lambda: b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(99), "JPEG 2000"),
    "ZIP": (lambda: b"PK\x03\x04" + bytes(99), "ZIP"),
    "NumPy": (lambda: b"\x93NUMPY\x01\x00" + bytes(99), "NumPy"),
    "Photoshop": (lambda: b"8BPS\x00\x01" + bytes(99), "Photoshop"),
    "noise": (lambda: np.random.default_rng(0).bytes(500), "unknown kind"),
    "zeros": (lambda: bytes(500), "unknown kind"),
    "truncated JPEG": (lambda: encoded("JPEG")[:-400], "cut off"),
    "JPEG header alone": (lambda: encoded("JPEG")[:300], "JPEG"),
    "three bytes of JPEG": (lambda: b"\xff\xd8\xff", "JPEG"),
    "truncated progressive JPEG": (
        lambda: encoded("JPEG", photo(200, 200), progressive=True)[:-9000],
        "cut off",
    ),
    "truncated PNG": (lambda: encoded("PNG")[:-4000], "cut off"),
    "truncated GIF": (lambda: encoded("GIF")[:-1500], "cut off"),
    "truncated BMP": (lambda: encoded("BMP")[:-1500], "cut off"),
    "truncated TIFF": (lambda: encoded("TIFF")[:2000], "TIFF"),
    "truncated deflated TIFF": (
        lambda: encoded("TIFF", compression="tiff_adobe_deflate")[:3000],
        "TIFF",
    ),
    "truncated WebP": (lambda: encoded("WEBP")[:-500], "WebP"),
    "PNG signature alone": (lambda: b"\x89PNG\r\n\x1a\n", "PNG"),
    "PNG header alone": (lambda: png_header(9, 9), "PNG"),
    "PNG without width": (lambda: forged_png(0, 9), "PNG"),
    "PNG with a wrong checksum": (
        lambda: encoded("PNG")[:32] + b"?" + encoded("PNG")[33:],
        "damaged",
    ),
    "PNG of an unknown colour type": (
        lambda: png_header(9, 9, depth=8, colour=5) + png_chunk(b"IDAT", b""),
        "PNG",
    ),
    "GIF header alone": (lambda: forged_gif(9, 9), "GIF"),
    "BMP header alone": (lambda: forged_bmp(9, 9), "BMP"),
    "BMP of two bytes": (lambda: b"BM", "BMP"),
    "TIFF of four bytes": (lambda: b"II*\x00", "TIFF"),
    "TIFF whose directory is outside": (lambda: b"II*\x00\xff\xff\xff\x7f", "TIFF"),
    "WebP header alone": (lambda: forged_webp(9, 9), "WebP"),
}

TOO_LARGE: dict[str, tuple[Callable[[], bytes], str]] = {
    "50,000 x 50,000 PNG": (lambda: forged_png(50_000, 50_000), "50,000 × 50,000"),
    "PNG header of 2^31 - 1": (lambda: png_header(2**31 - 1, 2**31 - 1), "2,147,483,647"),
    "PNG over the pixels only": (lambda: forged_png(10_000, 10_000), "100,000,000"),
    "PNG over the side only": (lambda: forged_png(20_001, 1), "20,001 × 1"),
    "WebP": (lambda: forged_webp(2**24, 2**24), "16,777,216"),
    "GIF": (lambda: forged_gif(65_535, 65_535), "65,535"),
    "BMP": (lambda: forged_bmp(50_000, -50_000), "50,000"),
    "JPEG": (lambda: forged_jpeg(65_000, 65_000), "65,000"),
    "TIFF": (lambda: forged_tiff(width=50_000, height=50_000), "50,000"),
    "TIFF with a huge tile": (
        lambda: forged_tiff(width=9, height=9, extra=((322, 60_000), (323, 60_000), (324, 8))),
        "60,000",
    ),
}


def assert_one_sentence(message: str) -> None:
    assert "\n" not in message
    assert "Traceback" not in message
    assert "0x" not in message
    assert 10 < len(message) < 160


@pytest.mark.parametrize("name", REFUSED)
def test_each_wrong_file_gets_one_sentence(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(ImageError, match=words) as caught:
        decode(make())
    assert not isinstance(caught.value, ImageTooLargeError)
    assert_one_sentence(str(caught.value))


@pytest.mark.parametrize("name", TOO_LARGE)
def test_large_sizes_are_refused_from_the_header(name: str) -> None:
    make, words = TOO_LARGE[name]
    with pytest.raises(ImageTooLargeError, match=words) as caught:
        decode(make())
    assert_one_sentence(str(caught.value))


def test_a_gif_frame_larger_than_its_screen_is_refused() -> None:
    with pytest.raises(ImageTooLargeError):
        decode(gif_with_a_large_frame())


def test_300_mb_are_refused_by_their_length() -> None:
    # A calloc of zeros: no page of it is touched, as decode must not look at it.
    with pytest.raises(ImageTooLargeError, match="at most 40 MiB, got 286 MiB") as caught:
        decode(bytes(300_000_000))
    assert_one_sentence(str(caught.value))


def test_limits_are_inclusive() -> None:
    data = encoded("PNG", photo(30, 20))
    exact = Limits(max_bytes=len(data), max_pixels=600, max_side=30)
    assert decode(data, limits=exact).size == (30, 20)
    for smaller in (
        Limits(max_bytes=len(data) - 1),
        Limits(max_pixels=599),
        Limits(max_side=29),
    ):
        with pytest.raises(ImageTooLargeError):
            decode(data, limits=smaller)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF"])
def test_limits_hold_for_each_kind(kind: str) -> None:
    with pytest.raises(ImageTooLargeError, match="64 × 48"):
        decode(encoded(kind), limits=Limits(max_pixels=64 * 48 - 1))


def test_limits_above_pillows_own_still_speak_our_words() -> None:
    generous = Limits(max_pixels=10**12, max_side=10**6)
    with pytest.raises(ImageError) as caught:
        decode(gif_with_a_large_frame(), limits=generous)
    assert_one_sentence(str(caught.value))


def test_pillows_globals_stay_as_they_are() -> None:
    from PIL import ImageFile

    before = PilImage.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters)
    for make, _ in [*REFUSED.values(), *TOO_LARGE.values()]:
        with pytest.raises(ImageError):
            decode(make())
    after = PilImage.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters)
    assert before == after


KINDS = ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF"]
SMALL = {kind: encoded(kind, photo(9, 7)) for kind in KINDS}


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_broken_bytes_decode_or_raise_image_error(kind: str, data: st.DataObject) -> None:
    broken = bytearray(SMALL[kind])
    places = data.draw(st.lists(st.integers(0, len(broken) - 1), max_size=6))
    for place in places:
        broken[place] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(broken)))
    small = Limits(max_pixels=100_000, max_side=2_000)
    try:
        picture = decode(bytes(broken[:end]), limits=small)
    except ImageError as error:
        assert_one_sentence(str(error))
    else:
        assert picture.pixels.dtype == np.uint8


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_after_any_signature_raise_image_error(tail: bytes) -> None:
    for head in (b"", b"\xff\xd8\xff", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*", b"RIFF1234WEBP"):
        try:
            decode(head + tail, limits=Limits(max_pixels=100_000))
        except ImageError as error:
            assert_one_sentence(str(error))


def test_load_names_the_file_and_not_its_folder(tmp_path) -> None:
    (tmp_path / "note.jpg").write_bytes(b"hello there")
    for name, words in (("note.jpg", "text file"), ("none.png", "No such file"), (".", "read")):
        with pytest.raises(ImageError, match=words) as caught:
            load(tmp_path / name)
        if name != ".":
            assert str(caught.value).startswith(name)
            assert str(tmp_path) not in str(caught.value)
            assert_one_sentence(str(caught.value))


def test_load_checks_the_length_before_reading(tmp_path) -> None:
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(2**40)  # sparse: a terabyte that takes no space
    with pytest.raises(ImageTooLargeError, match=r"large\.png"):
        load(path)


@pytest.mark.parametrize(
    ("kind", "name", "options"),
    [
        ("PNG", "PNG", {}),
        ("GIF", "GIF", {}),
        ("BMP", "BMP", {}),
        ("WEBP", "WebP", {}),
        ("WEBP", "WebP", {"lossless": True}),
        ("WEBP", "WebP", {"exif": b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00"}),
    ],
)
def test_sizes_are_read_from_real_headers(kind: str, name: str, options: dict) -> None:
    data = encoded(kind, photo(301, 17), **options)
    assert sniff(data) == name
    assert claimed_size(data, name) == (301, 17)
    assert claimed_size(data[:13], name) in (None, (301, 17))  # GIF's stands in its first bytes


def test_a_bmp_stored_from_the_top_has_a_positive_size() -> None:
    assert claimed_size(forged_bmp(3, -4), "BMP") == (3, 4)
