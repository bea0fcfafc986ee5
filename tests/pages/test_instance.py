"""The instance page without a browser: real networks, made-up objects, no object, ten thousand."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image as PilImage

from seglib.engine import Inference
from seglib.images import Placement
from seglib.labels import VOC_21
from seglib.models import Forward, find
from seglib.results import Instances, StageTimes
from seglib.ui import caches
from seglib.ui.instance import decoding, state, tables
from seglib.ui.instance.ideas import IDEAS
from seglib.ui.samples import Picture
from tests import scene_outputs
from tests.pages.conftest import Open, html, metrics

CAT, CAR, PERSON = 8, 7, 15
Fake = Callable[[Callable[[Picture], Instances]], None]


def _forget() -> None:
    state._decoded.clear()  # type: ignore[attr-defined]
    state._shown.clear()  # type: ignore[attr-defined]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    """Let the page find given objects, whatever the network says; it does not run."""

    def use(make: Callable[[Picture], Instances]) -> None:
        made: list[Instances] = []

        def forward(digest: str, name: str, precision: str | None, picture: Picture) -> Forward:
            made[:] = [make(picture)]
            return scene_outputs.forward(made[0].select([]), find("everyday"))

        monkeypatch.setattr(caches, "forward", forward)
        monkeypatch.setattr(decoding, "objects", lambda *_: made[0])

    _forget()
    yield use
    _forget()


def _of_street(picture: Picture) -> Instances:
    """The exact cars and people of a street, in the model's own classes, best first."""
    truth = picture.objects
    assert truth is not None
    ids = {"car": CAR, "pedestrian": PERSON, "bicyclist": PERSON}
    names = {label.id: label.name for label in truth.label_set}
    return Instances.from_crops(
        [truth.crop(row) for row in range(len(truth))],
        [ids[names[each]] for each in truth.class_ids.tolist()],
        np.linspace(0.95, 0.5, len(truth)),
        VOC_21,
        size=truth.size,
    )


def _many(picture: Picture) -> Instances:
    rng = np.random.default_rng(0)
    width, height = picture.image.size
    disc = np.hypot(*np.mgrid[-5:6, -5:6]) < 5
    places = zip(rng.integers(0, width - 11, 10_000), rng.integers(0, height - 11, 10_000),
                 strict=True)  # fmt: skip
    return Instances.from_crops(
        [(int(x), int(y), disc) for x, y in places],
        rng.choice([CAT, CAR, PERSON], 10_000),
        np.linspace(1, 0.3, 10_000),
        VOC_21,
        size=picture.image.size,
    )


@pytest.mark.parametrize("model", [card.name for card in decoding.cards()])
def test_each_model_opens_on_street_and_photograph(open_page: Open, model: str) -> None:
    for picture in ("street", "cat"):
        app = open_page("instance", in_model=model, picture=picture)
        assert not app.error
        assert int(metrics(app)["Objects"].replace(",", "")) >= 0
        assert 'data-testid="stage-times"' in html(app)
        assert 'data-testid="truth"' in html(app)


def test_objects_are_counted_listed_and_judged(open_page: Open, fake: Fake) -> None:
    fake(_of_street)
    app = open_page("instance")
    count = int(metrics(app)["Objects"])
    assert count == len(app.selectbox(key="in_object_box").options) - 1 > 20
    assert metrics(app)["Classes"] == "2"
    assert metrics(app)["Mask AP"] == metrics(app)["AP50"] == "1.00"
    text = html(app)
    assert 'aria-label="Objects a class: ' in text
    assert text.count("<tr>") == min(count, tables.PAGE_ROWS) + 1
    assert "0 missed; 0 detections wrong" in text


def test_the_list_chooses_and_the_choice_is_in_the_address(open_page: Open, fake: Fake) -> None:
    fake(_of_street)
    app = open_page("instance")
    app.selectbox(key="in_object_box").set_value(3).run()
    assert app.query_params["in_pick"] == "3"
    assert 'data-testid="object" data-number="3"' in html(app)
    assert '<th scope="row" class="seg-here">3</th>' in html(app)
    button = next(each for each in app.get("download_button") if each.proto.label == "Cut-out")
    assert button
    again = open_page("instance", in_pick="3")
    assert 'data-testid="object" data-number="3"' in html(again)
    again.selectbox(key="in_object_box").set_value(0).run()
    assert "in_pick" not in again.query_params


