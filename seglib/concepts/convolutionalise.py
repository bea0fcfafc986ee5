"""A fully connected layer as a convolution: the same weights, written in another shape.

Long et al. 2015, section 3.1: "these fully connected layers can also be viewed as convolutions with
kernels that cover their entire input regions". The layer then takes larger maps too, and answers
once for each place where its kernel fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.errors import ShapeError, UsageError
from seglib.options import Checked, whole

Array = NDArray[np.float32]


@dataclass(frozen=True)
class FcOptions(Checked):
    """A fully connected layer on maps that may be larger than those it was made for."""

    channels: int = whole(512, 1, 512, "Maps that the layer reads.", title="Maps in")
    kernel: int = whole(
        7, 1, 9, "Side of the maps that the layer was made for.", title="Side it was made for"
    )
    outputs: int = whole(4096, 1, 4096, "Values that the layer gives.", title="Values out")
    side: int = whole(
        10,
        1,
        32,
        "Side of the maps it gets now; never smaller than its own.",
        title="Side of the maps now",
    )


def dense_parameters(channels: int, kernel: int, outputs: int) -> int:
    """Weights and biases of a fully connected layer on ``channels`` maps of ``kernel`` ².

    Examples
    --------
    The layer fc6 of VGG-16 (Simonyan and Zisserman 2015):

    >>> dense_parameters(512, 7, 4096)
    102764544
    """
    inputs = channels * kernel * kernel
    return outputs * inputs + outputs


def conv_parameters(channels: int, kernel: int, outputs: int) -> int:
    """Weights and biases of a convolution with ``outputs`` kernels of ``channels`` × ``kernel`` ².

    Examples
    --------
    >>> conv_parameters(512, 7, 4096) == dense_parameters(512, 7, 4096)
    True
    """
    kernels = outputs * (channels * kernel * kernel)
    return kernels + outputs


def output_grid(side: int, kernel: int, stride: int = 1) -> int:
    """Answers along one side: places where the kernel fits.

    Raises
    ------
    UsageError
        It does not fit at all.

    Examples
    --------
    >>> output_grid(7, 7), output_grid(10, 7)
    (1, 4)
    """
    if side < kernel:
        raise UsageError(f"expected maps of at least {kernel} x {kernel}, got {side} x {side}")
    return (side - kernel) // stride + 1


def vgg_grid(pixels: int) -> tuple[int, int]:
    """Return the side of VGG's last maps and of fc6's answer for a picture of this side.

    VGG-16 pads its 3 × 3 convolutions and halves five times, rounding down.

    Examples
    --------
    >>> vgg_grid(224), vgg_grid(384)
    ((7, 1), (12, 6))
    """
    side = pixels
    for _ in range(5):
        side //= 2
    return side, output_grid(side, 7)


def to_convolution(weight: NDArray[Any], channels: int, kernel: int) -> NDArray[Any]:
    """Write the weights ``(outputs, channels * kernel²)`` as kernels ``(outputs, channels, k, k)``.

    Not a number changes, only the order in which one counts them.
    """
    if weight.ndim != 2 or weight.shape[1] != channels * kernel * kernel:
        raise ShapeError(
            f"expected weights (outputs, {channels * kernel * kernel}), got {weight.shape}"
        )
    return weight.reshape(len(weight), channels, kernel, kernel)


def dense(maps: NDArray[Any], weight: NDArray[Any], bias: NDArray[Any]) -> Array:
    """Return the layer's answer ``(outputs,) float32`` to maps ``(channels, k, k)``."""
    answer: Array = (weight @ maps.ravel() + bias).astype(np.float32)
    return answer


def everywhere(maps: NDArray[Any], kernels: NDArray[Any], bias: NDArray[Any]) -> Array:
    """Slide the layer, as a convolution, over maps ``(channels, h, w)``.

    Returns
    -------
    ndarray
        ``(outputs, h - k + 1, w - k + 1) float32``; at (y, x) it is :func:`dense` of
        ``maps[:, y : y + k, x : x + k]``.
    """
    outputs, channels, k, _ = kernels.shape
    if maps.ndim != 3 or maps.shape[0] != channels or min(maps.shape[1:]) < k:
        raise ShapeError(
            f"expected maps ({channels}, h, w) of at least {k} x {k}, got {maps.shape}"
        )
    rows, columns = (output_grid(side, k) for side in maps.shape[1:])
    answer = np.empty((outputs, rows, columns), np.float32)
    for y in range(rows):
        for x in range(columns):
            window = maps[:, y : y + k, x : x + k]
            answer[:, y, x] = np.tensordot(kernels, window, 3) + bias
    return answer


def everywhere_graph(maps: NDArray[Any], kernels: NDArray[Any], bias: NDArray[Any]) -> Array:
    """Run :func:`everywhere` as OpenVINO's Convolution."""

    def build(nodes: Any) -> Any:
        from openvino import opset13 as ops

        out = ops.convolution(
            nodes["maps"], nodes["kernels"], [1, 1], [0, 0], [0, 0], [1, 1], "explicit"
        )
        return ops.add(out, nodes["bias"])

    inputs = {"maps": maps[None], "kernels": kernels, "bias": bias[None, :, None, None]}
    answer: Array = _graph.run("convolutionalise", build, inputs)[0][0]
    return answer
