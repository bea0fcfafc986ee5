"""The address follows the page even where the browser's news overtake each other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from seglib.ui import address
from seglib.ui.address import Param, integer

STEP = Param("step", "0", integer(0, 99))


class Browser(dict[str, str]):
    """Query parameters as the server sees them; every change is sent, and heard later."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, str]] = []
        self.bar: dict[str, str] = {}

    def __setitem__(self, key: str, value: str) -> None:
        super().__setitem__(key, value)
        self.sent.append(dict(self))

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self.sent.append(dict(self))

    def update(self, *other: Any, **more: Any) -> None:
        super().update(*other, **more)
        self.sent.append(dict(self))

    def hear(self) -> None:
        """Let everything sent arrive."""
        for state in self.sent:
            self.bar = state
        self.sent = []

    def rerun(self, bar: dict[str, str]) -> None:
        """Begin a run with the address that the browser had when it asked for it."""
        self.clear()
        super().update(bar)

    def link(self, bar: dict[str, str]) -> None:
        """Follow a link within the page: the server is asked for it, the bar stays as it was."""
        self.rerun(bar)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    made = Browser()
    state: dict[str, Any] = {}
    monkeypatch.setattr(address, "st", SimpleNamespace(session_state=state, query_params=made))
    return made


def go(browser: Browser, step: int, bar: dict[str, str]) -> None:
    browser.rerun(bar)
    address.put(STEP, str(step))
    address.publish([STEP])


def test_the_address_holds_what_differs_from_the_default(browser: Browser) -> None:
    go(browser, 3, {})
    browser.hear()
    assert browser.bar == {"step": "3"}
    go(browser, 0, browser.bar)
    browser.hear()
    assert browser.bar == {}


def test_going_back_before_the_browser_has_heard_of_the_step(browser: Browser) -> None:
    go(browser, 8, {})
    browser.hear()
    before = browser.bar
    go(browser, 7, before)
    # the next click left the browser while 7 was still under way to it
    go(browser, 8, before)
    browser.hear()
    assert browser.bar == {"step": "8"}


def test_going_back_to_the_default_before_the_browser_has_heard(browser: Browser) -> None:
    go(browser, 1, {})
    go(browser, 0, {})
    browser.hear()
    assert browser.bar == {}


def test_a_late_report_is_no_link(browser: Browser) -> None:
    for step in (5, 6, 7):
        go(browser, step, {})
    for late in ({}, {"step": "5"}, {"step": "6"}, {"step": "7"}):
        browser.rerun(late)
        assert address.adopt([STEP], page="x") == set()
        assert address.get(STEP) == "7"


def test_a_link_is_followed(browser: Browser) -> None:
    go(browser, 5, {})
    browser.rerun({"step": "42"})
    assert address.adopt([STEP], page="x") == {"step"}
    assert address.get(STEP) == "42"
    browser.rerun({"step": "101"})
    assert address.adopt([STEP], page="x") == {"step"}
    assert address.get(STEP) == "0"


def test_a_link_within_the_page_is_told_to_the_browser(browser: Browser) -> None:
    browser.rerun({})
    address.adopt([STEP], page="x")
    address.tell()
    assert browser.sent == []  # it opened the page with this address
    browser.link({"step": "42"})
    address.adopt([STEP], page="x")
    address.publish([STEP])
    address.tell()
    browser.hear()
    assert browser.bar == {"step": "42"}
    # Once is enough.
    browser.rerun(browser.bar)
    address.adopt([STEP], page="x")
    address.publish([STEP])
    address.tell()
    assert browser.sent == []


def test_a_link_to_the_defaults_is_told_as_well(browser: Browser) -> None:
    browser.rerun({"step": "42"})
    browser.bar = {"step": "42"}
    address.adopt([STEP], page="x")
    address.publish([STEP])
    address.tell()
    browser.link({})
    assert address.adopt([STEP], page="x") == {"step"}
    address.publish([STEP])
    address.tell()
    browser.hear()
    assert browser.bar == {}
