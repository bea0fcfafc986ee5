"""What the page keeps in the address."""

from __future__ import annotations

from seglib.concepts.atrous import TrickOptions
from seglib.concepts.cost import SeparableOptions
from seglib.ui import address, knobs, source, stepper
from seglib.ui.address import Param, one_of

PAGE = "pages/atrous.py"
VIEWS: dict[str, str] = {
    "field": "Receptive field",
    "trick": "Stride to rate",
    "pyramid": "Pyramid of rates",
    "cost": "Separable",
    "scales": "Four strategies",
}
MOST_LAYERS, MOST_RATE = 5, 12

TRICK, COST, INPUT = "atr_trick", "atr_cost", "atr"


def parse_rates(text: str) -> list[int]:
    """Read rates such as ``1.2.5``; empty where the text is none."""
    parts = text.split(".")
    if not 1 <= len(parts) <= MOST_LAYERS or len(text) > 20:
        return []
    if not all(part.isascii() and part.isdigit() for part in parts):
        return []
    rates = [int(part) for part in parts]
    return rates if all(1 <= rate <= MOST_RATE for rate in rates) else []


def text_of(rates: list[int]) -> str:
    """Write rates for the address."""
    return ".".join(map(str, rates))


VIEW = Param("atr_view", "field", one_of(*VIEWS))
RATES = Param("atr_rates", "2.2.2", lambda text: bool(parse_rates(text)))
WEIGHTS = Param("atr_weights", "random", one_of("random", "equal"))
AT_X = Param("atr_x", "50", address.integer(0, 100))
AT_Y = Param("atr_y", "60", address.integer(0, 100))
SET = Param("atr_set", "v3", one_of("model", "v3", "v3wide", "own"))
FACTOR = Param("atr_rate", "12", address.integer(1, 40))
CHANNEL = Param("atr_feature", "best", lambda t: t == "best" or address.integer(0, 95)(t))
STEP = stepper.param("atr_step", 400)
DEPTH = stepper.param("atr_depth", MOST_LAYERS - 1)
"""Layers back from the output, less one; all of them at first."""
PARAMS = (
    VIEW,
    RATES,
    WEIGHTS,
    AT_X,
    AT_Y,
    SET,
    FACTOR,
    CHANNEL,
    STEP,
    DEPTH,
    *knobs.params(TrickOptions, TRICK),
    *knobs.params(SeparableOptions, COST),
    *source.params(INPUT, preset="disc", kind="picture"),
)
