"""The divider under mouse, keys and finger; the file that is shown is the file that comes."""

from __future__ import annotations

import base64
import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Download, Locator, expect

from seglib import images
from tests.browser.conftest import PHONE, Visit, Visitor

READY = '[data-testid="swipe"][data-ready="true"]'
_SHOWN = """async node => {
    const bytes = new Uint8Array(await (await fetch(node.src)).arrayBuffer());
    return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
}"""


def opened(visit: Visit, path: str) -> Locator:
    """Open a page and wait for its two pictures."""
    visit.page.goto(visit.server.address + path)
    swipe = visit.page.locator(READY)
    swipe.wait_for()
    return swipe


def pixels(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture)


def bytes_of(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def split(visit: Visit, at_least: int, at_most: int) -> None:
    """Wait until the divider is between two places, in percent."""
    visit.page.wait_for_function(
        """([low, high]) => [...document.querySelectorAll('*')].some(node => {
             const swipe = node.shadowRoot?.querySelector('[data-testid=swipe]');
             return swipe && swipe.dataset.split >= low && swipe.dataset.split <= high; })""",
        arg=[at_least, at_most],
    )


def test_the_divider_follows_mouse_and_keys_and_a_click_chooses_a_pixel(visitor: Visitor) -> None:
    visit = visitor()
    swipe = opened(visit, "/background?picture=cat&tab=How+it+works")
    box = visit.still(swipe.locator(".pane"))
    middle = box["y"] + box["height"] / 2
    visit.page.mouse.move(box["x"] + box["width"] / 2, middle)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + 0.6 * box["width"], middle)
    visit.page.mouse.move(box["x"] + 0.8 * box["width"], middle)
    visit.page.mouse.up()
    split(visit, 78, 82)
    handle = swipe.locator(".handle")
    handle.focus()
    visit.page.keyboard.press("Home")
    split(visit, 0, 0)
    visit.page.keyboard.press("PageUp")
    visit.page.keyboard.press("ArrowRight")
    split(visit, 12, 12)
    # the cat is 451 px wide and 300 high: a click in the middle of the right half
    visit.page.mouse.click(box["x"] + 0.75 * box["width"], middle)
    visit.settled("bg_x=")
    line = visit.page.locator('[data-testid="bg-pixel"]')
    line.get_by_text("Pixel 33").wait_for()
    # the divider stays where a hand has put it
    split(visit, 12, 12)
    visit.shot("background-wide")


def test_what_is_shown_is_what_comes(visitor: Visitor) -> None:
    visit = visitor()
    swipe = opened(visit, "/background?picture=cat")
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name="Cut-out PNG").click()
    come = bytes_of(waiting.value)
    shown = base64.b64decode(swipe.locator(".after").evaluate(_SHOWN))
    assert pixels(shown).shape == (300, 451, 4)
    np.testing.assert_array_equal(pixels(come), pixels(shown))
    before = swipe.get_attribute("data-after")
    visit.page.get_by_role("radio", name="Colour").click()
    visit.page.locator(f'{READY}:not([data-after="{before}"])').wait_for()
    visit.idle()
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name="PNG", exact=True).click()
    shown = base64.b64decode(swipe.locator(".after").evaluate(_SHOWN))
    np.testing.assert_array_equal(pixels(bytes_of(waiting.value)), pixels(shown))


def test_a_finger_moves_the_divider_on_a_phone(visitor: Visitor) -> None:
    visit = visitor(size=PHONE, dark=True)
    swipe = opened(visit, "/background?bgb_kind=blur")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    box = visit.still(swipe.locator(".pane"))
    touch = visit.page.context.new_cdp_session(visit.page)
    middle = box["y"] + 0.3 * box["height"]
    for kind, share in (("touchStart", 0.5), ("touchMove", 0.4), ("touchMove", 0.2)):
        point = {"x": box["x"] + share * box["width"], "y": middle}
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    split(visit, 15, 25)
    visit.shot("background-phone")


def test_several_pictures_come_as_a_zip(visitor: Visitor, tmp_path: Path) -> None:
    visit = visitor()
    opened(visit, "/background?picture=cat")
    files = []
    for number in range(3):
        path = tmp_path / f"picture-{number}.png"
        path.write_bytes(images.encode_png(np.full((80, 120, 3), 60 * number, np.uint8)))
        files.append(path)
    files[1].write_bytes(b"this is no picture")
    page = visit.page
    page.get_by_text("Several pictures to a ZIP").click()
    uploader = page.locator(".st-key-bg_files input[type=file]")
    uploader.set_input_files([str(path) for path in files])
    start = page.locator(".st-key-bg_start button:not([disabled])")
    start.wait_for()
    start.click()
    page.get_by_text("3 of 3 pictures, in").wait_for()
    visit.idle()
    expect(page.locator('[data-testid="bg-finding"]')).to_have_count(1)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="ZIP", exact=True).click()
    with zipfile.ZipFile(io.BytesIO(bytes_of(waiting.value))) as archive:
        assert archive.namelist() == ["picture-0.png", "picture-2.png", "settings.json"]
        assert pixels(archive.read("picture-2.png")).shape == (80, 120, 4)
    visit.shot("background-batch")
