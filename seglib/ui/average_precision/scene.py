"""A generated scene with its true objects, and detections made by disturbing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.disturb import DisturbOptions, disturb_instances
from seglib.images import Image
from seglib.options import Checked, choice, number, switch, whole
from seglib.results import Instances
from seglib.scenes import shapes, street

SIZE = (480, 360)
MOST_SEED = 9_999
_ASIDE = 3
"""Pixels by which a double lies to the right."""


@dataclass(frozen=True)
class SceneOptions(Checked):
    """What is in the picture, and what the detector gets wrong."""

    scene: str = choice("shapes", ("shapes", "street"), "What is generated.")
    seed: int = whole(5, 0, MOST_SEED, "Another number, another scene.")
    shift: int = whole(2, 0, 12, "Moves every mask by so many pixels.")
    ragged: int = whole(2, 0, 8, "Makes the outlines ragged by up to so many pixels.")
    drop: int = whole(1, 0, 8, "Objects that are not detected.", title="Missed objects")
    invent: int = whole(2, 0, 8, "Detections where nothing is.", title="Ghosts")
    twice: int = whole(2, 0, 8, "Objects that are detected twice.", title="Doubles")
    split: int = whole(1, 0, 6, "Objects that are detected in two halves.", title="Halves")
    relabel: int = whole(1, 0, 8, "Objects that are given another class.", title="Wrong class")


@dataclass(frozen=True)
class JudgeOptions(Checked):
    """How it is judged."""

    threshold: float = number(
        0.5, 0.5, 0.95, "Least IoU of a detection that is right.", title="IoU threshold"
    )
    floor: float = number(
        0.0, 0.0, 1.0, "Detections with a lower score are thrown away.", title="Lowest score"
    )
    area: str = choice(
        "all",
        ("all", "small", "medium", "large"),
        "Only objects of this size count: below 32², between, from 96² pixels. Others are ignored.",
        title="Size of objects",
    )
    crowd: bool = switch(
        False,
        "The largest true object stands for a crowd: it need not be found, and what lies "
        "in it is ignored.",
        title="Largest is a crowd",
    )


@dataclass(frozen=True, eq=False)
class Case:
    """Truth and detections of one picture.

    Parameters
    ----------
    image : Image
        The picture.
    truth, found : Instances
        Objects; detections in the order in which they were made, with the detector's scores.
    ious : ndarray
        ``(D, G) float64``, whatever the classes.
    """

    image: Image
    truth: Instances
    found: Instances
    ious: NDArray[np.float64]


@st.cache_resource(max_entries=12, show_spinner=False)
def case(options: SceneOptions) -> Case:
    """Generate the scene and its detections."""
    if options.scene == "street":
        generated = street(options.seed, size=SIZE)
    else:
        generated = shapes(options.seed, size=SIZE, count=12)
    truth = generated.truth.instances
    if truth is None:
        raise RuntimeError("a generated scene has instances")
    ids = np.zeros((SIZE[1], SIZE[0]), np.int32)
    for index in range(len(truth)):
        ids[truth.mask(index)] = index + 1
    classes = {index + 1: int(class_id) for index, class_id in enumerate(truth.class_ids)}
    wrong = DisturbOptions(
        dx=options.shift,
        dy=options.shift // 2,
        ragged=options.ragged,
        drop=options.drop,
        invent=options.invent,
        split=options.split,
        relabel=options.relabel,
    )
    made = disturb_instances(ids, classes, wrong, seed=options.seed, label_set=truth.label_set)
    masks = [made.ids == each for each in made.classes]
    class_ids = list(made.classes.values())
    scores = [made.scores[each] for each in made.classes]
    # A detector without suppression: the surest objects once more, a little off and less sure.
    for index in np.argsort(scores)[::-1][: options.twice].tolist():
        again = np.zeros_like(masks[index])
        again[:, _ASIDE:] = masks[index][:, :-_ASIDE]
        masks.append(again)
        class_ids.append(class_ids[index])
        scores.append(round(0.9 * scores[index], 3))
    stack = np.stack(masks) if masks else np.zeros((0, SIZE[1], SIZE[0]), bool)
    found = Instances.from_masks(stack, class_ids, scores, truth.label_set)
    return Case(generated.image, truth, found, _ious(stack, truth.masks))


def _ious(masks: NDArray[np.bool_], others: NDArray[np.bool_]) -> NDArray[np.float64]:
    one, other = (each.reshape(len(each), SIZE[0] * SIZE[1]) for each in (masks, others))
    # Counts below 2 ** 24, so float32 is exact.
    shared = one.astype(np.float32) @ other.astype(np.float32).T
    union = one.sum(axis=1)[:, None] + other.sum(axis=1) - shared
    ious: NDArray[np.float64] = shared / np.maximum(union, 1)
    return ious.astype(np.float64)


def parse_scores(text: str) -> dict[int, float]:
    """Read scores that a visitor has set, ``"3:0.95,0:0.1"``, by number of the detection."""
    scores = {}
    for part in text.split(",") if text else ():
        index, _, score = part.partition(":")
        if not (index.isascii() and index.isdigit() and len(index) <= 3):
            raise ValueError(part)
        value = float(score)
        if not 0 <= value <= 1 or len(score) > 6:
            raise ValueError(part)
        scores[int(index)] = value
    return scores


def valid_scores(text: str) -> bool:
    """Say whether a text from the address is a list of scores."""
    try:
        return len(text) <= 600 and len(parse_scores(text)) <= 60
    except ValueError:
        return False


def format_scores(scores: Mapping[int, float]) -> str:
    """Write scores as they stand in the address."""
    return ",".join(f"{index}:{score:.3g}" for index, score in sorted(scores.items()))
