"""Convolution in two dimensions: window, products, sum; stride, padding, dilation; sizes and cost.

What networks call convolution is cross-correlation: the kernel is not flipped. Dumoulin and Visin
2016, "A guide to convolution arithmetic for deep learning" (https://arxiv.org/abs/1603.07285).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.errors import ShapeError, UsageError
from seglib.options import Checked, choice, whole

KERNELS: dict[str, str] = {
    "identity": "Identity",
    "box": "Blur (box)",
    "gauss": "Blur (binomial)",
    "vertical": "Vertical edges",
    "horizontal": "Horizontal edges",
    "laplace": "Laplacian",
    "sharpen": "Sharpen",
    "own": "Your kernel",
}
"""Kernels by key."""


@dataclass(frozen=True)
class ConvolutionOptions(Checked):
    """What a visitor sets.

    Parameters
    ----------
    kernel : str
        One of :data:`KERNELS`; ``own`` takes its numbers and its size from elsewhere.
    size : str
        Cells a side of the kernel: odd, so that it has a middle.
    stride, padding, dilation : int
        In cells.
    """

    kernel: str = choice("vertical", tuple(KERNELS), "Which weights slide over the input.")
    size: str = choice("3", ("1", "3", "5", "7"), "Weights a side.", title="Kernel size k")
    stride: int = whole(1, 1, 4, "Cells from one window to the next.", title="Stride s")
    padding: int = whole(1, 0, 6, "Zeros added on every side of the input.", title="Padding p")
    dilation: int = whole(
        1, 1, 4, "Cells from one weight to the next; 1 has no holes.", title="Dilation d"
    )


def kernel(name: str, size: int) -> NDArray[np.float32]:
    """Return a kernel of the list.

    Parameters
    ----------
    name : str
        A key of :data:`KERNELS` but ``own``.
    size : int
        Odd. A size of 1 leaves nothing but a factor: identity and blurs are 1, the rest is 0.

    Returns
    -------
    (size, size) float32
        Blurs add up to 1, edges and Laplacian to 0, sharpen to 1.
    """
    if size < 1 or size % 2 == 0:
        raise UsageError(f"expected an odd kernel size, got {size}")
    middle = np.zeros((size, size))
    middle[size // 2, size // 2] = 1
    # Row n of Pascal's triangle: the discrete bell curve.
    bell = np.array([1.0])
    for _ in range(size - 1):
        bell = np.convolve(bell, [1, 1])
    slope = np.array([0.0])
    if size >= 3:
        slope = np.array([1.0])
        for _ in range(size - 3):
            slope = np.convolve(slope, [1, 1])
        slope = np.convolve(slope, [-1, 0, 1])
    cross = np.zeros((size, size))
    cross[size // 2, :] = cross[:, size // 2] = -1
    cross[size // 2, size // 2] = 0
    made = {
        "identity": middle,
        "box": np.full((size, size), 1 / size**2),
        "gauss": np.outer(bell, bell) / bell.sum() ** 2,
        "vertical": np.outer(bell, slope),
        "horizontal": np.outer(slope, bell),
        "laplace": cross - cross.sum() * middle,
        "sharpen": middle + cross - cross.sum() * middle,
    }
    if name not in made:
        raise UsageError(f"expected a kernel of {', '.join(made)}, got {name!r}")
    return np.asarray(made[name], np.float32)


@dataclass(frozen=True)
class Axis:
    """One axis of a convolution: the output's size and what is never looked at.

    Parameters
    ----------
    length : int
        Cells of the input.
    kernel, stride, padding, dilation : int
        In cells.
    """

    length: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    def __post_init__(self) -> None:
        least = (self.length, self.kernel, self.stride, self.dilation)
        if min(least) < 1 or self.padding < 0:
            raise UsageError(
                "expected length, kernel, stride and dilation from 1 and padding from 0, got "
                f"{self.length}, {self.kernel}, {self.stride}, {self.dilation} and {self.padding}"
            )

    @property
    def reach(self) -> int:
        """Cells from the first to the last weight: ``d (k - 1) + 1``."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def padded(self) -> int:
        """Cells of the input with its padding: ``n + 2 p``."""
        return self.length + 2 * self.padding

    @property
    def fits(self) -> bool:
        """Whether the window fits into the padded input at all."""
        return self.reach <= self.padded

    @property
    def output(self) -> int:
        """Cells of the output: ``floor((n + 2p - d(k-1) - 1) / s) + 1``; 0 where nothing fits."""
        return (self.padded - self.reach) // self.stride + 1 if self.fits else 0

    @property
    def remainder(self) -> int:
        """Cells of the padded input after the last window, where the next step did not fit."""
        return (self.padded - self.reach) % self.stride if self.fits else self.padded

    @property
    def unseen(self) -> int:
        """Cells of the input itself that no weight ever touches."""
        starts = self.stride * np.arange(self.output)[:, None]
        touched = starts + self.dilation * np.arange(self.kernel) - self.padding
        inside = touched[(touched >= 0) & (touched < self.length)]
        return self.length - len(np.unique(inside))


