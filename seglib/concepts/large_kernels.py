"""Large kernels: the global convolutional network's k×1 + 1×k against k×k.

Peng et al., Large Kernel Matters (CVPR 2017), section 3.1: a block sums two branches, k×1 then 1×k
and 1×k then k×1, without a nonlinearity in between. Each output still sees k × k cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError, UsageError

Floats = NDArray[np.floating[Any]]
Kernel = Literal["gaussian", "box", "log", "line", "disk", "random"]
KERNELS: Final[tuple[Kernel, ...]] = ("gaussian", "box", "log", "line", "disk", "random")


@dataclass(frozen=True)
class Cost:
    """What a convolution costs.

    Parameters
    ----------
    parameters : int
        Weights, without biases.
    multiply_adds : int
        For one picture.
    """

    parameters: int
    multiply_adds: int


def dense_cost(kernel: int, inputs: int, outputs: int, cells: int) -> Cost:
    """Cost of one k×k convolution on a map of ``cells`` cells."""
    _check_kernel(kernel)
    parameters = kernel * kernel * inputs * outputs
    return Cost(parameters, parameters * cells)


def separable_cost(kernel: int, inputs: int, outputs: int, cells: int) -> Cost:
    """Cost of a block: in each branch k from inputs to outputs, then k among the outputs."""
    _check_kernel(kernel)
    parameters = 2 * kernel * (inputs * outputs + outputs * outputs)
    return Cost(parameters, parameters * cells)


def stacked_cost(kernel: int, inputs: int, outputs: int, cells: int) -> Cost:
    """Cost of as many 3×3 convolutions as it takes to see k × k cells: (k − 1) / 2 of them."""
    _check_kernel(kernel)
    if kernel == 1:
        return dense_cost(1, inputs, outputs, cells)
    parameters = 9 * (inputs * outputs + ((kernel - 1) // 2 - 1) * outputs * outputs)
    return Cost(parameters, parameters * cells)


def kernel(name: Kernel, size: int, *, seed: int = 0) -> NDArray[np.float64]:
    """Make a k×k kernel to approximate.

    Parameters
    ----------
    name : str
        ``gaussian`` and ``box`` (rank 1), ``log`` (Laplacian of a Gaussian: a sum of two products,
        rank 2), ``line`` (a blurred diagonal), ``disk`` and ``random``.
    size : int
        Odd, 1 to 31.

    Returns
    -------
    (size, size) float64
        Its absolute values sum to 1.
    """
    _check_kernel(size)
    half = size // 2
    y, x = (axis.astype(np.float64) for axis in np.mgrid[-half : half + 1, -half : half + 1])
    sigma = max(size / 5, 0.5)
    bell = np.exp(-(x**2 + y**2) / (2 * sigma**2))
    if name == "gaussian":
        values = bell
    elif name == "box":
        values = np.ones((size, size))
    elif name == "log":
        values = (2 * sigma**2 - x**2 - y**2) * bell
    elif name == "line":
        values = np.exp(-((x - y) ** 2) / 2) * bell
    elif name == "disk":
        values = (x**2 + y**2 <= (half + 0.25) ** 2).astype(np.float64)
    elif name == "random":
        values = np.random.default_rng(seed).normal(size=(size, size))
    else:
        raise UsageError(f"expected a kernel of {', '.join(KERNELS)}, got {name!r}")
    return np.asarray(values / np.abs(values).sum(), np.float64)


@dataclass(frozen=True, eq=False)
class Pairs:
    """A kernel as a sum of products of a column and a row.

    Parameters
    ----------
    columns, rows : (P, k) float64
        Pair p is ``columns[p][:, None] * rows[p]``.
    singular : (k,) float64
        All singular values, largest first.
    """

    columns: NDArray[np.float64]
    rows: NDArray[np.float64]
    singular: NDArray[np.float64]

    @property
    def kernel(self) -> NDArray[np.float64]:
        """What the pairs amount to: (k, k)."""
        return np.asarray(np.einsum("pi,pj->ij", self.columns, self.rows), np.float64)

    @property
    def held(self) -> float:
        """Share of the kernel's energy (sum of squares) that the pairs hold, 0..1."""
        energy = self.singular**2
        return float(energy[: len(self.columns)].sum() / energy.sum()) if energy.sum() else 1.0

    @property
    def rank(self) -> int:
        """Rank of the kernel: pairs that would hold all of it."""
        return int((self.singular > 1e-10 * max(self.singular[0], 1e-300)).sum())


def separate(values: Floats, pairs: int = 2) -> Pairs:
    """Find the best sum of ``pairs`` products of a column and a row.

    Singular value decomposition; no other sum of so many products is nearer (Eckart and Young,
    1936). For one channel, a block of the global convolutional network is exactly such a sum of
    two: its branches are the two pairs.

    Parameters
    ----------
    values : (k, k) float
    pairs : int
        1 to k.
    """
    if values.ndim != 2 or values.shape[0] != values.shape[1] or not np.isfinite(values).all():
        raise ShapeError(f"expected a kernel (k, k) of finite numbers, got {values.shape}")
    if not 1 <= pairs <= len(values):
        raise UsageError(f"expected 1 to {len(values)} pairs, got {pairs}")
    u, singular, v = np.linalg.svd(np.asarray(values, np.float64))
    root = np.sqrt(singular[:pairs])
    return Pairs((u[:, :pairs] * root).T, v[:pairs] * root[:, None], singular)


def convolve(image: Floats, weights: Floats) -> NDArray[np.float32]:
    """Slide a kernel over a map: zeros around it, same size; as networks do, without a flip.

    Parameters
    ----------
    image : (h, w) float
    weights : (a, b) float
        Odd sides.
    """
    if image.ndim != 2 or weights.ndim != 2 or not all(side % 2 for side in weights.shape):
        raise ShapeError(
            f"expected a map (h, w) and a kernel with odd sides, got {image.shape} and "
            f"{weights.shape}"
        )
    down, across = (side // 2 for side in weights.shape)
    padded = np.pad(np.asarray(image, np.float64), ((down, down), (across, across)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, weights.shape)
    return np.asarray(np.einsum("hwij,ij->hw", windows, weights), np.float32)


def block(image: Floats, pairs: Pairs) -> NDArray[np.float32]:
    """Run the block on one channel: pair 1 as k×1 then 1×k, pair 2 as 1×k then k×1, and so on.

    The order matters at no cell: without a nonlinearity, and with zeros around, both give the same.
    """
    total = np.zeros(image.shape, np.float64)
    for place, (column, row) in enumerate(zip(pairs.columns, pairs.rows, strict=True)):
        steps = (column[:, None], row[None]) if place % 2 == 0 else (row[None], column[:, None])
        total += convolve(convolve(image, steps[0]), steps[1])
    return total.astype(np.float32)


def receptive_field(kernel: int, stride: int, before: int = 1) -> int:
    """Width in pixels that one output cell sees.

    Parameters
    ----------
    kernel : int
        Cells along a side.
    stride : int
        Pixels between neighbouring cells.
    before : int
        What a single cell sees by itself, in pixels.
    """
    _check_kernel(kernel)
    return before + (kernel - 1) * stride


def _check_kernel(size: int) -> None:
    if not 1 <= size <= 31 or size % 2 == 0:
        raise UsageError(f"expected an odd kernel size from 1 to 31, got {size}")
