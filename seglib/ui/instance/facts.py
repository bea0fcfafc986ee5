"""The numbers of the page, computed once and shown, downloaded and tested from one place."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.labels import Color, Label
from seglib.render import instance_ids
from seglib.results import Instances
from seglib.ui.instance.truth import Judged


@dataclass(frozen=True)
class ClassCount:
    """One class that was found.

    Parameters
    ----------
    id : int
    name : str
    color : tuple of int
    count : int
        Objects.
    score : float
        Mean of their scores.
    area : int
        Pixels of all their masks together.
    """

    id: int
    name: str
    color: Color
    count: int
    score: float
    area: int


def per_class(instances: Instances) -> tuple[ClassCount, ...]:
    """Count the objects of each class, most first."""
    rows = []
    areas = instances.areas
    for class_id in np.unique(instances.class_ids).tolist():
        own = instances.class_ids == class_id
        label = instances.label_set.label(class_id)
        rows.append(
            ClassCount(
                class_id,
                label.name,
                label.color,
                int(own.sum()),
                float(instances.scores[own].mean(dtype=np.float64)),
                int(areas[own].sum()),
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.count, row.name)))


def covered(instances: Instances) -> int:
    """Pixels of the picture in at least one object."""
    return int(np.count_nonzero(instance_ids(instances))) if len(instances) else 0


@dataclass(frozen=True)
class ObjectFacts:
    """One object in numbers.

    Parameters
    ----------
    number : int
        From 1, best score first.
    label : Label
        Its class.
    score : float
    area : int
        Pixels.
    share : float
        Of the picture's pixels, 0..1.
    box : tuple of float
        ``x1, y1, x2, y2`` in pixels, as the model gave it.
    parts, holes : int
        Pieces that do not touch, even at corners; and enclosed gaps.
    """

    number: int
    label: Label
    score: float
    area: int
    share: float
    box: tuple[float, float, float, float]
    parts: int
    holes: int


def object_facts(instances: Instances, row: int) -> ObjectFacts:
    """Measure one object."""
    width, height = instances.size
    area = instances.packed[row].area
    x1, y1, x2, y2 = (float(value) for value in instances.boxes[row])
    parts, holes = topology(instances.crop(row)[2])
    return ObjectFacts(
        row + 1,
        instances.label_set.label(int(instances.class_ids[row])),
        float(instances.scores[row]),
        area,
        area / (width * height),
        (x1, y1, x2, y2),
        parts,
        holes,
    )


def topology(mask: NDArray[np.bool_]) -> tuple[int, int]:
    """Return how many parts and how many holes a mask ``(h, w) bool`` has.

    Parts are 8-connected, gaps 4-connected, so that no point belongs to both.
    """
    if not mask.any():
        return 0, 0
    framed = np.pad(mask, 1).astype(np.uint8)
    parts = cv2.connectedComponents(framed, connectivity=8)[0] - 1
    # one gap is the outside
    holes = cv2.connectedComponents(1 - framed, connectivity=4)[0] - 2
    return int(parts), int(holes)


def plain(value: Any) -> Any:
    """Return a number for JSON: undefined becomes ``null``, which JSON knows, unlike ``NaN``."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def as_json(instances: Instances, judged: Judged | None) -> dict[str, Any]:
    """Return objects, classes and judgement as plain values."""
    names = {label.id: label.name for label in instances.label_set}
    width, height = instances.size
    objects: list[dict[str, Any]] = []
    columns = (instances.class_ids, instances.scores, instances.areas, instances.boxes)
    for row, (class_id, score, area, box) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        entry = {
            "number": row + 1,
            "class_id": class_id,
            "class": names[class_id],
            "score": score,
            "area_px": area,
            "share": area / (width * height),
            "box_xyxy_px": box,
        }
        if judged is not None:
            entry |= {"outcome_at_iou_0.5": judged.outcomes[row], "iou": judged.ious[row]}
        objects.append(entry)
    data: dict[str, Any] = {
        "objects": objects,
        "classes": [asdict(each) for each in per_class(instances)],
        "covered_px": covered(instances),
        "against_truth": None,
    }
    if judged is not None:
        data["against_truth"] = {
            "mask_ap": plain(judged.ap),
            "mask_ap50": plain(judged.ap50),
            "mask_ap75": plain(judged.ap75),
            "data_science_bowl_ap": judged.bowl,
            "right": judged.count("right"),
            "wrong": judged.count("wrong"),
            "ignored": judged.count("ignored"),
            "not_judged": judged.count("not judged"),
            "missed": judged.missed,
            "true_objects": judged.true,
            "classes": judged.judged,
        }
    return data
