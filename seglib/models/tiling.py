"""A picture of any size through a network of one size: overlapping tiles, stitched without seams.

The tiles are those of :mod:`seglib.concepts.overlap_tile` (Ronneberger et al. 2015, figure 2),
planned in cells of the network's answer, so that no tile begins inside a cell.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import overlap_tile
from seglib.concepts.overlap_tile import Plan
from seglib.engine import Engine, Inference
from seglib.errors import EngineError
from seglib.images import Image, Placement, resize

Size = tuple[int, int]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Tiling:
    """How a model looks at pictures of any size.

    Parameters
    ----------
    scale : float
        Network pixels for one pixel of the picture, where the number of tiles allows it.
    overlap : int
        Network pixels that neighbouring tiles share; half of it is what a kept pixel sees at
        least towards a seam.
    stride : int
        Network pixels of one cell of the answer.
    most : int
        Tiles at most: of a larger picture the scale falls.
    """

    scale: float = 1.0
    overlap: int = 64
    stride: int = 2
    most: int = 200


@dataclass(frozen=True, eq=False)
class Tiles:
    """A picture brought to scale, and where it is cut.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The picture at the network's scale, whole cells on both sides.
    plan : Plan
        In cells.
    stride : int
        Pixels of a cell.
    name : str
        Of the network's input.
    """

    pixels: Pixels
    plan: Plan
    stride: int
    name: str

    def __len__(self) -> int:
        return len(self.plan)

    def __iter__(self) -> Iterator[Mapping[str, Pixels]]:
        """Yield the network's input for each tile, cut when its turn comes."""
        plan = enlarged(self.plan, self.stride)
        for tile in plan.tiles:
            yield {self.name: overlap_tile.cut(self.pixels, plan, tile)[np.newaxis]}

    @property
    def placement(self) -> Placement:
        """Where the picture lies in the first tile: all of it, if there is only one."""
        tile = self.plan.tiles[0]
        x, y, width, height = (self.stride * v for v in tile.inner)
        target = (self.stride * self.plan.tile[0], self.stride * self.plan.tile[1])
        return Placement((width, height), target, (x, y, width, height))


def cut(image: Image, pixels: Pixels, tiling: Tiling, tile: Size, name: str) -> Tiles:
    """Bring a picture to scale and plan its tiles.

    Parameters
    ----------
    image : Image
        The picture, for its size.
    pixels : (H, W, 3) uint8
        What the network shall see of it, of the same size.
    tiling : Tiling
    tile : (width, height)
        The network's input in pixels, whole cells.
    name : str
        Of the network's input.
    """
    plan = plan_tiles(image.size, tiling, tile)
    size = (tiling.stride * plan.size[0], tiling.stride * plan.size[1])
    return Tiles(resize(pixels, size), plan, tiling.stride, name)


def plan_tiles(size: Size, tiling: Tiling, tile: Size) -> Plan:
    """Plan the tiles of a picture in cells, at the largest scale that ``most`` tiles can do.

    Parameters
    ----------
    size, tile : (width, height)
        Of the picture and of the network's input, pixels.
    tiling : Tiling

    Returns
    -------
    Plan
        A direction that fits into one tile has one, with the picture in its middle; otherwise the
        outer tiles reach over the border, where they see the picture mirrored.
    """
    cells = (tile[0] // tiling.stride, tile[1] // tiling.stride)

    def plan(scale: float) -> Plan:
        # half up, so that 1.5 × 256 is exactly the tile's 384
        own = tuple(max(1, int(side * scale / tiling.stride + 0.5)) for side in size)
        shared = tuple(
            0 if whole <= part else tiling.overlap // tiling.stride
            for whole, part in zip(own, cells, strict=True)
        )
        return overlap_tile.tiles((own[0], own[1]), cells, (shared[0], shared[1]))

    def count(scale: float) -> int:
        sides = (side * scale for side in size)
        free = (max(1, side - tiling.overlap) for side in tile)
        return int(
            np.prod([max(1.0, side // part) for side, part in zip(sides, free, strict=True)])
        )

    scale = tiling.scale
    while count(scale) > tiling.most or len(found := plan(scale)) > tiling.most:
        scale *= 0.98
    return found


def enlarged(plan: Plan, factor: int) -> Plan:
    """Return the plan with all lengths times a whole number: cells to pixels."""
    scaled = [
        tuple((factor * a, factor * b, factor * c) for a, b, c in direction)
        for direction in (plan.columns, plan.rows)
    ]
    return replace(
        plan,
        size=(factor * plan.size[0], factor * plan.size[1]),
        tile=(factor * plan.tile[0], factor * plan.tile[1]),
        overlap=(factor * plan.overlap[0], factor * plan.overlap[1]),
        columns=scaled[0],
        rows=scaled[1],
    )


def run(
    engine: Engine, tiles: Tiles, output: str, *, timeout_s: float | None = None
) -> tuple[Inference, float]:
    """Run the network on every tile and stitch its answers.

    Parameters
    ----------
    engine : Engine
        Asked for as many tiles at a time as it runs at once.
    tiles : Tiles
    output : str
        Name of the output that is stitched, ``(1, C, h, w)``.
    timeout_s : float, optional
        Longest wait for the engine, of each tile.

    Returns
    -------
    inference : Inference
        With the output ``(1, C, H, W)`` of the whole picture, read-only. Its two times share the
        time that passed: tiles that ran at the same moment do not count twice.
    other_ms : float
        Cutting and stitching.
    """
    start = time.perf_counter()
    waited = ran = 0.0

    def ask(inputs: Mapping[str, Pixels]) -> Inference:
        return engine.infer(inputs, timeout_s=timeout_s)

    def answers() -> Iterator[NDArray[Any]]:
        nonlocal waited, ran
        at_once = engine.info.requests
        pool = ThreadPoolExecutor(at_once) if min(at_once, len(tiles)) > 1 else None
        with pool or nullcontext():
            # in bunches, so that a large picture's tiles are never all in memory
            for bunch in _bunches(iter(tiles), 2 * at_once):
                for inference in pool.map(ask, bunch) if pool else map(ask, bunch):
                    waited += inference.queue_ms
                    ran += inference.infer_ms
                    yield _maps(inference.output(output), tiles.plan)

    stitched = overlap_tile.assemble(tiles.plan, answers())[np.newaxis]
    stitched.setflags(write=False)
    passed = 1e3 * (time.perf_counter() - start)
    share = min(1.0, passed / max(waited + ran, 1e-9))
    inference = Inference({output: stitched}, waited * share, ran * share)
    return inference, max(0.0, passed - (waited + ran) * share)


def _bunches(
    inputs: Iterator[Mapping[str, Pixels]], count: int
) -> Iterator[list[Mapping[str, Pixels]]]:
    while bunch := list(islice(inputs, count)):
        yield bunch


def _maps(raw: NDArray[Any], plan: Plan) -> NDArray[Any]:
    if raw.ndim != 4 or raw.shape[0] != 1 or raw.shape[2:] != plan.tile[::-1]:
        raise EngineError(
            f"expected an answer (1, C, {plan.tile[1]}, {plan.tile[0]}), got {raw.shape}"
        )
    maps: NDArray[Any] = raw[0]
    return maps
