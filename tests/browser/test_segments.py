"""Segments chosen by a chip and by a row of the table; a pixel chosen on any of four pictures."""

from __future__ import annotations

import re

from tests.browser.conftest import PHONE, Visitor

STREET = "/panoptic?picture=street&seed=7&pan_source=truth"


def test_a_chip_and_a_row_show_a_segment_alone(visitor: Visitor) -> None:
    visit = visitor(STREET)
    assert int(visit.stage.get_attribute("data-names") or 0) > 5
    before = visit.picture()
    visit.page.locator('[data-testid="chip"][data-name="sky"]').click()
    visit.settled("pan_only=sky")
    visit.page.locator('[data-testid="chip"][data-name="sky"]').click()
    visit.page.wait_for_url(lambda url: "pan_only" not in url)
    visit.idle()
    # the first row is the largest thing, class 1 of the stage; its tick is left of its colour
    table = visit.page.locator('[data-testid="stDataFrame"]')
    place = visit.still(table)
    visit.page.mouse.click(place["x"] + 16, place["y"] + 35 + 17)
    visit.expect(only="1")
    visit.settled("pan_only=")
    assert visit.picture() == before
    # names come and go without a new picture
    visit.page.get_by_text("Names", exact=True).click()
    visit.expect(names="0")
    assert visit.picture() == before


def test_the_segments_fit_a_phone(visitor: Visitor) -> None:
    visit = visitor(STREET, size=PHONE)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_a_pixel_is_chosen_on_any_of_the_four(visitor: Visitor) -> None:
    visit = visitor()
    visit.page.goto(visit.server.address + "/kinds?picture=street&seed=7")
    matte = visit.page.locator('.st-key-kd_matte [data-testid="point"][data-ready="true"]')
    matte.wait_for()
    box = visit.still(matte.locator(".box"))
    # high in the middle there is sky
    visit.page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.05 * box["height"])
    visit.settled("kd_y=")
    probe = visit.page.locator('[data-testid="kd-probe"]')
    probe.get_by_text("ground", exact=True).wait_for()
    assert re.search(r"Semantic\s+0\s+sky", probe.inner_text())
    # the other three have moved their mark too
    at = {
        visit.page.locator(f".st-key-kd_{kind} [data-testid=point]").get_attribute("data-at")
        for kind in ("semantic", "instance", "panoptic", "matte")
    }
    assert len(at) == 1
