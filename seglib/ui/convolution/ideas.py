"""Three things to try."""

from __future__ import annotations

from seglib.concepts.convolution import ConvolutionOptions
from seglib.ui import knobs, source
from seglib.ui.convolution.state import PREFIX, STEP
from seglib.ui.tries import Try

PAGE = "pages/convolution.py"


def _query(kind: str, values: dict[str, str], step: int = 0, **options: object) -> dict[str, str]:
    return (
        source.query(PREFIX, kind, **values)  # type: ignore[arg-type]
        | knobs.query(ConvolutionOptions, PREFIX, **options)
        | {STEP.name: str(step)}
    )


IDEAS: tuple[Try, ...] = (
    Try(
        "What does a stride skip?",
        "Stride 3 on nine columns, no padding, kernel 1: two of three columns are never looked at. "
        "Make the kernel 3 and all are seen.",
        _query("preset", {"preset": "lines"}, 1, kernel="identity", size="1", stride=3, padding=0),
    ),
    Try(
        "Why does the border look different?",
        "A blur of a flat map should change nothing. With padding, the rim averages in zeros and "
        "fades.",
        _query("edit", {"cells": "/".join(["9 9 9 9 9 9"] * 6)}, 0, kernel="box", padding=1),
    ),
    Try(
        "What do edges look like in a street?",
        "The vertical-edge kernel on the chosen picture: poles and house corners answer, the road "
        "stays near 0.",
        _query("picture", {}, 1500, kernel="vertical", size="3", padding=1),
    ),
)
"""The three."""
