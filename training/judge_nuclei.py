"""Judge the nuclei model on held-out pictures: ``python -m training.judge_nuclei``.

The exported network runs as in the app: ``Segmenter``, tiles, nuclei at each picture's own size.
``--search N`` looks for better options and scales on N pictures of the training split instead, and
leaves the held-out ones alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib import metrics, models
from seglib.engine import PRECISIONS, Precision
from seglib.images import Image
from seglib.metrics import ObjectPrecision
from seglib.models import Evaluation, Forward, Segmenter
from seglib.models.adapters import NucleiAdapter, NucleiOptions
from seglib.results import Instances
from training.camvid import read_rgb
from training.judging import DATA, show, use_threads

HELD_OUT = 8
"""As in :mod:`training.nuclei`: every eighth picture is not trained on."""

GRID: dict[str, tuple[float, ...]] = {
    "threshold": (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8),
    "depth": (0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4),
    "smooth": (0.0, 0.5, 1.0, 1.5, 2.0),
    "border": (0.0, 0.2, 0.5, 0.8, 1.2),
    "seed": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5),
    "apart": (1, 2, 3, 5),
    "area": (8, 16, 24, 32, 48),
}
"""Options that are searched, one after the other, twice."""

SCALES = (1.25, 1.5, 1.75, 2.0)


@dataclass(frozen=True, eq=False)
class Case:
    """A picture as a stranger would upload it, and its nuclei.

    Parameters
    ----------
    name : str
    image : Image
    ids : (H, W) int32
        0 = ground.
    stained : bool
        Dark nuclei on a bright ground.
    """

    name: str
    image: Image
    ids: NDArray[np.int32]
    stained: bool


def read(folder: Path, *, held_out: bool) -> list[Path]:
    """Return the pictures' files of a split, in order."""
    files = sorted(folder.glob("*.jpg"))
    return files[::HELD_OUT] if held_out else [f for i, f in enumerate(files) if i % HELD_OUT]


def case(path: Path) -> Case:
    """Read a picture and its 16-bit ``NAME.png``."""
    pixels = read_rgb(path)
    pixels.setflags(write=False)
    ids = cv2.imread(str(path.with_suffix(".png")), cv2.IMREAD_UNCHANGED).astype(np.int32)
    return Case(path.stem, Image(pixels), ids, float(pixels.mean()) > 100)


def summary(cases: Sequence[bool], judged: Sequence[ObjectPrecision]) -> dict[str, float | None]:
    """Return the scores by name; ``cases`` says which pictures are stained."""
    scores: dict[str, float | None] = {}
    for title, chosen in (
        ("", judged),
        (" fluorescence", [one for one, stained in zip(judged, cases, strict=True) if not stained]),
        (" stained", [one for one, stained in zip(judged, cases, strict=True) if stained]),
    ):
        joined = metrics.join_object_precisions(chosen) if chosen else None
        scores[f"mean AP 0.5–0.9{title}"] = None if joined is None else joined.mean
        scores[f"AP50{title}"] = None if joined is None else joined.at(0.5)
    return scores


def evaluate(data: Path, precision: Precision | None = None) -> Evaluation:
    """Judge the exported model on the held-out pictures.

    Parameters
    ----------
    data : Path
        Holds ``nuclei``.
    precision : {"f32", "bf16", "f16"}, optional
        The device's own if not given.
    """
    segmenter = models.load("nuclei", precision=precision)
    judged, stained = [], []
    for path in read(data / "nuclei", held_out=True):
        one = case(path)
        judged.append(metrics.object_precision(one.ids, segmenter.segment(one.image).result))
        stained.append(one.stained)
    return Evaluation(
        dataset="nuclei",
        split="val",
        images=len(judged),
        size=segmenter.card.input_size,
        precision=segmenter.info.precision,
        ignore=None,
        mean_iou=None,
        pixel_accuracy=None,
        per_class={},
        method=(
            "every eighth picture of the Data Science Bowl 2018's training set, by name, none of "
            "them trained on; tiles at the card's scale, answers at each picture's own size; "
            "AP = TP / (TP + FP + FN) at an IoU above 0.50, 0.55, …, 0.90, averaged over these "
            "nine and then over pictures"
        ),
        scores=summary(stained, judged),
    )


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network said of a picture."""

    case: Case
    forward: Forward

    def nuclei(self, segmenter: Segmenter, options: NucleiOptions) -> Instances:
        """Decide with these options."""
        adapter = NucleiAdapter(segmenter.card, options)
        return adapter.postprocess(self.forward.inference, self.forward.placement)


def answers(cases: Sequence[Case], scale: float) -> tuple[Segmenter, list[Answer]]:
    """Run the network on every picture at a scale."""
    usual = models.load("nuclei")
    card = usual.card
    assert card.tiling is not None
    card = replace(card, tiling=replace(card.tiling, scale=scale))
    segmenter = Segmenter(card, usual.engine)
    return segmenter, [Answer(one, segmenter.forward(one.image)) for one in cases]


def judge(
    segmenter: Segmenter, found: Sequence[Answer], options: NucleiOptions
) -> dict[str, float | None]:
    """Judge answers with these options."""
    judged = [
        metrics.object_precision(one.case.ids, one.nuclei(segmenter, options)) for one in found
    ]
    return summary([one.case.stained for one in found], judged)


def search(data: Path, count: int) -> None:
    """Print the best scale and options on pictures of the training split, drawn at random."""
    paths = read(data / "nuclei", held_out=False)
    drawn = np.random.default_rng(0).permutation(len(paths))[:count]
    chosen = [case(paths[place]) for place in sorted(drawn.tolist())]
    options = NucleiOptions()
    best: tuple[float, float] | None = None
    for scale in SCALES:
        segmenter, found = answers(chosen, scale)
        scores = judge(segmenter, found, options)
        print(f"scale {scale}", _line(scores), flush=True)
        value = scores["mean AP 0.5–0.9"] or 0.0
        if best is None or value > best[0]:
            best = value, scale
            kept = segmenter, found
    assert best is not None
    print(f"best scale {best[1]}")
    segmenter, found = kept
    for _ in range(2):
        for name, values in GRID.items():
            tried = {}
            for value in values:
                one = replace(options, **{name: value})
                tried[value] = judge(segmenter, found, one)["mean AP 0.5–0.9"] or 0.0
            print(name, {value: round(score, 4) for value, score in tried.items()}, flush=True)
            winner = max(tried, key=lambda value: tried[value])
            # the usual value stays unless another one is better by more than chance
            if tried[winner] > tried.get(getattr(options, name), 0.0) + 5e-4:
                options = replace(options, **{name: winner})
    print(options)
    print(_line(judge(segmenter, found, options)))


def _line(scores: dict[str, float | None]) -> str:
    return " · ".join(
        f"{name} {'undefined' if value is None else f'{value:.4f}'}"
        for name, value in scores.items()
    )


def main() -> None:
    """Parse the command line and judge, or search."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--precision", choices=PRECISIONS)
    parser.add_argument("--threads", type=int, help="of OpenVINO; all cores if not given")
    parser.add_argument("--search", type=int, metavar="N", help="training pictures to search on")
    options = parser.parse_args()
    use_threads(options.threads)
    if options.search:
        search(options.data, options.search)
    else:
        show(evaluate(options.data, options.precision))


if __name__ == "__main__":
    main()
