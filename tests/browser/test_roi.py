"""A region is dragged with the mouse, resized, nudged by keys and moved by a finger."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.conftest import PHONE, Visit, Visitor

READY = '[data-testid="roi"][data-ready="true"]'


def _open(visitor: Visitor, path: str = "/roi", *, phone: bool = False) -> Visit:
    visit = visitor(size=PHONE) if phone else visitor()
    visit.page.goto(visit.server.address + path)
    visit.page.wait_for_selector(READY)
    visit.page.wait_for_selector('[data-testid="roi-pool"]')
    visit.idle()
    return visit


def _field(visit: Visit) -> Locator:
    return visit.page.locator('[data-testid="roi"]')


def _box(visit: Visit) -> list[float]:
    return [float(value) for value in (_field(visit).get_attribute("data-box") or "").split(",")]


def _screen(visit: Visit, x: float, y: float) -> tuple[float, float]:
    """Where a picture's pixel is on the screen."""
    field = _field(visit)
    bounds = field.locator("canvas").bounding_box()
    assert bounds is not None
    left, top, scale = (
        float(field.get_attribute(f"data-{name}") or 0) for name in ("left", "top", "scale")
    )
    return bounds["x"] + left + x * scale, bounds["y"] + top + y * scale


def _answered(visit: Visit) -> None:
    """Wait until the server has drawn the region where the hand has put it."""
    visit.page.wait_for_function(
        """() => { for (const node of document.querySelectorAll('*')) {
             const data = node.shadowRoot?.querySelector('[data-testid=roi]')?.dataset;
             if (data) return data.box === data.answered; } return false; }""",
    )


def _values(visit: Visit, name: str) -> str:
    return visit.page.locator(f'[data-testid="{name}"]').inner_text()


def _changed(visit: Visit, before: str) -> None:
    """Wait until RoIAlign's values are others."""
    visit.page.wait_for_function(
        "before => document.querySelector('[data-testid=roi-align]').innerText !== before",
        arg=before,
    )


def test_dragging_and_resizing_change_the_numbers(visitor: Visitor) -> None:
    visit = _open(visitor)
    visit.still(_field(visit).locator("canvas"))
    mouse, before = visit.page.mouse, _values(visit, "roi-align")
    x1, y1, x2, y2 = _box(visit)
    mouse.move(*_screen(visit, (x1 + x2) / 2, (y1 + y2) / 2))
    mouse.down()
    mouse.move(*_screen(visit, (x1 + x2) / 2 + 60, (y1 + y2) / 2 - 40), steps=6)
    assert "roi_x=" not in visit.page.url, "a place on the way is none to go back to"
    mouse.up()
    visit.settled("roi_x=")
    _answered(visit)
    moved = _box(visit)
    assert abs(moved[0] - x1 - 60) <= 1.5
    assert abs(moved[1] - y1 + 40) <= 1.5
    assert moved[2] - moved[0] == x2 - x1
    _changed(visit, before)
    visit.shot("roi-dragged")
    # the right edge alone
    visit.still(_field(visit).locator("canvas"))
    mouse.move(*_screen(visit, moved[2], (moved[1] + moved[3]) / 2))
    mouse.down()
    mouse.move(*_screen(visit, moved[2] + 50, (moved[1] + moved[3]) / 2 + 30), steps=4)
    mouse.up()
    visit.settled("roi_w=")
    _answered(visit)
    wider = _box(visit)
    assert wider[:2] == moved[:2]
    assert wider[3] == moved[3]
    assert abs(wider[2] - moved[2] - 50) <= 1.5
    # the sliders follow the hand
    slider = visit.page.get_by_role("slider", name="x, px")
    expect(slider).to_have_value(re.compile(rf"^{wider[0]:g}(\.0*)?$"))


def test_keys_move_it_by_a_pixel_and_by_half_a_cell(visitor: Visitor) -> None:
    visit = _open(visitor, "/roi?roi_x=184&roi_y=216&roi_w=80&roi_h=96")
    pool, align = _values(visit, "roi-pool"), _values(visit, "roi-align")
    _field(visit).locator("canvas").focus()
    visit.page.keyboard.press("Shift+ArrowRight")
    visit.settled("roi_x=192")
    _answered(visit)
    _changed(visit, align)
    assert _values(visit, "roi-pool") == pool
    visit.page.keyboard.press("ArrowDown")
    visit.settled("roi_y=217")


def test_a_finger_moves_it_on_a_phone(visitor: Visitor) -> None:
    visit = _open(visitor, phone=True)
    width = visit.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE[0]
    visit.still(_field(visit).locator("canvas"))
    x1, y1, x2, y2 = _box(visit)
    from_x, from_y = _screen(visit, (x1 + x2) / 2, (y1 + y2) / 2)
    session = visit.page.context.new_cdp_session(visit.page)
    points = [(from_x, from_y), (from_x - 20, from_y - 10), (from_x - 40, from_y - 20)]
    for kind, (x, y) in zip(("touchStart", "touchMove", "touchMove"), points, strict=True):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    visit.settled("roi_x=")
    _answered(visit)
    moved = _box(visit)
    assert moved[0] < x1 - 20
    assert moved[2] - moved[0] == x2 - x1
    visit.shot("roi-phone")


def test_a_cell_of_a_map_is_chosen_by_a_click(visitor: Visitor) -> None:
    visit = visitor()
    visit.page.goto(visit.server.address + "/pyramid")
    point = visit.page.locator('[data-testid="point"][data-ready="true"]')
    point.wait_for()
    visit.page.wait_for_selector('[data-testid="pyramid-bin"]')
    bounds = visit.still(point.locator(".box"))
    visit.page.mouse.click(
        bounds["x"] + 0.9 * bounds["width"], bounds["y"] + 0.9 * bounds["height"]
    )
    visit.settled("pyramid_bin=8")
    visit.page.wait_for_function(
        "document.querySelector('[data-testid=pyramid-bin]').innerText.startsWith('Bin 3, 3')",
    )
