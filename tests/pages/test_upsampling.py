"""The upsampling page: every method, every extreme, and the numbers of the library."""

from __future__ import annotations

import re

import numpy as np
import pytest

from seglib import metrics as measure
from seglib.concepts import transposed, upsampling
from seglib.models import load
from seglib.scenes import street
from seglib.ui.numbers import sig3
from seglib.ui.samples import STREET_SIZE
from seglib.ui.source import PRESETS
from seglib.ui.upsampling import ways
from seglib.ui.upsampling.ideas import IDEAS
from seglib.ui.upsampling.page import METHODS
from seglib.ui.upsampling.real import crop_at
from tests.files import GOOD
from tests.pages.conftest import Open, html, metrics

KIND = "numpy against OpenVINO"


@pytest.mark.parametrize("tab", ["Numbers", "How it works", "Try this", "Code"])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_opens_with_every_tab(open_page: Open, method: str, tab: str) -> None:
    app = open_page("upsampling", ups=method, tab=tab)
    assert not app.error
    if tab == "Numbers" and method != "scores":
        difference = metrics(app)[KIND]
        assert difference in ("0", "< 0.000001") or float(difference) < 1e-4


@pytest.mark.parametrize("idea", [dict(idea.query) for idea in IDEAS])
def test_each_idea_s_address_works(open_page: Open, idea: dict[str, str]) -> None:
    app = open_page("upsampling", **idea)
    assert not app.error
    for name, value in idea.items():
        if name not in ("picture", "seed"):
            assert app.query_params.get(name, value) == value


