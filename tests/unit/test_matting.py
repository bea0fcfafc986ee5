"""From a soft answer to a clean cut-out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.matting import (
    MatteOptions,
    blurred_background,
    compose,
    cut_out,
    fill_background,
    foreground_colours,
    refine,
    trimap,
)
from seglib.matting.refine import fill_holes, keep_largest, levels
from seglib.results import Matte

PLAIN = MatteOptions(edges=False, softness=1.0, holes=0.0)
"""Options that change nothing."""


def disc(
    size: tuple[int, int] = (60, 80), radius: float = 18, rim: float = 6
) -> NDArray[np.float32]:
    y, x = np.mgrid[: size[0], : size[1]]
    away = np.hypot(y - size[0] / 2, x - size[1] / 2)
    return np.clip((radius - away) / rim + 0.5, 0, 1).astype(np.float32)


def noise(height: int = 60, width: int = 80) -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)


def test_options_that_change_nothing_change_nothing() -> None:
    alpha = disc()
    np.testing.assert_allclose(refine(Matte(alpha), noise(), PLAIN).alpha, alpha, atol=1e-6)


def test_levels_by_hand() -> None:
    alpha = np.array([0, 0.2, 0.4, 0.5, 0.6, 0.9], np.float32)
    np.testing.assert_allclose(levels(alpha, 0.5, 0.4), [0, 0, 0.25, 0.5, 0.75, 1], atol=1e-6)
    assert levels(alpha, 0.5, 0.0).tolist() == [0, 0, 0, 1, 1, 1]


@given(
    st.floats(0.05, 0.95), st.floats(0.0, 1.0), st.floats(0, 1, width=32), st.floats(0, 1, width=32)
)
def test_levels_keep_the_order(threshold: float, softness: float, a: float, b: float) -> None:
    low, high = levels(np.array(sorted((a, b)), np.float32), threshold, softness)
    assert 0 <= low <= high <= 1


def test_a_small_hole_is_filled_a_large_one_and_the_ground_are_not() -> None:
    alpha = np.ones((40, 40), np.float32)
    alpha[:, :5] = 0  # ground: touches the border
    alpha[10:12, 10:12] = 0  # 4 of about 1,300 pixels
    alpha[20:34, 15:35] = 0  # 280
    filled = fill_holes(alpha, 0.01)
    assert filled[10, 10] == 1
    assert filled[25, 20] == 0
    assert filled[3, 3] == 0


def test_the_largest_piece_is_kept_with_its_soft_rim() -> None:
    alpha = np.zeros((30, 60), np.float32)
    alpha[5:25, 5:25] = 1
    alpha[5:25, 25] = 0.3
    alpha[10:14, 40:44] = 1
    alpha[0:30, 50:60] = 0.03  # a faint haze, larger than anything
    kept = keep_largest(alpha)
    assert kept[10, 10] == 1
    assert kept[10, 25] == np.float32(0.3)
    assert kept[12, 42] == kept[5, 55] == 0
    assert (keep_largest(np.zeros((4, 4), np.float32)) == 0).all()


def test_edges_follow_the_picture() -> None:
    pixels = np.full((80, 80, 3), 20, np.uint8)
    pixels[:, 40:] = 220
    # the network's rim is eight pixels wide and three to the left of the picture's edge
    ramp = np.clip((np.arange(80) - 37) / 8 + 0.5, 0, 1).astype(np.float32)
    matte = Matte(np.tile(ramp, (80, 1)))
    truth = (np.arange(80) >= 40).astype(np.float32)
    wrong = {
        edges: np.abs(refine(matte, pixels, MatteOptions(edges=edges)).alpha[40] - truth).sum()
        for edges in (True, False)
    }
    assert wrong[True] < 0.5 * wrong[False]


def test_trimap_by_hand() -> None:
    matte = Matte(np.array([[0, 0.05, 0.06, 0.94, 0.95, 1]], np.float32))
    assert trimap(matte).tolist() == [[0, 0, 128, 128, 255, 255]]
    with pytest.raises(ShapeError):
        trimap(matte, low=0.9, high=0.1)


def test_an_opaque_cut_out_is_the_picture_and_a_clear_one_is_nothing() -> None:
    pixels = noise()
    full = cut_out(pixels, Matte(np.ones((60, 80), np.float32)))
    assert (full[..., :3] == pixels).all()
    assert (full[..., 3] == 255).all()
    assert not cut_out(pixels, Matte(np.zeros((60, 80), np.float32))).any()


def test_what_is_clear_keeps_no_colour_of_the_old_ground() -> None:
    rgba = cut_out(noise(), Matte(disc()))
    assert not rgba[rgba[..., 3] == 0].any()


def test_compose_by_hand() -> None:
    rgba = np.array([[[200, 100, 0, 255], [200, 100, 0, 0], [200, 100, 0, 51]]], np.uint8)
    ground = np.full((1, 3, 3), 10, np.uint8)
    # 0.2 of the colour and 0.8 of 10
    assert compose(rgba, ground).tolist() == [[[200, 100, 0], [10, 10, 10], [48, 28, 8]]]


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_compose_lies_between_both(top: int, under: int, alpha: int) -> None:
    rgba = np.array([[[top, top, top, alpha]]], np.uint8)
    value = int(compose(rgba, np.full((1, 1, 3), under, np.uint8))[0, 0, 0])
    assert value == (top * alpha + under * (255 - alpha) + 127) // 255
    assert min(top, under) <= value <= max(top, under)


def test_despill_finds_the_subject_s_own_colour() -> None:
    """A red disc blended over green: at the rim the red comes back, the green goes."""
    alpha = disc(rim=10)
    red, green = np.array([210, 30, 40]), np.array([20, 200, 30])
    pixels = np.rint(alpha[..., None] * red + (1 - alpha[..., None]) * green).astype(np.uint8)
    rim = (alpha > 0.2) & (alpha < 0.9)
    before = np.abs(pixels[rim].astype(float) - red).mean()
    after = np.abs(foreground_colours(pixels, alpha)[rim].astype(float) - red).mean()
    half = np.abs(foreground_colours(pixels, alpha, strength=0.5)[rim].astype(float) - red).mean()
    assert after < 0.2 * before
    assert after < half < before
    assert foreground_colours(pixels, alpha, strength=0.0) is pixels


def test_the_blurred_ground_has_nothing_of_the_subject() -> None:
    alpha = disc(rim=0.01)
    pixels = np.where(alpha[..., None] > 0.5, [255, 0, 0], [0, 0, 200]).astype(np.uint8)
    ground = blurred_background(pixels, Matte(alpha), blur=8)
    outside = alpha == 0
    assert ground[outside][:, 0].max() <= 3
    assert ground[outside][:, 2].min() >= 196


@pytest.mark.parametrize("size", [(40, 40), (10, 300), (300, 10), (1, 1)])
def test_a_background_of_any_proportions_fills_the_picture(size: tuple[int, int]) -> None:
    picture = np.zeros((50, 100, 3), np.uint8)
    picture[:, 45:55] = 255  # the middle stays the middle
    filled = fill_background(picture, size)
    assert filled.shape == (size[1], size[0], 3)
    assert filled[size[1] // 2, size[0] // 2, 0] > 100
    assert fill_background(np.zeros((1, 5000, 3), np.uint8), size).shape[:2] == size[::-1]


def test_sizes_that_differ_are_named() -> None:
    matte = Matte(np.ones((10, 12), np.float32))
    for call in (
        lambda: refine(matte, noise(), PLAIN),
        lambda: cut_out(noise(), matte),
        lambda: blurred_background(noise(), matte, blur=3),
        lambda: compose(np.zeros((4, 4, 4), np.uint8), np.zeros((5, 4, 3), np.uint8)),
        lambda: foreground_colours(noise(), matte.alpha),
    ):
        with pytest.raises(ShapeError, match="expected"):
            call()
