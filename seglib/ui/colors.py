"""Colours with a fixed meaning: the Okabe–Ito set, safe for colour-blind eyes.

Label colours are not here: they come from the label table alone.
"""

from __future__ import annotations

Color = tuple[int, int, int]

TRUE_POSITIVE: Color = (0x00, 0x9E, 0x73)
FALSE_POSITIVE: Color = (0xD5, 0x5E, 0x00)
FALSE_NEGATIVE: Color = (0xCC, 0x79, 0xA7)
CHANGED: Color = (0xE6, 0x9F, 0x00)
CONTOUR: Color = (0xFF, 0xFF, 0xFF)

STAGES: dict[str, str] = {
    "decode_ms": "#999999",
    "preprocess_ms": "#56B4E9",
    "queue_ms": "#F0E442",
    "infer_ms": "#0072B2",
    "postprocess_ms": "#009E73",
    "render_ms": "#E69F00",
}
"""Colour of each stage of :class:`seglib.results.StageTimes`."""


def css(color: Color) -> str:
    """``"#009E73"``."""
    return "#{:02X}{:02X}{:02X}".format(*color)
