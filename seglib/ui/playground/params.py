"""What the page keeps in the address."""

from __future__ import annotations

import re

from seglib.disturb import DisturbOptions
from seglib.ui import address, knobs
from seglib.ui.address import Param, one_of
from seglib.ui.playground.measures import JudgeOptions
from seglib.ui.playground.scenes import BY_KEY, SCENES, Scene
from seglib.ui.playground.table import BY_KEY as METRICS

PREFIX = "pg"
_CELL = re.compile(r"[0-9]{1,3}-[0-9]{1,3}")

SCENE = Param("pg_scene", SCENES[0].key, one_of(*BY_KEY))
CLASS = Param("pg_class", "", lambda text: text == "" or _is_class(text))
CELL = Param("pg_cell", "", lambda text: text == "" or bool(_CELL.fullmatch(text)))
METRIC = Param("pg_metric", "iou", one_of(*METRICS))
SEED = Param("pg_seed", "0", address.integer(0, 9999))
DISTURB = knobs.params(DisturbOptions, PREFIX)
JUDGE = knobs.params(JudgeOptions, PREFIX)
PARAMS = (SCENE, CLASS, CELL, METRIC, SEED, *DISTURB, *JUDGE)


def _is_class(text: str) -> bool:
    return any(text in scene.label_set.names for scene in SCENES)


def scene() -> Scene:
    """Return the situation chosen."""
    return BY_KEY[address.get(SCENE)]


def focus(chosen: Scene) -> int:
    """Return the class that is judged; the situation's own where the address names no other."""
    name = address.get(CLASS)
    return chosen.label_set.id_of(name) if name in chosen.label_set.names else chosen.focus_id


def cell(chosen: Scene) -> tuple[int, int] | None:
    """Return truth and prediction of the pixels that are marked."""
    text = address.get(CELL)
    if not text:
        return None
    first, second = (int(part) for part in text.split("-"))
    ids = {label.id for label in chosen.label_set}
    return (first, second) if first in ids and second in ids else None


def start(key: str) -> None:
    """Set the page up for a situation: its own sliders, class and nothing marked."""
    chosen = BY_KEY[key]
    address.put(SCENE, key)
    for param in (CLASS, CELL, *DISTURB):
        address.put(param, param.default)
    knobs.put(DisturbOptions, PREFIX, **chosen.options)


def adopted(names: set[str], given: set[str]) -> None:
    """Follow a link: one that names a situation alone means it with its own sliders.

    Parameters
    ----------
    names : set of str
        Values that the address has just changed.
    given : set of str
        Values that the address holds.
    """
    if SCENE.name in names and not given & {param.name for param in DISTURB}:
        knobs.put(DisturbOptions, PREFIX, **scene().options)


def query(key: str, **more: str) -> dict[str, str]:
    """Return the address of a situation with its own sliders."""
    options = knobs.query(DisturbOptions, PREFIX, **BY_KEY[key].options)
    return {SCENE.name: key, **options, **more}
