"""A look inside: names, shapes and values of layers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from seglib import models
from seglib.engine import process_registry
from seglib.errors import ModelFileError, UsageError
from seglib.images import Image
from seglib.models.layers import look_inside
from seglib.models.tiling import Tiling
from tests.data.tiny_models import conv_net


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    root = tmp_path_factory.mktemp("assets")
    conv_net(root / "models" / "tiny", depth=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGLIB_ASSETS", str(root))
        patch.setenv("SEGLIB_CACHE", "off")
        yield replace(models.find("street"), name="tiny", file="tiny/tiny.xml", input_size=(48, 36))
    process_registry().clear()


@pytest.fixture
def picture():
    return Image(np.random.default_rng(0).integers(0, 256, (36, 48, 3), dtype=np.uint8))


def test_layers_in_the_order_in_which_they_run(card):
    found = models.layers(card)
    assert [(layer.name, layer.kind, layer.shape) for layer in found] == [
        ("conv0", "Convolution", (8, 18, 24)),
        ("relu0", "Relu", (8, 18, 24)),
        ("conv1", "Convolution", (8, 18, 24)),
        ("relu1", "Relu", (8, 18, 24)),
        ("conv2", "Convolution", (11, 18, 24)),
    ]


def test_activations_are_what_the_layers_hold(card, picture):
    # not in running order, and the network's own output among them
    names = ["conv2", "relu0", "conv0"]
    held = models.activations(card, picture, names, precision="f32")
    assert list(held) == names
    assert held["relu0"].shape == (8, 18, 24)
    assert held["relu0"].dtype == np.float32
    assert not held["relu0"].flags.writeable
    assert held["conv0"].min() < 0
    np.testing.assert_allclose(held["relu0"], np.maximum(held["conv0"], 0), atol=1e-5)
    logits = models.load(card, precision="f32").forward(picture).outputs["logits"][0]
    np.testing.assert_allclose(held["conv2"], logits, atol=1e-4)


def test_a_model_of_tiles_is_looked_into_with_the_whole_picture_in_one(card, picture):
    tiled = replace(card, task="instance", tiling=Tiling(scale=3.0, overlap=8, stride=2))
    found = look_inside(tiled, picture, ["relu0"])
    # 48 x 36 pixels at three times their size would be several tiles; here they fill one
    assert found.placement.source_size == (48, 36)
    assert found.placement.target_size == (48, 36)
    x, y, width, height = found.placement.box
    assert 44 <= width <= 48
    assert 33 <= height <= 36
    assert (x + width <= 48, y + height <= 36) == (True, True)
    assert found.maps["relu0"].shape == (8, 18, 24)


def test_asking_twice_compiles_once(card, picture):
    process_registry().clear()
    for _ in range(2):
        models.activations(card, picture, ["relu0"])
    assert len(process_registry().keys()) == 1


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "expected 1 to 16 layers, got 0"),
        ([f"x{i}" for i in range(17)], "expected 1 to 16 layers, got 17"),
        (["relu7"], "the network has no layer 'relu7'; did you mean relu"),
        (["?"], r"the network has no layer '\?'$"),
    ],
)
def test_wrong_names(card, picture, names, message):
    with pytest.raises(UsageError, match=message):
        models.activations(card, picture, names)


def test_missing_model(card):
    with pytest.raises(ModelFileError, match="no\\.xml is missing"):
        models.layers(replace(card, file="tiny/no.xml"))
