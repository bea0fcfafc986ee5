"""Max-unpooling: each pooled maximum goes back to the cell it came from, the rest is zero.

SegNet (Badrinarayanan et al. 2017) keeps the places of the maxima in the encoder and unpools with
them in the decoder: the borders keep their place without any weight to learn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.errors import ShapeError, UsageError
from seglib.options import Checked, whole


@dataclass(frozen=True)
class UnpoolingOptions(Checked):
    """What a page lets one choose."""

    block: int = whole(2, 2, 4, "Side of the blocks whose maximum is kept; also the stride.")


def max_pool(
    values: NDArray[np.floating[Any]], kernel: int = 2
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Take the maximum of each block, and remember where it stood.

    Parameters
    ----------
    values : (..., h, w) float
    kernel : int
        Side of a block, also the stride; rows and columns that fill no whole block are left out.

    Returns
    -------
    pooled : (..., h // k, w // k) float32
    indices : (..., h // k, w // k) int64
        ``row * w + column`` of each maximum; the first in reading order where several are equal.

    Raises
    ------
    ShapeError
        Not even one block fits.
    """
    blocks = _blocks(values, kernel)
    rows, columns = blocks.shape[-3:-1]
    first = np.argmax(blocks, axis=-1)
    pooled = np.take_along_axis(blocks, first[..., None], axis=-1)[..., 0]
    row = np.arange(rows)[:, None] * kernel + first // kernel
    column = np.arange(columns) * kernel + first % kernel
    return pooled.astype(np.float32), row * values.shape[-1] + column


def unpool(
    pooled: NDArray[np.floating[Any]], indices: NDArray[np.int64], size: tuple[int, int]
) -> NDArray[np.float32]:
    """Put each value where its index says, zeros elsewhere.

    Parameters
    ----------
    pooled : (..., h, w) float
    indices : (..., h, w) int64
        From :func:`max_pool`: ``row * width + column`` in the answer.
    size : (height, width)
        Of the answer.

    Returns
    -------
    (..., height, width) float32
    """
    if pooled.ndim < 2 or pooled.shape != indices.shape:
        raise ShapeError(
            f"expected pooled and indices of one shape (..., h, w), "
            f"got {pooled.shape} and {indices.shape}"
        )
    cells = size[0] * size[1]
    if indices.size and (indices.min() < 0 or indices.max() >= cells):
        raise ShapeError(
            f"expected indices from 0 to {cells - 1}, got {indices.min()} to {indices.max()}"
        )
    flat = np.zeros((*pooled.shape[:-2], cells), np.float32)
    lead = pooled.shape[:-2]
    np.put_along_axis(flat, indices.reshape(*lead, -1), pooled.reshape(*lead, -1), axis=-1)
    return flat.reshape(*lead, *size)


def pool_and_unpool(
    values: NDArray[np.floating[Any]], kernel: int = 2
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
    """Do both with OpenVINO: ``MaxPool`` with indices, and ``ScatterElementsUpdate``.

    Parameters
    ----------
    values : (..., h, w) float
    kernel : int

    Returns
    -------
    pooled, indices, unpooled
        As from :func:`max_pool` and :func:`unpool`.
    """
    _blocks(values, kernel)
    height, width = values.shape[-2:]
    planes = np.asarray(values, np.float32).reshape(1, -1, height, width)

    def build(inputs: Any) -> Any:
        from openvino import opset14 as ops

        pool = ops.max_pool(
            inputs["values"],
            strides=[kernel, kernel],
            dilations=[1, 1],
            pads_begin=[0, 0],
            pads_end=[0, 0],
            kernel_shape=[kernel, kernel],
            rounding_type="floor",
            auto_pad="explicit",
            index_element_type="i64",
            axis=2,  # indices count within one channel
        )
        channels = planes.shape[1]
        flat = ops.constant(np.array([1, channels, -1], np.int64))
        unpooled = ops.scatter_elements_update(
            ops.constant(np.zeros((1, channels, height * width), np.float32)),
            ops.reshape(pool.output(1), flat, False),
            ops.reshape(pool.output(0), flat, False),
            ops.constant(np.int64(2)),
        )
        return [pool.output(0), pool.output(1), unpooled.output(0)]

    pooled, indices, full = _graph.run(("unpool", kernel), build, {"values": planes})
    small = (*values.shape[:-2], height // kernel, width // kernel)
    return (
        pooled.reshape(small),
        indices.astype(np.int64).reshape(small),
        full.reshape(*values.shape[:-2], height, width),
    )


def _blocks(values: NDArray[np.floating[Any]], kernel: int) -> NDArray[np.floating[Any]]:
    """Return ``(..., rows, columns, k * k)``: each block in reading order."""
    if kernel < 1:
        raise UsageError(f"expected a block of at least 1 cell, got {kernel}")
    if values.ndim < 2 or min(values.shape[-2:]) < kernel:
        raise ShapeError(
            f"expected values (..., h, w) with at least {kernel} rows and columns, "
            f"got {values.shape} {values.dtype}"
        )
    rows, columns = values.shape[-2] // kernel, values.shape[-1] // kernel
    cut = values[..., : rows * kernel, : columns * kernel]
    split = cut.reshape(*values.shape[:-2], rows, kernel, columns, kernel)
    return np.swapaxes(split, -3, -2).reshape(*values.shape[:-2], rows, columns, kernel**2)
