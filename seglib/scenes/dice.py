"""Seeded chance with named children, so that one part's detail never moves another part."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

Rgb = tuple[float, float, float]
T = TypeVar("T")


_MASK = (1 << 64) - 1


def _generator(key: str) -> Callable[[], float]:
    """Knuth's MMIX generator from a hashed key: 0 <= x < 1, from the upper bits of its state.

    Thousands of sources are opened for one picture, and each is asked for a few numbers only;
    ``random.Random`` takes longer to seed than all of its draws then take here.
    """
    state = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little")

    def draw() -> float:
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) & _MASK
        return (state >> 11) * 1.1102230246251565e-16

    return draw


class Dice:
    """A random source known by a text key; :meth:`child` makes an independent one.

    The numbers depend on the key alone: not on the platform, nor on a version of Python.

    Parameters
    ----------
    key : str or int
        The seed.
    """

    __slots__ = ("_draw", "key")

    def __init__(self, key: str | int) -> None:
        self.key = str(key)
        self._draw: Callable[[], float] = self._wake

    def _wake(self) -> float:
        # Seeded at the first draw: most children only pass their key on.
        self._draw = _generator(self.key)
        return self._draw()

    def child(self, *names: object) -> Dice:
        """Return the independent source called ``names`` under this one."""
        return Dice("/".join((self.key, *map(str, names))))

    def uniform(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * self._draw()

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self._draw() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self._draw() < probability

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items, all equally likely."""
        return items[int(self._draw() * len(items))]

    def weighted(self, items: Sequence[tuple[T, float]]) -> T:
        """Return one of the ``(item, weight)`` pairs' items."""
        mark = self._draw() * sum(weight for _, weight in items)
        for item, weight in items:
            mark -= weight
            if mark < 0:
                return item
        return items[-1][0]

    def bell(self, spread: float) -> float:
        """Return a number near 0: the sum of three uniform draws, within +-1.5 ``spread``."""
        return (self._draw() + self._draw() + self._draw() - 1.5) * spread

    def vary(self, rgb: Rgb, amount: float = 12.0) -> Rgb:
        """Return the colour made a little lighter or darker and a little warmer or colder."""
        light, warm = self.bell(amount), self.bell(amount * 0.4)
        return (rgb[0] + light + warm, rgb[1] + light, rgb[2] + light - warm)
