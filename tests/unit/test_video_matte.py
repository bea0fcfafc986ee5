"""Subjects on other grounds, and mattes that stand still where the picture does."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from seglib.errors import ShapeError, UsageError
from seglib.images import Image
from seglib.models import Segmentation
from seglib.results import Matte, StageTimes
from seglib.video.clips import GeneratedClip
from seglib.video.draw import DrawOptions, draw
from seglib.video.draw_matte import GROUNDS, draw_matte, grey_matte
from seglib.video.job import ClipJob
from seglib.video.reader import ClipReader, Frame
from seglib.video.smoothing import MatteSmoother, SmoothOptions

H, W = 40, 60
INSIDE = (slice(10, 30), slice(20, 40))


def subject() -> tuple[NDArray[np.uint8], Matte]:
    """A red square on a grey gradient, its right edge half transparent."""
    pixels = np.repeat(np.linspace(60, 200, W).astype(np.uint8)[None, :, None], 3, 2)
    pixels = np.repeat(pixels, H, 0)
    pixels[INSIDE] = (200, 20, 20)
    alpha = np.zeros((H, W), np.float32)
    alpha[INSIDE] = 1
    return pixels, Matte(alpha)


@pytest.mark.parametrize(
    ("ground", "colour"),
    [("white", (255, 255, 255)), ("black", (0, 0, 0)), ("green", (0, 177, 64))],
)
def test_a_subject_on_a_colour(ground: str, colour: tuple[int, int, int]) -> None:
    pixels, matte = subject()
    drawn = draw_matte(pixels, matte, ground=ground)
    np.testing.assert_array_equal(drawn[INSIDE], pixels[INSIDE])
    outside = matte.alpha == 0
    assert (drawn[outside] == colour).all()
    half = Matte(np.full((H, W), 0.5, np.float32))
    mixed = draw_matte(np.zeros_like(pixels), half, ground=ground).astype(int)
    assert np.abs(mixed - np.array(colour) * (127 / 255)).max() <= 1


def test_a_blurred_ground_has_nothing_of_the_subject_in_it() -> None:
    pixels, matte = subject()
    drawn = draw_matte(pixels, matte, ground="blur").astype(int)
    np.testing.assert_array_equal(drawn[INSIDE], pixels[INSIDE])
    outside = matte.alpha == 0
    assert np.ptp(drawn[outside], axis=1).max() <= 2  # still grey beside the red


def test_a_dim_ground_steps_back_with_opacity() -> None:
    pixels, matte = subject()
    np.testing.assert_array_equal(draw_matte(pixels, matte, opacity=0), pixels)
    far = draw_matte(pixels, matte, opacity=1)
    assert (far[:, -1] < pixels[:, -1]).all()
    np.testing.assert_array_equal(far[INSIDE], pixels[INSIDE])


def test_every_ground_is_an_option_and_the_mask_is_the_matte() -> None:
    pixels, matte = subject()
    for ground in GROUNDS:
        options = DrawOptions(ground=ground)
        same = draw_matte(pixels, matte, ground=ground, opacity=options.opacity)
        np.testing.assert_array_equal(draw(pixels, matte, options), same)
        side = draw(pixels, matte, DrawOptions(ground=ground, view="side"))
        np.testing.assert_array_equal(side, np.hstack([pixels, same]))
        mask = draw(pixels, matte, DrawOptions(ground=ground, view="mask"))
        np.testing.assert_array_equal(mask, grey_matte(matte))
    assert grey_matte(matte)[INSIDE].min() == 255
    with pytest.raises(UsageError, match="ground"):
        DrawOptions(ground="sea")


def flat(value: float) -> Matte:
    return Matte(np.full((H, W), value, np.float32))


def test_a_still_picture_is_an_exponential_average() -> None:
    pixels, _ = subject()
    smoother = MatteSmoother(SmoothOptions(steadiness=0.5))
    assert smoother.update(pixels, flat(0.2)).alpha[0, 0] == pytest.approx(0.2)
    assert smoother.update(pixels, flat(0.6)).alpha[0, 0] == pytest.approx(0.4)
    assert smoother.update(pixels, flat(0.6)).alpha[0, 0] == pytest.approx(0.5)


def test_flicker_of_a_still_picture_falls_as_the_page_says() -> None:
    steadiness, rng = 0.6, np.random.default_rng(0)
    smoother = MatteSmoother(SmoothOptions(steadiness=steadiness))
    pixels, _ = subject()
    noisy = [Matte(rng.uniform(0.3, 0.7, (H, W)).astype(np.float32)) for _ in range(40)]
    steady = [smoother.update(pixels, matte).alpha for matte in noisy][15:]
    before = np.var([matte.alpha for matte in noisy[15:]])
    assert np.var(steady) / before == pytest.approx((1 - 0.6) / (1 + 0.6), rel=0.05)


def test_what_moves_is_judged_anew() -> None:
    smoother = MatteSmoother(SmoothOptions(steadiness=0.95))
    black, white = (np.full((H, W, 3), value, np.uint8) for value in (0, 255))
    smoother.update(black, flat(1.0))
    np.testing.assert_allclose(smoother.update(white, flat(0.0)).alpha, 0, atol=1e-6)
    # a square moves; what is far from it keeps its average
    moved = white.copy()
    moved[:10, :10] = 0
    out = smoother.update(moved, flat(1.0)).alpha
    np.testing.assert_allclose(out[:5, :5], 1, atol=1e-6)
    np.testing.assert_allclose(out[20:, 20:], 0.05, atol=1e-6)


def test_no_steadiness_is_the_matte_itself_and_sizes_must_fit() -> None:
    pixels, matte = subject()
    assert MatteSmoother(SmoothOptions(steadiness=0)).update(pixels, matte) is matte
    smoother = MatteSmoother()
    smoother.update(pixels, matte)
    with pytest.raises(ShapeError, match="expected frames of"):
        smoother.update(pixels[:20], Matte(matte.alpha[:20]))


def test_a_clip_of_mattes_is_steadied_in_the_order_of_its_frames() -> None:
    """Alternating 0 and 1 on a picture that never changes: the average settles between them."""
    first = next(iter(GeneratedClip(5, 1, "shapes", (W, H)))).image

    class Still(GeneratedClip):
        def __iter__(self):  # type: ignore[no-untyped-def]
            for index in range(self.frames):
                yield Frame(index, Image(first.pixels), index / self.rate, 0.0)

    def answer(frame: Frame) -> Segmentation:
        return Segmentation(flat(frame.index % 2), StageTimes())

    def means(smoother: MatteSmoother | None) -> list[float]:
        job = ClipJob(
            Still(5, 8, "shapes", (W, H)),
            answer,
            options=DrawOptions(view="mask"),
            smoother=smoother,
            workers=3,
        )
        frames = list(ClipReader(job.finish()))
        assert (job.mean_ms["track_ms"] > 0) == (smoother is not None)
        return [float(frame.image.pixels.mean()) / 255 for frame in frames]

    assert means(None) == pytest.approx([0, 1] * 4, abs=0.02)
    wanted, value = [], 0.0
    for index in range(8):
        value = value + 0.5 * (index % 2 - value) if index else 0.0
        wanted.append(value)
    assert means(MatteSmoother(SmoothOptions(steadiness=0.5))) == pytest.approx(wanted, abs=0.03)
