"""All numbers of an evaluation in one place: page, files and command line show these."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from seglib import metrics
from seglib.evaluate.objects import mask_ap
from seglib.evaluate.stream import PictureResult, objects_of, pooled
from seglib.formats.findings import Finding
from seglib.labels import LabelSet
from seglib.metrics import AveragePrecision, Report

Rank = Literal["pixel_accuracy", "mean_iou"]


@dataclass(frozen=True, eq=False)
class Summary:
    """The numbers of an evaluation.

    Parameters
    ----------
    pooled : Report
        From one confusion matrix over all pictures.
    per_image_iou : float
        Mean over the pictures of each one's mean IoU.
    per_image_accuracy : float
        Mean over the pictures of each one's pixel accuracy.
    per_class_iou : float
        Mean over the classes of each one's mean IoU over the pictures that have it.
    class_means : mapping of int to float
        By class id: mean IoU over the pictures in which it is defined; ``nan`` where in none.
    results : tuple of PictureResult
        Judged pictures, in order.
    findings : tuple of Finding
        Of the files and of pictures that were not judged.
    objects : AveragePrecision or None
        Mask AP, where data set and model tell objects apart.
    """

    pooled: Report
    per_image_iou: float
    per_image_accuracy: float
    per_class_iou: float
    class_means: Mapping[int, float]
    results: tuple[PictureResult, ...]
    findings: tuple[Finding, ...]
    objects: AveragePrecision | None = None

    def worst(self, count: int, *, by: Rank = "pixel_accuracy") -> tuple[PictureResult, ...]:
        """Return the pictures of the lowest pixel accuracy or mean IoU, worst first."""
        judged = [result for result in self.results if result.judged]
        return tuple(sorted(judged, key=lambda result: float(getattr(result, by)))[:count])

    def confusions(self, count: int) -> tuple[tuple[int, int, int], ...]:
        """Return the largest confusions: ids of the true and of the answered class, and pixels."""
        matrix = self.pooled.matrix[:, : len(self.pooled.matrix)].copy()
        np.fill_diagonal(matrix, 0)
        order = np.argsort(-matrix, axis=None, kind="stable")[:count].tolist()
        found = [(*divmod(place, matrix.shape[1]), int(matrix.flat[place])) for place in order]
        return tuple(each for each in found if each[2])

    def most_confused(
        self, truth: int, answer: int, count: int
    ) -> tuple[tuple[PictureResult, int], ...]:
        """Return the pictures in which most pixels of a class were given another, and how many.

        ``answer`` may be the class itself: then those with most pixels right.
        """
        found = [
            (result, int(result.matrix[truth, answer]))
            for result in self.results
            if result.matrix is not None and result.matrix[truth, answer]
        ]
        return tuple(sorted(found, key=lambda each: -each[1])[:count])


def summarise_pictures(
    results: Sequence[PictureResult], label_set: LabelSet, *, findings: Sequence[Finding] = ()
) -> Summary:
    """Compute the numbers of judged pictures.

    Raises
    ------
    DatasetError
        Nothing was judged.
    """
    report = metrics.report(pooled(results), label_set)
    judged = [result for result in results if result.judged or result.objects is not None]
    matrices = [result.matrix for result in judged if result.matrix is not None]
    ids = [label.id for label in label_set]
    by_class = metrics.reduce(matrices, how="per_image_per_class", classes=ids)
    by_image = metrics.reduce(matrices, how="per_image", classes=ids)
    accuracy = metrics.reduce(matrices, how="per_image", metric="pixel_accuracy")
    own = [result.finding for result in results if result.finding is not None]
    return Summary(
        report,
        by_image.value,
        accuracy.value,
        by_class.value,
        dict(zip(ids, by_class.parts.tolist(), strict=True)),
        tuple(judged),
        (*findings, *own),
        mask_ap(objects_of(judged)),
    )


CLASS_COLUMNS = (
    "class", "iou", "dice", "precision", "recall", "iou_per_image", "truth_pixels",
    "predicted_pixels",
)  # fmt: skip
PICTURE_COLUMNS = ("picture", "width", "height", "judged_pixels", "pixel_accuracy", "mean_iou")


def class_rows(summary: Summary) -> list[tuple[Any, ...]]:
    """Return a row a class: what :data:`CLASS_COLUMNS` names; undefined is ``None``."""
    return [
        (
            row.name,
            plain(row.iou),
            plain(row.dice),
            plain(row.precision),
            plain(row.recall),
            plain(summary.class_means[row.id]),
            row.truth_pixels,
            row.predicted_pixels,
        )
        for row in summary.pooled.rows
    ]


def picture_rows(summary: Summary) -> list[tuple[Any, ...]]:
    """Return a row a picture: what :data:`PICTURE_COLUMNS` names; undefined is ``None``."""
    return [
        (
            result.name,
            *(result.size or (0, 0)),
            result.judged,
            plain(result.pixel_accuracy),
            plain(result.mean_iou),
        )
        for result in summary.results
    ]


def classes_csv(summary: Summary) -> bytes:
    """Return the class table as CSV; undefined is an empty cell."""
    return _csv(CLASS_COLUMNS, class_rows(summary))


def pictures_csv(summary: Summary) -> bytes:
    """Return the picture table as CSV; undefined is an empty cell."""
    return _csv(PICTURE_COLUMNS, picture_rows(summary))


def object_scores(found: AveragePrecision | None) -> dict[str, float | None]:
    """Return mask AP50 and AP by name; empty where objects were not judged."""
    if found is None:
        return {}
    numbers = found.summary()
    return {f"mask {name}": plain(numbers[name]) for name in ("AP50", "AP")}


def class_aps(summary: Summary) -> dict[int, tuple[float, float]]:
    """Return AP50 and AP by class id, of the classes with an object; ``nan`` where undefined."""
    found = summary.objects
    if found is None:
        return {}
    pairs = zip(found.per_class(threshold=0.5).tolist(), found.per_class().tolist(), strict=True)
    return dict(zip(found.class_ids.tolist(), pairs, strict=True))


def _objects(summary: Summary) -> dict[str, Any]:
    found = summary.objects
    if found is None:
        return {}
    names = {row.id: row.name for row in summary.pooled.rows}
    per_class = {
        names[class_id]: {"AP50": plain(half), "AP": plain(mean)}
        for class_id, (half, mean) in class_aps(summary).items()
    }
    numbers = {name: plain(value) for name, value in found.summary().items()}
    return {"objects": {**numbers, "per_class": per_class}}


def as_dict(summary: Summary) -> dict[str, Any]:
    """Return everything beyond :class:`seglib.models.Evaluation` for JSON; undefined is null."""
    return {
        "pooled": {
            "mean_iou": plain(summary.pooled.mean_iou),
            "mean_dice": plain(summary.pooled.mean_dice),
            "pixel_accuracy": plain(summary.pooled.pixel_accuracy),
            "mean_recall": plain(summary.pooled.mean_recall),
            "frequency_weighted_iou": plain(summary.pooled.frequency_weighted_iou),
        },
        "per_image": {
            "mean_iou": plain(summary.per_image_iou),
            "pixel_accuracy": plain(summary.per_image_accuracy),
            "mean_iou_per_class": plain(summary.per_class_iou),
        },
        "classes": [dict(zip(CLASS_COLUMNS, row, strict=True)) for row in class_rows(summary)],
        "pictures": [dict(zip(PICTURE_COLUMNS, row, strict=True)) for row in picture_rows(summary)],
        "confusion_matrix": summary.pooled.matrix.tolist(),
        **_objects(summary),
        "findings": [
            {"place": f.place, "severity": f.severity, "sentence": f.sentence}
            for f in summary.findings
        ],
    }


def to_json(report: Mapping[str, Any]) -> bytes:
    """Return a report as the bytes of a JSON file."""
    return (json.dumps(report, indent=2, allow_nan=False) + "\n").encode()


def plain(value: float) -> float | None:
    """Return ``None`` for what is undefined."""
    return None if math.isnan(value) else float(value)


def _csv(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return file.getvalue().encode()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    # A spreadsheet would run a file's name that begins like a formula.
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value.item() if isinstance(value, np.generic) else value
