"""An evaluation in a real browser, one visit: start, cancel, resume, look behind a cell."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect

from seglib.labels import CAMVID_11
from seglib.metrics import report
from seglib.ui.numbers import sig3
from tests.browser.conftest import Visitor

COUNT = 5


def test_start_cancel_resume_and_look(visitor: Visitor) -> None:
    visit = visitor()
    page = visit.page
    page.goto(f"{visit.server.address}/evaluate?ev_count={COUNT}&ev_view=matrix")
    page.locator('[data-testid="ev-preview"]').wait_for()
    page.locator(".st-key-ev_start button").click()
    # A fast machine may be done before anybody can cancel, but not before it has begun.
    page.locator(f"text=/^[1-{COUNT}] of {COUNT} pictures/").wait_for()
    with suppress(PlaywrightTimeoutError):
        page.locator(".st-key-ev_cancel button").click(timeout=1_500)
    page.locator(f"text=/of {COUNT} pictures, stopped|{COUNT} of {COUNT} pictures$/").wait_for()
    visit.idle()
    resume = page.locator(".st-key-ev_start button", has_text="Resume")
    if resume.count():
        resume.click()
    page.locator(f"text=/{COUNT} of {COUNT} pictures$/").wait_for()
    visit.idle()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Report", exact=True).click()
    said = json.loads(Path(waiting.value.path()).read_bytes())
    assert len(said["pictures"]) == COUNT
    # What is shown is what the matrix in the report says; the page tests compare it with the
    # library and the command line.
    again = report(said["confusion_matrix"], CAMVID_11)
    value = page.locator('[data-testid="stMetric"]').filter(has_text="Mean IoU")
    shown = value.locator('[data-testid="stMetricValue"]').first
    expect(shown).to_have_text(sig3(again.mean_iou))
    # A click in the matrix: the first row is sky, the second column building.
    plot = page.locator(".st-key-ev_matrix .nsewdrag").first
    bounds = visit.still(plot)
    known = [row for row in again.rows if row.truth_pixels or row.predicted_pixels]
    side = bounds["width"] / len(known), bounds["height"] / len(known)
    page.mouse.click(bounds["x"] + 1.5 * side[0], bounds["y"] + 0.5 * side[1])
    visit.settled(f"ev_cell={known[0].id}-{known[1].id}")
    page.locator('[data-testid="ev-confused"] figure').first.wait_for()
    visit.shot("evaluate-cell")
