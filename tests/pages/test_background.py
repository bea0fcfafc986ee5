"""The page "Background removal": what is shown is what is downloaded; every knob; bad input."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from seglib import images, models
from seglib.engine import FakeEngine
from seglib.matting import BackgroundOptions, MatteOptions, compose, filled_holes, trimap
from seglib.options import OptionInfo, describe
from seglib.ui import caches, knobs
from seglib.ui.background import how, ideas, state, tabs
from seglib.ui.background.state import PRESETS, Work
from seglib.ui.numbers import percent, sig3
from tests.pages.conftest import Open, html, metrics
from tests.pages.mattes import (
    component,
    disc,
    download,
    faked,
    keep_downloads,
    pixels_of,
    png,
)

Network = Callable[[Any], dict[str, Any]]


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEngine]:
    """A network that sees a disc in the middle of every picture."""
    yield faked(monkeypatch, disc())
    for cache in (caches.answer, caches.forward):
        cache.clear()


def work_of(app: AppTest) -> Work:
    found: Work = app.session_state["_bg_work"]
    return found


@pytest.fixture(autouse=True)
def downloads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the download buttons hold."""
    keep_downloads(monkeypatch)


def send(app: AppTest, data: bytes, name: str = "mine.png") -> AppTest:
    app.file_uploader(key="upload").upload(name, data, "image/png").run()
    assert not app.exception
    return app


def test_a_visitor_who_chose_nothing_sees_a_portrait(open_page: Open) -> None:
    app = open_page("background")
    assert "Astronaut" in html(app)
    assert "picture" not in app.query_params
    # a choice of one's own wins, the usual street too
    app.button(key="pick_street_28").click().run()
    assert "Street 28" in html(app)
    assert app.query_params["picture"] == "street"


@pytest.mark.parametrize("kind", ["transparent", "colour", "blur", "picture"])
def test_what_is_shown_is_what_is_downloaded(open_page: Open, kind: str) -> None:
    app = open_page("background", bgb_kind=kind)
    done = work_of(app)
    head, parts = component(app)
    shown = pixels_of(parts["after"])
    assert head["swipe"]
    assert shown.shape == (512, 512, 4 if kind == "transparent" else 3)
    np.testing.assert_array_equal(shown, done.made.pixels)
    title = "Cut-out PNG" if kind == "transparent" else "PNG"
    assert download(title) == parts["after"]
    if kind != "transparent":
        cutout = pixels_of(download("Cut-out PNG"))
        np.testing.assert_array_equal(cutout, done.made.rgba)
        assert done.made.ground is not None
        np.testing.assert_array_equal(compose(cutout, done.made.ground), shown)
        jpeg = pixels_of(download("JPEG")).astype(int)
        assert np.abs(jpeg - shown).mean() < 4
    grey = pixels_of(download("Matte PNG"))
    np.testing.assert_array_equal(grey, pixels_of(download("Cut-out PNG"))[..., 3])


def test_the_views(open_page: Open) -> None:
    app = open_page("background", bg_view="trimap")
    done = work_of(app)
    shown = pixels_of(component(app)[1]["after"])
    np.testing.assert_array_equal(shown, trimap(done.made.matte))
    text = html(app)
    for part, value in (("foreground", 255), ("unknown", 128), ("background", 0)):
        count = int((shown == value).sum())
        line = text.split(f'data-part="{part}"')[1].split("</span>")[0]
        assert f"<b>{percent(count / shown.size)}</b>, {count:,} px" in line
    app = open_page("background", bg_view="matte")
    assert pixels_of(component(app)[1]["after"]).ndim == 2
    app = open_page("background", bg_view="original")
    head, parts = component(app)
    assert not head["swipe"]
    assert parts["before"] == parts["after"]


def test_presets_set_every_knob_and_are_recognised(open_page: Open) -> None:
    app = open_page("background")
    assert app.button_group(key="bg_preset_box").value == "standard"
    for name, preset in PRESETS.items():
        app.button_group(key="bg_preset_box").set_value(name).run()
        done = work_of(app)
        assert done.settings.matte == preset.options, name
        assert done.settings.background.despill == preset.despill
        assert app.button_group(key="bg_preset_box").value == name
    app.slider(key="knob_bg_threshold").set_value(0.3).run()
    assert app.button_group(key="bg_preset_box").value is None


def _ends(info: OptionInfo) -> tuple[Any, ...]:
    if info.kind == "switch":
        return (True, False)
    if info.kind == "whole":
        return (int(info.low or 0), int(info.high or 0))
    return info.choices or (info.low, info.high)


