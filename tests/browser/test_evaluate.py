"""An evaluation in a real browser: start, cancel, resume, download."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from seglib.evaluate import judge_files
from seglib.evaluate.generated import streets
from seglib.evaluate.summary import plain
from seglib.ui.numbers import sig3
from tests.browser.conftest import Visitor


def test_start_cancel_and_resume(visitor: Visitor) -> None:
    visit = visitor()
    page = visit.page
    page.goto(f"{visit.server.address}/evaluate?ev_count=12")
    page.locator('[data-testid="ev-preview"]').wait_for(timeout=40_000)
    page.locator(".st-key-ev_start button").click()
    # A fast machine may be done before anybody can cancel.
    with suppress(PlaywrightTimeoutError):
        page.locator(".st-key-ev_cancel button").click(timeout=3_000)
    page.locator("text=/of 12 pictures, stopped|12 of 12 pictures$/").wait_for(timeout=40_000)
    visit.shot("evaluate-cancelled")
    resume = page.locator(".st-key-ev_start button", has_text="Resume")
    if resume.count():
        resume.click()
    page.locator('[data-testid="ev-worst"] figure').nth(5).wait_for(timeout=60_000)
    found = judge_files("street", "camvid", streets(range(101, 113))).summary
    shown = page.locator('[data-testid="stMetric"]').filter(has_text="Mean IoU")
    value = shown.locator('[data-testid="stMetricValue"]')
    assert value.first.inner_text() == sig3(found.pooled.mean_iou)
    with page.expect_download(timeout=20_000) as waiting:
        page.get_by_role("button", name="Report", exact=True).click()
    report = json.loads(Path(waiting.value.path()).read_bytes())
    assert report["mean_iou"] == plain(found.pooled.mean_iou)
    assert report["confusion_matrix"] == found.pooled.matrix.tolist()
    assert len(report["pictures"]) == 12
    visit.shot("evaluate-done")
