"""The bundled street model is what its card says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openvino as ov
import pytest

from seglib import labels, models, scenes

FOLDER = Path(__file__).resolve().parents[2] / "assets/models/street"


@pytest.fixture(scope="module")
def network() -> ov.Model:
    return ov.Core().read_model(FOLDER / "street.xml")


@pytest.fixture(scope="module")
def measured() -> dict[str, object]:
    facts: dict[str, object] = json.loads((FOLDER / "measured.json").read_text())
    return facts


def multiply_adds(network: ov.Model) -> int:
    """Count from the graph itself, not from what training said."""
    total = 0
    for op in network.get_ordered_ops():
        if op.get_type_name() in ("Convolution", "GroupConvolution"):
            kernel = np.prod(op.input(1).get_shape())
            height, width = op.output(0).get_shape()[-2:]
            total += int(kernel) * height * width
    return total


def test_it_is_small_enough(measured: dict[str, object]) -> None:
    size = sum((FOLDER / f"street.{end}").stat().st_size for end in ("xml", "bin"))
    assert size <= 5_000_000
    assert measured["files_bytes"] == size


def test_it_is_cheap_enough(network: ov.Model, measured: dict[str, object]) -> None:
    gflops = 2 * multiply_adds(network) / 1e9
    assert gflops <= 6
    assert gflops == pytest.approx(measured["gflops"], abs=0.01)


def test_its_weights_are_stored_in_half_precision(network: ov.Model) -> None:
    weights = [op for op in network.get_ordered_ops() if op.get_type_name() == "Constant"]
    large = [op for op in weights if np.prod(op.get_output_shape(0)) >= 1000]
    assert large
    assert {op.get_output_element_type(0) for op in large} == {ov.Type.f16}


def test_input_and_output_are_named_and_shaped_as_the_card_says(network: ov.Model) -> None:
    card = models.find("street")
    width, height = card.input_size
    assert network.input("image").get_shape() == ov.Shape([1, 3, height, width])
    assert network.output("logits").get_shape()[1] == labels.find(card.label_set).num_classes


def test_the_card_states_a_result_for_every_class(measured: dict[str, object]) -> None:
    evaluations = measured["evaluations"]
    assert isinstance(evaluations, list)
    assert evaluations
    for result in evaluations:
        assert set(result["per_class"]) == set(labels.CAMVID_11.names)
        assert result["mean_iou"] == pytest.approx(np.mean(list(result["per_class"].values())))
        assert result["precision"] in ("f32", "bf16", "f16")
        assert result["images"] > 0


def test_the_readme_states_the_measured_numbers(measured: dict[str, object]) -> None:
    readme = (FOLDER.parents[2] / "README.md").read_text(encoding="utf-8")
    exact = next(e for e in measured["evaluations"] if e["precision"] == "f32")
    assert f"mean IoU **{100 * exact['mean_iou']:.1f} %**" in readme
    for name, value in exact["per_class"].items():
        assert f"| {name} | {100 * value:.1f} % |" in readme


def test_its_int8_version_is_as_good_and_chosen_by_its_card(measured: dict[str, object]) -> None:
    card = models.find("street")
    int8 = card.measured.int8
    assert int8 is not None
    assert int8.rejected is None
    exact, found = int8.scores["mean IoU"]
    assert exact == next(e.mean_iou for e in card.measured.evaluations if e.precision == "f32")
    assert exact - found < 0.01
    assert int8.evaluation.mean_iou == found
    assert int8.evaluation.precision == "int8"
    size = sum((FOLDER / name).stat().st_size for name in int8.sha256)
    assert size == int8.files_bytes < measured["files_bytes"]
    assert models.load("street").info.precision == "int8"


def test_its_int8_version_answers_nearly_the_same() -> None:
    picture = scenes.street(5, size=(480, 360)).image
    answers = [models.load("street", precision=p).segment(picture).result for p in ("f32", "int8")]
    assert (answers[0].labels == answers[1].labels).mean() > 0.95


@pytest.mark.shared
def test_the_card_s_numbers_can_be_measured_again(
    measured: dict[str, object], shared: Callable[[str], Path]
) -> None:
    from seglib.evaluate import evaluate_folder

    again = evaluate_folder("street", "camvid", shared("data/camvid/val"), precision="f32")
    exact = next(e for e in measured["evaluations"] if e["precision"] == "f32")
    assert again.mean_iou == pytest.approx(exact["mean_iou"], abs=1e-3)
    assert again.pixel_accuracy == pytest.approx(exact["pixel_accuracy"], abs=1e-3)
