"""Nearest and bilinear upsampling, and the three ways to lay the two grids over each other.

Both are linear, direction by direction: ``out = A_rows @ values @ A_columns.T`` with one matrix of
weights for each direction. Each row of such a matrix sums to one (partition of unity): an output
is always a weighted mean of inputs, so a constant picture stays constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.errors import ShapeError, UsageError
from seglib.options import Checked, choice, whole

Coordinates = Literal["half_pixel", "align_corners", "asymmetric"]
COORDINATES: tuple[Coordinates, ...] = ("half_pixel", "align_corners", "asymmetric")
"""Names as ONNX and OpenVINO use them."""


@dataclass(frozen=True)
class UpsamplingOptions(Checked):
    """What a page lets one choose."""

    factor: int = whole(2, 2, 5, "Output cells for each input cell, in both directions.")
    coordinates: Literal["half_pixel", "align_corners", "asymmetric"] = choice(
        "half_pixel",
        COORDINATES,
        "How the output's grid lies over the input's: as squares that cover the same area, with "
        "the corner cells' centres meeting, or with only the first cells' centres meeting.",
        title="Coordinates",
    )


def source_coordinates(
    inputs: int, outputs: int, coordinates: Coordinates = "half_pixel"
) -> NDArray[np.float64]:
    r"""Return where the centre of each output cell falls among the input's cells.

    Parameters
    ----------
    inputs, outputs : int
        Cells in one direction, at least 1.
    coordinates : {"half_pixel", "align_corners", "asymmetric"}
        ``half_pixel``: cells are squares that cover the same area,
        :math:`(i + 1/2)\,n/n' - 1/2`. ``align_corners``: first and last centres meet,
        :math:`i\,(n-1)/(n'-1)`. ``asymmetric``: only the first ones do, :math:`i\,n/n'`.

    Returns
    -------
    (outputs,) float64
        In input cells; 0 is the centre of the first cell. With ``half_pixel`` the ends lie outside
        0 to ``inputs - 1``; samples are then taken at the edge.
    """
    numerator, denominator = _fraction(inputs, outputs, coordinates)
    return numerator / denominator


def nearest_index(
    inputs: int, outputs: int, coordinates: Coordinates = "half_pixel"
) -> NDArray[np.int64]:
    """Return the input cell that each output cell repeats.

    Half-way cases go up, except with ``asymmetric``, where the cell below is taken (the usual
    pairing). In whole numbers, so that no rounding moves a cell.

    Returns
    -------
    (outputs,) int64
    """
    numerator, denominator = _fraction(inputs, outputs, coordinates)
    if coordinates == "asymmetric":
        index = numerator // denominator
    else:
        index = (2 * numerator + denominator) // (2 * denominator)
    return np.clip(index, 0, inputs - 1)


def weights(
    inputs: int, outputs: int, coordinates: Coordinates = "half_pixel"
) -> NDArray[np.float64]:
    """Return the linear weights of one direction.

    Returns
    -------
    (outputs, inputs) float64
        At most two entries in a row are not zero, and each row sums to one.
    """
    place = np.clip(source_coordinates(inputs, outputs, coordinates), 0, inputs - 1)
    low = np.minimum(np.floor(place).astype(np.int64), max(inputs - 2, 0))
    high = np.minimum(low + 1, inputs - 1)
    part = place - low
    matrix = np.zeros((outputs, inputs))
    rows = np.arange(outputs)
    matrix[rows, low] += 1 - part
    matrix[rows, high] += part
    return matrix


def nearest(
    values: NDArray[Any], size: tuple[int, int], *, coordinates: Coordinates = "half_pixel"
) -> NDArray[Any]:
    """Repeat the nearest cell.

    Parameters
    ----------
    values : (..., h, w), any type
    size : (height, width)
        Of the answer.
    coordinates : {"half_pixel", "align_corners", "asymmetric"}

    Returns
    -------
    (..., height, width) of the same type
    """
    _check(values, size)
    rows = nearest_index(values.shape[-2], size[0], coordinates)
    columns = nearest_index(values.shape[-1], size[1], coordinates)
    return values[..., rows[:, None], columns]


def bilinear(
    values: NDArray[np.floating[Any]],
    size: tuple[int, int],
    *,
    coordinates: Coordinates = "half_pixel",
) -> NDArray[np.float32]:
    """Mix the four nearest cells, each by its closeness.

    Parameters
    ----------
    values : (..., h, w) float
    size : (height, width)
        Of the answer.
    coordinates : {"half_pixel", "align_corners", "asymmetric"}

    Returns
    -------
    (..., height, width) float32
    """
    _check(values, size)
    rows = weights(values.shape[-2], size[0], coordinates)
    columns = weights(values.shape[-1], size[1], coordinates)
    mixed = rows @ np.asarray(values, np.float64) @ columns.T
    return mixed.astype(np.float32)


@dataclass(frozen=True)
class Neighbour:
    """One of the cells that an output is mixed from.

    Parameters
    ----------
    y, x : int
        The input cell.
    weight : float
        Its share, 0..1.
    value : float
        What it holds.
    """

    y: int
    x: int
    weight: float
    value: float


@dataclass(frozen=True)
class Sample:
    """One output cell, taken apart.

    Parameters
    ----------
    y, x : float
        Where its centre falls among the input's cells, kept inside the grid.
    dy, dx : float
        How far that is below and right of the first neighbour, 0..1.
    neighbours : tuple of Neighbour
        Top left, top right, bottom left, bottom right; their weights sum to one.
    """

    y: float
    x: float
    dy: float
    dx: float
    neighbours: tuple[Neighbour, Neighbour, Neighbour, Neighbour]

    @property
    def value(self) -> float:
        """The weighted sum."""
        return sum(cell.weight * cell.value for cell in self.neighbours)


def sample(
    values: NDArray[np.floating[Any]],
    size: tuple[int, int],
    place: tuple[int, int],
    *,
    coordinates: Coordinates = "half_pixel",
) -> Sample:
    """Take one cell of :func:`bilinear`'s answer apart.

    Parameters
    ----------
    values : (h, w) float
    size : (height, width)
        Of the answer.
    place : (row, column)
        In the answer.
    coordinates : {"half_pixel", "align_corners", "asymmetric"}
    """
    _check(values, size)
    height, width = values.shape[-2:]
    if not (0 <= place[0] < size[0] and 0 <= place[1] < size[1]):
        raise UsageError(f"expected a cell inside {size[0]} × {size[1]}, got {place}")
    y = float(np.clip(source_coordinates(height, size[0], coordinates)[place[0]], 0, height - 1))
    x = float(np.clip(source_coordinates(width, size[1], coordinates)[place[1]], 0, width - 1))
    top, left = min(int(y), max(height - 2, 0)), min(int(x), max(width - 2, 0))
    dy, dx = y - top, x - left

    def cell(down: int, right: int) -> Neighbour:
        row, column = min(top + down, height - 1), min(left + right, width - 1)
        weight = (dy if down else 1 - dy) * (dx if right else 1 - dx)
        return Neighbour(row, column, weight, float(values[row, column]))

    return Sample(y, x, dy, dx, (cell(0, 0), cell(0, 1), cell(1, 0), cell(1, 1)))


def interpolate(
    values: NDArray[np.floating[Any]],
    size: tuple[int, int],
    *,
    method: Literal["nearest", "bilinear"] = "bilinear",
    coordinates: Coordinates = "half_pixel",
) -> NDArray[np.float32]:
    """Do the same with OpenVINO's ``Interpolate``.

    Parameters
    ----------
    values : (..., h, w) float
    size : (height, width)
        Of the answer.
    method : {"nearest", "bilinear"}
    coordinates : {"half_pixel", "align_corners", "asymmetric"}

    Returns
    -------
    (..., height, width) float32
    """
    _check(values, size)
    height, width = values.shape[-2:]

    def build(inputs: Any) -> Any:
        from openvino import opset13 as ops

        return ops.interpolate(
            inputs["values"],
            ops.constant(np.array(size, np.int64)),
            "nearest" if method == "nearest" else "linear_onnx",
            "sizes",
            axes=ops.constant(np.array([2, 3], np.int64)),
            coordinate_transformation_mode=coordinates,
            nearest_mode="floor" if coordinates == "asymmetric" else "round_prefer_ceil",
        )

    planes = np.asarray(values, np.float32).reshape(1, -1, height, width)
    key = ("interpolate", size, method, coordinates)
    (answer,) = _graph.run(key, build, {"values": planes})
    return answer.reshape(*values.shape[:-2], *size)


def _fraction(inputs: int, outputs: int, coordinates: Coordinates) -> tuple[NDArray[np.int64], int]:
    """Return the coordinates as whole numerators over one denominator."""
    if inputs < 1 or outputs < 1:
        raise ShapeError(f"expected at least one cell on both sides, got {inputs} and {outputs}")
    if coordinates not in COORDINATES:
        names = ", ".join(COORDINATES)
        raise UsageError(f"expected coordinates to be one of {names}, got {coordinates!r}")
    index = np.arange(outputs, dtype=np.int64)
    if coordinates == "half_pixel":
        return (2 * index + 1) * inputs - outputs, 2 * outputs
    if coordinates == "asymmetric":
        return index * inputs, outputs
    # One output has no corners to align: it takes the first cell, as ONNX says.
    return index * (inputs - 1), max(outputs - 1, 1)


def _check(values: NDArray[Any], size: tuple[int, int]) -> None:
    if values.ndim < 2 or not values.size:
        raise ShapeError(f"expected values (..., h, w), got {values.shape} {values.dtype}")
    if min(size) < 1:
        raise ShapeError(f"expected a size of at least 1 × 1, got {size[0]} × {size[1]}")
