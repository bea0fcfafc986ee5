"""The objects of a judged picture, true and found: what mask AP is measured on.

Kept as COCO's compressed run lengths, for a data set has thousands of pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seglib import metrics
from seglib.errors import SeglibError
from seglib.evaluate.datasets import COCO_NAMES
from seglib.formats import coco, rle
from seglib.labels import LabelSet
from seglib.metrics import AveragePrecision, ImageObjects
from seglib.results import Instances, Scene


@dataclass(frozen=True, eq=False, slots=True)
class Objects:
    """The objects of one picture.

    Parameters
    ----------
    truth, found : ImageObjects
        Class ids are those of the model.
    """

    truth: ImageObjects
    found: ImageObjects


def true_objects(file: coco.CocoFile, image_id: int, label_set: LabelSet) -> ImageObjects:
    """Return the objects of a picture that a model could find.

    Categories are found by name among the things of ``label_set``; those that it lacks and regions
    of stuff are left out. Areas are those that the file states, as COCO's own software takes them.

    Raises
    ------
    FormatError
        A segmentation does not fit the picture.
    """
    size = file.image(image_id).size
    names = COCO_NAMES.get(label_set.name, {})
    ids: dict[int, int] = {}
    for category in file.categories:
        name = category.name.strip().lower()
        class_id = _thing(label_set, names.get(name, name))
        if class_id is not None and category.supercategory != "stuff":
            ids[category.id] = class_id
    rows = [row for row in file.of_image(image_id) if row.category_id in ids]
    return ImageObjects(
        size,
        [rle.to_string(row.counts(size), size) for row in rows],
        [ids[row.category_id] for row in rows],
        crowd=[row.iscrowd for row in rows],
        areas=[row.area for row in rows],
    )


def found_objects(result: Any) -> ImageObjects | None:
    """Return the objects of an answer; ``None`` where the model answers none."""
    if isinstance(result, Scene):
        result = result.instances
    if not isinstance(result, Instances):
        return None
    counts = [rle.encode_crop(*result.crop(row), result.size) for row in range(len(result))]
    return ImageObjects(
        result.size,
        [rle.to_string(each, result.size) for each in counts],
        result.class_ids,
        scores=result.scores,
    )


def mask_ap(pictures: Sequence[Objects]) -> AveragePrecision | None:
    """Return COCO's numbers over all pictures; ``None`` where there is none with objects."""
    if not pictures:
        return None
    return metrics.average_precision(
        [picture.truth for picture in pictures], [picture.found for picture in pictures]
    )


def _thing(label_set: LabelSet, name: str) -> int | None:
    try:
        class_id = label_set.id_of(name)
    except SeglibError:
        return None
    return class_id if label_set.label(class_id).thing else None
