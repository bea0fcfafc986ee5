"""What the caption says a model can answer at all."""

from __future__ import annotations

import pytest

from seglib.models import find
from seglib.ui.caption import scope


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "street",
            "every pixel gets one of the 11 classes of street scenes, whatever it is",
        ),
        ("everyday", "knows 20 things (aeroplane, bicycle, bird, …); all else is background"),
        ("nuclei", "finds each nucleus; all else is background"),
        (
            "foreground",
            "every pixel gets a share of the subject, 0 to 1, whatever the subject is",
        ),
    ],
)
def test_the_scope_is_that_of_the_model(name: str, text: str) -> None:
    assert scope(find(name)) == text
