"""Convolution in a real browser: stepping, playing, a link that opens what its sender saw."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visitor

CELL = '[data-testid="conv-cell"]'


def _at(page: Page, index: int) -> None:
    page.wait_for_selector(f'{CELL}[data-index="{index}"]')


def _button(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("button", name=f"{name}: output cell")


def test_stepping_and_playing_to_the_end(visitor: Visitor) -> None:
    visit = visitor()
    page = visit.page
    page.goto(f"{visit.server.address}/convolution?conv_preset=count&conv_padding=0")
    _at(page, 0)
    _button(page, "Next").click()
    _at(page, 1)
    assert "the sum is" in page.locator(CELL).inner_text()
    _button(page, "Last").click()
    _at(page, 8)
    expect(_button(page, "Next")).to_be_disabled()
    _button(page, "Previous").click()
    _at(page, 7)
    # Playing stops at the last cell by itself.
    page.get_by_role("button", name="Play").click()
    _at(page, 8)
    page.get_by_role("button", name="Play").wait_for()
    visit.settled("conv_step=8")
    # Longer than between two steps of a play that does not stop.
    page.wait_for_timeout(900)
    visit.idle()
    _at(page, 8)
    page.get_by_role("slider", name="Output cell, 9 in all").press("Home")
    _at(page, 0)
    visit.shot("convolution")


def test_a_phone_shows_all_of_it(visitor: Visitor) -> None:
    visit = visitor(size=PHONE, dark=True)
    page = visit.page
    page.goto(f"{visit.server.address}/convolution?conv_dilation=2&conv_step=8&tab=How+it+works")
    _at(page, 8)
    for name in ("conv-input", "conv-output", "conv-products"):
        box = visit.still(page.locator(f'[data-testid="{name}"]'))
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]
    visit.shot("convolution-phone")
