"""Four answers to one picture: what each says and cannot say, and what it says of one pixel."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from seglib.images import Image
from seglib.labels import VOC_21
from seglib.models.adapters.merging import merge
from seglib.results import Instances, Matte, Scene, SemanticMap, StageTimes
from seglib.scenes import GeneratedScene, cells, street
from seglib.ui.kinds import answers as answering
from seglib.ui.kinds import facts, picture, probe
from seglib.ui.kinds.answers import Answers
from seglib.ui.kinds.ideas import IDEAS
from seglib.ui.numbers import percent
from seglib.ui.samples import STREET_SIZE, Picture
from tests.files import GOOD
from tests.pages.conftest import Open, html, metrics

CAT, DOG = 8, 12
Put = Callable[[str], None]


def scene(kind: str, width: int, height: int) -> tuple[Scene, Matte]:
    """Two cats that touch and a dog over one of them; nothing; or nothing that is judged."""
    labels = np.zeros((height, width), np.uint8)
    masks = np.zeros((3 if kind == "animals" else 0, height, width), bool)
    alpha = np.zeros((height, width), np.float32)
    if kind == "animals":
        labels[:, : width // 2] = CAT
        masks[0, :, : width // 4], masks[1, :, width // 4 : width // 2] = True, True
        masks[2, : height // 2, : width // 4] = True
        alpha[:, : width // 2], alpha[:, width // 2 : width // 2 + 1] = 1.0, 0.5
    if kind == "void":
        labels[:] = 255
    own = [CAT, CAT, DOG][: len(masks)], [0.9, 0.8, 0.3][: len(masks)]
    semantic, instances = SemanticMap(labels, VOC_21), Instances.from_masks(masks, *own, VOC_21)
    return Scene(semantic, instances, merge(semantic, instances)), Matte(alpha)


def made(kind: str, width: int = 40, height: int = 20) -> Answers:
    found, matte = scene(kind, width, height)
    pixels = np.zeros((height, width, 3), np.uint8)
    own = Picture("upload", "Made", Image.from_array(pixels), 0.0)
    return answering.of_networks(own, found, matte, ())


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Put]:
    """Put hand-made answers in place of the networks'."""

    def put(kind: str) -> None:
        def answers(own: Picture) -> tuple[Scene, Matte, tuple[StageTimes, ...]]:
            found, matte = scene(kind, *own.image.size)
            return found, matte, (StageTimes(infer_ms=1.0), StageTimes(infer_ms=2.0))

        monkeypatch.setattr(answering, "networks", answers)
        answering.held.clear()
        page_caches()

    yield put
    answering.held.clear()
    page_caches()


def page_caches() -> None:
    from seglib.ui.kinds import page

    page.measured.clear()
    picture.uris.clear()


def said(text: str, kind: str) -> str:
    found = re.search(rf'data-testid="kd-{kind}"[^>]*>(.*?)</p>', text, re.DOTALL)
    assert found
    return re.sub("<[^>]*>", " ", found.group(1)).replace("  ", " ")


