"""Look inside, in a real browser: a click enlarges a map, pointing reads its values."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import expect

from seglib import models
from seglib.scenes import street
from seglib.ui import layers
from seglib.ui.samples import STREET_SIZE
from tests.browser.conftest import Visitor


def test_a_click_enlarges_a_map_and_pointing_reads_it(visitor: Visitor) -> None:
    visit = visitor()
    page = visit.page
    page.goto(
        f"{visit.server.address}/inside?seed=7&inside_layer=block-6&inside_precision=f32"
        "&inside_sort=index"
    )
    small = page.get_by_role("option", name="Channel 5", exact=True)
    small.wait_for()
    small.click()
    page.wait_for_selector('[data-testid="maps"][data-channel="5"]')
    visit.settled("inside_channel=5")
    name = layers.named("block-6").name
    image = street(7, size=STREET_SIZE).image
    maps = models.activations(models.find("street"), image, [name], precision="f32")[name]
    canvas = page.locator('[data-testid="maps"] canvas')
    box = visit.still(canvas)
    row, column = 10, 20
    canvas.hover(
        position={
            "x": (column + 0.5) * box["width"] / maps.shape[2],
            "y": (row + 0.5) * box["height"] / maps.shape[1],
        }
    )
    expect(page.locator('[data-testid="map-value"]')).to_contain_text(f"Row {row}, column {column}")
    text = page.locator('[data-testid="map-value"]').inner_text()
    found = re.match(r"Row (\d+), column (\d+): (−?[\d.e-]+)\.", text)
    assert found, text
    assert (int(found[1]), int(found[2])) == (row, column)
    shown = float(found[3].replace("−", "-"))
    assert shown == float(f"{shown:.3g}")
    np.testing.assert_allclose(shown, maps[5, row, column], rtol=6e-3, atol=2e-3)
    # The keyboard moves the same pointer.
    canvas.press("ArrowRight")
    expect(page.locator('[data-testid="map-value"]')).to_contain_text(f"column {column + 1}")
    visit.shot("inside")
