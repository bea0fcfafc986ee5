"""Presets, and three things to try."""

from __future__ import annotations

from seglib.ui.tries import Try

PAGE = "pages/panoptic_quality.py"

_NOTHING = {
    "shift": 0, "ragged": 0, "erode": 0, "merge": 0, "split": 0, "drop": 0, "invent": 0,
    "relabel": 0, "stuff": False, "crowd": False, "threshold": 0.5,
}  # fmt: skip
PRESETS: dict[str, dict[str, float]] = {
    "A bit of everything": {
        **_NOTHING, "shift": 1, "ragged": 1, "merge": 1, "split": 1, "drop": 1, "invent": 1,
        "relabel": 1,
    },
    "Sloppy outlines": {**_NOTHING, "shift": 2, "ragged": 4},
    "Merged neighbours": {**_NOTHING, "merge": 6},
    "Wrong names": {**_NOTHING, "relabel": 8},
    "Stuff mistaken": {**_NOTHING, "stuff": True},
}  # fmt: skip
"""What the prediction gets wrong."""


def query(name: str) -> dict[str, str]:
    """Return the address of a preset."""
    return {f"pq_{key}": f"{value:g}" for key, value in PRESETS[name].items()}


IDEAS: tuple[Try, ...] = (
    Try(
        "Found or cut out?",
        "Sloppy outlines lower SQ while RQ stays at 1, until a small segment falls below 0.5 and "
        "is both missed and wrong.",
        {**query("Sloppy outlines"), "pq_scene": "shapes", "pq_seed": "3"},
    ),
    Try(
        "One id for two",
        "Two neighbours merged: the larger may still match, the smaller is missed. For semantic "
        "segmentation nothing happened.",
        {**query("Merged neighbours"), "pq_scene": "shapes", "pq_seed": "3"},
    ),
    Try(
        "Right shape, wrong name",
        "Every outline is perfect, but a match needs the class too: each wrong name is one missed "
        "and one wrong segment.",
        {**query("Wrong names"), "pq_scene": "shapes", "pq_seed": "3"},
    ),
)
"""The three."""
