"""Presets, and three things to try."""

from __future__ import annotations

from seglib.ui.tries import Try

PAGE = "pages/average_precision.py"

_NOTHING = {"shift": 0, "ragged": 0, "drop": 0, "invent": 0, "twice": 0, "split": 0, "relabel": 0}
PRESETS: dict[str, dict[str, int]] = {
    "A bit of everything": {
        "shift": 2, "ragged": 2, "drop": 1, "invent": 2, "twice": 2, "split": 1, "relabel": 1,
    },
    "Sloppy outlines": {**_NOTHING, "shift": 4, "ragged": 4},
    "Doubles": {**_NOTHING, "shift": 1, "twice": 6},
    "Ghosts": {**_NOTHING, "shift": 1, "invent": 6},
    "Misses": {**_NOTHING, "shift": 1, "drop": 5},
}  # fmt: skip
"""What the detector gets wrong."""


def query(name: str) -> dict[str, str]:
    """Return the address of a preset."""
    return {f"ap_{key}": str(value) for key, value in PRESETS[name].items()}


IDEAS: tuple[Try, ...] = (
    Try(
        "Found, but is it cut out?",
        "At 0.50 every detection is right. Raise the threshold: the same masks turn wrong, and "
        "the ten bars fall one after the other.",
        {**query("Sloppy outlines"), "ap_threshold": "0.8"},
    ),
    Try(
        "Do doubles hurt?",
        "Each object counts once; its second detection is wrong. With low scores at the end of "
        "the list they cost nothing.",
        {**query("Doubles"), "ap_step": "6"},
    ),
    Try(
        "Should one cut at a score?",
        "Throw away all below 0.7: precision rises, recall ends early, and AP can only fall. AP "
        "judges the order, not the cut.",
        {**query("Ghosts"), "ap_floor": "0.7"},
    ),
)
"""The three."""
