"""What happens to the map: strokes from the browser, typed shapes, proposals, the example."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.annotate.strokes import Stroke, to_mask
from seglib.errors import SeglibError, ShapeError
from seglib.ui.annotate import example, run
from seglib.ui.annotate.pad import Received
from seglib.ui.annotate.state import State, options_of
from seglib.ui.annotate.subject import true_mask
from seglib.ui.annotate.tools import BY_NAME, Tool
from seglib.ui.annotate.work import Mark
from seglib.ui.boundary import sentence
from seglib.ui.numbers import milliseconds

Mask = NDArray[np.bool_]
_LOG = logging.getLogger("seglib.ui")


@dataclass(frozen=True, eq=False)
class Proposal:
    """What a tool would paint.

    Parameters
    ----------
    mask : (H, W) bool or None
        ``None`` while something is missing.
    ms : float
        Milliseconds it took.
    word : str
        A few words about it, or what is missing.
    """

    mask: Mask | None
    ms: float
    word: str


def receive(state: State, items: Sequence[Received]) -> None:
    """Take over what has been drawn in the browser."""
    for item in items:
        if item.action == "undo":
            state.work.undo(state.tool.name, state.label.id)
        elif item.action == "redo":
            state.work.redo(state.label.id)
        elif item.stroke is None:
            state.work.problem = sentence(ShapeError(item.problem))
        else:
            draw(state, BY_NAME[item.tool], [item.stroke])


def draw(
    state: State, tool: Tool, strokes: Sequence[Stroke], *, inside: bool | None = None
) -> None:
    """Use strokes with a tool; what cannot be done is kept as one sentence."""
    work = state.work
    try:
        if tool.family == "draw":
            mask = np.zeros(state.subject.pixels.shape[:2], np.bool_)
            for stroke in strokes:
                mask |= to_mask(stroke, state.subject.size)
            if not mask.any():
                raise ShapeError("expected a shape that covers a pixel of the picture, got none")
            work.paint(mask, state.label.id, state.mode, note=tool.title)
        elif tool.family in ("pieces", "seed"):
            options = options_of(tool)
            mask, ms = run.clicked(state.subject, tool.name, options, strokes)
            note = f"{tool.title}, {milliseconds(ms)}"
            work.paint(mask, state.label.id, state.mode, note=note)
        elif tool.family == "marks":
            side = state.side != "rest" if inside is None else inside
            for stroke in strokes:
                work.add_mark(tool.name, Mark(stroke, side))
    except SeglibError as error:
        work.problem = sentence(error)


def propose(state: State) -> Proposal | None:
    """Return the proposal of a tool that makes one; computed once for the same input."""
    tool, work = state.tool, state.work
    if tool.family not in ("marks", "whole"):
        return None
    marks = work.marks.get(tool.name, ())
    missing = _missing(tool, marks)
    if missing:
        return Proposal(None, 0.0, missing)
    at = work.editor.history.steps[work.editor.history.at]
    key: Any = (tool.name, state.options, marks)
    if tool.name == "morphology":
        key = (*key, state.label.id, id(at))
    if work.proposal is not None and work.proposal[0] == key:
        _, mask, ms = work.proposal
        return Proposal(mask, ms, _word(tool, mask))
    try:
        if tool.family == "marks":
            mask, ms = run.marked(state.subject, tool.name, state.options, marks)
        else:
            own = work.editor.labels == state.label.id
            mask, ms, _ = run.whole(state.subject, tool.name, state.options, own)
    except SeglibError as error:
        return Proposal(None, 0.0, sentence(error))
    work.proposal = (key, mask, ms)
    return Proposal(mask, ms, _word(tool, mask))


def _missing(tool: Tool, marks: tuple[Mark, ...]) -> str:
    if tool.name == "grabcut" and not any(m.inside or m.stroke.kind == "rect" for m in marks):
        return "Drag a box around the object, or mark the object."
    if tool.name == "watershed":
        inside = any(mark.inside for mark in marks)
        if not inside:
            return "Mark the object first, then beside it."
        if all(mark.inside for mark in marks):
            return "Now choose “Not object” and mark beside it."
    return ""


def _word(tool: Tool, mask: Mask) -> str:
    return f"{tool.title} proposes {int(mask.sum()):,} px"


def accept(state: State) -> None:
    """Paint the proposal into the map."""
    proposal = propose(state)
    if proposal is None or proposal.mask is None:
        return
    note = f"{state.tool.title}, {milliseconds(proposal.ms)}"
    if state.tool.name == "morphology":
        state.work.put(proposal.mask, state.label.id, note=note)
    else:
        state.work.paint(proposal.mask, state.label.id, state.mode, note=note)
    discard(state)


def discard(state: State) -> None:
    """Drop the marks of the tool."""
    state.work.marks.pop(state.tool.name, None)
    state.work.proposal = None


def show_example(state: State) -> None:
    """Make the marks of a careful visitor on the largest object of the class."""
    work, tool = state.work, state.tool
    truth = true_mask(state.subject, state.label_set, state.label.id)
    found = example.target(truth, state.subject.size)
    if found is None:
        work.problem = f"No {state.label.name} is in this picture: choose another class."
        return
    work.assisted.add(state.label.id)
    try:
        if tool.family == "marks":
            work.marks[tool.name] = tuple(example.marks(tool.name, found))
        elif tool.name == "morphology":
            # Something to repair: the object with crumbs, cracks and holes.
            work.put(_damaged(found), state.label.id, note="Example")
        elif tool.family != "whole":
            cut = None
            if tool.family == "pieces":
                subject = state.subject
                cut = run.pieces(subject.key, tool.name, state.options, subject.pixels).regions
            draw(state, tool, example.strokes(tool.name, found, pieces=cut))
    except SeglibError as error:
        work.problem = sentence(error)


def _damaged(mask: Mask) -> Mask:
    height, width = mask.shape
    rng = np.random.default_rng(0)
    crumbs = rng.random((height, width)) < 0.01
    cracks = np.zeros_like(mask)
    cracks[:: max(12, height // 12)] = True
    damaged: Mask = (mask & ~cracks & ~crumbs) | (crumbs & ~mask & (rng.random(mask.shape) < 0.5))
    return damaged


@dataclass(frozen=True)
class Trial:
    """One tool on the example's object.

    Parameters
    ----------
    tool : Tool
        Which.
    marks : str
        Corners, clicks or strokes that the example used.
    ms : float
        Milliseconds of computing; cutting into pieces counts.
    iou : float
        With the object, or ``nan`` where it failed.
    """

    tool: Tool
    marks: str
    ms: float
    iou: float


def trial(state: State, tool: Tool, found: Mask) -> Trial:
    """Run one tool on one object, with its example's marks; the map stays as it is."""
    subject, options = state.subject, options_of(tool)
    spent = 0.0
    if tool.family == "marks":
        marks = example.marks(tool.name, found)
        count = "1 box" if tool.name == "grabcut" else _count(len(marks), "stroke")
        mask, spent = run.marked(subject, tool.name, options, marks)
    elif tool.family == "whole":
        mask, spent, _ = run.whole(subject, tool.name, options, found)
        count = "none"
    else:
        cut = None
        if tool.family == "pieces":
            made = run.pieces(subject.key, tool.name, options, subject.pixels)
            cut, spent = made.regions, made.ms
        strokes = example.strokes(tool.name, found, pieces=cut)
        count = _effort(strokes)
        if tool.family == "draw":
            start = time.perf_counter()
            mask = np.zeros(found.shape, np.bool_)
            for stroke in strokes:
                mask |= to_mask(stroke, subject.size)
            spent = 1e3 * (time.perf_counter() - start)
        else:
            mask, more = run.clicked(subject, tool.name, options, strokes)
            spent += more
    union = int((mask | found).sum())
    return Trial(tool, count, spent, float((mask & found).sum() / union) if union else float("nan"))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _effort(strokes: Sequence[Stroke]) -> str:
    """What a hand would do for these strokes."""
    kinds = {"brush": "stroke", "point": "click", "ellipse": "drag", "rect": "drag"}
    first = strokes[0] if strokes else Stroke("point", ((0.0, 0.0),))
    if first.kind == "polygon":
        return _count(len(first.points), "corner")
    if first.kind == "bezier":
        return _count(len(first.points) // 3, "anchor")
    return _count(len(strokes), kinds[first.kind])


def log(error: Exception) -> None:
    """Keep the traceback of something that a visitor sees as "undefined"."""
    _LOG.warning("a tool failed in a comparison", exc_info=error)
