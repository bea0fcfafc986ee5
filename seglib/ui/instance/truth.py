"""Found objects against the exact ones of a generated picture, where their classes can be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from seglib.labels import LabelSet
from seglib.metrics import ImageObjects, average_precision, object_precision
from seglib.results import Instances

Outcome = Literal["right", "wrong", "ignored", "not judged"]

ALIASES: Mapping[str, str] = {"pedestrian": "person"}
"""What another label set calls the same thing."""

CROWDS: Mapping[str, str] = {"bicyclist": "person"}
"""Objects of two things at once: a detection of the one in them is neither right nor wrong."""


@dataclass(frozen=True, eq=False)
class Judged:
    """What was right.

    Parameters
    ----------
    ap, ap50, ap75 : float
        COCO's mask AP, ``nan`` where no object is to be found.
    outcomes : tuple of str
        Of each object, at an IoU of 0.5.
    ious : tuple of float or None
        With the true object that it matches at 0.5.
    missed : int
        True objects that nothing matched at 0.5.
    true : int
        True objects to be found.
    judged, foreign : tuple of str
        Names of the true classes that were judged, and of those that the model does not know.
    bowl, bowl50 : float or None
        As the Data Science Bowl judges objects of one class; ``None`` with more classes, or where
        nothing is there and nothing was found.
    """

    ap: float
    ap50: float
    ap75: float
    outcomes: tuple[Outcome, ...]
    ious: tuple[float | None, ...]
    missed: int
    true: int
    judged: tuple[str, ...]
    foreign: tuple[str, ...]
    bowl: float | None = None
    bowl50: float | None = None

    def count(self, outcome: Outcome) -> int:
        """Objects with this outcome."""
        return self.outcomes.count(outcome)


def classes(truth: LabelSet, found: LabelSet) -> tuple[dict[int, int], dict[int, int]]:
    """Return the found set's class id by the true set's: of objects to find, and of crowds."""
    known = {label.name: label.id for label in found if label.thing}
    to_find: dict[int, int] = {}
    crowds: dict[int, int] = {}
    for label in truth:
        if not label.thing:
            continue
        name = ALIASES.get(label.name, label.name)
        if name in known:
            to_find[label.id] = known[name]
        elif CROWDS.get(label.name) in known:
            crowds[label.id] = known[CROWDS[label.name]]
    return to_find, crowds


def judge(truth: Instances, found: Instances) -> Judged | None:
    """Measure the found objects; ``None`` where the truth has no class that the model knows.

    Parameters
    ----------
    truth : Instances
        Of a generated picture, in its own label set.
    found : Instances
        Best score first, in the model's label set.
    """
    to_find, crowds = classes(truth.label_set, found.label_set)
    if not to_find:
        return None
    ids = truth.class_ids.tolist()
    rows = [row for row, each in enumerate(ids) if each in to_find or each in crowds]
    crowd = np.array([ids[row] in crowds for row in rows], bool)
    true = ImageObjects(
        truth.size,
        [truth.packed[row] for row in rows],
        np.array([{**to_find, **crowds}[ids[row]] for row in rows], np.int64),
        crowd=crowd,
    )
    wanted = set(to_find.values())
    judged = [row for row, each in enumerate(found.class_ids.tolist()) if each in wanted]
    limit = max(100, len(judged))
    measured = average_precision(
        [true], [found.select(judged)], max_detections=tuple(sorted({1, 10, limit}))
    )
    matches = measured.matches
    outcomes: list[Outcome] = ["not judged"] * len(found)
    ious: list[float | None] = [None] * len(found)
    known = {
        (detection, other): iou
        for detection, other, iou in zip(
            matches.pairs.detection.tolist(),
            matches.pairs.truth.tolist(),
            matches.pairs.iou.tolist(),
            strict=True,
        )
    }
    for place, index in enumerate(matches.index.tolist()):
        row, match = judged[index], int(matches.truth[0, 0, place])
        if matches.ignored[0, 0, place]:
            outcomes[row] = "ignored"
        elif match >= 0:
            outcomes[row], ious[row] = "right", known[place, match]
        else:
            outcomes[row] = "wrong"
    names = {label.id: label.name for label in truth.label_set}
    present = sorted(set(ids))
    one = len(to_find) == 1 and set(ids) <= set(to_find) and len(judged) == len(found)
    bowl = object_precision(truth, found) if one else None
    return Judged(
        measured.ap(),
        measured.ap(threshold=0.5),
        measured.ap(threshold=0.75),
        tuple(outcomes),
        tuple(ious),
        int(matches.missed().sum()),
        int((~crowd).sum()),
        tuple(names[each] for each in to_find),
        tuple(names[each] for each in present if each not in to_find and each not in crowds),
        None if bowl is None else bowl.mean,
        None if bowl is None else bowl.at(0.5),
    )
