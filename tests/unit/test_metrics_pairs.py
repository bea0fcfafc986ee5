"""Every way of counting pairs gives the same counts, across tiles, threads and odd values."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from seglib.metrics import _pairs
from seglib.metrics._pairs import count_pairs

WAYS = (_pairs._count_plain, _pairs._count_runs, _pairs._count_spread)


def reference(truth: np.ndarray, prediction: np.ndarray, columns: int) -> np.ndarray:
    codes = truth.astype(int) * 256 + prediction
    return np.bincount(codes, minlength=1 << 16).reshape(256, 256)[:, :columns]


@settings(deadline=None, max_examples=100)
@given(
    st.integers(1, 300).flatmap(
        lambda size: hnp.arrays(
            np.uint8, (2, size), elements=st.sampled_from([0, 1, 2, 18, 19, 31, 32, 254, 255])
        )
    ),
    st.sampled_from([1, 2, 19, 32, 33, 255, 256]),
)
def test_every_way_counts_the_same(pair: np.ndarray, columns: int) -> None:
    wanted = reference(*pair, columns)
    for way in WAYS:
        if way is _pairs._count_spread and columns * _pairs._TURNS > 256:
            continue
        got = way(*pair, columns)
        np.testing.assert_array_equal(got, wanted)
        assert got.dtype == np.int64


@settings(deadline=None)
@given(hnp.arrays(np.uint8, (2, 200), elements=st.integers(0, 18)))
def test_spreading_gives_every_turn_back(pair: np.ndarray) -> None:
    np.testing.assert_array_equal(_pairs._count_spread(*pair, 19), reference(*pair, 19))


@pytest.mark.parametrize("processors", [1, 2])
@pytest.mark.parametrize("size", [1 << 12, (1 << 14) + 5, 50_001])
@pytest.mark.parametrize("run", [1, 4, 50])
def test_tiles_and_threads_leave_nothing_out(
    monkeypatch: pytest.MonkeyPatch, processors: int, size: int, run: int
) -> None:
    monkeypatch.setattr(_pairs, "_TILE", 1 << 12)
    monkeypatch.setattr(_pairs.os, "cpu_count", lambda: processors)
    rng = np.random.default_rng(size)
    truth, prediction = rng.integers(0, 19, (2, size // run + 1), dtype=np.uint8)
    truth, prediction = truth.repeat(run)[:size], prediction.repeat(run)[:size]
    got = count_pairs(truth, prediction, columns=19)
    np.testing.assert_array_equal(got, reference(truth, prediction, 19))
    assert got.sum() == size


def one(index: int) -> np.ndarray:
    """Tile ``index`` is a table with a bit of its own, so that every sum tells its tiles."""
    return np.full((1, 1), 1 << index, np.int64)


def test_the_helper_does_tiles_from_the_other_end() -> None:
    helped = threading.Event()
    names: dict[int, str] = {}

    def count(index: int) -> np.ndarray:
        names[index] = threading.current_thread().name
        if index == 0:
            assert helped.wait(timeout=120)
        if index == 1:
            helped.set()
        return one(index)

    assert _pairs._sum_tiles(count, 10, (1, 1)).item() == 2**10 - 1
    assert names[0] == threading.current_thread().name
    assert names[9].startswith("seglib-count")


def test_nobody_waits_for_a_helper_that_is_stuck() -> None:
    release, here = threading.Event(), threading.current_thread()

    def count(index: int) -> np.ndarray:
        if threading.current_thread() is not here:
            release.wait(timeout=120)
        return one(index)

    try:
        assert _pairs._sum_tiles(count, 10, (1, 1)).item() == 2**10 - 1
        # The helper is still held up by the first call: this one cannot even start it.
        assert _pairs._sum_tiles(count, 5, (1, 1)).item() == 2**5 - 1
    finally:
        release.set()


def test_a_helper_that_fails_does_no_harm() -> None:
    here = threading.current_thread()

    def count(index: int) -> np.ndarray:
        if threading.current_thread() is not here:
            raise MemoryError
        return one(index)

    assert _pairs._sum_tiles(count, 6, (1, 1)).item() == 2**6 - 1


def test_many_threads_at_once() -> None:
    rng = np.random.default_rng(6)
    truth, prediction = rng.integers(0, 19, (2, 1 << 20), dtype=np.uint8)
    wanted = reference(truth, prediction, 19)
    wrong: list[int] = []

    def work(name: int) -> None:
        for _ in range(3):
            if not np.array_equal(count_pairs(truth, prediction, columns=19), wanted):
                wrong.append(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=150)
    assert wrong == []
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.parametrize(("run", "way"), [(100, WAYS[1]), (5, WAYS[2]), (1, WAYS[0])])
def test_the_maps_choose_the_way(run: int, way: object) -> None:
    values = np.random.default_rng(4).integers(0, 19, 1 << 16, dtype=np.uint8)
    values = values.repeat(run)[: 1 << 16]
    assert _pairs._choose(_pairs._share_of_changes(values, values), 19) is way


def test_too_many_classes_cannot_be_spread() -> None:
    assert _pairs._choose(0.2, 32) is _pairs._count_spread
    assert _pairs._choose(0.2, 33) is _pairs._count_plain


def test_a_misleading_start_is_still_exact() -> None:
    # The sample sees long runs only, the rest is noise.
    rng = np.random.default_rng(5)
    truth, prediction = rng.integers(0, 19, (2, 64, 4096), dtype=np.uint8)
    truth[:, :64] = prediction[:, :64] = 3
    truth, prediction = truth.ravel(), prediction.ravel()
    assert _pairs._share_of_changes(truth, prediction) == 0.0
    got = count_pairs(truth, prediction, columns=19)
    np.testing.assert_array_equal(got, reference(truth, prediction, 19))


def test_the_share_of_changes_by_hand() -> None:
    flat = np.zeros(8192, np.uint8)
    stripes = (np.arange(8192) % 2).astype(np.uint8)
    assert _pairs._share_of_changes(flat, flat) == 0.0
    assert _pairs._share_of_changes(flat, stripes) == 1.0
    assert _pairs._share_of_changes(stripes, flat) == 1.0
