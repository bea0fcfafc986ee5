"""The page of panoptic segmentation: its numbers, the merging, its files, and nothing to find."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from seglib.formats import coco_panoptic
from seglib.images import Image, decode
from seglib.labels import CAMVID_11, VOC_21
from seglib.metrics import panoptic_quality
from seglib.models import load
from seglib.models.adapters.merging import MergeOptions, merge, merge_steps
from seglib.models.adapters.prototypes import PrototypeOptions
from seglib.results import Instances, Panoptic, SemanticMap, StageTimes
from seglib.scenes import cells, street
from seglib.ui.numbers import percent, sig3
from seglib.ui.panoptic import downloads, how, shown, table, tabs, work
from seglib.ui.panoptic.ideas import IDEAS
from seglib.ui.panoptic.work import Answers, Work
from seglib.ui.samples import CELLS_SIZE, STREET_SIZE, Picture
from seglib.ui.stage import StageState
from tests.files import GOOD
from tests.pages.conftest import Open, forget, html, metrics

CAT, DOG = 8, 12
Fake = Callable[..., None]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """What a test puts in place of the network must not stay in the cache."""
    forget(work.held, shown._of)
    yield
    forget(work.held, shown._of)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Put hand-made answers in place of the network's: a function of width and height."""

    def put(labels: int, *objects: tuple[int, float, tuple[float, float, float, float]]) -> None:
        def answers(picture: Picture, options: PrototypeOptions) -> Answers:
            width, height = picture.image.size
            classes = np.full((height, width), labels, np.uint8)
            own = [each for each in objects if each[1] >= options.threshold]
            masks = np.zeros((len(own), height, width), bool)
            for mask, (class_id, _, (x0, y0, x1, y1)) in zip(masks, own, strict=True):
                box = (
                    slice(round(y0 * height), round(y1 * height)),
                    slice(round(x0 * width), round(x1 * width)),
                )
                mask[box] = True
                classes[box] = class_id
            instances = Instances.from_masks(
                masks, [o[0] for o in own], [o[1] for o in own], VOC_21
            )
            return Answers(SemanticMap(classes, VOC_21), instances, StageTimes(infer_ms=1.0))

        monkeypatch.setattr(work, "network", answers)
        forget(work.held, shown._of)

    return put


def two_animals(network: Fake) -> None:
    """A dog on the left, a cat that lies partly under it, and a cat wholly under it."""
    network(
        0, (DOG, 0.9, (0, 0, 0.4, 1)), (CAT, 0.6, (0.25, 0, 0.75, 1)), (CAT, 0.3, (0.1, 0, 0.4, 1))
    )  # fmt: skip


