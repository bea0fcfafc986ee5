"""A look inside: the layers of a network and what they hold for a picture."""

from __future__ import annotations

import difflib
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.engine import Engine, Precision, read_network
from seglib.errors import UsageError
from seglib.images import Image
from seglib.images.geometry import Placement
from seglib.models import store
from seglib.models.adapters import adapter_for
from seglib.models.card import ModelCard
from seglib.models.loading import configured_engine

MOST_LAYERS = 16
"""Layers that may be read at once: each one is copied out of the network."""


@dataclass(frozen=True, slots=True)
class Window:
    """How a convolution looks at its input.

    Parameters
    ----------
    kernel, stride, dilation : int
        Along the width; networks use the same along the height nearly always.
    groups : int
        1 where every output channel sees all input channels; the number of channels where each
        sees its own only (depthwise).
    weights : int
        Parameters without biases; times height times width of the result, the multiply-adds.
    """

    kernel: int
    stride: int = 1
    dilation: int = 1
    groups: int = 1
    weights: int = 0


@dataclass(frozen=True, slots=True)
class Layer:
    """One step of a network whose result is a stack of feature maps.

    Parameters
    ----------
    name : str
        Name in the network, unique.
    kind : str
        Operation: ``Convolution``, ``Relu``, ``Add``, ``Concat``, ``Interpolate``.
    shape : (channels, height, width)
        Of its result.
    window : Window or None
        Of a convolution.
    """

    name: str
    kind: str
    shape: tuple[int, int, int]
    window: Window | None = None


@dataclass(frozen=True, eq=False)
class Activations:
    """What layers of a network hold for a picture.

    Parameters
    ----------
    maps : mapping of str to array
        ``(channels, height, width) float32`` by the name of the layer, read-only.
    precision : str
        What the network ran in: ``f32``, ``bf16``, ``f16``.
    placement : Placement
        Where the picture lies in the network's input.
    preprocess_ms, infer_ms : float
        Milliseconds for resizing the picture, and for the part of the network up to the layers.
    """

    maps: Mapping[str, NDArray[np.float32]]
    precision: str
    placement: Placement
    preprocess_ms: float
    infer_ms: float


def layers(card: ModelCard) -> tuple[Layer, ...]:
    """Return the layers of a model in the order in which they run.

    Raises
    ------
    ModelFileError
        The model's files are missing or damaged.
    """
    return tuple(layer for layer, _ in _feature_maps(read_network(store.model_path(card)), card))


def activations(
    card: ModelCard, image: Image, names: Sequence[str], *, precision: Precision | None = None
) -> Mapping[str, NDArray[np.float32]]:
    """Run a picture through a model and return what the named layers hold.

    Parameters
    ----------
    card : ModelCard
        The model.
    image : Image
        Of any size.
    names : sequence of str
        From :func:`layers`, 1 to 16 of them.
    precision : {"f32", "bf16", "f16"}, optional
        Asked for; the device decides if not given.

    Returns
    -------
    mapping of str to array
        ``(channels, height, width) float32``, read-only, in the order of ``names``. In a compiled
        network neighbouring layers are merged; a layer that is read is kept apart, so values can
        differ from the merged network's by the rounding of its precision.

    Raises
    ------
    UsageError
        A layer does not exist, or too many were asked for.
    """
    return look_inside(card, image, names, precision=precision).maps


def look_inside(
    card: ModelCard, image: Image, names: Sequence[str], *, precision: Precision | None = None
) -> Activations:
    """Return what :func:`activations` does, with precision and times."""
    wanted = tuple(dict.fromkeys(names))
    if not 1 <= len(wanted) <= MOST_LAYERS:
        raise UsageError(f"expected 1 to {MOST_LAYERS} layers, got {len(wanted)}")

    engine = engine_up_to(card, wanted, precision=precision)
    start = time.perf_counter()
    inputs, placement = _whole(card, image)
    preprocess_ms = (time.perf_counter() - start) * 1e3
    run = engine.infer(inputs)
    maps = {name: _maps(run.output(_alias(place)), card) for place, name in enumerate(wanted)}
    return Activations(maps, engine.info.precision, placement, preprocess_ms, run.infer_ms)


def _whole(card: ModelCard, image: Image) -> tuple[Mapping[str, NDArray[Any]], Placement]:
    """Return the network's input with the whole picture in it, and where it lies there.

    A model that takes tiles sees it at the scale at which it is one.
    """
    if card.tiling is not None:
        card = replace(card, tiling=replace(card.tiling, most=1))
    ready = adapter_for(card).preprocess(image)
    if ready.tiles is None:
        return ready.inputs, ready.placement
    return ready.inputs, replace(ready.tiles.placement, source_size=image.size)


