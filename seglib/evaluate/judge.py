"""Whole-data-set evaluation: one pooled confusion matrix, every number from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib import metrics, models
from seglib.engine import Precision
from seglib.errors import DatasetError
from seglib.evaluate import datasets
from seglib.evaluate.datasets import tells_objects
from seglib.evaluate.files import Files, FolderFiles
from seglib.evaluate.objects import mask_ap
from seglib.evaluate.pairs import Item, find_items, find_pairs
from seglib.evaluate.stream import PictureResult, evaluate_pairs, objects_of, pooled
from seglib.evaluate.summary import (
    Summary,
    as_dict,
    object_scores,
    plain,
    summarise_pictures,
)
from seglib.models import Evaluation, ModelCard, Segmenter

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Judged:
    """An evaluation and everything behind it.

    Parameters
    ----------
    evaluation : Evaluation
        The short form, as on model cards.
    summary : Summary
        Tables, per-image numbers, findings.
    """

    evaluation: Evaluation
    summary: Summary

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON of ``evaluate --json`` and of the page."""
        return {**self.evaluation.as_dict(), **as_dict(self.summary)}


def evaluate_folder(
    model: str | ModelCard,
    dataset: str,
    root: str | Path,
    *,
    split: str | None = None,
    precision: Precision | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Judge a model on a folder that has to be complete.

    Parameters
    ----------
    model : str or ModelCard
        A name of the catalogue, or a card.
    dataset : str
        ``camvid``, ``voc`` or ``coco``.
    root : str or Path
        Folder of pairs ``NAME.jpg`` + ``NAME.png``, or of pictures and a COCO JSON.
    split : str, optional
        Recorded with the result; the folder's name if not given.
    precision : {"f32", "bf16", "f16", "int8"}, optional
        Asked for; what ran is in the result.
    progress : callable, optional
        Called with (done, total) after each picture.

    Raises
    ------
    UsageError
        The model cannot be judged on this data set.
    DatasetError
        The folder is missing, empty or incomplete, or a file in it is wrong: judging only the rest
        would give a number that looks right and is not. :func:`judge_files` goes on instead, and
        lists what it left out.
    """
    card = models.find(model) if isinstance(model, str) else model
    datasets.check(card, dataset)
    root = Path(root)
    if dataset == "coco":
        found = find_items(FolderFiles(root), dataset, card.labels, objects=tells_objects(card))
        wrong = [finding for finding in found.findings if finding.severity == "error"]
        if wrong:
            raise DatasetError(str(wrong[0]))
        items = found.items
    else:
        items = find_pairs(root)
    segmenter = models.load(card, precision=precision)
    results: list[PictureResult] = []
    for result in evaluate_pairs(segmenter, items):
        if result.finding is not None:
            raise DatasetError(result.finding.sentence)
        results.append(result)
        if progress is not None:
            progress(len(results), len(items))
    name = split or root.resolve().name
    return summarise(
        pooled(results),
        segmenter,
        dataset=dataset,
        split=name,
        count=len(results),
        scores=object_scores(mask_ap(objects_of(results))),
    )


def judge_files(
    model: str | ModelCard,
    dataset: str,
    files: Files,
    *,
    split: str = "",
    precision: Precision | None = None,
    progress: Progress | None = None,
) -> Judged:
    """Judge a model on all files that can be used; what cannot is listed in the findings.

    Raises
    ------
    UsageError
        The model cannot be judged on this data set.
    DatasetError
        Nothing can be judged.
    """
    card = models.find(model) if isinstance(model, str) else model
    datasets.check(card, dataset)
    found = find_items(files, dataset, card.labels, objects=tells_objects(card))
    segmenter = models.load(card, precision=precision)
    results = []
    for done, result in enumerate(evaluate_pairs(segmenter, found.items), start=1):
        results.append(result)
        if progress is not None:
            progress(done, len(found.items))
    return conclude(results, segmenter, dataset=dataset, split=split, findings=found.findings)


def conclude(
    results: Sequence[PictureResult],
    segmenter: Segmenter,
    *,
    dataset: str,
    split: str,
    findings: Sequence[Any] = (),
) -> Judged:
    """Put results together: the way of the page and of the command line."""
    summary = summarise_pictures(results, segmenter.label_set, findings=findings)
    evaluation = summarise(
        summary.pooled.matrix,
        segmenter,
        dataset=dataset,
        split=split,
        count=len(summary.results),
        scores=object_scores(summary.objects),
    )
    return Judged(evaluation, summary)


def pooled_matrix(
    segmenter: Segmenter, items: Sequence[Item], *, progress: Progress | None = None
) -> NDArray[np.int64]:
    """Return the confusion matrix of all pictures together, ``(C, C + 1) int64``, rows = truth."""
    results = []
    for done, result in enumerate(evaluate_pairs(segmenter, items), start=1):
        if result.finding is not None:
            raise DatasetError(result.finding.sentence)
        results.append(result)
        if progress is not None:
            progress(done, len(items))
    return pooled(results)


def summarise(
    matrix: NDArray[np.int64],
    segmenter: Segmenter,
    *,
    dataset: str,
    split: str,
    count: int,
    scores: Mapping[str, float | None] | None = None,
) -> Evaluation:
    """Compute the numbers of a pooled confusion matrix; undefined ones become ``None``.

    ``scores`` are further results by name, for the report.
    """
    card = segmenter.card
    per_class = metrics.iou(matrix)
    width, height = card.input_size
    how = "stretched" if card.resize == "stretch" else "fitted and padded"
    return Evaluation(
        dataset=dataset,
        split=split,
        images=count,
        size=card.input_size,
        precision=segmenter.info.precision,
        ignore=segmenter.label_set.ignore,
        mean_iou=plain(float(metrics.mean_iou(matrix))),
        pixel_accuracy=plain(float(metrics.pixel_accuracy(matrix))),
        per_class={label.name: plain(float(per_class[label.id])) for label in segmenter.label_set},
        method=(
            f"single scale, picture {how} to {width}x{height}, logits brought to picture size "
            "(bilinear), one confusion matrix pooled over all pictures, absent classes skipped"
            + ("; objects by mask AP as COCO measures it" if scores else "")
        ),
        scores=scores or {},
    )
