"""Three things to try: each link sets the whole page up; Start does the rest."""

from __future__ import annotations

from seglib.ui.tries import Try

PAGE = "pages/video.py"

IDEAS: tuple[Try, ...] = (
    Try(
        "Does it flicker?",
        "Each frame is segmented on its own, so thin things come and go. Poles and people alone, "
        "then the mean IoU of each frame under Numbers.",
        {"vi_source": "street", "vi_seed": "7", "vi_model": "street", "vi_only": "pole,person"},
    ),
    Try(
        "Who is who?",
        "True masks without their names: the tracker must find out who is who from overlap alone. "
        "Numbers counts its mistakes; raise the overlap and they grow.",
        {
            "vi_source": "shapes",
            "vi_seed": "5",
            "vi_model": "truth",
            "vi_view": "side",
            "vit_overlap": "0.6",
        },
    ),
    Try(
        "Can one do without a network?",
        "The camera stands still, so each pixel remembers its ground. What stood there from the "
        "first frame is ground too, and leaves a ghost when it goes.",
        {"vi_source": "shapes", "vi_seed": "3", "vi_model": "motion", "vi_frames": "36"},
    ),
)
