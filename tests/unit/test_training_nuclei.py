"""How the nuclei model is judged and what it is taught."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs PyTorch: training/requirements.txt")

from seglib.metrics import object_precision
from training import judge_nuclei, nuclei, nuclei_data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Seventeen pictures; every third one is bright."""
    for k in range(17):
        ids = np.zeros((20, 30), np.uint16)
        ids[4:10, 5:12] = 300  # 16 bits are kept
        value = 180 if k % 3 == 0 else 20
        cv2.imwrite(str(tmp_path / f"p{k:02}.jpg"), np.full((20, 30, 3), value, np.uint8))
        cv2.imwrite(str(tmp_path / f"p{k:02}.png"), ids)
    return tmp_path


def test_the_split_is_that_of_training(folder: Path) -> None:
    held = judge_nuclei.read(folder, held_out=True)
    learnt = judge_nuclei.read(folder, held_out=False)
    assert [path.stem for path in held] == ["p00", "p08", "p16"]
    assert len(learnt) == 14
    assert not set(held) & set(learnt)
    assert judge_nuclei.HELD_OUT == nuclei.HELD_OUT
    slides = nuclei_data.read(folder)[:: nuclei.HELD_OUT]
    assert len(slides) == len(held)
    for path, slide in zip(held, slides, strict=True):
        one = judge_nuclei.case(path)
        np.testing.assert_array_equal(one.ids, slide.ids)
        assert one.stained == slide.stained
        assert one.ids.max() == 300


def test_scores_are_split_by_kind() -> None:
    full, half = np.zeros((10, 10), np.int32), np.zeros((10, 10), np.int32)
    full[:4], half[:2] = 1, 1
    right, wrong = object_precision(full, full), object_precision(full, half)
    scores = judge_nuclei.summary([False, True, False], [right, wrong, wrong])
    assert scores["AP50"] == pytest.approx(1 / 3)
    assert scores["AP50 fluorescence"] == pytest.approx(1 / 2)
    assert scores["AP50 stained"] == 0
    assert judge_nuclei.summary([False], [right])["AP50 stained"] is None


def test_targets_of_two_touching_squares() -> None:
    ids = np.zeros((12, 20), np.int32)
    ids[2:9, 2:9], ids[2:9, 9:16] = 1, 2
    out = nuclei_data.targets(ids)
    np.testing.assert_array_equal(out[0], ids > 0)
    assert out[2, 5, 5] == out[2, 5, 12] == 1.0  # each has its own peak
    assert out[2, 5, 8] == pytest.approx(0.25, abs=0.02)  # 1 of 4 pixels from its own rim
    assert out[1, 5, 8] == out[1, 5, 9] == 1
    assert out[1, 5, 5] == 0
    # from the left rim to the centre are three pixels
    assert out[3, 5, 2] == pytest.approx(3 / nuclei_data.OFFSET_UNIT)
    assert out[4, 8, 5] == pytest.approx(-3 / nuclei_data.OFFSET_UNIT)
