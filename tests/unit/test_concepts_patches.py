"""From a patch classifier to a fully convolutional network: the same answers, counted costs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seglib.concepts import convolutionalise as fc
from seglib.concepts import cost_table, patches, patches_graph, patches_sample
from seglib.concepts.patches import Conv, Dense, PatchNet, Pool
from seglib.errors import ModelFileError, ShapeError, UsageError
from tests.conftest import ROOT

MODEL = ROOT / "assets/concepts/membrane/membrane.xml"


def small(seed: int = 0, *, pool: int = 2) -> PatchNet:
    """A network on windows of 9 (pool 2: 9 → 8 → 4 → 2 → 1) or 11 pixels (pool 3: 11 → 9 → 3)."""
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    if pool == 3:
        layers = (
            Conv(draw(3, 1, 3, 3), draw(3)),
            Pool(3),
            Dense(draw(4, 27), draw(4)),
            Dense(draw(2, 4), draw(2)),
        )
        return PatchNet(layers, 11)
    layers = (
        Conv(draw(3, 1, 2, 2), draw(3)),
        Pool(2),
        Conv(draw(4, 3, 1, 1), draw(4)),
        Pool(2),
        Dense(draw(5, 16), draw(5)),
        Dense(draw(2, 5), draw(2)),
    )
    return PatchNet(layers, 9)


def test_a_hand_worked_window() -> None:
    # conv [[1, 1], [0, 0]] + 1 on rows 0 1 2 | 3 4 5 | 6 7 8 gives 2 4 | 8 10, pooled to 10;
    # the dense layers give max(0, 0.5 * 10 - 1) = 4, then (4, -4 + 1).
    def values(*numbers: float, shape: tuple[int, ...]) -> np.ndarray:
        return np.array(numbers, np.float32).reshape(shape)

    net = PatchNet(
        (
            Conv(values(1, 1, 0, 0, shape=(1, 1, 2, 2)), values(1, shape=(1,))),
            Pool(2),
            Dense(values(0.5, shape=(1, 1)), values(-1, shape=(1,))),
            Dense(values(1, -1, shape=(2, 1)), values(0, 1, shape=(2,))),
        ),
        3,
    )
    patch = np.arange(9).reshape(3, 3)
    assert patches.steps(net, patch)[1].tolist() == [[[2, 4], [8, 10]]]
    assert patches.classify(net, patch).tolist() == [4, -3]
    assert patches_graph.windows(net, patch[None]).tolist() == [[4, -3]]
    assert net.parameters == 5 + 2 + 4


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 999), st.integers(0, 6), st.integers(0, 9), st.sampled_from([2, 3]))
def test_one_pass_gives_every_window_s_answer(seed: int, high: int, wide: int, pool: int) -> None:
    net = small(seed, pool=pool)
    picture = np.random.default_rng(seed).normal(size=(net.window + high, net.window + wide))
    answers = patches.every_pixel(net, picture)
    assert answers.shape == (2, high + 1, wide + 1)
    for y, x in {(0, 0), (high, wide), (high // 2, wide // 2)}:
        patch = picture[y : y + net.window, x : x + net.window]
        assert patches.classify(net, patch) == pytest.approx(answers[:, y, x], abs=1e-4, rel=1e-5)


def test_openvino_agrees_with_the_reference_in_every_way() -> None:
    net = small(3)
    picture = np.random.default_rng(1).normal(size=(20, 17)).astype(np.float32)
    exact = patches.every_pixel(net, picture)
    assert np.abs(patches_graph.one_pass(net, picture) - exact).max() <= 1e-4
    grid = patches_graph.one_pass(net, picture, way="grid")
    assert np.abs(grid - exact[:, :: net.stride, :: net.stride]).max() <= 1e-4
    one_by_one = patches_graph.windows(net, patches_graph.cut(picture, net.window))
    assert np.abs(one_by_one.T.reshape(exact.shape) - exact).max() <= 1e-4


def test_a_network_survives_the_file(tmp_path: Path) -> None:
    net = small(5)
    patches_graph.save(net, tmp_path / "net.xml")
    back = patches_graph.load(tmp_path / "net.xml")
    assert patches.map_sizes(back) == patches.map_sizes(net)
    patch = np.random.default_rng(0).normal(size=(9, 9))
    # half precision keeps about three digits of each weight
    assert patches.classify(back, patch) == pytest.approx(
        patches.classify(net, patch), abs=0.02, rel=0.02
    )
    assert back.digest != net.digest
    assert back.digest == patches_graph.load(tmp_path / "net.xml").digest


def test_bad_networks_and_pictures_are_refused_with_a_reason(tmp_path: Path) -> None:
    net = small()
    with pytest.raises(ShapeError, match="odd window"):
        PatchNet((Pool(2),), 4)
    with pytest.raises(ShapeError, match="multiple of 2"):
        PatchNet(net.layers, 10)
    with pytest.raises(ShapeError, match="to read 16 values"):
        PatchNet((*net.layers[:4], Dense(np.zeros((2, 9), np.float32), np.zeros(2))), 9)
    with pytest.raises(ShapeError, match="at least 9 x 9"):
        patches_graph.one_pass(net, np.zeros((8, 30)))
    with pytest.raises(ShapeError, match="at least 9 x 9"):
        patches.every_pixel(net, np.zeros((30, 8)))
    with pytest.raises(ShapeError, match="patch of 9 x 9"):
        patches.classify(net, np.zeros((8, 9)))
    with pytest.raises(ShapeError, match="2 classes"):
        patches.probability(np.zeros((3, 4)))
    with pytest.raises(ModelFileError, match="missing or damaged"):
        patches_graph.load(tmp_path / "nothing.xml")


def test_probability_is_the_softmax() -> None:
    logits = np.array([[0.0, 2.0, -500.0], [0.0, 1.0, 500.0]], np.float32)
    shown = patches.probability(logits)
    assert shown[:2] == pytest.approx([0.5, np.e / (1 + np.e)])
    assert 0 <= shown[2] < 1e-20


def test_a_mirrored_picture_has_a_window_for_each_pixel() -> None:
    picture = np.arange(6.0).reshape(2, 3)
    wide = patches.mirrored(picture, 9)
    assert wide.shape == (10, 11)
    assert (wide[4:6, 4:7] == picture).all()
    assert wide[3, 4:7].tolist() == [0, 1, 2]


# -- the bundled classifier ------------------------------------------------------------------------


def test_the_bundled_network_gives_the_same_answers_both_ways() -> None:
    net = patches_graph.load(MODEL)
    picture, _ = patches_sample.membranes(7, size=(96, 72))
    values = patches_graph.scaled(picture)
    once = patches_graph.one_pass(net, values)
    each = patches_graph.windows(net, patches_graph.cut(values, net.window))
    assert np.abs(each.T.reshape(once.shape) - once).max() <= 1e-4
    exact = patches.classify(net, values[3 : 3 + net.window, 11 : 11 + net.window])
    assert exact == pytest.approx(once[:, 3, 11], abs=1e-4)


def test_the_bundled_network_is_what_its_facts_say() -> None:
    facts = json.loads(MODEL.with_name("measured.json").read_text())
    net = patches_graph.load(MODEL)
    assert facts["parameters"] == net.parameters
    size = sum(MODEL.with_suffix(end).stat().st_size for end in (".xml", ".bin"))
    assert facts["files_bytes"] == size < 1_000_000
    isbi, generated = facts["evaluations"]
    assert isbi["dataset"] == "isbi2012"
    assert isbi["membrane_f"] > 0.75
    assert generated["membrane_f"] > 0.75


def test_the_bundled_network_finds_generated_membranes() -> None:
    net = patches_graph.load(MODEL)
    picture, truth = patches_sample.membranes(3)
    values = patches_graph.scaled(patches.mirrored(picture, net.window))
    found = patches.probability(patches_graph.one_pass(net, values)) > 0.5
    assert found.shape == truth.shape
    both, either = (found & truth).sum(), (found | truth).sum()
    assert both / either > 0.6


def test_generated_membranes_repeat_and_differ() -> None:
    picture, truth = patches_sample.membranes(1, size=(90, 70))
    again, _ = patches_sample.membranes(1, size=(90, 70))
    other, _ = patches_sample.membranes(2, size=(90, 70))
    assert picture.shape == truth.shape == (70, 90)
    assert (picture == again).all()
    assert (picture != other).any()
    assert 0.1 < truth.mean() < 0.5
    assert picture[truth].mean() + 20 < picture[~truth].mean()


# -- fully connected to convolution ----------------------------------------------------------------


def test_vgg_s_fc6_has_as_many_parameters_either_way() -> None:
    assert 4096 * (512 * 7 * 7) + 4096 == 102_764_544
    assert fc.dense_parameters(512, 7, 4096) == 102_764_544
    assert fc.conv_parameters(512, 7, 4096) == 102_764_544


@pytest.mark.parametrize(("pixels", "maps", "grid"), [(224, 7, 1), (256, 8, 2), (500, 15, 9)])
def test_vgg_s_output_grid(pixels: int, maps: int, grid: int) -> None:
    assert fc.vgg_grid(pixels) == (maps, grid)


@settings(deadline=None, max_examples=10)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 4), st.integers(0, 99))
def test_a_layer_slid_over_maps_gives_what_it_gives_each_window(
    channels: int, kernel: int, more: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    weight = rng.normal(size=(3, channels * kernel**2)).astype(np.float32)
    bias = rng.normal(size=3).astype(np.float32)
    maps = rng.normal(size=(channels, kernel + more, kernel + 1)).astype(np.float32)
    kernels = fc.to_convolution(weight, channels, kernel)
    slid = fc.everywhere(maps, kernels, bias)
    assert slid.shape == (3, more + 1, 2)
    window = maps[:, more : more + kernel, 1 : 1 + kernel]
    assert fc.dense(window, weight, bias) == pytest.approx(slid[:, more, 1], abs=1e-4)
    assert fc.everywhere_graph(maps, kernels, bias) == pytest.approx(slid, abs=1e-4)


def test_a_layer_that_does_not_fit_says_so() -> None:
    with pytest.raises(UsageError, match="at least 7 x 7"):
        fc.output_grid(6, 7)
    with pytest.raises(ShapeError, match=r"outputs, 8"):
        fc.to_convolution(np.zeros((3, 9)), 2, 2)
    with pytest.raises(ShapeError, match="at least 2 x 2"):
        fc.everywhere(np.zeros((2, 1, 5)), np.zeros((3, 2, 2, 2)), np.zeros(3))


# -- the lecture's table ---------------------------------------------------------------------------


def test_the_lecture_s_table() -> None:
    rows = cost_table.table()
    assert [row.side for row in rows] == [95, 92, 46, 42, 21, 18, 9, 6, 3, 1, 1]
    assert [row.maps for row in rows] == [1, *[48] * 8, 200, 2]
    assert [row.weights for row in rows if row.weights] == [
        816,  # (4·4·1 + 1)·48
        57_648,  # (5·5·48 + 1)·48
        36_912,  # (4·4·48 + 1)·48
        36_912,
        86_600,  # (3·3·48 + 1)·200
        402,  # (200 + 1)·2
    ]
    assert [row.macs for row in rows if row.macs] == [
        6_500_352,  # 92²·48·16
        101_606_400,  # 42²·48·48·25
        11_943_936,  # 18²·48·48·16
        1_327_104,  # 6²·48·48·16
        86_400,
        400,
    ]
    assert rows[1].connections == 92 * 92 * 48 * 17
    assert sum(row.macs for row in rows) == 121_464_592


def test_a_picture_costs_555_times_more_window_by_window() -> None:
    cost = cost_table.cost(512, 512)
    assert cost.windows == 262_144
    assert cost.sliding == 262_144 * 121_464_592
    # 768 + 57,600 + 36,864 + 36,864 + 86,400 + 400 for each pixel
    assert cost.every_pixel == 262_144 * 218_896
    assert cost.ratio == pytest.approx(554.9, abs=0.05)
    # with pooling: 768 + 57,600/4 + 36,864/16 + 36,864/64 + 86,800/256
    assert cost.grid == 262_144 * (768 + 14_400 + 2_304 + 576 + 86_800 / 256)


def test_a_table_that_does_not_fit_says_so() -> None:
    with pytest.raises(UsageError, match="multiple of 2"):
        cost_table.table(window=94)
    with pytest.raises(UsageError, match="at least 4 x 4"):
        cost_table.table(window=3)


def test_the_table_counts_a_real_network_right() -> None:
    net = patches_graph.load(MODEL)
    rows = patches_graph.counted(net)
    assert sum(row.weights for row in rows) == net.parameters
    assert [(row.maps, row.side) for row in rows] == list(patches.map_sizes(net))
