"""What a patch classifier costs, layer by layer, cut window by window or run over the picture once.

The table of the lecture is the network N4 of Ciresan et al. 2012: a window of 95 × 95 pixels, four
times convolution and pooling, two fully connected layers, two answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from seglib.errors import UsageError

Kind = Literal["conv", "pool", "dense"]


@dataclass(frozen=True)
class Step:
    """One layer as a paper's table lists it.

    Parameters
    ----------
    kind : {"conv", "pool", "dense"}
    maps : int
        Maps, or values of a dense layer; a pooling keeps what comes in.
    kernel : int
        Side of the kernel or of a pooling's block; 0 for a dense layer.
    """

    kind: Kind
    maps: int
    kernel: int = 0


N4: tuple[Step, ...] = (
    Step("conv", 48, 4),
    Step("pool", 48, 2),
    Step("conv", 48, 5),
    Step("pool", 48, 2),
    Step("conv", 48, 4),
    Step("pool", 48, 2),
    Step("conv", 48, 4),
    Step("pool", 48, 2),
    Step("dense", 200),
    Step("dense", 2),
)
"""Ciresan et al. 2012, network N4."""
N4_WINDOW = 95


@dataclass(frozen=True)
class Row:
    """One layer in numbers.

    Parameters
    ----------
    kind : str
        ``input``, ``conv``, ``pool`` or ``dense``.
    maps, side : int
        What comes out: maps and their side for one window.
    kernel : int
        Side of the kernel; 0 where there is none.
    weights : int
        With biases.
    connections : int
        Multiply-adds and additions of a bias for one window: what Ciresan's tables call
        connections, if each unit is joined to all maps before it.
    macs : int
        Multiply-adds for one window.
    dense_macs : int
        Multiply-adds for each pixel when the network runs over the picture once with one answer a
        pixel: every unit is computed at every place, once.
    grid_macs : float
        The same with one answer every stride pixels: pooling thins out what comes after it.
    """

    kind: Literal["input", "conv", "pool", "dense"]
    maps: int
    side: int
    kernel: int
    weights: int
    connections: int
    macs: int
    dense_macs: int
    grid_macs: float


def table(steps: Sequence[Step] = N4, window: int = N4_WINDOW) -> tuple[Row, ...]:
    """Count every layer, the input first.

    Raises
    ------
    UsageError
        A layer does not fit.
    """
    maps, side, stride = 1, window, 1
    rows = [Row("input", maps, side, 0, 0, 0, 0, 0, 0.0)]
    for step in steps:
        if step.kind == "pool":
            if side % step.kernel:
                raise UsageError(
                    f"expected maps whose side is a multiple of {step.kernel}, got {side}"
                )
            side //= step.kernel
            stride *= step.kernel
            rows.append(Row("pool", maps, side, step.kernel, 0, 0, 0, 0, 0.0))
            continue
        if step.kind == "conv":
            kernel = step.kernel
            if kernel > side:
                raise UsageError(f"expected maps of at least {kernel} x {kernel}, got {side}")
            side = side - kernel + 1
        else:
            # a dense layer is a convolution as large as the maps it reads
            kernel, side = side, 1
        reads = maps * kernel * kernel
        macs = reads * step.maps * side * side
        weights = (reads + 1) * step.maps
        connections = macs + step.maps * side * side
        maps = step.maps
        dense = reads * step.maps
        shown = step.kernel if step.kind == "conv" else 0
        rows.append(
            Row(step.kind, maps, side, shown, weights, connections, macs, dense, dense / stride**2)
        )
    return tuple(rows)


@dataclass(frozen=True)
class Cost:
    """Multiply-adds for a whole picture, one answer a pixel unless said otherwise.

    Parameters
    ----------
    windows : int
        Windows to cut out: one a pixel, the border mirrored.
    sliding : int
        Window by window.
    every_pixel : int
        One pass with one answer a pixel (à trous, or shift and stitch).
    grid : float
        One pass with one answer every stride pixels.
    """

    windows: int
    sliding: int
    every_pixel: int
    grid: float

    @property
    def ratio(self) -> float:
        """How many times more the sliding window costs than one pass."""
        return self.sliding / self.every_pixel


def cost(width: int, height: int, rows: Sequence[Row] | None = None) -> Cost:
    """Count a picture. The small rim that one pass computes around the picture is left out.

    Examples
    --------
    >>> round(cost(512, 512).ratio)
    555
    """
    rows = table() if rows is None else rows
    pixels = width * height
    return Cost(
        windows=pixels,
        sliding=pixels * sum(row.macs for row in rows),
        every_pixel=pixels * sum(row.dense_macs for row in rows),
        grid=pixels * sum(row.grid_macs for row in rows),
    )
