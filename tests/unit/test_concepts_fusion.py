"""Skip fusion: hand-worked scores, OpenVINO beside NumPy, and the bundled heads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seglib.concepts import fusion, fusion_graph
from seglib.concepts.fusion import FusionOptions
from seglib.errors import ModelFileError, ShapeError, UsageError
from seglib.models import find, layers
from tests.conftest import ROOT

HEADS = ROOT / "assets/concepts/fcn_heads"


def scores(*sizes: tuple[int, int], seed: int = 0, classes: int = 3) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(classes, *size)).astype(np.float32) for size in sizes]


def test_twice_as_large_by_hand() -> None:
    # centres of the outputs at -1/4, 1/4, 3/4, 5/4 of the two cells
    row = fusion.enlarge(np.array([[[0.0, 4.0]]]), (2, 2), (2, 4))
    assert row.tolist() == [[[0, 1, 3, 4], [0, 1, 3, 4]]]
    # the last row and column of an odd size are cut off
    assert fusion.enlarge(np.array([[[0.0, 4.0]]]), (2, 2), (1, 3)).tolist() == [[[0, 1, 3]]]


def test_inside_it_is_the_bilinear_transposed_convolution() -> None:
    # Long et al. initialise their 4 x 4 kernel with (1, 3, 3, 1)/4 in both directions, stride 2.
    (values,) = scores((5, 6), classes=1)
    line = np.array([1, 3, 3, 1]) / 4
    out = np.zeros((2 * 5 + 2, 2 * 6 + 2))
    for y in range(5):
        for x in range(6):
            out[2 * y : 2 * y + 4, 2 * x : 2 * x + 4] += values[0, y, x] * np.outer(line, line)
    enlarged = fusion.enlarge(values, (2, 2), (10, 12))[0]
    assert enlarged[1:-1, 1:-1] == pytest.approx(out[1:-1, 1:-1][1:-1, 1:-1], abs=1e-6)


def test_fusion_by_hand() -> None:
    one = np.ones((1, 1, 1), np.float32)
    found = fusion.fuse(one, 10 * np.ones((1, 2, 2)), 100 * np.ones((1, 4, 3)))
    assert found.up32.tolist() == np.ones((1, 2, 2)).tolist()
    assert found.sum16.tolist() == (11 * np.ones((1, 2, 2))).tolist()
    assert found.sum8.tolist() == (111 * np.ones((1, 4, 3))).tolist()
    assert found.of(32) is found.score32
    assert found.of(16) is found.sum16
    assert found.of(8) is found.sum8


@settings(deadline=None, max_examples=10)
@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.booleans(),
    st.floats(0, 2),
    st.floats(0, 2),
    st.integers(0, 99),
)
def test_openvino_fuses_the_same(
    high: int, wide: int, odd: bool, skip16: float, skip8: float, seed: int
) -> None:
    mid = (2 * high - odd, 2 * wide - odd)
    options = FusionOptions(round(skip16, 2), round(skip8, 2))
    parts = scores((high, wide), mid, (2 * mid[0] - odd, 2 * mid[1]), seed=seed)
    exact, found = fusion.fuse(*parts, options), fusion_graph.fuse(*parts, options)
    for name in ("up32", "sum16", "up16", "sum8"):
        assert np.abs(getattr(found, name) - getattr(exact, name)).max() <= 1e-4


def test_without_its_skips_fcn_8s_is_fcn_32s_enlarged() -> None:
    parts = scores((4, 5), (8, 10), (16, 20))
    found = fusion.fuse(*parts, FusionOptions(0.0, 0.0))
    assert (found.sum16 == found.up32).all()
    assert (found.sum8 == found.up16).all()


@pytest.mark.parametrize("size", [(480, 360), (451, 300), (33, 200), (1, 7)])
@pytest.mark.parametrize("stride", [32, 16, 8])
def test_openvino_brings_scores_to_the_picture_alike(stride: int, size: tuple[int, int]) -> None:
    (values,) = scores((-(-360 // stride), -(-480 // stride)))
    exact = fusion.to_picture(values, stride, (480, 360), size)
    found = fusion_graph.to_picture(values, stride, (480, 360), size)
    assert exact.shape == (3, size[1], size[0])
    assert np.abs(found - exact).max() <= 1e-4


@given(st.integers(1, 9), st.integers(1, 40), st.floats(0.3, 9))
def test_weights_are_a_partition_of_unity(cells: int, outputs: int, scale: float) -> None:
    matrix = fusion.weights(cells, outputs, scale)
    assert matrix.sum(axis=1) == pytest.approx(np.ones(outputs), abs=1e-6)
    assert (matrix >= 0).all()
    assert (np.count_nonzero(matrix, axis=1) <= 2).all()


def test_heads_are_matrix_products() -> None:
    (features,) = scores((3, 4), classes=5)
    weight, bias = np.arange(10.0).reshape(2, 5).astype(np.float32), np.array([1, -1], np.float32)
    exact = fusion.score(features, weight, bias)
    assert exact[:, 1, 2] == pytest.approx(weight @ features[:, 1, 2] + bias, abs=1e-5)
    assert fusion_graph.score(features, weight, bias) == pytest.approx(exact, abs=1e-4)


def test_halving_averages_what_is_there() -> None:
    values = np.array([[[1, 3, 10], [5, 7, 20], [4, 8, 6]]], np.float32)
    assert fusion.halve(values).tolist() == [[[4, 15], [6, 6]]]
    assert fusion_graph.halve(values) == pytest.approx(fusion.halve(values), abs=1e-5)


def test_what_does_not_fit_is_refused() -> None:
    a, b, c = scores((4, 5), (8, 10), (17, 20))
    with pytest.raises(ShapeError, match="at most twice"):
        fusion.fuse(a, b, c)
    with pytest.raises(ShapeError, match="same classes"):
        fusion.fuse(a[:2], b, b)
    with pytest.raises(ShapeError, match="weights"):
        fusion.score(a, np.zeros((2, 4)), np.zeros(2))
    with pytest.raises(ShapeError, match="to enlarge"):
        fusion.enlarge(a, (2, 2), (0, 3))
    with pytest.raises(UsageError, match="skip16"):
        FusionOptions(2.5)


def test_published_numbers() -> None:
    assert fusion.PUBLISHED == {32: 59.4, 16: 62.4, 8: 62.7}


# -- the bundled heads -----------------------------------------------------------------------------


def test_the_heads_belong_to_the_bundled_street_network() -> None:
    heads = fusion_graph.load_heads(HEADS)
    card = find("street")
    assert heads.facts["street_sha256"] == dict(card.measured.sha256), (
        "the street network changed: run python -m training.fcn_heads"
    )
    shapes = {layer.name: layer.shape for layer in layers(card)}
    for stride in fusion.STRIDES:
        channels, high, wide = shapes[heads.layers[stride]]
        assert heads.weights[stride].shape == (11, channels)
        expected = (23, 30) if stride > 8 else (45, 60)
        assert (high, wide) == expected


def test_the_heads_are_small_and_each_skip_helps() -> None:
    heads = fusion_graph.load_heads(HEADS)
    assert sum(path.stat().st_size for path in HEADS.iterdir()) < 200_000
    measured = [entry["mean_iou"] for entry in heads.facts["evaluations"]]
    assert [entry["network"] for entry in heads.facts["evaluations"]] == [
        "FCN-32s",
        "FCN-16s",
        "FCN-8s",
    ]
    assert 0.4 < measured[0] < measured[1] < measured[2] < 0.8


def test_damaged_heads_say_so(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="missing or damaged"):
        fusion_graph.load_heads(tmp_path)
    (tmp_path / "measured.json").write_text('{"layers": 3}')
    (tmp_path / "heads.npz").write_bytes(b"PK")
    with pytest.raises(ModelFileError, match="missing or damaged"):
        fusion_graph.load_heads(tmp_path)
