"""Skip fusion (:mod:`seglib.concepts.fusion`) as OpenVINO graphs, and the bundled heads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.concepts.fusion import STRIDES, Fusion, FusionOptions, Scores
from seglib.errors import ModelFileError, ShapeError


def enlarge(x: Any, scale: tuple[float, float], size: Any) -> Any:
    """Append :func:`seglib.concepts.fusion.enlarge` to a node ``(1, C, h, w)``."""
    from openvino import opset13 as ops

    # One more cell on the right and below, so that rounding down can never come out too small.
    x = ops.pad(x, [0, 0, 0, 0], [0, 0, 1, 1], "edge")
    x = ops.interpolate(
        x,
        np.array(scale, np.float32),
        mode="linear_onnx",
        shape_calculation_mode="scales",
        coordinate_transformation_mode="half_pixel",
        axes=np.array([2, 3]),
    )
    return ops.slice(x, [0, 0], list(size), [1, 1], [2, 3])


def score(features: NDArray[Any], weight: NDArray[Any], bias: NDArray[Any]) -> Scores:
    """Run the 1 × 1 convolution of :func:`seglib.concepts.fusion.score`."""

    def build(nodes: Mapping[str, Any]) -> Any:
        from openvino import opset13 as ops

        out = ops.convolution(nodes["x"], nodes["w"], [1, 1], [0, 0], [0, 0], [1, 1], "explicit")
        return ops.add(out, nodes["b"])

    inputs = {"x": features[None], "w": weight[:, :, None, None], "b": bias[None, :, None, None]}
    answer: Scores = _graph.run("fusion score", build, inputs)[0][0]
    return answer


def halve(features: NDArray[Any]) -> Scores:
    """Run the pooling of :func:`seglib.concepts.fusion.halve`."""

    def build(nodes: Mapping[str, Any]) -> Any:
        from openvino import opset13 as ops

        return ops.avg_pool(nodes["x"], [2, 2], [0, 0], [0, 0], [2, 2], True, "ceil", "explicit")

    answer: Scores = _graph.run("fusion halve", build, {"x": features[None]})[0][0]
    return answer


def fuse(
    score32: NDArray[Any],
    score16: NDArray[Any],
    score8: NDArray[Any],
    options: FusionOptions | None = None,
) -> Fusion:
    """Run :func:`seglib.concepts.fusion.fuse`; the weights are inputs, so one graph serves all."""
    options = options or FusionOptions()

    def build(nodes: Mapping[str, Any]) -> Any:
        from openvino import opset13 as ops

        up32 = enlarge(nodes["s32"], (2, 2), score16.shape[1:])
        sum16 = ops.add(up32, ops.multiply(nodes["s16"], nodes["w16"]))
        up16 = enlarge(sum16, (2, 2), score8.shape[1:])
        sum8 = ops.add(up16, ops.multiply(nodes["s8"], nodes["w8"]))
        return [up32, sum16, up16, sum8]

    inputs = {
        "s32": score32[None],
        "s16": score16[None],
        "s8": score8[None],
        "w16": np.array([options.skip16], np.float32),
        "w8": np.array([options.skip8], np.float32),
    }
    up32, sum16, up16, sum8 = (part[0] for part in _graph.run("fusion fuse", build, inputs))
    return Fusion(score32, score16, score8, up32, sum16, up16, sum8)


def to_picture(
    scores: NDArray[Any], stride: int, network: tuple[int, int], size: tuple[int, int]
) -> Scores:
    """Run :func:`seglib.concepts.fusion.to_picture`."""
    scale = stride * size[1] / network[1], stride * size[0] / network[0]

    def build(nodes: Mapping[str, Any]) -> Any:
        return enlarge(nodes["s"], scale, (size[1], size[0]))

    key = ("fusion to picture", scale, size)
    answer: Scores = _graph.run(key, build, {"s": scores[None]})[0][0]
    return answer


@dataclass(frozen=True, eq=False)
class Heads:
    """Three 1 × 1 convolutions, trained on frozen features of a bundled network.

    Parameters
    ----------
    weights : mapping of int to ndarray
        By stride, ``(classes, inputs) float32``.
    biases : mapping of int to ndarray
        By stride, ``(classes,) float32``.
    layers : mapping of int to str
        By stride, the layer of the network that is read. At stride 32 it is the network's layer at
        1/16, averaged over 2 × 2 (:func:`seglib.concepts.fusion.halve`).
    facts : mapping
        What training measured.
    """

    weights: Mapping[int, NDArray[np.float32]]
    biases: Mapping[int, NDArray[np.float32]]
    layers: Mapping[int, str]
    facts: Mapping[str, Any]

    def scores(self, features: Mapping[str, NDArray[Any]]) -> tuple[Scores, Scores, Scores]:
        """Return the scores at 1/32, 1/16 and 1/8 from the features by layer."""
        found = []
        for stride in STRIDES:
            maps = features[self.layers[stride]]
            maps = halve(maps) if stride == 32 else maps
            found.append(score(maps, self.weights[stride], self.biases[stride]))
        return found[0], found[1], found[2]


def load_heads(folder: Path) -> Heads:
    """Read ``heads.npz`` and ``measured.json``.

    Raises
    ------
    ModelFileError
        A file is missing or is not what training writes.
    """
    try:
        facts = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
        with np.load(folder / "heads.npz", allow_pickle=False) as stored:
            weights = {s: stored[f"weight{s}"].astype(np.float32) for s in STRIDES}
            biases = {s: stored[f"bias{s}"].astype(np.float32) for s in STRIDES}
        layers = {stride: str(facts["layers"][str(stride)]) for stride in STRIDES}
    except (OSError, KeyError, TypeError, ValueError):
        raise ModelFileError("the fusion heads are missing or damaged") from None
    for stride in STRIDES:
        if weights[stride].ndim != 2 or biases[stride].shape != weights[stride].shape[:1]:
            raise ShapeError(f"the head at 1/{stride} has weights that do not fit its biases")
    return Heads(weights, biases, layers, facts)
