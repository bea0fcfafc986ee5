"""What visitors do: upload, share, download, change the picture, send broken files."""

from __future__ import annotations

import io
import json
import re
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect

from seglib import metrics
from seglib.formats import voc
from seglib.images import DEFAULT_LIMITS
from seglib.models import load
from seglib.scenes import street
from seglib.ui.numbers import sig3
from seglib.ui.samples import STREET_SIZE
from tests.browser.conftest import WIDE, Visit, Visitor
from tests.conftest import ROOT
from tests.files import BAD, GOOD

UPLOAD = '[data-testid="stFileUploaderDropzoneInput"], [data-testid="stFileUploader"] input'


def _upload(visit: Visit, path: Path) -> None:
    visit.page.locator(UPLOAD).first.set_input_files(str(path))


def _caption(visit: Visit, text: str) -> None:
    visit.page.wait_for_function(
        "text => document.querySelector('[data-testid=caption]')?.innerText.includes(text)",
        arg=text,
    )


def _error(visit: Visit, text: str) -> str:
    alert = visit.page.locator('[data-testid="stAlert"]').filter(has_text=text)
    alert.wait_for(state="visible")
    return alert.inner_text().strip()


@pytest.mark.parametrize("name", ["hd.jpg", "dot.png", "tall.png", "deep.png", "print.jpg"])
def test_a_picture_of_one_s_own(visitor: Visitor, tmp_path: Path, name: str) -> None:
    data, size = GOOD[name]()
    path = tmp_path / name
    path.write_bytes(data)
    visit = visitor("/semantic")
    before = visit.picture()
    _upload(visit, path)
    visit.new_picture(before)
    _caption(visit, f"{name}, {size[0]} × {size[1]} px")
    assert visit.page.locator('[data-testid="stAlert"]').count() == 0
    assert "picture=" not in visit.page.url
    visit.shot(f"upload-{path.stem}")
    # It survives a page switch.
    visit.page.get_by_role("link", name="Home").click()
    visit.page.wait_for_selector("text=Start with a question")
    _caption(visit, f"{name}, {size[0]} × {size[1]} px")


