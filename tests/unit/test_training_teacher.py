"""What the teacher says goes where its pixels go; labels win over it."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs PyTorch: training/requirements.txt")

import torch

from training.everyday_augment import Drawn, draw_move, move
from training.everyday_data import VOID, Sample
from training.everyday_teacher import CELLS, SIDE, STEP, Lessons, Pupil, cells_of, teacher_loss


def ramp(size: tuple[int, int]) -> np.ndarray:
    """Maps that say where they are: the place of each cell, x and y, in pixels of the picture."""
    height, width = size
    scale = SIDE / max(height, width)
    centre = (np.arange(CELLS) * STEP + 0.5) / scale - 0.5
    x, y = np.meshgrid(centre, centre)
    return np.stack([x, y], -1).astype(np.float16)


@pytest.mark.parametrize("size", [(216, 288), (288, 200)])
@pytest.mark.parametrize("seed", range(4))
def test_maps_are_moved_as_the_picture_is(size: tuple[int, int], seed: int) -> None:
    height, width = size
    side = 256
    # a picture whose pixels say where they are, so that moving it tells where each came from
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    pixels = np.stack([x * 0.8, y * 0.8, np.full_like(x, 200)], -1).astype(np.uint8)
    labels = np.zeros(size, np.uint8)
    sample = Sample(pixels, labels, labels, "voc")
    rng = np.random.default_rng(seed)
    matrix = draw_move(sample, side, (0.9, 1.8), rng)
    moved = move(sample, matrix, side)
    drawn = Drawn(
        np.zeros((3, side, side), np.float32),
        moved.labels.astype(np.int64),
        moved.ids.astype(np.int64),
        0,
        matrix,
        np.ones((side, side), bool),
    )
    lessons = Lessons(ramp(size)[None], ramp(size)[None], [size])
    scores, features, holds = lessons.of([drawn])
    assert scores.shape == (1, 2, 32, 32)
    assert features.shape == (1, 2, 16, 16)
    middle = moved.pixels.reshape(32, 8, 32, 8, 3)[:, 3:5, :, 3:5].mean((1, 3))
    inside = holds[0].numpy() & (middle[..., 2] == 200)
    assert inside.sum() > 100
    came = scores[0].permute(1, 2, 0).numpy()
    np.testing.assert_allclose(came[inside], middle[..., :2][inside] / 0.8, atol=2.0)
    # beyond the picture nothing holds
    beyond = moved.labels[3::8, 3::8] == VOID
    assert not (holds[0].numpy() & beyond & (moved.labels[4::8, 4::8] == VOID)).any()


def test_what_was_pasted_over_does_not_hold() -> None:
    labels = np.zeros((64, 64), np.uint8)
    sample = Sample(np.zeros((64, 64, 3), np.uint8), labels, labels, "voc")
    matrix = draw_move(sample, 64, (1.0, 1.0001), np.random.default_rng(0))
    bare = np.ones((64, 64), bool)
    bare[:32] = False
    whole = labels.astype(np.int64)
    drawn = Drawn(np.zeros((3, 64, 64), np.float32), whole, whole, 0, matrix, bare)
    lessons = Lessons(ramp((64, 64))[None], ramp((64, 64))[None], [(64, 64)])
    *_, holds = lessons.of([drawn])
    assert not holds[0, :4].any()
    assert holds[0, 4:7, 2:6].all()


def test_cells_hit_the_teacher_s_own_places() -> None:
    # a picture of the teacher's own size that is not moved: cell k lies at input pixel 16 k
    at = cells_of(np.array([[1.0, 0, 0], [0, 1, 0]]), (SIDE, SIDE), 512, 32)
    first = (7.5 / STEP) / (CELLS - 1) * 2 - 1
    assert at[0, 0].tolist() == pytest.approx([first, first])
    assert (at[0, 1, 0] - at[0, 0, 0]).item() == pytest.approx(2 / (CELLS - 1))


def test_labels_win_over_the_teacher() -> None:
    scores = torch.zeros(1, 21, 2, 2)
    scores[:, 8] = 9.0  # the teacher sees a cat everywhere
    features = torch.zeros(1, 256, 1, 1)
    semantic = torch.zeros(1, 21, 4, 4, requires_grad=True)
    labels = torch.full((1, 16, 16), 12)  # and it is a dog
    labels[:, :, 8:] = VOID
    labels[:, 8:, :8] = 8
    holds = torch.ones(1, 2, 2, dtype=torch.bool)
    seen = torch.ones(1, 256, 1, 1)
    terms = teacher_loss(semantic, seen, labels, scores, features, holds)
    terms["answer"].backward()
    moved = semantic.grad.abs().sum(1)[0] > 0
    assert not moved[:2, :2].any()
    assert moved[2:, :2].all()
    assert moved[:, 2:].all()
    assert terms["features"].item() == pytest.approx(1.0)
    nothing = teacher_loss(semantic, seen, labels, scores, features, holds & False)
    assert nothing["answer"].item() == 0
    assert nothing["features"].item() == 0


def test_a_pupil_s_copy_looks_at_its_own_features() -> None:
    from copy import deepcopy

    context = torch.nn.Conv2d(3, 4, 1)
    pupil = Pupil(torch.nn.Sequential(context), context, 4)
    copy = deepcopy(pupil)
    copy(torch.ones(1, 3, 2, 2))
    assert pupil.deep is None
    assert copy.deep is not None
