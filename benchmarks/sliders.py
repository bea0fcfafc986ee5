"""From a slider's release to the new figure, on every concept page, beside a bare Streamlit page.

A real Chromium opens each page, focuses a slider and presses an arrow key, which is a release. The
clock runs inside the browser, from the key to the last change of a figure (a plate, a picture, a
chart, a canvas), as it is written into the document; how long until nothing at all changes any more
stands beside it. A text or picture set anew to what it was does not count, nor does what the slider
draws of itself. The bare page takes turns with each page, so that a busy moment hits both.

``python -m benchmarks.sliders`` prints the table; names of pages after it measure these alone.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from benchmarks.table import Row, print_table
from seglib.ui.navigation import CONCEPTS, PAGES
from tests.browser.find_browser import found as find_browser
from tests.browser.serving import FLAGS, ROOT, serve

ROUNDS, WARM_UP = 9, 3
MOST_SLIDERS = 4
VIEWS = {"unet": "?unet=tiles"}
"""The view to open of a page that starts without a slider."""

BARE = """import streamlit as st
value = st.slider("Value", 0, 100, 50)
st.html(f"<p>The value is {value}.</p>")
"""

ARM = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  const state = {pressed: null, last: null, what: '', figure: null};
  const FIGURE = '.seg-plate, .seg-row, .seg-maps, .seg-table, canvas, svg,'
    + ' [data-testid="stImage"], [data-testid="stPlotlyChart"], [data-testid="stDataFrame"]';
  window.__slider = state;
  // What the slider draws of itself (thumb, value, tooltip) is not the figure.
  const own = node => {
    const at = node.nodeType === 1 ? node : node.parentElement;
    return !at || at.closest(
      '[data-testid="stSlider"], [data-testid="stTooltipIcon"], [data-testid="stStatusWidget"],'
      + ' [data-testid="stSpinner"], [role=tooltip], style') !== null;
  };
  const describe = node => {
    const at = node.nodeType === 1 ? node : node.parentElement;
    return (at.closest('[data-testid]')?.dataset.testid || at.tagName);
  };
  const figure = (record, at) => at.closest(FIGURE) !== null || (record.addedNodes.length > 0
    && [...record.addedNodes].some(
      node => node.nodeType === 1 && (node.matches(FIGURE) || node.querySelector(FIGURE))));
  const saw = records => {
    if (state.pressed === null) return;
    const now = performance.now();
    for (const record of records) {
      if (own(record.target)) continue;
      if (record.type === 'attributes') {
        // Streamlit greys out what is stale by attributes and classes: no new figure.
        if (!['src', 'd', 'points', 'href', 'transform', 'x', 'y', 'width', 'height', 'cx', 'cy']
            .includes(record.attributeName)) continue;
        if (record.oldValue === record.target.getAttribute(record.attributeName)) continue;
      } else if (record.type === 'characterData') {
        if (record.oldValue === record.target.data) continue;
      } else if (![...record.addedNodes].some(node => !own(node) && node.nodeName !== 'STYLE')) {
        continue;
      }
      state.last = now;
      state.what = describe(record.target);
      const at = record.target.nodeType === 1 ? record.target : record.target.parentElement;
      if (at && figure(record, at)) state.figure = now;
    }
  };
  const options = {subtree: true, childList: true, characterData: true, attributes: true,
                   characterDataOldValue: true, attributeOldValue: true};
  const seen = new WeakSet();
  const watch = root => {
    if (seen.has(root)) return;
    seen.add(root);
    new MutationObserver(records => { saw(records); roots(); }).observe(root, options);
  };
  // Components live in shadow trees; a canvas is painted without any change of the document.
  const roots = () => main.querySelectorAll('*').forEach(
    node => { if (node.shadowRoot) watch(node.shadowRoot); });
  watch(main);
  roots();
  for (const kind of [CanvasRenderingContext2D.prototype]) {
    for (const name of ['putImageData', 'drawImage', 'fillRect', 'clearRect']) {
      const real = kind[name];
      if (real.__wrapped) continue;
      kind[name] = function (...args) {
        const at = window.__slider;
        if (at.pressed !== null && this.canvas.isConnected) {
          at.last = at.figure = performance.now(); at.what = 'canvas';
        }
        return real.apply(this, args);
      };
      kind[name].__wrapped = true;
    }
  }
  main.addEventListener('keydown', event => {
    if (event.key.startsWith('Arrow')) {
      state.pressed = performance.now(); state.last = null; state.figure = null;
    }
  }, true);
}"""

QUIET = """quiet => {
  const state = window.__slider;
  const running = document.querySelector('[data-testid="stApp"]')
    ?.getAttribute('data-test-script-state') === 'running';
  if (state.pressed === null || running) return false;
  const since = performance.now() - Math.max(state.pressed, state.last ?? 0);
  return since > (state.last === null ? 3 * quiet : quiet);
}"""

QUIET_MS = 400
THUMB = '[data-testid="stMain"] [data-testid="stSlider"] input[type="range"]'


