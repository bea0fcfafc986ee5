"""Three things to try."""

from __future__ import annotations

from seglib.ui.tries import Try

PAGE = "pages/conventions.py"

IDEAS: tuple[Try, ...] = (
    Try(
        "Who wins?",
        "Pooled, 0.891; per image, 0.455. A method that is good on large pictures looks twice as "
        "good with the first.",
        {"cv_case": "lecture", "tab": "How it works"},
    ),
    Try(
        "What does one pixel cost?",
        "Nothing was a triangle until one pixel was called so: the class is no longer skipped but "
        "counts 0, and the mean falls by a quarter.",
        {"cv_case": "invented", "cv_wrong": "0"},
    ),
    Try(
        "Does silence pay?",
        "The prediction keeps quiet about all pixels that it would get wrong. Left out, they make "
        "it perfect; counted as misses, they do not.",
        {
            "cv_case": "ignore",
            "cv_wrong": "8",
            "cv_withheld": "8",
            "cv_metric": "pixel_accuracy",
        },
    ),
)
"""The three."""
