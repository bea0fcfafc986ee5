"""Every kind of picture becomes the RGB pixels that the documentation promises."""

from __future__ import annotations

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image as PilImage

from seglib.images import Image, decode, encode_png, load

RNG = np.random.default_rng(3)
PHOTO = RNG.integers(0, 256, (7, 11, 3), dtype=np.uint8)


def saved(picture: PilImage.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def grey_of(data: bytes) -> np.ndarray:
    pixels = decode(data).pixels
    np.testing.assert_array_equal(pixels[..., 0], pixels[..., 1])
    np.testing.assert_array_equal(pixels[..., 0], pixels[..., 2])
    return pixels[..., 0]


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def hand_made_png(
    rows: list[bytes], *, width: int, depth: int, colour: int, chunks: bytes = b""
) -> bytes:
    ihdr = struct.pack(">IIBBBBB", width, len(rows), depth, colour, 0, 0, 0)
    body = zlib.compress(b"".join(b"\x00" + row for row in rows))
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", ihdr) + chunks + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_lossless_kinds_return_the_same_pixels(kind: str) -> None:
    np.testing.assert_array_equal(decode(saved(PilImage.fromarray(PHOTO), kind)).pixels, PHOTO)


def test_webp_lossless_returns_the_same_pixels() -> None:
    data = saved(PilImage.fromarray(PHOTO), "WEBP", lossless=True, exact=True)
    np.testing.assert_array_equal(decode(data).pixels, PHOTO)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_kinds_stay_near(kind: str) -> None:
    smooth = np.tile(np.linspace(30, 220, 64, dtype=np.uint8)[None, :, None], (48, 1, 3))
    pixels = decode(saved(PilImage.fromarray(smooth), kind, quality=95)).pixels
    assert pixels.shape == smooth.shape
    assert np.abs(pixels.astype(int) - smooth).max() < 8


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (2, 3)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF"])
def test_thin_pictures_are_pictures(kind: str, size: tuple[int, int]) -> None:
    picture = decode(saved(PilImage.new("RGB", size, (255, 255, 255)), kind))
    assert picture.size == size
    assert picture.pixels.min() > 250


# Where the pixel of the first row and first column is shown, for each EXIF orientation.
CORNERS = {1: (0, 0), 2: (0, -1), 3: (-1, -1), 4: (-1, 0), 5: (0, 0), 6: (0, -1), 7: (-1, -1)}
CORNERS[8] = (-1, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_orientation_is_applied(kind: str, orientation: int) -> None:
    stored = np.zeros((32, 48, 3), np.uint8)
    stored[:16, :16] = 255
    exif = PilImage.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    picture = decode(saved(PilImage.fromarray(stored), kind, exif=exif, **options))
    assert picture.size == ((48, 32) if orientation < 5 else (32, 48))
    bright = picture.pixels[..., 0] > 128
    row, column = CORNERS[orientation]
    assert bright[row, column]
    assert 200 < bright.sum() < 320


# Pillow says so on the warning channel, which is the operator's; the visitor gets the picture.
@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("block", [b"Exif\x00\x00nonsense", b"Exif\x00\x00II*\x00\xff\xff\xff\xff"])
def test_a_broken_exif_block_is_ignored(block: bytes) -> None:
    assert decode(saved(PilImage.fromarray(PHOTO), "JPEG", exif=block)).size == (11, 7)


def test_an_unknown_orientation_is_ignored() -> None:
    exif = PilImage.Exif()
    exif[0x0112] = 77
    assert decode(saved(PilImage.fromarray(PHOTO), "JPEG", exif=exif)).size == (11, 7)


def test_one_bit_is_black_and_white() -> None:
    bits = PilImage.fromarray(np.array([[0, 255], [255, 0]], np.uint8)).convert("1")
    for kind in ("PNG", "TIFF", "BMP"):
        np.testing.assert_array_equal(grey_of(saved(bits, kind)), [[0, 255], [255, 0]])


def test_grey_is_repeated() -> None:
    grey = RNG.integers(0, 256, (5, 6), dtype=np.uint8)
    np.testing.assert_array_equal(grey_of(saved(PilImage.fromarray(grey), "PNG")), grey)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_alpha_is_laid_on_white(kind: str, mode: str) -> None:
    picture = PilImage.new(mode, (3, 1), 0)
    colour = (100, 100, 100) if mode == "RGBA" else (100,)
    for column, alpha in enumerate((0, 128, 255)):
        picture.putpixel((column, 0), (*colour, alpha))
    # 100 * 128/255 + 255 * 127/255 = 177.2
    np.testing.assert_array_equal(grey_of(saved(picture, kind)), [[255, 177, 100]])


def test_webp_alpha_is_laid_on_white() -> None:
    data = saved(PilImage.new("RGBA", (2, 2), (10, 20, 30, 0)), "WEBP", lossless=True)
    assert (decode(data).pixels == 255).all()


def test_a_palette_gives_its_colours() -> None:
    palette = chunk(b"PLTE", bytes([255, 0, 0, 0, 0, 255]))
    data = hand_made_png([bytes([0, 1])], width=2, depth=8, colour=3, chunks=palette)
    np.testing.assert_array_equal(decode(data).pixels, [[[255, 0, 0], [0, 0, 255]]])


def test_a_transparent_palette_entry_is_white() -> None:
    chunks = chunk(b"PLTE", bytes([255, 0, 0, 0, 0, 255])) + chunk(b"tRNS", b"\x00")
    data = hand_made_png([bytes([0, 1])], width=2, depth=8, colour=3, chunks=chunks)
    np.testing.assert_array_equal(decode(data).pixels, [[[255, 255, 255], [0, 0, 255]]])


def test_a_transparent_colour_is_white() -> None:
    chunks = chunk(b"tRNS", struct.pack(">HHH", 9, 9, 9))
    row = bytes([9, 9, 9, 8, 9, 9])
    data = hand_made_png([row], width=2, depth=8, colour=2, chunks=chunks)
    np.testing.assert_array_equal(decode(data).pixels, [[[255, 255, 255], [8, 9, 9]]])


def test_indices_outside_a_short_palette_are_no_crash() -> None:
    palette = chunk(b"PLTE", bytes([255, 0, 0]))
    data = hand_made_png([bytes([0, 200])], width=2, depth=8, colour=3, chunks=palette)
    np.testing.assert_array_equal(decode(data).pixels[0, 0], [255, 0, 0])


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_palettes_of_few_bits(depth: int) -> None:
    palette = chunk(b"PLTE", bytes([1, 2, 3, 4, 5, 6]))
    row = bytes([1 << (8 - 2 * depth)])  # first index 0, second index 1
    data = hand_made_png([row], width=2, depth=depth, colour=3, chunks=palette)
    np.testing.assert_array_equal(decode(data).pixels, [[[1, 2, 3], [4, 5, 6]]])


def test_cmyk_jpeg_with_adobe_inversion() -> None:
    # Pillow writes CMYK the way Photoshop does, inverted, and must read it back upright.
    for cmyk, rgb in (((0, 0, 0, 0), 255), ((0, 0, 0, 255), 0), ((255, 255, 255, 0), 0)):
        data = saved(PilImage.new("CMYK", (16, 16), cmyk), "JPEG", quality=95)
        assert b"Adobe" in data
        assert np.abs(decode(data).pixels.astype(int) - rgb).max() <= 3


def test_cmyk_jpeg_red_is_red() -> None:
    data = saved(PilImage.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", quality=95)
    red = decode(data).pixels[8, 8].astype(int)
    assert red[0] > 245
    assert red[1:].max() < 12


def test_cmyk_tiff() -> None:
    data = saved(PilImage.new("CMYK", (4, 4), (255, 0, 0, 0)), "TIFF")
    np.testing.assert_array_equal(decode(data).pixels[0, 0], [0, 255, 255])


def test_ycbcr_tiff() -> None:
    data = saved(PilImage.new("YCbCr", (4, 4), (200, 128, 128)), "TIFF")
    assert np.abs(decode(data).pixels.astype(int) - 200).max() <= 1


def test_lab_tiff_is_a_picture() -> None:
    data = saved(PilImage.new("LAB", (4, 4), (128, 0, 0)), "TIFF")
    assert decode(data).size == (4, 4)


def test_16_bit_png_is_scaled_to_its_full_range() -> None:
    grey = np.array([[0, 128, 129, 257, 32768, 65535]], np.uint16)
    # 128/257 rounds to 0, 129/257 to 1, 32768/257 = 127.5 to the even 128.
    expected = [[0, 0, 1, 1, 128, 255]]
    np.testing.assert_array_equal(grey_of(saved(PilImage.fromarray(grey), "PNG")), expected)


def test_16_bit_rgb_png() -> None:
    row = struct.pack(">HHH", 65535, 32896, 0)
    data = hand_made_png([row], width=1, depth=16, colour=2)
    np.testing.assert_array_equal(decode(data).pixels, [[[255, 128, 0]]])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 100, 255], [0, 100, 255]),  # 8 bits in 16
        ([0, 512, 1023], [0, 128, 255]),  # 10 bits
        ([0, 2048, 4095], [0, 128, 255]),  # 12 bits, as cameras and microscopes write
        ([0, 4096, 16383], [0, 64, 255]),  # 14 bits
        ([0, 16384, 65535], [0, 64, 255]),  # 16 bits
    ],
)
def test_16_bit_tiff_ends_at_its_bit_depth(values: list[int], expected: list[int]) -> None:
    data = saved(PilImage.fromarray(np.array([values], np.uint16)), "TIFF")
    np.testing.assert_array_equal(grey_of(data), [expected])


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([0, 100, 255], np.int32, [0, 100, 255]),
        ([-100, 0, 100], np.int32, [0, 128, 255]),
        ([0, 500_000, 1_000_000], np.int32, [0, 128, 255]),
        ([-(2**31), 0, 2**31 - 1], np.int32, [0, 128, 255]),
        ([0, 0.5, 1], np.float32, [0, 128, 255]),
        ([0.25, 0.25, 0.5], np.float32, [64, 64, 128]),
        ([-1, 0, 1], np.float32, [0, 128, 255]),
        ([0, 50, 200], np.float32, [0, 64, 255]),
        ([np.nan, 0, 1], np.float32, [0, 0, 255]),
        ([np.inf, 0, 10], np.float32, [0, 0, 255]),
        ([np.nan, np.nan, -np.inf], np.float32, [0, 0, 0]),
        ([-3e38, 0, 3e38], np.float32, [0, 128, 255]),
        ([7, 7, 7], np.float32, [0, 0, 0]),
    ],
)
def test_deep_tiff_follows_the_table(values: list[float], dtype: type, expected: list[int]) -> None:
    data = saved(PilImage.fromarray(np.array([values], dtype)), "TIFF")
    np.testing.assert_array_equal(grey_of(data), [expected])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_white_is_zero_tiff_is_turned_over(dtype: type) -> None:
    top = {np.uint8: 255, np.uint16: 65535, np.float32: 1}[dtype]
    grey = np.array([[0, top]], dtype)
    # Pillow writes 1 (black is zero); the tag is turned to 0 by hand.
    data = saved(PilImage.fromarray(grey), "TIFF")
    black_is_zero = struct.pack("<HHIHH", 262, 3, 1, 1, 0)
    assert data.count(black_is_zero) == 1
    data = data.replace(black_is_zero, struct.pack("<HHIHH", 262, 3, 1, 0, 0))
    np.testing.assert_array_equal(grey_of(data), [[255, 0]])


