"""Levels: the same quantiles as NumPy's, and pictures without any span."""

from __future__ import annotations

import numpy as np
import pytest

from seglib.errors import ShapeError
from seglib.images import stretch_levels
from seglib.images.levels import quantile, value_counts


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 1), (7, 5, 3), (64, 50, 3), (201, 1)])
@pytest.mark.parametrize("share", [0.0, 0.005, 0.5, 0.77, 0.995, 1.0])
def test_quantiles_are_numpys(shape: tuple[int, ...], share: float) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, shape, np.uint8)
    assert quantile(value_counts(pixels), share) == pytest.approx(
        np.percentile(pixels, 100 * share)
    )


def test_every_value_is_counted_beyond_what_float32_can_count() -> None:
    # one call of OpenCV's histogram would stop at 2 ** 24 here
    pixels = np.full((1 << 12, (1 << 12) + 3), 7, np.uint8)
    assert value_counts(pixels)[7] == pixels.size


def test_stretching_by_hand() -> None:
    # 100 values 10..109 in steps of one: 0.5 % lies at 10.495, 99.5 % at 108.505
    pixels = np.arange(10, 110, dtype=np.uint8).reshape(10, 10)
    found = stretch_levels(pixels)
    assert (found.min(), found.max()) == (0, 255)
    assert found.reshape(-1)[50] == int((60 - 10.495) * 255 / (108.505 - 10.495))
    assert not np.shares_memory(found, pixels)


def test_a_flat_picture_stays_flat() -> None:
    for value in (0, 128, 255):
        found = stretch_levels(np.full((4, 4, 3), value, np.uint8))
        assert np.unique(found).tolist() == [0]


def test_noise_of_few_levels_is_not_blown_up_to_full_contrast() -> None:
    pixels = np.random.default_rng(0).integers(100, 103, (40, 40, 3), np.uint8)
    assert stretch_levels(pixels).max() <= 2 * 255 / 8


def test_wrong_arrays_are_named() -> None:
    with pytest.raises(ShapeError, match="expected a picture"):
        stretch_levels(np.zeros((3, 3), np.float32))
    with pytest.raises(ShapeError, match="expected a picture"):
        stretch_levels(np.zeros((0, 3, 3), np.uint8))
