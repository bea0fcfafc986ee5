"""The bundled street model on generated streets with known truth."""

from __future__ import annotations

import numpy as np
import pytest

from seglib import metrics, models, scenes
from seglib.engine import LocalEngine
from seglib.models import store

SEEDS = (3, 11, 42)


@pytest.fixture(autouse=True, scope="module")
def no_cache():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGLIB_CACHE", "off")
        yield


@pytest.fixture(scope="module")
def streets():
    return [scenes.street(seed, size=(640, 480)) for seed in SEEDS]


@pytest.fixture(scope="module")
def exact():
    return models.load("street", precision="f32")


def test_it_is_bundled_and_its_files_are_whole():
    card = models.find("street")
    assert card.installed
    assert store.model_path(card).name == "street.xml"
    assert card.parameters > 0
    assert 0 < card.gflops <= 6
    assert 0 < card.size_bytes <= 5_000_000


def test_it_recognises_generated_streets(exact, streets):
    matrix = sum(
        metrics.confusion_matrix(
            street.truth.semantic.labels, exact.segment(street.image).result.labels, num_classes=11
        )
        for street in streets
    )
    assert metrics.pixel_accuracy(matrix) > 0.8
    assert metrics.mean_iou(matrix) > 0.4


def test_separate_preprocessing_gives_the_same_logits(exact, streets):
    picture = streets[0].image
    embedded = exact.forward(picture).outputs["logits"]
    with LocalEngine(store.model_path(exact.card), precision="f32") as plain:
        tensor = exact.preprocess_steps(picture)[-1].array
        separate = plain.infer({"image": tensor}).output("logits")
    np.testing.assert_allclose(embedded, separate, atol=2e-3)


def test_the_devices_own_precision_changes_few_pixels(exact, streets):
    fast = models.load("street")
    picture = streets[0].image
    same = exact.segment(picture).result.labels == fast.segment(picture).result.labels
    assert same.mean() > 0.97


def test_resolution_of_the_logits_is_read_from_the_network(exact, streets):
    result = exact.segment(streets[0].image).result
    assert result.labels.shape == (480, 640)
    width, height = exact.card.input_size
    assert result.logits.shape[0] == 11
    assert width % result.logits.shape[2] == 0
    assert height % result.logits.shape[1] == 0
