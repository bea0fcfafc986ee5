"""A clip in a real browser: start, watch it grow, play it, cancel another one."""

from __future__ import annotations

from tests.browser.conftest import PHONE, Visitor

_PLAYING = """() => { const v = document.querySelector('video');
    return v && v.readyState >= 2 && v.videoWidth > 0 && !v.error; }"""


def test_a_clip_is_made_and_plays(visitor: Visitor) -> None:
    visit = visitor()
    page = visit.page
    page.goto(f"{visit.server.address}/video?vi_source=shapes&vi_model=truth&vi_frames=8")
    page.locator('[data-testid="vi-preview"]').wait_for()
    page.locator(".st-key-vi_start button").click()
    page.wait_for_function(_PLAYING)
    assert page.evaluate("document.querySelector('video').videoWidth") == 480
    assert abs(page.evaluate("document.querySelector('video').duration") - 8 / 12) < 0.02
    page.locator("text=/^8 of 8 frames, in/").wait_for()
    # the picker's thumbnails are still there
    thumb = page.locator(".st-key-pick_cat button")
    assert "url(" in thumb.evaluate("node => getComputedStyle(node).backgroundImage")
    visit.shot("video-done")


def test_cancel_in_the_middle_gives_a_shorter_clip(visitor: Visitor) -> None:
    visit = visitor(size=PHONE)
    page = visit.page
    page.goto(f"{visit.server.address}/video?vi_source=shapes&vi_model=motion&vi_frames=96")
    page.locator('[data-testid="vi-preview"]').wait_for()
    page.locator(".st-key-vi_start button").click()
    page.locator('[data-testid="vi-preview"]:not([data-frame="0"])').wait_for()
    page.locator(".st-key-vi_cancel button").last.click()
    page.locator("text=/of 96 frames, stopped/").wait_for()
    page.wait_for_function(_PLAYING)
    assert 0 < page.evaluate("document.querySelector('video').duration") < 96 / 12 - 0.1
    visit.shot("video-cancelled-phone")
