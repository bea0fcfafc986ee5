"""The page on conventions: every case, the lecture's numbers, and strangers in the address."""

from __future__ import annotations

import re

import numpy as np
import pytest

from seglib import metrics as measure
from seglib.ui.conventions.cases import CASES, CLASSES, VOID, CaseOptions, pairs
from seglib.ui.conventions.facts import HOW_TITLES, METRIC_TITLES, facts
from seglib.ui.conventions.ideas import IDEAS
from seglib.ui.numbers import sig3
from tests.pages.conftest import Open, html, metrics


def table(text: str, name: str) -> list[list[str]]:
    """Cells of a table, row by row, without its heading."""
    found = re.search(rf'data-testid="{name}".*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    assert found
    rows = re.findall(r"<tr>(.*?)</tr>", found.group(1), re.DOTALL)
    return [
        [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in rows
    ]


def test_the_lecture_s_example_is_what_one_sees_first(open_page: Open) -> None:
    app = open_page("conventions")
    assert metrics(app)["Pooled pixels"] == "0.891"
    assert metrics(app)["Per image"] == "0.455"
    rows = table(html(app), "conventions")
    assert rows[0] == ["Pooled pixels", "0.891", "0.891", "0.891"]
    assert rows[1][1] == "0.455"
    how = open_page("conventions", tab="How it works", cv_how="per_image")
    assert any(r"\frac{9{,}000}{10{,}000} + \frac{1}{100}" in each.value for each in how.latex)
    assert not how.error


@pytest.mark.parametrize(
    ("case", "metric"),
    [*zip(CASES, METRIC_TITLES, strict=True), ("lecture", "iou"), ("ignore", "iou")],
)
def test_numbers_are_the_library_s(open_page: Open, case: str, metric: str) -> None:
    app = open_page("conventions", cv_case=case, cv_metric=metric, tab="How it works")
    pictures = pairs(CaseOptions(case=case))
    matrices = [
        measure.confusion_matrix(p.truth, p.prediction, num_classes=6, unanswered="column")
        for p in pictures
    ]
    rows = table(html(app), "conventions")
    for row, (how, title) in zip(rows, HOW_TITLES.items(), strict=True):
        wanted = [
            measure.reduce(matrices, how=how, metric=metric, absent=absent, classes=CLASSES).value  # type: ignore[arg-type]
            for absent in measure.ABSENT
        ]
        assert row == [title, *map(sig3, wanted)]
    assert ">nan<" not in html(app)


def test_conventions_on_void_by_hand() -> None:
    # 14 x 10 px, a rim of 1 ignored: 96 judged. 4 px of the disc are hard: 2 are called background
    # and for 2 there is no answer.
    (pair,) = pairs(CaseOptions(case="ignore"))
    assert (pair.truth != VOID).sum() == 12 * 8
    found = facts([pair], "pixel_accuracy")
    assert found.void["miss"].value == pytest.approx(92 / 96)
    assert found.void["drop"].value == pytest.approx(92 / 94)
    # As a class, void has 44 px in the truth and 2 in the prediction, at other places.
    assert found.void["class"].value == pytest.approx(92 / 140)
    (quiet,) = pairs(CaseOptions(case="ignore", withheld=4))
    assert facts([quiet], "pixel_accuracy").void["drop"].value == 1
    assert facts([quiet], "pixel_accuracy").void["miss"].value == pytest.approx(92 / 96)


def test_one_invented_pixel_makes_the_class_count() -> None:
    (absent,) = pairs(CaseOptions(case="absent", wrong=0))
    (invented,) = pairs(CaseOptions(case="invented", wrong=0))
    assert (absent.prediction != invented.prediction).sum() == 1
    before, after = facts([absent], "iou"), facts([invented], "iou")
    assert before.table["pooled", "skip"].value == 1
    assert before.table["pooled", "zero"].value == 0.75
    assert after.table["pooled", "skip"].value < 0.75
    assert np.isnan(before.table["pooled", "skip"].table).sum() == 1


def test_the_table_of_empty_cases_is_shown(open_page: Open) -> None:
    rows = table(html(open_page("conventions", cv_case="empty", tab="Numbers")), "empty")
    assert len(rows) == len(measure.RULES)
    davis = next(row for row in rows if row[0].startswith("DAVIS"))
    assert davis[1:4] == ["1.00", "0", "0"]
    assert next(row for row in rows if row[0].startswith("Hausdorff"))[1:3] == ["undefined", "∞"]


@pytest.mark.parametrize("tab", ["Numbers", "Try this", "Code"])
def test_every_tab_opens(open_page: Open, tab: str) -> None:
    assert not open_page("conventions", tab=tab).error


@pytest.mark.parametrize(
    "address",
    [
        {"cv_large": "0", "cv_small": "0"},
        {"cv_large": "10000", "cv_small": "100", "cv_metric": "iou", "cv_how": "per_image"},
        {"cv_case": "ignore", "cv_rim": "0", "cv_withheld": "0", "cv_wrong": "0"},
        {"cv_case": "ignore", "cv_rim": "2", "cv_withheld": "12", "cv_wrong": "12"},
        {"cv_case": "empty", "cv_metric": "dice", "cv_how": "per_image_per_class"},
        {"cv_case": "nothing", "cv_large": "-1", "cv_metric": "%00", "cv_how": "9" * 50},
        *[dict(idea.query) for idea in IDEAS],
    ],
)
def test_every_extreme_opens(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("conventions", **{**address, "tab": "How it works"})
    assert not app.error


def test_controls_move_the_numbers_and_the_address(open_page: Open) -> None:
    app = open_page("conventions")
    app.slider(key="knob_cv_small").set_value(100).run()
    assert metrics(app)["Per image"] == "0.950"
    assert app.query_params["cv_small"] == "100"
    app.selectbox(key="cv_metric_box").set_value("iou").run()
    assert app.query_params["cv_metric"] == "iou"
    assert not app.exception
