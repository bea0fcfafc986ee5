"""Three things to try: each link sets the whole page up."""

from __future__ import annotations

from seglib.matting import BackgroundOptions, MatteOptions
from seglib.ui import knobs
from seglib.ui.tries import Try

PAGE = "pages/background.py"

IDEAS: tuple[Try, ...] = (
    Try(
        "Where does the old ground shine through?",
        "A strong green behind the subject and despill off: the rim keeps the colour of what was "
        "there. Turn despill up under More and watch it go.",
        {
            "picture": "astronaut",
            "bg_colour": "#00c853",
            **knobs.query(BackgroundOptions, "bgb", kind="colour", despill=0.0),
            **knobs.query(MatteOptions, "bg", softness=1.0, reach=16),
        },
    ),
    Try(
        "What does a hard cut lose?",
        "Softness 0 makes every pixel in or out. Look at the outline, then raise softness: the "
        "trimap grows a grey band where the truth lies between.",
        {
            "picture": "coffee",
            "bg_view": "trimap",
            **knobs.query(MatteOptions, "bg", softness=0.0),
        },
    ),
    Try(
        "How does a blur avoid a halo?",
        "The ground is averaged without the subject's pixels, so none of its colours leaks into "
        "the blur. Move the line along the outline and look for a rim of light.",
        {
            "picture": "cat",
            **knobs.query(BackgroundOptions, "bgb", kind="blur", blur=24.0),
        },
    ),
)
