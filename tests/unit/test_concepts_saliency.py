"""Classical saliency and the box around what stands out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from seglib.concepts.saliency import CLASSICAL, classical, cut, spectral_residual, tight_box
from seglib.errors import ShapeError
from seglib.scenes import street
from seglib.ui.samples import available_photos, load_photo

MAP = np.array(
    [
        [0.9, 0.1, 0.0, 0.2, 0.2],
        [0.8, 0.0, 0.0, 0.6, 0.7],
        [0.1, 0.0, 0.5, 0.9, 0.1],
    ],
    np.float32,
)


def test_cut_by_hand() -> None:
    everything = cut(MAP, 0.6)
    assert everything.pieces == 2
    assert everything.mask.sum() == 5
    assert everything.box == (0, 0, 5, 3)
    largest = cut(MAP, 0.6, pieces="largest")
    assert (largest.mask == everything.mask).all()
    assert largest.chosen.sum() == 3
    assert largest.box == (3, 1, 2, 2)
    # 0.5 itself is salient at 0.5: "at least"
    assert cut(MAP, 0.5).mask[2, 2]


def test_the_threshold_is_not_rounded_to_the_map_s_type() -> None:
    values = np.array([[0.1]], np.float32)  # a little above 0.1
    assert cut(values, 0.1).mask.all()
    assert not cut(np.array([[0.7]], np.float32), 0.7).mask.any()  # a little below 0.7


def test_nothing_salient_has_no_box() -> None:
    empty = cut(MAP, 0.95, pieces="largest")
    assert (empty.box, empty.pieces, int(empty.mask.sum())) == (None, 0, 0)
    with pytest.raises(ShapeError, match="expected a map"):
        cut(np.zeros((2, 2, 2), np.float32), 0.5)


@given(hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=8)))
def test_a_box_is_tight(mask: np.ndarray) -> None:
    box = tight_box(mask)
    if box is None:
        assert not mask.any()
        return
    x, y, width, height = box
    inside = mask[y : y + height, x : x + width]
    assert inside.sum() == mask.sum()
    for side in (inside[0], inside[-1], inside[:, 0], inside[:, -1]):
        assert side.any()


@pytest.mark.parametrize("seed", [7, 28])
def test_the_reference_agrees_with_opencv(seed: int) -> None:
    pixels = street(seed, size=(320, 240)).image.pixels
    np.testing.assert_allclose(spectral_residual(pixels), classical(pixels, "spectral"), atol=0.02)


def test_the_reference_agrees_with_opencv_on_photographs() -> None:
    for photo in available_photos():
        pixels = load_photo(photo.key).image.pixels
        mean = np.abs(spectral_residual(pixels) - classical(pixels, "spectral")).mean()
        assert mean < 3e-3, photo.key


def test_a_dot_on_plain_ground_stands_out() -> None:
    pixels = np.full((128, 160, 3), (90, 120, 90), np.uint8)
    pixels[60:72, 100:112] = (250, 60, 40)
    for method in CLASSICAL:
        found = classical(pixels, method)
        y, x = np.unravel_index(int(found.argmax()), found.shape)
        assert 50 <= y <= 82, method
        assert 90 <= x <= 122, method


@pytest.mark.parametrize("method", CLASSICAL)
@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 300, 3), (300, 1, 3), (5, 4, 3), (40, 40, 3)])
def test_pictures_of_any_size_give_a_map_from_0_to_1(
    method: str, shape: tuple[int, int, int]
) -> None:
    flat = classical(np.full(shape, 200, np.uint8), method)
    assert flat.shape == shape[:2]
    assert not flat.any()
    noise = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    found = classical(noise, method)
    assert found.dtype == np.float32
    assert 0 <= found.min() <= found.max() <= 1


def test_an_unknown_method_is_named() -> None:
    with pytest.raises(ShapeError, match="expected one of spectral, fine, got 'magic'"):
        classical(np.zeros((4, 4, 3), np.uint8), "magic")


@given(st.floats(0.01, 1.0))
@settings(max_examples=20)
def test_a_higher_threshold_never_adds_a_pixel(threshold: float) -> None:
    lower = cut(MAP, threshold / 2).mask
    assert not (cut(MAP, threshold).mask & ~lower).any()
