"""Three things to try."""

from __future__ import annotations

from seglib.concepts.convolutionalise import FcOptions
from seglib.concepts.patches import WindowOptions
from seglib.ui import knobs
from seglib.ui.patches.state import FC, PREFIX
from seglib.ui.tries import Try

PAGE = "pages/patches.py"
IDEAS: tuple[Try, ...] = (
    Try(
        "Is a dark spot a membrane?",
        "The point lies in a mitochondrion, as dark as a membrane. The window shows enough around "
        "it to tell.",
        {
            "patches_view": "window",
            "patches_from": "generated",
            "patches_show": "heat",
            **knobs.query(WindowOptions, PREFIX, seed=7, across=45, down=18),
        },
    ),
    Try(
        "Where did 102,764,544 weights go?",
        "VGG's fc6 reads 7 × 7. On 12 × 12 maps the same weights answer 6 × 6 times. Step through.",
        {
            "patches_view": "layer",
            **knobs.query(FcOptions, FC, channels=512, kernel=7, outputs=4096, side=12),
            "patches_cell": "13",
        },
    ),
    Try(
        "Why was sliding given up?",
        "Ciresan's network needs 31.8 T multiply-adds for 512 × 512 pixels; one pass needs 57.4 G.",
        {"patches_view": "cost", "patches_net": "n4", "patches_side": "512"},
    ),
)
