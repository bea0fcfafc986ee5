"""Presets, and three things to try."""

from __future__ import annotations

from seglib.concepts.fusion import FusionOptions
from seglib.ui import knobs
from seglib.ui.skips.state import PREFIX
from seglib.ui.tries import Try

PAGE = "pages/skips.py"
PRESETS: dict[str, dict[str, float]] = {
    "As FCN": {"skip16": 1.0, "skip8": 1.0},
    "No skips": {"skip16": 0.0, "skip8": 0.0},
    "Only 1/8": {"skip16": 0.0, "skip8": 1.0},
}
IDEAS: tuple[Try, ...] = (
    Try(
        "Where do the skips help?",
        "The 1/8 scores of one class are thin: they hold borders and poles, not whole cars.",
        {"picture": "street", "seed": "28", "skips_maps": "scores", "skips_class": "pole"}
        | {"skips_step": "5"}
        | knobs.query(FusionOptions, PREFIX, skip16=1.0, skip8=1.0),
    ),
    Try(
        "Are skips alone enough?",
        "Twice the weight of both: borders get ragged and small wrong spots appear.",
        {"picture": "street", "seed": "7", "skips_maps": "classes", "skips_step": "6"}
        | knobs.query(FusionOptions, PREFIX, skip16=2.0, skip8=2.0),
    ),
    Try(
        "What does 1/32 miss?",
        "Without skips all three answers are the same blobs, only interpolated more finely.",
        {"picture": "street", "seed": "40", "skips_maps": "classes", "skips_step": "7"}
        | knobs.query(FusionOptions, PREFIX, skip16=0.0, skip8=0.0),
    ),
)
