"""Every page opens, wide and on a phone, light and dark, with nothing to complain about."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, WIDE, Visitor


@pytest.mark.parametrize(("page", "path"), [("home", "/"), ("semantic", "/semantic")])
@pytest.mark.parametrize(
    ("name", "size", "dark"),
    [("wide", WIDE, False), ("phone", PHONE, False), ("wide-dark", WIDE, True)],
)
def test_a_page_opens(
    visitor: Visitor, page: str, path: str, name: str, size: tuple[int, int], dark: bool
) -> None:
    visit = visitor(path, size=size, dark=dark)
    box = visit.still(visit.page.locator("canvas").first)
    visit.shot(f"{page}-{name}")
    assert visit.page.locator('[data-testid="title"]').inner_text()
    # Nothing is wider than the screen.
    wide = visit.page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= size[0]
    assert box["width"] > 0.5 * min(size[0], 1000)
    canvas = visit.page.locator("canvas").first
    assert "Swipe" in (canvas.get_attribute("aria-label") or "") or page == "semantic"
    assert visit.page.evaluate("""() => !performance.getEntriesByType('resource')
        .some(entry => new URL(entry.name).origin !== location.origin)""")


def test_a_link_straight_to_a_page_keeps_the_frame(visitor: Visitor) -> None:
    visit = visitor("/semantic")
    expect(visit.page.get_by_role("link", name="Home")).to_have_count(1)
    expect(visit.page.get_by_text("Your own picture")).to_have_count(1)


def test_home_leads_to_every_page_that_exists(visitor: Visitor) -> None:
    visit = visitor("/")
    visit.page.get_by_role("button", name="Open semantic segmentation").click()
    visit.page.wait_for_url("**/semantic**")
    visit.ready()
    visit.page.get_by_role("link", name="Home").click()
    visit.page.wait_for_selector("text=Start with a question")


def test_talk_mode_is_large_and_without_sidebar(visitor: Visitor) -> None:
    visit = visitor("/semantic")
    size = "getComputedStyle(document.documentElement).fontSize"
    small = float(visit.page.evaluate(size).removesuffix("px"))
    visit.page.get_by_text("Talk mode").click()
    visit.settled("talk=true")
    visit.page.wait_for_function(f"parseFloat({size}) > {small}")
    assert float(visit.page.evaluate(size).removesuffix("px")) == pytest.approx(1.4 * small)
    expect(visit.page.locator('[data-testid="stSidebar"]')).to_be_hidden()
    visit.still(visit.page.locator("canvas").first)
    visit.shot("semantic-talk")


def test_two_visitors_do_not_see_each_other_s_picture(visitor: Visitor) -> None:
    first, second = visitor("/semantic?seed=7"), visitor("/semantic?picture=cat")
    assert first.picture() != second.picture()
    assert "Cat" in second.page.locator('[data-testid="caption"]').inner_text()
    assert "Street 7" in first.page.locator('[data-testid="caption"]').inner_text()
