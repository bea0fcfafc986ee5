"""VOC files of strangers: findings with their place, and no crash."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PilImage

from seglib.formats import validate, voc, voc_inside
from seglib.labels import CAMVID_11, VOC_21
from tests.files import _chunk, bomb


def png(array, mode=None):
    stream = io.BytesIO()
    PilImage.fromarray(array, mode).save(stream, "PNG")
    return stream.getvalue()


def sentences(found, severity="error"):
    return [str(each) for each in found if each.severity == severity]


def test_a_good_voc_file_has_only_a_note():
    labels = np.array([[0, 1], [20, 255]], np.uint8)
    inside, found = voc_inside.inspect(voc.write(labels, VOC_21))
    assert found == ()
    assert (inside.indices == labels).all()
    assert inside.palette.shape == (256, 3)
    assert (inside.bits, inside.size) == (8, (2, 2))
    (note,) = validate.voc(voc.write(np.zeros((2, 2), np.uint8), VOC_21))
    assert note.severity == "note"
    assert "no pixel is void (255)" in note.sentence


def test_rgb_instead_of_indexed():
    colours = VOC_21.palette[np.array([[0, 1], [2, 3]])]
    assert sentences(validate.voc(png(colours))) == [
        "expected an indexed PNG, got 8-bit RGB: class ids cannot be read from colours"
    ]


def test_ids_outside_the_list():
    found = validate.voc(png(np.array([[0, 0], [77, 21]], np.uint8)))
    assert sentences(found) == [
        f"pixel (1, 1): expected ids of {VOC_21.title} or 255, got 21 at 1 pixels, first here",
        f"pixel (0, 1): expected ids of {VOC_21.title} or 255, got 77 at 1 pixels, first here",
    ]
    assert sentences(found, "note")[0].startswith("palette: the file is grey")


def test_another_palette():
    data = voc.write(np.array([[0, 255]], np.uint8), CAMVID_11)
    (found,) = validate.voc(data)
    assert found.place == "palette[0]"
    assert found.severity == "warning"
    assert "got others for 20 of 21 ids, first (128, 128, 128) instead of (0, 0, 0)" in str(found)


def test_a_palette_that_is_too_short():
    # Made by hand: Pillow would pack two colours into one bit a pixel.
    data = (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 3, 0, 0, 0))
        + _chunk(b"PLTE", bytes([0, 0, 0, 128, 0, 0]))
        + _chunk(b"IDAT", zlib.compress(b"\0\0\1\0\2\3"))
        + _chunk(b"IEND", b"")
    )
    inside, found = voc_inside.inspect(data)
    assert inside.indices.tolist() == [[0, 1], [2, 3]]
    assert sentences(found) == [
        "palette[2]: expected a colour for every index, got 2 colours and index 2, 3"
    ]


def test_size_and_void_of_voc():
    data = png(np.full((2, 3), 255, np.uint8))
    found = validate.voc(data, expect_size=(4, 4))
    assert sentences(found) == ["size: expected 4 × 4 pixels, the picture's size, got 3 × 2"]
    assert "every pixel is void (255): nothing is judged" in sentences(found, "warning")[0]


@pytest.mark.parametrize(
    "data",
    [b"", b"text", bomb(), b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + bytes(99), bytes(500)],
)
def test_what_is_no_png_is_one_error(data):
    (found,) = validate.voc(data)
    assert found.severity == "error"


@settings(max_examples=60)
@given(st.integers(0, 199), st.binary(min_size=1, max_size=9))
def test_damaged_png_gives_findings_and_no_crash(place, patch):
    data = bytearray(voc.write(np.arange(16, dtype=np.uint8).reshape(4, 4), VOC_21))
    data[place : place + len(patch)] = patch
    validate.voc(bytes(data))
