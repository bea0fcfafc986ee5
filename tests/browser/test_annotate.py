"""Drawing with a mouse and with a finger: what was drawn is in the map, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from seglib.annotate import shapes
from seglib.annotate.superpixels import superpixels
from seglib.formats import voc
from seglib.scenes import SHAPES
from seglib.scenes import shapes as scene
from tests.browser.conftest import PHONE, Visit, Visitor

PAD = '[data-testid="pad"][data-ready="true"]'
WIDE, HIGH = 640, 480


def _open(visitor: Visitor, tool: str, **how: object) -> Visit:
    visit = visitor(**how)
    visit.page.goto(
        f"{visit.server.address}/annotate?ann_tool={tool}&ann_source=shapes&ann_class=square"
    )
    visit.page.wait_for_selector(f'{PAD}[data-tool="{tool if tool == "polygon" else "click"}"]')
    return visit


def _place(visit: Visit, x: float, y: float) -> tuple[float, float]:
    box = visit.still(visit.page.locator('[data-testid="pad"] canvas'))
    return box["x"] + x * box["width"] / WIDE, box["y"] + y * box["height"] / HIGH


def _area(visit: Visit) -> int:
    metric = visit.page.locator('[data-testid="stMetric"]').filter(has_text="Area")
    return int(metric.locator('[data-testid="stMetricValue"]').inner_text()[:-3].replace(",", ""))


def _wait_area(visit: Visit, *, some: bool) -> int:
    visit.page.wait_for_function(
        """some => {
            const metric = [...document.querySelectorAll('[data-testid=stMetric]')]
                .find(node => node.innerText.includes('Area'));
            const value = metric?.querySelector('[data-testid=stMetricValue]')?.innerText;
            return value && (value !== '0 px') === some;
        }""",
        arg=some,
    )
    visit.page.wait_for_selector(f'{PAD}[data-pending="0"]')
    visit.idle()
    return _area(visit)


def test_a_polygon_by_mouse_is_in_the_map_undone_and_exported(visitor: Visitor) -> None:
    visit = _open(visitor, "polygon")
    pad = visit.page.locator(PAD)
    before = pad.get_attribute("data-labels")
    corners = [(100, 90), (300, 90), (300, 240), (100, 240)]
    for count, (x, y) in enumerate(corners, start=1):
        visit.page.mouse.click(*_place(visit, x, y))
        visit.page.wait_for_selector(f'{PAD}[data-draft="{count}"]')
    visit.page.mouse.click(*_place(visit, *corners[0]))
    area = _wait_area(visit, some=True)
    assert abs(area - 30_000) < 600
    drawn = pad.get_attribute("data-labels")
    assert drawn != before
    visit.shot("annotate-polygon")
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name="VOC PNG").click()
    labels = voc.read(Path(waiting.value.path()).read_bytes(), label_set=SHAPES)
    wanted = shapes.polygon(corners, (WIDE, HIGH))
    found = labels == SHAPES.id_of("square")
    assert found.sum() == area
    assert (found & wanted).sum() / (found | wanted).sum() > 0.98
    assert set(np.unique(labels)) == {SHAPES.id_of("square"), 255}
    visit.page.get_by_role("button", name="Undo").click()
    assert _wait_area(visit, some=False) == 0
    visit.page.wait_for_selector(f'{PAD}[data-labels="{before}"]')
    # The keyboard on the picture does the same.
    visit.page.locator('[data-testid="pad"] canvas').focus()
    visit.page.keyboard.press("Control+y")
    assert _wait_area(visit, some=True) == area
    visit.page.wait_for_selector(f'{PAD}[data-labels="{drawn}"]')


def test_a_click_and_a_finger_take_a_superpixel(visitor: Visitor) -> None:
    pixels = scene(3, size=(WIDE, HIGH)).image.pixels
    regions = superpixels(pixels)
    for touch in (False, True):
        visit = _open(visitor, "superpixels", size=PHONE if touch else (1440, 900))
        place = _place(visit, 420.5, 300.5)
        if touch:
            visit.page.touchscreen.tap(*place)
        else:
            visit.page.mouse.click(*place)
        area = _wait_area(visit, some=True)
        # A finger's tap may land a pixel or two beside: any piece around the place will do.
        near = {int((regions == region).sum()) for region in np.unique(regions[297:304, 417:424])}
        assert area in near
        if touch:
            visit.shot("annotate-phone")
