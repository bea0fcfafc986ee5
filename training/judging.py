"""What judging the exported models shares: where the data are, how much of the machine to use."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from seglib.engine import PRECISIONS, Precision
from seglib.engine.core import core
from seglib.models import Evaluation

DATA = Path(__file__).resolve().parent.parent.parent / "shared/data"


def use_threads(count: int | None) -> None:
    """Let OpenVINO use so many threads in every network compiled from now on; all if ``None``."""
    if count is not None:
        core().set_property("CPU", {"INFERENCE_NUM_THREADS": count})


def command(about: str, evaluate: Callable[[Path, Precision | None], Evaluation]) -> None:
    """Parse a judge's command line, judge, print every number."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--precision", choices=PRECISIONS)
    parser.add_argument("--threads", type=int, help="of OpenVINO; all cores if not given")
    options = parser.parse_args()
    use_threads(options.threads)
    show(evaluate(options.data, options.precision))


def show(found: Evaluation) -> None:
    """Print every number."""
    print(f"{found.images} pictures, {found.precision}")
    for name, value in {"mean IoU": found.mean_iou, **found.scores, **found.per_class}.items():
        print(f"{name:32} {'undefined' if value is None else f'{value:.4f}'}")
