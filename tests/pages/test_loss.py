"""The page about labels and loss: the library's numbers, weights, pictures without truth."""

from __future__ import annotations

import numpy as np
import pytest

from seglib.concepts import loss, loss_detection, loss_weights
from seglib.concepts.loss_options import LossOptions
from seglib.models import load
from seglib.options import describe
from seglib.scenes import street
from seglib.ui.loss import state, tables
from seglib.ui.numbers import sig3
from seglib.ui.samples import STREET_SIZE
from tests.pages.conftest import Open, html, metrics


def _by_hand(kind: loss_weights.Kind) -> tuple[float, float]:
    scene = street(28, size=STREET_SIZE)
    logits = load("street").forward(scene.image).outputs["logits"][0].astype(np.float32)
    labels = scene.truth.semantic.labels[1::3, 1::3]
    losses = loss.cross_entropy(logits, labels)
    plain = loss.by_class(losses, labels, np.ones(11))
    weights = loss_weights.class_weights(plain.pixels, kind)
    return plain.total, loss.by_class(losses, labels, weights).total


@pytest.mark.parametrize("kind", ["none", "inverse", "median", "log"])
def test_totals_are_the_library_s(open_page: Open, kind: loss_weights.Kind) -> None:
    app = open_page("loss", seed="28", loss_weights=kind)
    assert not app.error
    plain, weighted = _by_hand(kind)
    shown = metrics(app)
    assert shown["Mean loss"] == f"{sig3(plain)} nats"
    assert shown["Weighted loss"] == f"{sig3(weighted)} nats"


def test_focal_loss_without_gamma_is_the_mean_loss(open_page: Open) -> None:
    shown = metrics(open_page("loss", loss_gamma="0"))
    assert shown["Focal loss, γ = 0"] == shown["Mean loss"]


def test_one_s_own_weight_starts_from_the_chosen_ones(open_page: Open) -> None:
    app = open_page("loss", loss_weights="log", loss_class="3")
    before = app.number_input(key="loss_weight").value
    assert 1 < before < 51
    app.number_input(key="loss_weight").set_value(0.0).run()
    assert app.query_params["loss_weights"] == "own"
    own = [float(part) for part in app.query_params["loss_own"].split(",")]
    assert own[3] == 0
    assert all(1 < value < 51 for place, value in enumerate(own) if place != 3)
    assert metrics(app)["Weighted loss"] != metrics(app)["Mean loss"]


def test_without_any_weight_the_loss_is_undefined(open_page: Open) -> None:
    app = open_page("loss", loss_weights="own", loss_own=",".join(["0"] * 11))
    assert metrics(app)["Weighted loss"].startswith("undefined")


def test_a_picture_without_truth_says_so_and_helps(open_page: Open) -> None:
    app = open_page("loss", picture="cat")
    assert not app.error
    assert "the truth" in app.info[0].value
    assert "Mean loss" not in metrics(app)
    next(button for button in app.button if button.label == "Show a generated street").click().run()
    assert "Mean loss" in metrics(app)


def test_ignoring_the_rim_takes_most_of_the_loss(open_page: Open) -> None:
    all_ = float(metrics(open_page("loss"))["Mean loss"].split()[0])
    inner = float(metrics(open_page("loss", loss_rim="3"))["Mean loss"].split()[0])
    assert inner < 0.5 * all_


@pytest.mark.parametrize(
    "address",
    [
        {"loss_x": "0", "loss_y": "0", "loss_rim": "5", "loss_show": "truth"},
        {"loss_x": "999", "loss_y": "999", "loss_at": "pixels", "loss_show": "prediction"},
        {"loss_show": "weighted", "loss_weights": "median"},
        {"loss_show": "focal", "loss_gamma": "5"},
        {"loss_own": "1,2", "loss_x": "1000", "loss_gamma": "inf", "loss_class": "11"},
        {"loss_own": ",".join(["nan"] * 11), "loss_weights": "own"},
    ],
)
def test_every_control_s_extremes(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("loss", **address)
    assert not app.error
    assert "Mean loss" in metrics(app)
    assert 'data-testid="loss-pixel"' in html(app)


def test_how_it_works_shows_mask_r_cnn_s_three_parts(open_page: Open) -> None:
    app = open_page("loss", tab="How it works")
    result = loss_detection.region_loss(loss_detection.EXAMPLE)
    formulas = " ".join(element.value for element in app.latex)
    for value in (result.classification, result.box, result.mask, result.total):
        assert f"{value:.4f}" in formulas


@pytest.mark.parametrize("tab", ["Try this", "Code"])
def test_the_other_tabs(open_page: Open, tab: str) -> None:
    assert not open_page("loss", tab=tab).error


def test_numbers_show_the_cube_and_the_agreement(open_page: Open) -> None:
    text = html(open_page("loss"))
    assert text.count("seg-plate-box") > 11
    note = text.split('data-testid="loss-agreement"')[1].split("</p>")[0]
    assert float(note.split(":")[-1].split("nats")[0]) < 1e-4


def test_a_pixel_keeps_its_place_on_either_grid() -> None:
    assert "at" in {info.name for info in describe(LossOptions)}
    for size in ((240, 180), (720, 540)):
        for x, y in ((0, 0), (size[0] - 1, size[1] - 1), (37, 101)):
            share_x = min(999, int((x + 0.5) / size[0] * 1000))
            share_y = min(999, int((y + 0.5) / size[1] * 1000))
            assert int((share_x + 0.5) / 1000 * size[0]) == x
            assert int((share_y + 0.5) / 1000 * size[1]) == y
    assert state.OWN.valid(state.OWN.default)


def test_a_pixel_goes_from_scores_to_loss_step_by_step(open_page: Open) -> None:
    for step, title in enumerate(tables.STEPS):
        app = open_page("loss", loss_step=str(step))
        text = html(app)
        assert f"Step {step + 1}: {title}." in text
        table = text.split('data-testid="loss-pixel"')[1].split("</table>")[0]
        assert table.count('class="seg-here"') == 11
        assert table.count("opacity:0.2") == 11 * (len(tables.STEPS) - 1 - step)
    # An address of another page's making means the last step.
    assert "Step 5" in html(open_page("loss", loss_step="77"))