def test_another_picture_or_another_overlap_forgets_the_choice(open_page: Open, fake: Fake) -> None:
    fake(_of_street)
    app = open_page("instance", in_pick="3")
    app.slider(key="knob_in_opacity").set_value(0.2).run()
    assert app.query_params["in_pick"] == "3"
    app.slider(key="knob_in_everyday_overlap").set_value(0.6).run()
    assert "in_pick" not in app.query_params
    app.selectbox(key="in_object_box").set_value(2).run()
    app.button(key="pick_street_7").click().run()
    assert "in_pick" not in app.query_params
    assert not app.exception


def test_the_threshold_hides_and_names_the_best_below_it(open_page: Open, fake: Fake) -> None:
    fake(_of_street)
    app = open_page("instance")
    before = int(metrics(app)["Objects"])
    app.slider(key="knob_in_everyday_threshold").set_value(0.7).run()
    assert 0 < int(metrics(app)["Objects"]) < before
    # 0.95 is the best score itself; a hundredth over it, none is left
    fake(lambda picture: _scaled(_of_street(picture), 0.5))
    _forget()
    app.slider(key="knob_in_everyday_threshold").set_value(0.6).run()
    assert metrics(app)["Objects"] == "0"
    assert metrics(app)["Mean score"] == "undefined"
    assert "The best has 0.47" in app.info[0].value or "The best has 0.48" in app.info[0].value
    app.button(key="in_lower").click().run()
    assert int(metrics(app)["Objects"]) >= 1
    assert app.query_params["in_everyday_threshold"] == "0.47"
    assert not app.info


def _scaled(found: Instances, by: float) -> Instances:
    return Instances(
        found.boxes, found.class_ids, (found.scores * by).astype(np.float32), found.label_set,
        found.size, found.packed,
    )  # fmt: skip


def test_where_nothing_is_found_at_any_score_the_page_says_so(open_page: Open, fake: Fake) -> None:
    fake(lambda picture: _of_street(picture).select([]))
    for tab in ("Numbers", "How it works", "Try this", "Code"):
        app = open_page("instance", tab=tab, in_pick="4")
        assert "finds no object in this picture" in app.info[0].value
        assert app.selectbox(key="in_object_box").disabled
        assert not app.error


def test_ten_thousand_objects_stay_quick_and_every_one_can_be_chosen(
    open_page: Open, fake: Fake
) -> None:
    fake(_many)
    app = open_page("instance")
    assert metrics(app)["Objects"] == "10,000"
    assert len(app.selectbox(key="in_object_box").options) == 501
    assert html(app).count("<tr>") == tables.PAGE_ROWS + 1
    start = time.process_time()
    app.slider(key="knob_in_opacity").set_value(0.9).run()
    assert time.process_time() - start < 20
    last = open_page("instance", in_pick="10000")
    assert 'data-testid="object" data-number="10000"' in html(last)
    assert len(last.selectbox(key="in_object_box").options) == 502


