"""What can be set about pyramid pooling: range, default and a word on each."""

from __future__ import annotations

from dataclasses import dataclass

from seglib.options import Checked, choice, whole


@dataclass(frozen=True)
class PyramidOptions(Checked):
    """One level to look at, and what it is drawn on."""

    bins: int = whole(
        3, 1, 12, "Bins along each side of the level that is drawn; the paper has 1, 2, 3 and 6."
    )
    group: int = whole(
        12, 0, 79, "Which of the reduced channels is shown: each averages four of the layer's 320."
    )
    under: str = choice(
        "picture", ("picture", "features"), "What lies under the bins.", title="Show"
    )
    width: str = choice(
        "street",
        ("street", "paper"),
        "Channels that the costs are counted for: this layer's 320, or the 2048 of the paper's "
        "ResNet on a 60 × 60 map.",
        title="Costs for",
    )
