"""A threshold moved by hand changes the mask that is downloaded; the page fits a phone."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit, Visitor


def opened(visit: Visit, path: str) -> None:
    """Open the page and wait for all of it."""
    visit.page.goto(visit.server.address + path)
    visit.page.locator('[data-testid="sal-legend"]').wait_for()
    visit.idle()


def mask(visit: Visit) -> np.ndarray:
    """The mask as it is downloaded."""
    button = visit.page.get_by_role("button", name="Mask PNG")
    visit.still(button)
    with visit.page.expect_download() as waiting:
        button.click()
    with Image.open(io.BytesIO(Path(waiting.value.path()).read_bytes())) as picture:
        return np.asarray(picture.convert("L"))


def test_a_higher_threshold_leaves_a_part_of_the_mask(visitor: Visitor) -> None:
    visit = visitor()
    opened(visit, "/salient?picture=cat&sal_threshold=0.3&sal_view=mask")
    before = mask(visit)
    assert before.shape == (300, 451)
    assert set(np.unique(before)) <= {0, 255}
    visit.page.get_by_role("slider").first.focus()
    for _ in range(5):
        visit.page.keyboard.press("ArrowRight")
    # the file of a value in between is gone as soon as the next one comes
    visit.settled("sal_threshold=0.35")
    after = mask(visit)
    assert not np.any((after > 0) & (before == 0))
    visit.shot("salient-wide")


def test_it_fits_a_phone_and_keeps_the_view_in_the_address(visitor: Visitor) -> None:
    visit = visitor(size=PHONE, dark=True)
    opened(visit, "/salient?picture=cat")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    visit.page.get_by_role("radio", name="Mask", exact=True).click()
    visit.settled("sal_view=mask")
    visit.page.reload()
    visit.page.locator('[data-testid="sal-legend"]').wait_for()
    visit.idle()
    chosen = visit.page.get_by_role("radio", name="Mask", exact=True)
    expect(chosen).to_have_attribute("aria-checked", "true")
    visit.shot("salient-phone")
