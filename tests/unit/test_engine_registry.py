"""The registry of engines, the fake, the pool, the settings."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from seglib.engine import EngineConfig, EngineRegistry, FakeEngine, cache_root
from seglib.engine.cache import writable
from seglib.engine.pool import Pool, PoolClosedError
from seglib.errors import EngineError, UsageError

X = {"image": np.zeros((1, 4, 4, 3), np.uint8)}


def fake(value=0.0):
    return FakeEngine({"logits": np.full((1, 2, 2, 2), value, np.float32)})


def test_fake_counts_and_answers_with_copies():
    answer = np.zeros((1, 2), np.float32)
    engine = FakeEngine({"scores": answer})
    run = engine.infer(X)
    answer += 1
    assert engine.calls == 1
    assert not run.output("scores").any()
    double = FakeEngine(lambda inputs: {"sum": inputs["image"].sum()[None]}, latency_ms=5)
    assert double.infer(X).infer_ms >= 5
    double.close()
    with pytest.raises(EngineError, match="closed"):
        double.infer(X)


def test_output_by_name_by_position_and_missing():
    two = FakeEngine({"a": np.array([1]), "b": np.array([2])}).infer(X)
    assert two.output("b") == 2
    assert two.output(1) == 2
    with pytest.raises(EngineError, match="expected a network with an output c, it has a, b"):
        two.output("c")


def test_lru_eviction_closes_the_idle_one():
    registry = EngineRegistry(2)
    made = {}

    def factory(key):
        def build():
            made.setdefault(key, []).append(fake())
            return made[key][-1]

        return build

    handles = {key: registry.share(key, factory(key)) for key in "ab"}
    handles["a"].infer(X)
    registry.share("c", factory("c"))
    assert registry.keys() == ("a", "c")
    assert made["b"][0].closed
    assert not made["a"][0].closed
    # a handle outlives the eviction: it compiles again
    handles["b"].infer(X)
    assert len(made["b"]) == 2
    assert made["a"][0].closed
    registry.clear()
    assert registry.keys() == ()
    assert all(engine.closed for engines in made.values() for engine in engines)


def test_a_running_engine_is_closed_only_after_its_last_user():
    registry = EngineRegistry(1)
    old = fake()
    with registry.lease("old", lambda: old):
        with registry.lease("old", lambda: old):
            registry.share("new", fake)
            assert registry.keys() == ("new",)
            assert not old.closed
        assert not old.closed
        old.infer(X)
    assert old.closed


def test_many_threads_compile_once_and_other_keys_do_not_wait():
    registry = EngineRegistry(4)
    built = []
    release = threading.Event()

    def slow():
        built.append(1)
        assert release.wait(20)
        return fake()

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(lambda: registry.share("slow", slow).infer(X)) for _ in range(8)]
        registry.share("quick", fake).infer(X)  # returns while "slow" still compiles
        release.set()
        for job in jobs:
            job.result(20)
    assert built == [1]


def test_a_failed_compile_leaves_nothing_behind():
    registry = EngineRegistry(2)

    def broken():
        raise EngineError("no")

    with pytest.raises(EngineError, match="no"):
        registry.share("x", broken)
    assert registry.keys() == ()
    assert registry.share("x", fake).infer(X).outputs


def test_waiting_for_a_compile_counts_as_queue():
    registry = EngineRegistry(1)
    handle = registry.share("x", fake)
    registry.clear()
    handle._factory = lambda: (threading.Event().wait(0.6), fake())[1]
    run = handle.infer(X)
    assert run.queue_ms >= 590
    assert run.infer_ms < run.queue_ms


def test_pool_lends_waits_and_closes():
    pool = Pool([1, 2])
    taken = {pool.acquire(timeout_s=0), pool.acquire(timeout_s=0)}
    assert taken == {1, 2}
    assert pool.acquire(timeout_s=0.01) is None
    threading.Timer(0.05, pool.release, [1]).start()
    assert pool.acquire(timeout_s=120) == 1
    threading.Timer(0.05, pool.close).start()
    with pytest.raises(PoolClosedError):
        pool.acquire(timeout_s=120)
    pool.release(1)
    with pytest.raises(PoolClosedError):
        pool.acquire(timeout_s=0)


def test_config_from_env():
    assert EngineConfig.from_env({}).performance_hint == "LATENCY"
    assert EngineConfig.from_env({}).precision is None
    config = EngineConfig.from_env(
        {
            "SEGLIB_DEVICE": "gpu",
            "SEGLIB_PRECISION": "BF16",
            "SEGLIB_HINT": "throughput",
            "SEGLIB_REQUESTS": "3",
            "SEGLIB_CONCURRENCY": "5",
            "SEGLIB_TIMEOUT_S": "0.5",
            "SEGLIB_MAX_ENGINES": "2",
            "SEGLIB_CACHE": "off",
        }
    )
    assert config == EngineConfig("GPU", "bf16", "THROUGHPUT", 3, 5, 0.5, 2, "off")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SEGLIB_PRECISION", "int4"),
        ("SEGLIB_HINT", "FAST"),
        ("SEGLIB_REQUESTS", "0"),
        ("SEGLIB_CONCURRENCY", "many"),
        ("SEGLIB_TIMEOUT_S", "-1"),
        ("SEGLIB_TIMEOUT_S", "nan"),
        ("SEGLIB_MAX_ENGINES", "inf"),
    ],
)
def test_config_refuses_what_means_nothing(name, value):
    with pytest.raises(UsageError, match=rf"expected {name} to be .*, got '{value}'"):
        EngineConfig.from_env({name: value})


def test_cache_folder(tmp_path, monkeypatch):
    assert cache_root("off") is None
    assert cache_root(str(tmp_path)) == tmp_path
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_root(None) == tmp_path / "seglib"

    def homeless():
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", homeless)
    assert cache_root(None) is None
    assert writable(None) is None
    assert writable(tmp_path / "new") == tmp_path / "new"
    (tmp_path / "file").write_text("x")
    assert writable(tmp_path / "file" / "sub") is None