def test_an_animation_shows_its_first_frame(visitor: Visitor, tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    path.write_bytes(GOOD["moving.gif"]()[0])
    visit = visitor("/")
    _upload(visit, path)
    _caption(visit, "moving.gif, 60 × 40 px")


def test_bad_files_give_one_sentence_each_and_the_app_stays_usable(
    visitor: Visitor, tmp_path: Path
) -> None:
    visit = visitor("/semantic")
    before = visit.picture()
    for name in ("empty.png", "text.jpg", "truncated.jpg", "drawing.png", "bomb.png"):
        path = tmp_path / name
        path.write_bytes(BAD[name]())
        _upload(visit, path)
        text = _error(visit, name)
        assert text.endswith("."), text
        assert "Traceback" not in visit.page.content()
        assert visit.picture() == before
        visit.page.get_by_role("button", name="Dismiss").click()
        visit.page.locator('[data-testid="stAlert"]').wait_for(state="detached")
        remove = visit.page.get_by_role("button", name=re.compile(f"Remove {name}"))
        remove.first.click()
        expect(remove).to_have_count(0)
        visit.idle()
    visit.page.locator('[data-testid="view-mask"]').click()
    visit.expect(view="mask")


def test_a_file_of_300_mb_is_refused_in_one_sentence(visitor: Visitor, tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as stream:
        stream.truncate(300 * 2**20)
    visit = visitor("/semantic")
    _upload(visit, path)
    visit.page.get_by_text(re.compile("must be 40.*MB or smaller")).first.wait_for()
    assert visit.stage.get_attribute("data-ready") == "true"


def test_the_server_s_own_limit_is_the_library_s() -> None:
    """Somebody who does not use our page meets the same limit at the server."""
    text = (ROOT / ".streamlit" / "config.toml").read_text()
    assert f"\nmaxUploadSize = {DEFAULT_LIMITS.max_bytes // 2**20}\n" in text


def test_a_link_opens_what_its_sender_saw(visitor: Visitor) -> None:
    visit = visitor("/semantic?seed=12")
    visit.page.locator('[data-testid="view-swipe"]').click()
    visit.page.locator('[data-testid="show-errors"]').click()
    visit.page.locator('[data-testid="opacity"]').fill("85")
    visit.page.locator('[data-testid="chip"][data-name="road"]').click()
    visit.page.get_by_role("radio", name="Decide, then repeat").click()
    for text in ("view=swipe", "show=errors", "opacity=85", "only=road", "up=labels"):
        visit.settled(text)
    visit.page.locator('[data-testid="share"]').click()
    link = visit.page.locator('[data-testid="share-url"]').input_value()
    assert "seed=12" in link
    visit.page.wait_for_function(
        "link => navigator.clipboard.readText().then(text => text === link)", arg=link
    )
    visit.shot("semantic-share")
    other = visitor()
    other.open(link.removeprefix(visit.server.address))
    only = visit.stage.get_attribute("data-only") or "none"
    other.expect(view="swipe", show="errors", opacity="85", only=only, picture=visit.picture())
    other.page.wait_for_url(link)


def test_the_back_button_brings_the_picture_back(visitor: Visitor) -> None:
    visit = visitor("/semantic?seed=12")
    before = visit.picture()
    visit.page.locator(".st-key-pick_cat button").click()
    visit.new_picture(before)
    visit.settled("picture=cat")
    # Long enough that the address before is not taken for a late sender.
    visit.page.wait_for_timeout(1_800)
    held = visit.picture()
    visit.page.go_back()
    visit.new_picture(held)
    assert visit.picture() == before


def test_each_idea_sets_the_page_up(visitor: Visitor) -> None:
    visit = visitor("/semantic?tab=Try+this")
    looks = visit.page.get_by_role("link", name="Look")
    looks.first.wait_for()
    looks.nth(1).click()
    visit.expect(show="errors", opacity="100")
    visit.settled("only=pole")
    visit.shot("semantic-idea")
    visit.page.get_by_role("tab", name="Try this").click()
    looks.nth(2).wait_for()
    looks.nth(2).click()
    visit.expect(show="changed", only="")
    visit.settled("up=labels")


def _download(visit: Visit, label: str) -> bytes:
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name=label, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


def test_downloads_hold_what_the_library_computes(visitor: Visitor) -> None:
    visit = visitor("/semantic?seed=23&view=mask&only=road")
    scene = street(23, size=STREET_SIZE)
    result, _ = load("street").segment(scene.image)
    data = _download(visit, "Label map")
    assert (voc.read(data, label_set=result.label_set) == result.labels).all()
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.mode == "P"
    with Image.open(io.BytesIO(_download(visit, "Colours"))) as picture:
        colours = np.asarray(picture.convert("RGB"))
    assert (colours == result.label_set.palette[result.labels]).all()
    with Image.open(io.BytesIO(_download(visit, "As shown"))) as picture:
        shown = np.asarray(picture.convert("RGB"))
    road = result.label_set.id_of("road")
    assert (shown[result.labels == road] == result.label_set.palette[road]).all()
    assert (np.ptp(shown[result.labels != road], axis=1) == 0).all()
    numbers = json.loads(_download(visit, "Numbers"))
    matrix = metrics.confusion_matrix(
        scene.truth.semantic.labels, result.labels, num_classes=result.label_set.num_classes
    )
    assert numbers["confusion_matrix"] == matrix.tolist()
    mean = visit.page.locator('[data-testid="stMetric"]').filter(has_text="Mean IoU")
    assert mean.locator('[data-testid="stMetricValue"]').inner_text() == sig3(
        numbers["metrics"]["mean_iou"]
    )


def test_the_camera_gives_a_picture(visitor: Visitor) -> None:
    visit = visitor("/semantic", size=(WIDE[0], 1200))
    before = visit.picture()
    visit.page.get_by_text("Camera", exact=True).click()
    take = visit.page.get_by_role("button", name="Take photo")
    take.wait_for()
    # Before its first frame, the camera has no picture to take.
    visit.page.wait_for_function(
        "document.querySelector('[data-testid=stCameraInput] video')?.videoWidth > 0",
    )
    # A click between two frames takes nothing, as with any web camera: click as a visitor would.
    for _ in range(20):
        with suppress(PlaywrightTimeoutError):
            take.click(timeout=3_000)
        with suppress(PlaywrightTimeoutError):
            visit.page.get_by_role("button", name="Clear photo").wait_for(timeout=5_000)
            break
    visit.new_picture(before)
    _caption(visit, "Camera picture")
