"""Receptive fields, gridding, the trick of DeepLab v1, the pyramid of rates, cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from seglib.concepts import atrous, cost
from seglib.concepts import receptive_field as rf
from seglib.concepts.convolution import convolve
from seglib.errors import ShapeError, UsageError
from seglib.models import find
from seglib.models.layers import layers, look_inside, parameters
from seglib.scenes import street

RATES = st.lists(st.integers(1, 4), min_size=1, max_size=4)


def _layers(rates: list[int], kernel: int = 3) -> list[rf.Layer]:
    return [rf.Layer(kernel, 1, rate) for rate in rates]


@pytest.mark.parametrize(
    ("kernel", "rate", "spans"), [(3, 1, 3), (3, 2, 5), (3, 12, 25), (5, 3, 13), (1, 9, 1)]
)
def test_effective_kernel(kernel: int, rate: int, spans: int) -> None:
    assert atrous.effective_kernel(kernel, rate) == spans
    assert rf.Layer(kernel, 1, rate).reach == spans


def test_receptive_field_of_known_stacks() -> None:
    # VGG-16 up to pool5 sees 212 pixels, one output cell every 32.
    vgg = []
    for count in (2, 2, 3, 3, 3):
        vgg += [rf.Layer(3)] * count + [rf.Layer(2, 2)]
    last = rf.grow(vgg)[-1]
    assert (last.field, last.jump) == (212, 32)
    assert [reach.field for reach in rf.grow(_layers([1, 2, 4]))] == [1, 3, 7, 15]
    assert rf.grow([])[-1] == rf.Reach(1, 1)


def test_gridding_and_its_cure() -> None:
    # Wang et al. 2018, figure 2: three layers at rate 2 leave a chessboard with three quarters
    # of its cells empty; 1, 2, 5 leave no hole.
    assert rf.paths(_layers([2, 2, 2])).tolist() == [1, 0, 3, 0, 6, 0, 7, 0, 6, 0, 3, 0, 1]
    assert rf.coverage(_layers([2, 2, 2])) == pytest.approx((7 / 13) ** 2)
    assert (rf.paths(_layers([1, 2, 5])) > 0).all()
    assert rf.grow(_layers([1, 2, 5]))[-1].field == 17


def test_the_rule_of_hybrid_dilated_convolution() -> None:
    good, bad = rf.hybrid([1, 2, 5]), rf.hybrid([1, 2, 9])
    assert (good.distances[1], good.holds) == (2, True)
    assert (bad.distances[1], bad.holds) == (5, False)
    factor = rf.hybrid([2, 4, 8])
    assert factor.divisor == 2
    assert not factor.holds
    # near enough alone is not the whole rule
    assert rf.hybrid([2, 2, 2]).close
    assert not rf.hybrid([2, 2, 2]).holds


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3)), max_size=4))
def test_arithmetic_matches_a_walk_over_the_taps(stack: list[tuple[int, int, int]]) -> None:
    chosen = [rf.Layer(*layer) for layer in stack]
    cells = {0: 1}
    for layer in reversed(chosen):
        met: dict[int, int] = {}
        for place, ways in cells.items():
            for tap in range(layer.kernel):
                at = place * layer.stride + tap * layer.dilation
                met[at] = met.get(at, 0) + ways
        cells = met
    field = rf.grow(chosen)[-1].field
    assert max(cells) == field - 1
    if field > rf.MOST_FIELD:
        with pytest.raises(UsageError, match="at most"):
            rf.paths(chosen)
        return
    assert rf.paths(chosen).tolist() == [cells.get(place, 0) for place in range(field)]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.integers(0, 2**32 - 1))
def test_the_gradient_is_what_a_perturbation_measures(rates: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(3, 3)) for _ in rates]
    size = rf.grow(_layers(rates))[-1].field

    def forward(values: np.ndarray) -> np.ndarray:
        for kernel, rate in zip(weights, rates, strict=True):
            values = convolve(values, kernel, dilation=rate)
        return values

    measured = rf.perturb(forward, rng.normal(size=(size, size)), (0, 0))
    expected = np.abs(rf.gradient(weights, rates))
    np.testing.assert_allclose(measured, expected, atol=1e-9)
    # holes are exactly where the arithmetic says
    counts = np.outer(rf.paths(_layers(rates)), rf.paths(_layers(rates)))
    assert ((expected > 0) == (counts > 0)).all()


@settings(max_examples=10, deadline=None)
@given(RATES, st.integers(0, 2**32 - 1))
def test_gradient_and_openvino_agree(rates: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(2, 3, 3)) for _ in rates]
    found = rf.gradient_graph(weights, rates)
    for network in range(2):
        expected = rf.gradient([kernel[network] for kernel in weights], rates)
        np.testing.assert_allclose(found[network], expected, atol=1e-4)


def test_a_perturbation_sees_through_a_stride() -> None:
    stack = [rf.Layer(3, 2), rf.Layer(3)]
    size = rf.grow(stack)[-1].field

    def forward(values: np.ndarray) -> np.ndarray:
        return convolve(convolve(values, np.ones((3, 3)), stride=2), np.ones((3, 3)))

    measured = rf.perturb(forward, np.zeros((size, size)), (0, 0))
    np.testing.assert_allclose(measured, np.outer(rf.paths(stack), rf.paths(stack)))


def test_the_effective_field_is_smaller_than_the_theoretical() -> None:
    # Luo et al. 2016: like a bell curve; ten equal layers of 3 × 3 reach 21 cells, half of the
    # influence lies within far fewer.
    equal = rf.effective([1] * 10, networks=0)
    assert equal.shape == (21, 21)
    bell = np.ones(1)
    for _ in range(10):
        bell = np.convolve(bell, np.ones(3))
    np.testing.assert_allclose(equal, np.outer(bell, bell) / bell.max() ** 2, rtol=1e-4)
    assert rf.central(equal) == 7
    holes = rf.effective([2, 2, 2])
    assert ((holes > 0).mean()) == pytest.approx(rf.coverage(_layers([2, 2, 2])))


@pytest.mark.parametrize("stride", [2, 3, 4])
@pytest.mark.parametrize("graph", [True, False])
def test_the_trick_keeps_the_values(stride: int, graph: bool) -> None:
    rng = np.random.default_rng(stride)
    x, first, second = rng.normal(size=(23, 30)), rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    done = atrous.trick(x, first, second, stride=stride, graph=graph)
    assert done.dense.shape == x.shape
    assert done.coarse.shape == done.kept.shape == (-(-23 // stride), -(-30 // stride))
    assert done.difference < (1e-4 if graph else 1e-12)


def test_the_trick_needs_the_rate() -> None:
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(20, 20)), rng.normal(size=(3, 3))
    coarse = atrous.trick(x, kernel, kernel).coarse
    without = convolve(convolve(x, kernel, padding=1), kernel, padding=1)[::2, ::2]
    assert np.abs(coarse - without).max() > 0.1


def test_valid_weights_as_in_deeplab_v3() -> None:
    # figure 4: on 65 × 65, a small rate has nine valid weights nearly everywhere, a rate of the
    # map's size only the middle one.
    assert atrous.valid_weights((65, 65), 1)[9] == pytest.approx((63 / 65) ** 2)
    assert atrous.valid_weights((65, 65), 65) == {1: 1.0}
    assert atrous.mean_valid((65, 65), 32) == pytest.approx(
        ((33 + 1 + 64) / 65 + 33 / 65) ** 2, 0.02
    )


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 25))
def test_valid_weights_match_a_convolution_of_ones(high: int, wide: int, rate: int) -> None:
    counts = convolve(np.ones((high, wide)), np.ones((3, 3)), padding=rate, dilation=rate)
    shares = atrous.valid_weights((high, wide), rate)
    assert sum(shares.values()) == pytest.approx(1)
    for number, share in shares.items():
        assert share == pytest.approx((np.rint(counts) == number).mean())
    assert atrous.mean_valid((high, wide), rate) == pytest.approx(counts.mean())


def _branch(rng: np.random.Generator, channels: int, outputs: int) -> atrous.Branch:
    return atrous.Branch(
        rng.normal(size=(channels, 3, 3)),
        rng.normal(size=channels),
        rng.normal(size=(outputs, channels)),
        rng.normal(size=outputs),
    )


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 7))
def test_a_branch_and_openvino_agree(seed: int, rate: int) -> None:
    rng = np.random.default_rng(seed)
    features, branch = rng.normal(size=(3, 9, 8)), _branch(rng, 3, 4)
    expected = atrous.run_branch(features, branch, rate)
    np.testing.assert_allclose(atrous.run_branch_graph(features, branch, rate), expected, atol=1e-4)
    wide = np.zeros((2 * rate + 1, 2 * rate + 1))
    wide[::rate, ::rate] = branch.depthwise[0]
    alone = signal.correlate2d(features[0], wide, "same")
    np.testing.assert_allclose(
        convolve(features[0], branch.depthwise[0], padding=rate, dilation=rate), alone, atol=1e-9
    )


def test_the_street_model_s_own_branch_gives_the_street_model_s_own_values() -> None:
    card, image = find("street"), street(3).image
    root = "__module.context.branches.1"
    names = [f"{root}.0.0/aten::_convolution/GroupConvolution"]
    names += [f"{root}.1.0/aten::_convolution/Convolution"]
    (deep, deep_bias), (point, point_bias) = parameters(card, names).values()
    branch = atrous.Branch(deep[:, 0, 0], deep_bias, point[:, :, 0, 0], point_bias)
    inside, outside = "__module.context.reduce.2/aten::relu_/Relu", f"{root}.1.2/aten::relu_/Relu"
    held = look_inside(card, image, [inside, outside], precision="f32").maps
    rate = next(layer.window.dilation for layer in layers(card) if layer.name == names[0])
    assert rate == 6
    found = atrous.run_branch_graph(held[inside], branch, rate)
    np.testing.assert_allclose(found, held[outside], atol=1e-4)
    assert np.abs(atrous.run_branch_graph(held[inside], branch, 12) - held[outside]).max() > 0.1


def test_windows_count_the_street_model_s_operations() -> None:
    card = find("street")
    found = [layer for layer in layers(card) if layer.window]
    adds = sum(layer.window.weights * layer.shape[1] * layer.shape[2] for layer in found)
    assert 2 * adds / 1e9 == pytest.approx(card.gflops, rel=1e-3)


def test_separable_cost() -> None:
    # MobileNets, section 3.1: 3 × 3 on 14 × 14 × 512 → 512
    done = cost.separable(512, 512, (14, 14), 3)
    assert done.full.multiply_adds == 462_422_016
    assert done.multiply_adds == 52_283_392
    assert done.ratio == pytest.approx(1 / 512 + 1 / 9)
    assert done.weights == 512 * 9 + 512 * 512


@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from([1, 3, 5, 7]))
def test_separable_ratio(inputs: int, outputs: int, kernel: int) -> None:
    done = cost.separable(inputs, outputs, (5, 4), kernel)
    assert done.ratio == pytest.approx(1 / outputs + 1 / kernel**2)


def test_measuring_runs_both_forms() -> None:
    found = cost.measure(cost.SeparableOptions(inputs=4, outputs=5, side=6), rounds=1)
    assert found.full_ms > 0
    assert found.separable_ms > 0


def test_image_pyramid() -> None:
    assert cost.image_pyramid(100, [0.5, 0.75, 1]) == pytest.approx(181.25)


def test_senseless_input() -> None:
    with pytest.raises(UsageError, match=r"at most 301 cells, got 401"):
        rf.paths(_layers([100, 100]))
    with pytest.raises(UsageError, match=r"at most 301 cells"):
        rf.effective([100, 100])
    with pytest.raises(UsageError, match="rates from 1, got"):
        rf.hybrid([])
    with pytest.raises(UsageError, match="kernel, stride and dilation from 1"):
        rf.Layer(3, 0)
    with pytest.raises(UsageError, match="a kernel and a rate from 1 for each layer"):
        rf.gradient([np.ones((3, 3))], [1, 2])
    with pytest.raises(ShapeError, match=r"square kernels \(k, k\), got \(3, 2\)"):
        rf.gradient([np.ones((3, 2))], [1])
    with pytest.raises(ShapeError, match=r"two kernels \(3, 3\)"):
        atrous.trick(np.ones((5, 5)), np.ones((5, 5)), np.ones((3, 3)))
    with pytest.raises(UsageError, match="odd kernel"):
        atrous.valid_weights((5, 5), 1, kernel=2)
    with pytest.raises(UsageError, match="scales above 0"):
        cost.image_pyramid(1, [])
    card = find("street")
    with pytest.raises(UsageError, match="no convolution with fixed weights"):
        parameters(card, ["__module.context.reduce.2/aten::relu_/Relu"])
    with pytest.raises(UsageError, match="has no layer 'none'"):
        parameters(card, ["none"])
