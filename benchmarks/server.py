"""The server under four visitors: memory after many pictures, and how soon a page is there.

A real Chromium opens the app. Memory is the resident size of the server process after 100 and
after 300 segmentations of different 1280x720 pictures; opening is timed against a bare Streamlit
page in the same browser run, alternating, server warm.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.table import Row
from tests.browser.find_browser import found
from tests.browser.serving import FLAGS, ROOT, serve

SIZE = (1280, 720)
VISITORS, FIRST, LAST = 4, 100, 300
OPENINGS = 9
READY = '[data-testid="stage"][data-ready="true"]'
HELLO = 'import streamlit as st\nst.title("Hello")\n'


def picture(number: int) -> bytes:
    """Return a JPEG of 1280x720 unlike any other number's: soft colours, sharp edges."""
    rng = np.random.default_rng(number)
    coarse = rng.integers(0, 255, (9, 16, 3), dtype=np.uint8)
    pixels = cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC)
    for _ in range(30):
        corner, other = rng.integers(0, SIZE[0], (2, 2)).tolist()
        cv2.rectangle(pixels, corner, other, rng.integers(0, 255, 3).tolist(), 3)
    return cv2.imencode(".jpg", pixels)[1].tobytes()


def upload(page: Page, folder: Path, number: int) -> None:
    """Give the page a new picture and wait until it is segmented and drawn."""
    path = folder / f"bench-{number}.jpg"
    path.write_bytes(picture(number))
    page.locator('[data-testid="stFileUploaderDropzoneInput"]').first.set_input_files(path)
    drawn = f'{READY} canvas[aria-label*="bench-{number}."]'
    page.locator(drawn).first.wait_for(timeout=60_000)


def memory(browser: Browser) -> tuple[float, float]:
    """Return the server's resident megabytes after 100 and after 300 segmentations."""
    levels = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(ROOT / "app.py", Path(folder) / "app.log") as app,
    ):
        process = psutil.Process(app.pid)
        pages = [browser.new_context().new_page() for _ in range(VISITORS)]
        for page in pages:
            page.goto(f"{app.address}/semantic")
            page.locator(READY).first.wait_for(timeout=60_000)
        for number in range(1, LAST + 1):
            upload(pages[number % VISITORS], Path(folder), number)
            if number in (FIRST, LAST):
                levels[number] = process.memory_info().rss / 1e6
        for page in pages:
            page.context.close()
    return levels[FIRST], levels[LAST]


def opening(browser: Browser) -> tuple[float, float]:
    """Return the median seconds to the semantic page's picture and to a bare page's title."""
    ours: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        hello = Path(folder) / "hello.py"
        hello.write_text(HELLO)
        with (
            serve(ROOT / "app.py", Path(folder) / "app.log") as app,
            serve(hello, Path(folder) / "hello.log") as plain,
        ):
            targets = ((f"{app.address}/semantic", READY, ours), (plain.address, "h1", bare))
            for number in range(OPENINGS + 2):
                for address, sign, seconds in targets:
                    page = browser.new_page()
                    start = time.perf_counter()
                    page.goto(address, wait_until="commit")
                    page.locator(sign).first.wait_for(timeout=60_000)
                    if number >= 2:  # the first two warm the server and the browser
                        seconds.append(time.perf_counter() - start)
                    page.close()
    return statistics.median(ours), statistics.median(bare)


def rows() -> list[Row]:
    """Measure and return the table's rows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found(), args=list(FLAGS))
        try:
            first, last = memory(browser)
            ours, bare = opening(browser)
        finally:
            browser.close()
    size = f"{SIZE[0]}×{SIZE[1]}, {VISITORS} browser sessions"
    return [
        Row(
            "server memory",
            f"{last:.0f} MB after {LAST}",
            f"{first:.0f} MB after {FIRST}",
            last / first,
            size,
            "<= 1.05, 900 MB",
        ),
        Row(
            "opening to picture shown",
            f"{ours * 1e3:.0f} ms",
            f"{bare * 1e3:.0f} ms (hello world)",
            ours / bare,
            f"median of {OPENINGS}, warm",
            "<= 2",
        ),
    ]


if __name__ == "__main__":
    for row in rows():
        print(row)
