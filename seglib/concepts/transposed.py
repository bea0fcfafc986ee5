"""Transposed convolution: each input cell lays a weighted copy of the kernel into the output.

The same answer comes from an ordinary convolution over a picture with ``s - 1`` zeros between its
cells and ``p' = k - 1 - p`` zeros around it, with the kernel turned by 180 degrees (Dumoulin and
Visin 2016, "A guide to convolution arithmetic for deep learning", relationship 14).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.errors import ShapeError, UsageError
from seglib.options import Checked, choice, whole


@dataclass(frozen=True)
class TransposedOptions(Checked):
    """What a page lets one choose; padding and output padding depend on these."""

    weights: str = choice(
        "tent",
        ("tent", "ones", "own"),
        "Bilinear: falls evenly from the middle. Ones: every copy counts alike. Or your own.",
        title="Kernel",
    )
    kernel: int = whole(4, 1, 7, "Rows and columns of the kernel.", title="Kernel size k")
    stride: int = whole(2, 1, 4, "Output cells from one copy to the next.", title="Stride s")


@dataclass(frozen=True)
class Geometry:
    """The numbers of one direction.

    Parameters
    ----------
    kernel : int
        Cells of the kernel, k, from 1.
    stride : int
        Output cells from one copy to the next, s, from 1.
    padding : int
        Cells cut off the output on both sides, p, from 0 to k - 1.
    output_padding : int
        Cells added at the end, op, from 0 to s - 1: several input sizes of a convolution with a
        stride give the same output size, and this says which one is meant.

    Raises
    ------
    UsageError
        A number is outside its range.
    """

    kernel: int
    stride: int
    padding: int = 0
    output_padding: int = 0

    def __post_init__(self) -> None:
        ranges = {
            "kernel": (self.kernel, 1, 1024),
            "stride": (self.stride, 1, 1024),
            "padding": (self.padding, 0, self.kernel - 1),
            "output_padding": (self.output_padding, 0, self.stride - 1),
        }
        for name, (value, low, high) in ranges.items():
            if not low <= value <= high:
                raise UsageError(f"expected {name} from {low} to {high}, got {value}")

    @property
    def border(self) -> int:
        """Zeros around the zero-inserted picture, p' = k - 1 - p."""
        return self.kernel - 1 - self.padding

    @property
    def even(self) -> bool:
        """Whether every inner output cell gets equally many contributions: s divides k."""
        return self.kernel % self.stride == 0

    def size(self, inputs: int) -> int:
        """Return the output's cells, n' = s (n - 1) + k - 2 p + op.

        Raises
        ------
        UsageError
            Nothing would be left.
        """
        size = self.stride * (inputs - 1) + self.kernel - 2 * self.padding + self.output_padding
        if size < 1:
            raise UsageError(
                f"expected an output of at least one cell, got {self.stride}·({inputs} − 1) + "
                f"{self.kernel} − 2·{self.padding} + {self.output_padding} = {size}"
            )
        return size