def test_animated_gif_gives_its_first_frame() -> None:
    frames = [PilImage.new("RGB", (6, 4), colour) for colour in ("red", "green", "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    picture = decode(data)
    assert picture.size == (6, 4)
    assert (picture.pixels == (255, 0, 0)).all()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_animations_and_pages_give_their_first_picture(kind: str) -> None:
    frames = [PilImage.new("RGB", (6, 4), colour) for colour in ((250, 0, 0), (0, 0, 250))]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    assert np.abs(decode(data).pixels.astype(int) - (250, 0, 0)).max() < 6


def test_transparent_gif_is_white() -> None:
    picture = PilImage.new("P", (2, 1))
    picture.putpalette([255, 0, 0, 0, 255, 0])
    picture.putdata([0, 1])
    pixels = decode(saved(picture, "GIF", transparency=0)).pixels
    np.testing.assert_array_equal(pixels, [[[255, 255, 255], [0, 255, 0]]])


def test_a_gif_frame_smaller_than_its_screen_is_white_around() -> None:
    whole = saved(PilImage.new("P", (2, 1), 0), "GIF")
    screen = bytearray(whole)
    screen[6:10] = struct.pack("<HH", 4, 3)
    picture = decode(bytes(screen))
    assert picture.size == (4, 3)


def test_threads_decode_alike() -> None:
    files = [saved(PilImage.fromarray(PHOTO), kind) for kind in ("PNG", "JPEG", "GIF", "TIFF")] * 8
    with ThreadPoolExecutor(8) as pool:
        threaded = list(pool.map(lambda data: decode(data).digest, files))
    assert threaded == [decode(data).digest for data in files]


def test_load_reads_a_file(tmp_path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(encode_png(PHOTO))
    assert load(path) == load(str(path)) == Image(PHOTO)
