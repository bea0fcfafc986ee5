"""Cards, the catalogue and the store."""

from __future__ import annotations

import hashlib
import json
from dataclasses import FrozenInstanceError, replace

import pytest

from seglib import models
from seglib.errors import ModelFileError, UnknownModelError
from seglib.models import Evaluation, Measured, store
from seglib.models.adapters import MatteAdapter, adapter_for
from tests.data.tiny_models import conv_net

STREET = models.find("street")

EVALUATION = {
    "dataset": "camvid",
    "split": "val",
    "images": 101,
    "size": [480, 360],
    "precision": "bf16",
    "ignore": 255,
    "mean_iou": 0.71,
    "pixel_accuracy": 0.92,
    "per_class": {"sky": 0.9, "pole": None},
    "method": "single scale",
    "scores": {"AP50": 0.7},
}


@pytest.fixture
def assets(tmp_path, monkeypatch):
    """An empty assets folder in place of the bundled one."""
    monkeypatch.setenv("SEGLIB_ASSETS", str(tmp_path))
    (tmp_path / "models" / "street").mkdir(parents=True)
    return tmp_path


def write_measured(assets, content):
    text = content if isinstance(content, str) else json.dumps(content)
    (assets / "models" / "street" / "measured.json").write_text(text)


def test_names_are_unique_and_cards_complete():
    names = [card.name for card in models.catalogue()]
    assert len(set(names)) == len(names)
    for card in models.CARDS:
        assert models.find(card.name) is card
        assert card.labels.name == card.label_set
        assert card.limitations
        assert card.licence
        assert card.training_data
        assert all(data.licence for data in card.training_data)
        assert all(link.url.startswith("http") for link in card.links)
        json.dumps(card.as_dict())


def test_find_forgives_case_and_spaces():
    assert models.find(" Street ") is STREET


@pytest.mark.parametrize("name", ["stret", "streets", "scenes", "street-camvid", "STREEET"])
def test_a_miss_lists_near_names(name):
    with pytest.raises(UnknownModelError, match="did you mean street") as caught:
        models.find(name)
    assert caught.value.near == ("street",)
    assert caught.value.name == name


@pytest.mark.parametrize("name", ["", "xyz", "42"])
def test_a_far_miss_lists_none(name):
    with pytest.raises(UnknownModelError, match="no model is called") as caught:
        models.find(name)
    assert caught.value.near == ()


def test_cards_are_frozen():
    with pytest.raises(FrozenInstanceError):
        STREET.name = "other"


def test_measured_is_read(assets):
    write_measured(
        assets, {"parameters": 7, "gflops": 4.9, "files_bytes": 9, "evaluations": [EVALUATION]}
    )
    measured = STREET.measured
    assert (STREET.parameters, STREET.gflops, measured.files_bytes) == (7, 4.9, 9)
    (evaluation,) = measured.evaluations
    assert isinstance(evaluation, Evaluation)
    assert evaluation.size == (480, 360)
    assert evaluation.per_class == {"sky": 0.9, "pole": None}
    assert evaluation.as_dict() == EVALUATION
    assert STREET.as_dict()["evaluations"] == [EVALUATION]


def test_nothing_measured_is_not_zero(assets):
    assert STREET.measured == Measured()
    assert STREET.parameters is None
    assert STREET.size_bytes is None
    assert not STREET.installed


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "7", '{"evaluations": [{}]}', '{"evaluations": [{"size": 3}]}']
)
def test_bad_measured_is_one_sentence(assets, content):
    write_measured(assets, content)
    with pytest.raises(ModelFileError, match=r"measured\.json of street"):
        _ = STREET.measured


def test_missing_files_are_named_without_a_folder(assets):
    with pytest.raises(ModelFileError, match=r"not complete: street\.xml is missing") as caught:
        models.load("street")
    assert str(assets) not in str(caught.value)
    path = conv_net(assets / "models" / "street", name="street")
    path.with_suffix(".bin").unlink()
    with pytest.raises(ModelFileError, match=r"not complete: street\.bin is missing"):
        models.load("street")


def test_a_changed_file_of_the_right_length_is_found_by_its_checksum(assets):
    path = conv_net(assets / "models" / "street", name="street")
    weights = path.with_suffix(".bin")
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    write_measured(assets, {"sha256": {"street.bin": digest}})
    assert store.model_path(STREET) == path
    weights.write_bytes(weights.read_bytes()[::-1])
    with pytest.raises(ModelFileError, match=r"street is damaged: street\.bin differs"):
        store.model_path(STREET)


def test_truncated_weights_through_the_whole_way(assets):
    weights = conv_net(assets / "models" / "street", name="street").with_suffix(".bin")
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(ModelFileError, match=r"street\.bin is damaged: .* holds 100$"):
        models.load("street")


def test_assets_follow_the_package_not_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.delenv("SEGLIB_ASSETS", raising=False)
    before = store.assets_root()
    monkeypatch.chdir(tmp_path)
    assert store.assets_root() == before
    assert before.name == "assets"
    assert (before.parent / "seglib" / "models").is_dir()


def test_task_without_adapter():
    with pytest.raises(ModelFileError, match="task without an adapter: depth"):
        models.Segmenter(replace(STREET, task="depth"), engine=None)


def test_a_salient_object_detector_is_a_matte_by_another_name() -> None:
    card = replace(models.find("foreground"), task="salient_object_detection")  # type: ignore[arg-type]
    assert card.task == "matte"
    assert isinstance(adapter_for(card), MatteAdapter)