def least_padding(length: int, kernel_size: int, dilation: int) -> int:
    """Return the least padding with which the window fits."""
    return max(0, -(-(dilation * (kernel_size - 1) + 1 - length) // 2))


def convolve(
    values: NDArray[Any],
    weights: NDArray[Any],
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> NDArray[np.float64]:
    """Convolve: the reference.

    Parameters
    ----------
    values : (H, W) or (C, H, W)
        The input, one map or several.
    weights : (k, l) or (O, C, k, l)
        One kernel, or for each of O outputs one kernel a channel.
    stride, padding, dilation : int
        In cells, the same on both axes; padding is zeros.

    Returns
    -------
    (h, w) or (O, h, w) float64

    Raises
    ------
    ShapeError
        The shapes do not fit together, or the window is larger than the padded input.
    """
    single = values.ndim == 2
    maps, kernels = _four(values, weights)
    rows, columns = axes(values, weights, stride=stride, padding=padding, dilation=dilation)
    rim = (padding, padding)
    padded = np.pad(maps.astype(np.float64), ((0, 0), rim, rim))
    result = np.zeros((len(kernels), rows.output, columns.output))
    for i in range(rows.kernel):
        for j in range(columns.kernel):
            # All input cells that weight (i, j) meets, one for each output cell.
            top, left = i * dilation, j * dilation
            met = padded[
                :,
                top : top + stride * (rows.output - 1) + 1 : stride,
                left : left + stride * (columns.output - 1) + 1 : stride,
            ]
            result += np.einsum("oc,chw->ohw", kernels[:, :, i, j], met)
    return result[0] if single else result


def convolve_graph(
    values: NDArray[Any],
    weights: NDArray[Any],
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> NDArray[np.float32]:
    """Do the same as :func:`convolve` with OpenVINO's ``Convolution``, in float32."""
    single = values.ndim == 2
    maps, kernels = _four(values, weights)
    axes(values, weights, stride=stride, padding=padding, dilation=dilation)

    def build(nodes: Any) -> Any:
        from openvino import opset13 as ops

        rim = [padding, padding]
        return ops.convolution(
            nodes["x"], nodes["w"], [stride] * 2, rim, rim, [dilation] * 2, "explicit"
        )

    inputs = {"x": maps[None].astype(np.float32), "w": kernels.astype(np.float32)}
    (found,) = _graph.run(("convolution", stride, padding, dilation), build, inputs)
    result: NDArray[np.float32] = found[0, 0] if single else found[0]
    return result


def axes(
    values: NDArray[Any],
    weights: NDArray[Any],
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> tuple[Axis, Axis]:
    """Return rows and columns of a convolution, checked to fit; arguments as in :func:`convolve`.

    Raises
    ------
    ShapeError
        The window is larger than the padded input.
    """
    pair = tuple(
        Axis(values.shape[axis], weights.shape[axis], stride, padding, dilation)
        for axis in (-2, -1)
    )
    for axis in pair:
        if not axis.fits:
            raise ShapeError(
                f"expected a window of at most {axis.padded} cells, the padded input, got "
                f"{axis.reach}"
            )
    return pair[0], pair[1]


def _four(values: NDArray[Any], weights: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    maps = values[None] if values.ndim == 2 else values
    kernels = weights[None, None] if weights.ndim == 2 else weights
    if maps.ndim != 3 or kernels.ndim != 4 or kernels.shape[1] != maps.shape[0]:
        raise ShapeError(
            "expected input (H, W) with a kernel (k, l), or (C, H, W) with (O, C, k, l), got "
            f"{values.shape} and {weights.shape}"
        )
    return maps, kernels


@dataclass(frozen=True, eq=False)
class Step:
    """How one output cell comes about.

    Parameters
    ----------
    cell : (y, x)
        The output cell.
    start : (y, x)
        First cell of the window in the input's own coordinates; negative inside the padding.
    patch : (k, l) float64
        What the weights meet; 0 in the padding.
    inside : (k, l) bool
        Whether each is a real cell of the input.
    products : (k, l) float64
        Patch times kernel.
    total : float
        Their sum.
    """

    cell: tuple[int, int]
    start: tuple[int, int]
    patch: NDArray[np.float64]
    inside: NDArray[np.bool_]
    products: NDArray[np.float64]
    total: float


def step(
    values: NDArray[Any],
    weights: NDArray[Any],
    cell: tuple[int, int],
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Step:
    """Return one output cell's window, products and sum, for one map and one kernel."""
    pair = axes(values, weights, stride=stride, padding=padding, dilation=dilation)
    if not all(0 <= place < axis.output for place, axis in zip(cell, pair, strict=True)):
        raise ShapeError(
            f"expected an output cell inside {pair[0].output} × {pair[1].output}, got {cell}"
        )
    start = (cell[0] * stride - padding, cell[1] * stride - padding)
    ys = start[0] + dilation * np.arange(weights.shape[0])[:, None]
    xs = start[1] + dilation * np.arange(weights.shape[1])[None, :]
    inside = (ys >= 0) & (ys < values.shape[0]) & (xs >= 0) & (xs < values.shape[1])
    met = values[np.clip(ys, 0, values.shape[0] - 1), np.clip(xs, 0, values.shape[1] - 1)]
    patch = np.where(inside, met, 0).astype(np.float64)
    products = patch * weights
    return Step(cell, start, patch, inside, products, float(products.sum()))


@dataclass(frozen=True)
class Cost:
    """What a layer costs.

    Parameters
    ----------
    weights, biases : int
        Parameters.
    multiply_adds : int
        For one input.
    """

    weights: int
    biases: int
    multiply_adds: int

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.weights + self.biases


@dataclass(frozen=True)
class LayerOptions(Checked):
    """Channels of a layer, for counting.

    Parameters
    ----------
    inputs, outputs : int
    """

    inputs: int = whole(64, 1, 512, "Maps that go in.", title="Input channels")
    outputs: int = whole(128, 1, 512, "Maps that come out.", title="Output channels")


def cost(
    inputs: int,
    outputs: int,
    size: tuple[int, int],
    kernel_size: tuple[int, int],
    *,
    groups: int = 1,
    bias: bool = True,
) -> Cost:
    """Count parameters and multiply-adds of a convolution layer.

    Parameters
    ----------
    inputs, outputs : int
        Channels.
    size : (height, width)
        Of the output.
    kernel_size : (height, width)
        In weights: dilation adds none.
    groups : int
        1 is a full convolution, ``inputs`` a depthwise one.
    bias : bool
        Whether every output channel has one.
    """
    if inputs % groups or outputs % groups:
        raise UsageError(f"expected channels divisible by {groups}, got {inputs} and {outputs}")
    weights = outputs * (inputs // groups) * kernel_size[0] * kernel_size[1]
    return Cost(weights, outputs if bias else 0, weights * size[0] * size[1])