def engine_up_to(
    card: ModelCard,
    names: tuple[str, ...],
    *,
    precision: Precision | None = None,
    size: tuple[int, int] | None = None,
) -> Engine:
    """Return an engine of the part of a network that some layers need.

    Parameters
    ----------
    card : ModelCard
    names : tuple of str
        Layers; they are the outputs ``layer_0``, ``layer_1`` and so on.
    precision : {"f32", "bf16", "f16"}, optional
    size : (width, height), optional
        Another input size than the card's.
    """

    def cut(model: Any) -> Any:
        import openvino

        if size is not None:
            sides = [size[1], size[0]]
            nchw = card.preprocessing.layout == "NCHW"
            model.reshape([1, 3, *sides] if nchw else [1, *sides, 3])
        ports = {layer.name: port for layer, port in _feature_maps(model, card)}
        _check_names(names, ports)
        # only what the layers need: a cut network compiles in a fraction of the time
        part = openvino.Model([ports[name] for name in names], model.get_parameters())
        for place, output in enumerate(part.outputs):
            # names of our own: a layer may have none, or already be an output under another
            output.get_tensor().set_names({_alias(place)})
        return card.preprocessing.embed(part)

    return configured_engine(card, cut, precision=precision, variant=(size, *names))


def parameters(
    card: ModelCard, names: Sequence[str]
) -> Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32] | None]]:
    """Return weights and bias of convolutions.

    Parameters
    ----------
    card : ModelCard
    names : sequence of str
        Of layers of kind ``Convolution`` or ``GroupConvolution``.

    Returns
    -------
    mapping of str to (weights, bias)
        ``(O, C, k, k)``, or ``(G, O/G, C/G, k, k)`` in groups, float32; the bias ``(O,)`` that is
        added next, or ``None``.

    Raises
    ------
    UsageError
        A layer does not exist or is no convolution with fixed weights.
    """
    network = read_network(store.model_path(card))
    operations = {operation.get_friendly_name(): operation for operation in network.get_ops()}
    _check_names(names, operations)
    return {name: _read_parameters(name, operations[name]) for name in names}


def _read_parameters(
    name: str, operation: Any
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    weights = None
    if _window(operation) is not None:
        weights = _constant(operation.input_value(1))
    if weights is None:
        raise UsageError(f"the layer {name} is no convolution with fixed weights")
    for reader in operation.output(0).get_target_inputs():
        after = reader.get_node()
        if after.get_type_name() == "Add":
            bias = _constant(after.input_value(1 - reader.get_index()))
            if bias is not None:
                return weights, bias.reshape(-1)
    return weights, None


def _constant(port: Any) -> NDArray[np.float32] | None:
    """Return what a chain of conversions makes of a constant."""
    shape = tuple(int(side.get_length()) for side in port.get_partial_shape())
    node = port.get_node()
    while node.get_type_name() in ("Convert", "Reshape"):
        node = node.input_value(0).get_node()
    if node.get_type_name() != "Constant":
        return None
    values: NDArray[np.float32] = np.asarray(node.data).astype(np.float32).reshape(shape)
    return values


def _alias(place: int) -> str:
    return f"layer_{place}"


def _maps(output: NDArray[Any], card: ModelCard) -> NDArray[np.float32]:
    maps: NDArray[np.float32] = output[0].astype(np.float32, copy=False)
    if card.preprocessing.layout == "NHWC":
        maps = maps.transpose(2, 0, 1)
    maps.setflags(write=False)
    return maps


def _feature_maps(model: Any, card: ModelCard) -> Iterator[tuple[Layer, Any]]:
    for operation in model.get_ordered_ops():
        kind = operation.get_type_name()
        # weights, the input itself and a rim of zeros around a layer already listed teach nothing
        if kind in ("Constant", "Convert", "Parameter", "Result", "Pad"):
            continue
        for port in operation.outputs():
            shape = port.get_partial_shape()
            if shape.is_dynamic or len(shape) != 4 or not port.get_element_type().is_real():
                continue
            batch, *sides = (int(side.get_length()) for side in shape)
            if card.preprocessing.layout == "NHWC":
                sides = [sides[2], sides[0], sides[1]]
            channels, height, width = sides
            if batch == 1 and height * width > 1:
                shape_ = (channels, height, width)
                yield Layer(operation.get_friendly_name(), kind, shape_, _window(operation)), port


def _window(operation: Any) -> Window | None:
    kind = operation.get_type_name()
    if kind not in ("Convolution", "GroupConvolution"):
        return None
    weights = operation.input(1).get_partial_shape()
    attributes = operation.get_attributes()
    groups = int(weights[0].get_length()) if kind == "GroupConvolution" else 1
    return Window(
        int(weights[-1].get_length()),
        int(attributes["strides"][-1]),
        int(attributes["dilations"][-1]),
        groups,
        math.prod(int(side.get_length()) for side in weights),
    )


def _check_names(wanted: Sequence[str], known: Mapping[str, object]) -> None:
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise UsageError(f"the network has no layer {name!r}{hint}")
