"""What training feeds to a network: picture and labels stay together."""

from __future__ import annotations

import numpy as np
import pytest

from training.augment import PEDESTRIAN, Framing, Mixer, paste_classes, paste_person, relight, warp
from training.camvid import VOID, Pair

FRAMING = Framing((96, 80), (0.75, 1.9))


def striped() -> Pair:
    """A picture whose red channel says the class of each pixel: 20 a class."""
    labels = np.repeat(np.arange(11, dtype=np.uint8), 16)[None].repeat(120, 0)
    pixels = np.zeros((*labels.shape, 3), np.uint8)
    pixels[..., 0] = labels * 20
    return Pair(pixels, labels)


@pytest.mark.parametrize("seed", range(12))
def test_labels_move_with_their_pixels(seed: int) -> None:
    sample = warp(striped(), FRAMING, np.random.default_rng(seed))
    assert sample.pixels.shape == (80, 96, 3)
    assert sample.labels.shape == (80, 96)
    judged = sample.labels != VOID
    assert judged.mean() > 0.5
    # borders between stripes are blended, so they may differ; the inside may not
    wrong = np.abs(sample.pixels[..., 0] / 20 - sample.labels)[judged] > 0.5
    assert wrong.mean() < 0.06


def test_pasted_classes_bring_pixels_and_labels() -> None:
    plain = Pair(np.full((40, 60, 3), 200, np.uint8), np.full((40, 60), 3, np.uint8))
    other = Pair(np.zeros((40, 60, 3), np.uint8), np.full((40, 60), 1, np.uint8))
    other.labels[10:30, 20:40] = 8
    mixed = paste_classes(plain, other, np.random.default_rng(0))
    assert (mixed.labels[10:30, 20:40] == 8).all()
    assert (mixed.labels == 3).sum() == 40 * 60 - 400
    assert mixed.pixels[20, 30].max() == 0
    assert mixed.pixels[0, 0].min() == 200


def test_nothing_rare_leaves_the_sample_alone() -> None:
    plain = Pair(np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.uint8))
    assert paste_classes(plain, plain, np.random.default_rng(0)) is plain
    person = Pair(np.zeros((50, 20, 3), np.uint8), np.ones((50, 20), np.uint8))
    assert paste_person(plain, person, np.random.default_rng(0)) is plain  # no ground to stand on


def test_a_pasted_person_stands_on_the_road() -> None:
    street = Pair(np.full((120, 160, 3), 90, np.uint8), np.zeros((120, 160), np.uint8))
    street.labels[80:] = 3
    person = Pair(np.full((100, 30, 3), 255, np.uint8), np.ones((100, 30), np.uint8))
    for seed in range(8):
        mixed = paste_person(street, person, np.random.default_rng(seed))
        rows, columns = np.nonzero(mixed.labels == PEDESTRIAN)
        assert rows.size > 0
        feet = rows.max() + 1
        assert street.labels[min(feet, 119), columns[rows.argmax()]] == 3
        assert mixed.pixels[rows, columns].mean() > 150


@pytest.mark.parametrize("seed", range(10))
def test_relit_pictures_stay_in_range(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
    lit = relight(pixels, rng)
    assert lit.dtype == np.float32
    assert lit.shape == pixels.shape
    assert np.isfinite(lit).all()
    assert lit.min() >= 0
    assert lit.max() <= 1


def test_the_same_seed_gives_the_same_sample() -> None:
    mixer = Mixer([striped()], [])
    first = mixer.sample(FRAMING, np.random.default_rng(3), 0.0)
    again = mixer.sample(FRAMING, np.random.default_rng(3), 0.0)
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert first[0].shape == (3, 80, 96)
    assert first[0].min() >= -1
    assert first[0].max() <= 1
