"""Three things to try."""

from __future__ import annotations

from seglib.ui.tries import Try

PAGE = "pages/inside.py"

IDEAS: tuple[Try, ...] = (
    Try(
        "What does the first layer look for?",
        "Edges and colours: each of 32 maps is one 3 × 3 kernel. Lay a map over the picture.",
        {"inside_layer": "stem", "inside_overlay": "60", "picture": "street", "seed": "28"},
    ),
    Try(
        "Where does a class appear?",
        "The last layer has one map a class. Eleven maps, one scale: the brightest wins.",
        {"inside_layer": "class-scores", "inside_sort": "index", "inside_scale": "shared"},
    ),
    Try(
        "How much of a layer is idle?",
        "Sort by zeros: after its ReLU, a map may be silent for the whole picture. Another picture "
        "wakes others.",
        {"inside_layer": "pyramid-merged", "inside_sort": "zeros", "inside_scale": "shared"},
    ),
)
"""The three."""
