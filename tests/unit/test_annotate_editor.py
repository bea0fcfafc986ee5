"""Painting label maps, undo and redo."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seglib.annotate.editor import EMPTY, LabelMapEditor, apply
from seglib.annotate.history import History
from seglib.errors import LabelError, ShapeError, UsageError
from seglib.labels import VOC_21


def test_the_three_modes_by_hand() -> None:
    labels = np.array([[1, 2, EMPTY, EMPTY]], np.uint8)
    mask = np.array([[False, True, True, False]])
    assert apply(labels, mask, 7).tolist() == [[1, 7, 7, EMPTY]]
    assert apply(labels, mask, 7, "empty").tolist() == [[1, 2, 7, EMPTY]]
    assert apply(labels, mask, 7, "erase").tolist() == [[1, EMPTY, EMPTY, EMPTY]]
    assert labels.tolist() == [[1, 2, EMPTY, EMPTY]]
    assert not apply(labels, mask, 7).flags.writeable


@pytest.mark.parametrize(
    ("labels", "mask", "class_id", "mode", "error"),
    [
        (np.zeros((2, 2), np.int32), np.zeros((2, 2), bool), 1, "paint", ShapeError),
        (np.zeros((2, 2), np.uint8), np.zeros((2, 3), bool), 1, "paint", ShapeError),
        (np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint8), 1, "paint", ShapeError),
        (np.zeros((2, 2), np.uint8), np.zeros((2, 2), bool), 255, "paint", LabelError),
        (np.zeros((2, 2), np.uint8), np.zeros((2, 2), bool), -1, "paint", LabelError),
        (np.zeros((2, 2), np.uint8), np.zeros((2, 2), bool), 1, "spray", UsageError),
    ],
)
def test_bad_edits_are_refused(labels, mask, class_id, mode, error) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error):
        apply(labels, mask, class_id, mode)


steps = st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 20)), min_size=1, max_size=8)


@given(steps)
@settings(max_examples=40, deadline=None)
def test_undo_after_do_is_where_one_was(edits: list[tuple[int, int]]) -> None:
    editor = LabelMapEditor.blank((9, 7), VOC_21)
    seen = [editor.labels]
    for seed, class_id in edits:
        mask = np.random.default_rng(seed).random((7, 9)) > 0.5
        after = editor.apply(mask, class_id)
        if after is not editor:
            seen.append(after.labels)
        editor = after
    for expected in reversed(seen[:-1]):
        editor = editor.undo()
        assert (editor.labels == expected).all()
    assert not editor.history.can_undo
    assert (editor.undo().labels == seen[0]).all()
    for expected in seen[1:]:
        editor = editor.redo()
        assert (editor.labels == expected).all()
    assert not editor.history.can_redo
    assert (editor.redo().labels == seen[-1]).all()


def test_a_new_step_forgets_what_was_undone() -> None:
    editor = LabelMapEditor.blank((4, 4), VOC_21)
    left = np.zeros((4, 4), bool)
    left[:, :2] = True
    editor = editor.apply(left, 3).apply(~left, 4).undo().apply(~left, 5)
    assert not editor.history.can_redo
    assert editor.area(3) == editor.area(5) == 8
    assert editor.area(4) == 0
    assert editor.history.notes == ("", "", "")


def test_an_edit_without_effect_is_no_step() -> None:
    editor = LabelMapEditor.blank((4, 4), VOC_21)
    full = np.ones((4, 4), bool)
    once = editor.apply(full, 3)
    assert once.apply(full, 3) is once
    assert editor.clear() is editor
    assert once.clear().area(3) == 0
    assert once.clear().undo().area(3) == 16


def test_put_gives_a_class_exactly_its_mask() -> None:
    editor = LabelMapEditor.blank((4, 1), VOC_21)
    editor = editor.apply(np.array([[True, True, False, False]]), 3)
    editor = editor.apply(np.array([[False, False, True, False]]), 5)
    moved = editor.put(np.array([[False, True, True, False]]), 3)
    assert moved.labels.tolist() == [[EMPTY, 3, 3, EMPTY]]
    assert moved.put(np.array([[False, True, True, False]]), 3) is moved


def test_an_unknown_class_is_refused() -> None:
    editor = LabelMapEditor.blank((4, 4), VOC_21)
    with pytest.raises(LabelError):
        editor.apply(np.ones((4, 4), bool), 21)


def test_memory_is_bounded() -> None:
    rng = np.random.default_rng(0)
    history = History.start(np.zeros((50, 50), np.uint8), max_steps=10, max_bytes=9_000)
    for k in range(40):
        noise = rng.integers(0, 255, (50, 50), np.uint8)
        history = history.do(noise, f"step {k}")
        assert (history.current() == noise).all()
        assert len(history.steps) <= 10
        # Noise does not shrink: 2,500 bytes a step, the current one not counted.
        assert history.nbytes <= 9_000 + 2_600
    assert history.can_undo
    assert history.notes[-1] == "step 39"


def test_one_step_larger_than_the_limit_is_still_kept() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200), np.uint8)
    history = History.start(np.zeros((200, 200), np.uint8), max_bytes=10).do(noise)
    assert (history.current() == noise).all()
    assert len(history.steps) == 1
    assert not history.can_undo
    assert history.undo().current() is not None


def test_wide_labels_keep_their_type() -> None:
    labels = np.array([[300, 65535]], np.uint16)
    assert History.start(labels).current().tolist() == [[300, 65535]]
    assert History.start(labels).current().dtype == np.uint16


@pytest.mark.parametrize(
    "bad", [np.zeros((2, 2)), np.zeros(4, np.uint8), np.zeros((0, 4), np.uint8)]
)
def test_what_is_no_label_map_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ShapeError):
        History.start(bad)
    with pytest.raises(UsageError):
        History.start(np.zeros((2, 2), np.uint8), max_steps=0)
