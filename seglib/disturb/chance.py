"""Chance from a seed: each disturbance has its own, so that one slider never reshuffles another."""

from __future__ import annotations

import zlib

import numpy as np

from seglib.errors import UsageError


def dice(seed: int, purpose: str) -> np.random.Generator:
    """Return the generator of one purpose; the same for the same seed and name, for ever.

    Raises
    ------
    UsageError
        The seed is no whole number from 0.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise UsageError(f"expected a whole number from 0 as seed, got {seed!r}")
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(purpose.encode())]))


def shuffled(items: list[int], seed: int, purpose: str) -> list[int]:
    """Return the items in an order of chance: the first n of it are part of the first n + 1."""
    return [items[k] for k in dice(seed, purpose).permutation(len(items)).tolist()]
