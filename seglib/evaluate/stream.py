"""Judge picture after picture: an iterator, so that one can show how far it is, stop, and go on."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib import metrics
from seglib.errors import DatasetError, EngineError, ModelFileError, SeglibError, UsageError
from seglib.evaluate.objects import Objects, found_objects
from seglib.evaluate.pairs import Item, Truth
from seglib.formats.findings import Finding
from seglib.models import Segmenter
from seglib.results import Scene, SemanticMap


@dataclass(frozen=True, eq=False)
class PictureResult:
    """What became of one picture.

    Parameters
    ----------
    name : str
    key : str
        Of picture, truth, model and precision; see :func:`evaluate_pairs`.
    size : (width, height) or None
    matrix : (C, C + 1) int64 or None
        Rows = truth, columns = prediction, the last one answers withheld; read-only. ``None``
        where the picture could not be judged.
    finding : Finding or None
        Why not.
    seconds : float
        Reading, segmenting and counting.
    objects : Objects or None
        True and found ones, where the data set and the model tell objects apart.
    """

    name: str
    key: str
    size: tuple[int, int] | None = None
    matrix: NDArray[np.int64] | None = None
    finding: Finding | None = None
    seconds: float = 0.0
    objects: Objects | None = None

    @property
    def judged(self) -> int:
        """Pixels that count."""
        return 0 if self.matrix is None else int(self.matrix.sum())

    @property
    def mean_iou(self) -> float:
        """Mean over the classes that occur in this picture; ``nan`` where none does."""
        return float("nan") if self.matrix is None else float(metrics.mean_iou(self.matrix))

    @property
    def pixel_accuracy(self) -> float:
        """Share of judged pixels that are right; ``nan`` where none is judged."""
        return float("nan") if self.matrix is None else float(metrics.pixel_accuracy(self.matrix))


def evaluate_pairs(
    segmenter: Segmenter,
    items: Sequence[Item],
    *,
    done: Mapping[str, PictureResult] | None = None,
) -> Iterator[PictureResult]:
    """Judge pictures one after the other.

    Parameters
    ----------
    segmenter : Segmenter
    items : sequence of Item
        From :func:`seglib.evaluate.pairs.find_items`.
    done : mapping, optional
        Earlier results by their key: a picture that is among them is not segmented again. The key
        holds the content of picture and truth, so that a file that was changed is judged anew.

    Yields
    ------
    PictureResult
        For each item, in order. A picture that cannot be judged has a finding instead of a matrix,
        and the next ones go on.

    Raises
    ------
    EngineError, ModelFileError
        The model itself fails; what was yielded before stands.
    """
    for item in items:
        start = time.perf_counter()
        key = ""
        try:
            key = f"{item.digest()}:{run_key(segmenter)}"
            if done is not None and key in done:
                yield done[key]
                continue
            image, truth = item.read(segmenter.label_set)
            result = segmenter.segment(image).result
            matrix = count_pixels(result, truth, segmenter)
            objects = _objects(item, result, segmenter)
        except (EngineError, ModelFileError, UsageError):
            raise
        except SeglibError as error:
            yield PictureResult(item.name, key, finding=Finding(item.name, "error", str(error)))
            continue
        seconds = time.perf_counter() - start
        yield PictureResult(item.name, key, image.size, matrix, None, seconds, objects)


def run_key(segmenter: Segmenter) -> str:
    """Return what a result depends on besides the picture: the model and its precision."""
    return f"{segmenter.card.name}:{segmenter.info.precision}"


def count_pixels(result: Any, truth: Truth, segmenter: Segmenter) -> NDArray[np.int64]:
    """Count the pixels of an answer: ``(C, C + 1) int64``, read-only.

    All 0 for a model that answers objects alone: what it leaves out is no class, and COCO files do
    not say what lies between their objects.
    """
    label_set = segmenter.label_set
    if segmenter.card.task == "instance":
        matrix = np.zeros((label_set.num_classes, label_set.num_classes + 1), np.int64)
    else:
        answer = semantic_answer(result, segmenter.card.name)
        matrix = metrics.confusion_matrix(
            truth,
            answer.labels,
            num_classes=answer.label_set.num_classes,
            ignore_label=answer.label_set.ignore,
            unanswered="column",
        )
    matrix.setflags(write=False)
    return matrix


def _objects(item: Item, result: Any, segmenter: Segmenter) -> Objects | None:
    found = found_objects(result)
    truth = None if found is None else item.objects(segmenter.label_set)
    return None if found is None or truth is None else Objects(truth, found)


def semantic_answer(result: Any, name: str) -> SemanticMap:
    """Return the class of every pixel from whatever a model answers.

    Raises
    ------
    UsageError
        It answers nothing of the kind.
    """
    if isinstance(result, Scene):
        result = result.semantic or result.panoptic
    if isinstance(result, SemanticMap):
        return result
    semantic = getattr(result, "semantic", None)
    if callable(semantic):
        found = semantic()
        if isinstance(found, SemanticMap):
            return found
    raise UsageError(f"expected a model that answers a class for every pixel, {name} does not")


def objects_of(results: Sequence[PictureResult]) -> list[Objects]:
    """Return the objects of those pictures that have some to judge."""
    return [result.objects for result in results if result.objects is not None]


def pooled(results: Sequence[PictureResult]) -> NDArray[np.int64]:
    """Return the confusion matrix of all pictures together.

    Pooled, not averaged by picture: a class that is rare in one picture would otherwise count as
    much as one that fills it. This is what CamVid's and VOC's published numbers do.

    Raises
    ------
    DatasetError
        Nothing was judged.
    """
    matrices = [result.matrix for result in results if result.matrix is not None]
    if not matrices:
        raise DatasetError("no picture could be judged")
    total: NDArray[np.int64] = np.stack(matrices).sum(axis=0, dtype=np.int64)
    if not total.any() and not objects_of(results):
        raise DatasetError("every pixel of every label map is ignored: there is nothing to judge")
    return total
