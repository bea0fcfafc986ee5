"""The card of the model whose answer a page shows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from seglib.models import CARDS, Evaluation, Measured, ModelCard, Quantised, find
from seglib.ui import model_card
from seglib.ui.numbers import percent, sig3
from tests.pages.conftest import Open, html

PAGES = [
    ("semantic", {}, ["street"]),
    ("instance", {}, ["everyday"]),
    ("instance", {"in_model": "nuclei"}, ["nuclei"]),
    ("panoptic", {"picture": "cat"}, ["everyday"]),
    ("background", {}, ["foreground"]),
    ("salient", {}, ["foreground"]),
    ("salient", {"sal_method": "spectral"}, []),
    ("salient", {"sal_method": "spectral", "sal_against": "network"}, ["foreground"]),
    ("kinds", {"picture": "cat"}, ["everyday", "foreground"]),
    ("kinds", {"picture": "street-28", "kd_source": "truth"}, []),
    ("video", {}, ["street"]),
    ("video", {"vi_model": "motion"}, []),
]


@pytest.mark.parametrize(("page", "address", "models"), PAGES)
def test_numbers_end_with_the_cards_of_the_models(
    open_page: Open, page: str, address: dict[str, str], models: list[str]
) -> None:
    shown = html(open_page(page, tab="Numbers", **address))
    assert re.findall(r'data-testid="model-card" data-model="(\w+)"', shown) == models


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_card_says_what_was_measured_and_on_what(card: ModelCard) -> None:
    text = model_card.html(card)
    measured = card.measured
    judged = measured.evaluations[-1]
    if measured.default_precision == "int8":
        assert measured.int8 is not None
        assert measured.int8.evaluation is not None
        judged = measured.int8.evaluation
    assert f"{judged.images} pictures" in text
    assert f"{judged.split}), {judged.precision}" in text
    for value in judged.scores.values():
        if value is not None:
            assert percent(value) in text or sig3(value) in text
    for data in card.training_data:
        assert data.licence.split(";")[0].replace("'", "&#x27;") in text
    assert "None" not in text


def written(measured: Measured, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(ModelCard, "measured", property(lambda self: measured))
    return model_card.html(find("nuclei"))


def test_what_was_not_measured_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    text = written(Measured(), monkeypatch)
    assert "<dt>Measured</dt>" not in text
    assert "<dt>Time</dt>" not in text
    assert "undefined" not in text


def test_times_name_their_processor_and_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = Evaluation("<set>", "val", 3, (9, 9), "int8", None, 0.5, None, {}, "as <ever>")
    int8 = Quantised(time_ratio={"bf16": 0.58}, device="Old one", evaluation=judged)
    facts = Measured(
        int8=int8,
        default_precision="int8",
        time_over_street={"bf16": 0.812, "f32": 1.2},
        timed_on="New one",
    )
    text = written(facts, monkeypatch)
    assert (
        "one tile over one of the street model: <b>0.812</b> in bf16, <b>1.20</b> in f32; "
        "int8 takes <b>0.580</b> of bf16 (New one)." in text
    )
    assert "mean IoU <b>50.0 %</b></li></ul>On 3 pictures (&lt;set&gt;, val), int8. " in text
    assert "How: as &lt;ever&gt;." in text
    # a version that was rejected is no version
    rejected = replace(int8, rejected="it falls by 3 points")
    assert "int8 takes" not in written(replace(facts, int8=rejected), monkeypatch)