def cells_of(text: str, name: str) -> list[list[str]]:
    found = re.search(rf'data-testid="{name}".*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    assert found
    lines = re.findall(r"<tr.*?</tr>", found.group(1), re.DOTALL)
    return [
        [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", line)]
        for line in lines
    ]


def test_the_numbers_of_two_cats_and_a_dog() -> None:
    found = facts.facts(made("animals"))
    assert found.present == 2
    # the class map does not know the dog, which lies in a cat's region
    assert [(one.class_id, one.objects, one.regions) for one in found.joined] == [
        (CAT, 2, 1),
        (DOG, 1, 0),
    ]
    assert found.objects_share == 0.5
    assert found.twice == 10 * 10
    assert (found.things, found.stuff, found.kept) == (2, 1, 2)
    assert found.segments_share == 1.0
    assert found.subject_share == pytest.approx((20 + 0.5) / 40)
    assert found.between == pytest.approx(1 / 40)
    assert found.same_class == 1.0
    # alpha of one half counts as subject: 21 columns against 20
    assert found.matte_iou == pytest.approx(20 / 21)


def test_what_is_undefined_is_not_a_number() -> None:
    nothing, void = facts.facts(made("nothing")), facts.facts(made("void"))
    assert math.isnan(nothing.matte_iou)
    assert nothing.same_class == 1.0
    assert math.isnan(void.same_class)
    assert void.segments_share == 0.0


def test_the_sentences_hold_the_numbers() -> None:
    own = made("animals")
    says = facts.says(facts.facts(own), own)
    assert "2 cats are 1 region here" in says["semantic"][1]
    assert "50.0 % of the pixels have no answer" in says["instance"][1]
    assert "100 px belong to several objects at once" in says["instance"][1]
    assert "3 segments" in says["panoptic"][0]
    assert "100 px claimed twice" in says["panoptic"][1]
    assert "3 objects are one subject" in says["matte"][1]


def test_more_regions_than_objects_is_said_too() -> None:
    labels = np.zeros((4, 9), np.uint8)
    labels[:, :3], labels[:, 6:] = CAT, CAT
    mask = (labels == CAT)[None]
    one = Instances.from_masks(mask, [CAT], [0.9], VOC_21)
    (joined,) = facts.joined(SemanticMap(labels, VOC_21), one)
    assert (joined.objects, joined.regions) == (1, 2)


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [(1, "person", "1 person"), (2, "person", "2 people"), (2, "bus", "2 buses"),
     (0, "car", "0 cars"), (2, "sheep", "2 sheep")],
)  # fmt: skip
def test_counted_nouns(number: int, noun: str, text: str) -> None:
    assert facts.count(number, noun) == text


def test_each_answer_at_one_pixel() -> None:
    own = made("animals")
    semantic, instance, panoptic, matte = probe.read(own, 3, 3)
    assert (semantic.value, semantic.meaning) == ("8", "cat")
    # the dog lies over the first cat: both masks hold the pixel, the better score first
    assert instance.value == "1, 3"
    assert instance.meaning == "cat (object 1, score 0.900), dog (object 3, score 0.300)"
    assert (panoptic.value, panoptic.meaning) == ("1", "cat 1: thing of 200 px")
    assert (matte.value, matte.meaning) == ("1", "subject")
    rim = probe.read(own, 20, 3)
    assert rim[1].meaning == "in no mask: no answer"
    assert rim[2].meaning == "background: stuff of 400 px"
    assert (rim[3].value, rim[3].meaning) == ("0.500", "50.0 % subject, the rest ground")
    assert probe.read(own, 39, 3)[3].meaning == "ground"


def test_void_at_one_pixel() -> None:
    semantic, _, panoptic, _ = probe.read(made("void"), 0, 0)
    assert semantic.meaning == "not judged"
    assert panoptic.value == "0"


def test_an_object_has_one_colour_in_both_answers() -> None:
    own = made("animals")
    objects, segments = picture.colors_of(own)
    for row, segment in own.segment_of.items():
        assert tuple(objects[row].tolist()) == segments[segment]
    drawn = picture.draw_all(own, alone=True, opacity=0.6)
    assert drawn["instance"][15, 3].tolist() == drawn["panoptic"][15, 3].tolist()
    assert drawn["semantic"][0, 0].tolist() == list(VOC_21.label(CAT).color)
    assert drawn["matte"][0, 0].tolist() == [255] * 3
    assert drawn["matte"][0, 20].tolist() == [128] * 3


@pytest.mark.parametrize("generate", [street, cells])
def test_the_truth_of_a_generated_picture_agrees_with_itself(
    generate: Callable[..., GeneratedScene],
) -> None:
    made_scene = generate(7, size=(240, 180))
    own_picture = Picture("made", "Made 7", made_scene.image, 0.0, seed=7, scene=made_scene.truth)
    own = answering.of_truth(own_picture, made_scene.truth)
    found = facts.facts(own)
    assert found.same_class == 1.0
    assert found.kept == found.objects == found.things > 0
    assert found.matte_iou == 1.0
    assert found.between == 0.0
    assert found.twice == 0
    for row, segment in own.segment_of.items():
        assert np.array_equal(own.instances.mask(row), own.panoptic.mask(segment))


@given(st.integers(1, 9000), st.integers(1, 9000), st.data())
def test_a_chosen_pixel_is_the_pixel_that_is_read(
    width: int, height: int, data: st.DataObject
) -> None:
    pixel = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    assert picture.place(picture.share(pixel, (width, height)), (width, height)) == pixel


@pytest.mark.parametrize(
    ("size", "shown"),
    [((1, 1), (1, 1)), ((720, 540), (640, 480)), ((1, 5000), (40, 640)), ((5000, 1), (640, 40)),
     ((300, 200), (300, 200))],
)  # fmt: skip
def test_very_narrow_pictures_can_still_be_pointed_at(
    size: tuple[int, int], shown: tuple[int, int]
) -> None:
    assert picture.shown_size(size) == shown


def test_answers_are_drawn_at_any_size() -> None:
    for width, height in ((1, 1), (1, 900), (900, 1), (1300, 700)):
        own = made("animals", width, height)
        wide, high = picture.shown_size((width, height))
        for alone in (False, True):
            drawn = picture.draw_all(own, alone=alone, opacity=0.5)
            assert {each.shape for each in drawn.values()} == {(high, wide, 3)}


def test_a_street_shows_its_exact_truth_first(open_page: Open) -> None:
    app = open_page("kinds", picture="street", seed="28")
    assert app.segmented_control(key="kd_source").value == "truth"
    truth = street(28, size=STREET_SIZE).truth
    assert truth.instances is not None
    assert truth.semantic is not None
    text = html(app)
    assert said(text, "instance").strip().startswith(f"{len(truth.instances)} objects")
    first = facts.joined(truth.semantic, truth.instances)[0]
    name = truth.semantic.label_set.label(first.class_id).name
    counted = f"{facts.count(first.objects, name)} are {facts.count(first.regions, 'region')}"
    assert counted in said(text, "semantic")
    rows = {row[0]: row[1:] for row in cells_of(text, "kd-joined")}
    assert rows[name] == [str(first.objects), str(first.regions)]
    assert metrics(app)["Objects"] == str(len(truth.instances))


def test_the_pixel_is_read_where_the_sliders_say(open_page: Open, networks: Put) -> None:
    networks("animals")
    app = open_page("kinds", picture="cat", kd_x="10", kd_y="10")
    rows = cells_of(html(app), "kd-probe")
    assert [row[0] for row in rows] == ["Semantic", "Instance", "Panoptic", "Matte"]
    assert rows[0][2] == "cat"
    assert rows[1][1] == "1, 3"
    app.slider(key="knob_kd_x").set_value(100.0).run()
    assert not app.exception
    rows = cells_of(html(app), "kd-probe")
    assert rows[0][2] == "background"
    assert rows[1][1] == "–"
    assert app.query_params["kd_x"] == "100"


def test_a_photograph_is_answered_by_networks(open_page: Open) -> None:
    app = open_page("kinds", picture="astronaut")
    assert not app.error
    assert app.segmented_control(key="kd_source").disabled
    assert "everyday" in html(app)
    assert "foreground" in html(app)


def test_the_comparison_has_the_shapes_of_this_picture(open_page: Open, networks: Put) -> None:
    networks("animals")
    app = open_page("kinds", picture="cat")
    here = next(row for row in cells_of(html(app), "kd-compare") if row[0] == "Here")
    assert here[1:] == [
        "(300, 451) uint8",
        "(3, 300, 451) bool, classes, scores",
        "(300, 451) int32, 3 segments",
        "(300, 451) float32",
    ]


@pytest.mark.parametrize("kind", ["animals", "nothing", "void"])
@pytest.mark.parametrize("tab", ["Numbers", "How it works", "Try this", "Code"])
def test_every_tab_opens_whatever_was_found(
    open_page: Open, networks: Put, kind: str, tab: str
) -> None:
    networks(kind)
    app = open_page("kinds", picture="cat", tab=tab)
    assert not app.error
    assert ">nan<" not in html(app)
    assert not any("nan" in each.value.split() for each in app.markdown)
    if kind == "nothing":
        assert "No object" in said(html(app), "instance")
        assert "nothing is lost" in said(html(app), "semantic")


@pytest.mark.parametrize("name", ["dot.png", "tall.png", "wide.png", "hd.jpg"])
def test_odd_pictures(open_page: Open, networks: Put, name: str) -> None:
    networks("animals")
    data, size = GOOD[name]()
    app = open_page("kinds", tab="How it works", kd_x="100", kd_y="100")
    app.file_uploader(key="upload").upload(name, data, "image/png").run()
    assert not app.exception
    assert not app.error
    assert f"{size[0]} × {size[1]} px" in html(app)
    assert f"Pixel x {size[0] - 1}, y {size[1] - 1}" in html(app)


@pytest.mark.parametrize(
    "address",
    [
        {"kd_view": "alone", "kd_opacity": "0"},
        {"kd_opacity": "1", "kd_x": "0", "kd_y": "0"},
        {"kd_x": "100", "kd_y": "100", "kd_source": "networks", "seed": "3"},
        {"kd_x": "-1", "kd_y": "nan", "kd_source": "x", "kd_view": "x"},
        *[dict(idea.query) for idea in IDEAS],
    ],
)
def test_every_extreme_opens(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("kinds", **address)
    assert not app.error
    assert cells_of(html(app), "kd-probe")


def test_regions_touch_at_corners() -> None:
    mask: NDArray[np.bool_] = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 0], [1, 0, 0]], bool)
    assert facts.regions(mask) == 2
    assert percent(facts.facts(made("animals")).between) == "2.50 %"
