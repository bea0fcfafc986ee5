"""Measure how long one inference of each bundled model takes, as a ratio to the street model.

``python -m training.pace`` on a quiet machine writes the ratios into each ``measured.json``. Each
network runs at its own input size; of a model that sees a picture in tiles, it is one tile.
"""

from __future__ import annotations

import json
import statistics

import numpy as np

from seglib import models
from seglib.engine import Engine, LocalEngine, Precision
from seglib.engine.core import core
from seglib.models import ModelCard, store

BASE = "street"


def engine(card: ModelCard, precision: Precision | None) -> LocalEngine:
    """Return a network of its own."""
    return LocalEngine(
        store.model_path(card), precision=precision, transform=card.preprocessing.embed
    )


def ratios(
    engines: dict[str, Engine], inputs: dict[str, dict[str, np.ndarray]], *, rounds: int = 80
) -> dict[str, float]:
    """Return the median over rounds of each network's time over that of :data:`BASE`.

    All run once a round, in another order each, so that what else the machine does falls on all
    alike.
    """
    rng = np.random.default_rng(3)
    found: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(rounds + 5):
        times = {
            name: engines[name].infer(inputs[name]).infer_ms
            for name in rng.permutation(list(engines)).tolist()
        }
        if turn >= 5:  # the first ones warm up
            for name, values in found.items():
                values.append(times[name] / times[BASE])
    return {name: round(statistics.median(values), 2) for name, values in found.items()}


def main() -> None:
    """Measure in what the device chooses by itself and in f32, and write."""
    rng = np.random.default_rng(5)
    cards = {card.name: card for card in models.CARDS}
    inputs = {
        name: {
            card.input_name: rng.integers(
                0, 256, (1, card.input_size[1], card.input_size[0], 3), np.uint8
            )
        }
        for name, card in cards.items()
    }
    by_precision: dict[str, dict[str, float]] = {}
    for precision in (None, "f32"):
        engines: dict[str, Engine] = {name: engine(card, precision) for name, card in cards.items()}
        runs_in = engines[BASE].info.precision
        if runs_in not in by_precision:
            by_precision[runs_in] = ratios(engines, inputs)
        for each in engines.values():
            each.close()
    device = str(core().get_property("CPU", "FULL_DEVICE_NAME")).strip()
    for name, card in cards.items():
        path = store.locate(card).with_name("measured.json")
        facts = json.loads(path.read_text())
        facts["time_over_street"] = {each: by_precision[each][name] for each in by_precision}
        facts["timed_on"] = device
        path.write_text(json.dumps(facts, indent=2) + "\n")
        print(name, facts["time_over_street"])


if __name__ == "__main__":
    main()
