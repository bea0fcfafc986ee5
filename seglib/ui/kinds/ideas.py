"""Three things to try."""

from __future__ import annotations

from seglib.ui.tries import Try

PAGE = "pages/kinds.py"

IDEAS: tuple[Try, ...] = (
    Try(
        "How many cars are there?",
        "Cars that touch are one region of the class map. The instance and the panoptic answer "
        "keep them apart; the matte knows only one subject.",
        {"picture": "street", "seed": "28", "kd_source": "truth", "kd_x": "33", "kd_y": "52"},
    ),
    Try(
        "Who speaks of the sky?",
        "Point at the sky: two answers name it, one has nothing to say, one calls it ground.",
        {"picture": "street", "seed": "7", "kd_source": "truth", "kd_x": "45", "kd_y": "12"},
    ),
    Try(
        "Where does the subject end?",
        "A network's matte alone: at hair and blur it says a share, where the other three must "
        "decide.",
        {"picture": "cat", "kd_view": "alone", "kd_x": "58", "kd_y": "22"},
    ),
)
"""The three."""
