"""The page that looks inside: what it shows is what the library reads."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from seglib import models
from seglib.scenes import street
from seglib.ui import layers
from seglib.ui.figures import feature
from seglib.ui.inside import viewer
from seglib.ui.inside.ideas import IDEAS
from seglib.ui.inside.state import SORTS, statistics
from seglib.ui.numbers import sig3
from seglib.ui.samples import STREET_SIZE
from tests.data.tiny_models import conv_net
from tests.pages.conftest import Open, html, metrics


def test_it_shows_what_the_layer_holds(open_page: Open) -> None:
    app = open_page("inside", seed="7", inside_layer="block-6", inside_precision="f32")
    name = layers.named("block-6").name
    image = street(7, size=STREET_SIZE).image
    maps = models.activations(models.find("street"), image, [name], precision="f32")[name]
    best = int(maps.reshape(len(maps), -1).std(1).argmax())
    assert f'data-channel="{best}"' in html(app)
    assert metrics(app)["Largest"] == sig3(float(maps[best].max()))
    assert metrics(app)["Mean"] == sig3(float(maps[best].mean())).replace("-", "−")
    assert "64 channels × 23 × 30" in html(app)


def test_a_layer_is_chosen_by_stage_and_name(open_page: Open) -> None:
    app = open_page("inside", inside_channel="3")
    app.selectbox(key="inside_stage").set_value("Atrous pyramid, 1/16").run()
    assert not app.exception
    assert app.query_params["inside_layer"] == "pyramid-1x1"
    # another layer's channels mean something else
    assert "inside_channel" not in app.query_params
    app.selectbox(key="inside_layer_pick").set_value("pyramid-rate-6").run()
    assert 'data-layer="pyramid-rate-6"' in html(app)
    app.number_input(key="inside_channel_pick").set_value(95).run()
    assert app.query_params["inside_channel"] == "95"
    assert 'data-channel="95"' in html(app)


def test_every_layer_has_one_name_of_its_own() -> None:
    found = layers.listing()
    assert len(found) == len(models.layers(models.find("street")))
    assert len({layer.slug for layer in found}) == len(found)
    assert all(layers.valid(layer.slug) for layer in found)
    for layer in found:
        assert layers.named(layer.slug) == layer
        assert layers.named(layer.name) == layer
    titles = [layer.title for layer in layers.main()]
    assert titles[0] == "Stem"
    assert titles[-1] == "Class scores"
    assert "Pyramid rate 9" in titles
    what = {layer.title: layer.what for layer in found}
    assert what["Block 6 · depthwise"] == "3 × 3 depthwise convolution, stride 2"
    assert what["Pyramid rate 9 · depthwise"] == "3 × 3 depthwise convolution, rate 9"


def test_an_unknown_layer_falls_back(open_page: Open) -> None:
    app = open_page("inside", inside_layer="dragon")
    assert f'data-layer="{layers.USUAL}"' in html(app)


def test_a_network_we_do_not_know_keeps_its_own_names() -> None:
    from seglib.models.layers import Layer, Window

    found = layers.name_all(
        (
            Layer("/features/conv.1/Conv", "Convolution", (8, 24, 32), Window(3, 2)),
            Layer("Relu_5", "Relu", (8, 24, 32)),
            Layer("Relu_6", "Relu", (8, 24, 32)),
        ),
        width=64,
    )
    assert len({layer.slug for layer in found}) == 3
    assert all(layer.title for layer in found)
    assert found[0].what == "3 × 3 convolution, stride 2"


def test_another_model_of_the_catalogue_can_be_opened(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    conv_net(tmp_path / "tiny", depth=3)
    file = str(next((tmp_path / "tiny").glob("*.xml")))
    tiny = replace(models.find("street"), name="tiny", title="Tiny", file=file, input_size=(48, 36))
    # By its name in sys.modules: the package has a function of the same name.
    module = sys.modules["seglib.models.catalogue"]
    monkeypatch.setattr(module, "CARDS", (*models.CARDS, tiny))
    app = open_page("inside", inside_layer="block-6")
    app.selectbox(key="inside_model").set_value("tiny").run()
    assert not app.exception
    assert not app.error
    assert app.query_params["inside_model"] == "tiny"
    text = html(app)
    assert "channels × 18 × 24" in text
    assert "conv1" in text


def test_statistics_and_order() -> None:
    maps = np.array([[[0, 0]], [[1, 3]], [[-4, 0]], [[2, 2]]], np.float32)
    facts = statistics(maps)
    assert facts.spread.tolist() == [0, 1, 2, 0]
    assert facts.zeros.tolist() == [1, 0, 0.5, 0]
    assert facts.order("spread").tolist() == [2, 1, 0, 3]
    assert facts.order("most").tolist() == [1, 3, 0, 2]
    assert facts.order("mean").tolist() == [1, 3, 0, 2]
    assert facts.order("zeros").tolist() == [0, 2, 1, 3]
    assert facts.order("index").tolist() == [0, 1, 2, 3]


def test_the_browser_gets_the_values_to_a_65000th() -> None:
    values = np.random.default_rng(0).normal(size=(9, 7)).astype(np.float32)
    steps, least, most = viewer.quantise(values)
    back = least + steps.astype(np.float64) * (most - least) / 65534
    assert np.abs(back - values).max() <= (most - least) / 65534 * 0.51
    flat, least, most = viewer.quantise(np.full((2, 2), 3, np.float32))
    assert (flat.tolist(), least, most) == ([[0, 0], [0, 0]], 3, 3)


def test_colours_of_the_three_scales() -> None:
    values = np.array([[-2, 0, 1, np.nan]], np.float32)
    drawn = feature.colours(values, scale="diverging")
    assert drawn[0, 0].tolist() == [0, 114, 178]
    assert drawn[0, 1].tolist() == [255, 255, 255]
    assert drawn[0, 3].tolist() == [128, 128, 128]
    grey = feature.colours(values, limits=(0, 1), scale="grey")
    assert grey[0, :3, 0].tolist() == [0, 0, 255]
    assert feature.colours(np.full((2, 2), 5, np.float32)).shape == (2, 2, 3)


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_opens(open_page: Open, sort: str) -> None:
    app = open_page(
        "inside", inside_sort=sort, inside_scale="shared", inside_layer="pyramid-merged"
    )
    assert not app.error


@pytest.mark.parametrize("idea", [dict(idea.query) for idea in IDEAS])
def test_each_idea_s_address_works(open_page: Open, idea: dict[str, str]) -> None:
    app = open_page("inside", **idea)
    assert not app.error
    assert f'data-layer="{idea["inside_layer"]}"' in html(app)


@pytest.mark.parametrize("tab", ["How it works", "Try this", "Code"])
def test_every_tab_opens(open_page: Open, tab: str) -> None:
    assert not open_page("inside", tab=tab).error


@pytest.mark.parametrize(
    "address",
    [
        {"inside_channel": "9999", "inside_grid": "999", "inside_overlay": "100"},
        {"inside_channel": "-1", "inside_grid": "0", "inside_overlay": "101"},
        {"inside_layer": "block-14-expand", "inside_grid": "24", "inside_precision": "bf16"},
        {"inside_layer": "<script>", "inside_sort": "x", "inside_scale": "y"},
        {"inside_model": "dragon", "inside_precision": "f64"},
        {"picture": "cat", "inside_overlay": "50"},
    ],
)
def test_any_address_opens_the_page(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("inside", **address)
    assert not app.error
    assert metrics(app)["Spread"]
