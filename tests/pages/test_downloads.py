"""Files are made at the click, in a thread that knows no session: they must not ask for one."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from seglib.labels import VOC_21
from seglib.ui import address, picker
from tests.pages.conftest import Open

Take = Callable[..., dict[str, bytes]]


@pytest.fixture
def take(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> Take:
    """Open a page and press every button that makes its file at the click."""

    def take_(page: str, **query: str) -> dict[str, bytes]:
        makers: dict[str, Callable[[], bytes]] = {}

        def button(label: str, data: Any, **_: Any) -> bool:
            if callable(data):
                makers[label] = data
            return False

        def nobody(*_: Any) -> None:
            raise AssertionError("a download asks for the session")

        with monkeypatch.context() as patch:
            patch.setattr(st, "download_button", button)
            open_page(page, **query)
        with monkeypatch.context() as patch:
            patch.setattr(address, "_state", nobody)
            patch.setattr(picker, "current", nobody)
            return {label: make() for label, make in makers.items()}

    return take_


def test_a_drawing_is_of_the_class_that_was_chosen(take: Take) -> None:
    files = take("formats", fm_kind="coco", fm_view="draw", fm_class="horse", fm_form="rle")
    with Image.open(io.BytesIO(files["VOC"])) as picture:
        values = np.unique(np.asarray(picture)).tolist()
    assert values == [0, VOC_21.id_of("horse")]
    (row,) = json.loads(files["COCO"])["annotations"]
    assert row["category_id"] == VOC_21.id_of("horse")
    assert isinstance(row["segmentation"]["counts"], str)


@pytest.mark.parametrize("kind", ["voc", "coco"])
def test_polygons_have_the_tolerance_that_was_chosen(take: Take, kind: str) -> None:
    counts = []
    for tolerance in ("0", "80"):
        files = take("formats", fm_kind=kind, fm_tolerance=tolerance)
        rows = json.loads(files["COCO, polygons"])["annotations"]
        # Crowds are written as run lengths.
        rings = [row["segmentation"] for row in rows if isinstance(row["segmentation"], list)]
        counts.append(sum(len(ring) for each in rings for ring in each))
    assert counts[0] > 2 * counts[1] > 0


@pytest.mark.parametrize(
    ("page", "query", "titles"),
    [
        ("semantic", {}, {"Label map", "Colours", "As shown", "Numbers"}),
        ("playground", {}, {"Truth", "Prediction", "JSON", "CSV"}),
        ("annotate", {"ann_demo": "1"}, {"VOC PNG", "COCO JSON", "Mask PNG"}),
        ("formats", {"fm_kind": "voc"}, {"VOC", "COCO, runs", "COCO, polygons", "Masks"}),
        ("formats", {"fm_kind": "coco"}, {"VOC", "COCO, runs", "COCO, polygons", "Masks"}),
    ],
)
def test_every_file_is_made_without_a_session(
    take: Take, page: str, query: dict[str, str], titles: set[str]
) -> None:
    files = take(page, **query)
    assert set(files) >= titles
    assert all(files.values())
