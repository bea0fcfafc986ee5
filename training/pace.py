"""Measure how long one inference of each bundled model takes, as a ratio to the street model.

``python -m training.pace`` on a quiet machine writes the ratios into each ``measured.json``. Each
network runs at its own input size; of a model that sees a picture in tiles, it is one tile.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

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


def side_by_side(
    engines: Mapping[str, Engine],
    given: Callable[[int, str], Mapping[str, NDArray[Any]]],
    *,
    rounds: int,
) -> Iterator[dict[str, float]]:
    """Yield the milliseconds of each network, round by round.

    All run once a round, in another order each, so that what else the machine does falls on all
    alike.

    Parameters
    ----------
    engines : mapping
    given : callable
        Number of the round and name of the network → its input.
    rounds : int
        After five that only warm up.
    """
    rng = np.random.default_rng(3)
    for turn in range(rounds + 5):
        times = {
            name: engines[name].infer(given(turn, name)).infer_ms
            for name in rng.permutation(list(engines)).tolist()
        }
        if turn >= 5:
            yield times


def ratios(
    engines: Mapping[str, Engine], inputs: Mapping[str, Mapping[str, NDArray[Any]]]
) -> dict[str, float]:
    """Return the median over rounds of each network's time over that of :data:`BASE`."""
    measured = list(side_by_side(engines, lambda turn, name: inputs[name], rounds=80))
    return {
        name: round(statistics.median(times[name] / times[BASE] for times in measured), 2)
        for name in engines
    }


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
