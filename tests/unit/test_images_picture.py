"""The picture type and its encoders."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image as PilImage

from seglib.errors import ShapeError
from seglib.images import Image, decode, encode_jpeg, encode_png

RNG = np.random.default_rng(3)
PHOTO = RNG.integers(0, 256, (7, 11, 3), dtype=np.uint8)


# --- the picture type -------------------------------------------------------------------------


def test_pixels_never_change() -> None:
    source = PHOTO.copy()
    picture = Image(source)
    source[:] = 0
    np.testing.assert_array_equal(picture.pixels, PHOTO)
    for frozen in (picture, Image.from_array(PHOTO), decode(encode_png(PHOTO))):
        assert not frozen.pixels.flags.writeable
        assert frozen.pixels.flags.c_contiguous
    assert source.flags.writeable


def test_size_is_width_then_height() -> None:
    picture = Image(PHOTO)
    assert (picture.size, picture.width, picture.height) == ((11, 7), 11, 7)
    assert repr(picture) == "Image(11x7)"


def test_digest_tells_pixels_and_shapes_apart() -> None:
    other = PHOTO.copy()
    other[0, 0, 0] ^= 1
    digests = {
        Image(PHOTO).digest,
        Image(other).digest,
        Image(PHOTO.reshape(11, 7, 3)).digest,
    }
    assert len(digests) == 3
    assert Image(PHOTO.copy()).digest == Image(PHOTO).digest
    assert hash(Image(PHOTO.copy())) == hash(Image(PHOTO))
    assert Image(PHOTO) != "a picture"


def test_from_array_repeats_grey() -> None:
    picture = Image.from_array(np.array([[3, 200]], np.uint8))
    np.testing.assert_array_equal(picture.pixels, [[[3, 3, 3], [200, 200, 200]]])


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((3, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((4, 4), np.int64),
    ],
)
def test_other_arrays_are_refused(array: np.ndarray) -> None:
    with pytest.raises(ShapeError, match=r"expected a picture \(H, W, 3\) uint8, got"):
        Image.from_array(array)


# --- encoding ---------------------------------------------------------------------------------

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=20)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), shape=SHAPES)
def test_png_keeps_every_pixel(data: st.DataObject, shape: tuple[int, int]) -> None:
    pixels = data.draw(hnp.arrays(np.uint8, (*shape, 3)))
    np.testing.assert_array_equal(decode(encode_png(pixels)).pixels, pixels)


def test_png_keeps_grey_and_alpha() -> None:
    grey = PHOTO[..., 0]
    np.testing.assert_array_equal(PilImage.open(io.BytesIO(encode_png(grey))), grey)
    rgba = np.dstack([PHOTO, grey])
    np.testing.assert_array_equal(PilImage.open(io.BytesIO(encode_png(rgba))), rgba)


def test_jpeg_quality_costs_bytes() -> None:
    small, large = encode_jpeg(PHOTO, quality=20), encode_jpeg(PHOTO, quality=95)
    assert len(small) < len(large)
    assert decode(small).size == (11, 7)


@pytest.mark.parametrize("wrong", [np.zeros((2, 2, 2), np.uint8), np.zeros((2, 2, 3), float)])
def test_encoders_refuse_other_arrays(wrong: np.ndarray) -> None:
    for encode in (encode_png, encode_jpeg):
        with pytest.raises(ShapeError, match="expected"):
            encode(wrong)


@pytest.mark.parametrize("quality", [0, 101, -5])
def test_jpeg_quality_has_a_range(quality: int) -> None:
    with pytest.raises(ShapeError, match="1 to 100"):
        encode_jpeg(PHOTO, quality=quality)


def test_jpeg_has_a_largest_side() -> None:
    with pytest.raises(ShapeError, match="65,535"):
        encode_jpeg(np.zeros((1, 65_536, 3), np.uint8))
