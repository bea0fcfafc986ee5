"""Three things to try."""

from __future__ import annotations

from seglib.ui.tries import Try

PAGE = "pages/panoptic.py"

IDEAS: tuple[Try, ...] = (
    Try(
        "What does a perfect answer look like?",
        "The exact truth of a generated street: every car and person on its own, sky and road in "
        "one piece each, and no pixel twice.",
        {"picture": "street", "seed": "7", "pan_source": "truth", "pan_opacity": "80"},
    ),
    Try(
        "Who wins a pixel?",
        "A street's true objects take their pixels first, then a network's stuff fills the rest. "
        "Step through the turns, then look at PQ under Numbers.",
        {"picture": "street", "seed": "28", "pan_source": "mixed", "tab": "How it works"},
    ),
    Try(
        "What if the threshold falls?",
        "At a threshold of 0.05 weak objects come too. Each takes pixels from the weaker ones, or "
        "is left out because better ones cover it.",
        {"picture": "cat", "panp_threshold": "0.05", "pan_colour": "object"},
    ),
)
"""The three."""
