"""Quantised versions: where they lie, who gets them, what the engine says about them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

from seglib import models
from seglib.engine import EngineConfig, LocalEngine, process_registry
from seglib.errors import ModelFileError, UsageError
from seglib.images import Image
from seglib.models import store
from seglib.models.card import Measured, Quantised
from seglib.models.loading import choose
from seglib.video.engine import clip_segmenter
from tests.data.tiny_models import colour_net

CARD = replace(
    models.find("street"), name="colours", file="colours/colours.xml", input_size=(48, 36)
)

GOOD = {
    "rejected": None,
    "scores": {"mean IoU": [0.77, 0.768]},
    "time_ratio": {"bf16": 0.8, "f32": 0.4},
    "device": "a processor",
    "files_bytes": 1234,
}
BAD = {"rejected": "mean IoU falls by 3.1 points", "scores": {"mean IoU": [0.77, 0.739]}}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Both files of a model that says 0 for red, 1 for green, 2 for blue pixels."""
    monkeypatch.setenv("SEGLIB_ASSETS", str(tmp_path))
    monkeypatch.setenv("SEGLIB_CACHE", "off")
    for name in ("PRECISION", "HINT", "REQUESTS", "DEVICE"):
        monkeypatch.delenv(f"SEGLIB_{name}", raising=False)
    own = tmp_path / "models" / "colours"
    colour_net(own)
    colour_net(own, name="colours-int8", quantised=True)
    process_registry().clear()
    yield own
    process_registry().clear()


def measured(folder, **facts):
    (folder / "measured.json").write_text(json.dumps(facts))


def flag():
    pixels = np.zeros((72, 96, 3), np.uint8)
    for bar in range(3):
        pixels[:, bar * 32 : (bar + 1) * 32, bar] = 255
    return Image(pixels)


def test_a_quantised_network_says_what_it_runs_in(folder):
    with LocalEngine(folder / "colours.xml") as plain:
        usual = plain.info.precision
    assert usual != "int8"
    for asked in (None, "int8"):
        with LocalEngine(folder / "colours-int8.xml", precision=asked) as engine:
            assert engine.info.precision == "int8"
    # a file of floats does not become one of integers by asking
    with LocalEngine(folder / "colours.xml", precision="int8") as engine:
        assert engine.info.precision == usual


def test_it_says_so_out_of_the_cache_too(folder, tmp_path):
    for _ in range(2):
        with LocalEngine(folder / "colours-int8.xml", cache_dir=tmp_path / "cache") as engine:
            assert engine.info.precision == "int8"


def test_nobody_gets_int8_where_it_was_not_measured(folder):
    assert CARD.precisions == ("f32", "bf16", "f16")
    assert models.load(CARD).info.precision != "int8"
    with pytest.raises(UsageError, match="a precision of colours: f32, bf16, f16, got int8"):
        models.load(CARD, precision="int8")


def test_a_rejected_version_is_not_offered(folder):
    measured(folder, int8=BAD, default_precision="int8")
    assert CARD.precisions == ("f32", "bf16", "f16")
    assert models.load(CARD).info.precision != "int8"
    with pytest.raises(UsageError, match="got int8"):
        models.load(CARD, precision="int8")
    assert CARD.measured.int8.rejected == BAD["rejected"]
    assert CARD.as_dict()["int8"]["scores"] == BAD["scores"]


def test_the_card_chooses_unless_somebody_asks(folder, monkeypatch):
    measured(folder, int8=GOOD, default_precision="int8")
    assert CARD.precisions == ("f32", "bf16", "f16", "int8")
    assert models.load(CARD).info.precision == "int8"
    assert clip_segmenter(CARD).info.precision == "int8"
    assert models.load(CARD, precision="f32").info.precision == "f32"
    monkeypatch.setenv("SEGLIB_PRECISION", "f32")
    assert models.load(CARD).info.precision == "f32"
    assert clip_segmenter(CARD).info.precision == "f32"
    assert models.load(CARD, precision="int8").info.precision == "int8"


