"""What each answer says of a picture and what it cannot say, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.metrics import safe_divide
from seglib.results import Instances, Panoptic, SemanticMap
from seglib.ui.kinds.answers import Answers
from seglib.ui.numbers import percent, pixels


@dataclass(frozen=True)
class Joined:
    """A class of things as two answers see it.

    Parameters
    ----------
    class_id : int
    objects : int
        Of the instance answer.
    regions : int
        Connected parts (eight neighbours) of the semantic answer.
    """

    class_id: int
    objects: int
    regions: int


@dataclass(frozen=True)
class Facts:
    """The numbers of all four answers; shares are of all pixels, 0 to 1.

    Parameters
    ----------
    present : int
        Classes with a pixel in the semantic answer.
    joined : tuple of Joined
        Thing classes with an object, the one that loses most first.
    objects : int
    objects_share, twice : float, int
        Pixels in at least one mask (share), and in more than one (count).
    things, stuff : int
        Segments.
    segments_share : float
        Pixels in a segment.
    subject_share : float
        Mean alpha.
    between : float
        Share of pixels whose alpha is neither 0 nor 1 in 8 bits.
    same_class : float
        Share of judged pixels in which the panoptic answer without its ids equals the semantic one;
        ``nan`` where none is judged by both.
    kept : int
        Objects that became a segment.
    matte_iou : float
        IoU of alpha of at least one half with the union of all masks; ``nan`` if both are empty.
    """

    present: int
    joined: tuple[Joined, ...]
    objects: int
    objects_share: float
    twice: int
    things: int
    stuff: int
    segments_share: float
    subject_share: float
    between: float
    same_class: float
    kept: int
    matte_iou: float


def facts(answers: Answers) -> Facts:
    """Measure the four answers."""
    semantic, instances = answers.semantic, answers.instances
    times = claims(instances)
    things = sum(segment.thing for segment in answers.panoptic.segments)
    inside = np.rint(answers.matte.alpha * 255)
    subject, union = answers.matte.alpha >= 0.5, times > 0
    both, either = np.count_nonzero(subject & union), np.count_nonzero(subject | union)
    return Facts(
        present=int(np.count_nonzero(semantic.pixel_counts())),
        joined=joined(semantic, instances),
        objects=len(instances),
        objects_share=float(union.mean()),
        twice=int(np.count_nonzero(times > 1)),
        things=things,
        stuff=len(answers.panoptic.segments) - things,
        segments_share=float((answers.panoptic.segment_ids > 0).mean()),
        subject_share=float(answers.matte.alpha.mean(dtype=np.float64)),
        between=float(((inside > 0) & (inside < 255)).mean()),
        same_class=same_class(answers.panoptic, semantic),
        kept=len(answers.segment_of),
        matte_iou=float(safe_divide(both, either)),
    )


def claims(instances: Instances) -> NDArray[np.uint16]:
    """Count for every pixel the masks that it is in: ``(H, W) uint16``."""
    width, height = instances.size
    count = np.zeros((height, width), np.uint16)
    for row in range(len(instances)):
        x0, y0, crop = instances.crop(row)
        count[y0 : y0 + crop.shape[0], x0 : x0 + crop.shape[1]] += crop
    return count


def regions(mask: NDArray[np.bool_]) -> int:
    """Count connected parts; pixels that touch at a corner are connected."""
    return int(cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)[0]) - 1


def joined(semantic: SemanticMap, instances: Instances) -> tuple[Joined, ...]:
    """Return objects and regions of every class that has an object, most joined first."""
    found = []
    for class_id in np.unique(instances.class_ids).tolist():
        objects = int(np.count_nonzero(instances.class_ids == class_id))
        found.append(Joined(class_id, objects, regions(semantic.labels == class_id)))
    return tuple(sorted(found, key=lambda each: (each.regions - each.objects, -each.objects)))


def same_class(panoptic: Panoptic, semantic: SemanticMap) -> float:
    """Return the share of pixels, judged by both, in which both say the same class."""
    ignore = semantic.label_set.ignore
    table = {segment.id: segment.class_id for segment in panoptic.segments}
    ids, places = np.unique(panoptic.segment_ids, return_inverse=True)
    classes = np.array([table.get(each, -1) for each in ids.tolist()], np.int64)
    own = classes[places.reshape(panoptic.segment_ids.shape)]
    judged = (own >= 0) & (semantic.labels != (-1 if ignore is None else ignore))
    return float(
        safe_divide(
            int(np.count_nonzero(judged & (own == semantic.labels))), int(np.count_nonzero(judged))
        )
    )


def says(found: Facts, answers: Answers) -> dict[str, tuple[str, str]]:
    """Return for each kind what it says and what it cannot say, as HTML."""
    return {
        "semantic": (_classes(found, answers), _cannot_count(found, answers)),
        "instance": (
            _objects(found),
            f"{percent(1 - found.objects_share)} of the pixels have no answer; {_twice(found)}.",
        ),
        "panoptic": (
            f"<b>{count(found.things + found.stuff, 'segment')}</b> cover "
            f"{percent(found.segments_share)} of the pixels, each of them once: "
            f"{count(found.things, 'thing')}, {found.stuff} of stuff.",
            _hidden(found),
        ),
        "matte": (
            f"<b>{percent(found.subject_share)}</b> of the picture is subject; "
            f"{percent(found.between)} of the pixels lie between 0 and 1.",
            _nameless(found),
        ),
    }


def count(number: int, noun: str, plural: str = "") -> str:
    """``"1 car"``, ``"3 cars"``; a plural of its own where it has one."""
    many = plural or {"person": "people", "bus": "buses", "sheep": "sheep"}.get(noun, f"{noun}s")
    return f"{number:,} {noun if number == 1 else many}"


def _classes(found: Facts, answers: Answers) -> str:
    total = len(answers.semantic.label_set)
    return f"Every pixel has <b>one of {total} classes</b>; {found.present} of them here."


def _objects(found: Facts) -> str:
    if not found.objects:
        return "<b>No object</b> was found: an empty list is an answer too."
    what = "with a mask, a class and a score"
    if found.objects == 1:
        return f"<b>1 object</b> {what}."
    return f"<b>{count(found.objects, 'object')}</b>, each {what}."


def _cannot_count(found: Facts, answers: Answers) -> str:
    if not found.joined:
        return "It cannot count. No object was found here, so nothing is lost."
    one = found.joined[0]
    name = escape(answers.semantic.label_set.label(one.class_id).name)
    verb = "is" if one.objects == 1 else "are"
    text = f"{count(one.objects, name)} {verb} {count(one.regions, 'region')} here"
    if one.regions == one.objects:
        return f"It cannot count: {text}, which is luck, for regions join where objects touch."
    if one.regions < one.objects:
        return f"It cannot count: {text}."
    return f"It cannot count: {text}, for what is cut in two stays one object."


def _twice(found: Facts) -> str:
    if not found.objects:
        return "so has the whole picture"
    return f"{pixels(found.twice)} belong to several objects at once"


def _hidden(found: Facts) -> str:
    void = 1 - found.segments_share
    rest = f" {percent(void)} are void." if void > 0 else ""
    if found.twice:
        return f"It has no overlap: {pixels(found.twice)} claimed twice went to one object.{rest}"
    return f"It knows no overlap and no doubt: what is hidden is nobody's.{rest}"


def _nameless(found: Facts) -> str:
    if found.objects > 1:
        return f"It names nothing and counts nothing: {found.objects} objects are one subject."
    return "It names nothing and counts nothing: there is one subject, whatever it is."
