"""The page on panoptic quality: the library's numbers, presets, every extreme."""

from __future__ import annotations

import re

import numpy as np
import pytest

from seglib.metrics import panoptic_quality
from seglib.ui.numbers import sig3
from seglib.ui.panoptic_quality.ideas import IDEAS, PRESETS
from seglib.ui.panoptic_quality.picture import draw
from seglib.ui.panoptic_quality.scene import SIZE, PqOptions, case
from tests.pages.conftest import Open, html, metrics


def rows(text: str, name: str) -> list[list[str]]:
    """Cells of a table."""
    found = re.search(rf'data-testid="{name}".*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    assert found
    lines = re.findall(r"<tr.*?</tr>", found.group(1), re.DOTALL)
    return [
        [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", line)]
        for line in lines
    ]


def test_numbers_are_the_library_s(open_page: Open) -> None:
    app = open_page("panoptic_quality")
    own = case(PqOptions())
    again = panoptic_quality(own.truth, own.prediction)
    shown = metrics(app)
    for symbol in ("pq", "sq", "rq"):
        assert shown[symbol.upper()] == sig3(getattr(again, symbol))
        assert shown[f"{symbol.upper()}, things"] == sig3(getattr(again.things, symbol))
    assert shown["Stuff"] == sig3(again.stuff.pq)
    table = rows(html(app), "classes")
    for row, line in zip(again.rows, table, strict=True):
        assert line[0] == row.name
        assert line[2:] == [
            str(row.tp),
            str(row.fp),
            str(row.fn),
            *map(sig3, (row.pq, row.sq, row.rq)),
        ]
    matches = rows(html(app), "matches")
    assert len(matches) == len(again.matches)
    assert matches[0][6] == sig3(again.matches[0].iou)


@pytest.mark.parametrize("scene", ["shapes", "street"])
def test_nothing_wrong_is_a_quality_of_one(scene: str) -> None:
    still = {**PRESETS["Stuff mistaken"], "stuff": False}
    own = case(PqOptions(scene=scene, **still))
    assert np.array_equal(own.truth.segment_ids, own.prediction.segment_ids)
    assert (own.quality.pq, own.quality.sq, own.quality.rq) == (1, 1, 1)


@pytest.mark.parametrize("seed", [1, 3, 8])
def test_presets_hit_what_they_name(seed: int) -> None:
    def quality(name: str, scene: str = "shapes") -> object:
        return case(PqOptions(scene=scene, seed=seed, **PRESETS[name])).quality

    names = quality("Wrong names")
    assert names.things.pq < 0.7
    assert names.stuff.pq == 1
    assert {m.iou for m in names.matches if m.outcome == "tp"} == {1.0}
    sloppy = quality("Sloppy outlines")
    assert sloppy.things.sq < 0.95
    mistaken = quality("Stuff mistaken", "street")
    assert mistaken.stuff.pq < 1
    assert mistaken.things.pq == 1


def test_a_crowd_is_ignored() -> None:
    own = case(PqOptions(crowd=True, scene="shapes", drop=0))
    (crowd,) = own.crowd
    outcomes = {match.truth_id: match.outcome for match in own.quality.matches if match.truth_id}
    assert outcomes[crowd] == "ignored"


def test_the_picture_outlines_the_chosen_segment() -> None:
    own = case(PqOptions())
    plain = draw(own, None, by="outcome")
    chosen = draw(own, own.quality.matches[0], by="outcome")
    for before, after in zip(plain, chosen, strict=True):
        assert before.shape == (2 * SIZE[1], 2 * SIZE[0], 3)
        assert not np.array_equal(before, after)
    assert not np.array_equal(draw(own, None, by="class")[0], plain[0])


def test_stepping_through_the_matches(open_page: Open) -> None:
    own = case(PqOptions())
    place = next(at for at, each in enumerate(own.quality.matches) if each.outcome == "fn")
    app = open_page("panoptic_quality", pq_match=str(place), tab="How it works")
    assert "is missed" in html(app)
    assert any(r"\leq 0.5" in each.value for each in app.latex)
    assert any("underbrace" in each.value for each in app.latex)


@pytest.mark.parametrize("tab", ["How it works", "Try this", "Code"])
def test_every_tab_opens(open_page: Open, tab: str) -> None:
    assert not open_page("panoptic_quality", tab=tab, pq_by="class").error


@pytest.mark.parametrize(
    "address",
    [
        {"pq_threshold": "0.95", "pq_shift": "20", "tab": "How it works"},
        {f"pq_{name}": "6" for name in ("merge", "split", "drop", "invent", "relabel", "erode")},
        {"pq_scene": "shapes", "pq_ragged": "8", "pq_stuff": "1", "pq_crowd": "1"},
        {"pq_seed": "0", "pq_match": "99999", "pq_by": "class"},
        {"pq_seed": "-1", "pq_threshold": "0.4", "pq_by": "x", "pq_match": "x"},
        *[dict(idea.query) for idea in IDEAS],
    ],
)
def test_every_extreme_opens(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("panoptic_quality", **address)
    assert not app.error
    assert ">nan<" not in html(app)


def test_presets_set_the_scene(open_page: Open) -> None:
    app = open_page("panoptic_quality", pq_match="3")
    app.button(key="pq_preset_Merged neighbours").click().run()
    assert not app.exception
    assert app.query_params["pq_merge"] == "6"
    assert "pq_match" not in app.query_params