def test_good_enough_is_not_the_default_by_itself(folder):
    measured(folder, int8=GOOD)
    assert models.load(CARD).info.precision != "int8"
    assert models.load(CARD, precision="int8").info.precision == "int8"


def test_a_setting_for_all_models_spares_those_without_int8(folder, monkeypatch):
    monkeypatch.setenv("SEGLIB_PRECISION", "int8")
    assert models.load(CARD).info.precision != "int8"
    measured(folder, int8=GOOD)
    assert models.load(CARD).info.precision == "int8"


def test_both_versions_answer_and_share_nothing(folder):
    measured(folder, int8=GOOD, default_precision="int8")
    expected = np.repeat(np.arange(3, dtype=np.uint8), 32)[None].repeat(72, 0)
    for precision in ("int8", "f32", None):
        result = models.load(CARD, precision=precision).segment(flag()).result
        np.testing.assert_array_equal(result.labels, expected)
    assert len(process_registry().keys()) == 2


def test_size_and_caption_are_those_of_the_network_that_runs(folder):
    measured(folder, int8=GOOD, default_precision="int8")
    (folder / "colours-int8.bin").write_bytes(
        (folder / "colours-int8.bin").read_bytes() + bytes(900_000)
    )
    segmenter, exact = models.load(CARD), models.load(CARD, precision="f32")
    assert segmenter.size_bytes == store.size_bytes(CARD, "int8") > 900_000
    assert exact.size_bytes == CARD.size_bytes < 900_000
    assert segmenter.describe().startswith("colours · 0.9")
    assert segmenter.describe().endswith("MB · int8")


def test_its_files_are_checked(folder):
    weights = folder / "colours-int8.bin"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    measured(folder, int8={**GOOD, "sha256": {weights.name: digest}})
    assert store.model_path(CARD, "int8").name == "colours-int8.xml"
    weights.write_bytes(weights.read_bytes()[::-1])
    with pytest.raises(ModelFileError, match=r"colours is damaged: colours-int8\.bin differs"):
        models.load(CARD, precision="int8")
    assert models.load(CARD, precision="f32").info.precision == "f32"
    weights.unlink()
    with pytest.raises(ModelFileError, match=r"not complete: colours-int8\.bin is missing"):
        models.load(CARD, precision="int8")


def test_a_look_inside_takes_the_usual_file(folder):
    measured(folder, int8=GOOD, default_precision="int8")
    found = models.layers(CARD)
    seen = models.activations(CARD, flag(), [found[0].name])
    assert seen[found[0].name].ndim == 3
    with pytest.raises(UsageError, match="expected precision f32, bf16 or f16 to look inside"):
        models.activations(CARD, flag(), [found[0].name], precision="int8")


def test_what_is_read_is_what_was_written(folder):
    facts = Quantised(
        rejected=None,
        scores={"mean IoU": (0.5, None)},
        time_ratio={"f32": 0.5},
        device="x",
        files_bytes=3,
        sha256={"a": "b"},
    )
    measured(folder, int8=facts.as_dict(), default_precision="int8")
    assert CARD.measured == Measured(int8=facts, default_precision="int8")


@pytest.mark.parametrize(
    "facts",
    [
        {"int8": 3},
        {"int8": {}},
        {"int8": {"rejected": None, "scores": {"a": 1}}},
        {"int8": {"rejected": None, "scores": {}, "evaluation": {}}},
        {"default_precision": "int4"},
        {"default_precision": 8},
    ],
)
def test_strange_facts_are_one_sentence(folder, facts):
    measured(folder, **facts)
    with pytest.raises(ModelFileError, match=r"measured\.json of colours has another form"):
        models.load(CARD)


def test_the_choice_itself(folder):
    measured(folder, int8=GOOD, default_precision="int8")
    usual, quantised = folder / "colours.xml", folder / "colours-int8.xml"
    config = EngineConfig()
    assert choose(CARD, None, config) == (quantised, "int8")
    assert choose(CARD, "bf16", config) == (usual, "bf16")
    assert choose(CARD, None, replace(config, precision="f16")) == (usual, "f16")
    measured(folder, int8=GOOD)
    assert choose(CARD, None, config) == (usual, None)
