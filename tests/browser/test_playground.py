"""The metric playground in a real browser: paint, undo, mark a cell, on a desk and on a phone."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from seglib import metrics
from seglib.labels import VOC_21
from seglib.ui.playground import scenes
from tests.browser.conftest import PHONE, Visit, Visitor

BOARD = '[data-testid="playground"]'


def _open(visit: Visit, query: str) -> None:
    visit.page.goto(f"{visit.server.address}/playground{query}")
    visit.page.wait_for_selector(f'{BOARD}[data-ready="true"]')
    visit.page.wait_for_selector('[data-testid="tile-iou"]')
    visit.idle()


def _value(visit: Visit, key: str) -> float:
    tile = visit.page.locator(f'[data-testid="tile-{key}"]')
    return float(tile.get_attribute("data-value") or "nan")


def _becomes(visit: Visit, key: str, value: float) -> None:
    visit.page.wait_for_function(
        """([key, value]) => Math.abs(
             document.querySelector(`[data-testid=tile-${key}]`)?.dataset.value - value) < 1e-9""",
        arg=[key, value],
    )


def _stroke(visit: Visit, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw from the middle of one pixel of the map to the middle of another."""
    box = visit.still(visit.page.locator(f"{BOARD} canvas"))
    zoom = box["width"] / scenes.WIDTH
    places = [(box["x"] + (x + 0.5) * zoom, box["y"] + (y + 0.5) * zoom) for x, y in (start, end)]
    visit.page.mouse.move(*places[0])
    visit.page.mouse.down()
    visit.page.mouse.move(*places[1], steps=4)
    visit.page.mouse.up()


def _iou(key: str, prediction: np.ndarray, name: str) -> float:
    truth, _ = scenes.maps(key)
    matrix = metrics.confusion_matrix(truth, prediction, num_classes=21)
    return float(metrics.iou(matrix)[VOC_21.id_of(name)])


def test_a_stroke_counts_to_the_pixel_and_undo_takes_it_back(visitor: Visitor) -> None:
    visit = visitor()
    _open(visit, "?pg_scene=split")
    before = _value(visit, "iou")
    assert before == pytest.approx(61 / 62)
    # A whole number of device pixels for each pixel of the map.
    zoom = int(visit.page.locator(BOARD).get_attribute("data-zoom") or 0)
    width = visit.page.locator(f"{BOARD} canvas").evaluate("canvas => canvas.width")
    assert width == zoom * scenes.WIDTH
    # Five pixels wide, from column 20 to 30: all of them wrong.
    _stroke(visit, (20, 100), (30, 100))
    prediction = scenes.maps("split")[1].copy()
    prediction[98:103, 20:31] = VOC_21.id_of("cow")
    rows = np.arange(-2, 3)
    disc = rows[:, None] ** 2 + rows[None, :] ** 2 <= 6.25
    for x in (20, 30):
        prediction[98:103, x - 2 : x + 3][disc] = VOC_21.id_of("cow")
    _becomes(visit, "iou", _iou("split", prediction, "cow"))
    visit.page.wait_for_selector(".st-key-pg_clear button:not([disabled])")
    visit.page.locator('[data-testid="pg-undo"]').click()
    _becomes(visit, "iou", before)
    visit.page.locator('[data-testid="pg-redo"]').click()
    _becomes(visit, "iou", _iou("split", prediction, "cow"))
    # Painting the cut shut makes one cow of two.
    visit.page.locator('[data-testid="pg-undo"]').click()
    _becomes(visit, "iou", before)
    visit.page.locator('[data-testid="pg-correct"]').click()
    _stroke(visit, (89, 41), (89, 79))
    _becomes(visit, "pq", 1)
    _becomes(visit, "iou", 1)
    visit.shot("playground-corrected")


def test_a_cell_of_the_matrix_marks_its_pixels(visitor: Visitor) -> None:
    visit = visitor()
    _open(visit, "?pg_scene=merged")
    visit.page.locator('[data-testid="pg-cell"][data-cell="0-17"]').click()
    visit.settled("pg_cell=0-17")
    visit.page.get_by_text("background, called sheep", exact=True).first.wait_for()
    visit.page.wait_for_selector(f'{BOARD}[data-stamp*="(0, 17)"]')
    visit.still(visit.page.locator(f"{BOARD} canvas"))
    shot = visit.page.locator(f"{BOARD} canvas").screenshot()
    with Image.open(io.BytesIO(shot)) as picture:
        pixels = np.asarray(picture.convert("RGB"), np.int16)
    # 60 px of 19,200 are marked in yellow.
    yellow = (np.abs(pixels - np.array([0xF0, 0xE4, 0x42])) < 12).all(axis=2)
    assert yellow.mean() == pytest.approx(60 / 19200, rel=0.02)
    visit.shot("playground-cell")
    visit.page.get_by_role("button", name="Show all pixels").click()
    visit.page.wait_for_url(lambda url: "pg_cell" not in url)


def test_a_finger_paints_on_a_phone(visitor: Visitor) -> None:
    visit = visitor(size=PHONE)
    _open(visit, "?pg_scene=imbalance")
    assert _value(visit, "iou") == 0
    visit.shot("playground-phone")
    canvas = visit.page.locator(f"{BOARD} canvas")
    box = visit.still(canvas)
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
    zoom = box["width"] / scenes.WIDTH
    canvas.tap(position={"x": 108.5 * zoom, "y": 64.5 * zoom})
    prediction = scenes.maps("imbalance")[1].copy()
    rows = np.arange(-2, 3)
    disc = rows[:, None] ** 2 + rows[None, :] ** 2 <= 6.25
    prediction[62:67, 106:111][disc] = VOC_21.id_of("bus")
    _becomes(visit, "iou", _iou("imbalance", prediction, "bus"))
    overflow = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
