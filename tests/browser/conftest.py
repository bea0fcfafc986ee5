"""A real Chromium against a real server: one of each for the whole run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FloatRect,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.browser.find_browser import found
from tests.browser.log import faults
from tests.browser.serving import FLAGS, serve
from tests.conftest import ROOT

ARTEFACTS = ROOT / "tests" / "artefacts"
WIDE = (1440, 900)
PHONE = (390, 844)

WAIT_MS = 180_000
"""Patience with a busy machine. Every wait ends as soon as its condition holds, so it costs nothing
where all is well."""
TEST_S = 1_800
"""Seconds that one test may take with all its waits."""

expect.set_options(timeout=WAIT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(TEST_S))


@dataclass
class Server:
    """A running dashboard."""

    address: str
    log: Path

    def problems(self) -> str:
        """What the log holds that should not be there."""
        if not faults(self._text()):
            return ""
        # What looks like a fault may be half of a record that is being written.
        time.sleep(1)
        return faults(self._text())

    def _text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The dashboard, as `make run` starts it, on a free port."""
    log = tmp_path_factory.mktemp("server") / "server.log"
    with serve(ROOT / "app.py", log) as running:
        yield Server(running.address, log)


@pytest.fixture(scope="session")
def play() -> Iterator[Playwright]:
    """Playwright itself."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(play: Playwright) -> Iterator[Browser]:
    """The browser."""
    path = found()
    if path is None:
        message = "no Chromium: run tests/browser/find_browser.py"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    browser = play.chromium.launch(executable_path=path, args=list(FLAGS))
    yield browser
    browser.close()


def idle(page: Page) -> None:
    """Wait until the server has drawn all that it was asked for."""
    page.locator('[data-test-script-state="notRunning"]').first.wait_for(state="attached")


def still(locator: Locator) -> FloatRect:
    """Wait until something has kept its place for a while; return where that is.

    To be used before the mouse is sent there: parts of a page that come late move the others.
    """
    idle(locator.page)
    locator.scroll_into_view_if_needed()
    before, same = locator.bounding_box(), 0
    deadline = time.monotonic() + WAIT_MS / 1000
    while same < 5:
        assert time.monotonic() < deadline, "it never comes to rest"
        locator.page.wait_for_timeout(60)
        now = locator.bounding_box()
        same = same + 1 if now is not None and now == before else 0
        before = now
    assert before is not None
    return before


@dataclass
class Visit:
    """One visitor with one open page."""

    page: Page
    server: Server
    errors: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> None:
        """Go to a page and wait until its picture is drawn."""
        self.page.goto(self.server.address + path)
        self.ready()

    def ready(self) -> None:
        """Wait until the picture is drawn."""
        self.page.wait_for_selector('[data-testid="stage"][data-ready="true"]')

    @property
    def stage(self) -> Locator:
        """The stage."""
        return self.page.locator('[data-testid="stage"]')

    def expect(self, **values: str) -> None:
        """Wait until the stage is in this state."""
        query = "".join(f'[data-{name}="{value}"]' for name, value in values.items())
        self.page.wait_for_selector(f'[data-testid="stage"]{query}')

    def picture(self) -> str:
        """Identity of the picture and result on the stage."""
        return self.stage.get_attribute("data-picture") or ""

    def new_picture(self, before: str) -> None:
        """Wait until another picture or result is on the stage."""
        self.page.wait_for_function(
            """before => [...document.querySelectorAll('*')].some(node =>
                 node.shadowRoot?.querySelector(`[data-testid=stage]`)?.dataset.picture
                 && node.shadowRoot.querySelector(`[data-testid=stage]`).dataset.picture !== before
               )""",
            arg=before,
        )

    def inferences(self) -> int:
        """Times that the network ran in the whole server."""
        caption = self.page.locator('[data-testid="caption"]')
        return int(caption.get_attribute("data-inferences") or -1)

    def settled(self, query: str) -> None:
        """Wait until the address holds a text and the server is done with the change."""
        self.page.wait_for_url(lambda url: query in url)
        self.idle()

    def idle(self) -> None:
        """Wait until the server has drawn all that it was asked for."""
        idle(self.page)

    def still(self, locator: Locator) -> FloatRect:
        """Wait until something has kept its place for a while; return where that is."""
        return still(locator)

    def shot(self, name: str) -> None:
        """Keep a screenshot."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(ARTEFACTS / f"{name}.png"))


def _heard(visit: Visit, message: ConsoleMessage) -> None:
    """Keep what the page complains of.

    Not of Streamlit's own way to its server: it asks below the page's own path first, and the 404
    is its answer; and it connects anew where a busy server lets it wait.
    """
    text = f"{message.text} {message.location.get('url')}"
    if message.type == "error" and "/_stcore/" not in text:
        visit.errors.append(text)


Visitor = Callable[..., Visit]


@pytest.fixture
def visitor(chromium: Browser, server: Server) -> Iterator[Visitor]:
    """Send a visitor; afterwards neither console nor server log may hold an error."""
    visits: list[Visit] = []

    def send(path: str | None = None, *, size: tuple[int, int] = WIDE, dark: bool = False) -> Visit:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            has_touch=size[0] < 500,
            is_mobile=size[0] < 500,
            accept_downloads=True,
        )
        context.grant_permissions(["clipboard-read", "clipboard-write", "camera"])
        context.set_default_timeout(WAIT_MS)
        visit = Visit(context.new_page(), server)
        visit.page.on("console", lambda message: _heard(visit, message))
        visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
        visits.append(visit)
        if path is not None:
            visit.open(path)
        return visit

    yield send
    try:
        for visit in visits:
            assert not visit.errors
        assert not server.problems()
    finally:
        for visit in visits:
            visit.page.context.close()
