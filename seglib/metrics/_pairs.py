"""Count pairs of bytes, fast and exactly.

The usual way, ``bincount`` of ``C * truth + prediction``, spends its time on widening both maps to
eight bytes a pixel. OpenCV's two-dimensional histogram reads the bytes as they are, and only its
weak spot needs care: a counter that was just stored must be loaded again for an equal neighbour,
and label maps are full of equal neighbours. So the maps are counted in the way that fits them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Counts = NDArray[np.int64]

# Small enough for the caches, and far below 2 ** 24, where OpenCV's float32 counts end being exact.
_TILE = 1 << 18

# Shares of pixels that differ from the one before: below, whole runs are counted; above, the
# neighbours are different enough to be counted as they come. Found by benchmarks/metrics.py.
_RUNS_BELOW = 0.02
_PLAIN_ABOVE = 0.45

_TURNS = 8


def count_pairs(truth: Bytes, prediction: Bytes, *, columns: int = 256) -> Counts:
    """Count how often each pair of values stands at the same place.

    Parameters
    ----------
    truth, prediction : ndarray
        ``(N,) uint8`` each, contiguous.
    columns : int
        1 to 256. Pairs whose prediction is at or above it are left out; fewer columns are faster.

    Returns
    -------
    ndarray
        ``(256, columns) int64``: row = truth, column = prediction.
    """
    way = _choose(_share_of_changes(truth, prediction), columns)
    starts = range(0, truth.size, _TILE)

    def count(index: int) -> Counts:
        tile = slice(starts[index], starts[index] + _TILE)
        return way(truth[tile], prediction[tile], columns)

    return _sum_tiles(count, len(starts), (256, columns))


def _sum_tiles(count: Callable[[int], Counts], tiles: int, shape: tuple[int, int]) -> Counts:
    """Add up the tiles, with a helper thread that starts from the other end.

    Nobody waits for the helper: a tile that it has not finished when its turn comes is counted
    here. So an idle processor halves the time, and a busy one (or a forked child, which has no
    helper) costs nothing but a tile counted twice.
    """
    ready: list[Counts | None] = [None] * tiles
    reached = 0  # The helper stops where the loop below has come to.

    def help_out() -> None:
        for index in reversed(range(tiles)):
            if index <= reached:
                return
            ready[index] = count(index)

    helper = _pool().submit(help_out) if tiles > 1 and (os.cpu_count() or 1) > 1 else None
    total = np.zeros(shape, np.int64)
    for reached in range(tiles):
        tile = ready[reached]
        total += count(reached) if tile is None else tile
    if helper is not None:
        helper.cancel()
    return total


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="seglib-count")


def _choose(changing: float, columns: int) -> Callable[[Bytes, Bytes, int], Counts]:
    if changing < _RUNS_BELOW:
        return _count_runs
    if changing < _PLAIN_ABOVE and columns * _TURNS <= 256:
        return _count_spread
    return _count_plain


def _share_of_changes(truth: Bytes, prediction: Bytes) -> float:
    """Estimate from 64 of every 4096 pixels how many differ from the pixel before."""
    rows = truth.size // 4096
    if rows == 0:
        return 1.0
    first = truth[: rows * 4096].reshape(rows, 4096)[:, :64]
    second = prediction[: rows * 4096].reshape(rows, 4096)[:, :64]
    changes = (first[:, 1:] != first[:, :-1]) | (second[:, 1:] != second[:, :-1])
    return float(np.count_nonzero(changes) / changes.size)


def _histogram(truth: Bytes, prediction: Bytes, rows: int, columns: int) -> NDArray[np.float32]:
    import cv2

    pairs = [truth, prediction]
    counts = cv2.calcHist(pairs, [0, 1], None, [rows, columns], [0, rows, 0, columns])
    return np.asarray(counts, np.float32).reshape(rows, columns)


def _count_plain(truth: Bytes, prediction: Bytes, columns: int) -> Counts:
    return _histogram(truth, prediction, 256, columns).astype(np.int64)


def _count_spread(truth: Bytes, prediction: Bytes, columns: int) -> Counts:
    """Count with several counters a pair, taken in turn, so that neighbours use different ones.

    Free values serve as the other counters: with 19 columns, prediction 3 is counted as 3 in every
    eighth pixel, as 22 in the next, then as 41 and so on.
    """
    if int(prediction.max()) >= columns:
        return _count_plain(truth, prediction, columns)
    offsets = np.arange(_TURNS, dtype=np.uint8) * np.uint8(columns)
    spread = np.full(-(-prediction.size // _TURNS), offsets.view(np.uint64)).view(np.uint8)
    spread = spread[: prediction.size]
    spread += prediction
    # Most tiles have no ignored pixel, and then a small table does.
    rows = columns if int(truth.max()) < columns else 256
    turns = _histogram(truth, spread, rows, _TURNS * columns).reshape(rows, _TURNS, columns)
    counts = np.zeros((256, columns), np.int64)
    # Summed as float32 and still exact: the sums are at most the pixels of a tile.
    counts[:rows] = turns.sum(axis=1)
    return counts


def _count_runs(truth: Bytes, prediction: Bytes, columns: int) -> Counts:
    """Count whole runs of equal pairs by their lengths."""
    size = truth.size
    starts = np.zeros(-(-size // 8) * 8, bool)
    starts[0] = True
    np.not_equal(truth[1:], truth[:-1], out=starts[1:size])
    starts[1:size] |= prediction[1:] != prediction[:-1]
    # Two steps, for a search of every byte would take longer than all the rest: first the words of
    # eight pixels in which a run starts, then the places inside those words.
    words = np.flatnonzero(starts.view(np.uint64) != 0)
    places = np.flatnonzero(starts.view(np.uint64)[words].view(bool))
    first = words[places >> 3]
    first <<= 3
    first += places & 7
    lengths = np.diff(first, append=size)
    rows, answers = truth[first], prediction[first]
    if int(answers.max()) >= columns:
        kept = answers < columns
        rows, answers, lengths = rows[kept], answers[kept], lengths[kept]
    codes = rows.astype(np.intp)
    codes *= columns
    codes += answers
    # The weights are summed as float64, which is exact for far more pixels than a tile has.
    counts = np.bincount(codes, weights=lengths, minlength=256 * columns)
    return counts.astype(np.int64).reshape(256, columns)
