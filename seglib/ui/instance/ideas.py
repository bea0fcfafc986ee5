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
        "Where does one nucleus end?",
        "Join no valley, however shallow, and nuclei fall apart; raise the depth again and they "
        "grow together. Under Numbers, the truth says which is right.",
        {"in_model": "nuclei", "picture": "cells", "seed": "28", "in_nuclei_depth": "0"},
    ),
)
"""The three."""
