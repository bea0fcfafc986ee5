"""Missing and damaged model files: one clear sentence each, warm cache or not."""

from __future__ import annotations

import re

import pytest

from seglib.engine import LocalEngine
from seglib.engine.modelfile import check_model_file
from seglib.errors import ModelFileError
from tests.data.tiny_models import conv_net


def half(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


CASES = {
    "xml missing": ("xml", lambda p: p.unlink(), "the model description tiny.xml is missing"),
    "xml empty": ("xml", lambda p: p.write_bytes(b""), "the model description tiny.xml is empty"),
    "xml truncated": ("xml", half, "tiny.xml is damaged: it is not a complete XML file"),
    "xml is text": ("xml", lambda p: p.write_text("hello"), "tiny.xml is damaged"),
    "xml is another": ("xml", lambda p: p.write_text("<svg/>"), "tiny.xml is not an OpenVINO"),
    "xml bad offset": (
        "xml",
        lambda p: p.write_text(p.read_text().replace('offset="0"', 'offset="-4"')),
        "tiny.xml is damaged: a constant has no readable place",
    ),
    "xml has no graph": (
        "xml",
        lambda p: p.write_text('<net name="x" version="11"><layers/></net>'),
        "tiny.xml is not a model that can be run: no input",
    ),
    "bin missing": ("bin", lambda p: p.unlink(), "the weights tiny.bin is missing"),
    "bin empty": ("bin", lambda p: p.write_bytes(b""), "the weights tiny.bin is empty"),
    "bin truncated": ("bin", half, r"tiny.bin is damaged: tiny.xml needs \d+ bytes of weights"),
    "bin one byte short": (
        "bin",
        lambda p: p.write_bytes(p.read_bytes()[:-1]),
        r"needs 2016 bytes of weights, the file holds 2015",
    ),
    "bin is a folder": (
        "bin",
        lambda p: (p.unlink(), p.mkdir()),
        "the weights tiny.bin cannot be read",
    ),
}


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_bad_files(tmp_path, case, cached):
    which, spoil, message = CASES[case]
    path = conv_net(tmp_path / "secret" / "models")
    cache = tmp_path / "cache"
    if cached:
        LocalEngine(path, cache_dir=cache).close()
    spoil(path.with_suffix(f".{which}"))
    with pytest.raises(ModelFileError, match=message) as caught:
        LocalEngine(path, cache_dir=cache)
    text = str(caught.value)
    assert "secret" not in text
    assert not re.search(r"\n|\.cpp|Exception", text)


def test_only_openvino_files(tmp_path):
    with pytest.raises(ModelFileError, match="expected an OpenVINO model"):
        check_model_file(tmp_path / "model.onnx")


def test_the_digest_follows_both_files(tmp_path):
    path = conv_net(tmp_path)
    first = check_model_file(path)
    assert first == check_model_file(path)
    weights = path.with_suffix(".bin")
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert check_model_file(path) != first
