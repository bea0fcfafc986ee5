"""Objects of a label map: its connected regions, and what is left without them.

Every disturbance works on a map of object ids, so that the same code serves label maps (whose
objects are the connected regions of some classes) and instance sets (whose ids are given).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seglib.errors import LabelError, ShapeError
from seglib.labels import LabelSet

Ids = NDArray[np.int32]
Labels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Objects:
    """Which object each pixel belongs to.

    Parameters
    ----------
    ids : ndarray
        ``(H, W) int32``, read-only; 0 is no object, ids are positive.
    classes : mapping
        Class id by object id. It may name objects that have no pixel left.
    """

    ids: Ids
    classes: Mapping[int, int]

    def __post_init__(self) -> None:
        if self.ids.ndim != 2 or not self.ids.size or self.ids.dtype != np.int32:
            raise ShapeError(f"expected ids (H, W) int32, got {self.ids.shape} {self.ids.dtype}")
        strangers = sorted(set(np.unique(self.ids).tolist()) - {0} - set(self.classes))
        if strangers:
            raise LabelError(f"expected a class for every object, got none for {strangers[:8]}")
        if any(key < 1 for key in self.classes):
            raise ShapeError(f"expected object ids from 1, got {min(self.classes)}")
        # A view, so that the caller's own array stays writable.
        view = self.ids.view()
        view.setflags(write=False)
        object.__setattr__(self, "ids", view)

    @property
    def present(self) -> list[int]:
        """Ids with a pixel, ascending."""
        return [int(i) for i in np.unique(self.ids) if i]

    def box(self, object_id: int) -> tuple[int, int, int, int]:
        """``x0, y0, x1, y1`` in pixels, ends exclusive, of an object that has a pixel."""
        mask = self.ids == object_id
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1

    def changed(self, ids: Ids, classes: Mapping[int, int] | None = None) -> Objects:
        """Return the objects with another map and, where given, other classes."""
        return Objects(ids, self.classes if classes is None else classes)


def objects_of(labels: Labels, classes: Collection[int]) -> Objects:
    """Find the objects of a label map: the connected regions of the given classes.

    Pixels that touch by a corner belong together (8-connectivity), as in scikit-image's ``label``.

    Parameters
    ----------
    labels : (H, W) uint8
    classes : collection of int
        Whose regions are objects.

    Returns
    -------
    Objects
        Ids from 1, class by class, each class from the top left on.
    """
    import cv2

    expect_labels(labels)
    ids = np.zeros(labels.shape, np.int32)
    found: dict[int, int] = {}
    for class_id in sorted(classes):
        mask = np.equal(labels, class_id).view(np.uint8)
        if not mask.any():
            continue
        count, regions = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_32S)
        ids += np.where(mask, regions + len(found), 0).astype(np.int32)
        found |= dict.fromkeys(range(len(found) + 1, len(found) + count), class_id)
    return Objects(ids, found)


def default_classes(labels: Labels, label_set: LabelSet) -> tuple[int, ...]:
    """Return the classes whose regions are disturbed where nobody chose.

    The things that occur; where none does, every class but the most frequent one. Empty where
    the map has one class only.
    """
    counts = np.bincount(labels.ravel(), minlength=256)
    present = [label.id for label in label_set if label.id < 256 and counts[label.id]]
    things = tuple(i for i in present if i in label_set.things)
    if things:
        return things
    return tuple(i for i in present if i != max(present, key=lambda i: int(counts[i])))


def backdrop_of(labels: Labels, objects: Objects, *, ignore: int | None) -> Labels:
    """Return the label map as if the objects were not there, ``(H, W) uint8``.

    What an object covered takes the class of the nearest pixel without one; never the ignore
    label, for a prediction has to answer. Where nothing but objects is judged, their own classes
    stay.
    """
    from scipy.ndimage import distance_transform_edt

    covered = objects.ids > 0
    source = ~covered if ignore is None else ~covered & (labels != ignore)
    if not covered.any() or not source.any():
        return labels.copy()
    rows, columns = distance_transform_edt(~source, return_distances=False, return_indices=True)
    return np.where(covered, labels[rows, columns], labels)


def paint(objects: Objects, backdrop: Labels) -> Labels:
    """Put the objects' classes on the backdrop, ``(H, W) uint8``."""
    table = np.zeros(max(objects.classes, default=0) + 1, np.uint8)
    for object_id, class_id in objects.classes.items():
        table[object_id] = class_id
    return np.where(objects.ids > 0, table[objects.ids], backdrop).astype(np.uint8)


def expect_labels(labels: Labels) -> None:
    """Raise :class:`ShapeError` unless ``labels`` is (H, W) uint8."""
    if labels.ndim != 2 or not labels.size or labels.dtype != np.uint8:
        raise ShapeError(f"expected labels (H, W) uint8, got {labels.shape} {labels.dtype}")
