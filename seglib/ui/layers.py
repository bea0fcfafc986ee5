"""The layers of a bundled model under names that one can read, and what they hold for a picture."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.images import Image

if TYPE_CHECKING:
    from seglib.images.geometry import Placement
    from seglib.models.layers import Layer

MODEL = "street"
USUAL = "block-2"
"""Slug of the layer that a page shows first: early enough that the street can be recognised."""


@dataclass(frozen=True)
class Named:
    """A layer with names for people.

    Parameters
    ----------
    layer : Layer
        As the library knows it.
    title : str
        ``Block 3 · depthwise``: unique within its model.
    slug : str
        The same for an address.
    what : str
        What it does: ``3 × 3 depthwise convolution, stride 2``.
    unit : str
        Part of the network it belongs to: ``Block 3``.
    stage : str
        Group of parts at one resolution: ``Encoder, 1/8``.
    last : bool
        Whether it is the last of its unit: the unit's result.
    """

    layer: Layer
    title: str
    slug: str
    what: str
    unit: str
    stage: str
    last: bool

    @property
    def name(self) -> str:
        """Name in the network."""
        return self.layer.name

    @property
    def channels(self) -> int:
        """Number of feature maps."""
        return self.layer.shape[0]

    @property
    def shape_text(self) -> str:
        """``24 × 90 × 120``: channels, height, width."""
        return " × ".join(map(str, self.layer.shape))

    @property
    def label(self) -> str:
        """Title and shape, for a list."""
        return f"{self.title} ({self.shape_text})"


@dataclass(frozen=True, eq=False)
class Held:
    """What one layer holds for a picture.

    Parameters
    ----------
    maps : (C, h, w) float32
        Read-only.
    precision : str
        What the network ran in.
    milliseconds : float
        For the part of the network up to this layer.
    placement : Placement
        Where the picture lies in the network's input.
    """

    maps: NDArray[np.float32]
    precision: str
    milliseconds: float
    placement: Placement


# Few: a layer of the street model holds up to 17 MB.
@st.cache_resource(max_entries=6, ttl="20m", show_spinner=False)
def _held(digest: str, model: str, name: str, precision: str | None, _image: Image) -> Held:
    from seglib.models import find
    from seglib.models.layers import look_inside

    found = look_inside(find(model), _image, [name], precision=precision)  # type: ignore[arg-type]
    return Held(found.maps[name], found.precision, found.infer_ms, found.placement)


def read(image: Image, name: str, *, model: str = MODEL, precision: str | None = None) -> Held:
    """Return what a layer holds for a picture; run once for each."""
    return _held(image.digest, model, name, precision, image)


def listing(model: str = MODEL) -> tuple[Named, ...]:
    """Return the layers of a model in the order in which they run."""
    return _listing(model)


@st.cache_resource(max_entries=8, show_spinner=False)
def _listing(model: str) -> tuple[Named, ...]:
    from seglib.models import find
    from seglib.models.layers import layers

    card = find(model)
    return name_all(layers(card), width=card.input_size[0])


def main(model: str = MODEL) -> tuple[Named, ...]:
    """Return the result of each unit: a short list."""
    return tuple(layer for layer in listing(model) if layer.last)


def by_name(model: str = MODEL) -> Mapping[str, Named]:
    """Return the layers by their names in the network."""
    return _by_name(model)


@st.cache_resource(max_entries=8, show_spinner=False)
def _by_name(model: str) -> Mapping[str, Named]:
    return {layer.name: layer for layer in listing(model)}


def named(text: str, *, model: str = MODEL, usual: str = USUAL) -> Named:
    """Return the layer with this slug or name; the usual one, else the first, where there is none.

    Links outlive models: an unknown layer is no error.
    """
    found = listing(model)
    by_slug = {layer.slug: layer for layer in found}
    return by_slug.get(text) or by_name(model).get(text) or by_slug.get(usual) or found[0]


def valid(text: str) -> bool:
    """Say whether a text from the address may name a layer."""
    return re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,79}", text) is not None


_DOES: dict[str, str] = {
    "Clamp": "ReLU6: between 0 and 6",
    "Relu": "ReLU: nothing below 0",
    "HSwish": "hard swish",
    "Swish": "swish",
    "Sigmoid": "sigmoid",
    "Multiply": "product",
    "Concat": "stacked channels",
    "Interpolate": "enlarged, bilinear",
    "Broadcast": "one value a channel, spread over the map",
    "MaxPool": "max pooling",
    "AvgPool": "average pooling",
}
_ACTIVATIONS = ("Clamp", "Relu", "HSwish", "Swish", "Sigmoid", "PRelu", "HardSigmoid", "Elu")


def name_all(found: tuple[Layer, ...], *, width: int) -> tuple[Named, ...]:
    """Give every layer its names; ``width`` is the network's input in pixels."""
    rates: dict[str, int] = {}
    for layer in found:
        path = _path(layer.name)
        if layer.window is not None and layer.window.dilation > 1 and "branches" in path:
            rates[_branch(path)] = layer.window.dilation
    done: list[tuple[Layer, str, str, str]] = []
    unit, part = "Input", ""
    for layer in found:
        path = _path(layer.name)
        if layer.kind in _ACTIVATIONS and "." not in path.removeprefix("backbone"):
            # An activation called from the whole network belongs to what ran just before it.
            pass
        elif layer.kind == "Add" and path == "backbone":
            part = "sum"
        else:
            unit, part = _words(path, layer, rates, round(width / layer.shape[2]))
        done.append((layer, unit, part, _what(layer, part)))
    return _finish(done, width)


