"""Three things to try, the same in every view."""

from __future__ import annotations

from seglib.ui import tries
from seglib.ui.atrous.state import PAGE
from seglib.ui.tries import Try

IDEAS: tuple[Try, ...] = (
    Try(
        "Can three layers miss most of what they span?",
        "Rates 2, 2, 2 span 13 cells and touch seven of them: a chessboard. Then take 1, 2, 5.",
        {"atr_view": "field", "atr_rates": "2.2.2"},
    ),
    Try(
        "Does rate 18 still have nine weights?",
        "On this small map most of a wide kernel lies in the padding. What is left acts as 1 × 1.",
        {"atr_view": "pyramid", "atr_set": "own", "atr_rate": "24"},
    ),
    Try(
        "Four times the cells, the same values?",
        "Take the stride away, make the next layer atrous: every second cell is what it was.",
        {"atr_view": "trick", "atr_in": "picture", "atr_trick_stride": "2"},
    ),
)
"""The three."""


def show() -> None:
    """Draw them."""
    tries.show(PAGE, IDEAS)
