"""A generated scene with its segments, and a prediction made by disturbing them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.disturb import DisturbOptions, backdrop_of, disturb_instances
from seglib.disturb.objects import Objects
from seglib.metrics import PanopticQuality, panoptic_quality
from seglib.options import Checked, choice, number, switch, whole
from seglib.results import Panoptic
from seglib.scenes import shapes, street

SIZE = (480, 360)
_THINGS_FROM = 101


@dataclass(frozen=True)
class PqOptions(Checked):
    """What is in the picture, what is predicted wrongly, and how it is judged."""

    scene: str = choice("street", ("street", "shapes"), "What is generated.")
    seed: int = whole(2, 0, 9_999, "Another number, another scene.")
    shift: int = whole(1, 0, 20, "Moves every thing by so many pixels.")
    ragged: int = whole(1, 0, 8, "Makes the outlines of things ragged.")
    erode: int = whole(0, 0, 8, "Takes a rim of so many pixels off every thing.")
    merge: int = whole(1, 0, 6, "Pairs of neighbours that become one segment.")
    split: int = whole(1, 0, 6, "Things that become two segments.")
    drop: int = whole(1, 0, 8, "Things that are not found.", title="Missed things")
    invent: int = whole(1, 0, 8, "Things that are not there.", title="Ghosts")
    relabel: int = whole(1, 0, 8, "Things that are given another class.", title="Wrong class")
    stuff: bool = switch(
        False,
        "The two largest kinds of stuff change places in the lower left quarter.",
        title="Mistake stuff",
    )
    crowd: bool = switch(
        False,
        "The largest thing stands for a crowd: it need not be found.",
        title="Largest is a crowd",
    )
    threshold: float = number(0.5, 0.5, 0.95, "Two segments match above this IoU.")


@dataclass(frozen=True, eq=False)
class Case:
    """Truth, prediction and the match.

    Parameters
    ----------
    truth, prediction : Panoptic
        Segments.
    crowd : tuple of int
        Ids of the truth's crowds.
    quality : PanopticQuality
        What it comes to.
    """

    truth: Panoptic
    prediction: Panoptic
    crowd: tuple[int, ...]
    quality: PanopticQuality


@st.cache_resource(max_entries=12, show_spinner=False)
def case(options: PqOptions) -> Case:
    """Generate the scene, disturb it and measure."""
    if options.scene == "street":
        generated = street(options.seed, size=SIZE)
    else:
        generated = shapes(options.seed, size=SIZE, count=12)
    truth, semantic = generated.truth.panoptic, generated.truth.semantic
    if truth is None or semantic is None:
        raise RuntimeError("a generated scene has segments and classes")
    labels = truth.label_set
    truth = _short_ids(truth)
    things = {each.id: each.class_id for each in truth.segments if each.thing}
    ids = np.where(truth.segment_ids >= _THINGS_FROM, truth.segment_ids, 0)
    backdrop = backdrop_of(
        np.asarray(semantic.labels, np.uint8), Objects(ids, things), ignore=labels.ignore
    )
    if options.stuff:
        backdrop = _mistaken(backdrop, labels.ignore)
    wrong = DisturbOptions(
        dx=options.shift,
        dy=options.shift // 2,
        ragged=options.ragged,
        erode=options.erode,
        merge=options.merge,
        split=options.split,
        drop=options.drop,
        invent=options.invent,
        relabel=options.relabel,
    )
    made = disturb_instances(
        ids, things, wrong, seed=options.seed, label_set=labels, choices=labels.things
    )
    predicted = backdrop.astype(np.int32) + 1
    if labels.ignore is not None:
        predicted[backdrop == labels.ignore] = 0
    of_segment = {int(each) + 1: int(each) for each in np.unique(backdrop) if each != labels.ignore}
    # Identities survive where the object does: the table is easier to read so.
    predicted[made.ids > 0] = made.ids[made.ids > 0]
    of_segment.update(made.classes)
    prediction = Panoptic.from_ids(predicted, of_segment, labels)
    crowd: tuple[int, ...] = ()
    if options.crowd and things:
        crowd = (max((each for each in truth.segments if each.thing), key=lambda s: s.area).id,)
    quality = panoptic_quality(truth, prediction, crowd=crowd, threshold=options.threshold)
    return Case(truth, prediction, crowd, quality)


def _short_ids(truth: Panoptic) -> Panoptic:
    """Number the segments for people: stuff 1 + class, things from 101."""
    short: dict[int, int] = {}
    for segment in truth.segments:
        things = sum(each >= _THINGS_FROM for each in short.values())
        short[segment.id] = _THINGS_FROM + things if segment.thing else 1 + segment.class_id
    ids = np.zeros(truth.segment_ids.shape, np.int32)
    for old, new in short.items():
        ids[truth.segment_ids == old] = new
    classes = {short[each.id]: each.class_id for each in truth.segments}
    return Panoptic.from_ids(ids, classes, truth.label_set)


def _mistaken(backdrop: NDArray[np.uint8], ignore: int | None) -> NDArray[np.uint8]:
    """Exchange the two most frequent classes in the lower left quarter."""
    part = backdrop[SIZE[1] // 2 :, : SIZE[0] // 2]
    present, counts = np.unique(part[part != ignore], return_counts=True)
    if present.size == 0:
        return backdrop
    first = present[np.argsort(-counts)[:2]]
    if first.size == 1:
        everywhere, sizes = np.unique(backdrop[backdrop != ignore], return_counts=True)
        others = everywhere[np.argsort(-sizes)]
        first = np.concatenate([first, others[others != first[0]][:1]])
    if first.size < 2:
        return backdrop
    mistaken = backdrop.copy()
    lower = mistaken[SIZE[1] // 2 :, : SIZE[0] // 2]
    one, other = part == first[0], part == first[1]
    lower[one], lower[other] = first[1], first[0]
    return mistaken
