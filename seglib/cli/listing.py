"""``models`` and ``fetch``: what there is, and whether its files are whole."""

from __future__ import annotations

import argparse
import json

from seglib import models
from seglib.cli.output import percent, table
from seglib.models import Evaluation, ModelCard, store
from seglib.models.segmenter import three_digits


def run_models(options: argparse.Namespace) -> int:
    """Print the catalogue."""
    if options.json:
        print(json.dumps([card.as_dict() for card in models.CARDS], indent=2))
        return 0
    head = ("name", "task", "classes", "input", "size", "GFLOPs", "measured", "title")
    rows = [head, *(_row(card) for card in models.CARDS)]
    print(table(rows, right=(2, 3, 4, 5)))
    return 0


def _row(card: ModelCard) -> tuple[str, ...]:
    size = card.size_bytes
    gflops = card.gflops
    best = card.measured.evaluations[:1]
    return (
        card.name,
        card.task,
        str(len(card.labels)),
        "x".join(str(side) for side in card.input_size),
        "missing" if size is None else f"{three_digits(size / 1e6)} MB",
        "-" if gflops is None else three_digits(gflops),
        _measured(best[0]) if best else "-",
        card.title,
    )


def _measured(evaluation: Evaluation) -> str:
    """Write its main number: mean IoU, or the first score where that is not what it is about."""
    numbers = {"mIoU": evaluation.mean_iou, **evaluation.scores}
    name, value = next(
        ((name, value) for name, value in numbers.items() if value is not None),
        ("mIoU", None),
    )
    return f"{name} {percent(value)} ({evaluation.dataset} {evaluation.split})"


def run_fetch(options: argparse.Namespace) -> int:
    """Check a model's files; every model of the catalogue so far comes with the project."""
    card = models.find(options.name)
    store.model_path(card)
    print(f"{card.name} comes with the project and is complete: nothing to fetch")
    return 0
