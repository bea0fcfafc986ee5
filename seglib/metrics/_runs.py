"""Masks as runs of pixels, many at once: their areas, boxes and overlaps without a picture.

Every mask is the list of its runs in column order, as COCO's run-length encoding gives them. All
runs of all masks lie in two flat arrays, so that each step is one pass over arrays and no step is
a loop over masks.

The overlap of two masks needs no merging of their runs: with ``F(x)`` the number of pixels of one
mask before place ``x``, a piecewise linear function, the other mask's run ``[s, e)`` shares
``F(e) - F(s)`` pixels with it. One interpolation answers for all runs of all pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import FormatError

Ints = NDArray[np.int64]
Code = str | bytes
Size = tuple[int, int]


class BadMaskError(FormatError):
    """Run lengths of one mask break the rules; ``at`` is its place in the list."""

    def __init__(self, sentence: str, at: int) -> None:
        super().__init__(sentence)
        self.at = at


@dataclass(frozen=True, eq=False)
class RunTable:
    """Runs of N masks; ``first[i]:first[i + 1]`` are those of mask i.

    Parameters
    ----------
    starts, ends : ndarray
        ``(R,) int64`` places of the pictures, column by column; ends are exclusive.
    first : ndarray
        ``(N + 1,) int64``.
    areas : ndarray
        ``(N,) int64`` pixels.
    boxes : ndarray
        ``(N, 4) int64`` x1, y1, x2, y2, exclusive; zeros for an empty mask.
    stride : int
        More than any picture's pixels.
    """

    starts: Ints
    ends: Ints
    first: Ints
    areas: Ints
    boxes: Ints
    stride: int

    def lengths(self) -> Ints:
        """Runs of each mask: ``(N,) int64``."""
        return np.diff(self.first)


def spread(lengths: Ints) -> tuple[Ints, Ints]:
    """Number the members of groups: ``(owner, place within the owner)`` for each member."""
    owner = np.repeat(np.arange(lengths.size), lengths)
    place = np.arange(owner.size) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return owner, place


def sums(values: NDArray[Any], lengths: Ints) -> NDArray[Any]:
    """Sum of each group of consecutive values; 0 for an empty group."""
    total = np.concatenate([np.zeros(1, values.dtype), np.cumsum(values)])
    ends = np.cumsum(lengths)
    return np.asarray(total[ends] - total[ends - lengths])


def table(counts: Ints, lengths: Ints, sizes: Ints) -> RunTable:
    """Build the table from counts as COCO has them, background and object in turn.

    Parameters
    ----------
    counts : ndarray
        ``(M,) int64`` of all masks one after the other.
    lengths : ndarray
        ``(N,) int64`` how many of them are each mask's.
    sizes : ndarray
        ``(N, 2) int64`` width and height of each mask's picture.

    Raises
    ------
    BadMaskError
        A count is negative, or a mask's counts do not sum to its picture's pixels.
    """
    negative = np.flatnonzero(counts < 0)
    if negative.size:
        at = int(np.searchsorted(np.cumsum(lengths), negative[0], "right"))
        raise BadMaskError(f"expected counts from 0, got {int(counts[negative[0]])}", at)
    pixels = sizes[:, 0] * sizes[:, 1]
    found = sums(counts, lengths)
    wrong = np.flatnonzero(found != pixels)
    if wrong.size:
        at = int(wrong[0])
        width, height = sizes[at].tolist()
        raise BadMaskError(
            f"expected counts that sum to {width} x {height} = {width * height} pixels, "
            f"got {int(found[at])}",
            at,
        )
    owner, place = spread(lengths)
    ends = np.cumsum(counts) - np.repeat(np.cumsum(found) - found, lengths)
    kept = (place % 2 == 1) & (counts > 0)
    owner, ends, runs = owner[kept], ends[kept], counts[kept]
    starts = ends - runs
    per_mask = np.bincount(owner, minlength=lengths.size)
    first = np.concatenate([[0], np.cumsum(per_mask)]).astype(np.int64)
    return RunTable(
        starts=starts,
        ends=ends,
        first=first,
        areas=sums(runs, per_mask),
        boxes=_boxes(starts, ends, owner, first, sizes),
        stride=int(pixels.max(initial=0)) + 1,
    )


def _boxes(starts: Ints, ends: Ints, owner: Ints, first: Ints, sizes: Ints) -> Ints:
    boxes = np.zeros((sizes.shape[0], 4), np.int64)
    there = np.flatnonzero(np.diff(first))
    if there.size == 0:
        return boxes
    height = sizes[owner, 1]
    left, right = starts // height, (ends - 1) // height
    # A run that goes on in the next column has touched the bottom of one and the top of the other.
    within = left == right
    top = np.where(within, starts - left * height, 0)
    bottom = np.where(within, ends - right * height, height)
    at = first[there]
    boxes[there] = np.stack(
        [
            np.minimum.reduceat(left, at),
            np.minimum.reduceat(top, at),
            np.maximum.reduceat(right, at) + 1,
            np.maximum.reduceat(bottom, at),
        ],
        axis=1,
    )
    return boxes


def shared_pixels(runs: RunTable, one: Ints, other: Ints) -> Ints:
    """Count the pixels that masks ``one[p]`` and ``other[p]`` share, for each pair: ``(P,) int64``.

    Both masks of a pair must belong to pictures of one size.
    """
    if one.size == 0 or runs.starts.size == 0:
        return np.zeros(one.size, np.int64)
    counts = runs.lengths()
    # The runs of the simpler mask are looked up in the other.
    swap = counts[one] > counts[other]
    asked, answering = np.where(swap, other, one), np.where(swap, one, other)
    lengths = counts[asked]
    pair, place = spread(lengths)
    run = runs.first[asked][pair] + place
    # Every mask has its own stretch of one long line, on which F climbs along runs.
    owner = np.repeat(np.arange(counts.size), counts)
    line = np.empty(2 * runs.starts.size)
    line[0::2], line[1::2] = runs.starts + owner * runs.stride, runs.ends + owner * runs.stride
    climb = np.empty(line.size)
    climb[1::2] = np.cumsum(runs.ends - runs.starts)
    climb[0], climb[2::2] = 0, climb[1:-1:2]
    shift = answering[pair] * runs.stride
    # Exact: all slopes are 0 or 1, all values whole and far below 2 ** 53.
    before = np.interp(runs.starts[run] + shift, line, climb)
    after = np.interp(runs.ends[run] + shift, line, climb)
    shared: Ints = np.rint(sums(after - before, lengths)).astype(np.int64)
    return shared


# Strings that are read at a time: few enough for the caches.
_BATCH = 256


def read_codes(codes: Sequence[Code]) -> tuple[Ints, Ints]:
    """Read COCO's compressed counts: five bits a character, differences to the last but one.

    Parameters
    ----------
    codes : sequence of str or bytes
        One a mask.

    Returns
    -------
    counts, lengths : ndarray
        As :func:`table` takes them.

    Raises
    ------
    BadMaskError
        A character out of range, a count cut off, or one too large for any picture.
    """
    parts = [_read_batch(codes[at : at + _BATCH], at) for at in range(0, len(codes), _BATCH)]
    nothing = np.zeros(0, np.int64)
    counts, lengths = zip(*parts, strict=True) if parts else ((nothing,), (nothing,))
    return np.concatenate(counts), np.concatenate(lengths)


def _read_batch(codes: Sequence[Code], first: int) -> tuple[Ints, Ints]:
    raw = [code.encode("latin-1", "replace") if isinstance(code, str) else code for code in codes]
    sizes = np.array([len(code) for code in raw], np.int64)
    letters = np.frombuffer(b"".join(raw), np.uint8) - np.uint8(48)
    if letters.size == 0:
        return np.zeros(0, np.int64), sizes
    ends = np.cumsum(sizes)

    def refuse(sentence: str, letter: int) -> None:
        raise BadMaskError(sentence, first + int(np.searchsorted(ends, letter, "right")))

    if int(letters.max()) > 63:  # a character below "0" has wrapped round to a high number
        strange = int(np.flatnonzero(letters > 63)[0])
        refuse("expected run lengths in the characters '0' to 'o', got another", strange)
    last = letters < 32
    closing = ends[sizes > 0] - 1
    if not last[closing].all():
        cut = int(closing[~last[closing]][0])
        refuse("expected whole run lengths, got a string that is cut off", cut)
    stops = np.flatnonzero(last)
    group = np.diff(stops, prepend=-1)
    longest = int(group.max())
    if longest > 7:
        long = int(stops[group > 7][0])
        refuse("expected run lengths of at most 7 characters, got a longer one", long)
    # The last character's five bits are the highest, and its 16 is the sign.
    values = (letters[stops] ^ 16).astype(np.int64) - 16
    for back in range(1, longest):
        more = np.flatnonzero(group > back)
        values[more] = (values[more] << 5) | (letters[stops[more] - back] & 31)
    before = np.concatenate([[0], np.cumsum(last)])
    lengths = np.diff(before[np.concatenate([[0], ends])])
    return _undo_differences(values, lengths), lengths


def _undo_differences(values: Ints, lengths: Ints) -> Ints:
    """Add to each count the one before the last, but for the first three of a mask."""
    there = lengths[lengths > 0]
    first = np.cumsum(there) - there
    # Odd and even places are two chains that run through all masks at once; each mask takes off
    # what its chains had come to before it. The first count is in neither.
    chained = values.copy()
    chained[first] = 0
    odd = (np.arange(values.size) - np.repeat(first, there)) & 1
    odds = np.cumsum(chained * odd)
    evens = np.cumsum(chained)
    evens -= odds
    odds -= np.repeat(odds[first], there)
    evens -= np.repeat(evens[first], there)
    counts = np.where(odd, odds, evens)
    counts[first] = values[first]
    return counts
