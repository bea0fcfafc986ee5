"""Three things to try: each link sets the whole page up through its address."""

from __future__ import annotations

from seglib.ui.tries import Try

PAGE = "pages/instance.py"

IDEAS: tuple[Try, ...] = (
    Try(
        "How sure must it be?",
        "Lower the threshold and weaker and weaker objects appear; under Numbers, the exact truth "
        "says which of them are there.",
        {"picture": "street", "seed": "28", "in_everyday_threshold": "0.05"},
    ),
    Try(
        "What is a mask made of?",
        "One object, its coefficients, and the prototypes that they weigh: the sum is the mask.",
        {"picture": "cat", "in_pick": "1", "in_everyday_threshold": "0.1", "tab": "How it works"},
    ),
    Try(
        "When are two objects one?",
        "Let masks overlap as they like, and one thing is found several times; suppression keeps "
        "the best.",
        {"picture": "astronaut", "in_everyday_threshold": "0.02", "in_everyday_overlap": "0.95"},
    ),
)
"""The three."""
