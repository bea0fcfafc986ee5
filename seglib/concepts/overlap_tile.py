"""Overlap-tile: a picture larger than the network's input, tile by tile, without seams.

Ronneberger et al. 2015, "U-Net", figure 2: tiles overlap, only the middle of each answer is kept,
and where a tile runs over the picture's border the picture is mirrored there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError, UsageError
from seglib.options import Checked, choice, switch, whole

Size = tuple[int, int]
Box = tuple[int, int, int, int]
MOST_TILES = 4096
"""More tiles than that are taken for a mistake in the settings."""


@dataclass(frozen=True)
class TileOptions(Checked):
    """What a page lets one choose."""

    zoom: str = choice(
        "2", ("2", "3"), "The picture's longer side, in network inputs.", title="Picture size"
    )
    overlap: int = whole(
        0, 0, 240, "Pixels that neighbouring tiles share at least.", step=16, title="Overlap"
    )
    mirror: bool = switch(
        False,
        "Let tiles reach half the overlap over the picture's border, where it is mirrored.",
        title="Mirrored border",
    )
    spread: bool = switch(
        False,
        "The same number of tiles, spread evenly: all neighbours share what is left over.",
        title="Spread evenly",
    )
    blend: bool = switch(
        False,
        "Mix scores over what tiles share, instead of keeping each tile's middle.",
        title="Blend",
    )


@dataclass(frozen=True, slots=True)
class Tile:
    """One call of the network.

    Parameters
    ----------
    window : (x, y, width, height)
        What the network sees, in picture pixels; may reach over the picture's border.
    core : (x, y, width, height)
        What is kept of the answer, in picture pixels; always inside the picture and the window.
    """

    window: Box
    core: Box

    @property
    def inner(self) -> Box:
        """The core in pixels of the tile: ``(x, y, width, height)``."""
        x, y, width, height = self.core
        return x - self.window[0], y - self.window[1], width, height


@dataclass(frozen=True)
class Plan:
    """How a picture is cut; the cores cover every pixel exactly once.

    Parameters
    ----------
    size, tile : (width, height)
        Of the picture and of a tile, in pixels.
    overlap : (x, y)
        Pixels that neighbouring tiles share at least.
    mirror : bool
        Whether tiles reach over the picture's border, where they see it mirrored.
    columns, rows : tuple of ((start, core start, core end), ...)
        Each direction's tiles.
    """

    size: Size
    tile: Size
    overlap: tuple[int, int]
    mirror: bool
    columns: tuple[tuple[int, int, int], ...]
    rows: tuple[tuple[int, int, int], ...]

    def __len__(self) -> int:
        """Return the number of tiles, which is the number of network calls."""
        return len(self.columns) * len(self.rows)

    @cached_property
    def tiles(self) -> tuple[Tile, ...]:
        """All tiles in reading order."""
        width, height = self.tile
        return tuple(
            Tile((x, y, width, height), (left, top, right - left, bottom - top))
            for y, top, bottom in self.rows
            for x, left, right in self.columns
        )

    @property
    def seams(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Where cores meet: x of the upright seams, y of the level ones, in pixels."""
        return tuple(c[1] for c in self.columns[1:]), tuple(r[1] for r in self.rows[1:])

    @property
    def work(self) -> float:
        """Pixels that the network sees for each pixel of the picture."""
        return len(self) * self.tile[0] * self.tile[1] / (self.size[0] * self.size[1])

    def seam_distance(self) -> NDArray[np.float32]:
        """Distance of every pixel's centre to the nearest seam: ``(H, W) float32`` in pixels.

        Infinite where there is no seam.
        """
        width, height = self.size
        upright, level = self.seams
        x, y = _distance(width, upright), _distance(height, level)
        nearest: NDArray[np.float32] = np.minimum(x[None, :], y[:, None])
        return nearest

    def rim_distance(self) -> NDArray[np.float32]:
        """Distance of every pixel's centre to the rim of the tile that it is kept from.

        Only where the picture goes on beyond the rim: ``(H, W) float32`` in pixels, infinite where
        the tile sees the picture to its end on all sides. At least ``overlap // 2``.
        """
        x = _rim(self.columns, self.tile[0], self.size[0])
        y = _rim(self.rows, self.tile[1], self.size[1])
        nearest: NDArray[np.float32] = np.minimum(x[None, :], y[:, None])
        return nearest


