"""Skip fusion: what the page shows is what the library fuses."""

from __future__ import annotations

import numpy as np
import pytest

from seglib import metrics as measure
from seglib.concepts import fusion
from seglib.models import activations, find
from seglib.scenes import street
from seglib.ui import caches
from seglib.ui.numbers import sig3
from seglib.ui.samples import STREET_SIZE
from seglib.ui.skips import ideas, state, steps
from tests.files import GOOD
from tests.pages.conftest import Open, html, metrics


def test_the_three_networks_are_judged_as_the_library_judges(open_page: Open) -> None:
    app = open_page("skips", seed="23", skips_skip8="0.5")
    scene = street(23, size=STREET_SIZE)
    heads = state.heads()
    held = activations(find("street"), scene.image, list(heads.layers.values()), precision="f32")
    scores = [
        fusion.score(
            fusion.halve(held[heads.layers[s]]) if s == 32 else held[heads.layers[s]],
            heads.weights[s],
            heads.biases[s],
        )
        for s in fusion.STRIDES
    ]
    found = fusion.fuse(*scores, fusion.FusionOptions(1.0, 0.5))
    shown = metrics(app)
    for stride in fusion.STRIDES:
        logits = fusion.to_picture(found.of(stride), stride, (480, 360), STREET_SIZE)
        matrix = measure.confusion_matrix(
            scene.truth.semantic.labels, logits.argmax(0), num_classes=11
        )
        expected = float(measure.mean_iou(matrix, absent="skip"))
        assert float(shown[f"FCN-{stride}s, mean IoU"]) == pytest.approx(expected, abs=2e-3)


def test_published_numbers_stand_beside_ours(open_page: Open) -> None:
    text = html(open_page("skips"))
    for value in ("59.4 %", "62.4 %", "62.7 %"):
        assert value in text
    for entry in state.heads().facts["evaluations"]:
        assert f"{sig3(100 * entry['mean_iou'])} %" in text


def test_without_skips_the_finer_networks_only_interpolate(open_page: Open) -> None:
    app = open_page("skips")
    before = metrics(app)["FCN-8s, mean IoU"]
    app.button(key="skips_No skips").click().run()
    shown = metrics(app)
    assert float(shown["FCN-8s, mean IoU"]) < float(before)
    assert float(shown["FCN-8s, mean IoU"]) == pytest.approx(
        float(shown["FCN-32s, mean IoU"]), abs=0.05
    )
    app.button(key="skips_As FCN").click().run()
    assert metrics(app)["FCN-8s, mean IoU"] == before


@pytest.mark.parametrize("step", range(len(steps.STEPS)))
@pytest.mark.parametrize("maps", ["classes", "scores"])
def test_every_step_draws_its_maps(open_page: Open, step: int, maps: str) -> None:
    text = html(open_page("skips", skips_step=str(step), skips_maps=maps))
    for part in steps.STEPS[step].parts:
        if part in steps.NAMES:
            assert f'data-testid="skips-{part}"' in text
    assert steps.STEPS[step].title in text


def test_controls_never_run_the_network_again(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("skips", seed="55")

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the network ran again")

    monkeypatch.setattr("seglib.models.activations", never)
    app.slider(key="knob_skips_skip16").set_value(1.7).run()
    app.slider(key="step_skips_step").set_value(7).run()
    app.segmented_control(key="skips_maps").set_value("scores").run()
    app.selectbox(key="skips_class_box").set_value("road").run()
    assert not app.error
    assert app.query_params["skips_class"] in ("road", ["road"])


@pytest.mark.parametrize("tab", ["Numbers", "How it works", "Try this", "Code"])
@pytest.mark.parametrize("address", [{"seed": "7"}, {"picture": "coffee"}])
def test_every_tab_opens(open_page: Open, tab: str, address: dict[str, str]) -> None:
    assert not open_page("skips", tab=tab, **address).error


@pytest.mark.parametrize("idea", [dict(idea.query) for idea in ideas.IDEAS])
def test_each_idea_s_address_works(open_page: Open, idea: dict[str, str]) -> None:
    assert not open_page("skips", **idea).error


@pytest.mark.parametrize("name", ["dot.png", "tall.png", "wide.png", "hd.jpg"])
def test_odd_pictures_are_fused(open_page: Open, name: str) -> None:
    app = open_page("skips")
    app.file_uploader(key="upload").upload(name, GOOD[name]()[0], "image/png").run()
    assert not app.error
    assert "no truth for this picture" in html(app)
    assert "FCN-8s, mean IoU" not in metrics(app)


@pytest.mark.parametrize(
    "address",
    [
        {"skips_class": "dragon", "skips_maps": "scores"},
        {"skips_class": "x" * 41, "skips_step": "9999"},
        {"skips_skip16": "2", "skips_skip8": "0"},
        {"skips_skip16": "-1", "skips_skip8": "inf"},
        {"skips_step": "-3", "skips_maps": "<i>"},
    ],
)
def test_any_address_opens_the_page(open_page: Open, address: dict[str, str]) -> None:
    assert not open_page("skips", **address).error


def test_heads_of_another_network_are_refused(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    from seglib.errors import ModelFileError

    def other() -> None:
        raise ModelFileError("the fusion heads were trained on another version")

    monkeypatch.setattr(state, "heads", other)
    app = open_page("skips", seed="61")
    assert [error.value for error in app.error] == [
        "The fusion heads were trained on another version."
    ]


def test_what_is_cached_is_read_only(open_page: Open) -> None:
    open_page("skips")
    picture = caches.sample("street", 28)
    labels = state.judged(picture, fusion.FusionOptions(), 8).labels
    with pytest.raises(ValueError, match="read-only"):
        labels[0, 0] = 1
    assert labels.dtype == np.uint8
