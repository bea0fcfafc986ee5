"""Every page opens, shows numbers of the library, and keeps its state in the address."""

from __future__ import annotations

import pytest

from seglib import metrics as measure
from seglib.models import find, load
from seglib.scenes import street
from seglib.ui import caches
from seglib.ui.numbers import percent, sig3
from seglib.ui.samples import STREET_SIZE
from seglib.ui.semantic.ideas import IDEAS
from tests.pages.conftest import Open, html, metrics


def test_home_shows_a_live_picture_and_the_model_s_own_numbers(open_page: Open) -> None:
    app = open_page()
    assert not app.error
    text = html(app)
    card = find("street")
    assert card.parameters is not None
    assert f"{sig3(card.parameters / 1e6)} million parameters" in text
    assert 'data-testid="caption"' in text
    assert card.name in text


def test_home_says_what_it_is_in_at_most_sixty_words(open_page: Open) -> None:
    app = open_page()
    assert 0 < len(app.markdown[1].value.split()) <= 60


def test_semantic_shows_what_the_library_computes(open_page: Open) -> None:
    app = open_page("semantic", seed="23")
    scene = street(23, size=STREET_SIZE)
    result, _ = load("street").segment(scene.image)
    matrix = measure.confusion_matrix(
        scene.truth.semantic.labels, result.labels, num_classes=result.label_set.num_classes
    )
    shown = metrics(app)
    assert shown["Mean IoU"] == sig3(measure.mean_iou(matrix, absent="skip"))
    assert shown["Pixel accuracy"] == sig3(measure.pixel_accuracy(matrix))
    assert shown["Mean Dice"] == sig3(measure.mean_dice(matrix, absent="skip"))
    assert shown["FW IoU"] == sig3(measure.frequency_weighted_iou(matrix))
    text = html(app)
    for share in result.shares():
        assert percent(float(share)) in text


def test_a_class_without_a_pixel_is_undefined_not_zero(open_page: Open) -> None:
    # Some street of these has a class that neither truth nor prediction holds.
    for seed in range(1, 40):
        scene = street(seed, size=STREET_SIZE)
        result, _ = load("street").segment(scene.image)
        matrix = measure.confusion_matrix(
            scene.truth.semantic.labels, result.labels, num_classes=11
        )
        union = matrix.sum(0) + matrix.sum(1)
        if (union == 0).any():
            break
    else:
        pytest.fail("no street without a class: choose other seeds")
    text = html(open_page("semantic", seed=str(seed)))
    assert "undefined: the class is neither in the truth nor in the prediction" in text
    assert ">nan<" not in text


def test_a_photograph_has_no_metrics_and_says_why(open_page: Open) -> None:
    app = open_page("semantic", picture="coffee")
    assert "Mean IoU" not in metrics(app)
    assert "no ground truth" in html(app)


def test_nuclei_are_not_judged_as_streets_and_the_page_says_why(open_page: Open) -> None:
    app = open_page("semantic", picture="cells", seed="8")
    assert "Mean IoU" not in metrics(app)
    assert "No metrics: the truth of this picture is in the classes of cell nuclei" in html(app)
    assert "Cells 8, <span>640 × 480 px" in html(app)


def test_the_seed_and_the_dice_follow_what_is_shown(open_page: Open) -> None:
    app = open_page()
    app.button(key="pick_cells_8").click().run()
    assert app.query_params["picture"] == "cells"
    assert app.query_params["seed"] == "8"
    assert app.number_input(key="street_seed").label == "Cells with seed"
    app.button(key="dice").click().run()
    assert app.query_params["picture"] == "cells"
    seed = app.query_params["seed"]
    assert f"Cells {seed}, <span>" in html(app)
    app.number_input(key="street_seed").set_value(31).run()
    assert "Cells 31, <span>" in html(app)
    app.button(key="pick_street_7").click().run()
    assert "Street 7, <span>" in html(app)
    assert app.number_input(key="street_seed").label == "Street with seed"
    app.button(key="pick_cat").click().run()
    app.button(key="dice").click().run()
    assert "Street " in html(app)
    assert not app.exception