def tiles(
    size: Size,
    tile: Size,
    overlap: int | tuple[int, int] = 0,
    mirror: bool = True,
    *,
    spread: bool = True,
) -> Plan:
    """Plan the tiles of a picture.

    As few tiles as the overlap allows. Neighbours share at least ``overlap`` pixels, and the seam
    runs through the middle of what they share, so that every kept pixel has ``overlap // 2``
    pixels of context towards a seam. With ``mirror`` it has as much towards the picture's border.

    Parameters
    ----------
    size, tile : (width, height)
        Of the picture and of a tile, in pixels, from 1.
    overlap : int or (int, int)
        Pixels that neighbouring tiles share at least, from 0 to one less than the tile.
    mirror : bool
        Let the outer tiles reach ``overlap // 2`` over the border, where the picture is mirrored;
        otherwise they end at the border (the usual tiling). A picture smaller than the tile is
        filled up in either case.
    spread : bool
        Spread the tiles evenly, so that all neighbours share as much as this many tiles allow;
        otherwise they share exactly ``overlap``, and only the last tile is moved back to fit.

    Returns
    -------
    Plan

    Raises
    ------
    UsageError
        A size or the overlap is out of range, or there would be more than 4096 tiles.
    """
    both = (overlap, overlap) if isinstance(overlap, int) else overlap
    if min(*size, *tile) < 1:
        raise UsageError(f"expected sizes of at least 1 × 1, got {size} and {tile}")
    for shared, side in zip(both, tile, strict=True):
        if not 0 <= shared < side:
            raise UsageError(f"expected an overlap from 0 to {side - 1}, got {shared}")
    counts = [_count(n, t, o, mirror=mirror) for n, t, o in zip(size, tile, both, strict=True)]
    if counts[0] * counts[1] > MOST_TILES:
        raise UsageError(
            f"expected at most {MOST_TILES} tiles, got {counts[0]} × {counts[1]}; "
            "a larger tile or less overlap needs fewer"
        )
    columns, rows = (
        _direction(n, t, o, count, mirror=mirror, spread=spread)
        for n, t, o, count in zip(size, tile, both, counts, strict=True)
    )
    return Plan(size, tile, both, mirror, columns, rows)


def cut(picture: NDArray[Any], plan: Plan, tile: Tile, *, fill: float = 0) -> NDArray[Any]:
    """Return what the network sees of a tile.

    Parameters
    ----------
    picture : (H, W) or (H, W, C), any type
    plan : Plan
        Made for this picture's size.
    tile : Tile
        One of the plan's.
    fill : float
        Value beyond the border where the plan does not mirror.

    Returns
    -------
    (height, width, ...) of the same type, of the tile's size
    """
    if picture.ndim not in (2, 3) or picture.shape[1::-1] != plan.size:
        raise ShapeError(
            f"expected a picture of {plan.size[0]} × {plan.size[1]} pixels, got {picture.shape}"
        )
    x, y, width, height = tile.window
    if min(x, y) >= 0 and x + width <= plan.size[0] and y + height <= plan.size[1]:
        return picture[y : y + height, x : x + width].copy()
    rows, inside_y = _indices(y, height, plan.size[1])
    columns, inside_x = _indices(x, width, plan.size[0])
    seen = picture[rows[:, None], columns]
    if not plan.mirror:
        seen[~inside_y] = fill
        seen[:, ~inside_x] = fill
    return seen


def assemble(plan: Plan, answers: Iterable[NDArray[Any]], *, blend: bool = False) -> NDArray[Any]:
    """Put the network's answers together.

    Parameters
    ----------
    plan : Plan
    answers : iterable of (..., height, width)
        One for each tile, in the plan's order and of the tile's size; may be a generator, so that
        only one has to be in memory.
    blend : bool
        Instead of keeping each tile's core only, mix the tiles over everything they share, with
        weights that fall towards a tile's border and sum to one at every pixel. For scores, not
        for labels.

    Returns
    -------
    (..., H, W)
        Of the answers' type; float32 if blended.

    Raises
    ------
    ShapeError
        An answer has another size than the tile, or there are fewer or more than tiles.
    """
    width, height = plan.size
    out: NDArray[Any] | None = None
    total = np.zeros((height, width), np.float32) if blend else None
    count = 0
    for count, answer in enumerate(answers, start=1):
        if count > len(plan) or answer.ndim < 2 or answer.shape[-2:] != plan.tile[::-1]:
            raise ShapeError(
                f"expected {len(plan)} answers (..., {plan.tile[1]}, {plan.tile[0]}), "
                f"got number {count} with shape {answer.shape}"
            )
        if out is None:
            kind = np.float32 if blend else answer.dtype
            out = np.zeros((*answer.shape[:-2], height, width), kind)
        tile = plan.tiles[count - 1]
        if total is None:
            _place(out, answer, tile.core, tile.inner)
        else:
            _mix(out, total, answer, plan, tile)
    if out is None or count != len(plan):
        raise ShapeError(f"expected {len(plan)} answers, got {count}")
    if total is not None:
        out /= total
    return out