def cells_of(text: str, name: str) -> list[list[str]]:
    """Cells of a table."""
    found = re.search(rf'data-testid="{name}".*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    assert found
    lines = re.findall(r"<tr.*?</tr>", found.group(1), re.DOTALL)
    return [
        [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", line)]
        for line in lines
    ]


def test_the_table_is_the_truth_of_the_street(open_page: Open) -> None:
    app = open_page("panoptic", picture="street", seed="7", pan_source="truth")
    truth = street(7, size=STREET_SIZE).truth.panoptic
    assert truth is not None
    shown_table = app.dataframe[0].value
    assert shown_table["Id"].tolist() == [
        each.id for each in sorted(truth.segments, key=lambda s: (not s.thing, -s.area))
    ]
    assert (
        shown_table["Area, px"].str.replace(",", "").astype(int).sum()
        == (truth.segment_ids > 0).sum()
    )
    values = metrics(app)
    assert values["Things"] == str(sum(segment.thing for segment in truth.segments))
    assert values["Stuff"] == str(sum(not segment.thing for segment in truth.segments))
    assert "PQ" not in values
    assert "1 by definition" in html(app)


def test_quality_is_shown_where_both_speak_of_the_same_classes(open_page: Open) -> None:
    app = open_page("panoptic", picture="street", seed="28", pan_source="mixed")
    scene = street(28, size=STREET_SIZE)
    truth, objects = scene.truth.panoptic, scene.truth.instances
    assert truth is not None
    assert objects is not None
    semantic, _ = load("street").segment(scene.image)
    quality = panoptic_quality(truth, merge(semantic, objects))
    values = metrics(app)
    assert values["PQ"] == sig3(quality.pq)
    assert values["SQ"] == sig3(quality.sq)
    assert values["RQ"] == sig3(quality.rq)
    assert values["PQ, things"] == sig3(quality.things.pq)
    assert values["PQ, stuff"] == sig3(quality.stuff.pq)


def test_a_network_of_other_classes_has_no_quality_and_the_page_says_why(
    open_page: Open, network: Fake
) -> None:
    two_animals(network)
    app = open_page("panoptic", picture="street", seed="28")
    assert "PQ" not in metrics(app)
    text = html(app)
    assert VOC_21.title in text
    assert CAMVID_11.title in text
    assert "only car is in both" in text
    app = open_page("panoptic", picture="cat")
    assert "no ground truth" in html(app)


def test_turns_are_counted_as_the_library_counts_them(open_page: Open, network: Fake) -> None:
    two_animals(network)
    app = open_page("panoptic", picture="cat", tab="How it works")
    width, height = 451, 300
    dog, half = round(0.4 * width) * height, (round(0.75 * width) - round(0.25 * width)) * height
    free = (round(0.75 * width) - round(0.4 * width)) * height
    rows = cells_of(html(app), "pan-turns")
    assert [row[0] for row in rows[:3]] == ["1: dog", "2: cat", "3: a cat"]
    assert rows[0][2:6] == [f"{dog:,}", f"{dog:,}", "100 %", f"{dog:,}"]
    assert rows[1][2:6] == [f"{half:,}", f"{free:,}", percent(free / half), f"{free:,}"]
    assert rows[2][3:8] == ["0", "0 %", "0", "–", "left out"]
    assert rows[3][0] == "4: background"
    assert "1 left out" in html(app)


def test_each_turn_has_its_sentence_and_its_numbers(open_page: Open, network: Fake) -> None:
    two_animals(network)
    said = []
    for turn in range(4):
        app = open_page("panoptic", picture="cat", tab="How it works", pan_turn=str(turn))
        found = re.search(r'data-testid="pan-claim">(.*?)</p>', html(app))
        assert found
        said.append(re.sub("<[^>]*>", "", found.group(1)))
        assert any(r"\frac" in each.value or "R_c" in each.value for each in app.latex)
    assert "it gets them and is dog" in said[0]
    assert "it gets them and is cat" in said[1]
    assert "better objects cover all of it" in said[2]
    assert "Background is stuff" in said[3]


def test_the_limits_of_the_merging_are_controls(open_page: Open, network: Fake) -> None:
    two_animals(network)
    app = open_page("panoptic", picture="cat")
    assert metrics(app)["Things"] == "2"
    app.slider(key="knob_panm_covered").set_value(0.9).run()
    assert not app.exception
    # the cat has only 70 % of its mask; the semantic map's cat is a piece of its own
    assert app.query_params["panm_covered"] == "0.9"
    assert "–" in app.dataframe[0].value.set_index("Segment").loc["cat", "Score"]
    app.slider(key="knob_panp_threshold").set_value(0.95).run()
    assert metrics(app)["Things"] == "0"


def test_a_segment_is_chosen_in_the_list_and_in_the_table(open_page: Open, network: Fake) -> None:
    two_animals(network)
    app = open_page("panoptic", picture="cat")
    app.selectbox(key=table.PICK).set_value("dog").run()
    assert not app.exception
    assert app.query_params["pan_only"] == "dog"
    assert app.session_state[table.KEY]["selection"]["rows"] == [0]
    app.selectbox(key=table.PICK).set_value(table.ALL).run()
    assert "pan_only" not in app.query_params
    app = open_page("panoptic", picture="cat", pan_only="cat,nobody")
    assert app.query_params["pan_only"] == "cat"
    assert app.session_state[table.KEY]["selection"]["rows"] == [1]


def test_what_is_alone_stays_so_by_name_when_the_numbers_change(
    open_page: Open, network: Fake
) -> None:
    two_animals(network)
    app = open_page("panoptic", picture="cat", pan_only="background")
    assert app.session_state[table.KEY]["selection"]["rows"] == [2]
    app.slider(key="knob_panp_threshold").set_value(0.7).run()
    # the cat is gone, and the background has moved up
    assert app.query_params["pan_only"] == "background"
    assert app.session_state[table.KEY]["selection"]["rows"] == [1]
    assert open_page("panoptic", picture="cat", pan_only="cow").query_params.get("pan_only") is None


def test_nothing_found_offers_a_lower_threshold(open_page: Open, network: Fake) -> None:
    network(0, (DOG, 0.1, (0, 0, 0.5, 1)))
    app = open_page("panoptic", picture="cat")
    assert f"No thing was found at a threshold of {sig3(PrototypeOptions().threshold)}" in html(app)
    assert metrics(app)["Things"] == "0"
    app.button(key="pan_lower").click().run()
    assert app.query_params["panp_threshold"] == "0.05"
    assert metrics(app)["Things"] == "1"


def test_nothing_in_a_street_offers_its_truth(open_page: Open, network: Fake) -> None:
    network(0)
    app = open_page("panoptic", picture="street", seed="7", panp_threshold="0.02")
    app.button(key="pan_truth").click().run()
    assert app.query_params["pan_source"] == "truth"
    assert int(metrics(app)["Things"]) > 0


def test_a_picture_of_nothing_but_void(open_page: Open, network: Fake) -> None:
    network(255)
    for tab in ("Numbers", "How it works"):
        app = open_page("panoptic", picture="cat", tab=tab)
        assert not app.error
        assert "Every pixel is void" in html(app)


@pytest.mark.parametrize("name", ["dot.png", "tall.png", "wide.png", "hd.jpg"])
@pytest.mark.parametrize("tab", ["Numbers", "How it works"])
def test_odd_pictures(open_page: Open, network: Fake, name: str, tab: str) -> None:
    two_animals(network)
    data, size = GOOD[name]()
    app = open_page("panoptic", tab=tab)
    app.file_uploader(key="upload").upload(name, data, "image/png").run()
    assert not app.exception
    assert not app.error
    assert f"{size[0]} × {size[1]} px" in html(app)


def test_the_network_s_own_answer_opens(open_page: Open) -> None:
    app = open_page("panoptic", picture="astronaut")
    assert not app.error
    assert app.segmented_control(key="pan_source").disabled


@pytest.mark.parametrize("tab", ["How it works", "Try this", "Code"])
@pytest.mark.parametrize("source", work.SOURCES)
def test_every_tab_opens(open_page: Open, tab: str, source: str) -> None:
    app = open_page("panoptic", picture="street", seed="7", tab=tab, pan_source=source)
    assert not app.error


@pytest.mark.parametrize(
    "address",
    [
        {"panp_threshold": "0.95", "panp_overlap": "0.1", "panp_most": "1"},
        {"panp_threshold": "0.02", "panp_overlap": "0.95", "panp_most": "100"},
        {"panm_covered": "0", "panm_crumbs": "0", "pan_view": "mask"},
        {"panm_covered": "1", "panm_crumbs": "5", "pan_view": "side", "pan_contour": "0"},
        {"pan_opacity": "0", "pan_names": "0", "pan_colour": "object", "pan_turn": "99999"},
        {"pan_opacity": "101", "pan_source": "x", "pan_only": "a" * 500, "pan_colour": "x"},
        *[dict(idea.query) for idea in IDEAS],
    ],
)
def test_every_extreme_opens(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("panoptic", **address)
    assert not app.error
    assert ">nan<" not in html(app)


def truth_work(seed: int = 7) -> Work:
    """The truth of a street."""
    scene = street(seed, size=(240, 180))
    assert scene.truth.panoptic is not None
    picture = Picture("street", "Street 7", scene.image, 0.0, seed=seed, scene=scene.truth)
    return Work(picture, "truth", scene.truth.panoptic, key="test")


def test_the_files_are_coco_s_and_read_back_the_same() -> None:
    own = truth_work()
    with zipfile.ZipFile(io.BytesIO(downloads.coco_zip(own))) as archive:
        assert sorted(archive.namelist()) == ["street-7.json", "street-7.png"]
        png, data = archive.read("street-7.png"), archive.read("street-7.json")
    back = coco_panoptic.read(png, data, own.panoptic.label_set)
    assert np.array_equal(back.segment_ids, own.panoptic.segment_ids)
    assert back.segments == own.panoptic.segments
    # and by the letter of the format, without our own reader
    colours = decode(png).pixels.astype(np.int64)
    ids: NDArray[np.int64] = colours @ (1, 256, 256**2)
    content = json.loads(data)
    (row,) = content["annotations"]
    assert row["file_name"] == "street-7.png"
    assert {each["id"] for each in row["segments_info"]} == set(np.unique(ids).tolist()) - {0}
    isthing = {each["id"]: each["isthing"] for each in content["categories"]}
    for each in row["segments_info"]:
        ys, xs = np.nonzero(ids == each["id"])
        assert each["area"] == len(ys)
        x, y = int(xs.min()), int(ys.min())
        assert each["bbox"] == [x, y, int(xs.max()) - x + 1, int(ys.max()) - y + 1]
        assert each["iscrowd"] == 0
        assert isthing[each["category_id"]] == int(
            own.panoptic.label_set.label(each["category_id"]).thing
        )


def test_the_picture_as_shown_has_the_colours_of_the_stage() -> None:
    own = truth_work()
    seen = shown.make(own, "shade")
    mask = decode(downloads.as_shown_png(own, seen, StageState(view="mask"), names=False)).pixels
    for segment in own.panoptic.segments:
        (color,) = np.unique(mask[own.panoptic.mask(segment.id)], axis=0).tolist()
        assert tuple(color) == seen.colors[segment.id]
    alone = downloads.as_shown_png(own, seen, StageState(opacity=100, only=(1,)), names=True)
    assert decode(alone).pixels.shape == mask.shape
    side = decode(downloads.as_shown_png(own, seen, StageState(view="side"), names=True)).pixels
    assert side.shape[1] > 2 * mask.shape[1]


def test_the_numbers_are_json_without_nan() -> None:
    own = truth_work()
    seen = shown.make(own, "class")
    data = json.loads(downloads.numbers_json(own, seen, {}))
    assert sum(row["area"] for row in data["segments"]) + data["void_pixels"] == 240 * 180
    assert data["turns"] is None
    assert [row["score"] for row in data["segments"]] == [None] * len(own.panoptic.segments)


def made(ids: NDArray[np.int32], classes: dict[int, int]) -> Work:
    panoptic = Panoptic.from_ids(ids, classes, VOC_21)
    pixels = np.zeros((*ids.shape, 3), np.uint8)
    picture = Picture("upload", "Made", Image.from_array(pixels), 0.0)
    return Work(picture, "network", panoptic, key="made")


def test_more_segments_than_a_byte_counts_share_the_last_colour() -> None:
    ids = np.repeat(np.arange(1, 301, dtype=np.int32)[None], 2, axis=0)
    ids[:, 299:] = 1
    own = made(ids, dict.fromkeys(range(1, 301), CAT))
    seen = shown.make(own, "shade")
    assert len(seen.label_set) == shown.MOST + 1
    assert seen.label_set.names[-1] == f"{299 - shown.MOST} smaller segments"
    assert len(seen.ids((shown.MOST + 1,))) == 299 - shown.MOST
    assert seen.ids((1,)) == (seen.segments[0].id,)
    shares = [each["share"] for each in seen.packed.head["classes"]]
    assert sum(shares) == pytest.approx(1)


def test_shares_count_void_too() -> None:
    ids = np.zeros((2, 4), np.int32)
    ids[:, 3] = 5
    seen = shown.make(made(ids, {5: DOG}), "shade")
    assert [each["share"] for each in seen.packed.head["classes"]] == [0.25]


def test_a_piece_without_an_object_has_no_score() -> None:
    labels = np.zeros((10, 10), np.uint8)
    labels[:, 5:] = CAT
    none = Instances.from_masks(np.zeros((0, 10, 10), bool), [], [], VOC_21)
    found = merge_steps(SemanticMap(labels, VOC_21), none)
    picture = Picture("upload", "Made", Image.from_array(np.zeros((10, 10, 3), np.uint8)), 0.0)
    own = Work(picture, "network", found.panoptic, found, key="piece")
    assert own.scores == {}
    text = how.rest_sentence(own, found.rests[1])
    assert "No cat was found, so 1 piece becomes a segment." in text
    crumbs = merge_steps(SemanticMap(labels, VOC_21), none, MergeOptions(crumbs=5.0))
    assert "0 px are void" in how.summary(crumbs)


def test_generated_cells_have_a_truth_but_no_streets_in_it(open_page: Open) -> None:
    app = open_page("panoptic", picture="cells", seed="8", pan_source="truth")
    truth = cells(8, size=CELLS_SIZE).truth.panoptic
    assert truth is not None
    assert metrics(app)["Things"] == str(sum(segment.thing for segment in truth.segments))
    # the street network's classes and true nuclei cannot be merged: the network answers instead
    app = open_page("panoptic", picture="cells", seed="8", pan_source="mixed")
    assert not app.error
    control = app.segmented_control(key="pan_source")
    assert (control.value, control.options) == ("network", ["Network", "Truth"])
    assert "True objects" not in html(app)


def test_why_there_is_no_quality_names_what_both_sets_share() -> None:
    assert tabs._shared(VOC_21, CAMVID_11) == "of 21 and 11 only car is in both"


def test_words_before_the_picture(open_page: Open) -> None:
    app: AppTest = open_page("panoptic")
    idea = re.search(r'class="seg-idea"[^>]*>(.*?)</p>', html(app))
    assert idea
    assert len(idea.group(1).split()) <= 20
