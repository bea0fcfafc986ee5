"""Everything the page reads out of the address, in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

from seglib.annotate.editor import MODES, Mode
from seglib.labels import Label, LabelSet
from seglib.ui import address, knobs
from seglib.ui.address import Param, get, integer, one_of
from seglib.ui.annotate import subject as subjects
from seglib.ui.annotate import work as works
from seglib.ui.annotate.subject import Subject
from seglib.ui.annotate.tools import BY_NAME, TOOLS, Tool
from seglib.ui.annotate.work import Work

SETS = {
    "auto": "As the truth, else VOC",
    "voc": "Pascal VOC (21)",
    "camvid": "CamVid (11)",
    "shapes": "Shapes (6)",
    "own": "Your own",
}
SOURCES = {"picture": "The picture chosen", "shapes": "Generated shapes"}
SIDES = {"box": "Box", "object": "Object", "rest": "Not object"}
MODE_TITLES = {"paint": "Paint", "empty": "Only empty", "erase": "Erase"}
DEFAULT_NAMES = "cat, dog, ball"
MAX_SEED = 9_999


def _names(text: str) -> bool:
    return len(text) <= 300 and re.fullmatch(r"[\w ,.'()/-]*", text) is not None


TOOL = Param("ann_tool", "polygon", one_of(*BY_NAME))
CLASS = Param("ann_class", "", lambda text: len(text) <= 40 and text.isprintable())
MODE = Param("ann_mode", "paint", one_of(*MODES))
SET = Param("ann_set", "auto", one_of(*SETS))
NAMES = Param("ann_names", DEFAULT_NAMES, _names)
SOURCE = Param("ann_source", "picture", one_of(*SOURCES))
SEED = Param("ann_shapes", "3", integer(0, MAX_SEED))
SIDE = Param("ann_side", "box", one_of(*SIDES))
OPACITY = Param("ann_opacity", "55", integer(0, 100))
TRUTH = Param("ann_truth", "0", one_of("0", "1"))
DEMO = Param("ann_demo", "0", one_of("0", "1"))

OWN = (TOOL, CLASS, MODE, SET, NAMES, SOURCE, SEED, SIDE, OPACITY, TRUTH, DEMO)
PARAMS: tuple[Param, ...] = (
    *OWN,
    *(
        param
        for tool in TOOLS
        if tool.options is not None
        for param in knobs.params(tool.options, tool.prefix)
    ),
)
"""All values in the address."""


@dataclass(frozen=True, eq=False)
class State:
    """What the page shows now.

    Parameters
    ----------
    tool : Tool
        The tool chosen.
    options : object or None
        Its options.
    subject : Subject
        The picture.
    label_set : LabelSet
        The classes.
    label : Label
        The class chosen.
    mode : str
        How masks are painted.
    side : str
        What a mark means.
    work : Work
        The annotation.
    """

    tool: Tool
    options: Any
    subject: Subject
    label_set: LabelSet
    label: Label
    mode: Mode
    side: str
    work: Work


def options_of(tool: Tool) -> Any:
    """Return a tool's options as they are set now."""
    return None if tool.options is None else knobs.read(tool.options, tool.prefix)


def read() -> State:
    """Read the address and the session."""
    tool = BY_NAME[get(TOOL)]
    subject = subjects.current(get(SOURCE), int(get(SEED)))
    label_set = subjects.label_set(get(SET), get(NAMES), subject)
    label = chosen_label(label_set, get(CLASS))
    side = get(SIDE)
    if side == "box" and tool.name != "grabcut":
        side = "object"
    work = works.of(subject, label_set)
    return State(
        tool,
        options_of(tool),
        subject,
        label_set,
        label,
        cast("Mode", get(MODE)),
        side,
        work,
    )


def chosen_label(label_set: LabelSet, name: str) -> Label:
    """Return the class of this name; else the first thing, which one would outline first."""
    found = next((label for label in label_set if label.name == name), None)
    if found is not None:
        return found
    return next((label for label in label_set if label.thing), label_set.labels[0])


def set_tool(name: str) -> None:
    """Choose a tool; its marks begin with what it needs first."""
    address.put(TOOL, name)
    address.put(SIDE, SIDE.default)