def _finish(done: list[tuple[Layer, str, str, str]], width: int) -> tuple[Named, ...]:
    result: list[Named] = []
    seen: dict[str, int] = {}
    for place, (layer, unit, part, what) in enumerate(done):
        after = done[place + 1][1] if place + 1 < len(done) else ""
        suffix = {"Clamp": "ReLU6", "Relu": "ReLU", "Add": "bias"}.get(layer.kind, "")
        if part == "sum":
            suffix = ""
        last = unit != after
        # The unit's own name is for its result, so the steps before it say which one they are.
        step = part or ("convolution" if layer.window or suffix == "bias" else "")
        title = unit if last else " · ".join(piece for piece in (unit, step, suffix) if piece)
        seen[title] = seen.get(title, 0) + 1
        if seen[title] > 1:
            title = f"{title} ({seen[title]})"
        slug = re.sub(r"[^a-z0-9]+", "-", title.lower().replace("×", "x")).strip("-")
        scale = round(width / layer.shape[2])
        side = "Encoder" if unit.startswith(("Stem", "Block")) else "Decoder"
        side = "Atrous pyramid" if unit.startswith("Pyramid") else side
        result.append(Named(layer, title, slug[:80], what, unit, f"{side}, 1/{scale}", last))
    return tuple(result)


def _path(name: str) -> str:
    """``__module.backbone.stem/aten::_convolution/Add`` → ``backbone.stem``."""
    return name.split("/")[0].removeprefix("__module.")


def _branch(path: str) -> str:
    return ".".join(path.split(".")[:3])


_PARTS = {"expand": "expand", "depthwise": "depthwise", "project": "project"}
_UNITS: tuple[tuple[str, str], ...] = (
    (r"backbone\.stem", "Stem"),
    (r"context\.reduce", "Pyramid 1×1"),
    (r"context\.merge", "Pyramid merged"),
    (r"context\.pooled", "Pyramid image pooling"),
    (r"skip(\d+)", r"Skip 1/\1"),
    (r"fuse(\d+)", r"Decoder 1/\1"),
    (r"narrow", "Decoder narrowed"),
    (r"classify", "Class scores"),
)


def _words(path: str, layer: Layer, rates: Mapping[str, int], scale: int) -> tuple[str, str]:
    """Return unit and part of a layer; a network that we do not know keeps its own names."""
    block = re.match(r"backbone\.blocks\.(\d+)\.(\w+)", path)
    if block:
        return f"Block {block[1]}", _PARTS.get(block[2], block[2])
    branch = re.match(r"context\.branches\.(\d+)\.(\d)", path)
    if branch:
        rate = rates.get(_branch(path), int(branch[1]))
        return f"Pyramid rate {rate}", "depthwise" if branch[2] == "0" else "1×1"
    if path == "context":
        return ("Pyramid image pooling" if layer.kind == "Broadcast" else "Pyramid stacked"), ""
    for pattern, words in _UNITS:
        if re.match(pattern, path):
            part = re.match(r"fuse\d+\.([\d.]+)", path)
            return re.sub(f"{pattern}.*", words, path), _step(part[1]) if part else ""
    if path.startswith("aten::"):
        known = {"Interpolate": "Enlarged to", "Concat": "Joined with skip at"}
        return f"{known.get(layer.kind, layer.kind)} 1/{scale}", ""
    return re.sub(r"[^\w.]+", " ", path).strip() or layer.kind, ""


def _step(text: str) -> str:
    """``0.1.2`` → ``step 0.1``: place within a sequence, without the activation's own."""
    return f"step {text.rsplit('.', 1)[0]}" if "." in text else ""


def _what(layer: Layer, part: str) -> str:
    window = layer.window
    if window is None:
        if layer.kind == "Add":
            return "sum with the block's input" if part == "sum" else "convolution and its bias"
        return _DOES.get(layer.kind, layer.kind)
    text = f"{window.kernel} × {window.kernel} "
    text += "depthwise convolution" if window.groups > 1 else "convolution"
    if window.stride > 1:
        text += f", stride {window.stride}"
    if window.dilation > 1:
        text += f", rate {window.dilation}"
    return text
