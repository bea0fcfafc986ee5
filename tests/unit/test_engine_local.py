"""LocalEngine: exact results from many threads, preprocessing, precision, time-outs, the cache."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from seglib.engine import ConcurrencyLimit, Engine, LocalEngine, Preprocessing
from seglib.engine.core import core
from seglib.errors import EngineBusyError, EngineError, ShapeError
from tests.data.tiny_models import conv_net


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return conv_net(tmp_path_factory.mktemp("model"))


def pictures(count, *, height=36, width=48):
    rng = np.random.default_rng(7)
    return [rng.integers(0, 256, (height, width, 3), dtype=np.uint8) for _ in range(count)]


def convolve(image, weights, stride):
    """Plain float64 convolution with padding 1: the independent reference."""
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    return np.einsum("chwij,ocij->ohw", windows[:, ::stride, ::stride], weights)


def test_f32_equals_the_plain_computation_and_bf16_is_told(tmp_path):
    path = conv_net(tmp_path, depth=1, seed=3)
    stored = np.frombuffer(path.with_suffix(".bin").read_bytes(), np.float16)
    weights = stored.reshape(11, 3, 3, 3).astype(np.float64)
    x = np.random.default_rng(1).normal(size=(1, 3, 36, 48)).astype(np.float32)
    expected = convolve(x[0].astype(np.float64), weights, 2)
    with LocalEngine(path, precision="f32") as engine:
        assert engine.info.precision == "f32"
        logits = engine.infer({"image": x}).output("logits")
    np.testing.assert_allclose(logits[0], expected, rtol=1e-5, atol=1e-5)
    if "BF16" in core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        with LocalEngine(path, precision="bf16") as engine:
            assert engine.info.precision == "bf16"
            rough = engine.infer({"image": x}).output("logits")
        assert 1e-4 < np.abs(rough[0] - expected).max() < 0.2


def test_info_and_shapes(model):
    with LocalEngine(model) as engine:
        assert isinstance(engine, Engine)
        assert engine.input_shapes == {"image": (1, 3, 36, 48)}
        assert engine.output_shapes == {"logits": (1, 11, 18, 24)}
        info = engine.info
    assert info.device == "CPU"
    assert info.runtime.startswith("OpenVINO 20")
    assert info.requests >= 1
    assert info.performance_hint == "LATENCY"


def test_a_network_without_names_is_bound_by_position(tmp_path):
    named, plain = conv_net(tmp_path, name="a"), conv_net(tmp_path, name="b", named=False)
    x = np.ones((1, 3, 36, 48), np.float32)
    with LocalEngine(named, precision="f32") as one, LocalEngine(plain, precision="f32") as two:
        (name,) = two.input_shapes  # the runtime makes one up
        expected = one.infer({"image": x}).output("logits")
        run = two.infer({name: x})
    assert "logits" not in run.outputs
    np.testing.assert_array_equal(run.output("logits"), expected)
    np.testing.assert_array_equal(run.output(0), expected)


@pytest.mark.parametrize("requests", [1, 3])
def test_sixteen_threads_give_the_single_thread_results(model, requests):
    inputs = pictures(32)
    embed = Preprocessing().embed
    limit = ConcurrencyLimit(8)
    with LocalEngine(model, requests=requests, transform=embed, limit=limit) as engine:
        assert engine.info.requests == requests
        single = [engine.infer({"image": p[None]}).output("logits") for p in inputs]
        start = threading.Barrier(16)

        def work(thread):
            start.wait()
            order = np.random.default_rng(thread).permutation(len(inputs))
            return [(i, engine.infer({"image": inputs[i][None]}).output(0)) for i in order]

        with ThreadPoolExecutor(16) as pool:
            answers = [pair for chunk in pool.map(work, range(16)) for pair in chunk]
    assert len({single[i].tobytes() for i in range(len(inputs))}) == len(inputs)
    assert all(np.array_equal(single[i], logits) for i, logits in answers)


def test_outputs_are_owned_and_read_only(model):
    first, second = pictures(2)
    with LocalEngine(model, transform=Preprocessing().embed, requests=1) as engine:
        kept = engine.infer({"image": first[None]}).output(0)
        before = kept.copy()
        engine.infer({"image": second[None]})
    np.testing.assert_array_equal(kept, before)
    with pytest.raises(ValueError, match="read-only"):
        kept[0, 0, 0, 0] = 1


@pytest.mark.parametrize(
    "preprocessing",
    [
        Preprocessing(),
        Preprocessing(mean=(123.675, 116.28, 103.53), scale=(58.395, 57.12, 57.375)),
        Preprocessing(mean=(10, 20, 30), scale=(1, 2, 4), order="BGR"),
    ],
)
def test_embedded_and_separate_preprocessing_agree(model, preprocessing):
    picture = pictures(1)[0]
    picture.setflags(write=False)
    with (
        LocalEngine(model, precision="f32", transform=preprocessing.embed) as embedded,
        LocalEngine(model, precision="f32") as plain,
    ):
        assert embedded.input_shapes == {"image": (1, 36, 48, 3)}
        inside = embedded.infer({"image": picture[None]}).output("logits")
        outside = plain.infer({"image": preprocessing.apply(picture)}).output("logits")
    np.testing.assert_allclose(inside, outside, rtol=1e-4, atol=1e-4)
    assert np.ptp(inside) > 0.1


def test_separate_steps_by_hand():
    steps = Preprocessing().steps(np.array([[[0, 255, 51]]], np.uint8))
    assert [step.name for step in steps] == [
        "resized picture, 0 to 255",
        "to float32",
        "minus mean",
        "divided by scale",
        "channels first",
        "a batch of one",
    ]
    np.testing.assert_allclose(steps[-1].array, [[[[-1.0]], [[1.0]], [[-0.6]]]], atol=1e-6)
    assert steps[-1].array.dtype == np.float32
    with pytest.raises(ShapeError, match=r"expected \(H, W, 3\) uint8, got \(2, 2\) float64"):
        Preprocessing().steps(np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, "expected inputs image, got -"),
        ({"picture": np.zeros((1, 3, 36, 48), np.float32)}, "expected inputs image, got picture"),
        ({"image": np.zeros((1, 3, 36, 47), np.float32)}, r"got \(1, 3, 36, 47\) float32"),
        ({"image": np.zeros((3, 36, 48), np.float32)}, r"got \(3, 36, 48\) float32"),
        ({"image": np.zeros((1, 3, 36, 48))}, r"got \(1, 3, 36, 48\) float64"),
    ],
)
def test_wrong_inputs_say_what_was_expected(model, inputs, message):
    with LocalEngine(model) as engine, pytest.raises(ShapeError, match=message):
        engine.infer(inputs)


def test_busy_engine_times_out_with_one_sentence_and_recovers(model):
    x = {"image": np.zeros((1, 3, 36, 48), np.float32)}
    limit = ConcurrencyLimit(1)
    with LocalEngine(model, limit=limit, requests=1) as engine:
        assert limit.acquire(timeout_s=0)
        start = time.perf_counter()
        with pytest.raises(EngineBusyError, match=r"server is busy: .* within 0\.05 s"):
            engine.infer(x, timeout_s=0.05)
        assert 0.04 < time.perf_counter() - start < 60
        # Long against what may pass before the wait begins, on a busy machine.
        threading.Timer(0.6, limit.release).start()
        run = engine.infer(x, timeout_s=120)
        # the wait is told apart from the run
        assert run.queue_ms > 50
        assert run.infer_ms < run.queue_ms + 60_000
        assert min(engine.infer(x).queue_ms for _ in range(20)) < 50


def test_the_pool_times_out_when_all_requests_are_out(model):
    x = {"image": np.zeros((1, 3, 36, 48), np.float32)}
    with LocalEngine(model, requests=1, timeout_s=0.02) as engine:
        request = engine._pool.acquire(timeout_s=0)
        with pytest.raises(EngineBusyError):
            engine.infer(x)
        engine._pool.release(request)
        engine.infer(x)


def test_closed_engine_refuses(model):
    engine = LocalEngine(model)
    engine.close()
    with pytest.raises(EngineError, match="the engine of tiny is closed"):
        engine.infer({"image": np.zeros((1, 3, 36, 48), np.float32)})


def test_unknown_device_and_precision(model):
    with pytest.raises(EngineError, match="tiny cannot run on ABACUS") as caught:
        LocalEngine(model, device="ABACUS")
    assert "\n" not in str(caught.value)
    assert ".cpp" not in str(caught.value)
    with pytest.raises(EngineError, match="expected precision f32, bf16, f16 or int8, got 'int3'"):
        LocalEngine(model, precision="int3")


def test_cache_is_written_and_notices_new_weights(tmp_path):
    path = conv_net(tmp_path / "m", seed=1)
    cache = tmp_path / "cache"
    x = {"image": np.ones((1, 3, 36, 48), np.float32)}
    with LocalEngine(path, cache_dir=cache) as engine:
        old = engine.infer(x).output(0)
    assert list(cache.rglob("*.blob"))
    with LocalEngine(path, cache_dir=cache) as engine:
        np.testing.assert_array_equal(engine.infer(x).output(0), old)
    weights = path.with_suffix(".bin")
    weights.write_bytes(bytes(len(weights.read_bytes())))
    with LocalEngine(path, cache_dir=cache) as engine:
        assert not engine.infer(x).output(0).any()


@pytest.mark.parametrize("spoil", [b"", b"junk", None])
def test_spoilt_cache_is_no_reason_to_fail(tmp_path, spoil):
    path = conv_net(tmp_path / "m", seed=1)
    cache = tmp_path / "cache"
    LocalEngine(path, cache_dir=cache).close()
    for blob in cache.rglob("*.blob"):
        content = blob.read_bytes()
        blob.chmod(0o600)
        blob.write_bytes(content[: len(content) // 2] if spoil is None else spoil)
    with LocalEngine(path, cache_dir=cache) as engine:
        assert engine.infer({"image": np.ones((1, 3, 36, 48), np.float32)}).output(0).any()


def test_unwritable_cache_is_no_reason_to_fail(model, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with LocalEngine(model, cache_dir=blocked / "cache") as engine:
        assert engine.infer({"image": np.ones((1, 3, 36, 48), np.float32)}).output(0).any()
