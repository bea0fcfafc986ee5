"""Whole-data-set evaluation: one pooled confusion matrix, every number from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seglib import labels, metrics, models
from seglib.engine import Precision
from seglib.errors import DatasetError, UsageError
from seglib.evaluate.pairs import Pair, find_pairs
from seglib.models import Evaluation, ModelCard, Segmenter

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A layout of files and what its ids mean.

    Parameters
    ----------
    name : str
        What one types.
    label_set : str
        Name in :mod:`seglib.labels`.
    """

    name: str
    label_set: str


DATASETS: Mapping[str, Dataset] = {
    entry.name: entry for entry in (Dataset("camvid", "camvid-11"), Dataset("voc", "voc-21"))
}
"""Data sets of pairs: grey or indexed PNG whose values are class ids."""

NAMES = (*DATASETS, "coco")
"""Names of all data sets that are known, whether or not a model can be judged on them."""


def evaluate_folder(
    model: str | ModelCard,
    dataset: str,
    root: str | Path,
    *,
    split: str | None = None,
    precision: Precision | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Judge a model on a folder.

    Parameters
    ----------
    model : str or ModelCard
        A name of the catalogue, or a card.
    dataset : str
        ``camvid`` or ``voc``.
    root : str or Path
        Folder of pairs ``NAME.jpg`` + ``NAME.png``.
    split : str, optional
        Recorded with the result; the folder's name if not given.
    precision : {"f32", "bf16", "f16"}, optional
        Asked for; what ran is in the result.
    progress : callable, optional
        Called with (done, total) after each picture.

    Raises
    ------
    UsageError
        The model cannot be judged on this data set.
    DatasetError
        The folder is missing, empty or incomplete, or a file in it is wrong.
    """
    card = models.find(model) if isinstance(model, str) else model
    chosen = _dataset_for(card, dataset)
    root = Path(root)
    pairs = find_pairs(root)
    segmenter = models.load(card, precision=precision)
    matrix = pooled_matrix(segmenter, pairs, progress=progress)
    return summarise(
        matrix, segmenter, dataset=chosen.name, split=split or root.resolve().name, count=len(pairs)
    )


def pooled_matrix(
    segmenter: Segmenter, pairs: Sequence[Pair], *, progress: Progress | None = None
) -> NDArray[np.int64]:
    """Return the confusion matrix of all pictures together, ``(C, C) int64``, rows = truth.

    Pooled, not averaged by picture: a class that is rare in one picture would otherwise count as
    much as one that fills it. This is what CamVid's and VOC's published numbers do.
    """
    known = segmenter.label_set
    total = np.zeros((known.num_classes, known.num_classes), np.int64)
    for done, pair in enumerate(pairs, start=1):
        image, truth = pair.read(known)
        answer = segmenter.segment(image).result.labels
        total += metrics.confusion_matrix(
            truth, answer, num_classes=known.num_classes, ignore_label=known.ignore
        )
        if progress is not None:
            progress(done, len(pairs))
    if not total.any():
        raise DatasetError("every pixel of every label map is ignored: there is nothing to judge")
    return total


def summarise(
    matrix: NDArray[np.int64], segmenter: Segmenter, *, dataset: str, split: str, count: int
) -> Evaluation:
    """Compute the numbers of a pooled confusion matrix; undefined ones become ``None``."""
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
        mean_iou=_defined(float(metrics.mean_iou(matrix))),
        pixel_accuracy=_defined(float(metrics.pixel_accuracy(matrix))),
        per_class={
            label.name: _defined(float(per_class[label.id])) for label in segmenter.label_set
        },
        method=(
            f"single scale, picture {how} to {width}x{height}, logits brought to picture size "
            "(bilinear), one confusion matrix pooled over all pictures, absent classes skipped"
        ),
    )


def _dataset_for(card: ModelCard, name: str) -> Dataset:
    if name == "coco":
        able = [other.name for other in models.CARDS if other.task in ("instance", "panoptic")]
        raise UsageError(
            f"the dataset coco judges instances, {card.name} answers {card.task}; "
            f"models with instances: {', '.join(able) or 'none yet'}"
        )
    if name not in DATASETS:
        raise UsageError(f"expected a dataset among {', '.join(NAMES)}, got {name!r}")
    chosen = DATASETS[name]
    if card.task != "semantic" or card.labels != labels.find(chosen.label_set):
        raise UsageError(
            f"the dataset {name} has the classes of {chosen.label_set}, "
            f"{card.name} answers {card.label_set}"
        )
    return chosen


def _defined(value: float) -> float | None:
    return None if math.isnan(value) else value
