"""Label formats in a real browser: play, upload, download."""

from __future__ import annotations

import json
from pathlib import Path

from seglib.formats import coco
from tests.browser.conftest import PHONE, Visit, Visitor
from tests.unit.test_formats_coco import small


def open_formats(visit: Visit, query: str) -> None:
    visit.page.goto(f"{visit.server.address}/formats?{query}")
    visit.page.wait_for_selector('[data-testid="fm-ready"]', state="attached", timeout=40_000)


def test_run_lengths_play_to_the_end(visitor: Visitor) -> None:
    visit = visitor(size=PHONE)
    open_formats(visit, "fm_kind=coco&fm_view=runs&fm_run=24")
    page = visit.page
    page.locator('[data-testid="fm-run"]', has_text="Run 25 of").wait_for()
    page.get_by_role("button", name="Play").click()
    last = page.locator('[data-testid="fm-counts"] b').count()
    page.locator('[data-testid="fm-run"]', has_text=f"Run {last} of {last}").wait_for(
        timeout=20_000
    )
    assert page.locator('[data-testid="fm-counts"] b.later').count() == 0
    visit.shot("formats-runs")
    assert page.evaluate("document.scrollingElement.scrollWidth") == PHONE[0]


def test_a_file_of_one_s_own(visitor: Visitor, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(small(area=-4)))
    visit = visitor()
    open_formats(visit, "fm_kind=coco&fm_source=upload")
    page = visit.page
    page.locator(".st-key-fm_upload_coco input").set_input_files(str(path))
    page.locator('[data-testid="findings"]', has_text="annotations[0].area").wait_for()
    with page.expect_download(timeout=20_000) as waiting:
        page.get_by_role("button", name="COCO, runs", exact=True).click()
    file = coco.read(Path(waiting.value.path()))
    assert [row.area for row in file.annotations] == [4, 4]
    visit.shot("formats-upload")
