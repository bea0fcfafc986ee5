"""Judge the everyday model on held-out pictures: ``python -m training.judge_everyday``.

The exported network runs as in the app: ``Segmenter``, answers at each picture's own size. Classes
are judged on the VOC pictures alone: COCO outlines its things more roughly and its pictures have no
void rims. Objects are judged on the COCO pictures, which are few; and, to have enough of every
class, on those and the VOC pictures together, where a class in one piece is one object and a class
in several is a crowd: VOC's labels do not tell touching things apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seglib import metrics, models
from seglib.engine import Precision
from seglib.evaluate.summary import plain
from seglib.images import Image
from seglib.labels import VOC_21
from seglib.metrics import ImageObjects
from seglib.models import Evaluation
from seglib.results import PackedMask, Panoptic, Scene
from training.everyday import Recipe
from training.everyday_data import UNKNOWN, VOID, Sample, read_coco, read_voc
from training.judging import command

COMMON = ("background", "cat", "cow", "dog", "horse", "person", "sheep")
"""The classes with most pictures: of them the least is asked."""


@lru_cache(maxsize=1)
def held_out(folder: Path) -> tuple[Sample, ...]:
    """Return the second list of :func:`training.everyday.read` without holding the first."""
    every = Recipe().held_out
    coco = read_coco(folder / "coco/train", folder / "coco/instances_train.json")
    return (
        *islice(read_voc(folder / "voc"), 0, None, every),
        *islice(coco, 0, None, every // 2),
    )


def objects(sample: Sample) -> ImageObjects:
    """Return a sample's true objects; regions whose instances are not known are crowds."""
    masks, classes, crowd = [], [], []
    for number in np.unique(sample.ids).tolist():
        if number == 0:
            continue
        inside = sample.ids == number
        for class_id in _classes(sample, inside) if number == UNKNOWN else (None,):
            mask = inside if class_id is None else inside & (sample.labels == class_id)
            own = class_id or int(np.bincount(sample.labels[mask]).argmax())
            masks.append(PackedMask.pack(mask))
            classes.append(own)
            crowd.append(number == UNKNOWN)
    height, width = sample.labels.shape
    return ImageObjects((width, height), masks, np.array(classes, np.int64), crowd=crowd)


def _classes(sample: Sample, inside: NDArray[np.bool_]) -> list[int]:
    found: list[int] = np.unique(sample.labels[inside]).tolist()
    return [class_id for class_id in found if class_id not in (0, VOID)]


def segments(sample: Sample) -> tuple[Panoptic, tuple[int, ...]]:
    """Return a sample's true segments, and the ids of those that are crowds."""
    truth = objects(sample)
    ids = np.where(sample.labels == VOID, 0, 1).astype(np.int32)
    classes = {1: 0}
    assert truth.crowd is not None
    crowds = []
    for number, mask in enumerate(truth.masks, 2):
        assert isinstance(mask, PackedMask)
        x0, y0, x1, y1 = mask.box
        ids[y0:y1, x0:x1][mask.unpack()] = number
        classes[number] = int(np.asarray(truth.class_ids)[number - 2])
        if np.asarray(truth.crowd)[number - 2]:
            crowds.append(number)
    return Panoptic.from_ids(ids, classes, VOC_21), tuple(crowds)


def judge_classes(pairs: Iterable[tuple[Sample, Scene]]) -> NDArray[np.int64]:
    """Return the confusion matrix ``(21, 21)`` of the VOC pictures, rows = truth."""
    matrix = np.zeros((21, 21), np.int64)
    for sample, scene in pairs:
        if sample.source == "voc":
            matrix += metrics.confusion_matrix(
                sample.labels, scene.semantic.labels, num_classes=21, ignore_label=VOID
            )
    return matrix


def judge_objects(pairs: Sequence[tuple[Sample, Scene]]) -> dict[str, float]:
    """Return mask AP as COCO measures it, over all classes and the common ones; PQ of things."""
    coco = [(sample, scene) for sample, scene in pairs if sample.source == "coco"]
    return {
        **_precision(coco, ""),
        "panoptic quality of things": _quality(coco),
        **_precision(pairs, " with VOC"),
    }


def _precision(pairs: Sequence[tuple[Sample, Scene]], where: str) -> dict[str, float]:
    found = metrics.average_precision(
        [objects(sample) for sample, _ in pairs], [scene.instances for _, scene in pairs]
    )
    common = np.isin(found.class_ids, [VOC_21.id_of(name) for name in COMMON])
    ap, ap50 = found.per_class(), found.per_class(threshold=0.5)
    return {
        f"mask AP50{where}": _mean(ap50),
        f"mask AP{where}": _mean(ap),
        f"mask AP50 of common things{where}": _mean(ap50[common]),
        f"mask AP of common things{where}": _mean(ap[common]),
    }


def _quality(pairs: Sequence[tuple[Sample, Scene]]) -> float:
    truths = [segments(sample) for sample, _ in pairs]
    quality = metrics.panoptic_quality(
        [truth for truth, _ in truths],
        [scene.panoptic for _, scene in pairs],
        crowd=[crowd for _, crowd in truths],
    )
    return quality.things.pq


def _mean(values: NDArray[np.float64]) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def evaluate(data: Path, precision: Precision | None = None) -> Evaluation:
    """Judge ``assets/models/everyday`` on all held-out pictures."""
    segmenter = models.load("everyday", precision=precision)
    return judge(segmenter, held_out(data))


def judge(segmenter: models.Segmenter, samples: Sequence[Sample]) -> Evaluation:
    """Judge a network on pictures and put the numbers into the form of the cards."""
    pairs = [(sample, segmenter.segment(Image(sample.pixels)).result) for sample in samples]
    matrix, scores = judge_classes(pairs), judge_objects(pairs)
    iou = metrics.iou(matrix)
    common = float(np.nanmean([iou[VOC_21.id_of(name)] for name in COMMON]))
    voc, coco = (sum(s.source == source for s in samples) for source in ("voc", "coco"))
    width, height = segmenter.card.input_size
    return Evaluation(
        dataset="voc and coco",
        split="held out",
        images=voc + coco,
        size=segmenter.card.input_size,
        precision=segmenter.info.precision,
        ignore=VOID,
        mean_iou=plain(float(metrics.mean_iou(matrix))),
        pixel_accuracy=plain(float(metrics.pixel_accuracy(matrix))),
        per_class={label.name: plain(float(iou[label.id])) for label in VOC_21},
        method=(
            f"classes on {voc} VOC pictures, single scale, fitted and padded to {width}x{height}, "
            "one confusion matrix at the pictures' own size, void not judged; common: "
            f"{', '.join(COMMON)}; objects on {coco} COCO pictures, with VOC: on all, where a VOC "
            "class in several pieces counts as a crowd; masks as COCO measures them, classes "
            "without an object left out; none of these pictures was trained on"
        ),
        scores={
            "mean IoU of common classes": plain(common),
            **{name: plain(value) for name, value in scores.items()},
        },
    )


if __name__ == "__main__":
    command(__doc__ or "", evaluate)
