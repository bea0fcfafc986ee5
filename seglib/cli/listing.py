"""``models`` and ``fetch``: what there is, and whether its files are whole."""

from __future__ import annotations

import argparse
import json

from seglib import models
from seglib.cli.output import percent, table
from seglib.models import ModelCard, store
from seglib.models.segmenter import three_digits


def run_models(options: argparse.Namespace) -> int:
    """Print the catalogue."""
    if options.json:
        print(json.dumps([card.as_dict() for card in models.CARDS], indent=2))
        return 0
    head = ("name", "task", "classes", "input", "size", "GFLOPs", "mIoU", "title")
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
        f"{percent(best[0].mean_iou)} ({best[0].dataset} {best[0].split})" if best else "-",
        card.title,
    )


def run_fetch(options: argparse.Namespace) -> int:
    """Check a model's files; every model of the catalogue so far comes with the project."""
    card = models.find(options.name)
    store.model_path(card)
    print(f"{card.name} comes with the project and is complete: nothing to fetch")
    return 0
