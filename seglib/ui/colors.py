"""Colours with a fixed meaning: the Okabe–Ito set, safe for colour-blind eyes.

Label colours are not here: they come from the label table alone. Those of right and wrong are in
:mod:`seglib.render`.
"""

from __future__ import annotations

Color = tuple[int, int, int]

CHANGED: Color = (0xE6, 0x9F, 0x00)
"""Orange: a pixel that another setting would give another class."""

STAGES: dict[str, str] = {
    "decode_ms": "#999999",
    "preprocess_ms": "#56B4E9",
    "queue_ms": "#F0E442",
    "infer_ms": "#0072B2",
    "postprocess_ms": "#009E73",
    "render_ms": "#E69F00",
}
"""Colour of each stage of :class:`seglib.results.StageTimes`."""
