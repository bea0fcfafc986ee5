"""The street network with a valve in each skip: the same weights, real answers.

The network is read, and between each skip and the place where it joins the decoder a small sum is
put in: ``keep * skip + mean * (its mean over the map)``. So one compiled network answers for every
setting, and with all valves open it is the network itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.errors import ModelFileError
from seglib.ui import caches
from seglib.ui.samples import Picture
from seglib.ui.upsampling import ways
from seglib.ui.upsampling.ways import Labels, Scores

if TYPE_CHECKING:
    from seglib.engine import Engine

MODEL = "street"
Fill = Literal["zeros", "mean"]
FILLS: dict[str, str] = {"zeros": "Zeros", "mean": "Its mean"}


@dataclass(frozen=True)
class Join:
    """Where a skip joins the decoder.

    Parameters
    ----------
    scale : int
        Network input pixels of one cell.
    size : (height, width)
        In cells.
    encoder, skip, below, joined : int
        Channels: in the encoder, of the skip after its 1 × 1 convolution, coming up from below, and
        of both together.
    """

    scale: int
    size: tuple[int, int]
    encoder: int
    skip: int
    below: int

    @property
    def joined(self) -> int:
        """Channels of both together."""
        return self.skip + self.below

    @property
    def title(self) -> str:
        """``1/8``."""
        return f"1/{self.scale}"


@dataclass(frozen=True)
class Anatomy:
    """The network's shape.

    Parameters
    ----------
    input_size : (height, width)
    deepest : (channels, height, width)
        What the decoder starts from.
    joins : tuple of Join
        From the coarsest to the finest.
    classes : int
        Scores of each cell of the finest grid.
    """

    input_size: tuple[int, int]
    deepest: tuple[int, int, int]
    joins: tuple[Join, ...]
    classes: int


@dataclass(frozen=True, eq=False)
class Decoded:
    """What the network answers with some skips closed.

    Parameters
    ----------
    labels : (H, W) uint8
        At the network's input size.
    mean_iou, boundary_iou : float or None
        Against the truth, where there is one.
    below, skip : tuple of (h, w) float32
        Mean magnitude over the channels, at each join: what comes up, and what the skip brings to
        its valve, open or closed.
    detail_below, detail_skip : tuple of float
        Share of the variation that is finer than the grid below, at each join.
    """

    labels: Labels
    mean_iou: float | None
    boundary_iou: float | None
    below: tuple[Scores, ...]
    skip: tuple[Scores, ...]
    detail_below: tuple[float, ...]
    detail_skip: tuple[float, ...]


def _joins(model: Any) -> list[Any]:
    """Return the nodes that stack an enlarged map with a skip, in the order in which they run."""
    found = []
    for node in model.get_ordered_ops():
        if node.get_type_name() != "Concat" or len(node.inputs()) != 2:
            continue
        first = node.input(0).get_source_output().get_node()
        if first.get_type_name() == "Interpolate":
            found.append(node)
    if not found:
        raise ModelFileError("expected a network with skips that join its decoder, found none")
    return found


def _sides(port: Any) -> tuple[int, int, int]:
    _, channels, height, width = (int(side.get_length()) for side in port.get_partial_shape())
    return channels, height, width


@st.cache_resource(show_spinner=False)
def anatomy() -> Anatomy:
    """Read the shapes off the network itself."""
    from seglib.engine import read_network
    from seglib.models import find, store

    card = find(MODEL)
    model = read_network(store.model_path(card))
    width, height = card.input_size
    nodes = _joins(model)
    joins = []
    for node in nodes:
        below, high, _ = _sides(node.input(0).get_source_output())
        skip, _, wide = _sides(node.input(1).get_source_output())
        tap = node.input(1).get_source_output().get_node()
        while tap.get_type_name() != "Convolution":
            tap = tap.input(0).get_source_output().get_node()
        encoder = _sides(tap.input(0).get_source_output())[0]
        joins.append(Join(round(width / wide), (high, wide), encoder, skip, below))
    start = nodes[0].input(0).get_source_output().get_node().input(0).get_source_output()
    classes = _sides(model.outputs[0])[0]
    return Anatomy((height, width), _sides(start), tuple(joins), classes)


def put_valves(model: Any) -> Any:
    """Put a valve into each skip and outputs that say what passes.

    Parameters
    ----------
    model : openvino.Model
        With its preprocessing inside; it is changed.
    """
    from openvino import opset13 as ops

    parameters, results = [], []
    for place, node in enumerate(_joins(model)):
        below, skip = (node.input(i).get_source_output() for i in (0, 1))
        keep, mean = (ops.parameter([1], np.float32, name=f"{n}{place}") for n in ("keep", "mean"))
        for parameter in (keep, mean):
            parameter.output(0).get_tensor().set_names({parameter.get_friendly_name()})
            parameters.append(parameter)
        average = ops.reduce_mean(skip, ops.constant(np.array([2, 3])), True)
        through = ops.add(ops.multiply(skip, keep), ops.multiply(average, mean))
        node.input(1).replace_source_output(through.output(0))
        for name, port in ((f"below{place}", below), (f"skip{place}", skip)):
            energy = ops.reduce_mean(ops.abs(port), ops.constant(np.array([1])), False)
            for kind, value in (("energy", energy), ("detail", _detail(port))):
                value.output(0).get_tensor().set_names({f"{kind}_{name}"})
                results.append(ops.result(value))
    model.add_parameters(parameters)
    model.add_results(results)
    model.validate_nodes_and_infer_types()
    return model


def _detail(port: Any) -> Any:
    """Share of the variation that a grid of half the cells cannot hold."""
    from openvino import opset13 as ops

    _, high, wide = _sides(port)
    even = np.array([high // 2 * 2, wide // 2 * 2], np.int64)
    axes = ops.constant(np.array([2, 3], np.int64))
    zero, one = ops.constant(np.zeros(2, np.int64)), ops.constant(np.ones(2, np.int64))
    cut = ops.slice(port, zero, ops.constant(even), one, axes)
    half = ops.avg_pool(cut, [2, 2], [0, 0], [0, 0], [2, 2], True)
    smooth = ops.interpolate(half, ops.constant(even), "linear_onnx", "sizes", axes=axes)
    all_axes = ops.constant(np.array([0, 1, 2, 3]))

    def square_sum(node: Any) -> Any:
        return ops.reduce_sum(ops.multiply(node, node), all_axes, False)

    centred = ops.subtract(cut, ops.reduce_mean(cut, axes, True))
    tiny = ops.constant(np.float32(1e-12))
    return ops.divide(square_sum(ops.subtract(cut, smooth)), ops.add(square_sum(centred), tiny))


@st.cache_resource(show_spinner=False)
def _engine() -> Engine:
    from seglib.models import find
    from seglib.models.loading import configured_engine

    card = find(MODEL)
    return configured_engine(
        card,
        lambda model: put_valves(card.preprocessing.embed(model)),
        precision="f32",
        variant=("skip valves",),
    )


@st.cache_resource(max_entries=24, ttl="20m", show_spinner=False)
def _decode(
    digest: str, source: str, open_: tuple[bool, ...], fill: Fill, _picture: Picture
) -> Decoded:
    from seglib.concepts import upsampling
    from seglib.models import find

    card = find(MODEL)
    scene = ways.scene(_picture)
    inputs: dict[str, NDArray[Any]] = {card.input_name: scene.pixels[None]}
    for place, on in enumerate(open_):
        inputs[f"keep{place}"] = np.array([float(on)], np.float32)
        mean = float(not on and fill == "mean")
        inputs[f"mean{place}"] = np.array([mean], np.float32)
    run = _engine().infer(inputs)
    caches.INFERENCES.add()
    labels = upsampling.interpolate(run.output(card.output_name)[0], scene.size).argmax(axis=0)
    labels = labels.astype(np.uint8)
    labels.setflags(write=False)
    mean_iou = boundary = None
    if scene.truth is not None:
        from seglib import metrics

        classes = scene.label_set.num_classes
        matrix = metrics.confusion_matrix(scene.truth, labels, num_classes=classes)
        mean_iou = float(metrics.mean_iou(matrix, absent="skip"))
        boundary = float(np.nanmean(metrics.boundary_iou(scene.truth, labels, num_classes=classes)))
    places = range(len(open_))
    return Decoded(
        labels,
        mean_iou,
        boundary,
        *(tuple(run.output(f"energy_{n}{i}")[0] for i in places) for n in ("below", "skip")),
        *(tuple(float(run.output(f"detail_{n}{i}")) for i in places) for n in ("below", "skip")),
    )


def decode(picture: Picture, open_: tuple[bool, ...], fill: Fill) -> Decoded:
    """Run the network with some skips closed; once for each setting.

    Parameters
    ----------
    picture : Picture
    open_ : tuple of bool
        One for each join, from the coarsest; a closed skip hands on zeros, or its own mean.
    fill : {"zeros", "mean"}
    """
    # With everything open the filling is not used: one entry for both.
    fill = "zeros" if all(open_) else fill
    return _decode(picture.image.digest, caches.source_of(picture), open_, fill, picture)
