"""Judge the foreground model on held-out pictures: ``python -m training.judge_foreground``.

The exported network runs as in the app: ``Segmenter``, alpha at each picture's own size. A source
weighs as much as another: VOC has six times the pictures of all others together. Pixels whose truth
is not known are not judged; what is left of a picture counts as one picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seglib import metrics, models
from seglib.engine import Precision
from seglib.evaluate.summary import plain
from seglib.images import Image
from seglib.labels import FOREGROUND_2
from seglib.models import Evaluation
from training.foreground import HELD_OUT
from training.foreground_data import Subject, read_subjects
from training.judging import command

SOURCES = {
    "clothing": "people in clothes",
    "salient": "salient objects",
    "horse": "horses",
    "voc": "VOC things",
    "coco": "COCO things",
}
"""Sources of the pictures and how the card calls them."""


@dataclass(frozen=True)
class Score:
    """How one picture went.

    Parameters
    ----------
    source : str
    iou : float
        Of alpha from 0.5 on with the true subject; ``nan`` where neither is there.
    error : float
        Mean absolute difference of alpha, 0..1.
    matrix : ``(2, 2) int64``
        Pixels, rows = truth.
    """

    source: str
    iou: float
    error: float
    matrix: NDArray[np.int64]


@lru_cache(maxsize=1)
def held_out(folder: Path) -> tuple[Subject, ...]:
    """Return the subjects that :func:`training.foreground.main` keeps back."""
    return tuple(islice(read_subjects(folder), 0, None, HELD_OUT))


def judge_one(alpha: NDArray[np.float32], subject: Subject) -> Score:
    """Compare an alpha ``(H, W)`` with the truth, where that is known."""
    known = subject.alpha >= 0
    truth, found = subject.alpha[known], alpha[known]
    matrix = metrics.confusion_matrix(
        (truth > 0.5).astype(np.uint8), (found >= 0.5).astype(np.uint8), num_classes=2
    )
    error = float(np.abs(found - truth).mean()) if truth.size else float("nan")
    return Score(subject.source, float(metrics.iou(matrix)[1]), error, matrix)


def judge(segmenter: models.Segmenter, subjects: Iterable[Subject]) -> list[Score]:
    """Judge every picture."""
    return [
        judge_one(segmenter.segment(Image(subject.pixels)).result.alpha, subject)
        for subject in subjects
    ]


def evaluate(data: Path, precision: Precision | None = None) -> Evaluation:
    """Judge ``assets/models/foreground`` on all held-out pictures."""
    segmenter = models.load("foreground", precision=precision)
    return conclude(segmenter, judge(segmenter, held_out(data)))


def conclude(segmenter: models.Segmenter, scores: list[Score]) -> Evaluation:
    """Put the numbers into the form of the cards."""
    matrix = sum((score.matrix for score in scores), np.zeros((2, 2), np.int64))
    pooled = metrics.iou(matrix)
    own = {
        f"mean IoU at 0.5, {title}": _mean([s.iou for s in scores if s.source == source])
        for source, title in SOURCES.items()
    }
    counts = ", ".join(
        f"{sum(s.source == source for s in scores)} {title}" for source, title in SOURCES.items()
    )
    width, height = segmenter.card.input_size
    return Evaluation(
        dataset="clothing, salient, horses, voc and coco",
        split="held out",
        images=len(scores),
        size=segmenter.card.input_size,
        precision=segmenter.info.precision,
        ignore=None,
        mean_iou=plain(_mean(list(own.values()))),
        pixel_accuracy=plain(float(metrics.pixel_accuracy(matrix))),
        per_class={label.name: plain(float(pooled[label.id])) for label in FOREGROUND_2},
        method=(
            f"picture stretched to {width}x{height}, alpha at the picture's own size, subject from "
            "alpha 0.5 on; mean IoU: of the subject, mean over the pictures of a source, then over "
            f"the sources ({counts}); per class: all pixels of all pictures together; none of "
            "these pictures was trained on"
        ),
        scores={
            **{name: plain(value) for name, value in own.items()},
            "mean absolute error of alpha": plain(_mean([s.error for s in scores])),
        },
    )


def _mean(values: list[float]) -> float:
    defined = [value for value in values if not np.isnan(value)]
    return float(np.mean(defined)) if defined else float("nan")


if __name__ == "__main__":
    command(__doc__ or "", evaluate)