EXTREMES: list[dict[str, str]] = [
    {f"bg_{info.name}": knobs.text_of(info, value)}
    for info in describe(MatteOptions)
    for value in _ends(info)
]


@pytest.mark.parametrize("values", EXTREMES, ids=lambda values: "-".join(*values.items()))
def test_every_knob_at_its_ends(open_page: Open, values: dict[str, str]) -> None:
    app = open_page("background", **values, picture="cat")
    assert not app.error
    assert component(app)[0]["size"] == [451, 300]


@pytest.mark.parametrize("tab", ["Numbers", "How it works", "Try this", "Code"])
@pytest.mark.parametrize("kind", ["transparent", "blur"])
def test_every_tab(open_page: Open, tab: str, kind: str) -> None:
    app = open_page("background", tab=tab, bgb_kind=kind, bgb_blur="60", bg_softness="0")
    assert not app.error
    assert not app.exception


@pytest.mark.parametrize("idea", ideas.IDEAS, ids=lambda idea: idea.title)
def test_every_idea_opens(open_page: Open, idea: Any) -> None:
    app = open_page("background", **idea.query)
    assert not app.error
    for name, text in idea.query.items():
        assert app.query_params[name] == text  # every value of a link is valid and no default


def test_numbers_are_the_library_s(open_page: Open) -> None:
    app = open_page("background", tab="Numbers")
    facts, shown = work_of(app).facts, metrics(app)
    assert shown["Subject"] == percent(facts.subject_share)
    assert shown["Soft pixels"] == percent(facts.soft_share)
    assert shown["Pieces"] == str(facts.pieces)
    done = work_of(app)
    filled = filled_holes(done.matte, done.image.pixels, done.settings.matte)
    assert shown["Holes filled"] == str(filled.count)
    assert facts.edge_px is not None
    assert shown["Edge width"] == f"{sig3(facts.edge_px)} px"
    assert 'data-stage="refine_ms"' in html(app)


def test_the_sums_of_a_pixel_hold(open_page: Open) -> None:
    app = open_page(
        "background", tab="How it works", bgb_kind="colour", bg_colour="#0a141e", bg_x="300"
    )
    done = work_of(app)
    found = how.sums(done)
    # half chosen is not chosen: the softest pixel
    assert abs(found.refined - 0.5) < 0.05
    mixed = found.alpha * found.subject + (1 - found.alpha) * found.ground
    np.testing.assert_allclose(mixed, found.shown, atol=0.5)
    np.testing.assert_array_equal(found.shown, done.made.pixels[found.y, found.x])
    assert found.ground.tolist() == [10, 20, 30]
    options = done.settings.matte
    expected = np.clip((found.edges - options.threshold) / options.softness + 0.5, 0, 1)
    assert found.levels == pytest.approx(float(expected), abs=1e-5)
    formulas = " ".join(element.value for element in app.latex)
    assert f"{found.shown[0]:.0f}" in formulas
    assert f"={sig3(found.levels)}" in formulas
    app.number_input(key="bg_x_box").set_value(5).run()
    assert (app.query_params["bg_x"], app.query_params["bg_y"]) == ("5", str(found.y))
    assert "Pixel 5," in html(app)