@pytest.mark.parametrize(
    "address",
    [
        {"ups": "bilinear", "ups_in": "edit", "ups_cells": "7"},
        {"ups": "nearest", "ups_in": "edit", "ups_cells": "1 2 3", "ups_factor": "5"},
        {"ups": "bilinear", "ups_view": "weights", "ups_factor": "5", "ups_in": "picture"},
        {"ups": "bilinear", "ups_view": "grids", "ups_in": "layer", "ups_cell": "9999"},
        {"ups": "bilinear", "ups_coordinates": "align_corners", "ups_cell": "0"},
        {"ups": "nearest", "ups_view": "weights", "ups_coordinates": "asymmetric"},
        {"ups": "bilinear", "ups_factor": "6", "ups_coordinates": "x", "ups_cell": "-1"},
        {"ups": "transposed", "tc_kernel": "1", "tc_stride": "4", "tc_output_padding": "3"},
        {"ups": "transposed", "tc_kernel": "7", "tc_stride": "1", "tc_padding": "6"},
        {"ups": "transposed", "tc_kernel": "7", "ups_in": "edit", "ups_cells": "7"},
        {"ups": "transposed", "tc_view": "zeros", "tc_stride": "4", "tc_cell": "9999"},
        {"ups": "transposed", "tc_view": "zeros", "tc_kernel": "1", "tc_stride": "1"},
        {"ups": "transposed", "tc_view": "overlap", "tc_kernel": "2", "tc_stride": "4"},
        {"ups": "transposed", "tc_weights": "own", "tc_cells": "1 x"},
        {"ups": "transposed", "tc_weights": "own", "ups_in": "layer"},
        {"ups": "unpool", "unp_block": "4", "ups_in": "edit", "ups_cells": "1 2/3 4"},
        {"ups": "unpool", "unp_block": "3", "ups_in": "layer", "unp_cell": "9999"},
        {"ups": "unpool", "ups_in": "picture", "picture": "cat"},
        {"ups": "shuffle", "shf_factor": "4", "shf_channels": "3", "shf_order": "blocks_first"},
        {"ups": "shuffle", "shf_show": "values", "shf_cell": "9999"},
        {"ups": "scores", "picture": "cat", "real_show": "errors"},
        {"ups": "scores", "real_reduce": "every", "real_radius": "24", "real_place": "8"},
        {"ups": "scores", "real_way": "unpool", "real_against": "unpool"},
        {"ups": "<b>", "tc_view": "9" * 50, "real_way": ""},
    ],
)
def test_extremes_of_the_controls(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("upsampling", **address)
    assert not app.error
    assert ">nan<" not in html(app).lower()


def test_the_three_coordinates_give_the_library_s_cells(open_page: Open) -> None:
    values = PRESETS["count"][1]
    for mode in upsampling.COORDINATES:
        app = open_page("upsampling", ups="bilinear", ups_coordinates=mode, ups_cell="37")
        wanted = upsampling.bilinear(values, (10, 10), coordinates=mode)[3, 7]
        latex = "\n".join(element.value for element in app.latex)
        assert f"= {float(wanted):.4g}" in latex
        assert metrics(app)["Row sums of the weights"] == "1"


def test_the_lecture_s_kernel_is_a_preset(open_page: Open) -> None:
    app = open_page("upsampling", ups="transposed", tc_kernel="3", tc_padding="0")
    app.button(key="tc_Bilinear ×2").click().run()
    assert not app.exception
    text = html(app)
    for number in ("0.0625", "0.1875", "0.5625"):
        assert f">{number}<" in text
    assert metrics(app)["Output size"] == "10 × 10"
    assert "tc_kernel" not in app.query_params


def test_a_checkerboard_is_called_one(open_page: Open) -> None:
    address = {"ups": "transposed", "tc_view": "overlap", "tc_weights": "ones", "tc_padding": "0"}
    app = open_page("upsampling", tc_kernel="3", tc_stride="2", **address)
    assert "Checkerboard: k = 3 is no multiple of s = 2" in html(app)
    assert metrics(app)["Contributions in one direction"] == "1 or 2"
    app = open_page("upsampling", tc_kernel="4", tc_stride="2", **address)
    assert "Even: k = 4 is a multiple of s = 2" in html(app)


def test_padding_never_leaves_its_range(open_page: Open) -> None:
    app = open_page("upsampling", ups="transposed", tc_kernel="7", tc_padding="6", tc_stride="4")
    padding = app.slider(key="knob_tc_padding")
    assert padding.max == 6
    app.slider(key="knob_tc_kernel").set_value(2).run()
    assert not app.exception
    padding = app.slider(key="knob_tc_padding")
    assert (padding.value, padding.max) == (1, 1)
    app.slider(key="knob_tc_kernel").set_value(1).run()
    assert app.slider(key="knob_tc_padding").disabled
    assert metrics(app)["p′ = k − 1 − p"] == "0"
    # 4 (5 − 1) + 1 − 0 + 0
    assert metrics(app)["Output size"] == "17 × 17"


def test_real_scores_are_measured_by_the_library(open_page: Open) -> None:
    app = open_page("upsampling", ups="scores", seed="40", real_way="asymmetric")
    scene = street(40, size=STREET_SIZE)
    logits = load("street").forward(scene.image).inference.output(0)[0].astype(np.float32)
    truth = upsampling.nearest(scene.truth.semantic.labels, (360, 480))
    text = html(app)
    for way in ("classes", "asymmetric", "shuffle"):
        labels = ways.labels_of(way, logits, (360, 480), 4, "mean")
        matrix = measure.confusion_matrix(truth, labels, num_classes=11)
        boundary = measure.boundary_iou(truth, labels, num_classes=11, radius=12)
        row = re.search(rf'<tr data-way="{way}">.*?</tr>', text)
        assert row is not None
        assert f"<td>{sig3(float(measure.mean_iou(matrix, absent='skip')))}</td>" in row[0]
        assert f"<td>{sig3(float(np.nanmean(boundary)))}</td>" in row[0]


@pytest.mark.parametrize("method", ["unpool", "scores"])
def test_odd_pictures(open_page: Open, method: str) -> None:
    app = open_page("upsampling", ups=method, ups_in="picture")
    for name in ("tall.png", "dot.png"):
        app.file_uploader(key="upload").upload(name, GOOD[name]()[0], "image/png").run()
        assert not app.exception
        assert not app.error


def test_classes_first_is_nearest_scores_and_shuffling_loses_nothing() -> None:
    scores = np.random.default_rng(0).normal(size=(5, 16, 24)).astype(np.float32)
    size = (64, 96)
    coarse = ways.reduced(scores, 4, "mean")
    np.testing.assert_allclose(coarse[2, 1, 3], scores[2, 4:8, 12:16].mean(), rtol=1e-5)
    np.testing.assert_array_equal(ways.reduced(scores, 4, "every"), scores[:, ::4, ::4])
    classes = ways.labels_of("classes", scores, size, 4, "mean")
    np.testing.assert_array_equal(classes, upsampling.nearest(coarse, size).argmax(axis=0))
    own = upsampling.bilinear(scores, size).argmax(axis=0)
    shuffled = ways.labels_of("shuffle", scores, size, 4, "mean")
    assert (shuffled != own).mean() < 1e-3
    # A transposed convolution with the bilinear kernel is half-pixel interpolation, but for the
    # rim, where it lowers all classes alike: the decision is the same.
    half = ways.labels_of("half_pixel", scores, size, 4, "mean")
    fcn = ways.labels_of("transposed", scores, size, 4, "mean")
    assert (half[8:-8, 8:-8] != fcn[8:-8, 8:-8]).mean() < 1e-3
    assert transposed.bilinear_geometry(16).size(4) == 64


def test_the_place_with_most_differences_comes_first() -> None:
    differs = np.zeros((360, 480), bool)
    differs[80:90, 100:140] = True
    differs[300:304, 400:404] = True
    assert crop_at(differs, 1) == (72, 96)
    assert crop_at(differs, 2) == (288, 384)