def test_a_generated_picture_keeps_its_whole_truth() -> None:
    for key, count in (("street", 1), ("cells", 50)):
        picture = caches.sample(key, 28)
        assert picture.objects is not None
        assert len(picture.objects) >= count
        assert picture.scene is not None
        assert picture.scene.size == picture.image.size
    assert caches.sample("cells", 28).truth is None
    assert caches.sample("tissue", 0).objects is None


def test_the_convention_for_absent_classes_changes_the_mean(open_page: Open) -> None:
    seen = set()
    for absent in ("skip", "zero", "one"):
        app = open_page("semantic", seed="12", absent=absent)
        assert app.query_params.get("absent", "skip") == absent
        seen.add(metrics(app)["Mean IoU"])
    scene = street(12, size=STREET_SIZE)
    result, _ = load("street").segment(scene.image)
    matrix = measure.confusion_matrix(scene.truth.semantic.labels, result.labels, num_classes=11)
    expected = {sig3(measure.mean_iou(matrix, absent=a)) for a in ("skip", "zero", "one")}
    assert seen == expected


def test_controls_never_run_the_network_again(open_page: Open) -> None:
    app = open_page("semantic", seed="42")
    before = caches.INFERENCES.value
    for control, value in (("up", "labels"), ("absent", "zero"), ("up", "logits")):
        app.segmented_control(key=control).set_value(value).run()
        assert not app.exception
    app.session_state["tab"] = "How it works"
    app.run()
    assert caches.INFERENCES.value == before
    other = 77
    app.number_input(key="street_seed").set_value(other).run()
    assert caches.INFERENCES.value == before + 1
    assert app.query_params["seed"] == str(other)


@pytest.mark.parametrize("tab", ["Numbers", "How it works", "Try this", "Code"])
@pytest.mark.parametrize("address", [{"seed": "7"}, {"picture": "cat"}])
def test_every_tab_opens(open_page: Open, tab: str, address: dict[str, str]) -> None:
    app = open_page("semantic", tab=tab, **address)
    assert not app.error


@pytest.mark.parametrize(
    "address",
    [
        {"seed": "0"},
        {"seed": "999999"},
        {"seed": "-1"},
        {"seed": "9" * 40},
        {"seed": "٧"},
        {"picture": "no such picture"},
        {"picture": "upload"},
        {"picture": "cells"},
        {"picture": "cells", "show": "errors", "against": "truth"},
        {"picture": "tissue", "seed": "5"},
        {"opacity": "0", "view": "mask"},
        {"opacity": "100", "view": "side", "against": "truth"},
        {"opacity": "101"},
        {"opacity": "NaN"},
        {"view": "<script>", "show": "errors", "only": "car,dragon,,car"},
        {"show": "errors", "picture": "coffee"},
        {"up": "x", "absent": "y", "precision": "f64"},
        {"precision": "f32"},
        {"precision": "int8"},
        {"only": "a" * 5000},
    ],
)
def test_any_address_opens_the_page(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("semantic", **address)
    assert not app.error
    assert metrics(app)["Classes found"]


def test_a_thumbnail_changes_the_picture_and_the_choice_survives_the_page(open_page: Open) -> None:
    app = open_page()
    app.button(key="pick_cat").click().run()
    assert "Cat, <span>451 × 300 px" in html(app)
    app.switch_page("pages/semantic.py").run()
    assert "Cat, <span>451 × 300 px" in html(app)
    assert app.query_params["picture"] == "cat"


def test_another_street_takes_a_random_seed(open_page: Open) -> None:
    app = open_page("semantic")
    app.button(key="dice").click().run()
    assert not app.exception
    assert app.query_params["seed"] == str(app.number_input(key="street_seed").value)


@pytest.mark.parametrize("idea", [dict(idea.query) for idea in IDEAS])
def test_each_idea_s_address_works(open_page: Open, idea: dict[str, str]) -> None:
    app = open_page("semantic", **idea)
    assert not app.error
