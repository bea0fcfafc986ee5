"""The page of encoder and decoder: valves in the real network, and tiles with their seams."""

from __future__ import annotations

import numpy as np
import pytest

from seglib.concepts import overlap_tile
from seglib.concepts.overlap_tile import TileOptions
from seglib.labels import CAMVID_11
from seglib.models import find, load
from seglib.scenes import street
from seglib.ui import caches
from seglib.ui.samples import STREET_SIZE, load_street
from seglib.ui.unet import gates, tiling
from seglib.ui.unet.page import IDEAS, TOPICS
from tests.files import GOOD
from tests.pages.conftest import Open, html, metrics


@pytest.mark.parametrize("tab", ["Numbers", "How it works", "Try this", "Code"])
@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_opens_with_every_tab(open_page: Open, topic: str, tab: str) -> None:
    app = open_page("unet", unet=topic, tab=tab)
    assert not app.error


@pytest.mark.parametrize("idea", [dict(idea.query) for idea in IDEAS])
def test_each_idea_s_address_works(open_page: Open, idea: dict[str, str]) -> None:
    app = open_page("unet", **idea)
    assert not app.error


@pytest.mark.parametrize(
    "address",
    [
        {"unet_open": "none", "unet_fill": "zeros", "unet_show": "errors"},
        {"unet_open": "8,4,2", "unet_join": "8", "unet_show": "changed"},
        {"unet_open": "4", "picture": "cat", "unet_show": "errors"},
        {"unet_open": "2,2,2", "unet_join": "16", "unet_fill": "<b>"},
        {"unet": "tiles", "tile_overlap": "240", "tile_zoom": "3", "tile_mirror": "1"},
        {"unet": "tiles", "tile_number": "9999", "tile_show": "unlike", "tile_blend": "1"},
        {"unet": "tiles", "picture": "rocket", "tile_overlap": "241"},
        {"unet": "nothing", "tile_zoom": "9"},
    ],
)
def test_extremes_of_the_controls(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("unet", **address)
    assert not app.error
    assert ">nan<" not in html(app).lower()


def test_with_all_valves_open_it_is_the_network_itself() -> None:
    picture = load_street(31)
    everything = gates.decode(picture, (True, True, True), "zeros")
    forward = load("street", precision="f32").forward(picture.image)
    logits = forward.inference.output(0)[0].astype(np.float32)
    own = load("street", precision="f32").finish(forward).result.labels
    assert everything.labels.shape == (360, 480)
    assert own.shape == STREET_SIZE[::-1]
    from seglib.concepts import upsampling

    expected = upsampling.bilinear(logits, (360, 480)).argmax(axis=0)
    assert (everything.labels == expected).mean() > 0.9995
    closed = gates.decode(picture, (True, True, False), "mean")
    assert closed.mean_iou is not None
    assert everything.mean_iou is not None
    assert closed.mean_iou < everything.mean_iou
    # What comes to the valve is the encoder's, whatever the valve does; it is not flat.
    assert np.ptp(everything.skip[2]) > 0.1
    np.testing.assert_allclose(closed.skip[2], everything.skip[2], atol=1e-4)
    # With every valve closed, only what came up the deepest way decides: the last map is smooth.
    shut = gates.decode(picture, (False, False, False), "mean")
    assert shut.mean_iou is not None
    assert shut.mean_iou < closed.mean_iou
    assert shut.detail_below[2] < everything.detail_below[2]
    # What was enlarged holds nothing finer; what the skip adds does.
    for below, skip in zip(everything.detail_below, everything.detail_skip, strict=True):
        assert below < 0.05
        assert skip > 0.2


def test_the_anatomy_is_the_network_s_own() -> None:
    shape = gates.anatomy()
    assert shape.input_size == find("street").input_size[::-1]
    assert [join.scale for join in shape.joins] == [8, 4, 2]
    assert shape.classes == CAMVID_11.num_classes
    assert [join.size for join in shape.joins] == [(45, 60), (90, 120), (180, 240)]


def test_closing_a_skip_changes_the_numbers(open_page: Open) -> None:
    app = open_page("unet", unet_open="8,4,2")
    assert metrics(app)["Pixels that change"] == "0 %"
    app.button_group(key="unet_open").set_value(["8"]).run()
    assert not app.exception
    assert metrics(app)["Pixels that change"] != "0 %"
    assert "Closed: 1/4, 1/2" in html(app)


def test_seams_by_hand() -> None:
    labels = np.zeros((4, 8), np.uint8)
    labels[:, 4:] = 1
    labels[3, 0] = 2
    plan = overlap_tile.tiles((8, 4), (4, 4), 0, mirror=False)
    found = tiling.seams(labels, plan)
    assert found.across == 1
    # One of 24 other pairs in rows and one of 24 in columns.
    assert found.elsewhere == 2 / 48
    assert tiling.worst(labels, plan, (2, 4)) == (0, 2)
    single = overlap_tile.tiles((8, 4), (8, 4), 0, mirror=False)
    assert np.isnan(tiling.seams(labels, single).across)
    assert tiling.worst(labels, single, (2, 4)) is None
    same = tiling.agreement(labels, labels, plan)
    assert same.near == 0
    other = labels.copy()
    other[:, 3] = 5
    assert tiling.agreement(other, labels, plan).near == 4 / 32
    falling = tiling.Agreement(0.2, 0.1, (4.0, 12.0, 20.0), (0.4, 0.2, 0.1))
    assert tiling.context_needed(falling) == 20
    assert tiling.context_needed(tiling.Agreement(0, 0, (4.0,), (0.0,))) is None


def test_tiles_run_only_when_they_are_few_or_asked_for(open_page: Open) -> None:
    app = open_page("unet", unet="tiles", tile_overlap="96", seed="5", tab="Numbers")
    before = caches.INFERENCES.value
    assert "tile-waiting" in html(app)
    assert "<b>3 × 3 = 9</b> network calls" in html(app)
    app.button(key="tile_run").click().run()
    assert not app.exception
    assert caches.INFERENCES.value == before + 9
    assert "Class changes across a seam" in metrics(app)
    app.slider(key="step_tile_number").set_value(9).run()
    assert caches.INFERENCES.value == before + 9
    app.toggle(key="knob_tile_mirror").set_value(True).run()
    assert "tile-waiting" in html(app)
    app.toggle(key="knob_tile_mirror").set_value(False).run()
    assert "tile-waiting" not in html(app)


def test_a_direction_without_overlap_has_no_context(open_page: Open) -> None:
    # 960 × 641 px: exactly two tiles across, and down the second is moved back.
    text = html(open_page("unet", unet="tiles", picture="rocket"))
    assert "share <b>0</b> px across, <b>79</b> px down" in text
    assert "<b>0</b> px of context" in text


def test_four_tiles_break_off_and_the_whole_says_where(open_page: Open) -> None:
    app = open_page("unet", unet="tiles", seed="7", tab="Numbers")
    shown = metrics(app)
    across = float(shown["Class changes across a seam"].split()[0])
    elsewhere = float(shown["Class changes elsewhere"].split()[0])
    assert across > 4 * elsewhere
    app.button(key="tile_whole").click().run()
    assert not app.exception
    assert not app.error
    shown = metrics(app)
    near = float(shown["Unlike, near a seam"].split()[0])
    far = float(shown["Unlike, farther off"].split()[0])
    assert near > 2 * far
    assert 8 < float(shown["Context needed"].split()[0]) < 150
    app.button_group(key="tile_show").set_value("unlike").run()
    assert not app.exception
    assert "Unlike the whole at once" in html(app)


@pytest.mark.parametrize("name", ["tall.png", "dot.png"])
def test_odd_pictures_go_through_in_tiles_and_at_once(open_page: Open, name: str) -> None:
    app = open_page("unet", unet="tiles", tab="Numbers")
    app.file_uploader(key="upload").upload(name, GOOD[name]()[0], "image/png").run()
    assert not app.exception
    assert not app.error
    for key in ("tile_run", "tile_whole"):
        if any(button.key == key for button in app.button):
            app.button(key=key).click().run()
        assert not app.exception
        assert not app.error
    assert "Unlike, near a seam" in metrics(app)


def test_answers_are_kept_for_a_while_and_not_forever() -> None:
    some = np.zeros((2, 2), np.uint8)
    kept = tiling.Kept(capacity=2)
    for key in ("a", "b"):
        kept.put((key,), some.copy())
    assert kept.get(("a",)) is not None
    kept.put(("c",), some.copy())
    assert kept.get(("b",)) is None
    assert kept.get(("a",)) is not None
    held = kept.get(("c",))
    assert held is not None
    assert not held.flags.writeable
    short = tiling.Kept(seconds=0)
    short.put(("a",), some.copy())
    assert short.get(("a",)) is None


def test_one_tile_on_the_network_s_own_size_is_the_network() -> None:
    picture = load_street(31)
    scene = tiling.large(picture, "2")
    assert scene.size == (960, 720)
    assert scene.truth is not None
    assert scene.truth.shape == (720, 960)
    small = tiling.Large(street(3, size=(480, 360)).image.pixels, None, (480, 360), scene.label_set)
    options = TileOptions()
    assert len(tiling.plan(small, options)) == 1
    labels = tiling.tiled(small, options)
    blended = tiling.tiled(small, TileOptions(blend=True))
    assert (labels == blended).all()
    # The same network, compiled for "a picture of this size" instead of for its input.
    assert (tiling.whole(small) == labels).mean() > 0.99
