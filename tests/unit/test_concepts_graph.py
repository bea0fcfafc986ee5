"""Tiny graphs: compiled once, safe among threads, clear errors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from seglib.concepts import _graph
from seglib.errors import EngineError, ShapeError


def _scale(factor: float, calls: list[float]):
    def build(nodes):
        from openvino import opset13 as ops

        calls.append(factor)
        return ops.multiply(nodes["x"], ops.constant(np.float32(factor)))

    return build


def test_a_structure_is_compiled_once_for_each_shape() -> None:
    calls: list[float] = []
    for size in (3, 3, 4, 3):
        (found,) = _graph.run(("scale", 2), _scale(2, calls), {"x": np.ones(size)})
        assert found.tolist() == [2.0] * size
    assert calls == [2, 2]


def test_the_answer_is_the_caller_s_own() -> None:
    calls: list[float] = []
    (first,) = _graph.run("own", _scale(3, calls), {"x": np.ones(2)})
    (second,) = _graph.run("own", _scale(3, calls), {"x": np.zeros(2)})
    assert first.tolist() == [3, 3]
    first[:] = 9
    assert second.tolist() == [0, 0]


def test_several_outputs_in_order() -> None:
    def build(nodes):
        from openvino import opset13 as ops

        return [ops.add(nodes["a"], nodes["b"]), ops.subtract(nodes["a"], nodes["b"])]

    total, difference = _graph.run("two", build, {"a": np.full(2, 5.0), "b": np.ones(2)})
    assert total.tolist() == [6, 6]
    assert difference.tolist() == [4, 4]


def test_threads_do_not_mix_their_numbers() -> None:
    def work(number: int) -> bool:
        calls: list[float] = []
        (found,) = _graph.run("threads", _scale(2, calls), {"x": np.full(1000, float(number))})
        return bool((found == 2 * number).all())

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))


def test_few_graphs_are_kept() -> None:
    for factor in range(_graph.CAPACITY + 5):
        _graph.run(("many", factor), _scale(factor, []), {"x": np.ones(1)})
    assert len(_graph._kept) == _graph.CAPACITY


def test_numbers_stay_exact_to_f32() -> None:
    x = np.random.default_rng(0).normal(size=1000)
    (found,) = _graph.run("exact", _scale(1 / 3, []), {"x": x})
    np.testing.assert_allclose(found, x / 3, rtol=3e-7)


def test_senseless_inputs() -> None:
    with pytest.raises(ShapeError, match="at least one input"):
        _graph.run("none", _scale(1, []), {})
    with pytest.raises(ShapeError, match=r"input x with elements, got \(0, 3\)"):
        _graph.run("empty", _scale(1, []), {"x": np.ones((0, 3))})


def test_what_the_operator_refuses_is_one_line() -> None:
    def build(nodes):
        from openvino import opset13 as ops

        return ops.convolution(nodes["x"], nodes["w"], [1, 1], [0, 0], [0, 0], [1, 1])

    with pytest.raises(EngineError, match=r"^the graph cannot be run: [^\n]+$"):
        _graph.run("bad", build, {"x": np.ones((1, 1, 2, 2)), "w": np.ones((1, 1, 3, 3))})
