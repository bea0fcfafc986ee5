"""All disturbances one after another, for label maps and for instance sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seglib.disturb.chance import dice
from seglib.disturb.changes import drop, invent, relabel
from seglib.disturb.grouping import merge, split
from seglib.disturb.motion import rotate, shift
from seglib.disturb.objects import (
    Ids,
    Labels,
    Objects,
    backdrop_of,
    default_classes,
    expect_labels,
    objects_of,
    paint,
)
from seglib.disturb.options import DisturbOptions
from seglib.disturb.rims import dilate, erode, ragged
from seglib.disturb.specks import holes, speckle
from seglib.errors import LabelError
from seglib.labels import LabelSet


def disturb(
    labels: Labels,
    options: DisturbOptions,
    *,
    seed: int,
    label_set: LabelSet,
    classes: Sequence[int] | None = None,
    choices: Sequence[int] | None = None,
) -> Labels:
    """Make a label map wrong in a chosen way.

    Objects are the connected regions of ``classes``. What they leave behind takes the class of
    the nearest pixel that is no object.

    Parameters
    ----------
    labels : (H, W) uint8
        Class ids, such as the truth.
    options : DisturbOptions
    seed : int
        From 0; the same seed makes the same mistakes.
    label_set : LabelSet
        What the ids mean. Its ignore label stays where it is and is put nowhere else.
    classes : sequence of int, optional
        Classes that are disturbed: the things that occur, unless given; where none occurs, all
        but the most frequent class.
    choices : sequence of int, optional
        What an object may be relabelled to: the classes that occur, unless given.

    Returns
    -------
    (H, W) uint8, read-only
        Equal to ``labels`` where all options are 0.

    Raises
    ------
    ShapeError
        ``labels`` has another shape or type.
    LabelError
        It holds an id outside the label set, or ``classes`` or ``choices`` do.
    """
    expect_labels(labels)
    label_set.check(labels)
    chosen = default_classes(labels, label_set) if classes is None else tuple(classes)
    if choices is None:
        present = np.unique(labels).tolist()
        choices = [label.id for label in label_set if label.id in present]
    for class_id in (*chosen, *choices):
        label_set.label(class_id)
    if options.nothing:
        result = labels.copy()
    else:
        objects = objects_of(labels, chosen)
        backdrop = backdrop_of(labels, objects, ignore=label_set.ignore)
        result = paint(apply(objects, options, seed=seed, choices=choices), backdrop)
        if label_set.ignore is not None:
            # What is not judged stays unjudged: else an object moved there would seem to count.
            result[labels == label_set.ignore] = label_set.ignore
    result.setflags(write=False)
    return result


@dataclass(frozen=True, eq=False)
class DisturbedInstances:
    """An instance set after the disturbance.

    Parameters
    ----------
    ids : ndarray
        ``(H, W) int32``, read-only; 0 is no object.
    classes : mapping
        Class id by object id, for the ids that have a pixel.
    scores : mapping
        0..1 by object id: how sure the made-up detector is.
    """

    ids: Ids
    classes: Mapping[int, int]
    scores: Mapping[int, float]


def disturb_instances(
    ids: Ids,
    classes: Mapping[int, int],
    options: DisturbOptions,
    *,
    seed: int,
    label_set: LabelSet,
    choices: Sequence[int] | None = None,
) -> DisturbedInstances:
    """Make an instance set wrong in a chosen way, and give each object a score.

    Parameters
    ----------
    ids : (H, W) int32
        Object of each pixel; 0 is none.
    classes : mapping
        Class id by object id; ids from 1.
    options, seed, label_set : as for :func:`disturb`
    choices : sequence of int, optional
        What an object may be relabelled to: the classes given, unless set.

    Returns
    -------
    DisturbedInstances
        Objects that were there score 0.50 to 0.99, new ones (invented, or cut off) 0.30 to 0.80:
        a detector that is mostly right when it is sure. With all options 0, ids and classes are
        the same.

    Raises
    ------
    ShapeError, LabelError
        A wrong shape or type, an id without a class, a class outside the label set.
    """
    objects = Objects(np.array(ids), dict(classes))
    if choices is None:
        choices = sorted(set(classes.values()))
    for class_id in (*classes.values(), *choices):
        label_set.label(class_id)
    done = objects if options.nothing else apply(objects, options, seed=seed, choices=choices)
    present = done.present
    scores = {}
    for object_id in present:
        low, high = (0.5, 0.99) if object_id in objects.classes else (0.3, 0.8)
        scores[object_id] = round(float(dice(seed, f"score {object_id}").uniform(low, high)), 3)
    return DisturbedInstances(done.ids, {i: done.classes[i] for i in present}, scores)


def apply(
    objects: Objects, options: DisturbOptions, *, seed: int, choices: Sequence[int]
) -> Objects:
    """Disturb objects in a fixed order: place, number, boundary, single pixels.

    Raises
    ------
    LabelError
        There is nothing to relabel to though relabelling is asked for.
    """
    if options.relabel and not choices:
        raise LabelError("expected classes to relabel to, got none")
    objects = rotate(objects, degrees=options.rotate)
    objects = shift(objects, dx=options.dx, dy=options.dy)
    objects = relabel(objects, count=options.relabel, seed=seed, choices=choices)
    objects = drop(objects, count=options.drop, seed=seed)
    objects = merge(objects, count=options.merge, seed=seed)
    objects = split(objects, count=options.split, seed=seed)
    objects = erode(objects, radius=options.erode)
    objects = dilate(objects, radius=options.dilate)
    objects = ragged(objects, amplitude=options.ragged, seed=seed)
    objects = holes(objects, count=options.holes, seed=seed)
    objects = invent(objects, count=options.invent, seed=seed)
    return speckle(objects, share=options.speckle, seed=seed)
