"""Label formats in a real browser, one visit: play, draw, upload, download."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from seglib.formats import coco
from seglib.ui.formats import shapes
from tests.browser.conftest import Visit, Visitor
from tests.unit.test_formats_coco import small

READY = '[data-testid="fm-ready"]'


def test_play_draw_and_a_file_of_one_s_own(visitor: Visitor, tmp_path: Path) -> None:
    visit = visitor()
    page = visit.page
    page.goto(
        f"{visit.server.address}/formats?fm_kind=coco&fm_view=runs&fm_run=22&fm_tool=Rectangle"
    )
    page.wait_for_selector(READY, state="attached")
    _plays_to_the_end(page)
    _reads_a_file(visit, tmp_path)
    _draws(visit)


def _plays_to_the_end(page: Page) -> None:
    page.get_by_role("button", name="Play").click()
    last = page.locator('[data-testid="fm-counts"] b').count()
    page.locator('[data-testid="fm-run"]', has_text=f"Run {last} of {last}").wait_for()
    expect(page.locator('[data-testid="fm-counts"] b.later')).to_have_count(0)


def _draws(visit: Visit) -> None:
    """A box is dragged on the canvas; file and address follow, and the canvas is not replaced."""
    page = visit.page
    page.locator(".st-key-fm_view_box button", has_text="Draw").click()
    board = page.locator(".st-key-canvas_formats canvas").last
    board.wait_for()
    visit.settled("fm_view=draw")
    # The canvas tells the server of itself once it is there; what is drawn earlier may be lost.
    page.locator('[data-testid="fm-drawn"][data-heard="true"]').wait_for()
    bounds = visit.still(board)
    canvas = board.element_handle()
    assert canvas is not None
    before = int(page.locator('[data-testid="fm-drawn"]').get_attribute("data-pixels") or 0)
    page.mouse.move(bounds["x"] + 16, bounds["y"] + 16)
    page.mouse.down()
    page.mouse.move(bounds["x"] + 96, bounds["y"] + 80, steps=3)
    page.mouse.up()
    page.wait_for_url(lambda url: "rect+" in url)
    page.wait_for_function(
        """before => [...document.querySelectorAll('[data-testid="fm-drawn"]')].some(
             node => Number(node.dataset.pixels) > before)""",
        arg=before,
    )
    visit.idle()
    added = int(page.locator('[data-testid="fm-drawn"]').get_attribute("data-pixels") or 0) - before
    assert 60 <= added <= 99  # 10 × 8 pixels of the picture, an edge more or less
    assert canvas.evaluate("node => node.isConnected")
    visit.shot("formats-draw")
    # An example opens with its shapes.
    page.locator(".st-key-fm_example_Ring button").click()
    ring = shapes.parse("brush 2.5 30,9 41,14 45,23 41,32 30,36 19,32 15,23 19,14 30,9")
    count = int(shapes.mask_of(ring, (60, 45)).sum())
    page.locator(f'[data-testid="fm-drawn"][data-pixels="{count}"]').wait_for()


def _reads_a_file(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(small(area=-4)))
    page = visit.page
    page.locator(".st-key-fm_view_box button", has_text="Inside").click()
    page.locator(".st-key-fm_source_box button", has_text="Yours").click()
    page.locator(".st-key-fm_upload_coco input").set_input_files(str(path))
    page.locator('[data-testid="findings"]', has_text="annotations[0].area").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="COCO, runs", exact=True).click()
    file = coco.read(Path(waiting.value.path()))
    assert [row.area for row in file.annotations] == [4, 4]
