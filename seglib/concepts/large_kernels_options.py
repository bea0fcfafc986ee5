"""What can be set about large kernels: range, default and a word on each."""

from __future__ import annotations

from dataclasses import dataclass

from seglib.options import Checked, choice, number, whole


@dataclass(frozen=True)
class LargeOptions(Checked):
    """A kernel, how many pairs stand for it, and what it runs on."""

    size: int = whole(15, 1, 31, "Cells along each side, an odd number.", 2, title="Kernel size k")
    kernel: str = choice(
        "line",
        ("gaussian", "box", "log", "line", "disk", "random"),
        "The k × k kernel that the pairs are to stand for.",
    )
    pairs: str = choice(
        "2",
        ("1", "2", "3"),
        "Products of a k × 1 and a 1 × k kernel that are summed. The paper's block has two "
        "branches, for one channel exactly two pairs.",
        title="Pairs",
    )
    channel: int = whole(0, 0, 95, "Which feature map is convolved, the liveliest first.")
    strength: float = number(
        1.0, 0, 8, "Factor of the residual that refines boundaries; 0 changes nothing.", 0.5
    )