def most_padding(inputs: int, kernel: int, stride: int) -> int:
    """Return the largest padding that leaves at least one output cell without output padding."""
    return min(kernel - 1, (stride * (inputs - 1) + kernel - 1) // 2)


def transposed_convolution(
    values: NDArray[np.floating[Any]], kernel: NDArray[np.floating[Any]], geometry: Geometry
) -> NDArray[np.float32]:
    """Lay the kernel, times each input cell, into the output and add up.

    Parameters
    ----------
    values : (h, w) float
    kernel : (k, k) float
    geometry : Geometry
        Of both directions.

    Returns
    -------
    (h', w') float32
    """
    _check(values, kernel, geometry)
    k, s, p = geometry.kernel, geometry.stride, geometry.padding
    height, width = geometry.size(values.shape[0]), geometry.size(values.shape[1])
    # Room for every copy; the padding is cut off at the end, output padding may need more.
    rows = max(s * (values.shape[0] - 1) + k, p + height)
    columns = max(s * (values.shape[1] - 1) + k, p + width)
    canvas = np.zeros((rows, columns))
    for i in range(values.shape[0]):
        for j in range(values.shape[1]):
            canvas[i * s : i * s + k, j * s : j * s + k] += values[i, j] * kernel
    return canvas[p : p + height, p : p + width].astype(np.float32)


def window(place: int, geometry: Geometry, outputs: int) -> tuple[int, int]:
    """Return the output cells that input cell ``place`` reaches, first and one past the last.

    Cut to the output; empty (first = last) where the padding cuts the whole copy away.
    """
    first = place * geometry.stride - geometry.padding
    low, high = max(first, 0), min(first + geometry.kernel, outputs)
    return (low, high) if low < high else (low, low)


def zero_inserted(values: NDArray[np.floating[Any]], geometry: Geometry) -> NDArray[np.float32]:
    """Return the picture over which an ordinary convolution gives the same answer.

    ``s - 1`` zeros between neighbours, ``p' = k - 1 - p`` zeros around, and the output padding at
    the end.

    Returns
    -------
    (h' + k - 1, w' + k - 1) float32
    """
    height, width = (geometry.size(side) for side in values.shape)
    room = np.zeros((height + geometry.kernel - 1, width + geometry.kernel - 1), np.float32)
    rows = geometry.border + geometry.stride * np.arange(values.shape[0])
    columns = geometry.border + geometry.stride * np.arange(values.shape[1])
    room[rows[:, None], columns] = values
    return room


def slide(
    values: NDArray[np.floating[Any]], kernel: NDArray[np.floating[Any]], *, stride: int = 1
) -> NDArray[np.float32]:
    """Slide a kernel over a picture, no padding: the sum of products at every place.

    Parameters
    ----------
    values : (h, w) float
    kernel : (k, k) float, not turned
    stride : int

    Returns
    -------
    ((h - k) // s + 1, (w - k) // s + 1) float32
    """
    windows = np.lib.stride_tricks.sliding_window_view(values, kernel.shape)[::stride, ::stride]
    answer: NDArray[np.float32] = np.einsum("yxij,ij->yx", windows, kernel).astype(np.float32)
    return answer


def as_convolution(
    values: NDArray[np.floating[Any]], kernel: NDArray[np.floating[Any]], geometry: Geometry
) -> NDArray[np.float32]:
    """Do the same by an ordinary convolution with stride 1 over :func:`zero_inserted`."""
    _check(values, kernel, geometry)
    return slide(zero_inserted(values, geometry), kernel[::-1, ::-1])


def adjoint(
    outputs: NDArray[np.floating[Any]], kernel: NDArray[np.floating[Any]], geometry: Geometry
) -> NDArray[np.float32]:
    """Convolve with stride s and padding p: the map whose transpose this module is.

    For all x and y, ``sum(transposed(x) * y) == sum(x * adjoint(y))``.

    Parameters
    ----------
    outputs : (h', w') float
        Of the size that the transposed convolution gives.
    kernel : (k, k) float
    geometry : Geometry

    Returns
    -------
    (h, w) float32
    """
    return slide(np.pad(outputs, geometry.padding), kernel, stride=geometry.stride)


def overlap(inputs: int, geometry: Geometry) -> NDArray[np.int64]:
    """Count the input cells that reach each output cell, in one direction.

    In two directions the counts multiply: ``np.outer(overlap(h, g), overlap(w, g))``. Where the
    counts alternate, equal weights give a checkerboard (Odena et al. 2016, "Deconvolution and
    checkerboard artifacts").

    Returns
    -------
    (n',) int64
    """
    counts = np.zeros(geometry.size(inputs), np.int64)
    for place in range(inputs):
        low, high = window(place, geometry, len(counts))
        counts[low:high] += 1
    return counts


def phases(geometry: Geometry) -> tuple[int, ...]:
    """Return how many contributions inner output cells get, by their place within one stride."""
    return tuple(
        len(range(phase, geometry.kernel, geometry.stride)) for phase in range(geometry.stride)
    )


def bilinear_kernel(factor: int) -> NDArray[np.float64]:
    """Return the kernel that upsamples bilinearly, for stride ``factor``.

    Long et al. 2015 start their learned upsampling from it; factor 2 gives the 4 × 4 kernel
    .0625 .1875 .1875 .0625 / .1875 .5625 .5625 .1875 / …

    Parameters
    ----------
    factor : int
        From 1.

    Returns
    -------
    (k, k) float64
        k = 2 · factor − factor mod 2; the weights of one phase sum to one.
    """
    if factor < 1:
        raise UsageError(f"expected a factor of at least 1, got {factor}")
    return tent_kernel(2 * factor - factor % 2)


def tent_kernel(size: int) -> NDArray[np.float64]:
    """Return a kernel of any size that falls evenly from its middle, as the bilinear one does.

    Returns
    -------
    (size, size) float64
        The bilinear kernel of factor (size + 1) // 2, where that one has this size.
    """
    line = 1 - np.abs(np.arange(size) - (size - 1) / 2) / ((size + 1) // 2)
    return np.outer(line, line)


def bilinear_geometry(factor: int) -> Geometry:
    """Return the geometry that goes with :func:`bilinear_kernel`: n cells become n · factor."""
    size = 2 * factor - factor % 2
    return Geometry(size, factor, (size - factor) // 2, (size - factor) % 2)


def backprop_data(
    values: NDArray[np.floating[Any]], kernel: NDArray[np.floating[Any]], geometry: Geometry
) -> NDArray[np.float32]:
    """Do the same with OpenVINO's ``ConvolutionBackpropData``, every channel on its own.

    Parameters
    ----------
    values : (h, w) or (C, h, w) float
    kernel : (k, k) float
    geometry : Geometry

    Returns
    -------
    (h', w') or (C, h', w') float32
    """
    if values.ndim not in (2, 3):
        raise ShapeError(f"expected values (h, w) or (C, h, w), got {values.shape}")
    planes = np.asarray(values, np.float32).reshape(-1, 1, *values.shape[-2:])
    _check(planes[0, 0], kernel, geometry)
    size = [geometry.size(side) for side in values.shape[-2:]]

    def build(inputs: Any) -> Any:
        from openvino import opset13 as ops

        return ops.convolution_backprop_data(
            inputs["values"],
            inputs["kernel"],
            strides=[geometry.stride] * 2,
            pads_begin=[geometry.padding] * 2,
            pads_end=[geometry.padding] * 2,
            dilations=[1, 1],
            output_padding=[geometry.output_padding] * 2,
        )

    (answer,) = _graph.run(
        ("transposed", geometry),
        build,
        {"values": planes, "kernel": np.asarray(kernel, np.float32)[None, None]},
    )
    return answer.reshape(*values.shape[:-2], *size)


def _check(
    values: NDArray[np.floating[Any]], kernel: NDArray[np.floating[Any]], geometry: Geometry
) -> None:
    if values.ndim != 2 or not values.size:
        raise ShapeError(f"expected values (h, w), got {values.shape} {values.dtype}")
    side = geometry.kernel
    if kernel.shape != (side, side):
        raise ShapeError(f"expected a kernel ({side}, {side}), got {kernel.shape} {kernel.dtype}")
