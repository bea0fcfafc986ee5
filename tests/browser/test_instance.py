"""Objects are pointed at, clicked and walked through by keys; what is chosen is in the address.

What a network finds is no test's business, so the objects are those of an exact picture: the page
runs under an app that answers with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PHONE, WAIT_MS, idle, still
from tests.browser.log import faults
from tests.browser.serving import serve
from tests.conftest import ROOT

READY = '[data-testid="stage"][data-ready="true"]'

_APP = """
import runpy
import sys

sys.path.insert(0, {root!r})
from seglib.labels import VOC_21
from seglib.models import find
from seglib.results import Instances
from seglib.ui import caches
from tests import scene_outputs


def forward(digest, name, precision, picture):
    truth = picture.objects
    ids = {{"car": 7, "pedestrian": 15, "bicyclist": 15}}
    names = {{label.id: label.name for label in truth.label_set}}
    found = Instances.from_crops(
        [truth.crop(row) for row in range(len(truth))],
        [ids[names[each]] for each in truth.class_ids.tolist()],
        [1.0] * len(truth),
        VOC_21,
        size=truth.size,
    )
    return scene_outputs.forward(found, find("everyday"))


caches.forward = forward
runpy.run_path({app!r}, run_name="__main__")
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard, with a network that finds every object."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "pages").symlink_to(ROOT / "pages")
    script = folder / "app.py"
    script.write_text(_APP.format(root=str(ROOT), app=str(ROOT / "app.py")))
    log = folder / "server.log"
    with serve(script, log) as running:
        yield running.address
    assert not faults(log.read_text(encoding="utf-8", errors="replace"))


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # the first page of a session goes through the app that answers with the objects
    page.goto(address)
    page.wait_for_selector('[data-testid="stSidebar"]')
    yield page
    assert not errors
    context.close()


def _open(page: Page, address: str, query: str = "") -> Locator:
    page.goto(f"{address}/instance{query}")
    page.wait_for_selector(READY)
    return page.locator('[data-testid="stage"]')


def _middle(page: Page, stage: Locator, row: int) -> tuple[float, float]:
    """Where an object of the table is on the screen: the middle of its box."""
    bounds = still(stage.locator("canvas"))
    line = page.locator('[data-testid="objects"] tbody tr').nth(row)
    left, top, wide, high = (
        float(line.locator("td").nth(place).inner_text().replace(",", "")) for place in range(4, 8)
    )
    x, y, scale = (float(stage.get_attribute(f"data-{name}") or 0) for name in
                   ("left", "top", "scale"))  # fmt: skip
    return bounds["x"] + x + (left + wide / 2) * scale, bounds["y"] + y + (top + high / 2) * scale


def _picked(page: Page, number: str) -> None:
    """Wait until the picture and the panel beside it show this object."""
    page.wait_for_selector(f'[data-testid="stage"][data-pick="{number}"]')
    if number:
        page.wait_for_selector(f'[data-testid="object"][data-number="{number}"]')
        page.wait_for_url(lambda url: f"in_pick={number}" in url)
    else:
        page.wait_for_selector(".seg-empty")
    idle(page)


def test_pointing_reads_an_object_and_clicking_chooses_it(page: Page, address: str) -> None:
    stage = _open(page, address)
    page.wait_for_selector('[data-testid="objects"]')
    # the van in front of the houses: nothing hides its middle
    at = _middle(page, stage, 0)
    page.mouse.move(*at)
    readout = page.locator('[data-testid="readout"]')
    readout.wait_for(state="visible")
    expect(readout).to_contain_text(re.compile("^\\s*1 car"))
    page.mouse.click(*at)
    _picked(page, "1")
    assert stage.locator('.chip[aria-pressed="true"]').get_attribute("data-row") == "0"
    with page.expect_download() as download:
        page.get_by_role("button", name="Cut-out", exact=True).click()
    assert download.value.suggested_filename.startswith("01-car-")
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    page.mouse.click(*_middle(page, stage, 0))
    _picked(page, "")
    page.wait_for_url(lambda url: "in_pick" not in url)


def test_keys_walk_through_the_objects(page: Page, address: str) -> None:
    stage = _open(page, address, "?in_pick=2")
    _picked(page, "2")
    stage.locator("canvas").focus()
    page.keyboard.press("ArrowRight")
    _picked(page, "3")
    expect(stage.locator(".sr")).to_contain_text("Object 3 of")
    page.keyboard.press("Home")
    _picked(page, "1")
    page.keyboard.press("Escape")
    _picked(page, "")
    stage.locator(".chip").nth(3).click()
    _picked(page, "4")


def test_a_phone_shows_it_all_without_scrolling_sideways(chromium: Browser, address: str) -> None:
    context = chromium.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector('[data-testid="stMain"]')
    stage = _open(page, address, "?in_pick=1")
    _picked(page, "1")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    stage.locator(".chip").nth(1).tap()
    _picked(page, "2")
    context.close()