@dataclass
class Measured:
    """What was measured of one page.

    Parameters
    ----------
    name : str
        Of the page.
    milliseconds : list of float
        To the last change of a figure; of anything where no figure changed.
    settled : list of float
        To the last change of anything.
    what : str
        What changed last.
    problem : str
        Why nothing could be measured.
    """

    name: str
    milliseconds: list[float] = field(default_factory=list)
    settled: list[float] = field(default_factory=list)
    what: str = ""
    problem: str = ""

    @property
    def median(self) -> float:
        """Median in milliseconds."""
        return statistics.median(self.milliseconds)


class Slider:
    """One page with one slider in focus, ready to be moved again and again."""

    def __init__(self, browser: Browser, name: str, address: str) -> None:
        self.measured = Measured(name)
        self._forward = True
        self._place = 0
        self.page: Page = browser.new_page(viewport={"width": 1440, "height": 900})
        self.page.goto(address)
        try:
            self.page.locator(THUMB).first.wait_for(state="attached", timeout=30_000)
        except PlaywrightError:
            self.measured.problem = "it opens without a slider"
            return
        try:
            self.page.wait_for_timeout(2_500)
            self.page.evaluate(ARM)
            self._choose()
        except PlaywrightError as error:
            self.measured.problem = str(error).splitlines()[0]

    def _choose(self) -> None:
        """Take the first slider that changes more than itself."""
        count = min(self.page.locator(THUMB).count(), MOST_SLIDERS)
        for place in range(count):
            self._place = place
            if self.move() is not None:
                return
        self.measured.problem = f"none of the first {count} sliders changes the page"

    def move(self) -> tuple[float, float] | None:
        """Press an arrow key; return the milliseconds to the figure and until all is settled.

        ``None`` where nothing changed.
        """
        thumb = self.page.locator(THUMB).nth(self._place)
        now, low, high = (
            float(thumb.evaluate(f"input => input.{name}")) for name in ("value", "min", "max")
        )
        self._forward = now < high if self._forward else now <= low
        thumb.focus()
        self.page.keyboard.press("ArrowRight" if self._forward else "ArrowLeft")
        self.page.wait_for_function(QUIET, arg=QUIET_MS, timeout=20_000, polling=50)
        state = self.page.evaluate("window.__slider")
        self.page.evaluate("window.__slider.pressed = null")
        if state["last"] is None:
            return None
        self.measured.what = state["what"]
        figure = state["last"] if state["figure"] is None else state["figure"]
        return figure - state["pressed"], state["last"] - state["pressed"]

    def take(self, *, keep: bool) -> None:
        """Measure once."""
        if self.measured.problem:
            return
        try:
            found = self.move()
        except PlaywrightError as error:
            self.measured.problem = str(error).splitlines()[0]
            return
        if keep and found is not None:
            self.measured.milliseconds.append(found[0])
            self.measured.settled.append(found[1])


def measure(names: Sequence[str] = ()) -> tuple[Measured, list[Measured]]:
    """Return the bare page and every concept page (or the named ones)."""
    pages = [entry for entry in PAGES if entry.section == CONCEPTS]
    pages = [entry for entry in pages if not names or entry.name in names]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bare_page = folder / "bare.py"
        bare_page.write_text(BARE)
        app = stack.enter_context(serve(ROOT / "app.py", folder / "app.log"))
        plain = stack.enter_context(serve(bare_page, folder / "bare.log"))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        stack.callback(browser.close)
        bare = Slider(browser, "bare Streamlit page", plain.address)
        # one page open at a time: others would be drawn in the background
        done = []
        for entry in pages:
            query = VIEWS.get(entry.name, "")
            slider = Slider(browser, entry.name, f"{app.address}/{entry.url_path}{query}")
            for turn in range(WARM_UP + ROUNDS):
                slider.take(keep=turn >= WARM_UP)
                bare.take(keep=turn >= WARM_UP)
            slider.page.close()
            done.append(slider.measured)
        return bare.measured, done


def rows(names: Sequence[str] = ()) -> list[Row]:
    """Measure and return the table's rows."""
    bare, pages = measure(names)
    if not bare.milliseconds:
        raise SystemExit(f"the bare page was not measured: {bare.problem}")
    size = f"median of {ROUNDS}, 1440×900"
    found_ = []
    for page in pages:
        if not page.milliseconds:
            print(f"not measured: {page.name}: {page.problem or 'nothing changed'}")
            continue
        settled = statistics.median(page.settled)
        found_.append(
            Row(
                f"slider to figure, {page.name}",
                f"{page.median:.0f} ms",
                f"{bare.median:.0f} ms ({bare.name})",
                page.median / bare.median,
                f"{size}; all settled {settled:.0f} ms, last {page.what}",
                wanted="<= 300 ms",
            )
        )
    measured = [page.median for page in pages if page.milliseconds]
    if measured:
        middle = statistics.median(measured)
        found_.append(
            Row(
                "slider to figure, median of pages",
                f"{middle:.0f} ms",
                f"{bare.median:.0f} ms ({bare.name})",
                middle / bare.median,
                f"{len(measured)} pages",
                wanted="<= 150 ms",
            )
        )
    return found_


if __name__ == "__main__":
    print_table(rows(sys.argv[1:]))
