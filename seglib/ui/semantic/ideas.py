"""Three things to try: each link sets the whole page up through its address."""

from __future__ import annotations

from seglib.ui import tries
from seglib.ui.tries import Try

PAGE = "pages/semantic.py"

IDEAS: tuple[Try, ...] = (
    Try(
        "Where does it doubt?",
        "The confidence map is dark along every border: there the network's coarse grid mixes "
        "two classes.",
        {"picture": "street", "seed": "40", "show": "confidence", "opacity": "85"},
    ),
    Try(
        "What does it miss?",
        "One class against the exact truth: green is found, orange wrongly claimed, purple "
        "missed. Thin poles suffer most.",
        {"picture": "street", "seed": "38", "show": "errors", "only": "pole", "opacity": "100"},
    ),
    Try(
        "How much do borders cost?",
        "Decide on the grid and repeat: stairs along every border. Compare the mean IoU under "
        "Numbers.",
        {"picture": "street", "seed": "7", "up": "labels", "show": "changed", "opacity": "100"},
    ),
)
"""The three."""


def show() -> None:
    """Draw them."""
    tries.show(PAGE, IDEAS)
