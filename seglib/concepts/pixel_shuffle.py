"""Pixel shuffle: r² channels become one channel with r times the rows and columns.

Shi et al. 2016, "Real-time single image and video super-resolution using an efficient sub-pixel
convolutional neural network", equation 4. Nothing is computed: values only move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.errors import ShapeError, UsageError
from seglib.options import Checked, choice, whole

Order = Literal["depth_first", "blocks_first"]
ORDERS: tuple[Order, ...] = ("depth_first", "blocks_first")
"""Which channels belong together. With C output channels, place (i, j) in a block of output channel
c comes from input channel ``c·r² + i·r + j`` (depth first: PyTorch) or ``(i·r + j)·C + c``
(blocks first: TensorFlow)."""


@dataclass(frozen=True)
class ShuffleOptions(Checked):
    """What a page lets one choose."""

    factor: int = whole(2, 2, 4, "r: r² channels become one with r times the rows and columns.")
    channels: int = whole(1, 1, 3, "Channels of the answer, C; the input has C·r².")
    order: Literal["depth_first", "blocks_first"] = choice(
        "depth_first",
        ORDERS,
        "Which input channels belong to one output channel: neighbours (PyTorch), or every C-th "
        "(TensorFlow). The same for C = 1.",
    )


def shuffle(values: NDArray[Any], factor: int, *, order: Order = "depth_first") -> NDArray[Any]:
    """Lay r² channels beside each other.

    Parameters
    ----------
    values : (C · r², h, w), any type
    factor : int
        r, from 1.
    order : {"depth_first", "blocks_first"}

    Returns
    -------
    (C, r · h, r · w) of the same type
    """
    channels = _channels(values, factor)
    _, height, width = values.shape
    if _checked(order) == "depth_first":
        split = values.reshape(channels, factor, factor, height, width)
    else:
        split = np.moveaxis(values.reshape(factor, factor, channels, height, width), 2, 0)
    woven = split.transpose(0, 3, 1, 4, 2)
    return np.ascontiguousarray(woven).reshape(channels, height * factor, width * factor)


def unshuffle(values: NDArray[Any], factor: int, *, order: Order = "depth_first") -> NDArray[Any]:
    """Undo :func:`shuffle`.

    Parameters
    ----------
    values : (C, r · h, r · w), any type

    Returns
    -------
    (C · r², h, w) of the same type
    """
    if values.ndim != 3 or factor < 1 or values.shape[1] % factor or values.shape[2] % factor:
        raise ShapeError(f"expected values (C, {factor}·h, {factor}·w), got {values.shape}")
    channels, height, width = (values.shape[0], *(side // factor for side in values.shape[1:]))
    split = values.reshape(channels, height, factor, width, factor).transpose(0, 2, 4, 1, 3)
    if _checked(order) == "blocks_first":
        split = np.moveaxis(split, 0, 2)
    return np.ascontiguousarray(split).reshape(channels * factor**2, height, width)


def source(
    place: tuple[int, int, int], factor: int, channels: int, *, order: Order = "depth_first"
) -> tuple[int, int, int]:
    """Return where an output cell comes from.

    Parameters
    ----------
    place : (channel, row, column)
        In the answer.
    factor : int
    channels : int
        C, of the answer.
    order : {"depth_first", "blocks_first"}

    Returns
    -------
    (channel, row, column) in the input
    """
    channel, y, x = place
    inside = (y % factor) * factor + x % factor
    if _checked(order) == "depth_first":
        return channel * factor**2 + inside, y // factor, x // factor
    return inside * channels + channel, y // factor, x // factor


def depth_to_space(
    values: NDArray[np.floating[Any]], factor: int, *, order: Order = "depth_first"
) -> NDArray[np.float32]:
    """Do the same with OpenVINO's ``DepthToSpace``."""
    _channels(values, factor)
    _checked(order)

    def build(inputs: Any) -> Any:
        from openvino import opset13 as ops

        return ops.depth_to_space(inputs["values"], order, factor)

    planes = np.asarray(values, np.float32)[None]
    (answer,) = _graph.run(("shuffle", factor, order), build, {"values": planes})
    woven: NDArray[np.float32] = answer[0]
    return woven


def _channels(values: NDArray[Any], factor: int) -> int:
    if factor < 1:
        raise UsageError(f"expected a factor of at least 1, got {factor}")
    if values.ndim != 3 or not values.size or values.shape[0] % factor**2:
        raise ShapeError(
            f"expected values (C·{factor**2}, h, w), got {values.shape} {values.dtype}"
        )
    channels: int = values.shape[0] // factor**2
    return channels


def _checked(order: Order) -> Order:
    if order not in ORDERS:
        raise UsageError(f"expected the order {' or '.join(ORDERS)}, got {order!r}")
    return order
