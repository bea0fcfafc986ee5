"""The stage: what it draws is what the library computed, and nothing on it asks the network."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from seglib.models import load
from seglib.results import SemanticMap
from seglib.scenes import street
from seglib.ui.numbers import percent
from seglib.ui.samples import STREET_SIZE as SIZE
from tests.browser.conftest import PHONE, Visit, Visitor

SEED = 23


@pytest.fixture(scope="module")
def truth() -> SemanticMap:
    """The exact truth of the street on the stage."""
    return street(SEED, size=SIZE).truth.semantic


@pytest.fixture(scope="module")
def result() -> SemanticMap:
    """What the library says about the street on the stage."""
    answer: SemanticMap = load("street").segment(street(SEED, size=SIZE).image).result
    return answer


def _pixels(visit: Visit, points: list[tuple[int, int]]) -> list[list[int]]:
    """Colours that the canvas shows at the middle of these label pixels."""
    colours: list[list[int]] = visit.stage.locator("canvas").evaluate(
        """(canvas, points) => new Promise(done => requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            const scale = Math.min(canvas.width / WIDE, canvas.height / HIGH);
            const left = (canvas.width - WIDE * scale) / 2;
            const top = (canvas.height - HIGH * scale) / 2;
            const context = canvas.getContext('2d');
            const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
            done(points.map(([x, y]) => {
              const at = 4 * (Math.floor(top + (y + 0.5) * scale) * canvas.width
                + Math.floor(left + (x + 0.5) * scale));
              return [data[at], data[at + 1], data[at + 2]];
            }));
          })))""".replace("WIDE", str(SIZE[0])).replace("HIGH", str(SIZE[1])),
        points,
    )
    return colours


def _points(visit: Visit, count: int = 300) -> list[tuple[int, int]]:
    """Label pixels that the canvas shows: of a picture larger than the canvas, not every one."""
    canvas = visit.stage.locator("canvas")
    width, height = canvas.evaluate("canvas => [canvas.width, canvas.height]")
    scale = min(width / SIZE[0], height / SIZE[1])
    left, top = (width - SIZE[0] * scale) / 2, (height - SIZE[1] * scale) / 2

    def shown(place: int, start: float) -> bool:
        return int((int(start + (place + 0.5) * scale) + 0.5 - start) / scale) == place

    pairs = np.random.default_rng(5).integers(0, SIZE, (3 * count, 2)).tolist()
    return [(x, y) for x, y in pairs if shown(x, left) and shown(y, top)][:count]


def test_a_mask_shows_the_exact_colour_of_every_class(
    visitor: Visitor, result: SemanticMap
) -> None:
    visit = visitor(f"/semantic?seed={SEED}&view=mask")
    points = _points(visit)
    expected = [result.label_set.palette[result.labels[y, x]].tolist() for x, y in points]
    assert _pixels(visit, points) == expected


def test_the_truth_is_the_scene_s_own(visitor: Visitor, truth: SemanticMap) -> None:
    visit = visitor(f"/semantic?seed={SEED}&view=mask&show=truth")
    points = _points(visit)
    expected = [truth.label_set.palette[truth.labels[y, x]].tolist() for x, y in points]
    assert _pixels(visit, points) == expected


def test_errors_are_where_prediction_and_truth_differ(
    visitor: Visitor, result: SemanticMap, truth: SemanticMap
) -> None:
    visit = visitor(f"/semantic?seed={SEED}&show=errors&opacity=100")
    points = [(x, y) for x, y in _points(visit) if truth.labels[y, x] != 255]
    wrong = [bool(result.labels[y, x] != truth.labels[y, x]) for x, y in points]
    shown = [colour == [213, 94, 0] for colour in _pixels(visit, points)]
    assert shown == wrong
    assert any(wrong)


def test_the_legend_has_the_library_s_shares(visitor: Visitor, result: SemanticMap) -> None:
    visit = visitor(f"/semantic?seed={SEED}")
    chips = visit.page.locator('[data-testid="chip"]')
    shown = {
        chips.nth(i).get_attribute("data-name"): chips.nth(i).locator("b").inner_text()
        for i in range(chips.count())
    }
    shares = result.shares()
    assert shown == {
        label.name: percent(float(shares[label.id]))
        for label in result.label_set
        if shares[label.id] > 0
    }


def test_hovering_names_the_class_and_its_probability(
    visitor: Visitor, result: SemanticMap
) -> None:
    visit = visitor(f"/semantic?seed={SEED}")
    scored = load("street").segment(street(SEED, size=SIZE).image, scores=True).result.scores
    box = visit.still(visit.page.locator("canvas").first)
    names = {label.id: label.name for label in result.label_set}
    scale = min(box["width"] / SIZE[0], box["height"] / SIZE[1])
    for x, y in ((360, 450), (45, 300), (360, 60), (705, 180)):
        left = box["x"] + (box["width"] - SIZE[0] * scale) / 2
        top = box["y"] + (box["height"] - SIZE[1] * scale) / 2
        visit.page.mouse.move(left + (x + 0.5) * scale, top + (y + 0.5) * scale)
        readout = visit.page.locator('[data-testid="readout"]')
        expect(readout).to_be_visible()
        expect(readout).to_contain_text(f"x {x}, y {y} px")
        assert readout.locator("strong").inner_text().strip() == names[result.labels[y, x]]
        rows = readout.locator(".row")
        assert rows.count() == 3
        best = np.argsort(-scored[:, y, x])[:3]
        for i in range(3):
            shown = float(rows.nth(i).get_attribute("data-p") or "nan")
            # Bytes of a sixteenth: the probability is good to about a percent.
            assert shown == pytest.approx(float(scored[best[i], y, x]), abs=0.02)
    visit.shot("semantic-hover")
    visit.page.mouse.move(5, 5)
    visit.page.locator('[data-testid="readout"]').wait_for(state="hidden")


def test_nothing_on_the_stage_runs_the_network_again(visitor: Visitor) -> None:
    visit = visitor(f"/semantic?seed={SEED}")
    visit.idle()
    before = visit.inferences()
    for view in ("mask", "side", "swipe", "overlay"):
        visit.page.locator(f'[data-testid="view-{view}"]').click()
        visit.expect(view=view)
    visit.page.locator('[data-testid="opacity"]').fill("35")
    visit.expect(opacity="35")
    visit.page.locator('[data-testid="contour"]').check()
    visit.expect(contour="true")
    visit.page.locator('[data-testid="chip"][data-name="road"]').click()
    visit.settled("only=road")
    visit.settled("opacity=35")
    visit.settled("contour=1")
    for show in ("truth", "errors", "confidence", "changed"):
        visit.page.locator(f'[data-testid="show-{show}"]').click()
        visit.expect(show=show)
        visit.settled(f"show={show}")
    assert visit.inferences() == before
    # And the counter does count.
    held = visit.picture()
    visit.page.get_by_role("button", name="Another street").click()
    visit.new_picture(held)
    visit.page.wait_for_function(
        """before => before <
          Number(document.querySelector('[data-testid=caption]').dataset.inferences)""",
        arg=before,
    )


def test_changing_the_opacity_is_instant(visitor: Visitor) -> None:
    """A change is on the canvas within a few frames, without waiting for any server."""
    visit = visitor(f"/semantic?seed={SEED}&view=overlay")
    visit.page.context.set_offline(True)
    point = [(240, 300)]
    seen = set()
    for opacity in (0, 50, 100):
        visit.page.locator('[data-testid="opacity"]').fill(str(opacity))
        seen.add(json.dumps(_pixels(visit, point)))
    assert len(seen) == 3
    visit.page.context.set_offline(False)


def test_isolating_by_chip_by_pixel_and_by_keyboard(visitor: Visitor, result: SemanticMap) -> None:
    visit = visitor(f"/semantic?seed={SEED}")
    ids = {label.name: label.id for label in result.label_set}
    road = visit.page.locator('[data-testid="chip"][data-name="road"]')
    road.click()
    visit.expect(only=str(ids["road"]))
    assert road.get_attribute("aria-pressed") == "true"
    visit.settled("only=road")
    visit.shot("semantic-isolated")
    visit.page.locator('[data-testid="chip"][data-name="sky"]').click(modifiers=["Shift"])
    visit.expect(only=f"{ids['road']},{ids['sky']}")
    canvas = visit.page.locator("canvas").first
    canvas.focus()
    visit.page.keyboard.press("Escape")
    visit.expect(only="")
    visit.page.keyboard.press("ArrowDown")
    readout = visit.page.locator('[data-testid="readout"]')
    readout.wait_for(state="visible")
    visit.page.keyboard.press("Enter")
    visit.expect(only=readout.get_attribute("data-id") or "")
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("Escape")
    visit.expect(only="")
    box = visit.still(canvas)
    x, y = round(box["width"] / 2), round(box["height"] * 0.8)
    canvas.click(position={"x": x, "y": y})
    expect(visit.stage).not_to_have_attribute("data-only", "")
    assert visit.stage.get_attribute("data-only") == readout.get_attribute("data-id")


def test_swiping_by_mouse_and_by_keyboard(visitor: Visitor) -> None:
    visit = visitor("/semantic?view=swipe")
    handle = visit.page.get_by_role("slider", name="Swipe position")
    box = visit.still(handle)
    canvas = visit.page.locator("canvas").first.bounding_box()
    assert canvas is not None
    y = box["y"] + box["height"] / 2
    visit.page.mouse.move(box["x"] + box["width"] / 2, y)
    visit.page.mouse.down()
    visit.page.mouse.move(canvas["x"] + canvas["width"] * 0.25, y, steps=5)
    visit.page.mouse.up()
    expect(visit.stage).to_have_attribute("data-split", re.compile("^2[2-8]$"))
    handle.focus()
    visit.page.keyboard.press("End")
    expect(visit.stage).to_have_attribute("data-split", "100")
    visit.page.keyboard.press("Home")
    visit.page.keyboard.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuenow", "2")
    visit.shot("semantic-swipe")


def test_a_finger_reads_a_pixel_and_swipes(visitor: Visitor) -> None:
    visit = visitor(f"/semantic?seed={SEED}", size=PHONE)
    canvas = visit.page.locator("canvas").first
    box = visit.still(canvas)
    canvas.tap(position={"x": box["width"] / 2, "y": box["height"] * 0.7})
    readout = visit.page.locator('[data-testid="readout"]')
    readout.wait_for(state="visible")
    assert visit.stage.get_attribute("data-only") == ""
    visit.shot("semantic-phone-tap")
    canvas.tap(position={"x": box["width"] / 2, "y": box["height"] * 0.7})
    visit.expect(only=readout.get_attribute("data-id") or "")
    inside = readout.bounding_box()
    assert inside is not None
    assert inside["x"] >= 0
    assert inside["x"] + inside["width"] <= PHONE[0]
    visit.page.locator('[data-testid="view-swipe"]').tap()
    visit.expect(view="swipe")


def test_every_control_has_a_name(visitor: Visitor) -> None:
    visit = visitor("/semantic")
    nameless = visit.page.evaluate(
        """() => {
          const all = [];
          const walk = root => root.querySelectorAll('*').forEach(node => {
            if (node.matches('button, input, select, textarea, canvas, [role=slider]'))
              all.push(node);
            if (node.shadowRoot) walk(node.shadowRoot);
          });
          walk(document);
          return all.filter(node => node.offsetParent && !(
            node.getAttribute('aria-label') || node.textContent.trim() || node.title
            || node.labels?.length || node.getAttribute('aria-labelledby')
          )).map(node => node.outerHTML.slice(0, 200));
        }"""
    )
    # The chooser behind Streamlit's own upload button is its matter.
    assert [text for text in nameless if 'type="file"' not in text] == []
