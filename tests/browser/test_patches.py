"""From patches to FCN and skip fusion in a browser: figures, the race, the stepper, the phone."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import PHONE, Visit, Visitor


def open_(visitor: Visitor, path: str, **how: object) -> Visit:
    visit = visitor(None, **how)
    visit.page.goto(visit.server.address + path)
    visit.page.locator('[data-testid="stMain"] .seg-plate').first.wait_for()
    return visit


def value(visit: Visit, label: str) -> str:
    metric = visit.page.locator('[data-testid="stMetric"]').filter(has_text=label).first
    return metric.locator('[data-testid="stMetricValue"]').inner_text()


def test_the_slider_moves_the_window_and_the_race_is_run(visitor: Visitor) -> None:
    visit = open_(visitor, "/patches")
    mark = visit.page.locator('[data-testid="patches-picture"] .seg-mark')
    mark.wait_for()
    visit.idle()
    before = mark.get_attribute("style")
    visit.page.locator('.st-key-knob_patches_across input[type="range"]').press("ArrowRight")
    visit.settled("patches_across=51")
    visit.page.wait_for_function(
        """before => document.querySelector('[data-testid="patches-picture"] .seg-mark')
             .getAttribute('style') !== before""",
        arg=before,
    )
    visit.idle()
    assert value(visit, "Window") == value(visit, "One pass")
    visit.page.locator(".st-key-patches_race button").first.click()
    result = visit.page.locator('[data-testid="patches-race"]')
    result.wait_for()
    assert "1,089 windows" in result.inner_text()
    assert float(re.sub(r"[^\d.]", "", value(visit, "One pass is faster"))) > 1.5
    visit.shot("patches-wide")


def test_the_weights_of_the_skips_change_the_answer(visitor: Visitor) -> None:
    visit = open_(visitor, "/skips")
    picture = visit.page.locator('[data-testid="skips-8"] img')
    before = picture.get_attribute("src")
    visit.idle()
    visit.page.locator('.st-key-knob_skips_skip8 input[type="range"]').press("Home")
    visit.settled("skips_skip8=0")
    visit.page.wait_for_function(
        """before => document.querySelector('[data-testid="skips-8"] img').src !== before""",
        arg=before,
    )
    visit.shot("skips-wide")


@pytest.mark.parametrize("path", ["/patches", "/patches?patches_view=cost", "/skips"])
def test_nothing_is_wider_than_a_phone(visitor: Visitor, path: str) -> None:
    visit = visitor(None, size=PHONE)
    visit.page.goto(visit.server.address + path)
    visit.still(visit.page.locator('[data-testid="stMain"] :is(.seg-plate, .seg-table)').first)
    wide = visit.page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= PHONE[0]
    main = visit.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert main <= PHONE[0]