def test_the_settings_used_reproduce_the_download(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    app = open_page(
        "background",
        tab="Code",
        bg_threshold="0.4",
        bg_feather="1.5",
        bgb_kind="colour",
        bg_colour="#123456",
        bgb_despill="0.5",
    )
    done = work_of(app)
    used, program = (block.value for block in app.code[:2])
    assert json.loads(used) == done.settings.as_dict()
    assert json.loads(used)["background"] == {"kind": "colour", "colour": "#123456"}
    assert "threshold=0.4" in program
    monkeypatch.chdir(tmp_path)
    (tmp_path / "picture.png").write_bytes(images.encode_png(done.picture.image.pixels))
    monkeypatch.setattr(models, "load", lambda name: caches.segmenter(name))
    exec(compile(program, "program", "exec"), {})
    result = pixels_of((tmp_path / "result.png").read_bytes())
    np.testing.assert_array_equal(result, pixels_of(download("PNG")))


def test_a_program_for_a_picture_behind_says_so() -> None:
    now = state.Settings(MatteOptions(), BackgroundOptions(kind="picture"), (0, 0, 0))
    assert "picture=behind.pixels" in tabs.as_program(now)
    compile(tabs.as_program(now), "program", "exec")


# bad input


def test_no_subject_is_said_and_a_lower_threshold_offered(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    faked(monkeypatch, disc(top=-0.6))  # alpha at most 0.354
    app = open_page("background", bg_edges="0")
    assert len(app.warning) == 1
    assert app.warning[0].value == (
        "No subject in this picture: the highest alpha is 0.354, the threshold 0.500."
    )
    assert app.button(key="bg_lower").label == "Threshold 0.250"
    app.button(key="bg_lower").click().run()
    assert app.query_params["bg_threshold"] == "0.25"
    assert not app.warning
    assert work_of(app).found


def test_where_no_threshold_helps_a_portrait_is_offered(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    faked(monkeypatch, np.full((1, 1, 160, 160), -8, np.float32))
    app = open_page("background", picture="cat", tab="Numbers")
    assert "the highest alpha is 0.000335" in app.warning[0].value
    assert metrics(app)["Edge width"] == "undefined"
    app.button(key="bg_sample").click().run()
    assert app.query_params["picture"] == "astronaut"


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (3, 2)])
def test_tiny_and_thin_pictures(open_page: Open, size: tuple[int, int]) -> None:
    app = send(open_page("background", bgb_kind="blur", tab="How it works"), png(size))
    assert not app.error
    shown = pixels_of(component(app)[1]["after"])
    assert shown.shape == (size[1], size[0], 3)
    assert pixels_of(download("Cut-out PNG")).shape == (size[1], size[0], 4)


def test_a_huge_picture_is_shown_smaller_and_downloaded_whole(open_page: Open) -> None:
    pixels = np.zeros((6000, 8000, 3), np.uint8)
    pixels[2000:4000, 3000:5000] = 200
    app = send(open_page("background", bg_feather="8"), images.encode_png(pixels), "huge.png")
    assert not app.error
    head, parts = component(app)
    assert head["size"] == [1920, 1440]
    assert pixels_of(parts["after"]).shape == (1440, 1920, 4)
    note = html(app).split('data-testid="bg-reduced"')[1].split("</p>")[0]
    assert "1,920 × 1,440 px" in note
    assert "8,000 × 6,000 px" in note
    whole = pixels_of(download("Cut-out PNG"))
    assert whole.shape == (6000, 8000, 4)
    small = pixels_of(images.encode_png(images.resize(whole[..., :3].copy(), (1920, 1440))))
    alpha = images.resize(np.repeat(whole[..., 3:], 3, axis=2), (1920, 1440))[..., 0]
    shown = pixels_of(parts["after"])
    # the small copy looks as the whole does: lengths in pixels shrank with it
    assert np.abs(alpha.astype(int) - shown[..., 3]).mean() < 1.5
    assert small.shape == (1440, 1920, 3)


BACKDROPS = {
    "tiny": (1, 1),
    "panorama": (3000, 20),
    "tower": (20, 3000),
    "huge": (6000, 5000),
}


@pytest.mark.parametrize("name", BACKDROPS)
def test_a_background_picture_of_any_size_fills_the_picture(open_page: Open, name: str) -> None:
    app = open_page("background", bgb_kind="picture", picture="cat")
    assert "Behind: Street 40" in html(app)
    data = png(BACKDROPS[name], value=77)
    app.file_uploader(key="bg_file").upload("behind <b>.png", data, "image/png").run()
    assert not app.error
    assert "Behind: behind _b_.png" in html(app)
    shown = pixels_of(component(app)[1]["after"])
    assert shown.shape == (300, 451, 3)
    assert (shown[0, 0] == 77).all()
    assert max(state_backdrop(app).size) <= state.BACKDROP_SIDE


def state_backdrop(app: AppTest) -> Any:
    return app.session_state["_bg_backdrop"][1]


@pytest.mark.parametrize("data", [b"", b"no picture but text", png()[:60]])
def test_a_broken_background_picture_is_one_sentence(open_page: Open, data: bytes) -> None:
    app = open_page("background", bgb_kind="picture")
    before = component(app)[1]["after"]
    app.file_uploader(key="bg_file").upload("broken.png", data, "image/png").run()
    assert not app.exception
    assert len(app.error) == 1
    assert app.error[0].value.startswith("broken.png: ")
    assert component(app)[1]["after"] == before  # the street is still there


@pytest.mark.parametrize(
    "values",
    [
        {"bg_colour": "red", "bgb_kind": "colour"},
        {"bg_colour": "#GGGGGG", "bg_x": "99999", "bg_y": "-1"},
        {"bg_x": "19999", "bg_y": "19999", "tab": "How it works"},
        {"bg_view": "x", "bgb_kind": "y", "bg_longest": "3", "bg_format": "exe"},
        {"bg_threshold": "nan", "bg_reach": "1e9", "bgb_blur": "-3"},
    ],
)
def test_any_address_opens_the_page(open_page: Open, values: dict[str, str]) -> None:
    app = open_page("background", **values)
    assert not app.error
