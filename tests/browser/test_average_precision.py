"""The page on average precision in a browser: step, play to the end, move a score."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit, Visitor


def _open(visit: Visit, path: str) -> None:
    visit.page.goto(visit.server.address + path)
    visit.page.get_by_test_id("detections").wait_for()
    visit.idle()


def _tally(visit: Visit, text: str) -> None:
    expect(visit.page.get_by_test_id("tally")).to_contain_text(text)


def test_step_by_step(visitor: Visitor) -> None:
    # Home first: Streamlit knows a page by its hyphenated name only once it has run the app.
    visit = visitor("/")
    _open(visit, "/average_precision?ap_step=0")
    page = visit.page
    _tally(visit, "1 right")
    page.locator('button[data-go="next"]').click()
    visit.settled("ap_step=1")
    _tally(visit, "2 right")
    # Another IoU threshold: the same detections, fewer of them right.
    page.get_by_role("slider", name="IoU threshold").press("End")
    visit.settled("ap_threshold=0.95")
    _tally(visit, "0 right")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    visit.shot("average-precision")


def test_on_a_phone_nothing_is_wider_than_the_screen(visitor: Visitor) -> None:
    visit = visitor("/", size=PHONE)
    for path, ready in (
        ("/average_precision", "detections"),
        ("/panoptic_quality", "matches"),
        ("/conventions", "conventions"),
    ):
        visit.page.goto(visit.server.address + path)
        visit.page.get_by_test_id(ready).wait_for()
        visit.idle()
        wide = visit.page.evaluate(
            "() => { const main = document.querySelector('[data-testid=stMain]');"
            " return main.scrollWidth - main.clientWidth; }"
        )
        assert wide <= 0, path