def run(
    picture: NDArray[Any],
    plan: Plan,
    network: Callable[[NDArray[Any]], NDArray[Any]],
    *,
    blend: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[Any]:
    """Cut, ask the network for every tile, and assemble.

    Parameters
    ----------
    picture : (H, W) or (H, W, C)
    plan : Plan
    network : callable
        From ``(height, width, ...)`` of the tile's size to ``(..., height, width)``.
    blend : bool
        As in :func:`assemble`.
    progress : callable, optional
        Called with (tiles done, all tiles) after each.
    """

    def answers() -> Iterable[NDArray[Any]]:
        for done, tile in enumerate(plan.tiles, start=1):
            yield network(cut(picture, plan, tile))
            if progress is not None:
                progress(done, len(plan))

    return assemble(plan, answers(), blend=blend)


def _span(length: int, tile: int, overlap: int, *, mirror: bool) -> tuple[int, int]:
    """Return the first and the last start of a tile."""
    before, after = (overlap // 2, overlap - overlap // 2) if mirror else (0, 0)
    last = length + after - tile
    # Everything in one tile: in the middle if it may reach over both borders, else at the start.
    return (-before, last) if last > -before else ((length - tile) // 2 if mirror else 0,) * 2


def _count(length: int, tile: int, overlap: int, *, mirror: bool) -> int:
    first, last = _span(length, tile, overlap, mirror=mirror)
    return 1 + -(-(last - first) // (tile - overlap))


def _direction(
    length: int, tile: int, overlap: int, count: int, *, mirror: bool, spread: bool
) -> tuple[tuple[int, int, int], ...]:
    first, last = _span(length, tile, overlap, mirror=mirror)
    if spread:
        starts = [first + (last - first) * k // max(count - 1, 1) for k in range(count)]
    else:
        starts = [min(first + k * (tile - overlap), last) for k in range(count)]
    seams = [(start + tile + following) // 2 for start, following in pairwise(starts)]
    return tuple(zip(starts, [0, *seams], [*seams, length], strict=True))


def _indices(start: int, count: int, length: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return which picture row (or column) each tile row shows, and which lie in the picture."""
    place = np.arange(start, start + count)
    inside = (place >= 0) & (place < length)
    # Mirrored about the outermost pixel's centre, again and again for a very small picture.
    period = max(2 * (length - 1), 1)
    folded = np.abs(place) % period
    return np.minimum(folded, period - folded) % length, inside


def _place(out: NDArray[Any], answer: NDArray[Any], core: Box, inner: Box) -> None:
    x, y, width, height = core
    left, top = inner[:2]
    out[..., y : y + height, x : x + width] = answer[..., top : top + height, left : left + width]


def _mix(
    out: NDArray[Any], total: NDArray[np.float32], answer: NDArray[Any], plan: Plan, tile: Tile
) -> None:
    x, y, width, height = tile.window
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + width, plan.size[0]), min(y + height, plan.size[1])
    weight = np.outer(_tent(height), _tent(width))[top - y : bottom - y, left - x : right - x]
    place = (..., slice(top, bottom), slice(left, right))
    out[place] += weight * answer[..., top - y : bottom - y, left - x : right - x]
    total[place[1:]] += weight


def _tent(count: int) -> NDArray[np.float32]:
    """Return weights that fall to a little above zero at both ends."""
    place = np.arange(count, dtype=np.float32) + np.float32(0.5)
    tent: NDArray[np.float32] = np.minimum(place, count - place)
    return tent


def _rim(
    direction: tuple[tuple[int, int, int], ...], tile: int, length: int
) -> NDArray[np.float32]:
    away = np.full(length, np.inf, np.float32)
    for start, low, high in direction:
        centre = np.arange(low, high, dtype=np.float32) + np.float32(0.5)
        if start > 0:
            away[low:high] = np.minimum(away[low:high], centre - start)
        if start + tile < length:
            away[low:high] = np.minimum(away[low:high], start + tile - centre)
    return away


def _distance(length: int, seams: tuple[int, ...]) -> NDArray[np.float32]:
    if not seams:
        return np.full(length, np.inf, np.float32)
    centre = np.arange(length, dtype=np.float32) + np.float32(0.5)
    away = np.abs(centre[:, None] - np.asarray(seams, np.float32))
    nearest: NDArray[np.float32] = away.min(axis=1).astype(np.float32)
    return nearest