@pytest.mark.parametrize(
    "address",
    [
        {"in_everyday_threshold": "0.02", "in_everyday_overlap": "0.95", "in_everyday_most": "100"},
        {"in_everyday_threshold": "0.95", "in_everyday_overlap": "0.1", "in_everyday_most": "1"},
        {"in_everyday_margin": "0", "in_opacity": "0", "in_colour": "class"},
        {"in_everyday_margin": "0.5", "in_opacity": "1", "in_contour": "0", "in_boxes": "0"},
        {"in_labels": "0", "in_pick": "65535", "in_precision": "f32"},
        {"in_model": "nuclei", "in_score": "1", "in_nuclei_threshold": "0.05"},
        {"in_model": "nuclei", "in_score": "0.5", "in_nuclei_seed": "0.95"},
        {"in_model": "no such model", "in_pick": "0", "in_colour": "blue"},
    ],
)
def test_the_ends_of_every_control_open_the_page(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("instance", picture="astronaut", **address)
    assert not app.error
    assert metrics(app)["Objects"]


@pytest.mark.parametrize("size", [(1, 1), (3000, 2), (2, 1500)])
@pytest.mark.parametrize("model", [card.name for card in decoding.cards()])
def test_pictures_of_odd_shapes_open(open_page: Open, size: tuple[int, int], model: str) -> None:
    app = open_page("instance", in_model=model)
    file = io.BytesIO()
    PilImage.new("RGB", size, (200, 120, 40)).save(file, "PNG")
    app.file_uploader(key="upload").upload("odd.png", file.getvalue(), "image/png").run()
    assert not app.exception
    assert not app.error
    assert f"{size[0]} × {size[1]} px" in html(app)
    assert metrics(app)["Objects"]


def test_objects_at_every_border_are_shown_and_cut_out(open_page: Open, fake: Fake) -> None:
    def whole(picture: Picture) -> Instances:
        width, height = picture.image.size
        corner = np.zeros((height, width), bool)
        corner[-1, -1] = True
        stack = np.stack([np.ones((height, width), bool), corner])
        return Instances.from_masks(stack, [CAT, CAR], [0.9, 0.8], VOC_21)

    fake(whole)
    for pick, area in (("1", "388,800 px"), ("2", "1 px")):
        app = open_page("instance", in_pick=pick)
        assert f"<dd>{area}</dd>" in html(app)
    assert metrics(app)["Covered"] == "100 %"


def test_how_it_works_puts_the_object_s_own_numbers_in(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forward(digest: str, name: str, precision: str | None, picture: Picture) -> Forward:
        return scene_outputs.forward(_of_street(picture), find("everyday"))

    monkeypatch.setattr(caches, "forward", forward)
    _forget()
    try:
        app = open_page("instance", in_pick="1", tab="How it works")
        text = html(app)
        assert text.count("<span>P") == 24
        for key in ("mask-logits", "mask-sigmoid", "mask-cells"):
            assert f'data-testid="{key}"' in text
        assert len(re.findall(r'data-testid="prototype-\d+"', text)) == 4
        formulas = [each.value for each in app.latex]
        score = app.selectbox(key="in_object_box").options[1].split()[-1]
        shown = next(each for each in formulas if r"s = \sqrt{0." in each)
        value = shown.rsplit("= ", 1)[1].strip("$ \n")
        assert float(value) == pytest.approx(float(score), abs=0.006)
    finally:
        _forget()


def test_how_nuclei_are_made_is_told_on_the_network_s_own_maps(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forward(digest: str, name: str, precision: str | None, picture: Picture) -> Forward:
        width, height = picture.image.size
        wide, high = width // 2, height // 2
        y, x = np.mgrid[:high, :wide].astype(np.float32)
        away = np.minimum(np.hypot(x - 30, y - 30), np.hypot(x - 44, y - 30))
        distance = np.clip(1 - away / 9, 0, 1)
        maps = np.stack([9 - away, np.full_like(away, -6), distance, away * 0, away * 0])
        placement = Placement((width, height), (width, height), (0, 0, width, height))
        return Forward(Inference({"maps": maps[None]}, 0.0, 1.0), placement, StageTimes())

    monkeypatch.setattr(caches, "forward", forward)
    _forget()
    try:
        app = open_page(
            "instance", in_model="nuclei", picture="cat", tab="How it works", in_pick="2"
        )
        text = html(app)
        assert len(app.selectbox(key="in_object_box").options) == 3
        for key in ("inside", "border", "distance", "landscape", "flooded"):
            assert f'data-testid="{key}"' in text
        assert any("1 connected pieces" in each.value and "2 seeds" in each.value
                   for each in app.markdown)  # fmt: skip
    finally:
        _forget()


def test_another_model_keeps_the_page_and_forgets_the_choice(open_page: Open) -> None:
    app = open_page("instance", in_pick="1", picture="cat")
    app.segmented_control(key="in_model_box").set_value("nuclei").run()
    assert not app.exception
    assert not app.error
    assert app.query_params["in_model"] == "nuclei"
    assert "in_pick" not in app.query_params
    assert "finds each nucleus" in html(app)


@pytest.mark.parametrize("idea", [dict(idea.query) for idea in IDEAS])
def test_each_idea_s_address_works(open_page: Open, idea: dict[str, str]) -> None:
    app = open_page("instance", **idea)
    assert not app.error
