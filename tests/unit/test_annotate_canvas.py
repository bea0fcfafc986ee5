"""The canvas without a browser: nothing is drawn, nothing breaks."""

from __future__ import annotations

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from seglib.annotate.strokes import Stroke
from seglib.ui import canvas


def _script(mode: str, size: tuple[int, int], exact: bool, empty: bool) -> None:
    import numpy
    import streamlit

    from seglib.ui import canvas

    picture = None if empty else numpy.zeros((size[1], size[0], 3), numpy.uint8)
    found = canvas.show("t", picture, size=size, mode=mode, exact=exact, height=400)  # type: ignore[arg-type]
    streamlit.metric("strokes", len(found))
    if streamlit.button("clear"):
        canvas.clear("t")


@pytest.mark.parametrize("mode", canvas.MODES)
def test_without_a_browser_nothing_was_drawn(mode: str) -> None:
    app = AppTest.from_function(_script, args=(mode, (64, 48), False, False), default_timeout=150)
    app.run()
    assert not app.exception
    assert app.metric[0].value == "0"
    app.button[0].click().run()
    assert not app.exception


@pytest.mark.parametrize("size", [(12, 9), (1, 900), (3000, 40)])
@pytest.mark.parametrize(("exact", "empty"), [(True, False), (False, False), (False, True)])
def test_any_picture_can_lie_beneath(size: tuple[int, int], exact: bool, empty: bool) -> None:
    args = ("freedraw", size, exact, empty)
    app = AppTest.from_function(_script, args=args, default_timeout=150).run()
    assert not app.exception


def test_the_canvas_always_fits_its_place() -> None:
    style = canvas._fit("t", 720)
    rules = re.findall(r"max-width:(\d+)px\){[^{]*{zoom:([\d.]+)", style)
    assert len(rules) > 20
    for narrower, (limit, zoom) in zip([*rules[1:], ("223", "0")], rules, strict=True):
        # From the next rule's limit up to this one's, the canvas is not wider than its place.
        assert 720 * float(zoom) <= int(narrower[0]) + 1.1
        assert 720 * float(zoom) > int(limit) - 34


def test_points_keep_their_centre_only() -> None:
    circle = Stroke("ellipse", ((3.5, 4.5),), radii=(4.0, 4.0))
    assert canvas._clicks((circle,), "point") == (Stroke("point", ((3.5, 4.5),)),)
    assert canvas._clicks((circle,), "ellipse") == (circle,)


def test_a_map_of_labels_is_enlarged_by_whole_pixels() -> None:
    import io

    from PIL import Image

    labels = np.random.default_rng(0).integers(0, 255, (5, 7, 3), np.uint8)
    data = canvas._encoded(labels, (70, 50), exact=True)
    assert data is not None
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "PNG"
        assert (np.asarray(picture)[::10, ::10] == labels).all()
