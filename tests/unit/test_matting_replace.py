"""The whole way from a matte to a picture, and the numbers of a matte."""

from __future__ import annotations

import numpy as np
import pytest

from seglib.errors import UsageError
from seglib.matting import (
    BackgroundOptions,
    MatteOptions,
    blurred_background,
    compose,
    cut_out,
    fill_background,
    filled_holes,
    matte_facts,
    refine,
    replace_background,
)
from seglib.results import Matte
from tests.unit.test_matting import disc, noise

PLAIN = MatteOptions(edges=False, softness=1.0, holes=0.0)


@pytest.mark.parametrize("kind", ["transparent", "colour", "blur", "picture"])
def test_every_background_is_the_parts_put_together(kind: str) -> None:
    pixels, matte = noise(), Matte(disc())
    other = noise(10, 200)
    made = replace_background(
        pixels,
        matte,
        MatteOptions(threshold=0.4, feather=1.5),
        BackgroundOptions(kind=kind, blur=6.0, despill=0.5),
        colour=(10, 200, 30),
        picture=other,
    )
    refined = refine(matte, pixels, MatteOptions(threshold=0.4, feather=1.5))
    rgba = cut_out(pixels, refined, despill=0.5)
    np.testing.assert_array_equal(made.rgba, rgba)
    np.testing.assert_array_equal(made.matte.alpha, refined.alpha)
    ground = {
        "transparent": None,
        "colour": np.full_like(pixels, np.array([10, 200, 30], np.uint8)),
        "blur": blurred_background(pixels, refined, blur=6.0),
        "picture": fill_background(other, (80, 60)),
    }[kind]
    if ground is None:
        assert made.ground is None
        assert made.pixels is made.rgba
    else:
        np.testing.assert_array_equal(made.pixels, compose(rgba, ground))
    assert made.refine_ms > 0
    assert made.compose_ms > 0


def test_the_defaults_are_the_options_defaults() -> None:
    pixels, matte = noise(), Matte(disc())
    made = replace_background(pixels, matte)
    np.testing.assert_array_equal(
        made.pixels, cut_out(pixels, refine(matte, pixels, MatteOptions()))
    )


def test_lengths_shrink_with_the_picture() -> None:
    pixels, matte = noise(), Matte(disc())
    half = replace_background(pixels, matte, MatteOptions(feather=4.0), scale=0.5)
    same = replace_background(pixels, matte, MatteOptions(feather=2.0))
    np.testing.assert_array_equal(half.pixels, same.pixels)


def test_a_picture_must_be_given() -> None:
    with pytest.raises(UsageError, match="expected a picture to put behind the subject, got none"):
        replace_background(noise(), Matte(disc()), background=BackgroundOptions(kind="picture"))


def test_facts_by_hand() -> None:
    alpha = np.zeros((6, 10), np.float32)
    alpha[1:5, 1:5] = 1  # 16 pixels, 12 of them touch ground
    alpha[1:5, 5] = 0.25  # 4 soft ones
    alpha[2, 8] = 1  # a piece of its own: 1 pixel, all outline
    facts = matte_facts(Matte(alpha))
    assert facts.subject_share == pytest.approx((17 + 4 * 0.25) / 60)
    assert facts.soft_share == pytest.approx(4 / 60)
    assert (facts.foreground, facts.unknown, facts.background) == (17, 4, 39)
    assert facts.pieces == 2
    assert facts.edge_px == pytest.approx(4 / 13)


def test_facts_where_there_is_no_edge() -> None:
    for value, pieces in ((0.0, 0), (1.0, 1)):
        facts = matte_facts(Matte(np.full((3, 4), value, np.float32)))
        assert (facts.pieces, facts.edge_px) == (pieces, None)


def test_filled_holes_are_counted() -> None:
    alpha = np.zeros((40, 40), np.float32)
    alpha[4:36, 4:36] = 1
    alpha[10:12, 10:12] = 0
    alpha[20, 20] = 0
    alpha[24:34, 24:34] = 0  # too large
    pixels = np.zeros((40, 40, 3), np.uint8)
    options = MatteOptions(edges=False, softness=0.0, holes=1.0, feather=3.0, keep="largest")
    found = filled_holes(Matte(alpha), pixels, options)
    assert (found.count, found.pixels) == (2, 5)
    none = filled_holes(Matte(alpha), pixels, MatteOptions(edges=False, holes=0.0))
    assert (none.count, none.pixels) == (0, 0)
