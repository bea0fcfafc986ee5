"""The way from the scores at 1/32 to the picture, one step at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seglib.concepts.fusion import Fusion, FusionOptions, Scores
from seglib.ui.figures import feature
from seglib.ui.numbers import sig3


@dataclass(frozen=True)
class Step:
    """One step.

    Parameters
    ----------
    title : str
        What happens.
    parts : tuple
        What is drawn: fields of :class:`seglib.concepts.fusion.Fusion` and signs between them.
    tex : str
        The same as a formula.
    """

    title: str
    parts: tuple[str, ...]
    tex: str


STEPS: tuple[Step, ...] = (
    Step("Scores at 1/32", ("score32",), r"S_{32} = W_{32}\, f_{32} + b_{32}"),
    Step("Twice as large", ("score32", "→", "up32"), r"U_2 S_{32}"),
    Step("Scores at 1/16", ("up32", "score16"), r"S_{16} = W_{16}\, f_{16} + b_{16}"),
    Step(
        "The sum: FCN-16s",
        ("up32", "+", "score16", "=", "sum16"),
        r"F_{16} = U_2 S_{32} + w_{16} S_{16}",
    ),
    Step("Twice as large", ("sum16", "→", "up16"), r"U_2 F_{16}"),
    Step("Scores at 1/8", ("up16", "score8"), r"S_8 = W_8\, f_8 + b_8"),
    Step(
        "The sum: FCN-8s",
        ("up16", "+", "score8", "=", "sum8"),
        r"F_8 = U_2 F_{16} + w_8 S_8",
    ),
    Step(
        "What each enlarges to the picture",
        ("score32", "sum16", "sum8"),
        r"\hat y = \arg\max_c\; U_{32} S_{32} \;\big|\; U_{16} F_{16} \;\big|\; U_8 F_8",
    ),
)
"""In the order in which they are computed."""

NAMES = {
    "score32": "S₃₂ · scores at 1/32",
    "up32": "U₂S₃₂ · enlarged",
    "score16": "S₁₆ · scores at 1/16",
    "sum16": "F₁₆ · FCN-16s",
    "up16": "U₂F₁₆ · enlarged",
    "score8": "S₈ · scores at 1/8",
    "sum8": "F₈ · FCN-8s",
}


def markup(
    step: Step,
    found: Fusion,
    options: FusionOptions,
    *,
    palette: NDArray[np.uint8],
    class_id: int | None,
) -> str:
    """Return the maps of a step as HTML.

    Parameters
    ----------
    step : Step
    found : Fusion
    options : FusionOptions
        Weights of the skips, written beside their maps.
    palette : ndarray
        ``(C, 3) uint8`` colours of the classes.
    class_id : int or None
        Draw the scores of this class; the likeliest class of each cell if None.
    """
    limits = None
    if class_id is not None:
        # one scale for all maps of a step: a sum must not look like its parts
        shown = [getattr(found, part)[class_id] for part in step.parts if part in NAMES]
        most = max(float(np.abs(values).max()) for values in shown)
        limits = (-most, most)
    weights = {"score16": options.skip16, "score8": options.skip8}
    parts = []
    for part in step.parts:
        if part not in NAMES:
            parts.append(f'<div class="seg-sign">{part}</div>')
            continue
        scores: Scores = getattr(found, part)
        _, height, wide = scores.shape
        times = f" × {weights[part]:g}" if weights.get(part, 1.0) != 1.0 else ""
        caption = f"{wide} × {height} cells{times}"
        if class_id is None:
            pixels = palette[scores.argmax(axis=0)]
        else:
            pixels = feature.colours(scores[class_id], limits=limits, scale="diverging")
            caption += f", {sig3(float(scores[class_id].min()))} to "
            caption += sig3(float(scores[class_id].max()))
        parts.append(
            feature.pixels_markup(
                pixels, title=NAMES[part], caption=caption, width=900, key=f"skips-{part}"
            )
        )
    # one row at any width: a sum that wraps is no sum any more
    columns = ["minmax(0,1fr)" if part in NAMES else "auto" for part in step.parts]
    columns += ["minmax(0,0.9fr)"] if len(step.parts) == 1 else []
    return (
        '<div class="seg-maps" style="align-items:center;grid-template-columns:'
        f'{" ".join(columns)}">{"".join(parts)}</div>'
    )
