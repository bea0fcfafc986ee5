"""The state of an annotation in a visitor's session: the map, pending marks, clocks."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.annotate.editor import EMPTY, LabelMapEditor, Mode
from seglib.annotate.history import History
from seglib.annotate.strokes import Stroke
from seglib.labels import LabelSet
from seglib.ui.annotate.subject import Subject

_KEY = "_annotate"
_KEPT = 3
"""Pictures whose annotation a session keeps: the oldest goes when a fourth is begun."""
MAX_MARKS = 60


@dataclass(frozen=True)
class Mark:
    """A stroke that says: this is the object, or: this is not."""

    stroke: Stroke
    inside: bool


@dataclass
class Work:
    """One picture's annotation.

    Parameters
    ----------
    editor : LabelMapEditor
        The map and its history.
    marks : dict
        Marks of each tool that proposes.
    began, last : dict
        Clock of each class, seconds: when it was chosen, when it last changed.
    problem : str
        One sentence about the last thing that could not be done.
    note : str
        One sentence about the last thing done.
    proposal : tuple
        Key and mask of the last proposal, so that it is computed once.
    example_done : bool
        Whether the address' wish for an example was fulfilled.
    assisted : set of int
        Classes that an example worked on: their clock says nothing about a visitor.
    """

    editor: LabelMapEditor
    marks: dict[str, tuple[Mark, ...]] = field(default_factory=dict)
    began: dict[int, float] = field(default_factory=dict)
    last: dict[int, float] = field(default_factory=dict)
    problem: str = ""
    note: str = ""
    proposal: tuple[Any, NDArray[np.bool_], float] | None = None
    example_done: bool = False
    assisted: set[int] = field(default_factory=set)

    def start_clock(self, class_id: int) -> None:
        """Start the clock of a class where it does not run yet."""
        self.began.setdefault(class_id, time.monotonic())

    def restart_clock(self, class_id: int) -> None:
        """Start it again."""
        self.began[class_id] = time.monotonic()
        self.last.pop(class_id, None)
        self.assisted.discard(class_id)

    def seconds(self, class_id: int) -> float | None:
        """Seconds from choosing the class to its last change; ``None`` before any.

        ``None`` as well after an example, which took no visitor's time.
        """
        timed = class_id in self.last and class_id in self.began
        if not timed or class_id in self.assisted:
            return None
        return max(self.last[class_id] - self.began[class_id], 1e-3)

    def paint(self, mask: NDArray[np.bool_], class_id: int, mode: Mode, *, note: str) -> None:
        """Apply a mask to the map."""
        self._took(self.editor.apply(mask, class_id, mode, note=note), class_id, note)

    def put(self, mask: NDArray[np.bool_], class_id: int, *, note: str) -> None:
        """Give a class exactly this mask."""
        self._took(self.editor.put(mask, class_id, note=note), class_id, note)

    def _took(self, editor: LabelMapEditor, class_id: int, note: str) -> None:
        self.problem = ""
        if editor is self.editor:
            self.note = f"{note}: no pixel changed."
            return
        before, after = self.editor.labels, editor.labels
        self.note = f"{note}: {int(np.count_nonzero(before != after)):,} px changed."
        self.editor = editor
        self.last[class_id] = time.monotonic()

    def undo(self, tool: str, class_id: int) -> None:
        """Take the last mark back, or else the last change of the map."""
        self.problem = self.note = ""
        if self.marks.get(tool):
            self.marks[tool] = self.marks[tool][:-1]
            return
        self.editor = self.editor.undo()
        if class_id in self.last:
            self.last[class_id] = time.monotonic()

    def redo(self, class_id: int) -> None:
        """Do again what was taken back."""
        self.problem = self.note = ""
        self.editor = self.editor.redo()
        if class_id in self.last:
            self.last[class_id] = time.monotonic()

    def clear(self, class_id: int) -> None:
        """Empty the map, drop all marks, start the clock again."""
        self.problem = self.note = ""
        self.marks = {}
        self.editor = self.editor.clear()
        self.restart_clock(class_id)

    def add_mark(self, tool: str, mark: Mark) -> None:
        """Add a mark; a new box replaces the one before, the oldest of too many goes."""
        self.problem = self.note = ""
        before = self.marks.get(tool, ())
        if mark.stroke.kind == "rect":
            before = tuple(other for other in before if other.stroke.kind != "rect")
        self.marks[tool] = (*before, mark)[-MAX_MARKS:]


def of(subject: Subject, label_set: LabelSet) -> Work:
    """Return the annotation of a picture under a label set; begin one where there is none."""
    kept: dict[str, Work] = st.session_state.setdefault(_KEY, {})
    # A visitor who adds a class of his own goes on with the same map.
    own = label_set.name.startswith("own")
    key = f"{subject.key}|{'own' if own else label_set.name}"
    if key not in kept:
        while len(kept) >= _KEPT:
            kept.pop(next(iter(kept)))
        kept[key] = Work(LabelMapEditor.blank(subject.size, label_set))
    else:
        kept[key] = kept.pop(key)
    work = kept[key]
    if work.editor.label_set.name != label_set.name:
        work.editor = _under(work.editor, label_set)
    return work


def _under(editor: LabelMapEditor, label_set: LabelSet) -> LabelMapEditor:
    """Go on under another list of classes; what it does not have becomes empty, for good."""
    labels = editor.labels
    known = [label.id for label in label_set]
    lost = ~np.isin(labels, [*known, EMPTY])
    if len(label_set) >= len(editor.label_set) and not lost.any():
        return replace(editor, label_set=label_set)
    return LabelMapEditor(label_set, History.start(np.where(lost, np.uint8(EMPTY), labels)))
