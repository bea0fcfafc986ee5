"""A patch classifier, and the same weights as a fully convolutional network.

Ciresan et al. 2012, "Deep Neural Networks Segment Neuronal Membranes in Electron Microscopy
Images", cut a window around each pixel and let a network say what its centre is. Neighbouring
windows share nearly all of their pixels, so nearly all of that work is done again and again. The
same weights run over the whole picture at once (Long et al. 2015, section 3.1):

- a fully connected layer becomes a convolution as large as the maps it reads
  (:mod:`seglib.concepts.convolutionalise`); with the pooling as it is, one answer comes out every
  ``stride`` pixels;
- without the strides of the pooling, and with every later layer spread out by them (dilated, "à
  trous"), one answer comes out for every pixel, and each is that of the window around it.

This module is the readable reference; :mod:`seglib.concepts.patches_graph` runs it in OpenVINO.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.options import Checked, number, whole

Maps: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class WindowOptions(Checked):
    """Where the window lies in the picture, and when its middle counts as membrane."""

    across: int = whole(50, 0, 100, "Middle of the window, percent of the width.")
    down: int = whole(50, 0, 100, "Middle of the window, percent of the height.")
    threshold: float = number(
        0.5, 0.05, 0.95, "Pixels with at least this probability are called membrane.", 0.05
    )
    seed: int = whole(7, 0, 99, "Each seed generates another picture.", title="Seed")


@dataclass(frozen=True, eq=False)
class Conv:
    """A convolution without padding; a rectifier follows unless it is the last layer.

    Parameters
    ----------
    weight : ndarray
        ``(outputs, inputs, k, k) float32``.
    bias : ndarray
        ``(outputs,) float32``.
    """

    weight: Maps
    bias: Maps


@dataclass(frozen=True)
class Pool:
    """Largest value of each block of ``size`` × ``size``, blocks side by side."""

    size: int = 2


@dataclass(frozen=True, eq=False)
class Dense:
    """A fully connected layer; a rectifier follows unless it is the last layer.

    Parameters
    ----------
    weight : ndarray
        ``(outputs, inputs) float32``; the inputs are maps read channel by channel, row by row.
    bias : ndarray
        ``(outputs,) float32``.
    """

    weight: Maps
    bias: Maps


Layer: TypeAlias = Conv | Pool | Dense


@dataclass(frozen=True, eq=False)
class PatchNet:
    """A network that reads one window and says what the pixel in its middle is.

    Parameters
    ----------
    layers : sequence of Conv, Pool or Dense
        Dense layers last.
    window : int
        Side of the window in pixels, odd.

    Raises
    ------
    ShapeError
        The layers do not fit the window or one another.
    """

    layers: Sequence[Layer]
    window: int

    def __post_init__(self) -> None:
        map_sizes(self)

    @property
    def stride(self) -> int:
        """Pixels from one answer to the next when the pooling stays as it is."""
        product = 1
        for layer in self.layers:
            product *= layer.size if isinstance(layer, Pool) else 1
        return product

    @cached_property
    def digest(self) -> str:
        """Name of these very weights: what is compiled once can be found again by it."""
        found = hashlib.sha256(str(map_sizes(self)).encode())
        for layer in self.layers:
            if not isinstance(layer, Pool):
                found.update(layer.weight.tobytes())
                found.update(layer.bias.tobytes())
        return found.hexdigest()[:16]

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return sum(
            layer.weight.size + layer.bias.size
            for layer in self.layers
            if not isinstance(layer, Pool)
        )


def map_sizes(net: PatchNet) -> tuple[tuple[int, int], ...]:
    """Return channels and side of what each layer gives for one window, the input first.

    A dense layer gives maps of side 1.
    """
    channels, side = 1, net.window
    sizes = [(channels, side)]
    for place, layer in enumerate(net.layers):
        if isinstance(layer, Conv):
            outputs, inputs, k, _ = layer.weight.shape
            if inputs != channels or k > side:
                raise ShapeError(
                    f"expected layer {place} to read {channels} maps of at least {k} x {k}, "
                    f"got weights for {inputs} maps on {side} x {side}"
                )
            channels, side = outputs, side - k + 1
        elif isinstance(layer, Pool):
            if side % layer.size:
                raise ShapeError(
                    f"expected layer {place} to pool maps whose side is a multiple of "
                    f"{layer.size}, got {side}"
                )
            side //= layer.size
        else:
            outputs, inputs = layer.weight.shape
            if inputs != channels * side * side:
                raise ShapeError(
                    f"expected layer {place} to read {channels * side * side} values, "
                    f"got weights for {inputs}"
                )
            channels, side = outputs, 1
        sizes.append((channels, side))
    if side != 1 or not net.window % 2:
        raise ShapeError(f"expected one answer for an odd window, got {side} x {side} answers")
    return tuple(sizes)


def steps(net: PatchNet, patch: NDArray[Any]) -> list[Maps]:
    """Return what each layer gives for one window, the window first.

    Parameters
    ----------
    net : PatchNet
        The network.
    patch : ndarray
        ``(window, window) float32``.

    Returns
    -------
    list of ndarray
        ``(channels, side, side) float32``, sizes as :func:`map_sizes` says. The last one holds the
        logits.

    Raises
    ------
    ShapeError
        The patch is not as large as the window.
    """
    if patch.shape != (net.window, net.window):
        raise ShapeError(f"expected a patch of {net.window} x {net.window}, got {patch.shape}")
    maps: Maps = patch.astype(np.float32)[None]
    found = [maps]
    for place, layer in enumerate(net.layers):
        if isinstance(layer, Conv):
            maps = _convolve(maps, layer.weight, layer.bias, 1)
        elif isinstance(layer, Pool):
            channels, side, _ = maps.shape
            blocks = maps.reshape(channels, side // layer.size, layer.size, -1, layer.size)
            maps = blocks.max(axis=(2, 4))
        else:
            maps = (layer.weight @ maps.ravel() + layer.bias)[:, None, None]
        if not isinstance(layer, Pool) and place + 1 < len(net.layers):
            maps = np.maximum(maps, 0)
        found.append(maps)
    return found


def classify(net: PatchNet, patch: NDArray[Any]) -> Maps:
    """Return the logits ``(classes,) float32`` of one window ``(window, window)``."""
    return steps(net, patch)[-1][:, 0, 0]


def every_pixel(net: PatchNet, picture: NDArray[Any]) -> Maps:
    """Return the logits of every whole window in a picture, in one pass ("à trous").

    Each pooling keeps its size and gives up its stride; ``spread`` remembers the strides given up
    and sets the values that later layers read so far apart. No window is cut out, and no value is
    computed twice.

    Parameters
    ----------
    net : PatchNet
        The network.
    picture : ndarray
        ``(H, W) float32``, at least as large as the window.

    Returns
    -------
    ndarray
        ``(classes, H - window + 1, W - window + 1) float32``; the value at (y, x) is
        ``classify(net, picture[y : y + window, x : x + window])``.

    Raises
    ------
    ShapeError
        The picture is smaller than the window.
    """
    if picture.ndim != 2 or min(picture.shape) < net.window:
        raise ShapeError(
            f"expected a picture (H, W) of at least {net.window} x {net.window}, "
            f"got {picture.shape}"
        )
    maps: Maps = picture.astype(np.float32)[None]
    spread = 1
    for place, layer in enumerate(net.layers):
        if isinstance(layer, Pool):
            shifted = _shifts(maps, layer.size, spread)
            maps = np.max(shifted, axis=(0, 1))
            spread *= layer.size
        else:
            side = map_sizes(net)[place][1]
            weight = layer.weight
            if isinstance(layer, Dense):
                weight = weight.reshape(len(weight), -1, side, side)
            maps = _convolve(maps, weight, layer.bias, spread)
            if place + 1 < len(net.layers):
                maps = np.maximum(maps, 0)
    return maps


def _shifts(maps: Maps, k: int, spread: int) -> Maps:
    """Views ``(k, k, C, h, w)`` of the maps, shifted by multiples of ``spread``."""
    height, width = (side - (k - 1) * spread for side in maps.shape[1:])
    return np.stack(
        [
            np.stack(
                [maps[:, dy : dy + height, dx : dx + width] for dx in range(0, k * spread, spread)]
            )
            for dy in range(0, k * spread, spread)
        ]
    )


def _convolve(maps: Maps, weight: Maps, bias: Maps, spread: int) -> Maps:
    shifted = _shifts(maps, weight.shape[2], spread)
    answer: Maps = np.einsum("oikl,klihw->ohw", weight, shifted, optimize=True)
    return answer + bias[:, None, None]


def probability(logits: NDArray[Any]) -> Maps:
    """Return the probability of class 0 from logits ``(2, ...)``: two-class softmax."""
    if logits.shape[0] != 2:
        raise ShapeError(f"expected logits of 2 classes first, got shape {logits.shape}")
    difference = np.clip(logits[1] - logits[0], -60, 60)
    answer: Maps = (1 / (1 + np.exp(difference))).astype(np.float32)
    return answer


def mirrored(picture: NDArray[Any], window: int) -> NDArray[Any]:
    """Return the picture with half a window more on each side, mirrored, as Ciresan et al. do.

    Then every pixel of the picture is the middle of a whole window. A picture smaller than the
    margin is mirrored again and again.
    """
    return np.pad(picture, window // 2, mode="symmetric")
