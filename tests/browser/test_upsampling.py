"""Upsampling and the decoder in a browser: stepping, sliding, running tiles, on a phone too."""

from __future__ import annotations

import re

from tests.browser.conftest import PHONE, WIDE, Visit, Visitor


def _open(
    visitor: Visitor, path: str, *, size: tuple[int, int] = WIDE, dark: bool = False
) -> Visit:
    visit = visitor(size=size, dark=dark)
    visit.page.goto(visit.server.address + path)
    visit.page.wait_for_selector('[data-testid="stTabs"]')
    visit.idle()
    return visit


def _formula(visit: Visit, text: str) -> None:
    visit.page.wait_for_function(
        """text => [...document.querySelectorAll('.katex annotation')]
             .some(node => node.textContent.includes(text))""",
        arg=text,
    )


def test_stepping_puts_the_next_cell_s_numbers_into_the_formula(visitor: Visitor) -> None:
    visit = _open(visitor, "/upsampling")
    # Cell 35 of 100: row 3, column 4, the weights of (1.25, 1.75).
    _formula(visit, r"\text{out}_{3,4}")
    _formula(visit, r"0.1875 \cdot 7 + 0.5625 \cdot 8")
    visit.page.locator("[data-go=next]").click()
    _formula(visit, r"\text{out}_{3,5}")
    visit.settled("ups_cell=35")
    visit.page.locator("[data-go=play]").click()
    visit.page.wait_for_url(re.compile("ups_cell=(3[89]|[4-9][0-9])"))
    visit.page.locator("[data-go=play].playing").click()
    visit.page.locator("[data-go=play]:not(.playing)").wait_for()
    visit.idle()
    visit.shot("upsampling-bilinear")
    visit.page.get_by_role("radio", name="Max-unpooling").click()
    visit.page.wait_for_selector('[data-testid="unp-output"] .seg-arrow')
    visit.settled("ups=unpool")


def test_a_slider_moves_the_verdict(visitor: Visitor) -> None:
    visit = _open(visitor, "/upsampling?ups=transposed&tc_view=overlap&tc_padding=0")
    verdict = visit.page.locator('[data-testid="tc-verdict"]')
    verdict.filter(has_text="Even: k = 4").wait_for()
    slider = visit.page.get_by_role("slider", name="Kernel size k")
    slider.press("ArrowLeft")
    verdict.filter(has_text="Checkerboard: k = 3").wait_for()
    visit.settled("tc_kernel=3")
    visit.shot("upsampling-checkerboard")


def test_closing_a_skip_and_running_tiles(visitor: Visitor) -> None:
    visit = _open(visitor, "/unet?unet_open=8,4,2")
    visit.page.get_by_text("Nothing closed").wait_for()
    visit.page.get_by_role("button", name="1/2", exact=True).first.click()
    visit.page.get_by_text("Closed: 1/2").wait_for()
    visit.shot("unet-skips")
    visit.page.goto(visit.server.address + "/unet?unet=tiles&tile_overlap=96")
    visit.page.get_by_role("button", name="Run 9 tiles").click()
    visit.page.get_by_text("Class changes across a seam").wait_for()
    visit.shot("unet-tiles")


def test_on_a_phone_nothing_is_wider_than_the_screen(visitor: Visitor) -> None:
    for path in ("/upsampling?ups=transposed&tc_view=zeros", "/upsampling?ups=scores", "/unet"):
        visit = _open(visitor, path, size=PHONE, dark=True)
        visit.still(visit.page.locator(".seg-plate").first)
        wide = visit.page.evaluate(
            "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
        )
        assert wide <= 0, path
    visit.shot("unet-phone")
