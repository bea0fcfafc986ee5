"""One panoptic answer out of a semantic and an instance answer.

After Kirillov et al. 2019, "Panoptic Segmentation", section 7: objects by falling score, each takes
the pixels that are still free; stuff takes the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.options import Checked, number
from seglib.results import Instances, Panoptic, SemanticMap

Ids = NDArray[np.int32]


@dataclass(frozen=True)
class MergeOptions(Checked):
    """Who is left out when pixels are shared out."""

    covered: float = number(
        0.5,
        0.0,
        1.0,
        "An object is left out if less than this share of its mask is still free when its turn "
        "comes: better objects cover the rest.",
        title="Least free share",
    )
    crumbs: float = number(
        0.05,
        0.0,
        5.0,
        "Pixels of a thing's class without an object: pieces smaller than this share of the "
        "picture, in percent, become void.",
        title="Crumbs below, %",
    )


@dataclass(frozen=True)
class Claim:
    """One object's turn.

    Parameters
    ----------
    row : int
        Of the instances.
    class_id : int
    score : float
    asked : int
        Pixels of its mask.
    free : int
        Those that no better object had taken.
    segment : int
        The id it got; 0 where it was left out.
    given : int
        Pixels of its class that were given to it at the end, though outside its mask.
    """

    row: int
    class_id: int
    score: float
    asked: int
    free: int
    segment: int
    given: int = 0

    @property
    def share(self) -> float:
        """Free share of the mask; ``nan`` for an empty mask, 0/0."""
        return self.free / self.asked if self.asked else float("nan")

    @property
    def got(self) -> int:
        """Pixels in its turn: all that were free, or none."""
        return self.free if self.segment else 0


@dataclass(frozen=True)
class Rest:
    """The turn of a class of the semantic map.

    Parameters
    ----------
    class_id : int
    thing : bool
    asked : int
        Pixels of the class in the semantic map.
    free : int
        Those that no object had taken.
    segments : tuple of int
        New ids: one of stuff, one a piece of a thing's class without an object.
    given : int
        Pixels that went to the nearest objects of the class.
    void : int
        Pixels in crumbs, which belong to nothing.
    """

    class_id: int
    thing: bool
    asked: int
    free: int
    segments: tuple[int, ...] = ()
    given: int = 0
    void: int = 0


@dataclass(frozen=True, eq=False)
class Merging:
    """The answer, and how each pixel came to its segment.

    Parameters
    ----------
    panoptic : Panoptic
    claims : tuple of Claim
        Of the objects, in the order of their turns.
    rests : tuple of Rest
        Of the classes that had pixels left, in the order of their turns.
    """

    panoptic: Panoptic
    claims: tuple[Claim, ...]
    rests: tuple[Rest, ...]
    _objects: Ids = field(repr=False)
    _labels: NDArray[np.uint8] | NDArray[np.uint16] = field(repr=False)

    def __len__(self) -> int:
        return len(self.claims) + len(self.rests)

    def after(self, turns: int) -> Ids:
        """Return the map after so many turns: ``(H, W) int32`` segment ids, 0 is still free."""
        last = max((claim.segment for claim in self.claims[:turns]), default=0)
        ids = np.where(self._objects <= last, self._objects, np.int32(0))
        done = [rest.class_id for rest in self.rests[: max(0, turns - len(self.claims))]]
        late = (self._objects == 0) & np.isin(self._labels, done)
        ids[late] = self.panoptic.segment_ids[late]
        return ids


def merge(
    semantic: SemanticMap, instances: Instances, options: MergeOptions | None = None
) -> Panoptic:
    """Return one segment for every pixel that is judged.

    Pixels of a thing's class that belong to no object go to the nearest object of that class; where
    there is none they become an object of their own, or void where they are crumbs.

    Parameters
    ----------
    semantic : SemanticMap
    instances : Instances
        Of the same picture and label set.
    options : MergeOptions, optional
    """
    return merge_steps(semantic, instances, options).panoptic


def merge_steps(
    semantic: SemanticMap, instances: Instances, options: MergeOptions | None = None
) -> Merging:
    """Merge as :func:`merge` does, and keep account of every turn."""
    options = options or MergeOptions()
    ids = np.zeros(semantic.labels.shape, np.int32)
    classes: dict[int, int] = {}
    claims = []
    for row in np.argsort(-instances.scores, kind="stable").tolist():
        x0, y0, crop = instances.crop(row)
        place = ids[y0 : y0 + crop.shape[0], x0 : x0 + crop.shape[1]]
        open_ = crop & (place == 0)
        asked, free = int(np.count_nonzero(crop)), int(np.count_nonzero(open_))
        segment = 0
        # an object without one free pixel would be a segment without pixels
        if free and free >= options.covered * asked:
            segment = len(classes) + 1
            place[open_] = segment
            classes[segment] = int(instances.class_ids[row])
        score = float(instances.scores[row])
        claims.append(Claim(row, int(instances.class_ids[row]), score, asked, free, segment))
    objects = ids.copy()
    rests = _share_rest(semantic, ids, classes, options)
    scores = {claim.segment: claim.score for claim in claims if claim.segment}
    panoptic = Panoptic.from_ids(ids, classes, semantic.label_set, scores=scores)
    areas = {segment.id: segment.area for segment in panoptic.segments}
    told = tuple(
        Claim(c.row, c.class_id, c.score, c.asked, c.free, c.segment, areas[c.segment] - c.free)
        if c.segment
        else c
        for c in claims
    )
    objects.setflags(write=False)
    return Merging(panoptic, told, tuple(rests), objects, semantic.labels)


def _share_rest(
    semantic: SemanticMap, ids: Ids, classes: dict[int, int], options: MergeOptions
) -> list[Rest]:
    """Fill what the objects left, class by class; changes ``ids`` and ``classes``."""
    label_set = semantic.label_set
    counts = semantic.pixel_counts()
    rests = []
    for class_id in np.flatnonzero(counts).tolist():
        rest = (semantic.labels == class_id) & (ids == 0)
        asked, free = int(counts[class_id]), int(np.count_nonzero(rest))
        if not free:
            continue
        if label_set.label(class_id).thing:
            first = len(classes) + 1
            given = _to_nearest(ids, rest, class_id, classes)
            void = 0 if given else _own_pieces(ids, rest, class_id, classes, options)
            new = tuple(range(first, len(classes) + 1))
            rests.append(Rest(class_id, True, asked, free, new, given, void))
        else:
            number_ = len(classes) + 1
            ids[rest] = number_
            classes[number_] = class_id
            rests.append(Rest(class_id, False, asked, free, (number_,)))
    return rests


def _to_nearest(ids: Ids, rest: NDArray[np.bool_], class_id: int, classes: dict[int, int]) -> int:
    """Hand pixels of a thing's class to its nearest object; returns how many went, maybe none."""
    own = [number_ for number_, its_class in classes.items() if its_class == class_id]
    if not own:
        return 0
    taken = np.isin(ids, own)
    _, nearest = cv2.distanceTransformWithLabels(
        (~taken).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    owner = np.zeros(int(nearest.max()) + 1, np.int32)
    owner[nearest[taken]] = ids[taken]
    ids[rest] = owner[nearest[rest]]
    return int(np.count_nonzero(rest))


def _own_pieces(
    ids: Ids,
    rest: NDArray[np.bool_],
    class_id: int,
    classes: dict[int, int],
    options: MergeOptions,
) -> int:
    """Number the pieces of a thing's class without an object; returns the pixels of crumbs."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(rest.astype(np.uint8), connectivity=8)
    void = 0
    for piece in range(1, len(stats)):
        x, y, wide, high, area = stats[piece].tolist()
        if area < options.crumbs / 100 * ids.size:
            void += area
            continue
        number_ = len(classes) + 1
        box = (slice(y, y + high), slice(x, x + wide))
        ids[box][pieces[box] == piece] = number_
        classes[number_] = class_id
    return void
