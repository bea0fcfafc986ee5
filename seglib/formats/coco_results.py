"""Results to COCO annotations and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from seglib.errors import FormatError, LabelError, UsageError
from seglib.formats import polygons, rle, voc
from seglib.formats.coco_types import (
    CocoAnnotation,
    CocoCategory,
    CocoFile,
    CocoImage,
    Runs,
    Segmentation,
)
from seglib.labels import COCO_91, Label, LabelSet
from seglib.results import Instances, SemanticMap

Form = Literal["rle", "counts", "polygons"]
FORMS: tuple[Form, ...] = get_args(Form)
"""``rle``: run lengths in a string; ``counts``: run lengths as numbers, which COCO uses for
crowds; ``polygons``: outlines, holes filled."""


def categories_of(label_set: LabelSet) -> tuple[CocoCategory, ...]:
    """Return a label set as categories, ids unchanged; things and stuff as supercategories."""
    return tuple(
        CocoCategory(label.id, label.name, "thing" if label.thing else "stuff")
        for label in label_set
    )


def annotation(
    mask: NDArray[np.bool_],
    *,
    id: int,
    image_id: int = 1,
    category_id: int,
    form: Form = "rle",
    tolerance: float = 0.0,
    iscrowd: bool = False,
    score: float | None = None,
) -> CocoAnnotation:
    """Make an annotation from a mask; area and box are those of what is written.

    Parameters
    ----------
    mask : (H, W) bool
    form : {"rle", "counts", "polygons"}
    tolerance : float
        Pixels by which polygons may be simplified.

    Raises
    ------
    FormatError
        Simplifying leaves no polygon, or the mask is empty and polygons are wanted.
    """
    if form not in FORMS:
        raise UsageError(f"expected a form among {', '.join(FORMS)}, got {form!r}")
    size = (mask.shape[1], mask.shape[0])
    segmentation: Segmentation
    if form == "polygons":
        segmentation = polygons.from_mask(mask, tolerance=tolerance).polygons
        if not segmentation:
            raise FormatError(
                f"a mask of {int(mask.sum())} pixels has no polygon at a tolerance of "
                f"{tolerance:g} px"
            )
        counts = polygons.to_counts(segmentation, size)
    else:
        counts = rle.encode(mask)
        segmentation = Runs(counts, size, packed=form == "rle")
    area, box = _measured(counts, size)
    return CocoAnnotation(id, image_id, category_id, segmentation, area, box, iscrowd, score)


def _measured(counts: rle.Counts, size: rle.Size) -> tuple[float, tuple[int, int, int, int]]:
    """Area in pixels, and the box as ``x, y, width, height``."""
    x1, y1, x2, y2 = rle.box(counts, size)
    return float(rle.area(counts)), (x1, y1, x2 - x1, y2 - y1)


def from_instances(
    instances: Instances,
    *,
    file_name: str = "picture.png",
    image_id: int = 1,
    first_id: int = 1,
    form: Form = "rle",
    tolerance: float = 0.0,
    scores: bool = False,
) -> CocoFile:
    """Write the objects of one picture.

    Those whose mask is empty, or of which simplifying leaves no polygon, are left out.

    Parameters
    ----------
    instances : Instances
    file_name : str
        Of the picture.
    image_id, first_id : int
        Ids of the picture and of the first annotation.
    form, tolerance
        As for :func:`annotation`.
    scores : bool
        Keep the scores, as for detections.
    """
    if form not in FORMS:
        raise UsageError(f"expected a form among {', '.join(FORMS)}, got {form!r}")
    rows: list[CocoAnnotation] = []
    size = instances.size
    for index in np.flatnonzero(instances.areas).tolist():
        number = first_id + len(rows)
        class_id = int(instances.class_ids[index])
        score = float(instances.scores[index]) if scores else None
        if form != "polygons":
            # from the cut mask: thousands of objects need no picture-sized mask each
            counts = rle.encode_crop(*instances.crop(index), size)
            runs = Runs(counts, size, packed=form == "rle")
            area, box = _measured(counts, size)
            rows.append(CocoAnnotation(number, image_id, class_id, runs, area, box, False, score))
            continue
        try:
            rows.append(
                annotation(
                    instances.mask(index),
                    id=number,
                    image_id=image_id,
                    category_id=class_id,
                    form=form,
                    tolerance=tolerance,
                    score=score,
                )
            )
        except FormatError:
            continue  # simplified to nothing
    image = CocoImage(image_id, *instances.size, file_name)
    return CocoFile((image,), tuple(rows), categories_of(instances.label_set))


def from_semantic(
    result: SemanticMap,
    *,
    file_name: str = "picture.png",
    image_id: int = 1,
    first_id: int = 1,
    form: Form = "rle",
    tolerance: float = 0.0,
) -> CocoFile:
    """Write one annotation a class that is present, as COCO's stuff files do.

    Regions of a class are not objects: two cars that touch are one region here. Void is left out.
    """
    rows: list[CocoAnnotation] = []
    for class_id in np.flatnonzero(result.pixel_counts()).tolist():
        try:
            rows.append(
                annotation(
                    result.labels == class_id,
                    id=first_id + len(rows),
                    image_id=image_id,
                    category_id=class_id,
                    form=form,
                    tolerance=tolerance,
                )
            )
        except FormatError:
            continue  # simplified to nothing
    image = CocoImage(image_id, *result.size, file_name)
    return CocoFile((image,), tuple(rows), categories_of(result.label_set))


def join(files: Iterable[CocoFile]) -> CocoFile:
    """Put files of one picture each, or of several, into one; annotations are numbered anew.

    Raises
    ------
    FormatError
        The categories differ, or two pictures have one id.
    """
    files = tuple(files)
    if not files:
        raise FormatError("expected at least one file to join, got none")
    if any(file.categories != files[0].categories for file in files):
        raise FormatError("expected files of the same categories")
    images = tuple(image for file in files for image in file.images)
    if len({image.id for image in images}) != len(images):
        raise FormatError("expected a picture id only once in all files")
    rows = tuple(
        CocoAnnotation(
            number, row.image_id, row.category_id, row.segmentation, row.area, row.bbox,
            row.iscrowd, row.score,
        )
        for number, row in enumerate((row for file in files for row in file.annotations), start=1)
    )  # fmt: skip
    return CocoFile(images, rows, files[0].categories)


def label_set_of(file: CocoFile) -> LabelSet:
    """Make a label set of a file's categories, ids unchanged.

    Names that COCO knows have COCO's colour; others the colour of Pascal VOC's rule for their id.

    Raises
    ------
    LabelError
        There is none, or an id is below 0 or over 65534.
    """
    known = {label.name: label.color for label in COCO_91}
    rows: list[Label] = []
    for category in sorted(file.categories, key=lambda each: each.id):
        if not 0 <= category.id < 2**16 - 1:
            raise LabelError(f"expected category ids from 0 to 65534, got {category.id}")
        name = category.name.strip().lower() or f"category {category.id}"
        if name in {row.name for row in rows}:
            name = f"{name} {category.id}"
        color = known.get(name, voc.rule_color(category.id))
        rows.append(Label(category.id, name, color, category.supercategory != "stuff"))
    ids = {row.id for row in rows}
    ignore = next((value for value in (255, 65535) if value not in ids), None)
    return LabelSet("coco-file", "the categories of this file", tuple(rows), ignore)


def to_instances(
    file: CocoFile,
    image_id: int,
    label_set: LabelSet | None = None,
    *,
    crowds: bool = False,
) -> Instances:
    """Return the objects of a picture.

    Parameters
    ----------
    file : CocoFile
    image_id : int
    label_set : LabelSet, optional
        Categories are found in it by name; by default the file's own categories.
    crowds : bool
        Keep annotations of crowds, which are no single objects.

    Raises
    ------
    LabelError
        A category that is used is not in ``label_set``.
    """
    known = label_set_of(file) if label_set is None else label_set
    size = file.image(image_id).size
    rows = [row for row in file.of_image(image_id) if crowds or not row.iscrowd]
    ids = {
        row.category_id: row.category_id
        if label_set is None
        else known.id_of(file.category(row.category_id).name)
        for row in rows
    }
    return Instances.from_crops(
        (rle.crop(row.counts(size), size) for row in rows),
        [ids[row.category_id] for row in rows],
        [1.0 if row.score is None else row.score for row in rows],
        known,
        size=size,
    )


def to_semantic(
    file: CocoFile,
    image_id: int,
    label_set: LabelSet | None = None,
    *,
    names: dict[str, str] | None = None,
) -> SemanticMap:
    """Paint the annotations of a picture into a label map.

    Where annotations overlap, the smaller one lies on top. Pixels of none are void: a COCO file of
    things does not say what the rest is. Crowds are painted too, for their class is known.

    Parameters
    ----------
    file : CocoFile
    image_id : int
    label_set : LabelSet, optional
        Categories are found in it by name; by default the file's own categories. Categories that
        it lacks become void.
    names : dict, optional
        Name in ``label_set`` by category name, where they differ: ``{"truck": "car"}``.

    Raises
    ------
    LabelError
        ``label_set`` has no ignore label for void.
    """
    known = label_set_of(file) if label_set is None else label_set
    if known.ignore is None:
        raise LabelError(f"expected a label set with an ignore label for void, got {known.title}")
    size = file.image(image_id).size
    wide = max(known.num_classes - 1, known.ignore) > 255
    flat = np.full(size[0] * size[1], known.ignore, np.uint16 if wide else np.uint8)
    ids: dict[int, int] = {}
    for category in file.categories:
        if label_set is None:
            ids[category.id] = category.id
            continue
        try:
            name = category.name.strip().lower()
            ids[category.id] = known.id_of((names or {}).get(name, name))
        except LabelError:
            ids[category.id] = known.ignore
    coded = [(row.counts(size), ids[row.category_id]) for row in file.of_image(image_id)]
    for counts, class_id in sorted(coded, key=lambda each: -rle.area(each[0])):
        ends = np.cumsum(counts)
        for start, end in zip(ends[0::2].tolist(), ends[1::2].tolist(), strict=False):
            flat[start:end] = class_id
    labels = np.ascontiguousarray(flat.reshape(size[0], size[1]).T)
    return SemanticMap(labels, known)
