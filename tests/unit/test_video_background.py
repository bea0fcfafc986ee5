"""Background subtraction on a clip with a camera that stands still."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from seglib.errors import ShapeError, UsageError
from seglib.images import Image
from seglib.results import Scene
from seglib.video.background import MOTION, BackgroundOptions, BackgroundSubtractor

SIZE = (96, 72)
ROWS = slice(20, 44)


def ground() -> NDArray[np.uint8]:
    """Stripes and a little structure, the same in every frame."""
    x, y = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
    grey = 120 + 20 * ((x // 8 + y // 8) % 2)
    return np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)


def place(index: int) -> slice:
    """Columns of the object: it comes in from the left after ten frames of ground alone."""
    left = 4 * (index - 10)
    return slice(left, left + 20)


def frame(index: int, *, shadow: bool = False) -> Image:
    pixels = ground().astype(np.float32)
    pixels += np.random.default_rng(index).normal(0, 1.5, pixels.shape)
    if index >= 10:
        if shadow:
            pixels[ROWS.stop : ROWS.stop + 12, place(index)] *= 0.7
        pixels[ROWS, place(index)] = (220, 60, 30)
    return Image.from_array(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def truth(index: int) -> NDArray[np.bool_]:
    mask = np.zeros((SIZE[1], SIZE[0]), bool)
    if index >= 10:
        mask[ROWS, place(index)] = True
    return mask


def iou(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    return float((first & second).sum() / max(1, (first | second).sum()))


@pytest.mark.parametrize("method", ["knn", "mog2"])
def test_what_moves_is_found_and_the_rest_stands_still(method: str) -> None:
    subtractor = BackgroundSubtractor(BackgroundOptions(method=method))
    for index in range(24):
        result = subtractor.segment(frame(index)).result
        assert isinstance(result, Scene)
        assert result.semantic is not None
        assert result.instances is not None
        moving = result.semantic.labels == 1
        if index < 10:
            assert not moving.any(), index
            assert len(result.instances) == 0
        else:
            assert iou(moving, truth(index)) > 0.85, index
            assert len(result.instances) == 1
            np.testing.assert_array_equal(result.instances.mask(0), moving)


@pytest.mark.parametrize("method", ["knn", "mog2"])
def test_a_shadow_is_not_the_object(method: str) -> None:
    for shadows in (True, False):
        options = BackgroundOptions(method=method, shadows=shadows)
        subtractor = BackgroundSubtractor(options)
        for index in range(18):
            labels = subtractor.segment(frame(index, shadow=True)).result.semantic.labels
        cast = labels[ROWS.stop + 3 : ROWS.stop + 10, place(17)]
        wanted = 2 if shadows else 1
        assert (cast == wanted).mean() > 0.8
        assert (labels == 2).any() == shadows
        assert (labels[ROWS, place(17)] == 1).mean() > 0.9


def test_small_things_are_noise() -> None:
    subtractor = BackgroundSubtractor(BackgroundOptions(least=600))
    for index in range(20):
        result = subtractor.segment(frame(index)).result
    assert 400 < truth(19).sum() < 600
    assert len(result.instances) == 0
    assert not (result.semantic.labels == 1).any()


def test_what_stays_becomes_ground() -> None:
    subtractor = BackgroundSubtractor(BackgroundOptions(history=10))
    for index in range(18):
        result = subtractor.segment(frame(index)).result
    assert len(result.instances) == 1
    for _ in range(60):
        result = subtractor.segment(frame(17)).result
    assert len(result.instances) == 0


def test_times_and_labels() -> None:
    subtractor = BackgroundSubtractor()
    done = subtractor.segment(frame(0))
    assert done.times.infer_ms > 0
    assert done.times.postprocess_ms > 0
    assert done.result.semantic.label_set is MOTION


def test_a_frame_of_another_size_and_bad_options_are_refused() -> None:
    subtractor = BackgroundSubtractor()
    subtractor.segment(frame(0))
    with pytest.raises(ShapeError, match="expected frames of"):
        subtractor.segment(Image.from_array(np.zeros((5, 5, 3), np.uint8)))
    with pytest.raises(UsageError, match="method"):
        BackgroundOptions(method="median")
