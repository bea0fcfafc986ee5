"""Three things to try: each link sets the whole page up."""

from __future__ import annotations

from seglib.concepts.saliency import SalientOptions
from seglib.ui import knobs
from seglib.ui.tries import Try

PAGE = "pages/salient.py"

IDEAS: tuple[Try, ...] = (
    Try(
        "What did one see before networks?",
        "The network beside the spectral residual of 2007: the formula finds edges and small "
        "things, the network a whole object. Compare the times, too.",
        {
            "picture": "coffee",
            "sal_view": "map",
            **knobs.query(SalientOptions, "sal", against="spectral"),
        },
    ),
    Try(
        "How much does the threshold decide?",
        "In a generated street the truth is known. Under Numbers: precision rises and recall falls "
        "with the threshold; F has its summit between.",
        {
            "picture": "street",
            "seed": "28",
            "tab": "Numbers",
            **knobs.query(SalientOptions, "sal", threshold=0.3, pieces="all"),
        },
    ),
    Try(
        "Who finds a thin thing against the sky?",
        "A rocket on its pad. The fine-grained map follows outlines at full resolution; lower the "
        "threshold and see what joins.",
        {
            "picture": "rocket",
            "sal_view": "map",
            **knobs.query(SalientOptions, "sal", method="fine", against="network", threshold=0.35),
        },
    ),
)
